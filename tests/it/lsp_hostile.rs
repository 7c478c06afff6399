//! Clients that do what none should: every request gets an answer or an error, and the server goes on.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::support::client::Client;

const URI: &str = "file:///a.py";
const TASK_GROUP: &str = "import asyncio\nasyncio.TaskGroup\n";

fn hover_at(line: u32, character: u32) -> Value {
    json!({"textDocument": {"uri": URI}, "position": {"line": line, "character": character}})
}

/// A client with a document open, whose diagnostics it asks for itself.
async fn quiet_client(text: &str) -> Client {
    let mut client = Client::builder().capable(json!({"textDocument": {"diagnostic": {}}})).start().await;
    client.open(URI, text).await;
    client
}

fn framed(length: usize, body: &str) -> Vec<u8> {
    format!("Content-Length: {length}\r\n\r\n{body}").into_bytes()
}

fn notification(method: &str) -> String {
    json!({"jsonrpc": "2.0", "method": method}).to_string()
}

#[tokio::test]
async fn a_wrong_length_costs_the_messages_that_it_covers_and_no_more() {
    let mut client = quiet_client(TASK_GROUP).await;
    let body = notification("$/first");
    for wrong in [0, 1, body.len() - 5, body.len() + 10, body.len() + 40] {
        client.send_raw(&framed(wrong, &body)).await;
        // Part of the next message is taken for the rest of that one.
        let next = notification("$/second");
        client.send_raw(&framed(next.len(), &next)).await;
        let next = notification("$/third");
        client.send_raw(&framed(next.len(), &next)).await;
        assert!(client.hover(URI, 1, 9).await.is_object(), "after {wrong} instead of {}", body.len());
        assert_eq!(client.error_without_request().await, -32700, "{wrong}");
    }
    // How many complaints there are is no matter.
    client.request("shutdown", Value::Null).await;
    client.notify("exit", Value::Null).await;
    assert!(client.ended().await);
}

#[tokio::test]
async fn headers_that_are_none_are_passed_over() {
    let mut client = quiet_client(TASK_GROUP).await;
    for garbage in [
        "\0\0\0\r\n\r\n".to_owned(),
        format!("{}\r\n\r\n", "x".repeat(300_000)),
        "Content-Length: 99999999999999999999\r\n\r\n".to_owned(),
        "Content-Length: -1\r\n\r\n".to_owned(),
        "Content-Length\r\n\r\n".to_owned(),
        "\u{feff}Content-Type: application/json\r\n\r\n".to_owned(),
    ] {
        client.send_raw(garbage.as_bytes()).await;
        assert_eq!(client.error_without_request().await, -32700, "{garbage:.40}");
        assert!(client.hover(URI, 1, 9).await.is_object(), "after {garbage:.40}");
    }
    client.finish().await;
}

#[tokio::test]
async fn batches_which_the_protocol_does_not_have_are_refused_whole() {
    let mut client = quiet_client(TASK_GROUP).await;
    let shutdown = json!({"jsonrpc": "2.0", "id": 70, "method": "shutdown"});
    for batch in [json!([shutdown]), json!([shutdown, shutdown, 7]), json!([[], {}, null])] {
        let batch = batch.to_string();
        client.send_raw(&framed(batch.len(), &batch)).await;
        assert_eq!(client.error_without_request().await, -32600, "{batch}");
        assert!(client.hover(URI, 1, 9).await.is_object(), "nothing of it was done: {batch}");
    }
    client.finish().await;
}

