//! Notebooks: cells that are read together, in order, and told about one by one.

use serde_json::{Value, json};

use crate::support::client::{Builder, Client, range, titles};

const NOTEBOOK: &str = "file:///project/a.ipynb";

fn cell(name: &str) -> String {
    format!("vscode-notebook-cell:/project/a.ipynb#{name}")
}

fn capable() -> Builder {
    Client::builder().capable(json!({"notebookDocument": {"synchronization": {"dynamicRegistration": true}}}))
}

fn pulling() -> Builder {
    capable().capable(json!({
        "textDocument": {"diagnostic": {}},
        "workspace": {"diagnostics": {"refreshSupport": true}},
    }))
}

fn entry(name: &str) -> Value {
    json!({"kind": 2, "document": cell(name)})
}

fn document(name: &str, language: &str, text: &str) -> Value {
    json!({"uri": cell(name), "languageId": language, "version": 1, "text": text})
}

/// Opens a notebook of Python cells, given by name and text.
async fn open(client: &mut Client, cells: &[(&str, &str)]) {
    let entries: Vec<_> = cells.iter().map(|(name, _)| entry(name)).collect();
    let documents: Vec<_> = cells.iter().map(|(name, text)| document(name, "python", text)).collect();
    let notebook = json!({"uri": NOTEBOOK, "notebookType": "jupyter-notebook", "version": 1, "cells": entries});
    client
        .notify("notebookDocument/didOpen", json!({"notebookDocument": notebook, "cellTextDocuments": documents}))
        .await;
}

async fn change(client: &mut Client, version: i32, cells: Value) {
    let params = json!({"notebookDocument": {"uri": NOTEBOOK, "version": version}, "change": {"cells": cells}});
    client.notify("notebookDocument/didChange", params).await;
}

/// Types into a cell.
async fn edit(client: &mut Client, version: i32, name: &str, at: [u32; 4], text: &str) {
    let changes = json!([{"range": range(at), "text": text}]);
    let content = json!([{"document": {"uri": cell(name), "version": version}, "changes": changes}]);
    change(client, version, json!({"textContent": content})).await;
}

/// The next diagnostics published: the cell's name, its version, and the rules with the ranges.
async fn published(client: &mut Client) -> (String, Value, Vec<(String, Value)>) {
    let mut params = client.notification("textDocument/publishDiagnostics").await;
    let uri = params["uri"].as_str().unwrap();
    let name = uri.rsplit_once('#').map_or(uri, |(_, name)| name).to_owned();
    let found = params["diagnostics"].as_array().unwrap().iter();
    let found = found.map(|it| (it["code"].as_str().unwrap().to_owned(), it["range"].clone())).collect();
    (name, params["version"].take(), found)
}

fn at(name: &str, version: i32, found: &[(&str, [u32; 4])]) -> (String, Value, Vec<(String, Value)>) {
    let found = found.iter().map(|(rule, at)| ((*rule).to_owned(), range(*at))).collect();
    (name.to_owned(), json!(version), found)
}

async fn close(client: &mut Client, cells: &[&str]) {
    let cells: Vec<_> = cells.iter().map(|name| json!({"uri": cell(name)})).collect();
    let params = json!({"notebookDocument": {"uri": NOTEBOOK}, "cellTextDocuments": cells});
    client.notify("notebookDocument/didClose", params).await;
}

#[tokio::test]
async fn cells_are_asked_for_by_those_who_have_them() {
    let client = capable().start().await;
    let sync = &client.initialized["capabilities"]["notebookDocumentSync"];
    assert_eq!(sync["notebookSelector"], json!([{"cells": [{"language": "python"}]}]));
    client.finish().await;
    let client = Client::start().await;
    assert_eq!(client.initialized["capabilities"]["notebookDocumentSync"], Value::Null);
    client.finish().await;
}

