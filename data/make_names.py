#!/usr/bin/env python3
"""Writes names.tsv: what pylint and ruff call the codes that rules name.

    python3 data/make_names.py path/to/pylint path/to/ruff > data/names.tsv
"""

import json
import pathlib
import re
import subprocess
import sys

# Some messages are those of extensions that come with pylint.
EXTENSIONS = ["check_elif", "code_style", "eq_without_hash", "set_membership", "typing"]


def named(knowledge: pathlib.Path) -> set[str]:
    """The codes in the front matter of rules."""
    texts = (page.read_text(encoding="utf-8") for page in knowledge.glob("*/rules/*.md"))
    return {code for text in texts for code in re.findall(r'"~?((?:pylint|ruff):\w+)"', text)}


def output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def main() -> None:
    pylint, ruff = sys.argv[1:]
    plugins = ",".join(f"pylint.extensions.{name}" for name in EXTENSIONS)
    messages = re.findall(r"^:([\w-]+) \((\w+)\)", output(pylint, "--list-msgs", "--load-plugins", plugins), re.M)
    names = {f"pylint:{code}": name for name, code in messages}
    for rule in json.loads(output(ruff, "rule", "--all", "--output-format", "json")):
        names[f"ruff:{rule['code']}"] = rule["name"]
    for code in sorted(named(pathlib.Path(__file__).parent.parent / "knowledge")):
        if code in names:
            print(code, names[code], sep="\t")


main()
