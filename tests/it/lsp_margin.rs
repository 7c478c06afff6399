//! Code lenses and inlay hints: the margin, written into the editor.

use serde_json::{Value, json};

use crate::support::client::{Client, range};

const URI: &str = "file:///a.py";
const TEXT: &str = "\
import asyncio, tempfile


async def main():
    async with asyncio.TaskGroup() as tg:  # é😀
        tg.create_task(main())

if True:
    def inner():
        return tempfile.mktemp()
";

async fn lenses(client: &mut Client) -> Value {
    client.request("textDocument/codeLens", json!({"textDocument": {"uri": URI}})).await
}

async fn hints(client: &mut Client, at: [u32; 4]) -> Value {
    let params = json!({"textDocument": {"uri": URI}, "range": range(at)});
    client.request("textDocument/inlayHint", params).await
}

#[tokio::test]
async fn they_are_off_unless_switched_on() {
    let mut client = Client::start().await;
    client.open_checked(URI, TEXT).await;
    assert_eq!(lenses(&mut client).await, Value::Null);
    assert_eq!(hints(&mut client, [0, 0, 9, 0]).await, Value::Null);
    client.finish().await;
}

#[tokio::test]
async fn a_definition_of_the_module_shows_its_sections_above_it() {
    let mut client = Client::builder().options(json!({"codeLens": {"enabled": true}})).start().await;
    client.open_checked(URI, TEXT).await;
    let lenses = lenses(&mut client).await;
    let lenses = lenses.as_array().unwrap();
    assert!((1..=3).contains(&lenses.len()), "{lenses:?}");
    for lens in lenses {
        assert_eq!(lens["range"]["start"], json!({"line": 3, "character": 0}));
        assert_eq!(lens["command"]["command"], "marginalia.openSection");
    }
    assert_eq!(lenses[0]["command"]["title"], "§16.7.4 TaskGroup");
    assert_eq!(lenses[0]["command"]["arguments"], json!(["16.7.4"]));
    client.finish().await;
}

#[tokio::test]
async fn a_line_shows_its_sections_at_its_end() {
    let mut client = Client::builder().options(json!({"inlayHints": {"enabled": true}})).start().await;
    client.open_checked(URI, TEXT).await;
    let hints_there = hints(&mut client, [4, 0, 4, 10]).await;
    assert_eq!(hints_there.as_array().unwrap().len(), 1);
    let hint = &hints_there[0];
    assert_eq!(hint["position"], json!({"line": 4, "character": 48}));
    assert_eq!(hint["paddingLeft"], true);
    assert_eq!(hint["label"][0]["value"], "§16.7.4 TaskGroup");
    assert_eq!(hint["label"][0]["command"]["command"], "marginalia.openSection");
    assert_eq!(hints(&mut client, [1, 0, 2, 0]).await, json!([]), "blank lines");
    client.finish().await;
}

#[tokio::test]
async fn switching_them_on_has_the_client_ask_again() {
    let refresh = json!({"workspace": {"codeLens": {"refreshSupport": true}, "inlayHint": {"refreshSupport": true}}});
    let mut client = Client::builder().capable(refresh).start().await;
    client.open_checked(URI, TEXT).await;
    let settings = json!({"codeLens": {"enabled": true}});
    client.notify("workspace/didChangeConfiguration", json!({"settings": settings})).await;
    for method in ["workspace/codeLens/refresh", "workspace/inlayHint/refresh"] {
        let (id, _) = client.server_request(method).await;
        client.reply(id, Value::Null).await;
    }
    client.diagnostics(URI, 1).await;
    assert!(lenses(&mut client).await.is_array());
    client.finish().await;
}
