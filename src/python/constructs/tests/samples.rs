//! The table of samples: for each shape code in which `‹›` mark its tokens, all of them, and code that looks alike.

use crate::python::Construct::{self, *};

pub(super) struct Sample {
    pub(super) shape: Construct,
    pub(super) code: &'static str,
    pub(super) unlike: &'static str,
    /// The files beside it, when the shape depends on them.
    pub(super) files: &'static [(&'static str, &'static str)],
}

const fn sample(shape: Construct, code: &'static str, unlike: &'static str) -> Sample {
    Sample { shape, code, unlike, files: &[] }
}

const FILES: &[(&str, &str)] = &[
    ("sample.py", ""),
    ("back.py", "import sample\n"),
    ("far.py", "from back import x\n"),
    ("late.py", "def f():\n    import sample\n"),
    ("plugins/one.py", ""),
    ("regular/__init__.py", ""),
    ("regular/one.py", ""),
    ("regular/parts/two.py", ""),
    ("empty/notes.txt", ""),
    ("native.so", ""),
    ("native/one.py", ""),
    ("both.py", ""),
    ("both/one.py", ""),
];

/// A shape that depends on the files around `sample.py`.
const fn among_files(shape: Construct, code: &'static str, unlike: &'static str) -> Sample {
    Sample { shape, code, unlike, files: FILES }
}