#[tokio::test]
async fn messages_that_are_no_requests_are_answered_by_the_id_they_have() {
    let mut client = quiet_client(TASK_GROUP).await;
    for (body, id, code) in [
        (r#"{"jsonrpc":"2.0","id":70}"#, json!(70), -32601),
        (r#"{"id":71,"method":"shutdown"}"#, json!(71), -32600),
        (r#"{"jsonrpc":"2.0","id":72,"method":7}"#, json!(72), -32600),
        (r#"{"jsonrpc":"2.0","id":{"a":1},"method":"shutdown"}"#, Value::Null, -32600),
        (r#"{"jsonrpc":"2.0","id":18446744073709551615,"method":"shutdown"}"#, Value::Null, -32600),
        (r#""text""#, Value::Null, -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":73,\"method\":\"shut", Value::Null, -32700),
    ] {
        client.send_raw(&framed(body.len(), body)).await;
        let answer = client.response(&id).await;
        assert_eq!(answer["error"]["code"], code, "{body}");
    }
    assert!(client.hover(URI, 1, 9).await.is_object());
    client.finish().await;
}

#[tokio::test]
async fn ids_may_be_texts_and_any_number() {
    let mut client = quiet_client(TASK_GROUP).await;
    for id in [json!("a"), json!(""), json!(0), json!(-7), json!(i64::MAX), json!("😀\u{0}")] {
        client.send(json!({"id": id, "method": "textDocument/hover", "params": hover_at(1, 9)})).await;
        assert!(client.response(&id).await["result"].is_object(), "{id}");
    }
    client.finish().await;
}

#[tokio::test]
async fn each_request_with_an_id_that_is_in_use_is_answered() {
    // Takes long enough to read that the requests meet.
    let mut client = quiet_client(&"def f(a, b): return [a for b in (a, b) if a]\n".repeat(5_000)).await;
    for _ in 0..5 {
        client.send(json!({"id": 70, "method": "textDocument/hover", "params": hover_at(0, 0)})).await;
    }
    for _ in 0..5 {
        let answer = client.response(&json!(70)).await;
        assert!(answer["result"].is_object() || answer["error"]["code"] == -32600, "{answer}");
    }
    client.send(json!({"id": 70, "method": "textDocument/hover", "params": hover_at(0, 0)})).await;
    assert!(client.response(&json!(70)).await["result"].is_object(), "the id is free again");
    client.finish().await;
}

#[tokio::test]
async fn a_second_introduction_is_refused_and_changes_nothing() {
    let mut client = quiet_client(TASK_GROUP).await;
    let utf8 = json!({"capabilities": {"general": {"positionEncodings": ["utf-8"]}}});
    assert_eq!(client.refused("initialize", utf8).await, -32600);
    client.notify("initialized", json!({})).await;
    assert!(client.hover(URI, 1, 9).await.is_object());
    client.finish().await;
}

#[tokio::test]
async fn exit_is_obeyed_at_any_time_and_so_is_the_end_of_the_input() {
    let mut client = Client::connect();
    client.notify("exit", Value::Null).await;
    assert!(!client.ended().await, "before an introduction");

    let mut client = Client::connect();
    client.send_raw(b"Content-Length: 1000\r\n\r\n{\"jsonrpc\"").await;
    client.hang_up().await;
    assert!(!client.ended().await, "in the middle of a message");
}

#[tokio::test]
async fn answers_that_nobody_waits_for_are_passed_over() {
    let mut client = quiet_client(TASK_GROUP).await;
    for id in [json!(0), json!(4_711), json!("x"), Value::Null] {
        client.send(json!({"id": id, "result": {"success": true}})).await;
        client.send(json!({"id": id, "error": {"code": -1, "message": "no"}})).await;
    }
    assert!(client.hover(URI, 1, 9).await.is_object());
    client.finish().await;
}

#[tokio::test]
async fn notifications_that_cannot_be_understood_change_nothing() {
    let mut client = quiet_client(TASK_GROUP).await;
    let uri = json!({"uri": URI, "version": 2});
    for (method, params) in [
        ("textDocument/didOpen", json!({})),
        (
            "textDocument/didOpen",
            json!({"textDocument": {"uri": URI, "languageId": "python", "version": "1", "text": ""}}),
        ),
        ("textDocument/didOpen", json!({"textDocument": {"uri": 7, "languageId": "python", "version": 1, "text": ""}})),
        ("textDocument/didChange", json!({"textDocument": uri, "contentChanges": [{"range": null}]})),
        ("textDocument/didChange", json!({"textDocument": uri, "contentChanges": 7})),
        ("textDocument/didChange", json!({"textDocument": uri, "contentChanges": []})),
        ("textDocument/didChange", json!([uri])),
        ("textDocument/didClose", Value::Null),
        ("notebookDocument/didChange", json!({"notebookDocument": uri, "change": {}})),
        ("workspace/didChangeConfiguration", json!({"settings": [1, [2, {"marginalia": null}]]})),
        ("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": "", "type": 99}]})),
        ("$/cancelRequest", json!({"id": {}})),
        ("$/cancelRequest", json!({"id": 9_999})),
        ("$/setTrace", json!({"value": "loud"})),
        ("window/workDoneProgress/cancel", json!({"token": []})),
        ("initialized", json!([1, 2, 3])),
        ("textDocument/hover", hover_at(1, 9)),
    ] {
        client.notify(method, params.clone()).await;
        assert!(client.hover(URI, 1, 9).await.is_object(), "after {method} {params}");
    }
    client.finish().await;
}

#[tokio::test]
async fn changes_with_ranges_that_no_text_has_leave_a_text_that_can_be_edited() {
    const MAX: u32 = u32::MAX;
    let mut client = Client::start().await;
    client.open_checked(URI, "a😀\r\nb\r\n").await;
    let mut version = 1;
    for at in
        [[0, 0, MAX, MAX], [MAX, MAX, 0, 0], [MAX, 0, MAX, MAX], [5, 5, 1, 1], [0, 2, 0, 1], [0, 2, 0, 2], [1, 9, 0, 9]]
    {
        version += 1;
        client.change(URI, version, &[(at, "x = '😀'\r\n"), (at, ""), (at, "\r"), (at, "\n")]).await;
        client.hover(URI, at[0], at[1]).await;
    }
    client.replace(URI, version + 1, "import tempfile\ntempfile.mktemp()\n").await;
    assert_eq!(client.diagnostics(URI, version + 1).await.len(), 1);
    client.finish().await;
}

#[tokio::test]
async fn a_storm_of_cancellations_leaves_one_answer_to_each_request() {
    let mut client = quiet_client(&"def f(a=[]): return a == None\n".repeat(300)).await;
    let mut asked = Vec::new();
    for round in 0..400 {
        let id = client.ask("textDocument/hover", hover_at(round % 300, 0)).await;
        for id in [id, id, id + 5_000, -id] {
            client.notify("$/cancelRequest", json!({"id": id})).await;
        }
        if round % 10 == 0 {
            client.change(URI, i32::try_from(round).unwrap() + 2, &[([0, 0, 0, 0], "#\n")]).await;
        }
        asked.push(id);
    }
    let mut cancelled = 0;
    for id in asked {
        match client.answer(id).await {
            Ok(hover) => assert!(hover.is_object() || hover.is_null(), "{hover}"),
            Err(error) => {
                assert_eq!(error["code"], -32800, "{error}");
                cancelled += 1;
            }
        }
    }
    assert!(cancelled > 0);
    // A second answer to any would not have been read.
    client.finish().await;
}

#[tokio::test]
async fn ten_thousand_requests_sent_at_once_are_all_answered() {
    const REQUESTS: i64 = 10_000;
    let mut client = quiet_client(&format!("{TASK_GROUP}def f(a=[]): pass\n")).await;
    let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 3, "character": 0}});
    let document = json!({"uri": URI});
    let mut expected = HashMap::new();
    // Nothing is read in between.
    for at in 0..REQUESTS {
        let (method, params, expects) = match at % 8 {
            0 => (
                "textDocument/codeAction",
                json!({"textDocument": document, "range": range, "context": {"diagnostics": []}}),
                true,
            ),
            1 => ("textDocument/diagnostic", json!({"textDocument": document}), true),
            2 => ("textDocument/dance", json!({}), false),
            3 => ("textDocument/hover", json!({"textDocument": 7}), false),
            4 => (
                "textDocument/hover",
                json!({"textDocument": {"uri": "file:///nowhere.py"}, "position": {"line": 0, "character": 0}}),
                true,
            ),
            _ => ("textDocument/hover", hover_at(1, 9), true),
        };
        if at % 100 == 0 {
            client.change(URI, i32::try_from(at).unwrap() + 2, &[([3, 0, 3, 0], "x = 1\n")]).await;
        }
        expected.insert(client.ask(method, params).await, expects);
    }
    while !expected.is_empty() {
        let answer = client.message().await;
        let id = answer["id"].as_i64().unwrap_or_else(|| panic!("{answer}"));
        let expects = expected.remove(&id).unwrap_or_else(|| panic!("answered twice: {answer}"));
        assert_eq!(answer["error"].is_null(), expects, "{answer}");
    }
    client.finish().await;
}

