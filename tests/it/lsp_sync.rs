//! Documents follow their edits, whatever the order, the encoding and the letters.

use serde_json::{Value, json};

use crate::support::client::{Client, range};

const URI: &str = "file:///a.py";

/// Where the findings are: line and column of their starts.
fn starts(diagnostics: &[Value]) -> Vec<(u64, u64)> {
    let start = |diagnostic: &Value| {
        let start = &diagnostic["range"]["start"];
        (start["line"].as_u64().unwrap(), start["character"].as_u64().unwrap())
    };
    diagnostics.iter().map(start).collect()
}

#[tokio::test]
async fn two_thousand_edits_sent_at_once_end_in_the_right_text() {
    let mut client = Client::start().await;
    client.open(URI, "import tempfile\n").await;
    let typed = "tempfile.mktemp()\n".repeat(112);
    let (mut line, mut column, mut version) = (1, 0, 1);
    for letter in typed.chars() {
        version += 1;
        client.change(URI, version, &[([line, column, line, column], &letter.to_string())]).await;
        (line, column) = if letter == '\n' { (line + 1, 0) } else { (line, column + 1) };
    }
    assert!(version > 2_000);
    let expected: Vec<_> = (1..=112).map(|line| (line, 0)).collect();
    assert_eq!(starts(&client.diagnostics(URI, version).await), expected);
    client.finish().await;
}

#[tokio::test]
async fn each_of_many_hovers_sent_at_once_is_answered_for_its_version() {
    let mut client = Client::builder().capable(json!({"textDocument": {"diagnostic": {}}})).start().await;
    client.open(URI, "import asyncio\nx = asyncio.TaskGroup\n").await;
    let mut asked = Vec::new();
    for step in 1..=200 {
        client.change(URI, step, &[([1, 3, 1, 3], " ")]).await;
        let position = json!({"line": 1, "character": 4 + step});
        let id = client.ask("textDocument/hover", json!({"textDocument": {"uri": URI}, "position": position})).await;
        asked.push((id, step));
    }
    for (id, step) in asked {
        let column = 4 + u32::try_from(step).unwrap();
        let hover = client.answer(id).await.unwrap();
        assert_eq!(hover["range"]["end"]["character"], column + 17, "{step}");
    }
    client.finish().await;
}

#[tokio::test]
async fn positions_count_in_the_negotiated_encoding_both_ways() {
    // Letters of one, two, three and four bytes, and quotes around them.
    let letters = "'xé漢😀'";
    for (encoding, length) in [("utf-8", 12), ("utf-16", 7), ("utf-32", 6)] {
        let capable = json!({"general": {"positionEncodings": [encoding]}});
        let mut client = Client::builder().capable(capable).start().await;
        let text = format!("import tempfile\n{letters};tempfile.mktemp()\n");
        let found = client.open_checked(URI, &text).await;
        assert_eq!(starts(&found), [(1, u64::from(length) + 1)], "{encoding}");
        client.change(URI, 2, &[([1, 0, 1, length + 1], "")]).await;
        assert_eq!(starts(&client.diagnostics(URI, 2).await), [(1, 0)], "{encoding}");
        client.finish().await;
    }
}

#[tokio::test]
async fn all_line_ends_count() {
    for end in ["\n", "\r\n", "\r"] {
        let mut client = Client::start().await;
        let text = format!("import tempfile{end}{end}tempfile.mktemp(){end}");
        assert_eq!(starts(&client.open_checked(URI, &text).await), [(2, 0)], "{end:?}");
        client.change(URI, 2, &[([1, 0, 2, 0], "")]).await;
        assert_eq!(starts(&client.diagnostics(URI, 2).await), [(1, 0)], "{end:?}");
        client.finish().await;
    }
}

#[tokio::test]
async fn several_changes_in_one_message_apply_one_after_the_other() {
    let mut client = Client::start().await;
    client.open_checked(URI, "").await;
    let changes = [([0, 0, 0, 0], "tempfile.mktemp()\n"), ([0, 0, 0, 0], "import tempfile\n"), ([1, 0, 1, 0], "a = ")];
    client.change(URI, 2, &changes).await;
    assert_eq!(starts(&client.diagnostics(URI, 2).await), [(1, 4)]);
    client.finish().await;
}

