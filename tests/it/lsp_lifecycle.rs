//! From `initialize` to `exit`, and messages that are none.

use serde_json::{Value, json};

use crate::support::client::Client;

const TASK_GROUP: &str = "import asyncio\nasyncio.TaskGroup\n";

#[tokio::test]
async fn the_server_says_who_it_is_and_what_it_can_do() {
    let client = Client::start().await;
    assert_eq!(client.initialized["serverInfo"], json!({"name": "marginalia", "version": env!("CARGO_PKG_VERSION")}));
    let capabilities = &client.initialized["capabilities"];
    assert_eq!(capabilities["textDocumentSync"]["change"], 2, "incremental");
    assert_eq!(capabilities["hoverProvider"], true);
    assert_eq!(capabilities["documentLinkProvider"]["resolveProvider"], false);
    assert_eq!(
        capabilities["codeActionProvider"]["codeActionKinds"],
        json!(["quickfix", "refactor.rewrite", "source.fixAll.marginalia"])
    );
    client.finish().await;
}

/// An editor that asks one server only would lose the definitions of its type checker to ours.
#[tokio::test]
async fn definitions_are_offered_where_other_servers_keep_theirs() {
    for (name, offered) in [
        ("Visual Studio Code", json!(true)),
        ("VSCodium", json!(true)),
        ("code-server", json!(true)),
        ("Neovim", json!(true)),
        ("helix", Value::Null),
        ("Sublime Text LSP", Value::Null),
        ("", Value::Null),
    ] {
        let client = Client::builder().named(name).start().await;
        assert_eq!(client.initialized["capabilities"]["definitionProvider"], offered, "{name}");
        client.finish().await;
    }
}

#[tokio::test]
async fn the_cheapest_position_encoding_on_offer_is_chosen() {
    for (offered, chosen) in [
        (json!(["utf-16", "utf-32", "utf-8"]), "utf-8"),
        (json!(["utf-16", "utf-32"]), "utf-32"),
        (json!(["utf-16"]), "utf-16"),
        (Value::Null, "utf-16"),
    ] {
        let client = Client::builder().capable(json!({"general": {"positionEncodings": offered}})).start().await;
        assert_eq!(client.initialized["capabilities"]["positionEncoding"], chosen);
        client.finish().await;
    }
}

#[tokio::test]
async fn nothing_is_answered_before_initialize_or_after_shutdown() {
    let mut client = Client::connect();
    let hover = json!({"textDocument": {"uri": "file:///a.py"}, "position": {"line": 0, "character": 0}});
    assert_eq!(client.refused("textDocument/hover", hover.clone()).await, -32002);
    client.request("initialize", json!({"capabilities": {}})).await;
    client.notify("initialized", json!({})).await;
    assert_eq!(client.request("textDocument/hover", hover.clone()).await, Value::Null);
    client.request("shutdown", Value::Null).await;
    assert_eq!(client.refused("textDocument/hover", hover).await, -32600);
    client.notify("exit", Value::Null).await;
    assert!(client.ended().await);
}

#[tokio::test]
async fn exit_without_shutdown_is_noticed() {
    let mut client = Client::start().await;
    client.notify("exit", Value::Null).await;
    assert!(!client.ended().await);
}

#[tokio::test]
async fn the_end_of_the_input_ends_the_server() {
    let mut client = Client::start().await;
    client.hang_up().await;
    assert!(!client.ended().await);
}

#[tokio::test]
async fn requests_made_before_the_input_ends_are_answered() {
    let mut client = Client::start().await;
    client.open_checked("file:///a.py", TASK_GROUP).await;
    let position = json!({"line": 1, "character": 9});
    let hover = json!({"textDocument": {"uri": "file:///a.py"}, "position": position});
    let id = client.ask("textDocument/hover", hover).await;
    client.hang_up().await;
    assert_ne!(client.answer(id).await, Ok(Value::Null));
    assert!(!client.ended().await);
}

