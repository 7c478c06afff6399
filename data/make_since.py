"""Makes since.tsv: what the standard library did not have in Python 3.8, and the version that brought it.

    python3 data/make_since.py TYPESHED_STDLIB PYTHON3.8 PYTHON3.9 ... > data/since.tsv

Asks the interpreters themselves (since_probe.py) and takes an answer only where the type stubs do not speak against it:
a name must be in the stubs; where they still tell versions apart, the version must be the same.
"""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
# What these have differs from machine to machine, not only from version to version.
PLATFORM = {
    "os", "posix", "nt", "socket", "select", "signal", "errno", "fcntl", "resource", "termios", "curses", "ssl", "mmap",
    "ctypes", "tkinter", "readline", "locale", "stat", "time", "pty", "tty", "syslog", "idlelib", "test", "this",
    "antigravity", "lib2to3", "distutils", "asyncore", "asynchat", "sysconfig", "platform", "hashlib", "multiprocessing",
    "winreg", "msvcrt", "winsound", "turtle", "turtledemo", "ensurepip", "pydoc_data", "sre_compile", "sre_constants",
    "sre_parse", "opcode", "dis", "token", "tokenize", "symbol", "parser", "gc", "sys", "builtins", "codecs",
}
# The interpreters above differ in how they were built; these are the same everywhere, says the documentation.
BY_HAND = [
    ("keyword", "builtins.zip(strict)", "3.10"),
    ("name", "builtins.anext", "3.10"),
    ("name", "builtins.aiter", "3.10"),
    ("name", "builtins.ExceptionGroup", "3.11"),
    ("name", "builtins.BaseExceptionGroup", "3.11"),
    ("name", "builtins.EncodingWarning", "3.10"),
    ("name", "builtins.PythonFinalizationError", "3.13"),
    ("member", "builtins.str.removeprefix", "3.9"),
    ("member", "builtins.str.removesuffix", "3.9"),
    ("member", "builtins.bytes.removeprefix", "3.9"),
    ("member", "builtins.bytes.removesuffix", "3.9"),
    ("member", "builtins.int.bit_count", "3.10"),
    ("member", "builtins.BaseException.add_note", "3.11"),
    ("name", "sys.exception", "3.11"),
    ("name", "sys.monitoring", "3.12"),
    ("name", "sys.stdlib_module_names", "3.10"),
    ("name", "sys.orig_argv", "3.10"),
    ("name", "os.process_cpu_count", "3.13"),
    ("name", "hashlib.file_digest", "3.11"),
    ("name", "asyncio.TaskGroup", "3.11"),
]


def ask(python, modules):
    run = subprocess.run(
        [python, "-I", str(HERE / "since_probe.py")], input=json.dumps(modules), capture_output=True, text=True
    )
    text = run.stdout
    return json.loads(text[text.index("{"):])


def version(test):
    """(3, 11) for `sys.version_info >= (3, 11)`."""
    match = re.fullmatch(r"sys\.version_info >= \((\d+), (\d+)\)", ast.unparse(test))
    return match and (int(match[1]), int(match[2]))


def stub_names(body, since, prefix, found):
    for node in body:
        names = []
        if isinstance(node, ast.If):
            at = version(node.test)
            stub_names(node.body, max(filter(None, (since, at)), default=None), prefix, found)
            stub_names(node.orelse, since if at else since, prefix, found)
            continue
        if isinstance(node, ast.ClassDef):
            names = [node.name]
            stub_names(node.body, since, f"{prefix}{node.name}.", found)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names = [node.name]
        elif isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names = [node.target.id]
        elif isinstance(node, ast.ImportFrom):
            names = [alias.asname or alias.name for alias in node.names if alias.asname == alias.name or node.level]
            if any(alias.name == "*" for alias in node.names):
                found.setdefault(f"{prefix}*", (node.level, node.module, since))
        for name in names:
            key = prefix + name
            if key not in found or (found[key] or (0, 0)) > (since or (0, 0)):
                found[key] = since


def stubs(root):
    known = {}
    for path in root.rglob("*.pyi"):
        parts = path.relative_to(root).with_suffix("").parts
        module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found = {}
        stub_names(ast.parse(path.read_text()).body, None, "", found)
        known[module] = found
    return known


