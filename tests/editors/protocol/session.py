"""Plays a client and holds every message of the server against the typed model of the protocol.

A message is read into the model's type, written out again and compared with what was sent: that finds fields that are
missing, of the wrong type (reading alone converts them) or unknown to the protocol.
"""

import json
import subprocess
import sys
import tempfile
import typing
from pathlib import Path

import attrs
from lsprotocol import converters, types

SOURCE = """\
import asyncio
import pickle


def collect(item, seen=[]):
    seen.append(item)
    return pickle.loads(item)


async def main() -> None:
    async with asyncio.TaskGroup() as tg:
        tg.create_task(asyncio.sleep(0))
"""

converter = converters.get_converter()
# lsprotocol 2025.0.0 has no hook for a notebook filter that is a plain text.
notebook = attrs.fields(attrs.resolve_types(types.NotebookDocumentFilterWithCells)).notebook.type
converter.register_structure_hook(notebook, lambda value, _: value)


def code_action(value: dict, _):
    """The model takes an action that carries a command for a bare command, whose `command` is a text."""
    kind = types.Command if isinstance(value.get("command"), str) else types.CodeAction
    return converter.structure(value, kind)


converter.register_structure_hook(types.Command | types.CodeAction, code_action)
converter.register_structure_hook(typing.Union[types.Command, types.CodeAction], code_action)


