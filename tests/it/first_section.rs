//! Which section is told in full where several fit: on code as people write it, not on the smallest that holds a trigger.

use std::sync::Arc;

use marginalia::knowledge::Knowledge;
use marginalia::margin::{Analysis, Engine, Options};

use crate::support::on_big_stack;

/// The section for the token after the mark `‹`, the first of those shown; empty where nothing is to be said.
const CASES: &[(&str, &str)] = &[
    // The package before what stands around the name: a base, a decorator, a chain.
    ("from html.parser import HTMLParser\nclass Links(‹HTMLParser): ...\n", "9.6.6"),
    ("from ast import NodeVisitor\nclass Calls(‹NodeVisitor): ...\n", "3.4"),
    ("import enum\nclass Colour(‹enum.Enum):\n    RED = 1\n", "4.2"),
    ("from numba import njit\n@‹njit(parallel=True)\ndef f(): ...\n", "12.9.2"),
    ("from tenacity import retry\n@‹retry(reraise=True)\ndef f(): ...\n", "10.11.3"),
    ("from attrs import define\n@‹define\nclass A: ...\n", "7.12"),
    ("import pandas as pd\ndf = pd.DataFrame()\nout = df.query('x').groupby('x').‹sum()\n", "20.3"),
    ("@‹decorate(3)\ndef f(): ...\n", "6.9.2"),
    ("class A: ...\nclass B(‹A): ...\n", "7.5.1"),
    // The section about the thing before one that touches on it.
    ("from dataclasses import dataclass\n@‹dataclass\nclass A: ...\n", "7.11"),
    ("import asyncio\nasync def f():\n    asyncio.‹create_task(f())\n", "16.7.3"),
    ("from heapq import ‹heappush\n", "9.4.1"),
    ("from pydantic import BaseModel\nclass User(‹BaseModel): ...\n", "7.13"),
    ("import sys\nsys.‹meta_path.insert(0, None)\n", "17.5.1"),
    ("def f(xs):\n    ‹yield xs\n", "6.8"),
    ("class A:\n    def ‹__init__(self): ...\n", "7.1.3"),
    ("class A:\n    @‹classmethod\n    def f(cls): ...\n", "7.2.2"),
    ("try: ...\nexcept OSError as e:\n    raise ValueError ‹from e\n", "10.4.2"),
    ("row = ‹next(rows)\n", "6.7"),
    // This very use before the symbol.
    ("for block in ‹iter(lambda: fh.read(9), b''): ...\n", "6.7.3"),
    ("def f() -> ‹list[int]: ...\n", "4.5.1"),
    // What a class or function is, on its keyword too.
    ("‹class AppError(Exception): ...\n", "10.6"),
    ("‹class Meta(type): ...\n", "7.14.2"),
    ("‹class A(B): ...\n", "7.5.1"),
    ("‹class A: ...\n", "7.1.1"),
    ("import pytest\n‹def test_a(): ...\n", "14.4.1"),
    ("‹if __name__ == '__main__':\n    main()\n", "3.11"),
    ("try: ...\n‹except (OSError, ValueError): ...\n", "5.5.2"),
    ("from .a ‹import b\n", "8.3.2"),
    (
        "import time\ndef f():\n    ‹for n in range(3):\n        try:\n            return g()\n        except OSError:\n            time.sleep(2 ** n)\n",
        "10.11.2",
    ),
    // Attributes where they are introduced, not where they are used or a field.
    ("class A:\n    def __init__(self, x):\n        self.‹x = x\n", "7.1.4"),
    (
        "class Engine:\n    def go(self): ...\nclass Car:\n    def __init__(self):\n        self.‹engine = Engine()\n",
        "7.8",
    ),
    ("class A:\n    def f(self, x):\n        self.‹x = x\n", ""),
    ("class A:\n    ‹limit = 3\n", "7.1.5"),
    ("from dataclasses import dataclass\n@dataclass\nclass A:\n    ‹limit: int = 3\n", ""),
    // Members of what is known by more than its construction.
    ("import os\nos.environ.‹get('HOME')\n", "11.7"),
    ("from configparser import ConfigParser\nini = ConfigParser()\nini.‹read('a.ini')\n", "9.6.3"),
    ("import csv\nout = csv.writer(fh)\nout.‹writerow([1])\n", "9.6.2"),
    ("import hashlib\nhashlib.sha256(b'').‹hexdigest()\n", "9.17.2"),
    ("import functools\n@functools.lru_cache\ndef f(x): ...\nf.‹cache_clear()\n", "12.7.4"),
    (
        "from functools import singledispatch\n@singledispatch\ndef f(x): ...\n@f.‹register\ndef _(x: int): ...\n",
        "6.10.3",
    ),
    ("from pydantic import BaseModel\nclass User(BaseModel):\n    id: int\nUser.‹model_validate({})\n", "7.13"),
    ("from pydantic import BaseModel\nclass User(BaseModel):\n    id: int\nUser.‹id\n", ""),
    ("class A: ...\nA.‹mro()\n", "7.6"),
    ("import pytest\ndef test_a(monkeypatch):\n    monkeypatch.‹setenv('A', '1')\n", "14.6.2"),
    ("def deploy(monkeypatch):\n    monkeypatch.‹setenv('A', '1')\n", ""),
    ("from unittest.mock import Mock\nm = Mock()\nm.send.‹assert_called_once()\n", "14.6.1"),
    ("from unittest import mock\nmock.patch.‹object(a, 'b')\n", "14.6.3"),
    (
        "from unittest.mock import patch\ndef test_a():\n    with patch('m.f') as fake:\n        fake.x.‹assert_not_called()\n",
        "14.6.1",
    ),
    ("import gzip\nwith gzip.open('a.gz') as fh:\n    fh.‹read()\n", "9.9.3"),
    // Other names for what a module has, and names in quotes.
    ("import subprocess\nrun = subprocess.run\n‹run(['a'])\n", "9.7.1"),
    ("from pathlib import Path\nP = Path\nP('a').‹exists()\n", "9.1.1"),
    ("from pathlib import Path\nP = Path\nP.‹home()\n", "9.1.1"),
    ("import json\ndef f():\n    dumps = json.dumps\n    return ‹dumps({})\n", "9.6.1"),
    ("from ours import call\nrun = call\n‹run(['a'])\n", ""),
    ("import sqlite3\ndef f(db: 'sqlite3.‹Connection | None'): ...\n", "18.1.1"),
    ("from typing import Literal\nfrom pathlib import Path\ndef f(kind: Literal['‹Path']): ...\n", ""),
    ("from pathlib import Path\nbest = max(Path().iterdir())\nbest.‹stem\n", "9.1.1"),
    ("head = rows‹[:3]\n", "2.7"),
    ("from datetime import date\ndef age(born: date):\n    return (date.today() - born).‹days\n", "9.2.1"),
    (
        "import subprocess\ndef f():\n    try:\n        done = subprocess.run(['a'])\n    finally:\n        print()\n    return done.‹stdout\n",
        "9.7.1",
    ),
    ("import aiofiles\nasync def f():\n    async with aiofiles.open('a') as fh:\n        await fh.‹read()\n", "12.8"),
    ("from pyspark.sql import SparkSession\nspark = SparkSession.‹builder.getOrCreate()\n", "20.11.1"),
    (
        "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\nspark.‹read.parquet('a')\n",
        "20.11.1",
    ),
    ("from setuptools import ‹find_packages\n", "8.8"),
];

#[test]
fn the_right_section_comes_first() {
    let wrong = on_big_stack(|| {
        let engine = Engine::new(Knowledge::builtin());
        let knowledge = engine.knowledge();
        let mut wrong = String::new();
        for (marked, expected) in CASES {
            let (before, after) = marked.split_once('‹').unwrap();
            let source: Arc<str> = Arc::from(format!("{before}{after}"));
            let analysis = Analysis::new(source, &Options::default(), &engine);
            let offset = before.len() as u32;
            let shown = analysis.at(offset.into()).map(|at| at.notes).unwrap_or_default();
            let first = shown.first().map(|&id| knowledge.note(id).section.to_string()).unwrap_or_default();
            if first != *expected {
                wrong += &format!("expected {expected:?}, found {first:?} for\n{marked}\n");
            }
        }
        wrong
    });
    assert!(wrong.is_empty(), "\n{wrong}");
}
