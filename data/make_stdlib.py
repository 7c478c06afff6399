#!/usr/bin/env python3
"""Make `stdlib.tsv`, what the inference knows of the standard library, from the public type stubs.

    python3 data/make_stdlib.py TYPESHED/stdlib > data/stdlib.tsv

Reads the stubs as syntax, imports nothing. The format of the output, and where the stubs come from: `data/README.md`.

Every name is listed under the one public name that people import it by; a class without one, under the name it has
(`os._Environ`), if something public leads to it. Conditions on version and platform are decided for `ENVIRONMENTS`,
in order: what Python 3.14 on Linux has is taken as it has it, what only others have is added.
"""

from __future__ import annotations

import ast
import itertools
import pathlib
import re
import sys

VERSIONS = range(14, 7, -1)
PLATFORMS = ("linux", "win32", "darwin")
ENVIRONMENTS = [((3, minor), platform) for minor in VERSIONS for platform in PLATFORMS]
EVERYWHERE = frozenset(range(len(ENVIRONMENTS)))
NEWEST = frozenset(range(len(PLATFORMS)))

# Modules that nobody's code refers to by these names. `posixpath` and `ntpath` are `os.path`.
PRIVATE = {
    "antigravity", "ctypes.macholib", "distutils", "encodings", "genericpath", "idlelib", "lib2to3", "msilib", "nt",
    "ntpath", "nturl2path", "posix", "posixpath", "pydoc_data", "pyexpat", "sre_compile", "sre_constants", "sre_parse",
    "this", "typing_extensions", "xml.etree.cElementTree", "xxlimited",
}  # fmt: skip

# Methods that syntax calls; the others are looked up on nobody.
DUNDERS = {
    "__abs__", "__add__", "__aenter__", "__aexit__", "__aiter__", "__and__", "__anext__", "__await__", "__call__",
    "__contains__", "__delitem__", "__divmod__", "__enter__", "__exit__", "__floordiv__", "__getitem__",
    "__invert__", "__iter__", "__len__", "__lshift__", "__matmul__", "__mod__", "__mul__", "__neg__", "__next__",
    "__or__", "__pos__", "__pow__", "__radd__", "__rand__", "__reversed__", "__rmul__", "__ror__", "__rshift__",
    "__rsub__", "__rtruediv__", "__rxor__", "__setitem__", "__sub__", "__subclasses__", "__truediv__", "__xor__",
}  # fmt: skip

# Documented in spite of the underscore.
PUBLIC_PRIVATE = {
    "_asdict", "_attributes", "_current_frames", "_exit", "_field_defaults", "_fields", "_fields_",
    "_generate_next_value_", "_getframe", "_is_gil_enabled", "_make", "_missing_", "_name_", "_replace", "_value_",
}  # fmt: skip

# What really derives from an abstract class of `typing` (`collections.abc`). The stubs let many more do so (`str` from
# `Sequence`) that at run time only have its methods: they are listed with these, and without that base.
DERIVED = {
    "collections.ChainMap", "collections.UserDict", "collections.UserList", "collections.UserString", "configparser",
    "contextlib", "dbm", "os._Environ", "shelve.Shelf", "tracemalloc.Traceback", "typing",
    "weakref.WeakKeyDictionary", "weakref.WeakValueDictionary",
}  # fmt: skip

# Views of a dict are classes without a public name; what is kept are these type parameters.
VIEWS = {
    "_collections_abc.dict_keys": ("KeysView", (0,)),
    "_collections_abc.dict_values": ("ValuesView", (1,)),
    "_collections_abc.dict_items": ("ItemsView", (0, 1)),
}

# What says `str` and what says `bytes` in an annotation.
TEXT = {"str", "StrPath", "StrOrBytesPath", "AnyStr", "LiteralString", "StrOrLiteralStr"}
OCTETS = {"bytes", "bytearray", "BytesPath", "ReadableBuffer"}

# Parameters whose argument is given back when there is nothing else: `d.get(key, default)`.
DEFAULTS = {"default", "failobj", "fallback"}


# ---------------------------------------------------------------- names


class Scope:
    """The names of a module or of a class body, each with the environments that have it."""

    def __init__(self, module, parent=None, owner=""):
        self.module = module
        self.parent = parent
        self.owner = owner
        self.bindings = {}
        self.stars = []
        self.all_names = None

    def bind(self, name, where, binding):
        self.bindings.setdefault(name, []).append((where, binding))

    def get(self, name):
        """What the name is in the first environment that has it; all overloads, of a function."""
        found = self.bindings.get(name)
        if not found:
            return None
        first = min(min(where) for where, _ in found)
        here = [binding for where, binding in found if first in where]
        last = here[-1]
        if isinstance(last, Function):
            nodes = [binding.nodes[0] for binding in here if isinstance(binding, Function)]
            overloads = [node for node in nodes if is_decorated(node, "overload")]
            return last.with_nodes(overloads or [node for node in nodes if not is_setter(node)][-1:] or nodes[-1:])
        if isinstance(last, Variable):
            # A bare annotation says more than the assignment that follows it.
            annotated = [binding for binding in here if isinstance(binding, Variable) and binding.annotation]
            return (annotated or [last])[-1]
        return last


