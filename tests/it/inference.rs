//! The types that people see at work when a method is explained: what an expression is, told by the file and the data.

use marginalia::python::{Context, Environment, Module, Observer, Type};
use ruff_python_ast::Expr;

use crate::support::on_big_stack;

/// Notes the types of the arguments of `show(...)`.
#[derive(Default)]
struct Shown(Vec<String>);

impl Observer for Shown {
    fn expr<'a>(&mut self, context: &Context<'a>, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && matches!(call.func.as_ref(), Expr::Name(name) if name.id == "show")
        {
            let types = call.arguments.args.iter().map(|argument| written(context.infer(argument).as_ref()));
            self.0.extend(types);
        }
    }
}

/// `list[str]` for a list of strings, `?` for what cannot be told; without `builtins.`.
fn written(ty: Option<&Type>) -> String {
    let Some(ty) = ty else { return "?".to_owned() };
    let class = ty.class.trim_start_matches("builtins.").to_owned();
    if ty.args.iter().all(Option::is_none) {
        return class;
    }
    let args: Vec<_> = ty.args.iter().map(|arg| written(arg.as_ref())).collect();
    format!("{class}[{}]", args.join(", "))
}

fn shown(source: &str) -> Vec<String> {
    let source = source.to_owned();
    on_big_stack(move || {
        let mut shown = Shown::default();
        Module::read(&source, &Environment::default(), &mut shown);
        shown.0
    })
}

#[test]
fn expressions_have_the_type_that_the_stubs_tell() {
    for (source, expected) in [
        ("from pathlib import Path\nshow(Path('x').parent / 'y')", "pathlib.Path"),
        ("from pathlib import Path\nshow(Path.home().read_text().splitlines())", "list[str]"),
        ("from pathlib import Path\nfor p in Path('.').glob('*'):\n    show(p)", "pathlib.Path"),
        ("from pathlib import Path\nwith Path('x').open() as f:\n    show(f)", "io.TextIOWrapper"),
        ("from pathlib import Path\nwith Path('x').open('rb') as f:\n    show(f)", "io.BufferedReader"),
        ("with open('x') as f:\n    for line in f:\n        show(line)", "str"),
        ("with open('x', 'wb') as f:\n    show(f)", "io.BufferedWriter"),
        ("import os\nshow(os.environ.get('HOME', '').split(':'))", "list[str]"),
        ("import os\nfor name in os.listdir():\n    show(name)", "str"),
        ("import sys\nshow(sys.argv[1])", "str"),
        ("import sys\nfor line in sys.stdin:\n    show(line)", "str"),
        ("from datetime import datetime, timezone\nshow(datetime.now(timezone.utc))", "datetime.datetime"),
        ("import datetime\nshow(datetime.timezone.utc)", "datetime.timezone"),
        ("from http import HTTPStatus\nshow(HTTPStatus.OK)", "http.HTTPStatus"),
        ("import re\nshow(re.compile('x').search('y'))", "re.Match[str]"),
        ("import re\nfor m in re.finditer('x', 'y'):\n    show(m)", "re.Match[str]"),
        ("import csv\nfor row in csv.reader(open('x')):\n    show(row)", "list[str]"),
        ("import sqlite3\nshow(sqlite3.connect('x').cursor().execute('y'))", "sqlite3.Cursor"),
        ("import subprocess\nshow(subprocess.run(['x']).returncode)", "int"),
        ("from collections import deque\nq: deque[int] = deque()\nshow(q.popleft())", "int"),
        (
            "from collections import Counter\nc: Counter[str] = Counter()\nshow(c.most_common())",
            "list[tuple[str, int]]",
        ),
        ("d = {'a': 1}\nshow(d.get('a'), d['a'], list(d))", "int int list[str]"),
        ("import asyncio\nq = asyncio.Queue[int]()\nasync def f():\n    show(await q.get())", "int"),
        (
            "import asyncio\nasync def f():\n    async with asyncio.TaskGroup() as tg:\n        show(tg)",
            "asyncio.TaskGroup",
        ),
        ("import asyncio\nshow(asyncio.sleep(1))", "typing.Awaitable"),
        (
            "from concurrent.futures import ThreadPoolExecutor as T\nwith T() as pool:\n    show(pool.submit(f))",
            "concurrent.futures.Future",
        ),
        ("import logging\nlog = logging.getLogger(__name__)\nshow(log.getChild('x'))", "logging.Logger"),
        ("from json.decoder import JSONDecodeError as E\ntry:\n    pass\nexcept E as e:\n    show(e.lineno)", "int"),
        ("import json\nshow(json.loads('x'))", "?"),
        ("from urllib.parse import urlparse\nshow(urlparse('x').netloc)", "str"),
    ] {
        assert_eq!(shown(source).join(" "), expected, "{source}");
    }
}