#[tokio::test]
async fn what_one_cell_imports_the_next_one_knows() {
    let mut client = capable().start().await;
    open(&mut client, &[("one", "import tempfile"), ("two", "\nname = tempfile.mktemp()\n")]).await;
    assert_eq!(published(&mut client).await, at("one", 1, &[]));
    assert_eq!(published(&mut client).await, at("two", 1, &[("mktemp-usage", [1, 7, 1, 22])]));
    let hover = client.hover(&cell("two"), 1, 18).await;
    assert!(hover["contents"]["value"].as_str().unwrap().contains("§9.1.4"), "{hover}");
    assert_eq!(hover["range"], range([1, 7, 1, 22]));
    assert_eq!(client.hover(&cell("one"), 1, 0).await, Value::Null);

    // The import goes, and with it what was known.
    edit(&mut client, 2, "one", [0, 0, 0, 15], "x = 1").await;
    assert_eq!(published(&mut client).await, at("one", 2, &[]));
    assert_eq!(published(&mut client).await, at("two", 1, &[]));
    close(&mut client, &["one", "two"]).await;
    for name in ["one", "two"] {
        assert_eq!(published(&mut client).await, (name.to_owned(), Value::Null, Vec::new()));
    }
    assert_eq!(client.hover(&cell("two"), 1, 18).await, Value::Null);
    client.finish().await;
}

#[tokio::test]
async fn a_keystroke_in_one_cell_is_no_news_about_another() {
    let mut client = capable().start().await;
    open(&mut client, &[("one", "import tempfile\n"), ("two", "tempfile.mktemp()")]).await;
    published(&mut client).await;
    published(&mut client).await;
    edit(&mut client, 2, "one", [1, 0, 1, 0], "tempfile.mktemp()").await;
    assert_eq!(published(&mut client).await, at("one", 2, &[("mktemp-usage", [1, 0, 1, 15])]));
    // Nothing else is left to read: `finish` insists.
    client.finish().await;
}

#[tokio::test]
async fn cells_move_come_and_go() {
    let mut client = capable().start().await;
    let use_it = "name = tempfile.mktemp()";
    open(&mut client, &[("one", "import tempfile"), ("three", ""), ("two", use_it)]).await;
    for _ in 0..3 {
        published(&mut client).await;
    }

    // Moved forward, with its text; the client sends no text along.
    let moved = json!({"start": 1, "deleteCount": 2, "cells": [entry("two"), entry("three")]});
    change(&mut client, 2, json!({"structure": {"array": moved}})).await;
    let hover = client.hover(&cell("two"), 0, 18).await;
    assert_eq!(hover["range"], range([0, 7, 0, 22]), "{hover}");

    // Put in between.
    change(
        &mut client,
        3,
        json!({"structure": {
            "array": {"start": 1, "deleteCount": 0, "cells": [entry("new")]},
            "didOpen": [document("new", "python", "import os\nos.tempnam\ntempfile.mktemp()")],
        }}),
    )
    .await;
    assert_eq!(published(&mut client).await, at("new", 1, &[("mktemp-usage", [2, 0, 2, 15])]));

    // Taken out: its diagnostics go.
    change(
        &mut client,
        4,
        json!({"structure": {
            "array": {"start": 1, "deleteCount": 1},
            "didClose": [{"uri": cell("new")}],
        }}),
    )
    .await;
    assert_eq!(published(&mut client).await, ("new".to_owned(), Value::Null, Vec::new()));
    assert_eq!(client.hover(&cell("new"), 0, 8).await, Value::Null);

    // Python no more, and Python again: closed and opened under the same name.
    change(
        &mut client,
        5,
        json!({"structure": {
            "array": {"start": 1, "deleteCount": 1, "cells": [{"kind": 1, "document": cell("two")}]},
            "didOpen": [document("two", "markdown", use_it)],
            "didClose": [{"uri": cell("two")}],
        }}),
    )
    .await;
    assert_eq!(published(&mut client).await, at("two", 1, &[]));
    assert_eq!(client.hover(&cell("two"), 0, 18).await, Value::Null);
    change(
        &mut client,
        6,
        json!({"structure": {
            "array": {"start": 1, "deleteCount": 1, "cells": [entry("two")]},
            "didOpen": [document("two", "python", use_it)],
            "didClose": [{"uri": cell("two")}],
        }}),
    )
    .await;
    assert_eq!(published(&mut client).await, at("two", 1, &[("mktemp-usage", [0, 7, 0, 22])]));
    client.finish().await;
}