class Module:
    def __init__(self, name, is_package):
        self.name = name
        self.is_package = is_package
        self.scope = Scope(self)
        self.lookups = {}


class Class:
    def __init__(self, scope, node):
        self.outer = scope
        self.node = node
        self.module = scope.module
        self.qualname = f"{scope.owner}{node.name}"
        self.key = f"{self.module.name}.{self.qualname}"
        self.scope = Scope(self.module, scope, f"{self.qualname}.")
        self.parameters = None
        self.bases = None
        self.table = None


class Function:
    def __init__(self, scope, nodes):
        self.scope = scope
        self.nodes = nodes
        self.key = f"{scope.module.name}.{scope.owner}{nodes[0].name}"

    def with_nodes(self, nodes):
        return Function(self.scope, nodes)


class Variable:
    def __init__(self, scope, name, annotation, value):
        self.scope = scope
        self.name = name
        self.annotation = annotation
        self.value = value
        self.key = f"{scope.module.name}.{scope.owner}{name}"


class Import:
    def __init__(self, module, name, public):
        self.module = module
        self.name = name
        self.public = public


class Bound:
    """A method of an instance, under a name of its own: `randint = _inst.randint`."""

    def __init__(self, key, owner, name):
        self.key = key
        self.owner = owner
        self.name = name


def decorator_names(node):
    for decorator in node.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        yield ast.unparse(target)


def is_decorated(node, name):
    return any(decorator.split(".")[-1] == name for decorator in decorator_names(node))


def is_setter(node):
    return is_decorated(node, "setter") or is_decorated(node, "deleter")


def where_true(test, where):
    """The environments, of those, in which a condition holds."""
    if isinstance(test, ast.BoolOp):
        parts = [where_true(value, where) for value in test.values]
        return frozenset.intersection(*parts) if isinstance(test.op, ast.And) else frozenset.union(*parts)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return where - where_true(test.operand, where)
    if isinstance(test, ast.Compare) and ast.unparse(test.left) in ("sys.version_info", "sys.platform"):
        which = 0 if ast.unparse(test.left) == "sys.version_info" else 1
        value = ast.literal_eval(test.comparators[0])
        decide = {
            ast.Eq: lambda left: left == value,
            ast.NotEq: lambda left: left != value,
            ast.Lt: lambda left: left < value,
            ast.LtE: lambda left: left <= value,
            ast.Gt: lambda left: left > value,
            ast.GtE: lambda left: left >= value,
        }[type(test.ops[0])]
        return frozenset(at for at in where if decide(ENVIRONMENTS[at][which]))
    raise SystemExit(f"a condition that is not understood: {ast.unparse(test)}")


