//! Findings, published or pulled.

use serde_json::{Value, json};

use crate::support::client::{Builder, Client, range};

const URI: &str = "file:///a.py";
const TEXT: &str = "import tempfile\nname = tempfile.mktemp()\n";

fn pulling() -> Builder {
    Client::builder().capable(json!({"textDocument": {"diagnostic": {}}}))
}

async fn pull(client: &mut Client, previous: Option<&str>) -> Value {
    let mut params = json!({"textDocument": {"uri": URI}});
    if let Some(previous) = previous {
        params["previousResultId"] = json!(previous);
    }
    client.request("textDocument/diagnostic", params).await
}

#[tokio::test]
async fn a_finding_names_its_rule_and_links_its_section() {
    let mut client = Client::start().await;
    let diagnostics = client.open_checked(URI, TEXT).await;
    assert_eq!(diagnostics.len(), 1);
    let diagnostic = &diagnostics[0];
    assert_eq!(diagnostic["range"], range([1, 7, 1, 22]));
    assert_eq!(diagnostic["code"], "mktemp-usage");
    assert_eq!(diagnostic["source"], "marginalia");
    assert_eq!(diagnostic["severity"], 2);
    assert!(diagnostic["message"].as_str().unwrap().ends_with(" (§9.1.4)"), "{diagnostic}");
    let href = diagnostic["codeDescription"]["href"].as_str().unwrap();
    assert_eq!(href, format!("file://{}/marginalia/python-bible/9.1.4.md", client.cache().display()));
    client.finish().await;
}

#[tokio::test]
async fn a_finding_leads_to_the_page_of_its_rule_where_a_site_has_one() {
    for (base, page) in [
        ("https://docs.example.com/python/sections/", "https://docs.example.com/python/rules/mktemp-usage/"),
        ("https://handbook.example.com/", "https://handbook.example.com/9.1.4"),
    ] {
        let mut client = Client::builder().options(json!({"links": {"base": base}})).start().await;
        let diagnostics = client.open_checked(URI, TEXT).await;
        assert_eq!(diagnostics[0]["codeDescription"]["href"], page);
        client.finish().await;
    }
}

#[tokio::test]
async fn what_the_client_cannot_show_is_left_out() {
    let plain = json!({"textDocument": {"publishDiagnostics": {"codeDescriptionSupport": false}}});
    let mut client = Client::builder().capable(plain).start().await;
    let diagnostics = client.open_checked(URI, TEXT).await;
    assert_eq!(diagnostics[0]["codeDescription"], Value::Null);
    client.finish().await;
}

#[tokio::test]
async fn closing_takes_them_away() {
    let mut client = Client::start().await;
    assert_eq!(client.open_checked(URI, TEXT).await.len(), 1);
    client.close(URI).await;
    let published = client.notification("textDocument/publishDiagnostics").await;
    assert_eq!(published, json!({"uri": URI, "diagnostics": []}));
    assert_eq!(client.open_checked(URI, TEXT).await.len(), 1, "opened again, with the same version");
    client.finish().await;
}

#[tokio::test]
async fn a_document_closed_at_once_ends_without_any() {
    let mut client = Client::start().await;
    client.open(URI, &TEXT.repeat(500)).await;
    client.close(URI).await;
    let mut last = Value::Null;
    while last["version"] != Value::Null || last == Value::Null {
        last = client.notification("textDocument/publishDiagnostics").await;
    }
    assert_eq!(last["diagnostics"], json!([]));
    // A hover on another document is answered by the same threads, after whatever was under way.
    client.open_checked("file:///b.py", TEXT).await;
    client.finish().await;
}

#[tokio::test]
async fn a_client_that_pulls_is_not_pushed_to() {
    let mut client = pulling().start().await;
    assert_eq!(client.initialized["capabilities"]["diagnosticProvider"]["interFileDependencies"], false);
    client.open(URI, TEXT).await;
    let report = pull(&mut client, None).await;
    assert_eq!(report["kind"], "full");
    assert_eq!(report["items"][0]["code"], "mktemp-usage");
    client.change(URI, 2, &[([1, 0, 2, 0], "")]).await;
    assert_eq!(pull(&mut client, None).await["items"], json!([]));
    client.close(URI).await;
    assert_eq!(pull(&mut client, None).await["items"], json!([]));
    client.finish().await;
}

#[tokio::test]
async fn a_client_that_is_pushed_to_is_not_asked_to_pull() {
    let client = Client::start().await;
    assert_eq!(client.initialized["capabilities"]["diagnosticProvider"], Value::Null);
    client.finish().await;
}

#[tokio::test]
async fn pulling_again_without_a_change_is_answered_in_short() {
    let mut client = pulling().start().await;
    client.open(URI, TEXT).await;
    let first = pull(&mut client, None).await;
    let id = first["resultId"].as_str().unwrap();
    assert_eq!(pull(&mut client, Some(id)).await, json!({"kind": "unchanged", "resultId": id}));
    client.change(URI, 2, &[([0, 0, 0, 0], "\n")]).await;
    let second = pull(&mut client, Some(id)).await;
    assert_eq!(second["kind"], "full");
    assert_ne!(second["resultId"], id);
    client.finish().await;
}

#[tokio::test]
async fn there_are_never_five_thousand_and_that_is_said_once() {
    let mut client = Client::start().await;
    let text = format!("import tempfile\n{}", "tempfile.mktemp()\n".repeat(6_000));
    assert_eq!(client.open_checked(URI, &text).await.len(), 4_999);
    let message = client.notification("window/showMessage").await;
    assert_eq!(message["message"], "Marginalia shows the first 4999 findings in a.py.");
    client.change(URI, 2, &[([0, 0, 0, 0], "\n")]).await;
    assert_eq!(client.diagnostics(URI, 2).await.len(), 4_999);
    client.finish().await;
}

#[tokio::test]
async fn comments_silence_them() {
    let mut client = Client::start().await;
    let text =
        "import tempfile\ntempfile.mktemp()  # noqa: S306\ntempfile.mktemp()  # marginalia: ignore[mktemp-usage]\n";
    assert_eq!(client.open_checked(URI, text).await, [] as [Value; 0]);
    client.finish().await;
}

#[tokio::test]
async fn other_places_that_matter_come_along() {
    let mut client = Client::start().await;
    let text = "def f(a=[]):\n    a.append(1)\n";
    for diagnostic in client.open_checked(URI, text).await {
        for related in diagnostic["relatedInformation"].as_array().into_iter().flatten() {
            assert_eq!(related["location"]["uri"], URI);
        }
    }
    client.finish().await;
}