#[tokio::test]
async fn the_last_python_cell_takes_its_diagnostics_along() {
    let mut client = capable().start().await;
    let text = "import tempfile\ntempfile.mktemp()";
    open(&mut client, &[("one", text)]).await;
    assert_eq!(published(&mut client).await, at("one", 1, &[("mktemp-usage", [1, 0, 1, 15])]));
    let structure = json!({
        "array": {"start": 0, "deleteCount": 1, "cells": [{"kind": 1, "document": cell("one")}]},
        "didOpen": [document("one", "markdown", text)],
        "didClose": [{"uri": cell("one")}],
    });
    change(&mut client, 2, json!({"structure": structure})).await;
    assert_eq!(published(&mut client).await, at("one", 1, &[]));
    client.finish().await;
}

#[tokio::test]
async fn what_is_unclosed_in_a_cell_ends_with_it() {
    let mut client = capable().start().await;
    for broken in ["f(1,", "text = '''", "x = {", "def f(:", "if x:", "x = 1 \\", "@decorator"] {
        open(&mut client, &[("one", "import tempfile"), ("two", broken), ("three", "tempfile.mktemp()")]).await;
        let (mut third, mut told) = (Vec::new(), 0);
        while told < 3 {
            let (name, _, found) = published(&mut client).await;
            told += 1;
            if name == "three" {
                third = found;
            }
        }
        assert_eq!(third, [("mktemp-usage".to_owned(), range([0, 0, 0, 15]))], "{broken}");
        close(&mut client, &["one", "two", "three"]).await;
        for _ in 0..3 {
            published(&mut client).await;
        }
    }
    client.finish().await;
}

#[tokio::test]
async fn what_only_notebooks_understand_breaks_nothing() {
    let mut client = capable().start().await;
    let cells = [
        ("line", "%matplotlib inline\n!pip install numpy\nimport tempfile\nfiles = !ls\ntempfile?\n?tempfile.mktemp"),
        ("bash", "%%bash\nfor f in *; do tempfile.mktemp(); done"),
        ("html", "\n%%html\n<p>import os</p>"),
        ("command", "pip install pandas"),
        ("await", "import asyncio\nawait asyncio.sleep(1)\nasync with asyncio.timeout(1): pass"),
        ("time", "%%time\ntempfile.mktemp()"),
    ];
    open(&mut client, &cells).await;
    for (name, _) in &cells[..5] {
        assert_eq!(published(&mut client).await, at(name, 1, &[]));
    }
    assert_eq!(published(&mut client).await, at("time", 1, &[("mktemp-usage", [1, 0, 1, 15])]));
    assert_eq!(client.hover(&cell("bash"), 1, 20).await, Value::Null);
    assert_ne!(client.hover(&cell("await"), 1, 15).await, Value::Null);
    assert_eq!(client.hover(&cell("line"), 0, 3).await, Value::Null);
    client.finish().await;
}

#[tokio::test]
async fn fixes_change_the_cells_that_they_are_about() {
    let mut client = capable().start().await;
    open(
        &mut client,
        &[("one", "import tempfile"), ("two", "%%time\ndef f(seen=[]):\n    seen.append(1)\n    return seen")],
    )
    .await;
    published(&mut client).await;
    let (_, _, found) = published(&mut client).await;
    assert_eq!(found[0].0, "mutable-default-argument");
    let actions = client.actions(&cell("two"), [1, 11, 1, 13], &[], None).await;
    let fix = &actions[0]["edit"]["documentChanges"];
    assert_eq!(fix[0]["textDocument"], json!({"uri": cell("two"), "version": 1}), "{fix}");
    let silence = actions.iter().find(|action| action["title"].as_str().unwrap().ends_with("on this line")).unwrap();
    let edit = &silence["edit"]["documentChanges"][0];
    assert_eq!(edit["textDocument"]["uri"], cell("two"));
    assert_eq!(edit["edits"][0]["range"], range([1, 15, 1, 15]));
    assert!(client.actions(&cell("one"), [0, 0, 0, 15], &[], Some("quickfix")).await.is_empty());
    client.finish().await;
}