class Stubs:
    """All modules."""

    def __init__(self, root):
        self.modules = {}
        later = self.later_modules(root)
        for path in sorted(root.rglob("*.pyi")):
            parts = list(path.relative_to(root).with_suffix("").parts)
            is_package = parts[-1] == "__init__"
            module = Module(".".join(parts[:-1] if is_package else parts), is_package)
            if module.name.split(".")[0] in later:
                continue
            self.modules[module.name] = module
            self.collect(ast.parse(path.read_text("utf-8")).body, module.scope, EVERYWHERE)

    @staticmethod
    def later_modules(root):
        """Modules that no version here has yet."""
        later = set()
        for line in (root / "VERSIONS").read_text("utf-8").splitlines():
            name, _, versions = line.partition("#")[0].partition(":")
            if versions and tuple(map(int, versions.split("-")[0].split("."))) > ENVIRONMENTS[0][0]:
                later.add(name)
        return later

    def collect(self, body, scope, where):
        for statement in body:
            if isinstance(statement, ast.If):
                holds = where_true(statement.test, where)
                self.collect(statement.body, scope, holds) if holds else None
                self.collect(statement.orelse, scope, where - holds) if where - holds else None
            elif isinstance(statement, ast.ClassDef):
                cls = Class(scope, statement)
                scope.bind(statement.name, where, cls)
                self.collect(statement.body, cls.scope, where)
            elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                scope.bind(statement.name, where, Function(scope, [statement]))
            elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                name = statement.target.id
                scope.bind(name, where, Variable(scope, name, statement.annotation, statement.value))
            elif isinstance(statement, ast.Assign):
                for target in statement.targets:
                    if isinstance(target, ast.Name):
                        if target.id == "__all__":
                            self.collect_all(scope, where, statement.value)
                        else:
                            scope.bind(target.id, where, Variable(scope, target.id, None, statement.value))
            elif isinstance(statement, ast.AugAssign) and ast.unparse(statement.target) == "__all__":
                self.collect_all(scope, where, statement.value)
            elif isinstance(statement, ast.Import):
                for alias in statement.names:
                    if alias.asname:
                        scope.bind(alias.asname, where, Import(alias.name, None, alias.asname == alias.name))
                    else:
                        top = alias.name.split(".")[0]
                        scope.bind(top, where, Import(top, None, False))
            elif isinstance(statement, ast.ImportFrom):
                source = self.absolute(scope.module, statement)
                for alias in statement.names:
                    if alias.name == "*":
                        scope.stars.append((where, source))
                    elif alias.name == "__all__":
                        scope.all_names = scope.all_names or []
                        scope.all_names.append((where, source))
                    else:
                        name = alias.asname or alias.name
                        scope.bind(name, where, Import(source, alias.name, alias.asname == alias.name))

    @staticmethod
    def collect_all(scope, where, value):
        scope.all_names = scope.all_names or []
        scope.all_names.append((where, list(ast.literal_eval(value))))

    @staticmethod
    def absolute(module, statement):
        if not statement.level:
            return statement.module
        parts = module.name.split(".")
        up = statement.level - (1 if module.is_package else 0)
        parts = parts[: len(parts) - up]
        return ".".join(parts + ([statement.module] if statement.module else []))

    def exports(self, name, where):
        """The names that `from module import *` binds in one of the environments."""
        scope = self.modules[name].scope
        names = set()
        if scope.all_names is not None:
            for at, listed in scope.all_names:
                if at & where:
                    names |= self.exports(listed, where) if isinstance(listed, str) else set(listed)
            return names
        for bound, bindings in scope.bindings.items():
            if not bound.startswith("_") and any(
                at & where and (not isinstance(binding, Import) or binding.public) for at, binding in bindings
            ):
                names.add(bound)
        for at, source in scope.stars:
            if at & where and source in self.modules:
                names |= self.exports(source, where)
        return names

    def public_names(self, name):
        """The names that a module shows to others: what is defined in it or imported to be shown."""
        scope = self.modules[name].scope
        names = self.exports(name, EVERYWHERE)
        for bound, bindings in scope.bindings.items():
            if any(not isinstance(binding, Import) or binding.public for _, binding in bindings):
                names.add(bound)
        return names

    def look_up(self, module, name):
        """What a name of a module is, imports followed; `None` when it is nothing known."""
        if name in module.lookups:
            return module.lookups[name]
        module.lookups[name] = None  # ends circles
        found = self.follow(module.scope.get(name))
        if found is None:
            for _, source in module.scope.stars:
                if source in self.modules and (name in self.exports(source, EVERYWHERE)):
                    found = self.look_up(self.modules[source], name)
        if found is None:
            found = self.modules.get(f"{module.name}.{name}")
        module.lookups[name] = found
        return found

    def follow(self, binding):
        if isinstance(binding, Import):
            if binding.name is None:
                return self.modules.get(binding.module)
            if binding.module not in self.modules:
                return None
            return self.look_up(self.modules[binding.module], binding.name)
        is_alias = isinstance(binding, Variable) and binding.annotation is None
        if is_alias and isinstance(binding.value, (ast.Name, ast.Attribute)):
            target = self.resolve(binding.value, binding.scope, binding)
            if isinstance(target, Bound):
                return Bound(binding.key, target.owner, target.name)
            return target or binding
        return binding

    def resolve(self, node, scope, asking=None):
        """What a name or dotted name in a stub refers to."""
        if isinstance(node, ast.Name):
            while scope is not None:
                found = scope.get(node.id)
                # A method hides no class from the annotations of the others.
                if scope.parent is not None and isinstance(found, (Function, Variable)) and asking is None:
                    found = None
                if found is not None and found is not asking:
                    return self.follow(found) if scope.parent else self.look_up(scope.module, node.id)
                if scope.parent is None:
                    found = self.look_up(scope.module, node.id)
                    if found is not None and found is not asking:
                        return found
                scope = scope.parent
            return self.look_up(self.modules["builtins"], node.id)
        if isinstance(node, ast.Attribute):
            owner = self.resolve(node.value, scope)
            if isinstance(owner, Module):
                return self.look_up(owner, node.attr)
            if isinstance(owner, Class):
                return self.follow(owner.scope.get(node.attr))
            if isinstance(owner, Variable) and owner.annotation is not None:
                cls = self.resolve(owner.annotation, owner.scope)
                return Bound(None, cls, node.attr) if isinstance(cls, Class) else None
        return None


# ---------------------------------------------------------------- types
#
# A type is a tuple: ("class", Class, arguments), ("parameter", position) of the class at hand, ("self",),
# ("await", type), ("none",), ("variable", name, bound) for a type variable of the function, ("any",); None when open.

ANY = ("any",)
NONE = ("none",)
SELF = ("self",)