#[tokio::test]
async fn positions_beyond_the_text_are_its_end() {
    let mut client = Client::start().await;
    client.open_checked(URI, "import tempfile\n").await;
    client.change(URI, 2, &[([99, 99, 4_000_000_000, 4_000_000_000], "tempfile.mktemp()")]).await;
    assert_eq!(starts(&client.diagnostics(URI, 2).await), [(1, 0)]);
    assert_eq!(client.hover(URI, 99, 0).await, Value::Null);
    client.change(URI, 3, &[([1, 17, 0, 0], "")]).await;
    assert_eq!(starts(&client.diagnostics(URI, 3).await), [], "a range given backwards");
    client.finish().await;
}

#[tokio::test]
async fn versions_may_repeat_and_go_back() {
    let mut client = Client::start().await;
    client.open_checked(URI, "import tempfile\n").await;
    for version in [5, 5, 2, -1] {
        client.change(URI, version, &[([1, 0, 1, 0], "tempfile.mktemp()\n")]).await;
        let published = client.notification("textDocument/publishDiagnostics").await;
        assert_eq!(published["version"], version);
    }
    client.finish().await;
}

#[tokio::test]
async fn half_a_character_does_not_lose_the_edit() {
    let mut client = Client::start().await;
    client.open_checked(URI, "import tempfile\n").await;
    let body = format!(
        r#"{{"jsonrpc":"2.0","method":"textDocument/didChange","params":{{"textDocument":{{"uri":"{URI}","version":2}},"contentChanges":[{{"range":{},"text":"'\ud83d';tempfile.mktemp()"}}]}}}}"#,
        range([1, 0, 1, 0])
    );
    client.send_raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).await;
    assert_eq!(starts(&client.diagnostics(URI, 2).await), [(1, 4)]);
    client.finish().await;
}

#[tokio::test]
async fn a_document_is_called_what_the_client_calls_it() {
    let text = "import tempfile\ntempfile.mktemp()\n";
    for uri in [
        "untitled:Untitled-1",
        "file:///c%3A/Users/x/a.py",
        "file:///C:/Users/x/a.py",
        "vscode-notebook-cell:/home/x/a.ipynb#W0sZmlsZQ%3D%3D",
        "zipfile:///archive.zip::a.py",
        "file:///with%20blank/%C3%A9.py",
        "file:///as written/[id]/é.py",
    ] {
        let mut client = Client::start().await;
        // `open_checked` compares the URIs.
        assert_eq!(client.open_checked(uri, text).await.len(), 1, "{uri}");
        assert!(client.hover(uri, 1, 10).await.is_object(), "{uri}");
        client.finish().await;
    }
}

#[tokio::test]
async fn other_languages_are_left_alone() {
    let mut client = Client::start().await;
    client.open_as("file:///notes.md", "markdown", "with").await;
    assert_eq!(client.hover("file:///notes.md", 0, 1).await, Value::Null);
    client.finish().await;
}

#[tokio::test]
async fn odd_texts_are_read() {
    for text in [
        "\u{feff}import tempfile\ntempfile.mktemp()\n",
        "import tempfile\n\0tempfile.mktemp()\n",
        "import tempfile\n\u{c}\ntempfile.mktemp()",
    ] {
        let mut client = Client::start().await;
        client.open_checked(URI, text).await;
        client.hover(URI, 1, 3).await;
        client.finish().await;
    }
}

#[tokio::test]
async fn deep_nesting_is_survived() {
    let mut client = Client::start().await;
    for (version, text) in [
        format!("x = {}1", "(".repeat(50_000)),
        format!("x = {}", "1+".repeat(30_000)),
        format!("x = {}", "-".repeat(30_000)),
        format!("x = {}", "[".repeat(50_000)),
        "a.".repeat(30_000),
    ]
    .into_iter()
    .enumerate()
    {
        let version = i32::try_from(version).unwrap() + 1;
        if version == 1 {
            client.open(URI, &text).await;
        } else {
            client.replace(URI, version, &text).await;
        }
        client.diagnostics(URI, version).await;
    }
    client.finish().await;
}