#[tokio::test]
async fn an_import_that_a_fix_needs_goes_where_the_imports_are() {
    let select = json!({"diagnostics": {"select": ["typing-generic-alias"]}});
    let mut client = capable().options(select).start().await;
    let queue = "%%capture\nqueue: typing.Deque[int] = make()\n";
    open(&mut client, &[("text", "x = 1"), ("one", "import typing"), ("two", queue)]).await;
    for _ in 0..3 {
        published(&mut client).await;
    }
    let actions = client.actions(&cell("two"), [1, 7, 1, 19], &[], Some("quickfix")).await;
    let changes = &actions[0]["edit"]["documentChanges"];
    assert_eq!(changes[0]["textDocument"]["uri"], cell("one"), "{changes}");
    let import = json!({"range": range([0, 13, 0, 13]), "newText": "\nimport collections"});
    assert_eq!(changes[0]["edits"], json!([import]));
    assert_eq!(changes[1]["textDocument"]["uri"], cell("two"));
    assert_eq!(changes[1]["edits"][0]["newText"], "collections.deque");
    client.finish().await;
}

#[tokio::test]
async fn all_safe_fixes_of_a_notebook_are_one_edit() {
    let select = json!({"diagnostics": {"select": ["typing-generic-alias"]}});
    let mut client = capable().options(select).start().await;
    open(&mut client, &[("one", "import typing\nx: typing.List[int] = []"), ("two", "y: typing.Dict[str, int] = {}")])
        .await;
    assert_eq!(published(&mut client).await.2.len(), 1);
    assert_eq!(published(&mut client).await.2.len(), 1);
    let kinds = [("source.fixAll", 1), ("notebook.source.fixAll", 1), ("source.fixAll.ruff", 0), ("notebook", 1)];
    for (kind, count) in kinds {
        let actions = client.actions(&cell("one"), [0, 0, 0, 0], &[], Some(kind)).await;
        assert_eq!(actions.len(), count, "{kind}: {:?}", titles(&actions));
        for action in actions {
            let changes = action["edit"]["documentChanges"].as_array().unwrap();
            let cells: Vec<_> = changes.iter().map(|change| change["textDocument"]["uri"].as_str().unwrap()).collect();
            assert_eq!(cells, [cell("one"), cell("two")]);
        }
    }
    client.finish().await;
}

#[tokio::test]
async fn the_margin_is_written_into_cells() {
    let on = json!({"codeLens": {"enabled": true}, "inlayHints": {"enabled": true}});
    let mut client = capable().options(on).start().await;
    let second = "\nimport asyncio\n\nasync def main():\n    async with asyncio.TaskGroup() as tg:\n        pass\n";
    open(&mut client, &[("one", "import pickle\npickle.loads(b'')\n\n\n"), ("two", second)]).await;
    published(&mut client).await;
    published(&mut client).await;
    let document = json!({"uri": cell("two")});
    let lenses = client.request("textDocument/codeLens", json!({"textDocument": document})).await;
    assert_eq!(lenses[0]["range"]["start"]["line"], 3, "{lenses}");
    let lenses = client.request("textDocument/codeLens", json!({"textDocument": {"uri": cell("one")}})).await;
    assert_eq!(lenses, json!([]));
    let params = json!({"textDocument": document, "range": range([0, 0, 100, 0])});
    let hints = client.request("textDocument/inlayHint", params).await;
    let lines: Vec<_> =
        hints.as_array().unwrap().iter().map(|hint| hint["position"]["line"].as_u64().unwrap()).collect();
    assert!(lines.contains(&4) && lines.iter().all(|line| (1..=5).contains(line)), "{hints}");
    let task_group = hints.as_array().unwrap().iter().find(|hint| hint["position"]["line"] == 4).unwrap();
    assert_eq!(task_group["position"]["character"], 41);
    client.finish().await;
}

