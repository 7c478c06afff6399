//! Workspaces of several folders: each has its own settings.

use serde_json::{Value, json};

use crate::support::client::{Client, range};

const TEXT: &str = "import tempfile\nname = tempfile.mktemp()\n";

/// Edits a document until it has this many findings: an answer of the client is taken in at some time.
async fn until(client: &mut Client, uri: &str, findings: usize) {
    for version in 2..1_000 {
        client.replace(uri, version, TEXT).await;
        if client.diagnostics(uri, version).await.len() == findings {
            return;
        }
    }
    panic!("{uri} never has {findings} findings");
}

#[tokio::test]
async fn each_folder_has_the_settings_of_its_own_files() {
    let ignore = "diagnostics.ignore = ['mktemp-usage']\n";
    let builder = Client::builder().file("one/a.py", "").file("two/marginalia.toml", ignore);
    let mut client = builder.folder("one").folder("two").start().await;
    let [one, two] = ["one/a.py", "two/src/a.py"].map(|name| client.uri(name));
    assert_eq!(client.open_checked(&one, TEXT).await.len(), 1);
    assert_eq!(client.open_checked(&two, TEXT).await.len(), 0);
    client.finish().await;
}

#[tokio::test]
async fn the_editor_is_asked_for_each_folder_and_again_when_they_change() {
    let builder = Client::builder().capable(json!({"workspace": {"configuration": true}}));
    let mut client = builder.folder("one").folder("two").start().await;
    let [one, two, three] = ["one", "two", "three"].map(|name| client.uri(name));
    let changes = &client.initialized["capabilities"]["workspace"]["workspaceFolders"]["changeNotifications"];
    assert_eq!(*changes, true);
    let item = |scope: &str| json!({"section": "marginalia", "scopeUri": scope});
    let (id, params) = client.server_request("workspace/configuration").await;
    assert_eq!(params["items"], json!([{"section": "marginalia"}, item(&one), item(&two)]));
    let off = json!({"diagnostics": {"enabled": false}});
    client.reply(id, json!([null, null, off])).await;
    let documents = ["one/a.py", "two/a.py", "three/a.py"].map(|name| client.uri(name));
    for uri in &documents {
        client.open_checked(uri, TEXT).await;
    }
    until(&mut client, &documents[1], 0).await;
    until(&mut client, &documents[0], 1).await;

    // One goes, another one comes.
    let event = json!({"added": [{"uri": three, "name": "three"}], "removed": [{"uri": two, "name": "two"}]});
    client.notify("workspace/didChangeWorkspaceFolders", json!({"event": event})).await;
    let (id, params) = client.server_request("workspace/configuration").await;
    assert_eq!(params["items"], json!([{"section": "marginalia"}, item(&one), item(&three)]));
    client.reply(id, json!([null, null, off])).await;
    loop {
        let published = client.notification("textDocument/publishDiagnostics").await;
        if published["uri"] == documents[2] && published["diagnostics"] == json!([]) {
            break;
        }
    }
    client.close(&documents[2]).await;
    client.close(&documents[0]).await;
    let mut closed = 0;
    while closed < 2 {
        closed += usize::from(client.notification("textDocument/publishDiagnostics").await["version"] == Value::Null);
    }
    // What belonged to no folder any more is under the workspace's settings.
    until_shown(&mut client, &documents[1]).await;
    client.finish().await;
}

async fn until_shown(client: &mut Client, uri: &str) {
    for version in 1_000..2_000 {
        client.replace(uri, version, TEXT).await;
        if client.diagnostics(uri, version).await.len() == 1 {
            return;
        }
    }
    panic!("{uri} never has a finding");
}

#[tokio::test]
async fn a_rule_is_disabled_in_the_folder_of_the_document() {
    let mut client = Client::builder().file("two/a.py", TEXT).folder("one").folder("two").start().await;
    let uri = client.uri("two/a.py");
    client.open_checked(&uri, TEXT).await;
    let actions = client.actions(&uri, [1, 7, 1, 22], &[], None).await;
    let disable = actions.iter().find(|action| action["title"] == "Ignore mktemp-usage in this project").unwrap();
    assert_eq!(disable["edit"]["documentChanges"][0]["uri"], client.uri("two/marginalia.toml"));
    assert_eq!(disable["edit"]["documentChanges"][1]["edits"][0]["range"], range([0, 0, 0, 0]));
    client.finish().await;
}