class Types:
    def __init__(self, stubs):
        self.stubs = stubs
        self.builtins = stubs.modules["builtins"]
        # Special forms in the stubs, classes at run time.
        typing = stubs.modules["typing"].scope
        for name in ("Callable", "Generic", "Protocol"):
            typing.bindings[name] = [(EVERYWHERE, Class(typing, ast.parse(f"class {name}: ...").body[0]))]

    def builtin(self, name, *arguments):
        return ("class", self.stubs.look_up(self.builtins, name), arguments)

    def abc(self, name, *arguments):
        return ("class", self.stubs.look_up(self.stubs.modules["typing"], name), arguments)

    # -- classes

    def parameters(self, cls):
        """Names of the type parameters of a class, in order."""
        if cls.parameters is None:
            cls.parameters = []
            if getattr(cls.node, "type_params", None):
                cls.parameters = [parameter.name for parameter in cls.node.type_params]
                return cls.parameters
            named, seen = None, []
            for base in cls.node.bases:
                if isinstance(base, ast.Subscript):
                    inside = [node.id for node in ast.walk(base.slice) if isinstance(node, ast.Name)]
                    inside = [name for name in inside if self.is_type_variable(name, cls.outer)]
                    if self.special(base.value, cls.outer) in ("Generic", "Protocol"):
                        named = inside
                    seen += inside
            cls.parameters = list(dict.fromkeys(named if named is not None else seen))
        return cls.parameters

    def is_type_variable(self, name, scope):
        found = self.stubs.resolve(ast.Name(name), scope)
        if not isinstance(found, Variable) or not isinstance(found.value, ast.Call):
            return False
        return ast.unparse(found.value.func).split(".")[-1] in ("TypeVar", "ParamSpec", "TypeVarTuple")

    def special(self, node, scope):
        """The name of a special form of `typing`."""
        found = self.stubs.resolve(node, scope)
        if found is not None and hasattr(found, "key"):
            module, _, name = found.key.rpartition(".")
            if module in ("typing", "typing_extensions", "_typeshed") and (
                isinstance(found, Variable) or name in ("Any", "Protocol", "Generic", "NamedTuple", "TypedDict")
            ):
                return name
        return None

    def bases(self, cls):
        """The direct bases, as types in terms of the class's own parameters."""
        if cls.bases is None:
            cls.bases = []
            for base in cls.node.bases:
                form = self.special(base.value if isinstance(base, ast.Subscript) else base, cls.outer)
                if form in ("Generic", "Protocol"):
                    continue
                if form == "TypedDict":
                    cls.bases.append(self.builtin("dict", self.builtin("str"), None))
                    continue
                base = self.evaluate(base, cls.outer, Reading(cls))
                if base is not None and base[0] == "class":
                    cls.bases.append(base)
            if not cls.bases and cls.key != "builtins.object":
                cls.bases.append(self.builtin("object"))
        return cls.bases

    def mro(self, cls, seen=()):
        """The class and its ancestors, each as a type in terms of the class's own parameters."""
        own = ("class", cls, tuple(("parameter", at) for at in range(len(self.parameters(cls)))))
        if cls in seen:
            return [own]
        lines = []
        for base in self.bases(cls):
            lines.append([substitute(ancestor, base) for ancestor in self.mro(base[1], (*seen, cls))])
        lines.append(list(self.bases(cls)))
        merged = [own]
        while lines := [line for line in lines if line]:
            for line in lines:
                head = line[0]
                if not any(head[1] is other[1] for rest in lines for other in rest[1:]):
                    break
            else:
                head = lines[0][0]
            merged.append(head)
            lines = [[entry for entry in line if entry[1] is not head[1]] for line in lines]
        return merged

    # -- annotations

    def evaluate(self, node, scope, reading):
        """The type that an annotation names."""
        if isinstance(node, ast.Constant):
            if node.value is None:
                return NONE
            if isinstance(node.value, str):
                return self.evaluate(ast.parse(node.value, mode="eval").body, scope, reading)
            return None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            parts = [self.evaluate(side, scope, reading) for side in (node.left, node.right)]
            return self.union(parts, reading)
        if isinstance(node, ast.Subscript):
            return self.subscript(node, scope, reading)
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self.name(node, (), scope, reading)
        return None

    def union(self, parts, reading):
        if None in parts:
            return None
        certain = []
        for part in parts:
            is_default = part[0] == "variable" and part[1] in reading.defaults
            if part not in (NONE, ANY) and not is_default and part not in certain:
                certain.append(part)
        if not certain:
            return next((part for part in parts if part[0] == "variable"), NONE if NONE in parts else ANY)
        result = certain[0]
        for part in certain[1:]:
            result = self.common(result, part)
        return result

    def common(self, left, right):
        """The type that says what both say; open when their classes differ."""
        if left == right:
            return left
        # What is given back is an instance of the bound: `cursor()`, `cursor(factory)`.
        left, right = (side[2] if side and side[0] == "variable" else side for side in (left, right))
        if left == right:
            return left
        if left is None or right is None or left[0] != right[0]:
            return None
        if left[0] == "await":
            return ("await", self.common(left[1], right[1]))
        if left[0] != "class" or left[1] is not right[1]:
            return None
        if len(left[2]) != len(right[2]):
            return ("class", left[1], ())
        return ("class", left[1], tuple(self.common(*pair) for pair in zip(left[2], right[2])))

    def general(self, left, right):
        """The first type, open where the second is."""
        if left is None or right is None:
            return None
        if left[0] != "class" or right[0] != "class" or left[1] is not right[1] or len(left[2]) != len(right[2]):
            return left
        return ("class", left[1], tuple(self.general(*pair) for pair in zip(left[2], right[2])))

    def subscript(self, node, scope, reading):
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        form = self.special(node.value, scope)
        if form in ("Optional", "Final", "ClassVar", "Required", "NotRequired", "ReadOnly", "Annotated"):
            return self.evaluate(inner[0], scope, reading)
        if form == "Union":
            return self.union([self.evaluate(part, scope, reading) for part in inner], reading)
        if form == "Literal":
            parts = [self.literal(part, scope, reading) for part in inner]
            return self.union(parts, reading)
        if form in ("TypeGuard", "TypeIs"):
            return self.builtin("bool")
        if form in ("Type", "Concatenate", "Unpack"):
            return None
        target = self.stubs.resolve(node.value, scope)
        if isinstance(target, Class) and target.key in ("builtins.type", "typing.Callable"):
            return None if target.key == "builtins.type" else self.abc("Callable")
        arguments = []
        for part in inner:
            if isinstance(part, ast.Constant) and part.value is Ellipsis:
                continue
            if isinstance(part, (ast.List, ast.Starred)):
                arguments.append(None)
            else:
                arguments.append(closed(self.evaluate(part, scope, reading)))
        return self.name(node.value, tuple(arguments), scope, reading)

    def literal(self, node, scope, reading):
        if isinstance(node, ast.Attribute):
            owner = self.stubs.resolve(node.value, scope)
            return ("class", owner, ()) if isinstance(owner, Class) else None
        value = ast.literal_eval(node)
        return NONE if value is None else self.builtin(type(value).__name__)

    def name(self, node, arguments, scope, reading):
        if isinstance(node, ast.Name) and node.id in reading.bound:
            return reading.bound[node.id]
        form = self.special(node, scope)
        if form in ("Any", "Incomplete", "Unused", "MaybeNone"):
            return ANY
        if form == "Self":
            return SELF
        if form == "LiteralString":
            return self.builtin("str")
        target = self.stubs.resolve(node, scope)
        if isinstance(target, Class):
            return self.instance(target, arguments)
        if isinstance(target, Variable):
            if form in ("NoReturn", "Never", "Literal", "Type"):
                return None
            if isinstance(node, ast.Name) and self.is_type_variable(node.id, scope):
                return self.variable(node.id, target, scope, reading)
            return self.alias(target, arguments, reading)
        return None

    def instance(self, cls, arguments):
        if cls.key in VIEWS:
            name, positions = VIEWS[cls.key]
            return self.abc(name, *(arguments[at] for at in positions if at < len(arguments)))
        if cls.key == "builtins.object":
            return None
        if cls.key == "types.NoneType":
            return NONE
        if any(self.special(base, cls.outer) == "TypedDict" for base in cls.node.bases):
            return self.builtin("dict", self.builtin("str"), None)
        return ("class", cls, arguments)

    def variable(self, name, target, scope, reading):
        if reading.cls is not None and name in self.parameters(reading.cls):
            return ("parameter", self.parameters(reading.cls).index(name))
        if name == reading.self_variable:
            return SELF
        constraints = {ast.unparse(argument) for argument in target.value.args[1:]}
        if "str" in constraints and constraints <= {"str", "bytes", "LiteralString"}:
            return self.builtin("str")
        for keyword in target.value.keywords:
            if keyword.arg == "bound" and not isinstance(keyword.value, ast.Constant):
                bound = self.evaluate(keyword.value, target.scope, Reading(None))
                return ("variable", name, closed(bound))
        return ("variable", name, None)

    def alias(self, target, arguments, reading):
        annotation = target.annotation
        if annotation is not None and self.special(annotation, target.scope) != "TypeAlias":
            return None
        value = target.value
        if value is None or target in reading.aliases:
            return None
        if isinstance(value, ast.Call):
            # NewType("Name", base)
            if ast.unparse(value.func).split(".")[-1] == "NewType":
                return self.evaluate(value.args[1], target.scope, Reading(None))
            return None
        names = [node.id for node in ast.walk(value) if isinstance(node, ast.Name)]
        names = [name for name in dict.fromkeys(names) if self.is_type_variable(name, target.scope)]
        bound = dict(itertools.zip_longest(names, arguments[: len(names)], fillvalue=ANY))
        return self.evaluate(value, target.scope, Reading(None, bound=bound, aliases=(*reading.aliases, target)))

    # -- what is bound to a name

    def function(self, function, cls=None):
        """The type of what a call gives."""
        nodes = function.nodes
        if nodes[0].name == "__getitem__":
            # Slices are no concern of the subscript operator here.
            single = [node for node in nodes if "slice" not in annotation_text(node.args, 1)]
            nodes = single or nodes
        nodes = text_first(nodes)
        results = [self.result(node, function.scope, cls) for node in nodes]
        if cls is not None:
            # What holds for every instance says more than what holds for some: `self: Pattern[bytes]`.
            is_special = ["[" in annotation_text(node.args, 0) for node in nodes]
            special = [result for result, flag in zip(results, is_special) if flag]
            results = [result for result, flag in zip(results, is_special) if not flag] or results
            if len(results) == 1:
                for result in filter(None, special):
                    results[0] = self.general(results[0], result)
        common = results[0]
        for result in results[1:]:
            common = self.common(common, result)
        return closed(common)

    def result(self, node, scope, cls):
        reading = Reading(cls)
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        if cls is not None and arguments and not is_decorated(node, "staticmethod"):
            annotation = arguments[0].annotation
            if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "type":
                annotation = annotation.slice
            if isinstance(annotation, ast.Name) and annotation.id not in self.parameters(cls):
                reading.self_variable = annotation.id if self.is_type_variable(annotation.id, scope) else None
        for argument in arguments:
            if argument.arg in DEFAULTS and argument.annotation is not None:
                reading.defaults |= {part.id for part in ast.walk(argument.annotation) if isinstance(part, ast.Name)}
        for parameter in getattr(node, "type_params", ()):
            reading.bound[parameter.name] = ("variable", parameter.name, None)
        ty = self.evaluate(node.returns, scope, reading) if node.returns is not None else None
        ty = None if ty == ANY else ty
        if is_decorated(node, "contextmanager") or is_decorated(node, "asynccontextmanager"):
            is_async = is_decorated(node, "asynccontextmanager")
            name = "AbstractAsyncContextManager" if is_async else "AbstractContextManager"
            manager = self.stubs.look_up(self.stubs.modules["contextlib"], name)
            return ("class", manager, (ty[2][0] if ty is not None and ty[0] == "class" and ty[2] else None,))
        if isinstance(node, ast.AsyncFunctionDef):
            return ("await", closed(ty))
        if ty is not None and ty[0] == "class":
            at = {"typing.Awaitable": 0, "typing.Coroutine": 2, "types.CoroutineType": 2}.get(ty[1].key)
            if at is not None:
                return ("await", ty[2][at] if at < len(ty[2]) else None)
        return ty

    def value(self, variable, cls=None):
        """The type of a variable or attribute."""
        annotation, value = variable.annotation, variable.value
        if annotation is not None and self.special(annotation, variable.scope) not in ("Final", "ClassVar"):
            if self.special(annotation, variable.scope) == "TypeAlias":
                return None
            return closed(self.evaluate(annotation, variable.scope, Reading(cls)))
        if isinstance(value, ast.Constant) and value.value is not None and value.value is not Ellipsis:
            return self.builtin(type(value.value).__name__)
        if isinstance(value, ast.UnaryOp) and isinstance(value.operand, ast.Constant):
            return self.builtin(type(value.operand.value).__name__)
        if isinstance(value, ast.Attribute):
            owner = self.stubs.resolve(value.value, variable.scope)
            if isinstance(owner, Class) and self.is_enum(owner):
                return ("class", owner, ())
        return None

    def is_enum(self, cls):
        return any(ancestor[1].key == "enum.Enum" for ancestor in self.mro(cls))

    # -- members

    def own_members(self, cls):
        """Name to (callable, type), of the class alone."""
        members = {}
        for name in cls.scope.bindings:
            binding = cls.scope.get(name)
            if name.startswith("_") and not self.is_wanted(name, binding):
                continue
            if isinstance(binding, Variable) and binding.annotation is None:
                alias = self.stubs.follow(binding)
                if self.is_enum(cls) and not name.startswith("_") and isinstance(alias, Variable):
                    members[name] = (False, SELF)
                    continue
                binding = alias
            if isinstance(binding, Function):
                members[name] = (not self.is_property(binding), self.function(binding, cls))
            elif isinstance(binding, Class):
                members[name] = (True, ("class", binding, ()))
            elif isinstance(binding, Variable):
                members[name] = (False, self.value(binding, cls))
            elif isinstance(binding, Bound):
                members[name] = self.bound(binding)
        return members

    def is_wanted(self, name, binding):
        """Whether a member is listed in spite of its underscore; of dunders, all that is read and not called."""
        if name in DUNDERS or name in PUBLIC_PRIVATE:
            return True
        is_dunder = name.startswith("__") and name.endswith("__") and name not in ("__slots__", "__hash__")
        return is_dunder and not (isinstance(binding, Function) and not self.is_property(binding))

    @staticmethod
    def is_property(function):
        names = ("property", "cached_property", "abstractproperty", "_magic_enum_attr", "DynamicClassAttribute")
        return any(is_decorated(function.nodes[0], name) for name in names)

    def members(self, cls):
        """Name to (callable, type), with what is inherited, in terms of the class's own parameters."""
        if cls.table is None:
            cls.table = {}
            for ancestor in reversed(self.mro(cls)):
                for name, (is_callable, ty) in self.own_members(ancestor[1]).items():
                    cls.table[name] = (is_callable, substitute(ty, ancestor))
            for method, step, result in (
                ("__iter__", "__next__", "Iterator"),
                ("__aiter__", "__anext__", "AsyncIterator"),
            ):
                if method in cls.table:
                    item = self.item(cls.table[method][1], cls, step)
                    if item is not None:
                        cls.table[method] = (True, self.abc(result, item))
        return cls.table

    def item(self, iterator, cls, step):
        """What an iterator gives that is no plain `Iterator`: what its `__next__` gives."""
        if iterator == SELF:
            found = self.members(cls).get(step)
            ty = found[1] if found else None
        elif iterator is not None and iterator[0] == "class" and iterator[1].module.name != "typing":
            found = self.members(iterator[1]).get(step)
            ty = substitute(found[1], iterator) if found else None
        else:
            return None
        return ty[1] if ty is not None and ty[0] == "await" else ty

    def bound(self, binding):
        found = self.members(binding.owner).get(binding.name) if isinstance(binding.owner, Class) else None
        if found is None:
            return (True, None)
        return (found[0], substitute(found[1], ("class", binding.owner, ())))