#[tokio::test]
async fn shutdown_may_come_with_empty_parameters() {
    for params in [json!({}), json!([])] {
        let mut client = Client::start().await;
        assert_eq!(client.request("shutdown", params).await, Value::Null);
        client.notify("exit", json!({})).await;
        assert!(client.ended().await);
    }
}

#[tokio::test]
async fn unknown_methods_are_refused_and_unknown_notifications_passed_over() {
    let mut client = Client::start().await;
    assert_eq!(client.refused("textDocument/dance", json!({})).await, -32601);
    client.notify("$/unknown", json!({})).await;
    client.notify("textDocument/didDance", json!({})).await;
    client.finish().await;
}

#[tokio::test]
async fn wrong_parameters_are_refused() {
    let mut client = Client::start().await;
    assert_eq!(client.refused("textDocument/hover", json!({"textDocument": 7})).await, -32602);
    let beyond = json!({"textDocument": {"uri": "file:///a.py"}, "position": {"line": -1, "character": 0}});
    assert_eq!(client.refused("textDocument/hover", beyond).await, -32602);
    client.finish().await;
}

#[tokio::test]
async fn a_document_that_is_not_open_has_nothing() {
    let mut client = Client::builder().capable(json!({"textDocument": {"diagnostic": {}}})).start().await;
    let uri = "file:///nowhere.py";
    client.change(uri, 2, &[([0, 0, 0, 0], "x")]).await;
    client.close(uri).await;
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": uri}})).await;
    assert_eq!(client.hover(uri, 0, 0).await, Value::Null);
    let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}});
    let params = json!({"textDocument": {"uri": uri}, "range": range, "context": {"diagnostics": []}});
    assert_eq!(client.request("textDocument/codeAction", params).await, Value::Null);
    let report = client.request("textDocument/diagnostic", json!({"textDocument": {"uri": uri}})).await;
    assert_eq!(report, json!({"kind": "full", "items": []}));
    client.finish().await;
}

#[tokio::test]
async fn messages_that_are_none_are_answered_and_forgotten() {
    let mut client = Client::start().await;
    client.open_checked("file:///a.py", TASK_GROUP).await;
    for (garbage, code) in [
        ("Content-Length: 11\r\n\r\n{\"jsonrpc\":", -32700),
        ("Content-Length: x\r\n\r\n", -32700),
        ("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n", -32700),
        ("Content-Length: 2\r\n\r\n[]", -32600),
        ("Content-Length: 4\r\n\r\nnull", -32600),
    ] {
        client.send_raw(garbage.as_bytes()).await;
        assert_eq!(client.error_without_request().await, code, "{garbage}");
        assert!(client.hover("file:///a.py", 1, 9).await.is_object(), "after {garbage}");
    }
    client.finish().await;
}

#[tokio::test]
async fn a_cancelled_request_is_answered_once_as_cancelled() {
    let mut client = Client::builder().capable(json!({"textDocument": {"diagnostic": {}}})).start().await;
    // Takes long enough to read that the cancellation comes first.
    client.open("file:///a.py", &"def f(a, b): return [a for b in (a, b) if a]\n".repeat(20_000)).await;
    let params = json!({"textDocument": {"uri": "file:///a.py"}, "position": {"line": 0, "character": 0}});
    let id = client.ask("textDocument/hover", params).await;
    client.notify("$/cancelRequest", json!({"id": id})).await;
    assert_eq!(client.answer(id).await.expect_err("cancelled")["code"], -32800);
    client.finish().await;
}

#[tokio::test]
async fn a_client_that_never_answers_holds_nothing_up() {
    let configurable = json!({"workspace": {"configuration": true}});
    let mut client = Client::builder().capable(configurable).start().await;
    client.open_checked("file:///a.py", TASK_GROUP).await;
    for _ in 0..100 {
        client.notify("workspace/didChangeConfiguration", json!({"settings": null})).await;
    }
    assert!(client.hover("file:///a.py", 1, 9).await.is_object());
    for _ in 0..=100 {
        client.server_request("workspace/configuration").await;
    }
    client.finish().await;
}
