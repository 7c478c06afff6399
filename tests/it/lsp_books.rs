//! The reader's own copy and further books in the editor: read in the background, watched, and no trouble when broken.

use std::fs::{self, File};

use serde_json::{Value, json};

use crate::book_copy::{forms, small};
use crate::support::client::{Client, range};
use crate::support::epub;

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

/// The file and the line, from 0, that a `file:` link with a fragment leads to, or one with a position.
fn line_of(uri: &str, line: u64) -> String {
    let path = uri.strip_prefix("file://").unwrap_or_else(|| panic!("{uri} is no file"));
    let text = fs::read_to_string(path).unwrap_or_else(|fault| panic!("{path}: {fault}"));
    text.lines().nth(line as usize).unwrap_or_else(|| panic!("{path} has no line {line}")).to_owned()
}

/// Where the link to the section in a hover leads.
fn link_in(hover: &str) -> (String, u64) {
    let rest = hover.split_once("[Open §16.7.4](").unwrap_or_else(|| panic!("no link in {hover}")).1;
    let (uri, line) = rest.split_once(')').unwrap().0.split_once("#L").unwrap();
    (uri.to_owned(), line.parse::<u64>().unwrap() - 1)
}

#[tokio::test]
async fn a_copy_in_any_form_is_quoted_and_opened_at_the_line() {
    for (name, bytes) in forms() {
        let builder = Client::builder().capable(patient()).options(with_copy(name)).file("a.py", TASKS);
        let mut client = builder.start_after(|client| fs::write(client.path(name), bytes).unwrap()).await;
        work_done(&mut client).await;
        let uri = client.uri("a.py");
        client.open_checked(&uri, TASKS).await;
        let text = text_of_hover(&mut client, &uri).await;
        let quoted = "> Naps that were begun together end together, \\<b\\>or not\\</b\\> at all: \\[see\\](command:evil) \\`naps\\`.";
        assert!(text.contains(quoted), "{name}: {text}");
        let (page, line) = link_in(&text);
        let heading = line_of(&page, line);
        assert!(heading.trim_start_matches(['#', ' ']).starts_with("16.7.4 A group of naps"), "{name}: {heading}");
        let is_epub = name.contains("epub");
        let in_cache = page.contains(&*client.cache().join("marginalia/copies/").to_string_lossy());
        assert_eq!((is_epub, !is_epub), (in_cache, page == client.uri(name)), "{name}: {page}");

        // A page in the cache folder may go at any time.
        drop(fs::remove_dir_all(client.cache()));
        let open = json!({"command": "marginalia.openSection", "arguments": ["2.4.1b"]});
        client.request("workspace/executeCommand", open).await;
        let (id, params) = client.server_request("window/showDocument").await;
        let shown = line_of(params["uri"].as_str().unwrap(), params["selection"]["start"]["line"].as_u64().unwrap());
        assert!(shown.contains("2.4.1") && shown.contains("Told once"), "{name}: {shown}");
        client.reply(id, json!({"success": true})).await;
        let section = client.request("marginalia/section", json!({"number": "2.4.1b"})).await;
        let place = &section["copy"];
        assert_eq!(line_of(place["uri"].as_str().unwrap(), place["line"].as_u64().unwrap()), shown, "{name}");
        client.finish().await;
    }
}

#[tokio::test]
async fn an_epub_is_read_again_when_it_changes() {
    let page = |words: &str| epub::of_pages(&[("a.xhtml", format!("<h2>16.7.4 A group</h2><p>{words}</p>"))]);
    let asking = json!({"textDocument": {"diagnostic": {}}});
    let builder = Client::builder().capable(patient()).capable(asking).options(with_copy("book.epub"));
    let builder = builder.file("a.py", TASKS);
    let mut client = builder.start_after(|client| fs::write(client.path("book.epub"), page("Early.")).unwrap()).await;
    work_done(&mut client).await;
    let uri = client.uri("a.py");
    client.open(&uri, TASKS).await;
    let (file, _) = link_in(&text_of_hover(&mut client, &uri).await);
    assert_eq!(line_of(&file, 2), "Early.");

    fs::write(client.path("book.epub"), page("<br/>Later words, and more of them.")).unwrap();
    let changed = json!({"changes": [{"uri": client.uri("book.epub"), "type": 2}]});
    client.notify("workspace/didChangeWatchedFiles", changed).await;
    work_done(&mut client).await;
    let text = text_of_hover(&mut client, &uri).await;
    assert!(text.contains("> Later words"), "{text}");
    assert_eq!(line_of(&link_in(&text).0, 2), "Later words, and more of them.");
    client.finish().await;
}

#[tokio::test]
async fn code_in_a_copy_is_quoted_as_code() {
    let copy =
        "## 16.7.4 A group\n\nSo it begins:\n\n````python\nx = '[x](command:y)'\n```\n1\n2\n3\n4\n5\n6\n7\n````\n";
    let builder = Client::builder().capable(patient()).options(with_copy("copy.md")).file("copy.md", copy);
    let mut client = builder.start().await;
    work_done(&mut client).await;
    let uri = client.uri("a.py");
    client.open_checked(&uri, TASKS).await;
    let text = text_of_hover(&mut client, &uri).await;
    let code = "> ````python\n> x = '[x](command:y)'\n> ```\n> 1\n> 2\n> 3\n> 4\n> 5\n> 6\n> …\n> ````";
    assert!(text.contains(&format!("\n\n> So it begins:\n>\n{code}")), "{text}");
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
        ("pipe", "pipe: is no file"),
        ("cut.epub", "cut.epub: the EPUB is damaged or cut off: "),
        ("letter.md", "letter.md: none of the book's numbered sections was found"),
    ];
    for (name, reason) in reasons {
        let builder = Client::builder().options(with_copy(name)).file("empty.txt", "").file("folder/a.txt", "");
        let builder = builder.file("binary.txt", "abc\0").file("locked.txt", "16.7.4 A\n");
        let (mut locked, mut piped) = (true, true);
        let prepare = |client: &Client| {
            File::create(client.path("large.txt")).unwrap().set_len(1 << 30).unwrap();
            locked = lock(&client.path("locked.txt"));
            fs::write(client.path("cut.epub"), &epub::small()[..1000]).unwrap();
            fs::write(client.path("letter.md"), "# Dear Ann\n").unwrap();
            piped = std::process::Command::new("mkfifo").arg(client.path("pipe")).status().is_ok_and(|it| it.success());
        };
        let mut client = builder.start_after(prepare).await;
        if name == "locked.txt" && !locked || name == "pipe" && !piped {
            println!("there is no {name} for this user: not tested");
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