def without_nulls(value):
    """The model leaves out optional fields that are null."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def problems(message: dict, pending: dict) -> list[str]:
    """What is wrong with a message from the server; `pending` maps the ids of open requests to their methods."""
    method = message.get("method") or pending.get(message.get("id"))
    if message.get("jsonrpc") != "2.0":
        return ["jsonrpc is not 2.0"]
    if method is None:
        return [f"no request is open with the id {message.get('id')!r}"]
    if "error" in message:
        kind = types.ResponseErrorMessage
    else:
        request, response, *_ = types.METHOD_TO_TYPES.get(method, (None, None))
        kind = request if "method" in message else response
        if "method" not in message and "result" not in message:
            return [f"{method}: the response has no result"]
    if kind is None:
        return [f"{method} is no method of the protocol"]
    try:
        model = converter.structure(message, kind)
        written = json.loads(json.dumps(converter.unstructure(model, unstructure_as=kind)))
    except Exception as fault:
        return [f"{method}: {type(fault).__name__}: {fault}"]
    if without_nulls(written) != without_nulls(message):
        return [f"{method}: sent {without_nulls(message)}, understood {without_nulls(written)}"]
    return []


class Client:
    """A client on the standard streams of a server."""

    def __init__(self, command: list[str]):
        self.server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.pending: dict[int, str] = {}
        self.wrong: list[str] = []
        self.count = 0

    def send(self, message: dict) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.server.stdin.flush()

    def read(self) -> dict:
        length = None
        while line := self.server.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if length is None:
            raise SystemExit("the server has closed its output")
        return json.loads(self.server.stdout.read(length))

    def until(self, wanted) -> dict:
        """Reads, checks and answers until a message is the wanted one."""
        while True:
            message = self.read()
            self.count += 1
            self.wrong += problems(message, self.pending)
            if "method" in message and "id" in message:
                count = len(message.get("params", {}).get("items", []))
                answers = {"workspace/configuration": [None] * count, "window/showDocument": {"success": True}}
                result = answers.get(message["method"])
                self.send({"id": message["id"], "result": result})
            if wanted(message):
                return message

    def request(self, method: str, params=None):
        number = len(self.pending) + 1
        self.pending[number] = method
        self.send({"id": number, "method": method, **({"params": params} if params is not None else {})})
        answer = self.until(lambda message: message.get("id") == number and "method" not in message)
        return answer.get("result")

    def notify(self, method: str, params: dict) -> None:
        self.send({"method": method, "params": params})


def session(client: Client, folder: Path, pull: bool) -> None:
    """One session that uses every feature."""
    uri = (folder / "sample.py").as_uri()
    document = {"uri": uri}
    text_document = {
        "publishDiagnostics": {"versionSupport": True, "codeDescriptionSupport": True, "dataSupport": True},
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "source"]}},
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit"]},
        },
        "hover": {"contentFormat": ["markdown"]},
    }
    if pull:
        text_document["diagnostic"] = {"dynamicRegistration": False}
    capabilities = {
        "textDocument": text_document,
        "workspace": {"configuration": True, "workspaceEdit": {"documentChanges": True}},
        "notebookDocument": {"synchronization": {"dynamicRegistration": True}},
        "window": {"showDocument": {"support": True}, "workDoneProgress": True},
        "general": {"positionEncodings": ["utf-16"]},
    }
    found = client.request(
        "initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": capabilities}
    )
    sync = found["capabilities"]["textDocumentSync"]
    assert sync == 2 or sync["change"] == 2, "incremental synchronization"
    assert found["serverInfo"]["version"], "a version"
    client.notify("initialized", {})
    client.notify(
        "textDocument/didOpen",
        {"textDocument": {**document, "languageId": "python", "version": 1, "text": SOURCE}},
    )
    if pull:
        report = client.request("textDocument/diagnostic", {"textDocument": document})
        diagnostics = report["items"]
    else:
        published = client.until(lambda message: message.get("method") == "textDocument/publishDiagnostics")
        diagnostics = published["params"]["diagnostics"]
    assert diagnostics, "findings"

    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 12, "character": 0}}
    actions = client.request(
        "textDocument/codeAction",
        {"textDocument": document, "range": whole, "context": {"diagnostics": diagnostics}},
    )
    assert actions, "code actions"
    for action in actions:
        if "data" in action:
            client.request("codeAction/resolve", action)
    hover = client.request("textDocument/hover", {"textDocument": document, "position": {"line": 10, "character": 25}})
    assert "16.7.4" in hover["contents"]["value"], hover
    assert client.request("textDocument/hover", {"textDocument": document, "position": {"line": 2, "character": 0}}) is None
    assert client.request("workspace/symbol", {"query": "taskgroup"}), "sections"
    client.request("workspace/executeCommand", {"command": "marginalia.openSection", "arguments": ["16.7.4"]})
    client.notify("textDocument/didClose", {"textDocument": document})
    in_a_notebook(client, folder, pull)
    client.request("shutdown")
    client.notify("exit", {})
    client.server.stdin.close()
    client.server.wait(10)


def in_a_notebook(client: Client, folder: Path, pull: bool) -> None:
    """A notebook, opened, changed and closed."""
    uri = (folder / "sample.ipynb").as_uri()
    cells = [f"vscode-notebook-cell:{folder}/sample.ipynb#W{number}" for number in range(2)]
    texts = ["import tempfile", "tempfile.mktemp()"]
    documents = [
        {"uri": cell, "languageId": "python", "version": 1, "text": text} for cell, text in zip(cells, texts)
    ]
    entries = [{"kind": 2, "document": cell} for cell in cells]
    opened = {"uri": uri, "notebookType": "jupyter-notebook", "version": 1, "cells": entries}
    client.notify("notebookDocument/didOpen", {"notebookDocument": opened, "cellTextDocuments": documents})

    def diagnostics(cell: str) -> list:
        if pull:
            return client.request("textDocument/diagnostic", {"textDocument": {"uri": cell}})["items"]
        method = "textDocument/publishDiagnostics"
        published = client.until(
            lambda message: message.get("method") == method and message["params"]["uri"] == cell
        )
        return published["params"]["diagnostics"]

    (found,) = diagnostics(cells[1])
    assert found["code"] == "mktemp-usage", found
    actions = client.request(
        "textDocument/codeAction",
        {"textDocument": {"uri": cells[1]}, "range": found["range"], "context": {"diagnostics": [found]}},
    )
    for action in actions:
        if "data" in action:
            client.request("codeAction/resolve", action)
    moved = {"structure": {"array": {"start": 0, "deleteCount": 2, "cells": entries[1:]}, "didClose": [{"uri": cells[0]}]}}
    version = {"uri": uri, "version": 2}
    client.notify("notebookDocument/didChange", {"notebookDocument": version, "change": {"cells": moved}})
    assert diagnostics(cells[1]) == []
    closed = [{"uri": cells[1]}]
    client.notify("notebookDocument/didClose", {"notebookDocument": {"uri": uri}, "cellTextDocuments": closed})


def check_the_checker() -> None:
    """The check must be able to fail."""
    place = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
    good = {"range": place, "message": "m", "severity": 1}

    def published(**change) -> list[str]:
        params = {"uri": "file:///a", "diagnostics": [{**good, **change}]}
        return problems({"jsonrpc": "2.0", "method": "textDocument/publishDiagnostics", "params": params}, {})

    assert not published()
    for change in ({"severity": "1"}, {"severity": 9}, {"message": 5}, {"colour": "red"}, {"code_description": {}}):
        assert published(**change), change


def main(command: list[str]) -> int:
    check_the_checker()
    passed = failed = 0
    for pull in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            client = Client(command)
            session(client, Path(folder), pull)
        way = "pulled" if pull else "pushed"
        print(f"{client.count} messages checked with findings {way}, {len(client.wrong)} problems")
        for wrong in client.wrong:
            print(" -", wrong[:800])
        ok = not client.wrong and client.server.returncode == 0
        passed, failed = passed + ok, failed + (not ok)
    print(f"{passed} passed, {failed} failed")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