#[tokio::test]
async fn a_client_that_answers_nothing_is_served_all_the_same() {
    let capable = json!({
        "window": {"showDocument": {"support": true}},
        "workspace": {
            "configuration": true,
            "didChangeConfiguration": {"dynamicRegistration": true},
            "didChangeWatchedFiles": {"dynamicRegistration": true},
            "diagnostics": {"refreshSupport": true},
            "codeLens": {"refreshSupport": true},
            "inlayHint": {"refreshSupport": true},
        },
    });
    let mut client = Client::builder().capable(capable).start().await;
    client.open_checked(URI, TASK_GROUP).await;
    for _ in 0..300 {
        let open = json!({"command": "marginalia.openSection", "arguments": ["16.7.4"]});
        assert_eq!(client.request("workspace/executeCommand", open).await, Value::Null);
    }
    assert!(client.hover(URI, 1, 9).await.is_object());
    for _ in 0..300 {
        client.server_request("window/showDocument").await;
    }
    for method in ["client/registerCapability", "workspace/configuration"] {
        client.server_request(method).await;
    }
    client.finish().await;
}

#[tokio::test]
async fn a_line_of_megabytes_is_edited_at_its_end() {
    let mut client =
        quiet_client(&format!("import asyncio\nx = '{}'; asyncio.TaskGroup\n", "😀".repeat(1_250_000))).await;
    // Two units each, behind the opening quote.
    let end = 5 + 2 * 1_250_000;
    assert!(client.hover(URI, 1, end + 13).await.is_object());
    client.change(URI, 2, &[([1, 5, 1, end], ""), ([1, 0, 1, 0], "y = ")]).await;
    let hover = client.hover(URI, 1, 4 + 5 + 13).await;
    assert_eq!(hover["range"]["start"], json!({"line": 1, "character": 4 + 5 + 3}));
    client.finish().await;
}