#[test]
fn packages_have_types_too() {
    for (source, expected) in [
        ("import requests\nwith requests.Session() as s:\n    show(s.get('x').text)", "str"),
        (
            "import httpx\nasync def f():\n    async with httpx.AsyncClient() as c:\n        show(await c.get('x'))",
            "httpx.Response",
        ),
        (
            "import aiohttp\nasync def f(s: aiohttp.ClientSession):\n    async with s.get('x') as r:\n        show(r)",
            "aiohttp.ClientResponse",
        ),
        (
            "import aiohttp\nasync def f(s: aiohttp.ClientSession):\n    show(await s.get('x'))",
            "aiohttp.ClientResponse",
        ),
        (
            "from sqlalchemy import create_engine\nwith create_engine('x').begin() as c:\n    show(c)",
            "sqlalchemy.Connection",
        ),
        (
            "from sqlalchemy.orm import sessionmaker\nS = sessionmaker()\ndef f():\n    with S() as s:\n        show(s.query(x))",
            "sqlalchemy.orm.Query",
        ),
        (
            "from sqlalchemy.orm import sessionmaker\nS = sessionmaker()\nwith S.begin() as s:\n    show(s)",
            "sqlalchemy.orm.Session",
        ),
        (
            "import pandas as pd\ndf = pd.read_csv('x')\nshow(df[df['a'] > 1]['a'], df[['a']].head())",
            "pandas.Series pandas.DataFrame",
        ),
        ("import polars as pl\nshow(pl.scan_csv('x').filter(y).collect())", "polars.DataFrame"),
    ] {
        assert_eq!(shown(source).join(" "), expected, "{source}");
    }
}

#[test]
fn parts_of_an_unpacking_have_types() {
    for (source, expected) in [
        ("for i, line in enumerate(open('x')):\n    show(i, line)", "int str"),
        ("for key, value in {'a': 1}.items():\n    show(key, value)", "str int"),
        ("for name, size in zip(['a'], [1]):\n    show(name, size)", "str int"),
        ("(a, b), c = ('x', 1), 2.0\nshow(a, b, c)", "str int float"),
        ("a, *rest = 'x', 1\nshow(a, rest)", "? ?"),
        ("import os\nroot, ext = os.path.splitext('x')\nshow(root, ext)", "str str"),
        ("import pandas\nfor i, row in pandas.read_csv('x').iterrows():\n    show(i, row)", "? pandas.Series"),
    ] {
        assert_eq!(shown(source).join(" "), expected, "{source}");
        let body = source.replace('\n', "\n    ");
        let local = format!("def f():\n    {body}");
        assert_eq!(shown(&local).join(" "), expected, "{local}");
    }
}

#[test]
fn what_a_statement_binds_is_known_further_down_in_it() {
    for (source, expected) in [
        ("import zipfile\nwith zipfile.ZipFile('x') as z, z.open('y') as f:\n    show(f)", "typing.IO[bytes]"),
        ("if x:\n    import re\n    p = re.compile('x')\n    m = p.match('y')\n    show(m)", "re.Match[str]"),
        ("try:\n    pass\nexcept OSError as e:\n    code = e.errno\n    show(e, code)", "OSError int"),
        ("try:\n    pass\nexcept OSError as e:\n    pass\nshow(e)", "?"),
    ] {
        assert_eq!(shown(source).join(" "), expected, "{source}");
    }
}

#[test]
fn what_functions_and_classes_of_the_file_give() {
    for (source, expected) in [
        (
            "from contextlib import contextmanager\nfrom typing import Iterator\nimport sqlite3\n@contextmanager\ndef session() -> \
             Iterator[sqlite3.Connection]:\n    yield c\nwith session() as s:\n    show(s)",
            "sqlite3.Connection",
        ),
        (
            "from typing import AsyncIterator\nasync def numbers() -> AsyncIterator[int]:\n    yield 1\nasync def f():\n    \
             async for n in numbers():\n        show(n)",
            "int",
        ),
        ("async def number() -> int: ...\nasync def f():\n    show(await number())", "int"),
        (
            "import abc\nclass A(abc.ABC):\n    def m(self) -> int: ...\nclass B(A):\n    def m(self):\n        show(super().m())",
            "int",
        ),
        (
            "from contextlib import asynccontextmanager\n@asynccontextmanager\nasync def client():\n    yield c\nasync def f():\n    \
             async with client() as c:\n        show(c)",
            "?",
        ),
        ("class A:\n    x = property(get)\ndef f(a: A):\n    show(a.x)", "?"),
        ("from enum import Enum\nState = Enum('State', 'OPEN CLOSED')\nshow(State)", "?"),
    ] {
        assert_eq!(shown(source).join(" "), expected, "{source}");
    }
}