def lookup(known, modules, module, name):
    """('there', since) or None; follows star imports of a package's own modules."""
    found = known.get(module, {})
    if name in found:
        return ("there", found[name])
    star = [found[key] for key in found if key == "*"]
    for path in [other for other in known if other.startswith(module + ".")] if star else []:
        if name in known[path]:
            module_since = modules.get(path, ((3, 0), ""))[0]
            since = max(known[path][name] or (0, 0), module_since)
            return ("there", since if since > (3, 10) else None)
    return None


def main():
    root = Path(sys.argv[1])
    pythons = sys.argv[2:]
    modules = {}
    for line in (root / "VERSIONS").read_text().splitlines():
        line = line.split("#")[0].strip()
        if line:
            name, _, span = line.partition(":")
            first, _, last = span.strip().partition("-")
            modules[name] = (tuple(map(int, first.split("."))), last)
    known = stubs(root)
    wanted = sorted(m for m in known if not any(part.startswith("_") for part in m.split(".")) and m.split(".")[0] not in PLATFORM)
    versions = []
    answers = []
    for python in pythons:
        out = subprocess.run([python, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True)
        versions.append(tuple(map(int, out.stdout.split())))
        answers.append(ask(python, wanted))
    rows = set()
    for module, (first, _) in modules.items():
        if first > (3, 8) and not module.startswith("_") and "._" not in module:
            rows.add(("module", module, first))
    # typeshed has forgotten the versions that it no longer supports.
    for module in wanted:
        if module.split(".")[0] in ("zoneinfo", "graphlib") and "." not in module:
            rows.add(("module", module, (3, 9)))
        present = [answer.get(module) for answer in answers]
        if any(p is None for p in present):
            continue
        refused = []
        for name, entry in present[-1].items():
            said = lookup(known, modules, module, name)
            if said is None:
                continue
            at = next(i for i, p in enumerate(present) if name in p)
            if not all(name in p for p in present[at:]):
                continue
            if at > 0:
                since = versions[at]
                if (said[1] or since) == since if since >= (3, 11) else not said[1]:
                    if since < (3, 11) or said[1]:
                        rows.add(("name", f"{module}.{name}", since))
                        continue
                refused.append((module, name, since, said))
                continue
            keywords(rows, f"{module}.{name}", [p[name]["parameters"] for p in present], versions)
            if "members" not in entry or not all("members" in p[name] for p in present):
                continue
            for member, params in entry["members"].items():
                said = lookup(known, modules, module, f"{name}.{member}")
                have = [member in p[name]["members"] for p in present]
                at = have.index(True)
                if not all(have[at:]):
                    continue
                # What is no method may have been an attribute of instances before.
                if at > 0 and f"{name}.{member}" in known.get(module, {}) and present[-1][name]["members"][member] is not None:
                    since = versions[at]
                    if said and ((since >= (3, 11) and said[1] == since) or (since < (3, 11) and not said[1])):
                        rows.add(("member", f"{module}.{name}.{member}", since))
                elif at == 0 and said:
                    keywords(rows, f"{module}.{name}.{member}", [p[name]["members"][member] for p in present], versions)
        for item in refused:
            print("refused:", *item, file=sys.stderr)
    for kind, name, since in BY_HAND:
        rows.add((kind, name, tuple(map(int, since.split(".")))))
    # An abstract class gains what its concrete ones have long had.
    rows = {row for row in rows if row[2] <= versions[-1] and not re.search(r"Abstract|Transport|\babc\.|xxlimited|pydoc_data", row[1])}
    print("# What Python 3.8 did not have; made by make_since.py. Never edited by hand.")
    for kind, name, since in sorted(rows):
        print(kind, name, ".".join(map(str, since)), sep="\t")


def keywords(rows, callee, known, versions):
    """Parameters that a function of all versions has gained."""
    if any(one is None for one in known):
        return
    for parameter in known[-1]:
        have = [parameter in one for one in known]
        at = have.index(True)
        if at > 0 and all(have[at:]) and not parameter.startswith("_"):
            rows.add(("keyword", f"{callee}({parameter})", versions[at]))


main()
