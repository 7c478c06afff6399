//! Sections that comments name: links, hovers, definitions, completion, and hints where the number is wrong.

use std::fs;

use serde_json::{Value, json};

use crate::support::client::{Client, range};

/// The emoji takes two units of UTF-16.
const TEXT: &str = "\
import asyncio  # 😀 see §16.7.4
# book: 7.11 and §99.9
name = '§16.7.4'  # Handbook §3.2
";

const HANDBOOK: &str = "id = 'handbook'\ntitle = 'Handbook'\nmark = 'Handbook §'\n[[chapters]]\nnumber = 3\ntitle = 'Web'\n\
                        sections = [{ number = '3.2', title = 'Our HTTP client' }]\n";

async fn reader() -> Client {
    Client::builder().options(json!({"books": ["handbook"]})).file("handbook/book.toml", HANDBOOK).start().await
}

fn at(uri: &str, line: u32, character: u32) -> Value {
    json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}})
}

fn page(client: &Client, name: &str) -> String {
    format!("file://{}", client.cache().join("marginalia").join(name).display())
}

#[tokio::test]
async fn sections_in_comments_are_links() {
    let mut client = reader().await;
    let uri = client.uri("a.py");
    client.open_checked(&uri, TEXT).await;
    let links = client.request("textDocument/documentLink", json!({"textDocument": {"uri": uri}})).await;
    let link =
        |at, name: &str, tooltip: &str| json!({"range": range(at), "target": page(&client, name), "tooltip": tooltip});
    let expected = json!([
        link([0, 25, 0, 32], "python-bible/16.7.4.md", "§16.7.4 TaskGroup (Python 3.11+)"),
        link([1, 2, 1, 12], "python-bible/7.11.md", &tooltip("7.11")),
        link([2, 20, 2, 33], "handbook/3.2.md", "Handbook §3.2 Our HTTP client"),
    ]);
    assert_eq!(links, expected);
    client.finish().await;
}

/// The title as the command line has it.
fn tooltip(number: &str) -> String {
    let listed = crate::support::program::run(&["sections", number, "--format", "json"]).json();
    format!("§{number} {}", listed[0]["title"].as_str().unwrap())
}

#[tokio::test]
async fn sections_in_comments_have_hovers_and_definitions() {
    let mut client = reader().await;
    let uri = client.uri("a.py");
    client.open_checked(&uri, TEXT).await;
    let hover = client.hover(&uri, 0, 26).await;
    assert!(hover["contents"]["value"].as_str().unwrap().starts_with("**§16.7.4 TaskGroup** · 3.11+\n"), "{hover}");
    assert_eq!(hover["range"], range([0, 25, 0, 32]));
    let hover = client.hover(&uri, 2, 30).await;
    let value = hover["contents"]["value"].as_str().unwrap();
    assert!(value.starts_with("**Handbook §3.2 Our HTTP client**\n\n[Open Handbook §3.2]("), "no note: {value}");
    for (line, character) in [(0, 20), (1, 18), (2, 10)] {
        assert_eq!(client.hover(&uri, line, character).await, Value::Null, "{line}:{character}");
        assert_eq!(client.request("textDocument/definition", at(&uri, line, character)).await, Value::Null);
    }
    let found = client.request("textDocument/definition", at(&uri, 1, 4)).await;
    assert_eq!(found, json!({"uri": page(&client, "python-bible/7.11.md"), "range": range([0, 0, 0, 0])}));
    let path = found["uri"].as_str().unwrap().strip_prefix("file://").unwrap().to_owned();
    assert!(fs::read_to_string(path).unwrap().starts_with("# §7.11 "));
    client.finish().await;
}

#[tokio::test]
async fn definitions_are_files_wherever_links_lead() {
    let options = json!({"links": {"base": "https://handbook.example.org/"}, "book": {"path": "copy.txt"}});
    let capable = json!({"window": {"workDoneProgress": true}});
    let copy = "\n\n16.7.4 TaskGroup\n";
    let mut client = Client::builder().capable(capable).options(options).file("copy.txt", copy).start().await;
    crate::lsp_books::work_done(&mut client).await;
    let uri = client.uri("a.py");
    client.open_checked(&uri, TEXT).await;
    let links = client.request("textDocument/documentLink", json!({"textDocument": {"uri": uri}})).await;
    assert_eq!(links[0]["target"], "https://handbook.example.org/16.7.4");
    let found = client.request("textDocument/definition", at(&uri, 0, 26)).await;
    assert_eq!(found, json!({"uri": client.uri("copy.txt"), "range": range([2, 0, 2, 0])}));
    client.finish().await;
}

#[tokio::test]
async fn a_wrong_number_is_a_hint() {
    let options = json!({"books": ["handbook"], "diagnostics": {"select": ["unknown-section"]}});
    let mut client = Client::builder().options(options).file("handbook/book.toml", HANDBOOK).start().await;
    let uri = client.uri("a.py");
    let diagnostics = client.open_checked(&uri, TEXT).await;
    assert_eq!(diagnostics.len(), 1, "{diagnostics:#?}");
    let (found, message) = (&diagnostics[0], "there is no section `99.9` in Python Bible (§15.5)");
    assert_eq!((&found["code"], &found["severity"]), (&json!("unknown-section"), &json!(4)));
    assert_eq!((&found["message"], &found["range"]), (&json!(message), &range([1, 17, 1, 22])));
    client.finish().await;
}

async fn offered(client: &mut Client, uri: &str, line: u32, character: u32) -> Vec<Value> {
    match client.request("textDocument/completion", at(uri, line, character)).await {
        Value::Null => Vec::new(),
        list => list["items"].as_array().unwrap().clone(),
    }
}

#[tokio::test]
async fn sections_are_offered_behind_a_mark_in_a_comment() {
    let mut client = reader().await;
    let triggers = &client.initialized["capabilities"]["completionProvider"]["triggerCharacters"];
    assert_eq!(*triggers, json!(["§"]));
    let uri = client.uri("a.py");
    client.open_checked(&uri, "# 😀 §16.7.\n# §taskgroup\n# Handbook §\n# §\nx = '§16'  # none\n").await;

    let by_number = offered(&mut client, &uri, 0, 11).await;
    assert!(by_number.len() >= 9, "{}", by_number.len());
    let first = &by_number[0];
    assert_eq!(first["textEdit"], json!({"range": range([0, 5, 0, 11]), "newText": "§16.7.1"}));
    assert_eq!(first["filterText"], "§16.7.", "the client sifts nothing out");
    let order: Vec<_> = by_number.iter().map(|item| item["sortText"].as_str().unwrap()).collect();
    assert!(order.is_sorted(), "best first: {order:?}");

    let by_word = offered(&mut client, &uri, 1, 12).await;
    assert_eq!(by_word[0]["label"], "§16.7.4 TaskGroup (Python 3.11+)");
    let of_handbook = offered(&mut client, &uri, 2, 12).await;
    let labels: Vec<_> = of_handbook.iter().map(|item| &item["label"]).collect();
    assert_eq!(labels, ["Handbook §3.2 Our HTTP client"]);
    assert_eq!(of_handbook[0]["textEdit"]["range"], range([2, 2, 2, 12]));
    assert!(!offered(&mut client, &uri, 3, 3).await.is_empty());

    for (line, character) in [(4, 6), (4, 8), (4, 17), (2, 5), (3, 1)] {
        assert!(offered(&mut client, &uri, line, character).await.is_empty(), "{line}:{character}");
    }
    client.finish().await;
}