class Reading:
    """What an annotation is read in: the class, and what the function's type variables stand for."""

    def __init__(self, cls, bound=None, aliases=()):
        self.cls = cls
        self.bound = bound or {}
        self.aliases = aliases
        self.self_variable = None
        self.defaults = set()


def text_first(overloads):
    """The overloads without those that have a twin that takes `str` where they take `bytes`."""

    def takes(node, parameter):
        annotation = ast.unparse(parameter.annotation) if parameter.annotation is not None else ""
        words = set(re.findall(r"\w+", annotation))
        return (bool(words & TEXT), bool(words & OCTETS))

    def parameters(node):
        return {parameter.arg: takes(node, parameter) for parameter in [*node.args.posonlyargs, *node.args.args]}

    taken = [parameters(node) for node in overloads]
    of_text = {name for each in taken for name, kinds in each.items() if kinds == (True, False)}
    kept = [
        node
        for node, each in zip(overloads, taken)
        if not any(kinds == (False, True) and name in of_text for name, kinds in each.items())
    ]
    return kept or overloads


def annotation_text(arguments, position):
    every = [*arguments.posonlyargs, *arguments.args]
    if position < len(every) and every[position].annotation is not None:
        return ast.unparse(every[position].annotation)
    return ""


def closed(ty):
    """A type that stands on its own: what is not certain is open."""
    return None if ty is None or ty[0] in ("any", "variable") else ty


