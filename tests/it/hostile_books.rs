//! Books, settings and code that came with somebody else's project: what is shown of them is text.

use std::fs;

use pulldown_cmark::{Event, Parser, Tag};
use serde_json::{Value, json};

use crate::support::client::Client;

/// Fails where Markdown holds more than text, formatting, and links to pages.
#[track_caller]
fn assert_harmless(what: &str, text: &str) {
    for event in Parser::new(text) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => panic!("{what}: HTML {html} in {text}"),
            Event::Start(Tag::Image { .. }) => panic!("{what}: an image in {text}"),
            Event::Start(Tag::Link { dest_url, .. }) => {
                let page = dest_url.ends_with(".md") || dest_url.starts_with("https://good.example/");
                let scheme = dest_url.split_once(':').map_or("none", |(scheme, _)| scheme);
                assert!(page && ["none", "file", "https"].contains(&scheme), "{what}: a link to {dest_url} in {text}");
            }
            _ => {}
        }
    }
    assert!(!text.contains('\u{1b}'), "{what}: a control character");
}

fn markdown(hover: &Value) -> &str {
    hover["contents"]["value"].as_str().unwrap_or_else(|| panic!("{hover}"))
}

#[tokio::test]
async fn hovers_carry_nothing_that_the_code_says() {
    let mut client = Client::start().await;
    let bait = "<script>alert(1)</script> [x](command:y) ![p](https://example.org/p.png)";
    let text = format!(
        "import asyncio\nimport os.path as command\n\nclass script(Exception):\n    \"\"\"{bait}\"\"\"\n\nasync def img(src=\"{bait}\", a=[]):\n    \
         # {bait}\n    async with asyncio.TaskGroup() as script:\n        f\"{bait}\".join('{bait}')\n    \
         command.join('{bait}')\n    x = a == None  # noqa: {bait}\n    y = eval('{bait}')  # marginalia: ignore[{bait}]\n"
    );
    client.open_checked("file:///a.py", &text).await;
    let mut hovers = 0;
    for (line, code) in text.lines().enumerate() {
        for column in 0..=code.len() {
            let hover = client.hover("file:///a.py", line as u32, column as u32).await;
            if !hover.is_null() {
                let text = markdown(&hover);
                assert_harmless(&format!("{line}:{column}"), text);
                assert!(!text.contains("alert(1)") && !text.contains("command:y"), "{line}:{column}: {text}");
                hovers += 1;
            }
        }
    }
    assert!(hovers > 50, "{hovers}");
    client.finish().await;
}

const BOOK: &str = r#"
id = "team"
title = "Team <img src=x> [t](command:t)"
mark = "](command:m)<b>![i](https://evil.example/i.png) §"
[[chapters]]
number = 1
title = "<script>c</script>"
sections = [
    { number = "1.1", title = "<script>s</script> ![s](https://evil.example/s.png) [s](command:s)" },
    { number = "1.2", title = "`" },
]
"#;

const NOTE: &str = "+++
section = '1.1'
title = '<script>s</script> ![s](https://evil.example/s.png) [s](command:s)'
triggers = ['symbol:till.open']
see_also = ['1.2']
+++
Talk to <script>alert(1)</script> the [till](command:run) and ![pixel](https://evil.example/p.png) \u{1b}[31m.

## Key points
- <img src=x onerror=alert(1)>
- [fine](https://good.example/) <https://good.example/>
- [not fine][there]

## Pitfalls
- <a href=\"command:x\">
- [file](file:///etc/passwd)

## Example
```python
print('<script>')
```

## Erratum
<div>

[there]: command:x

</div>
";

const RULE: &str = "+++
rule = 'no-forced-till'
sections = ['1.1']
group = 'correctness'
default = true
message = '`{symbol}` <script> [x](command:y)'
match = { call = 'till.force' }
+++
## What it does
Finds <script>alert(1)</script> ![p](https://evil.example/p.png).

## Why the book warns
[Run](command:x).

## Example
```python
import till
till.force()
```

## Use instead
```python
import till
till.open()
```
";

#[tokio::test]
async fn a_book_that_came_with_a_project_is_shown_as_text() {
    let copy = "16.7.4 TaskGroup (Python 3.11+)\n\n<img src=x> [run](command:x) ![p](https://evil.example/p.png)\n";
    for detail in ["summary", "full"] {
        let settings =
            format!("books = ['team']\nbook.path = 'copy.txt'\nhover.detail = '{detail}'\nhover.excerpt = true\n");
        let mut client = Client::builder()
            .capable(json!({"window": {"workDoneProgress": true}}))
            .file("marginalia.toml", &settings)
            .file("copy.txt", copy)
            .file("team/book.toml", BOOK)
            .file("team/1.1-till.md", NOTE)
            .file("team/rules/no-forced-till.md", RULE)
            .start()
            .await;
        crate::lsp_books::work_done(&mut client).await;
        let uri = client.uri("a.py");
        let text = "import till, asyncio\ntill.open()\ntill.force()  # marginalia: ignore[no-forced-till]\nasyncio.TaskGroup\n";
        client.open_checked(&uri, text).await;
        for (line, column, says) in [(1, 6, "Talk to"), (2, 42, "Finds"), (3, 9, "TaskGroup")] {
            let hover = client.hover(&uri, line, column).await;
            let said = markdown(&hover);
            assert!(said.contains(says), "{said}");
            if line == 3 {
                // The link to the own copy is a file of the user's.
                let quotation = said.split("\n\n").find(|part| part.starts_with("> ")).expect("a quotation");
                assert_harmless("the quotation", quotation);
            } else {
                assert_harmless(detail, said);
            }
        }
        let section = client.request("marginalia/section", json!({"number": "1.1", "book": "team"})).await;
        for part in ["summary", "keyPoints", "pitfalls", "erratum"] {
            assert_harmless(part, section[part].as_str().unwrap());
        }
        assert!(section["summary"].as_str().unwrap().contains("till"), "{section}");
        let open = json!({"command": "marginalia.openSection", "arguments": ["1.1", "team"]});
        client.request("workspace/executeCommand", open).await;
        let page = client.cache().join("marginalia/team/1.1.md");
        assert_harmless("the page", &fs::read_to_string(page).unwrap());
        client.request("shutdown", Value::Null).await;
        client.notify("exit", Value::Null).await;
        assert!(client.ended().await);
    }
}

#[tokio::test]
async fn a_project_cannot_have_links_lead_to_anything_but_pages() {
    let settings = "links.base = 'command:workbench.action.terminal.sendSequence?'\n";
    let mut client = Client::builder().file("marginalia.toml", settings).start().await;
    let uri = client.uri("a.py");
    client.open_checked(&uri, "import asyncio\nasyncio.TaskGroup\n").await;
    let message = client.notification("window/showMessage").await;
    assert!(message["message"].as_str().unwrap().contains("`links.base` must be"), "{message}");
    let hover = client.hover(&uri, 1, 9).await;
    assert_harmless("the hover", markdown(&hover));
    client.finish().await;
}
