//! Hovers, as settings and clients want them.

use serde_json::{Value, json};

use crate::support::client::{Builder, Client, range};

const URI: &str = "file:///a.py";
const TEXT: &str =
    "import asyncio\n\nasync def main():\n    async with asyncio.TaskGroup() as tg:\n        tg.create_task(f())\n";

/// What a hover on `TaskGroup` says.
async fn on_task_group(builder: Builder) -> Value {
    hover_at(builder, 3, 25).await
}

async fn hover_at(builder: Builder, line: u32, character: u32) -> Value {
    let mut client = builder.start().await;
    client.open_checked(URI, TEXT).await;
    let hover = client.hover(URI, line, character).await;
    client.finish().await;
    hover
}

#[tokio::test]
async fn a_hover_tells_the_section_of_the_name_under_the_cursor() {
    let hover = on_task_group(Client::builder()).await;
    assert_eq!(hover["range"], range([3, 15, 3, 32]), "the dotted name");
    assert_eq!(hover["contents"]["kind"], "markdown");
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(text.starts_with("**§16.7.4 TaskGroup** · 3.11+\n"), "{text}");
    assert!(!text.contains("Key points"), "{text}");
}

#[tokio::test]
async fn there_is_nothing_to_say_about_blanks_and_plain_names() {
    for (line, character) in [(1, 0), (2, 12), (4, 2)] {
        assert_eq!(hover_at(Client::builder(), line, character).await, Value::Null, "{line}:{character}");
    }
}

#[tokio::test]
async fn a_full_hover_tells_all_of_it() {
    let full = on_task_group(Client::builder().options(json!({"hover": {"detail": "full"}}))).await;
    let text = full["contents"]["value"].as_str().unwrap();
    for part in ["Key points", "Pitfalls", "```python"] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[tokio::test]
async fn hovers_can_be_switched_off() {
    let off = Client::builder().options(json!({"hover": {"detail": "off"}}));
    assert_eq!(on_task_group(off).await, Value::Null);
}

#[tokio::test]
async fn keywords_can_be_left_unexplained() {
    let quiet = || Client::builder().options(json!({"hover": {"keywords": false}}));
    assert!(hover_at(Client::builder(), 3, 11).await.is_object());
    assert_eq!(hover_at(quiet(), 3, 11).await, Value::Null);
    assert!(on_task_group(quiet()).await.is_object());
}

#[tokio::test]
async fn a_silenced_rule_is_explained() {
    let mut client = Client::start().await;
    client.open_checked(URI, "x = 1  # marginalia: ignore[mktemp-usage, no-such-rule]\n").await;
    let hover = client.hover(URI, 0, 30).await;
    assert_eq!(hover["range"], range([0, 28, 0, 40]));
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(text.starts_with("**mktemp-usage** · security\n\n"), "{text}");
    assert!(text.contains("§9.1.4"), "{text}");
    assert_eq!(client.hover(URI, 0, 44).await, Value::Null);
    client.finish().await;
}

#[tokio::test]
async fn a_client_without_markdown_is_told_so() {
    let plain = Client::builder().capable(json!({"textDocument": {"hover": {"contentFormat": ["plaintext"]}}}));
    assert_eq!(on_task_group(plain).await["contents"]["kind"], "plaintext");
}

#[tokio::test]
async fn links_lead_where_settings_say() {
    let base = Client::builder().options(json!({"links": {"base": "https://handbook.example.org/s/"}}));
    let hover = on_task_group(base).await;
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(text.contains("](https://handbook.example.org/s/16.7.4)"), "{text}");

    let handler = Client::builder().options(json!({"uriHandler": "vscode://marginalia.marginalia/section/"}));
    let hover = on_task_group(handler).await;
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(text.contains("](vscode://marginalia.marginalia/section/16.7.4)"), "{text}");
}

#[tokio::test]
async fn a_section_beyond_the_readers_path_says_so_and_is_still_shown() {
    let beginner = Client::builder().options(json!({"readingPath": "beginner"}));
    let hover = on_task_group(beginner).await;
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(text.starts_with("**§16.7.4 TaskGroup** · 3.11+ · advanced\n"), "{text}");
}
