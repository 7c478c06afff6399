//! The reader's own copy and further books in the editor: read in the background, watched, and no trouble when broken.

use std::fs::{self, File};

use serde_json::{Value, json};

use crate::book_copy::small;
use crate::support::client::{Client, range};

const TASKS: &str = "import asyncio\nasyncio.TaskGroup\n";

/// A client that shows progress.
fn patient() -> Value {
    json!({"window": {"workDoneProgress": true, "showDocument": {"support": true}}})
}

fn with_copy(name: &str) -> Value {
    json!({"book": {"path": name}, "hover": {"excerpt": true}})
}

/// Awaits the end of the work that the server began by itself; its title.
pub async fn work_done(client: &mut Client) -> String {
    let (id, params) = client.server_request("window/workDoneProgress/create").await;
    let token = params["token"].clone();
    client.reply(id, Value::Null).await;
    let begin = client.notification("$/progress").await;
    assert_eq!((&begin["token"], &begin["value"]["kind"]), (&token, &json!("begin")));
    let end = client.notification("$/progress").await;
    assert_eq!((&end["token"], &end["value"]["kind"]), (&token, &json!("end")));
    begin["value"]["title"].as_str().unwrap().to_owned()
}

async fn text_of_hover(client: &mut Client, uri: &str) -> String {
    client.hover(uri, 1, 9).await["contents"]["value"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_copy_is_read_in_the_background_and_quoted_as_it_stands() {
    let copy = fs::read_to_string(small()).unwrap();
    let builder = Client::builder().capable(patient()).options(with_copy("copy.txt")).file("copy.txt", &copy);
    let mut client = builder.start().await;
    assert_eq!(work_done(&mut client).await, "Marginalia: reading the book");
    let uri = client.uri("a.py");
    client.open_checked(&uri, TASKS).await;
    let text = text_of_hover(&mut client, &uri).await;
    // What is markup to the editor is not to do anything.
    let quoted =
        r"> Naps that were begun together end together, \<b\>or not\</b\> at all: \[see\](command:evil) \`naps\`.";
    assert!(text.contains(&format!("\n\n{quoted}")), "{text}");
    assert!(text.contains(&format!("[Open §16.7.4]({}#L38)", client.uri("copy.txt"))), "{text}");
    client.finish().await;
}

#[tokio::test]
async fn a_copy_is_quoted_only_when_wanted() {
    let options = json!({"book": {"path": "copy.txt"}, "hover": {"detail": "full"}});
    let copy = fs::read_to_string(small()).unwrap();
    let mut client = Client::builder().capable(patient()).options(options).file("copy.txt", &copy).start().await;
    work_done(&mut client).await;
    let uri = client.uri("a.py");
    client.open_checked(&uri, TASKS).await;
    let text = text_of_hover(&mut client, &uri).await;
    assert!(!text.contains("Naps") && text.contains("copy.txt#L38"), "{text}");
    client.finish().await;
}

#[tokio::test]
async fn a_copy_and_folders_of_books_are_watched() {
    let options = json!({"book": {"path": "copy.txt"}, "books": ["handbook"], "hover": {"excerpt": true}});
    let watching = json!({"workspace": {"didChangeWatchedFiles":
        {"dynamicRegistration": true, "relativePatternSupport": true}}});
    let first = "16.7.4 A group\nEarly words.\n";
    let asking = json!({"textDocument": {"diagnostic": {}}});
    let builder =
        Client::builder().capable(patient()).capable(asking).capable(watching).options(options).file("copy.txt", first);
    let mut client = builder.file("handbook/book.toml", "id = 'handbook'\ntitle = 'Handbook'\n").start().await;
    let (id, params) = client.server_request("client/registerCapability").await;
    assert_eq!(params["registrations"][0]["id"], "settings-files");
    client.reply(id, Value::Null).await;
    let (id, params) = client.server_request("client/registerCapability").await;
    let patterns = json!([
        {"globPattern": {"baseUri": client.uri("handbook"), "pattern": "**/*.{md,toml}"}},
        {"globPattern": {"baseUri": client.uri("").trim_end_matches('/'), "pattern": "copy.txt"}},
    ]);
    assert_eq!(params["registrations"][0]["registerOptions"]["watchers"], patterns);
    client.reply(id, Value::Null).await;
    work_done(&mut client).await;
    let uri = client.uri("a.py");
    client.open(&uri, TASKS).await;
    assert!(text_of_hover(&mut client, &uri).await.contains("Early words."));

    fs::write(client.path("copy.txt"), "16.7.4 A group\nLater words, and more of them.\n").unwrap();
    let changed = json!({"changes": [{"uri": client.uri("copy.txt"), "type": 2}]});
    client.notify("workspace/didChangeWatchedFiles", changed).await;
    work_done(&mut client).await;
    assert!(text_of_hover(&mut client, &uri).await.contains("Later words"));
    client.finish().await;
}

#[tokio::test]
async fn who_asks_for_a_section_gets_it_from_the_copy_read_or_not() {
    let copy = fs::read_to_string(small()).unwrap();
    let builder = Client::builder().capable(json!({"window": {"showDocument": {"support": true}}}));
    let mut client = builder.options(with_copy("copy.txt")).file("copy.txt", &copy).start().await;
    let open = json!({"command": "marginalia.openSection", "arguments": ["2.4.1b"]});
    client.request("workspace/executeCommand", open).await;
    let (id, params) = client.server_request("window/showDocument").await;
    assert_eq!((&params["uri"], &params["selection"]), (&json!(client.uri("copy.txt")), &range([25, 0, 25, 0])));
    client.reply(id, json!({"success": true})).await;
    client.finish().await;
}

/// What is no copy is said once, and everything else works.
#[tokio::test]
async fn a_broken_copy_is_one_message() {
    let reasons = [
        ("missing.txt", "missing.txt: cannot be read: "),
        ("locked.txt", "locked.txt: cannot be read: "),
        ("empty.txt", "empty.txt: the file is empty"),
        ("binary.txt", "binary.txt: the file is not text (byte 3); a copy is"),
        ("large.txt", "large.txt: the file has 1073741824 bytes; a copy of the book has at most "),
        ("folder", "folder: is no file"),
    ];
    for (name, reason) in reasons {
        let builder = Client::builder().options(with_copy(name)).file("empty.txt", "").file("folder/a.txt", "");
        let builder = builder.file("binary.txt", "abc\0").file("locked.txt", "16.7.4 A\n");
        let mut locked = true;
        let prepare = |client: &Client| {
            File::create(client.path("large.txt")).unwrap().set_len(1 << 30).unwrap();
            locked = lock(&client.path("locked.txt"));
        };
        let mut client = builder.start_after(prepare).await;
        if name == "locked.txt" && !locked {
            println!("nothing is locked for this user: not tested");
            client.finish().await;
            continue;
        }
        let message = client.notification("window/showMessage").await;
        let text = message["message"].as_str().unwrap();
        assert!(text.starts_with("Marginalia: ") && text.contains(reason), "{name}: {text}");
        assert!(!text.contains('\n'), "{text}");
        let uri = client.uri("a.py");
        assert_eq!(client.open_checked(&uri, "import tempfile\ntempfile.mktemp()\n").await.len(), 1, "{name}");
        assert!(text_of_hover(&mut client, &uri).await.contains("§9.1.4"), "{name}");
        client.finish().await;
    }
}

/// Takes the right to read away; whether that has an effect.
fn lock(path: &std::path::Path) -> bool {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o000)).unwrap();
    fs::read(path).is_err()
}