#[cfg(unix)]
#[tokio::test]
async fn neighbours_that_are_no_files_hold_nothing_up() {
    use std::os::unix::fs::symlink;
    let capable = json!({"textDocument": {"diagnostic": {}}});
    let builder = Client::builder().capable(capable).options(json!({"diagnostics": {"select": ["all"]}}));
    let builder = builder.file("good.py", "import a\ndef f(a=[]): pass\n").file("folder.py/inside.py", "import a\n");
    let mut client = builder
        .start_after(|client| {
            for name in ["pipe.py", "ruff.toml", "requirements.txt", "package"] {
                // Where there is no such program, there is no such file.
                let _made = std::process::Command::new("mkfifo").arg(client.path(name)).status();
            }
            symlink("/dev/zero", client.path("zero.py")).unwrap();
            symlink("itself.py", client.path("itself.py")).unwrap();
            symlink("nowhere.py", client.path("dangling.py")).unwrap();
            symlink(".", client.path("again")).unwrap();
        })
        .await;
    let uri = client.uri("a.py");
    let names = ["pipe", "zero", "itself", "dangling", "again", "again.again.good", "folder", "package.x", "good"];
    let imports: String = names.iter().map(|name| format!("import {name}\n")).collect();
    client.open(&uri, &format!("{imports}import asyncio\nasyncio.TaskGroup\ndef f(a=[]): pass\n")).await;
    for line in 0..=u32::try_from(names.len()).unwrap() + 1 {
        client.hover(&uri, line, 8).await;
    }
    let report = client.request("textDocument/diagnostic", json!({"textDocument": {"uri": uri}})).await;
    let of = |rule| report["items"].as_array().unwrap().iter().any(|item| item["code"] == rule);
    assert!(of("mutable-default-argument"), "{report}");
    let list = client.request("marginalia/readingList", json!({})).await;
    assert!(list["files"].as_u64().unwrap() >= 1, "{list}");
    client.finish().await;
}

#[tokio::test]
async fn a_workspace_that_is_deleted_takes_nothing_with_it() {
    let capable = json!({"textDocument": {"diagnostic": {}}});
    let text = "import asyncio\nfrom shop import till\nasyncio.TaskGroup\ndef f(a=[]): pass\n";
    let builder = Client::builder().capable(capable).file("shop/__init__.py", "").file("shop/till.py", "import shop\n");
    let mut client =
        builder.file("pyproject.toml", "[project]\nrequires-python = '>=3.12'\n").file("a.py", text).start().await;
    let uri = client.uri("a.py");
    client.open(&uri, text).await;
    let document = json!({"textDocument": {"uri": uri}});
    let before = client.request("textDocument/diagnostic", document.clone()).await;
    assert_eq!(before["items"].as_array().unwrap().len(), 1, "{before}");
    std::fs::remove_dir_all(client.path("")).unwrap();
    for round in 2..5 {
        client.notify("textDocument/didSave", document.clone()).await;
        client
            .notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": client.uri("a.py"), "type": 3}]}))
            .await;
        client.change(&uri, round, &[([0, 0, 0, 0], "# gone\n")]).await;
        assert!(client.hover(&uri, 1 + u32::try_from(round).unwrap(), 10).await.is_object(), "{round}");
        let report = client.request("textDocument/diagnostic", document.clone()).await;
        assert_eq!(report["items"].as_array().unwrap().len(), 1, "{report}");
        client.request("marginalia/readingList", json!({})).await;
        client.actions(&uri, [0, 0, 9, 0], &[], None).await;
    }
    client.finish().await;
}
