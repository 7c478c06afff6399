//! Sections that are opened and looked for.

use std::fs;

use serde_json::{Value, json};

use crate::support::client::{Client, range};

fn open(number: &str) -> Value {
    json!({"command": "marginalia.openSection", "arguments": [number]})
}

fn showing() -> Value {
    json!({"window": {"showDocument": {"support": true}}})
}

#[tokio::test]
async fn a_section_is_written_and_shown_by_the_client() {
    let mut client = Client::builder().capable(showing()).start().await;
    assert_eq!(client.request("workspace/executeCommand", open("§16.7.4")).await, Value::Null);
    let (id, params) = client.server_request("window/showDocument").await;
    let page = client.cache().join("marginalia/python-bible/16.7.4.md");
    assert_eq!(params, json!({"uri": format!("file://{}", page.display()), "external": false, "takeFocus": true}));
    assert!(fs::read_to_string(page).unwrap().starts_with("# §16.7.4 TaskGroup"));
    client.reply(id, json!({"success": true})).await;
    client.finish().await;
}

#[tokio::test]
async fn a_page_elsewhere_is_opened_outside_the_editor() {
    let options = json!({"links": {"base": "https://handbook.example.org/"}});
    let mut client = Client::builder().capable(showing()).options(options).start().await;
    client.request("workspace/executeCommand", open("16.7.4")).await;
    let (_, params) = client.server_request("window/showDocument").await;
    assert_eq!(params["uri"], "https://handbook.example.org/16.7.4");
    assert_eq!(params["external"], true);
    client.finish().await;
}

#[tokio::test]
async fn a_readers_own_copy_is_opened_at_the_line_and_quoted() {
    let copy = "The Book\n\n16.7.4 TaskGroup (Python 3.11+)\n\nTasks live\nin a block.\n\nMore.\n";
    let options = json!({"book": {"path": "copy.txt"}, "hover": {"excerpt": true}});
    let patient = json!({"window": {"workDoneProgress": true}});
    let builder = Client::builder().capable(showing()).capable(patient).options(options);
    let mut client = builder.file("copy.txt", copy).start().await;
    client.request("workspace/executeCommand", open("16.7.4")).await;
    let (id, params) = client.server_request("window/showDocument").await;
    assert_eq!(params["uri"], client.uri("copy.txt"));
    assert_eq!(params["selection"], range([2, 0, 2, 0]));
    client.reply(id, json!({"success": true})).await;
    // Whoever was open when it ends would be checked anew.
    crate::lsp_books::work_done(&mut client).await;

    let uri = client.uri("a.py");
    client.open_checked(&uri, "import asyncio\nasyncio.TaskGroup\n").await;
    let hover = client.hover(&uri, 1, 9).await;
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(text.contains("\n\n> Tasks live in a block."), "{text}");
    assert!(text.contains(&format!("[Open §16.7.4]({}#L3)", client.uri("copy.txt"))), "{text}");
    assert!(text.contains("/marginalia/python-bible/16.8.md)"), "not in the copy: {text}");
    client.finish().await;
}

#[tokio::test]
async fn a_client_that_shows_nothing_is_told_where_the_page_is() {
    let mut client = Client::start().await;
    client.request("workspace/executeCommand", open("16.7.4")).await;
    let message = client.notification("window/showMessage").await;
    assert!(message["message"].as_str().unwrap().ends_with("/16.7.4.md"), "{message}");
    client.finish().await;
}

#[tokio::test]
async fn commands_that_make_no_sense_are_refused() {
    let mut client = Client::builder().capable(showing()).start().await;
    for command in [
        json!({"command": "marginalia.dance"}),
        json!({"command": "marginalia.openSection"}),
        open("99.99"),
        open("chapter one"),
        json!({"command": "marginalia.openSection", "arguments": ["16.7.4", "no-such-book"]}),
    ] {
        assert_eq!(client.refused("workspace/executeCommand", command.clone()).await, -32602, "{command}");
    }
    client.finish().await;
}

#[tokio::test]
async fn sections_are_found_as_symbols_of_the_workspace() {
    let mut client = Client::start().await;
    for query in ["16.7.4", "asyncio.TaskGroup", "taskgroup"] {
        let found = client.request("workspace/symbol", json!({"query": query})).await;
        let first = &found[0];
        assert_eq!(first["name"], "§16.7.4 TaskGroup (Python 3.11+)", "{query}");
        let page = first["location"]["uri"].as_str().unwrap().strip_prefix("file://").unwrap();
        assert!(fs::read_to_string(page).unwrap().starts_with("# §16.7.4 TaskGroup"));
    }
    assert_eq!(client.request("workspace/symbol", json!({"query": ""})).await, json!([]));
    client.finish().await;
}