pub(super) const SAMPLES: &[Sample] = &[
    // The project
    among_files(
        ImportCircular,
        "import ‹back›\nimport os, ‹far› as other\nfrom ‹back› import x\ntry:\n    from . import ‹back›\nexcept ImportError:\n    pass\n",
        "import late, regular.one\nfrom missing import x\ndef f():\n    import back\nif TYPE_CHECKING:\n    import back\n\
        if __name__ == '__main__':\n    import back\n",
    ),
    among_files(
        ImportNamespacePackage,
        "import ‹plugins›, ‹plugins.one› as one\nfrom ‹plugins› import one\nfrom regular import ‹parts›\n\
        def f():\n    from ‹regular.parts› import two\n",
        "import regular.one, empty, native, both, missing\nfrom plugins import nothing\nfrom regular import one\n\
        import xml.dom\nif TYPE_CHECKING:\n    import plugins\n",
    ),
    // Annotations
    sample(
        Annotation,
        "def f(a‹:› int, *b‹:› str) ‹->› None:\n    c‹:› int = {'a': 1}\n    d[1:2] = a\n",
        "f = lambda a: {a: 1}\nx[1:2]\n",
    ),
    sample(AnnotationVariable, "x‹:› int = 1\nclass A:\n    y‹:› 'str'\n", "def f(x: int): ...\nd = {'x': 1}\n"),
    sample(AnnotationParameter, "def f(a‹:› int, *, b‹:› str = 'x', **c‹:› int): ...\n", "x: int\nf = lambda a: a\n"),
    sample(AnnotationReturn, "def f(a: int) ‹->› int: ...\n", "def f(): return '->'\n"),
    sample(
        AnnotationBuiltinGeneric,
        "x: ‹list›[‹dict›[str, int]] = list(y)\ndef f(a: ‹tuple›[int, ...]): return dict[0]\n",
        "class list: ...\nx: list[int]\ny = d[0]\nfrom typing import List\nz: List[int]\n",
    ),
    sample(AnnotationUnionPipe, "x: int ‹|› str ‹|› None = 1 | 2\n", "x = 1 | 2\ny: f(3) = flags | 1\n"),
    sample(AnnotationPipeNone, "def f(a: int ‹|› None, b: int | str): ...\n", "x = a | None\n"),
    sample(TypeAliasStatement, "‹type› Pair[T] = tuple[T, T]\n", "type = 3\ntype(x)\n"),
    sample(
        TypeParams,
        "def f‹[›‹T›: int, ‹*Ts›](a: T): ...\nclass C‹[›‹T›, ‹**P›]: ...\ntype A‹[›‹T›] = list[T]\n",
        "x: list[T]\nclass D(Generic[T]): ...\n",
    ),
    // Assertions
    sample(Assert, "‹assert› x, 'why'\n", "x.assert_(1)\n"),
    sample(AssertInTest, "def test_a():\n    ‹assert› f() == 1\n", "def check_a():\n    assert f() == 1\n"),
    // Assignments
    sample(
        AssignAlias,
        "a = [1]\nb ‹=› a\ndef f(x):\n    y ‹=› x\n    return y\n",
        "import os\npath = os\nnumber = int\ndef f(): ...\ng = f\nclass C: ...\nD = C\nx = y.z\nw = undefined\n",
    ),
    sample(
        AssignHardcodedSecret,
        "password = ‹'hunter2'›\nconfig['api_key'] = ‹\"k3y-9f8e7d\"›\nself.SECRET_KEY = ‹'s3cr3t!'›\nconnect(user='me', password=‹'hunter2'›)\n",
        "password = ''\ntoken = 'IF'\nPASSWORD_FIELD = 'hunter2'\npassword_label = 'Your password:'\npassword = 'your password'\n\
        token_url = 'https://x.org/token'\nsecret = load()\npassword = ':****'\npassword = 'DB_PASSWORD'\nx = 'password'\n",
    ),
    sample(AttrDict, "vars = x.‹__dict__›\n", "__dict__ = 1\nx.dict\n"),
    sample(AttrMro, "print(C.‹__mro__›)\n", "C.mro()\n"),
    sample(
        AttrClassLevel,
        "from typing import ClassVar\nclass A:\n    ‹x› ‹=› 1\n    ‹y›: int ‹=› 2\n    def f(self):\n        z = 1\nclass B(A):\n    ‹n›: ClassVar[int] ‹=› 0\n",
        "from dataclasses import dataclass\nfrom pydantic import BaseModel\n@dataclass\nclass A:\n    x: int = 1\nclass M(BaseModel):\n    y: int = 2\n\
        class S:\n    __slots__ = ()\n    z: int\nw = 1\nfrom enum import Enum\nclass E(Enum):\n    A = 1\n",
    ),
    sample(
        AttrInstanceAssign,
        "class A:\n    def __init__(self, x):\n        self.‹x› ‹=› x\n        self.‹y›: int ‹=› 1\n        y = 2\n        other.z = 3\n    def f(self):\n        self.z ‹=› 1\n",
        "def f(self):\n    self.x = 1\nclass A:\n    @classmethod\n    def make(cls):\n        cls.x = 1\n    def f(self):\n        self.x.y = 1\n        self.x += 1\n",
    ),
    sample(
        AttrComposed,
        "class Engine:\n    def start(self): return 1\nclass Car:\n    def __init__(self):\n        self.‹engine› ‹=› Engine()\n        self.name = str()\n",
        "class Engine: ...\nclass Car:\n    def __init__(self, engine):\n        self.engine = engine\n    def repair(self):\n        self.engine = Engine()\n",
    ),
    sample(
        AugassignGlobal,
        "import config\nn = 0\ndef f():\n    global n\n    n ‹+=› 1\n    config.calls ‹+=› 1\n",
        "n = 0\nn += 1\ndef f(self):\n    n = 0\n    n += 1\n    self.n += 1\n",
    ),
    sample(ModuleAttrAll, "‹__all__› = ['a']\n‹__all__› += ['b']\n", "class A:\n    __all__ = []\nprint(__all__)\n"),
    sample(ModuleAttrVersion, "‹__version__› = '1.0'\n", "version = '1.0'\nprint(__version__)\n"),
    sample(ModuleAttrName, "print(‹__name__›)\n", "f.__name__\nname = 1\n"),
    sample(
        UnpackAssign,
        "a‹,› b = pair\nfor i‹,› (x, y) in rows: ...\n[c‹,› d] = pair\n",
        "a = b = 1\nf(a, b)\nx = 1, 2\n",
    ),
    sample(UnpackStar, "a, ‹*›b = items\nc = [‹*›a, ‹*›b]\n", "f(*args)\ndef g(*args): ...\nx = a * b\n"),
    // Async
    sample(AsyncDef, "‹async def› f(): ...\n", "def f(): ...\n"),
    sample(
        AsyncDefTestFunction,
        "‹async def› ‹test_a›():\n    assert await f()\n",
        "def test_a():\n    assert f()\nasync def test_connection():\n    return 1\n",
    ),
    sample(
        AsyncDefAsgiApp,
        "‹async def› ‹app›(scope, receive, send): ...\nclass App:\n    ‹async def› ‹__call__›(self, scope, receive, send): ...\n",
        "def app(scope, receive, send): ...\nasync def app(scope): ...\n",
    ),
    sample(
        AsyncFor,
        "async def f():\n    ‹async for› x ‹in› y: ...\n",
        "for x in y: ...\nasync def f():\n    return [x async for x in y]\n",
    ),
    sample(AsyncWith, "async def f():\n    ‹async with› a ‹as› b: ...\n", "with a as b: ...\n"),
    sample(Await, "async def f():\n    ‹await› g()\n", "def f():\n    return g()\n"),
    sample(
        AwaitInTry,
        "async def f():\n    try:\n        ‹await› g()\n    except OSError:\n        await h()\n",
        "async def f():\n    await g()\n    try:\n        async def h():\n            await g()\n    finally:\n        await i()\n",
    ),
    // Calls
    sample(
        CallConstructor,
        "class A: ...\na = ‹A›()\nitems = [‹A›() for _ in x]\n",
        "class E(Exception): ...\ndef f(): ...\nf()\nint('1')\nraise E()\nA()\n",
    ),
    sample(CallStarArg, "f(a, ‹*›args)\n", "def f(*args): ...\nx = [*a]\n"),
    sample(CallDoubleStarArg, "f(a=1, ‹**›options)\n", "def f(**options): ...\nx = {**a}\ny = 2 ** 3\n"),
    sample(
        CallFluentChain,
        "q = table.where(a).order(b).‹limit›(3)\nr = (\n    Builder()\n    .one()\n    .two()\n    .‹three›()\n    .name\n)\n",
        "import a\nx = a.b().c().d()\ny = f(g(h()))\nz = table.where(a).order(b)\nw = ' a '.strip().lower().title()\nv = m.read().strip().split()\n",
    ),
    sample(CallIterSentinel, "for block in ‹iter›(read, b''): ...\n", "iter(x)\ndef iter2(a, b): ...\niter2(1, 2)\n"),
    sample(
        CallListPopZero,
        "queue = [1, 2]\nqueue.‹pop›(0)\nqueue.‹insert›(0, 3)\n",
        "import collections\nd = {}\nd.pop(0)\nq = [1]\nq.pop()\nq.pop(1)\nq.insert(1, 0)\nunknown.pop(0)\nimport sys\nsys.path.insert(0, 'x')\n",
    ),
    sample(
        CallLogSecret,
        "import logging\nlogging.info('in: %s', ‹password›)\nprint(f'{user} {‹user.api_key›}')\nlogger.debug(‹data['client_secret']›)\n",
        "print(token)\nprint(password_hint)\nsave(password)\nprint('password')\nx.info(password)\n",
    ),
    sample(
        CallRecursive,
        "def f(n):\n    return n * ‹f›(n - 1)\nclass Node:\n    def walk(self):\n        for child in self.children:\n            self.‹walk›()\n",
        "def f(n):\n    return g(n)\ndef g(n):\n    def f(): ...\n    return f()\nclass A:\n    def f(self):\n        return f(1)\n    def h(self, other):\n        other.h()\n",
    ),
    sample(
        CallTailRecursive,
        "def f(n, k):\n    if n:\n        return ‹f›(n - 1, k)\n    return 1 + f(n, k)\n",
        "def f(n):\n    return 1 + f(n - 1)\n",
    ),
    sample(
        CallSuperCooperative,
        "class A:\n    def f(self):\n        ‹super›().f()\nclass B:\n    def f(self):\n        pass\nclass C(A, B):\n    def f(self):\n        ‹super›().f()\n        super().g()\n",
        "class A:\n    def f(self): pass\nclass B(A):\n    def f(self):\n        super().f()\n",
    ),
    sample(CallTypeThreeArgs, "A = ‹type›('A', (), {})\n", "type(x)\n"),
    sample(
        ExprMultipleCalls,
        "def a(): ...\ndef b(): ...\nx = a() ‹+› b()\ny = next(it)‹,› next(it)\nz = a() ‹<› b()\n",
        "def a(): ...\nx = len(p) + len(q)\ny = a() + 1\nz = str(p) == str(q)\nw = f(a(), a())\n",
    ),
    sample(
        FunctionAsValue,
        "def key(x): ...\nsorted(xs, key=‹key›)\ntable = {'a': ‹key›}\ng = ‹key›\nmap(‹key›, xs)\n",
        "def key(x): ...\nkey(1)\n@key\ndef f(key):\n    return sorted(xs, key=key)\nkey.name\n",
    ),
    // Classes
    sample(Class, "@d\n‹class› A(B): ...\n", "def f():\n    return 'class'\n"),
    sample(
        ClassSingleBase,
        "‹class› A(‹Base›): ...\n‹class› B(‹m.Base›, metaclass=M): ...\n",
        "class A: ...\nclass B(object): ...\nclass C(A, B): ...\n",
    ),
    sample(ClassMultipleBases, "‹class› A(B‹,› C‹,› D): ...\n", "class A(B, metaclass=M): ...\nf(B, C)\n"),
    sample(
        ClassDiamond,
        "class A: ...\nclass B(A): ...\nclass C(A): ...\n‹class› ‹D›(B, C): ...\n",
        "from typing import Generic\nclass A: ...\nclass B(Generic[T]): ...\nclass C(Generic[T]): ...\nclass D(B, C): ...\nclass E(A): ...\nclass F(E): ...\n",
    ),
    sample(
        ClassDeepInheritance,
        "class A: ...\nclass B(A): ...\nclass C(B): ...\nclass D(C): ...\n‹class› ‹E›(D): ...\n",
        "class A: ...\nclass B(A): ...\nclass C(B): ...\nclass D(C): ...\n",
    ),
    sample(ClassMetaclass, "‹class› A(B, ‹metaclass›=M): ...\n", "class A(B, key=M): ...\nf(metaclass=M)\n"),
    sample(
        ClassSubclassesType,
        "‹class› M(‹type›): ...\n",
        "class A(Type): ...\nclass type: ...\nclass B(type): ...\n",
    ),
    sample(
        ClassException,
        "‹class› ‹AppError›(Exception): ...\n‹class› ‹Late›(AppError): ...\n",
        "class Error: ...\nclass A(Base): ...\n",
    ),
    sample(
        ClassIterator,
        "‹class› ‹Count›:\n    def __iter__(self): return self\n    def __next__(self): return 1\n",
        "class Bag:\n    def __iter__(self): return iter(self.items)\n",
    ),
    sample(
        ClassPort,
        "‹class› ‹Store›:\n    '''Keeps things.'''\n    def get(self, key):\n        raise NotImplementedError\n    def put(self, key, value):\n        '''Puts.'''\n        raise NotImplementedError('put')\n‹class› ‹Clock›(Protocol):\n    def now(self) -> float: ...\n",
        "class A:\n    def f(self):\n        raise NotImplementedError\n    def g(self):\n        return 1\nclass E(Exception): ...\nclass C:\n    x: int\n    def _f(self): ...\n",
    ),
    sample(
        ClassStringStateMachine,
        "‹class› ‹Door›:\n    def __init__(self):\n        self.state = 'open'\n    def step(self, event):\n        if self.state == 'open' and event:\n            self.state = 'closed'\n        elif self.state == 'closed':\n            self.state = 'locked'\n",
        "class Door:\n    def __init__(self):\n        self.state = 'open'\n        self.colour = 'red'\n    def toggle(self):\n        if self.state == 'open':\n            self.state = 'closed'\n",
    ),
    sample(ClassAttrMatchArgs, "class A:\n    ‹__match_args__› = ('x',)\n", "__match_args__ = ()\n"),
    sample(ClassAttrSlots, "class A:\n    ‹__slots__› = ('x',)\n", "__slots__ = ()\nA.__slots__\n"),
    sample(
        MethodInstance,
        "class A:\n    ‹def› f(self): ...\n    ‹async def› g(self): ...\n    @staticmethod\n    def h(): ...\n    @classmethod\n    def i(cls): ...\n",
        "def f(self): ...\nclass A:\n    def __new__(cls): ...\n",
    ),
    sample(
        InitConstructsDependency,
        "class Mailer:\n    def send(self): return 1\nclass Service:\n    def __init__(self):\n        self.mailer = ‹Mailer›()\n",
        "class Point:\n    def __init__(self): ...\nclass Mailer:\n    def send(self): return 1\nclass Service:\n    def __init__(self, mailer):\n        self.mailer = mailer\n        self.point = Point()\n        helper = Mailer()\nclass Other:\n    def __init__(self, host):\n        self.mailer = Mailer(host)\n",
    ),
    sample(
        PropertyLazyHasattr,
        "class A:\n    @property\n    def ‹data›(self):\n        if not hasattr(self, '_data'):\n            self._data = load()\n        return self._data\n    @property\n    def ‹more›(self):\n        if self._more is None:\n            self._more = load()\n        return self._more\n",
        "class A:\n    @property\n    def data(self):\n        if self._data is None:\n            raise ValueError\n        return self._data\n    def other(self):\n        if self._x is None:\n            self._x = 1\n        return self._x\n",
    ),
    // Closures
    sample(
        Closure,
        "def make(n):\n    ‹def› add(x):\n        return x + n\n    k = 1\n    return add, ‹lambda› y: y + k\n",
        "limit = 3\ndef f(n):\n    def g(n):\n        return n + limit\n    return lambda x: x + limit\n",
    ),
    sample(
        ClosureLoopCapture,
        "def make():\n    for i in range(3):\n        yield ‹lambda›: i\nfor j in x:\n    ‹def› g():\n        return j\nfs = [‹lambda›: k for k in x]\n",
        "def make():\n    for i in range(3):\n        yield lambda i=i: i\n    n = 1\n    return lambda: n\nfor j in x: ...\ndef g():\n    return j\n",
    ),
    sample(
        ClosureState,
        "def make():\n    seen = {}\n    calls = []\n    count = 0\n    ‹def› f(x):\n        seen[x] = 1\n    ‹def› g(x):\n        calls.append(x)\n    ‹def› h():\n        nonlocal count\n        count += 1\n    def i():\n        return seen\n    return f, g, h, i\n",
        "seen = {}\ndef make(items):\n    def f(x):\n        seen[x] = 1\n        own = []\n        own.append(x)\n        items.append(x)\n    return f\n",
    ),
    sample(
        NameFree,
        "n = 1\ndef f():\n    global ‹n›\n    m = 2\n    def g():\n        nonlocal ‹m›\n        m = n\n",
        "n = 1\ndef f():\n    return n\n",
    ),
    sample(
        NameShadowsBuiltin,
        "‹list› = [1]\ndef f(‹id›, *, ‹type›=None):\n    for ‹input› in x: ...\ndef ‹open›(): ...\nimport io as ‹bytes›\n",
        "class A:\n    id = 1\n    def list(self): ...\nx.type = 1\nprint(id)\nfile = 1\n__doc__ = 'x'\n",
    ),
    sample(Global, "def f():\n    ‹global› x\n", "global_ = 1\n"),
    sample(Nonlocal, "def f():\n    x = 1\n    def g():\n        ‹nonlocal› x\n", "def f(): ...\n"),
    // Comments
    sample(
        CommentNoqa,
        "import a  ‹# noqa: F401›\nx = 1  # type: ignore  ‹# NOQA›\n‹# ruff: noqa›\n",
        "# a note on noqa\nx = '# noqa'\n",
    ),
    sample(CommentTypeIgnore, "x = f()  ‹# type: ignore[call]›\n", "x = f()  # type: int\n"),
    sample(CommentFmtOff, "‹# fmt: off›\nx = [1,\n  2]\n‹# fmt: on›\ny = 1  ‹# fmt:skip›\n", "# format: off\n"),
    sample(CommentIsortSkip, "‹# isort: skip_file›\nimport a  ‹# isort:skip›\n", "# isort is used here\n"),
    sample(CommentPragmaNoCover, "if x:  ‹# pragma: no cover›\n    y = 1\n", "# pragma: once\n"),
    sample(Shebang, "‹#!/usr/bin/env python3›\nx = 1\n", "x = 1\n#! no shebang here\n"),
    // Comparisons and operators
    sample(CompareChained, "a ‹<› b ‹<=› c\n", "a < b and b < c\n"),
    sample(CompareEq, "a ‹==› b\n", "a != b\nf(a=b)\n"),
    sample(CompareNe, "a ‹!=› b\n", "a == b\n"),
    sample(CompareIs, "a ‹is› b\n", "a is not b\nthis = 1\n"),
    sample(CompareIsNot, "a ‹is not› b\n", "not a is b\n"),
    sample(CompareIn, "a ‹in› b\na ‹not in› (b)\n", "for a in b: ...\n"),
    sample(OperatorArithmetic, "a ‹+› b ‹//› ‹-›c\n", "a += 1\nx = -1\n'%s' % a\nb ** c\n"),
    sample(OperatorPower, "a ‹**› b\n", "f(**b)\na * b\n"),
    sample(OperatorBitwise, "‹~›a ‹<<› b ‹&› c ‹|› d\n", "x: int | str\na and b\n"),
    sample(OperatorComparison, "a ‹<› b\na ‹not in› b\n", "a + b\nf(a=b)\n"),
    sample(OperatorBoolean, "‹not› a ‹and› b ‹or› c\n", "a & b\na not in b\n"),
    sample(
        TruthTest,
        "items = []\n‹if› items: ...\n‹while› items: ...\nwhile ‹not› items: ...\nname = x ‹or› 'none'\ny = 1 ‹if› items else 2\n",
        "if x: ...\nif a == b: ...\nif is_ready(): ...\nflag = True\nif flag: ...\nz = a or b\n",
    ),
    sample(
        NarrowingIsinstance,
        "if ‹isinstance›(x, int) and y: ...\nelif not ‹isinstance›(x, str): ...\nassert ‹isinstance›(x, int)\nmatch x:\n    case y if ‹isinstance›(y, int): ...\n",
        "z = isinstance(x, int)\nif f(isinstance(x, int)): ...\n",
    ),
    sample(Ternary, "x = a ‹if› b ‹else› c\n", "if a:\n    x = 1\nelse:\n    x = 2\n"),
    // Comprehensions
    sample(ComprehensionAny, "x = ‹[›a ‹for› a in b]\nf(a ‹for› a in b)\n", "x = [a]\nfor a in b: ...\n"),
    sample(ComprehensionList, "x = ‹[›a ‹for› a ‹in› b ‹for› c ‹in› a]\n", "x = [1]\ny = list(a for a in b)\n"),
    sample(ComprehensionDict, "x = ‹{›a: 1 ‹for› a ‹in› b}\n", "x = {a: 1}\ny = {a for a in b}\n"),
    sample(ComprehensionSet, "x = ‹{›a ‹for› a ‹in› b}\n", "x = {a}\ny = {a: 1 for a in b}\n"),
    sample(
        ComprehensionGenerator,
        "x = ‹(›a ‹for› a ‹in› b)\nsum(a ‹for› a ‹in› b)\n",
        "x = (a)\ny = [a for a in b]\n",
    ),
    sample(
        ComprehensionAsync,
        "async def f():\n    return [a ‹async› ‹for› a in b]\n",
        "async def f():\n    async for a in b: ...\n",
    ),
    sample(ComprehensionFilter, "x = [a for a in b ‹if› a ‹if› (a > 1)]\n", "x = [a if a else 0 for a in b]\n"),
    sample(
        ComprehensionNested,
        "x = [‹[›c ‹for› c in a] for a in b]\ny = [d for a in b for c in a ‹for› d in c]\n",
        "x = [c for a in b for c in a]\n",
    ),
    sample(ComprehensionSideEffect, "‹[›print(a) ‹for› a in b]\n", "x = [print(a) for a in b]\n(a for a in b)\n"),
    // Decorators
    sample(Decorator, "‹@›‹a.b›\n‹@›‹c›(1)\ndef f(): ...\n", "x = a @ b\n"),
    sample(DecoratorWithArgs, "@‹a›(1)\n@b\ndef f(): ...\n", "@b\ndef f(): ...\n"),
    sample(DecoratorStacked, "‹@›a\n‹@›b\ndef f(): ...\n", "@a\ndef f(): ...\n@b\ndef g(): ...\n"),
    sample(DecoratorClass, "@‹a›\nclass A: ...\n", "@a\ndef f(): ...\n"),
    sample(
        DecoratorProperty,
        "class A:\n    @‹property›\n    def x(self): ...\n    @‹x.setter›\n    def x(self, value): ...\n",
        "class A:\n    @y.setter\n    def x(self): ...\n    @cached_property\n    def z(self): ...\n",
    ),
    sample(DecoratorClassmethod, "class A:\n    @‹classmethod›\n    def f(cls): ...\n", "classmethod(f)\n"),
    sample(DecoratorStaticmethod, "class A:\n    @‹staticmethod›\n    def f(): ...\n", "staticmethod(f)\n"),
    sample(
        DecoratorProfile,
        "@‹profile›\ndef f(): ...\nimport memory_profiler\n@‹memory_profiler.profile›\ndef g(): ...\n",
        "def profile(f): return f\n@profile\ndef f(): ...\n",
    ),
    sample(
        DecoratorRegistry,
        "HANDLERS = {}\ndef ‹handles›(code):\n    def add(func):\n        HANDLERS[code] = func\n        return func\n    return add\n@‹handles›(404)\ndef missing(): ...\n",
        "def keep(func):\n    seen = []\n    seen.append(func)\n    return func\n@keep\ndef f(): ...\nclass Box:\n    def put(self, key, value):\n        self.items[key] = value\n        return value\n",
    ),
    sample(
        DecoratorRegistry,
        "class Registry:\n    def __init__(self): self.items = []\n    def ‹add›(self, func):\n        self.items.append(func)\n        return func\nregistry = Registry()\n@‹registry.add›\ndef f(): ...\n",
        "registry = Registry()\n@registry.add\ndef f(): ...\n",
    ),
    // Functions
    sample(Def, "@d\n‹def› f(): ...\n", "async def f(): ...\n"),
    sample(
        DefDecorator,
        "‹def› ‹logged›(func):\n    def inner(*args):\n        return func(*args)\n    return inner\n",
        "def outer(func):\n    def inner(func):\n        return func()\n    return inner\ndef make(n):\n    def add(x):\n        return x + n\n    return add\ndef call(func):\n    def inner():\n        func()\n    inner()\n",
    ),
    sample(
        DefDecoratorFactory,
        "‹def› ‹retry›(times):\n    def decorate(func):\n        def inner(*args):\n            return func(*args)\n        return inner\n    return decorate\n",
        "def logged(func):\n    def inner(*args):\n        return func(*args)\n    return inner\n",
    ),
    sample(
        DefTestFunction,
        "import pytest\n‹def› ‹test_a›(): ...\nclass TestB:\n    ‹def› ‹test_b›(self): ...\n",
        "def test_connection(): return 1\nimport unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n        assert 1\ndef check(): assert 1\n",
    ),
    sample(DefWsgiApp, "‹def› ‹app›(environ, start_response): ...\n", "def app(environ): ...\n"),
    sample(
        DefaultMutable,
        "import collections\ndef f(a=‹[]›, b=‹{›'x': 1}, *, c=‹list›(), d=‹collections.deque›()): ...\n",
        "def f(a=(), b=None, c='x', d=frozenset()): ...\nf(a=[])\n",
    ),
    sample(
        DefaultNoneSentinel,
        "def f(a=‹None›, b=None, *, c=‹None›):\n    if a is None:\n        a = []\n    c = {} if c is None else c\n",
        "def f(a=None):\n    if a is None:\n        return 1\n    a = 2\n",
    ),
    sample(
        Docstring,
        "‹\"\"\"›Module.\"\"\"\ndef f():\n    ‹'''›Does.'''\nclass A:\n    ‹r\"›x\"\n",
        "x = 1\n'''no'''\ndef f():\n    y = 1\n    '''no'''\n",
    ),
    sample(
        DocstringDoctest,
        "def f():\n    '''Adds.\n\n    ‹>>>› f()\n    1\n    ‹>>>› f(2)\n    '''\n",
        "def f():\n    '''Shifts a >>> b.'''\nx = '''\n>>> f()\n'''\n",
    ),
    sample(
        FixtureParamMonkeypatch,
        "import pytest\ndef test_a(‹monkeypatch›): ...\n@pytest.fixture\ndef b(‹monkeypatch›): ...\n",
        "import pytest\ndef helper(monkeypatch): ...\n",
    ),
    sample(
        FixtureParamRequest,
        "import pytest\n@pytest.fixture(params=[1])\ndef a(‹request›): ...\n",
        "import pytest\ndef test_view(request): ...\ndef view(request): ...\n",
    ),
    sample(FixtureParamTmpPath, "import pytest\ndef test_a(‹tmp_path›): ...\n", "def f(tmp_path): ...\n"),
    sample(
        FunctionManualMemo,
        "cache = {}\ndef ‹fib›(n):\n    if n in cache:\n        return cache[n]\n    cache[n] = n\n    return n\ndef ‹late›(a, b):\n    key = (a, b)\n    if key not in cache:\n        cache[key] = a + b\n    return cache[key]\ndef ‹third›(n):\n    try:\n        return cache[n]\n    except KeyError:\n        pass\n    cache[n] = 1\n    return 1\n",
        "def count(word):\n    if word in counts:\n        counts[word] += 1\n    else:\n        counts[word] = 1\ndef find(key):\n    if key in table:\n        return table[key]\n    return None\n",
    ),
    sample(
        GeneratorPipeline,
        "def ‹lines›(source):\n    for line in source:\n        if line:\n            yield line\ndef ‹upper›(rows):\n    for row in rows:\n        yield row\nx = ‹upper›(lines(f))\n",
        "def numbers():\n    for n in range(3):\n        yield n\ndef show(rows):\n    for row in rows:\n        print(row)\n    yield 1\n",
    ),
    sample(Lambda, "f = ‹lambda› x: x\n", "def f(x): return x\n"),
    sample(ParamAny, "def f(‹a›, ‹/›, ‹*›, ‹b›, ‹**c›): ...\ndef g(d‹=›1): ...\n", "def f(a, b): ...\nf(*a)\n"),
    sample(ParamPositionalOnly, "def f(‹a›, ‹/›, b): ...\n", "x = a / b\ndef f(a): ...\n"),
    sample(
        ParamPositionalOrKeyword,
        "def f(a, /, ‹b›, *, c): ...\ndef g(x, y‹=›1): ...\n",
        "def f(a, b): ...\nf(a=1)\ndef g(*, c=1): ...\n",
    ),
    sample(ParamKeywordOnly, "def f(a, ‹*›, ‹b›): ...\ndef g(‹*args›, c): ...\n", "def f(*args): ...\nf(b=1)\n"),
    sample(ParamVarPositional, "def f(‹*args›: int): ...\ng = lambda ‹*a›: a\n", "f(*args)\ndef g(*, a): ...\n"),
    sample(ParamVarKeyword, "def f(‹**options›: int): ...\n", "f(**options)\n"),
    sample(
        ParamSelf,
        "class A:\n    def f(‹self›, x: int): return self\n",
        "def f(self): ...\nclass A:\n    @staticmethod\n    def g(self): ...\n    @classmethod\n    def h(cls): ...\n",
    ),
    sample(
        ParamCls,
        "class A:\n    @classmethod\n    def f(‹cls›): return cls()\n    def __new__(‹cls›): ...\n",
        "class A:\n    def f(self): ...\ndef g(cls): ...\n",
    ),
    sample(Return, "def f():\n    ‹return› 1\n", "def f(): ...\n"),
    sample(ReturnTuple, "def f():\n    ‹return› 1, 2\n", "def f():\n    return [1, 2]\n"),
    sample(
        ReturnImplicitNone,
        "def f(x):\n    if x:\n        ‹return›\n    print(x)\ny = ‹f›(1)\n",
        "def f(x):\n    print(x)\ndef g():\n    return 1\ndef h(): ...\nf(1)\ny = g()\nz = h()\n",
    ),
    sample(Yield, "def f():\n    ‹yield› 1\n", "def f():\n    return 1\n"),
    sample(YieldFrom, "def f():\n    ‹yield from› g()\n", "def f():\n    yield g()\n"),
    // Control flow
    sample(If, "‹if› a: ...\nelif b: ...\n", "x = a if b else c\n"),
    sample(IfElif, "if a: ...\n‹elif› b: ...\n", "if a: ...\nelse:\n    if b: ...\n"),
    sample(IfElse, "if a: ...\n‹else›: ...\n", "for a in b: ...\nelse: ...\n"),
    sample(For, "‹for› a ‹in› b: ...\n", "x = [a for a in b]\n"),
    sample(ForElse, "for a in b:\n    break\n‹else›: ...\n", "if a: ...\nelse: ...\n"),
    sample(
        ForRangeLen,
        "for i in ‹range›(len(x)): ...\ny = [i for i in ‹range›(len(x))]\n",
        "for i in range(3): ...\nfor i in range(1, len(x)): ...\nz = range(len(x))\n",
    ),
    sample(While, "‹while› a: ...\n", "for a in b: ...\n"),
    sample(WhileElse, "while a: ...\n‹else›: ...\n", "for a in b: ...\nelse: ...\n"),
    sample(WhileTrue, "‹while› True: ...\n‹while› 1: ...\n", "while x: ...\nwhile 0: ...\n"),
    sample(Break, "while a:\n    ‹break›\n", "while a: ...\n"),
    sample(Continue, "while a:\n    ‹continue›\n", "while a: ...\n"),
    sample(
        LoopAppendOnly,
        "‹for› a in b:\n    x.append(a)\n‹for› a in b:\n    if a:\n        y[a] = 1\n",
        "for a in b:\n    x.append(a)\n    n += 1\nfor a in b:\n    x.clear()\nwhile a:\n    x.append(a)\n",
    ),
    sample(
        LoopGlobalRead,
        "import math\ndef f(rows):\n    for row in rows:\n        for x in row:\n            y = ‹math.sqrt›(x)\n",
        "import math\ndef f(row, log):\n    for x in row:\n        y = math.sqrt(x)\nfor a in b:\n    for c in a:\n        math.sqrt(c)\ndef g(rows, log):\n    for a in rows:\n        for b in a:\n            log.info(b)\n",
    ),
    sample(
        LoopNumeric,
        "‹for› i in range(9):\n    total += x[i] * y[i]\nn = 0\n‹for› price in prices:\n    n += price\n",
        "for i in range(9):\n    total += f(i) * 2\nfor line in lines:\n    text += line\nfor i in range(9):\n    print(i * 2)\n",
    ),
    sample(
        LoopHoistedMethod,
        "def f(rows):\n    out = []\n    push = out.‹append›\n    for row in rows:\n        push(row)\n",
        "def f(rows, out):\n    push = out.append\n    push(1)\n    for row in rows:\n        out.append(row)\n    for row in rows:\n        g = row.get\n        g(1)\n",
    ),
    sample(
        LoopTry,
        "for a in b:\n    ‹try›:\n        f(a)\n    except OSError: ...\n",
        "try:\n    for a in b: ...\nexcept OSError: ...\nfor a in b: ...\nelse:\n    try: ...\n    finally: ...\nfor a in b:\n    if a:\n        try: ...\n        finally: ...\n",
    ),
    sample(
        LoopRetry,
        "def f():\n    ‹for› attempt in range(3):\n        try:\n            return call()\n        except OSError:\n            if attempt == 2:\n                raise\n‹while› True:\n    try:\n        x = call()\n        break\n    except OSError:\n        continue\n‹for› delay in (1, 5):\n    try:\n        x = call()\n        break\n    except OSError:\n        sleep(delay)\n",
        "for name in names:\n    path = folder + name\n    try:\n        file = open(path)\n        break\n    except OSError:\n        continue\ndef f(keys):\n    for key in keys:\n        try:\n            return table[key]\n        except KeyError:\n            continue\n    while True:\n        try:\n            item = queue.get()\n        except Empty:\n            break\n    for x in range(3):\n        try:\n            return call()\n        except OSError:\n            raise\n    for x in range(3):\n        try:\n            return open(names[x])\n        except OSError:\n            pass\n",
    ),
    sample(
        LoopRetryBackoff,
        "import time\ndef f(delay):\n    ‹for› attempt in range(3):\n        try:\n            return call()\n        except OSError:\n            ‹time.sleep›(2 ** attempt)\n    ‹while› True:\n        try:\n            return call()\n        except OSError:\n            ‹time.sleep›(delay)\n            delay = min(delay * 2, 60)\n",
        "import time\ndef f(delay):\n    for attempt in range(3):\n        try:\n            return call()\n        except OSError:\n            time.sleep(delay)\nfor n in range(3):\n    time.sleep(2 ** n)\n",
    ),
    sample(
        MainGuard,
        "‹if› ‹__name__› == ‹'__main__'›:\n    main()\n",
        "if __name__ == 'other': ...\nif name == '__main__': ...\nx = '__main__'\n",
    ),
    sample(
        ModuleTopLevelEffect,
        "import asyncio\ndef main(): ...\n‹main›()\n‹asyncio.run›(main())\n‹for› x in y:\n    print(x)\nif __name__ == '__main__':\n    main()\n",
        "def f():\n    main()\nf(1)\ndef main():\n    for x in y:\n        print(x)\nnames = []\nfor x in y:\n    names.append(x)\nx = f()\n",
    ),
    // Pattern matching
    sample(Match, "‹match› a:\n    ‹case› 1: ...\n    ‹case› _: ...\n", "match = 1\nmatch(a)\ncase = 2\n"),
    sample(
        PatternLiteral,
        "match a:\n    case ‹1› | ‹'x'›: ...\n    case ‹None›: ...\n",
        "match a:\n    case b: ...\nx = 1\n",
    ),
    sample(PatternValue, "match a:\n    case ‹Color.RED›: ...\n", "match a:\n    case RED: ...\n"),
    sample(
        PatternSequence,
        "match a:\n    case ‹[›b, c]: ...\n    case ‹(›b, c): ...\n    case b‹,› c: ...\n",
        "match a:\n    case (b): ...\nx = [1]\n",
    ),
    sample(PatternStar, "match a:\n    case [b, ‹*rest›]: ...\n", "x = [*rest]\n"),
    sample(PatternMapping, "match a:\n    case ‹{›'x': b}: ...\n", "x = {'x': b}\n"),
    sample(PatternDoubleStar, "match a:\n    case {'x': b, ‹**rest›}: ...\n", "x = {**rest}\n"),
    sample(PatternClass, "match a:\n    case ‹Point›(x=1): ...\n    case ‹m.Line›(): ...\n", "Point(x=1)\n"),
    sample(PatternOr, "match a:\n    case 1 ‹|› 2 ‹|› 3: ...\n", "1 | 2\n"),
    sample(PatternAs, "match a:\n    case (1 | 2) ‹as› b: ...\n", "with a as b: ...\n"),
    sample(PatternCapture, "match a:\n    case ‹b›: ...\n", "match a:\n    case m.b: ...\n    case _: ...\n"),
    sample(PatternWildcard, "match a:\n    case ‹_›: ...\n", "_ = 1\n"),
    sample(PatternGuard, "match a:\n    case b ‹if› b > 1: ...\n", "if b > 1: ...\n"),
    // Exceptions and contexts
    sample(Try, "‹try›: ...\nfinally: ...\n", "try_ = 1\n"),
    sample(TryElse, "try: ...\nexcept A: ...\n‹else›: ...\nfinally: ...\n", "if a: ...\nelse: ...\n"),
    sample(Except, "try: ...\n‹except› A ‹as› e: ...\n‹except›: ...\n", "try: ...\nexcept* A: ...\n"),
    sample(ExceptTuple, "try: ...\n‹except› ‹(›A, B): ...\n", "try: ...\nexcept (A): ...\n"),
    sample(ExceptStar, "try: ...\n‹except*› A ‹as› e: ...\n", "try: ...\nexcept A: ...\n"),
    sample(Finally, "try: ...\n‹finally›: ...\n", "try: ...\nexcept A: ...\n"),
    sample(Raise, "‹raise› A\n", "a.raise_()\n"),
    sample(RaiseBare, "try: ...\nexcept A:\n    ‹raise›\n", "raise A\n"),
    sample(RaiseFrom, "raise A ‹from› b\n", "raise A\nfrom a import b\n"),
    sample(RaiseFromNone, "raise A ‹from› None\n", "raise A from b\n"),
    sample(
        RaiseInExcept,
        "try: ...\nexcept A:\n    ‹raise› B()\n",
        "try:\n    raise A\nexcept A as e:\n    raise e\nexcept B as e:\n    raise A from e\nexcept C:\n    raise\n",
    ),
    sample(With, "‹with› a ‹as› b, c ‹as› d: ...\n", "import a as b\n"),
    // Imports
    sample(Import, "‹import› a ‹as› b\n‹from› . ‹import› c ‹as› d\n", "__import__('a')\n"),
    sample(ImportStar, "from a import ‹*›\n", "x = a * b\n"),
    sample(ImportLocal, "def f():\n    ‹import› a\n    ‹from› b import c\n", "import a\nclass A:\n    import b\n"),
    sample(
        ImportDuplicate,
        "import a\nimport b\nimport ‹a›\ndef f():\n    import c\n    import ‹c›\n",
        "import a\nimport a.b\nimport a as c\ndef f():\n    import a\ntry:\n    import d\nexcept ImportError:\n    import e as d\nif x:\n    import g\nelse:\n    import g\n",
    ),
    sample(ImportFromAbsolute, "‹from› a ‹import› b\n", "from . import b\nimport a\n"),
    sample(ImportFromRelative, "‹from› ‹.›a ‹import› b\n‹from› ‹...› ‹import› c\n", "from a.b import c\n"),
    // Layout
    sample(IdentifierNonAscii, "‹größe› = 1\nprint(‹größe›)\n", "size = 'größe'  # größe\n"),
    sample(IndentationTab, "if a:\n‹\t›b = 1\n\tc = 2\n", "if a:\n    b = 1\nx = '\t'\n"),
    sample(IndentationInconsistent, "if a:\n    b = 1\n  ‹c› = 2\n", "if a:\n    b = 1\nc = (\n  2)\n"),
    sample(Keyword, "def f():\n    ‹pass›\n‹del› x\n", "x = None\ny = True\nfor a in b: ...\n"),
    sample(KeywordSoft, "‹match› a:\n    ‹case› ‹_›: ...\n‹type› A = int\n", "match = 1\ntype(a)\n_ = 2\n"),
    sample(LineContinuationBackslash, "x = 1 + ‹\\›\n    2\n", "x = '\\\n'\n# \\\ny = r'\\'\n"),
    sample(
        LineContinuationImplicit,
        "x = ‹(›\n    a\n    + b\n)\nif ‹(›a and\n        b): ...\n",
        "f(\n    a)\nx = (a + b)\ny = (\n    1,\n)\nz = [\n    1]\nw = (a) + (\n    b)\n",
    ),
    // Strings
    sample(String, "a = 'x' ‹'›y'\nb = ‹u'›z'\nc = ‹'''›d'''\n", "a = 'x'\nb = b'x'\n"),
    sample(StringTripleQuoted, "x = ‹\"\"\"›a\"\"\"\n", "'''doc'''\nx = 'a'\n"),
    sample(StringRaw, "x = ‹r'›a'\ny = ‹Rb\"›b\"\nz = ‹rf'›{a}'\n", "x = 'r'\ny = f'{r}'\n"),
    sample(
        StringBackslashEscape,
        "x = 'a‹\\n›b‹\\x41›‹\\u00e9›‹\\N{DASH}›‹\\101›'\ny = f'‹\\t›{a}'\n",
        "x = r'\\n'\ny = '\\d'\nz = b'\\u'\n",
    ),
    sample(StringInvalidEscape, "x = 'a‹\\d›'\ny = b'‹\\u›'\n", "x = r'\\d'\ny = '\\\\d\\n'\n"),
    sample(StringPercentFormat, "'%s' ‹%› a\n", "a % b\n"),
    sample(
        StringSqlInterpolated,
        "a = ‹f\"›SELECT * FROM t WHERE x = {y}\"\nb = 'DELETE FROM t WHERE x = %s' ‹%› y\nc = 'INSERT INTO t VALUES ({})'.‹format›(y)\nd = 'SELECT * FROM ' ‹+› t\ncur.execute(‹f'›PRAGMA table_info({t})')\n",
        "cur.execute('SELECT * FROM t WHERE x = ?', (y,))\na = f'Select {n} items'\nb = f'Update {x}'\nc = 'SELECT 1 FROM t' + ' WHERE x'\nd = f'SELECT 1 FROM t'\n",
    ),
    sample(Fstring, "x = ‹f'›{a}' ‹F\"\"\"›b\"\"\"\n", "x = 'f'\n"),
    sample(FstringDebug, "x = f'{a‹=›} {b == c}'\n", "x = f'{a == b}'\nf(a=1)\n"),
    sample(FstringFormatSpec, "x = f'{a‹:>10›} {b‹:›{w}}'\n", "x = f'{a!r}'\ny = {1: 2}\n"),
    sample(
        RegexGroup,
        "import re\nre.compile(r'a‹(›b)(?:c)\\(d[(]')\nre.sub('‹(›x)', '(y)', z)\n",
        "re2.compile('(a)')\nx = '(a)'\nimport re\nre.escape('(a)')\n",
    ),
    sample(
        RegexNamedGroup,
        "import re\nre.match(r'‹(?P<year>›\\d+)(?P=year)', x)\n",
        "import re\nre.match('(a)', x)\n",
    ),
    sample(
        RegexLookaround,
        "import re\nre.match(r'‹(?=›a)‹(?!›b)‹(?<=›c)‹(?<!›d)', x)\n",
        "import re\nre.match('(?:a)(?P<b>c)', x)\n",
    ),
    // Subscripts and displays
    sample(Slice, "x‹[›1‹:›2]\nx‹[›‹:›:3]\nx[a, ‹:›b]\n", "x[1]\nd = {1: 2}\n"),
    sample(SliceStep, "x[1:2‹:›3]\n", "x[1:2]\nx[::]\n"),
    sample(SubscriptIndex, "x‹[›0]\nn = 1\nx‹[›n]\n", "x['a']\nx[1:2]\ny: list[int]\nx[key]\n"),
    sample(SubscriptNegativeIndex, "x[‹-1›]\n", "x[1]\nx[-n]\nx[-1:]\n"),
    sample(DictDoubleStar, "x = {‹**›a, 'b': 1}\n", "f(**a)\n2 ** 3\n"),
];