#[tokio::test]
async fn other_units_than_bytes_are_counted_within_the_cell() {
    let mut client = capable().start().await;
    open(&mut client, &[("one", "import tempfile\r\ns = '😀é漢'"), ("two", "s = '😀é漢'; tempfile.mktemp()")]).await;
    published(&mut client).await;
    assert_eq!(published(&mut client).await, at("two", 1, &[("mktemp-usage", [0, 12, 0, 27])]));
    edit(&mut client, 2, "one", [1, 5, 1, 9], "漢").await;
    assert_eq!(published(&mut client).await.0, "one");
    let hover = client.hover(&cell("two"), 0, 25).await;
    assert_eq!(hover["range"], range([0, 12, 0, 27]));
    client.finish().await;
}

#[tokio::test]
async fn pulled_cell_by_cell() {
    let mut client = pulling().start().await;
    assert_eq!(client.initialized["capabilities"]["diagnosticProvider"]["interFileDependencies"], true);
    open(&mut client, &[("one", "import tempfile"), ("two", "tempfile.mktemp()")]).await;
    let pull = |name: &str| json!({"textDocument": {"uri": cell(name)}});
    let report = client.request("textDocument/diagnostic", pull("one")).await;
    assert_eq!(report["items"], json!([]));
    let report = client.request("textDocument/diagnostic", pull("two")).await;
    assert_eq!(report["items"][0]["range"], range([0, 0, 0, 15]));

    // What is typed into one cell concerns the others: the client is told to ask for them again, once.
    edit(&mut client, 2, "one", [0, 0, 0, 15], "tempfile = 1").await;
    client.request("textDocument/diagnostic", pull("one")).await;
    let (id, _) = client.server_request("workspace/diagnostic/refresh").await;
    client.reply(id, Value::Null).await;
    for name in ["one", "two"] {
        let report = client.request("textDocument/diagnostic", pull(name)).await;
        assert_eq!(report["items"], json!([]), "{name}");
    }
    close(&mut client, &["one", "two"]).await;
    assert_eq!(client.request("textDocument/diagnostic", pull("two")).await["items"], json!([]));
    client.finish().await;
}

#[tokio::test]
async fn comments_silence_a_line_of_a_cell_or_the_whole_notebook() {
    let mut client = capable().start().await;
    open(&mut client, &[("one", "import tempfile\ntempfile.mktemp()  # noqa"), ("two", "tempfile.mktemp()")]).await;
    assert_eq!(published(&mut client).await, at("one", 1, &[]));
    assert_eq!(published(&mut client).await.2.len(), 1);
    edit(&mut client, 2, "one", [0, 0, 0, 0], "# marginalia: ignore-file[mktemp-usage]\n").await;
    assert_eq!(published(&mut client).await, at("one", 2, &[]));
    assert_eq!(published(&mut client).await, at("two", 1, &[]));
    client.finish().await;
}

#[tokio::test]
async fn what_makes_no_sense_is_survived() {
    let mut client = capable().start().await;
    change(&mut client, 2, json!({"structure": {"array": {"start": 3, "deleteCount": 4}}})).await;
    open(&mut client, &[("one", "import tempfile\ntempfile.mktemp()")]).await;
    assert_eq!(published(&mut client).await.2.len(), 1);
    // Past the end, without a text, a cell that is not there, an old name twice.
    change(
        &mut client,
        3,
        json!({"structure": {"array": {"start": 9, "deleteCount": 4_000_000_000_u32, "cells": [entry("ghost")]}}}),
    )
    .await;
    assert_eq!(published(&mut client).await, at("ghost", 0, &[]));
    edit(&mut client, 4, "nowhere", [0, 0, 0, 0], "x").await;
    change(&mut client, 5, json!({"data": [entry("nowhere"), entry("one")]})).await;
    // The client opens the cell as a text document besides: it is one already.
    client.open(&cell("one"), "x = 1\n").await;
    client.replace(&cell("one"), 2, "x = 1\n").await;
    assert_ne!(client.hover(&cell("one"), 1, 12).await, Value::Null);
    assert_eq!(client.hover(NOTEBOOK, 0, 0).await, Value::Null);
    close(&mut client, &["one"]).await;
    for name in ["one", "ghost"] {
        assert_eq!(published(&mut client).await.0, name);
    }
    close(&mut client, &["one"]).await;
    client.finish().await;
}