def substitute(ty, instance):
    """A type in terms of an instance's arguments instead of the class's parameters."""
    if ty is None:
        return None
    if ty[0] == "parameter":
        arguments = instance[2]
        if instance[1].key == "builtins.tuple" and arguments:
            return arguments[0] if len(set(arguments)) == 1 else None
        return arguments[ty[1]] if ty[1] < len(arguments) else None
    if ty[0] == "await":
        return ("await", substitute(ty[1], instance))
    if ty[0] == "class":
        return ("class", ty[1], tuple(substitute(argument, instance) for argument in ty[2]))
    return ty


# ---------------------------------------------------------------- output


class Writer:
    def __init__(self, stubs):
        self.stubs = stubs
        self.types = Types(stubs)
        self.names = {}
        self.aliases = {}
        self.wanted = []
        self.classes = {}
        self.listed = set()

    def is_public_module(self, name):
        parts = name.split(".")
        if any(part.startswith("_") and part != "__future__" for part in parts):
            return False
        return not any(".".join(parts[: at + 1]) in PRIVATE for at in range(len(parts)))

    def find_names(self):
        """Chooses the public name of everything."""
        candidates = {}
        for name, module in self.stubs.modules.items():
            if not self.is_public_module(name):
                continue
            for bound in self.stubs.public_names(name):
                if bound.startswith("_") and bound not in PUBLIC_PRIVATE:
                    continue
                entity = self.stubs.look_up(module, bound)
                if entity is None or isinstance(entity, (Import, Module)):
                    continue
                candidates.setdefault(entity.key, (entity, []))[1].append((name, bound))
        for key, (entity, places) in candidates.items():
            places.sort(key=lambda place: self.rank(key, *place))
            module, bound = places[0]
            self.names[key] = (f"{module}.{bound}", entity)
            for other_module, other in places[1:]:
                if f"{other_module}.{other}" != f"{module}.{bound}":
                    self.aliases[f"{other_module}.{other}"] = f"{module}.{bound}"

    def rank(self, key, module, bound):
        home = key.rpartition(".")[0]
        if module == "collections.abc":
            closeness = 0
        elif home.startswith(f"{module}."):
            closeness = 1
        elif module == home:
            closeness = 2
        else:
            closeness = 3
        return (closeness, not key.endswith(f".{bound}"), module.count("."), module, bound)

    def class_name(self, cls):
        if cls.key in self.names:
            return self.names[cls.key][0]
        if "." in cls.qualname:
            outer_name, _, own = cls.key.rpartition(".")
            if outer_name in self.names:
                return f"{self.names[outer_name][0]}.{own}"
        if cls.module.name.startswith("_typeshed"):
            return None
        if cls.module.name in ("posixpath", "ntpath", "genericpath"):
            return f"os.path.{cls.qualname}"
        return f"typing.{cls.qualname}" if cls.module.name == "typing_extensions" else cls.key

    def render(self, ty):
        """A type as it is written in the data."""
        if ty is None:
            return ""
        if ty[0] == "parameter":
            return f"${ty[1]}"
        if ty == SELF:
            return "Self"
        if ty == NONE:
            return "None"
        if ty[0] == "await":
            return f"await {self.render(ty[1])}".rstrip()
        name = self.class_name(ty[1])
        if name is None:
            return ""
        self.want(ty[1])
        arguments = [self.render(argument) for argument in ty[2]]
        return f"{name}[{', '.join(arguments)}]" if any(arguments) else name

    def want(self, cls):
        if cls.key not in self.listed:
            self.listed.add(cls.key)
            self.wanted.append(cls)

    def write(self, out):
        self.find_names()
        functions, variables = {}, {}
        for name, entity in self.names.values():
            if isinstance(entity, Class):
                self.want(entity)
            elif isinstance(entity, Function):
                ty = self.types.function(entity)
                # `open = TarFile.open`: a class method under a name of the module.
                functions[name] = entity.key.rpartition(".")[0] if ty == SELF else self.render(ty)
            elif isinstance(entity, Bound):
                is_callable, ty = self.types.bound(entity)
                (functions if is_callable else variables)[name] = self.render(ty)
            elif isinstance(entity, Variable):
                ty = self.render(self.types.value(entity))
                if ty and not self.is_plain_constant(name, ty):
                    variables[name] = ty
        members = self.read_members()

        def print_rows(rows):
            out.writelines("\t".join(row).rstrip("\t") + "\n" for row in rows)

        for name in sorted(self.classes):
            print_rows([("class", name, ", ".join(self.classes[name]))])
            print_rows(("", *row) for row in sorted(self.kept(name, members)))
        print_rows(("def", *row) for row in sorted(functions.items()))
        print_rows(("var", *row) for row in sorted(variables.items()))
        known = self.classes.keys() | functions.keys() | variables.keys()
        print_rows(("alias", *row) for row in sorted(self.aliases.items()) if row[1] in known)
        for name in sorted(self.stubs.modules):
            if self.is_public_module(name) or name == "typing_extensions":
                exported = sorted(self.stubs.exports(name, NEWEST))
                if exported:
                    print_rows([("export", name, " ".join(exported))])

    @staticmethod
    def is_plain_constant(name, ty):
        """Numbers and other values of the system, whose methods nobody calls: `errno.ENOENT`."""
        own = name.rpartition(".")[2]
        return ty == "typing._SpecialForm" or (
            own.isupper() and ty.removeprefix("builtins.") in ("int", "bool", "float", "str", "bytes")
        )

    def read_members(self):
        """Every class that is public or that something public leads to: name to (called, type, own) of each member."""
        members = {}
        while self.wanted:
            cls = self.wanted.pop()
            name = self.class_name(cls)
            if name in self.classes:
                continue
            bases = list(dict.fromkeys(self.real_bases(cls)))
            for base in bases:
                self.want(base)
            self.classes[name] = [self.class_name(base) for base in bases]
            own = self.types.own_members(cls)
            members[name] = {
                member: (is_callable, self.render(ty), member in own)
                for member, (is_callable, ty) in self.types.members(cls).items()
            }
        return members

    def real_bases(self, cls):
        """The bases that the class has at run time."""
        if cls.key == "builtins.object":
            return
        found = False
        for _, base, _ in self.types.bases(cls):
            is_abstract = base.module.name == "typing" or base.key == "os.PathLike"
            is_derived = {cls.key, cls.module.name, cls.module.name.split(".")[0]} & DERIVED
            if base.key == "typing.NamedTuple":
                yield self.types.builtin("tuple")[1]
            elif self.class_name(base) is None or (is_abstract and not is_derived):
                continue
            else:
                yield base
            found = True
        if not found:
            yield self.types.builtin("object")[1]

    def kept(self, name, members):
        """The rows that a look-up in the bases would not find, or find otherwise."""
        for member, (is_callable, ty, _) in members[name].items():
            if self.is_kept(name, member, members):
                yield (f"{member}()" if is_callable else member, ty)

    def is_kept(self, name, member, members):
        _, ty, is_own = members[name][member]
        if is_own:
            return True
        found = self.inherited(name, member, members)
        # Asked of an instance without arguments, `$0` is open as well.
        return found is None or (found != ty and not (ty == "" and "$" in found))

    def inherited(self, name, member, members):
        """What a look-up finds in the bases of a class, nearest first, without regard to type arguments."""
        level, seen = list(self.classes[name]), set()
        while level:
            for ancestor in level:
                if ancestor not in seen:
                    seen.add(ancestor)
                    if member in members[ancestor] and self.is_kept(ancestor, member, members):
                        return members[ancestor][member][1]
            level = [base for ancestor in level for base in self.classes[ancestor]]
        return None


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    sys.setrecursionlimit(10_000)
    Writer(Stubs(pathlib.Path(sys.argv[1]))).write(sys.stdout)


if __name__ == "__main__":
    main()
