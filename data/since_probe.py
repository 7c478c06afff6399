"""Lists what the standard library of the Python that runs this has, as JSON: modules, their names, members, parameters.

Used by make_since.py; imports every module of the list it is given and runs nothing else of them.
"""

import importlib
import inspect
import json
import sys
import warnings

warnings.simplefilter("ignore")


def parameters(thing):
    """Names of the parameters that can be given by keyword; None where the signature cannot be told or is open."""
    try:
        signature = inspect.signature(thing)
    except (TypeError, ValueError):
        return None
    kinds = [parameter.kind for parameter in signature.parameters.values()]
    if inspect.Parameter.VAR_KEYWORD in kinds:
        return None
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [name for name, parameter in signature.parameters.items() if parameter.kind in named]


def describe(module):
    names = {}
    for name in dir(module):
        if name.startswith("_"):
            continue
        try:
            thing = getattr(module, name)
        except Exception:
            continue
        entry = {"parameters": parameters(thing) if callable(thing) else None}
        if inspect.isclass(thing):
            members = {}
            for member in dir(thing):
                if member.startswith("_"):
                    continue
                try:
                    value = inspect.getattr_static(thing, member)
                    value = getattr(thing, member)
                except Exception:
                    value = None
                members[member] = parameters(value) if callable(value) else None
            entry["members"] = members
        names[name] = entry
    return names


found = {}
for name in json.load(sys.stdin):
    try:
        found[name] = describe(importlib.import_module(name))
    except BaseException:
        found[name] = None
json.dump(found, sys.stdout)
