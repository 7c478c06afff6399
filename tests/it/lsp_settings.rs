//! Settings, from wherever they come.

use std::fs;

use serde_json::{Value, json};

use crate::support::client::{Client, titles};

const TEXT: &str = "import tempfile\nname = tempfile.mktemp()\n";
const IGNORE: &str = "[tool.marginalia.diagnostics]\nignore = ['mktemp-usage']\n";

#[tokio::test]
async fn a_project_file_applies_to_the_documents_below_it() {
    let mut client = Client::builder().file("lib/pyproject.toml", IGNORE).start().await;
    let (inside, outside) = (client.uri("lib/src/a.py"), client.uri("a.py"));
    assert_eq!(client.open_checked(&inside, TEXT).await.len(), 0);
    assert_eq!(client.open_checked(&outside, TEXT).await.len(), 1);
    client.finish().await;
}

#[tokio::test]
async fn the_editor_wins_over_the_project() {
    let options = json!({"diagnostics": {"ignore": [], "severity": {"all": "error"}}});
    let mut client = Client::builder().file("pyproject.toml", IGNORE).options(options).start().await;
    let uri = client.uri("a.py");
    assert_eq!(client.open_checked(&uri, TEXT).await[0]["severity"], 1);
    client.finish().await;
}

#[tokio::test]
async fn a_rule_that_the_projects_ruff_has_is_left_to_it() {
    let mut client = Client::builder().file("ruff.toml", "lint.select = ['S']\n").start().await;
    let uri = client.uri("a.py");
    assert_eq!(client.open_checked(&uri, TEXT).await.len(), 0);
    client.finish().await;
}

#[tokio::test]
async fn the_client_is_asked_for_settings_and_asked_again_when_they_change() {
    let mut client = Client::builder().capable(json!({"workspace": {"configuration": true}})).start().await;
    let (id, params) = client.server_request("workspace/configuration").await;
    assert_eq!(params["items"], json!([{"section": "marginalia"}]));
    client.reply(id, json!([{"diagnostics": {"severity": {"mktemp-usage": "hint"}}}])).await;
    // The answer is taken in by the time a later request is answered.
    let uri = client.uri("a.py");
    let (mut version, mut severity) = (1, Value::Null);
    client.open(&uri, TEXT).await;
    while severity != 4 {
        severity = client.diagnostics(&uri, version).await[0]["severity"].take();
        if severity != 4 {
            version += 1;
            client.replace(&uri, version, TEXT).await;
        }
    }

    client.notify("workspace/didChangeConfiguration", json!({"settings": {"anything": 1}})).await;
    let (id, _) = client.server_request("workspace/configuration").await;
    client.reply(id, json!([{"diagnostics": {"enabled": false}}])).await;
    loop {
        let published = client.notification("textDocument/publishDiagnostics").await;
        if published["diagnostics"] == json!([]) {
            break;
        }
    }
    client.finish().await;
}

#[tokio::test]
async fn a_client_that_cannot_be_asked_sends_its_settings() {
    let mut client = Client::start().await;
    assert_eq!(client.open_checked("file:///a.py", TEXT).await.len(), 1);
    let settings = json!({"marginalia": {"diagnostics": {"enabled": false}}});
    client.notify("workspace/didChangeConfiguration", json!({"settings": settings})).await;
    assert_eq!(client.diagnostics("file:///a.py", 1).await.len(), 0);
    client.finish().await;
}

#[tokio::test]
async fn pulling_clients_are_asked_to_pull_again() {
    let capable = json!({
        "textDocument": {"diagnostic": {}},
        "workspace": {"diagnostics": {"refreshSupport": true}},
    });
    let mut client = Client::builder().capable(capable).start().await;
    client.open("file:///a.py", TEXT).await;
    let pull = || json!({"textDocument": {"uri": "file:///a.py"}});
    let report = client.request("textDocument/diagnostic", pull()).await;
    assert_eq!(report["items"].as_array().unwrap().len(), 1);
    let settings = json!({"diagnostics": {"enabled": false}});
    client.notify("workspace/didChangeConfiguration", json!({"settings": settings})).await;
    let (id, _) = client.server_request("workspace/diagnostic/refresh").await;
    client.reply(id, Value::Null).await;
    let report = client.request("textDocument/diagnostic", pull()).await;
    assert_eq!(report["items"], json!([]));
    client.finish().await;
}

#[tokio::test]
async fn changed_files_are_followed_where_the_client_reports_them() {
    let capable = json!({"workspace": {
        "didChangeWatchedFiles": {"dynamicRegistration": true},
        "didChangeConfiguration": {"dynamicRegistration": true},
    }});
    let mut client = Client::builder().capable(capable).file("pyproject.toml", "").start().await;
    let (id, params) = client.server_request("client/registerCapability").await;
    let methods: Vec<_> = params["registrations"].as_array().unwrap().iter().map(|it| it["method"].clone()).collect();
    assert_eq!(methods, ["workspace/didChangeConfiguration", "workspace/didChangeWatchedFiles"]);
    client.reply(id, Value::Null).await;

    let uri = client.uri("a.py");
    assert_eq!(client.open_checked(&uri, TEXT).await.len(), 1);
    fs::write(client.path("pyproject.toml"), IGNORE).unwrap();
    let changed = json!({"changes": [{"uri": client.uri("pyproject.toml"), "type": 2}]});
    client.notify("workspace/didChangeWatchedFiles", changed).await;
    assert_eq!(client.diagnostics(&uri, 1).await.len(), 0);
    client.finish().await;
}

#[tokio::test]
async fn changed_files_are_noticed_on_save_elsewhere() {
    let mut client = Client::builder().file("marginalia.toml", "").start().await;
    let uri = client.uri("a.py");
    assert_eq!(client.open_checked(&uri, TEXT).await.len(), 1);
    fs::write(client.path("marginalia.toml"), "diagnostics.enabled = false").unwrap();
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": uri}})).await;
    assert_eq!(client.diagnostics(&uri, 1).await.len(), 0);
    client.finish().await;
}

#[tokio::test]
async fn what_a_save_changes_is_shown_at_once_and_nothing_older_before_it() {
    let mut client = Client::builder().file("marginalia.toml", "").start().await;
    let uri = client.uri("a.py");
    assert_eq!(client.open_checked(&uri, TEXT).await.len(), 1);
    for (enabled, findings) in [(false, 0), (true, 1)].into_iter().cycle().take(60) {
        fs::write(client.path("marginalia.toml"), format!("diagnostics.enabled = {enabled}")).unwrap();
        client.notify("textDocument/didSave", json!({"textDocument": {"uri": uri}})).await;
        assert_eq!(client.diagnostics(&uri, 1).await.len(), findings, "enabled = {enabled}");
    }
    client.finish().await;
}

#[tokio::test]
async fn a_folder_around_the_project_makes_no_tests_of_its_files() {
    // `TEXT` is nothing to remark on in a test.
    for (project, findings) in [(None, 1), (Some("test/pyproject.toml"), 1), (Some("pyproject.toml"), 0)] {
        let builder = Client::builder().file("test/other.py", "");
        let builder = if let Some(project) = project { builder.file(project, "") } else { builder };
        let mut client = builder.start().await;
        let uri = client.uri("test/a.py");
        assert_eq!(client.open_checked(&uri, TEXT).await.len(), findings, "{project:?}");
        client.finish().await;
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_once_and_the_rest_applies() {
    let options = json!({"hover": {"detail": "long", "keywords": false}, "diagnostics": {"ignore": ["mktemp-usge"]}});
    let file = "hover.detial = 'full'\n";
    let mut client = Client::builder().options(options).file("marginalia.toml", file).start().await;
    let message = client.notification("window/showMessage").await;
    assert_eq!(message["type"], 2, "a warning");
    let text = message["message"].as_str().unwrap();
    for part in [
        r#"editor settings: `hover.detail` must be "summary", "full" or "off", not "long""#,
        "settings: there is no rule `mktemp-usge`; did you mean `mktemp-usage`?",
        "marginalia.toml: there is no setting `hover.detial`; did you mean `hover.detail`?",
    ] {
        assert!(text.contains(part), "{part}\nin {text}");
    }
    let uri = client.uri("a.py");
    assert_eq!(client.open_checked(&uri, "with x: pass\n").await.len(), 0);
    assert_eq!(client.hover(&uri, 0, 1).await, Value::Null, "keywords are off");
    // Everything is read again, and nothing of it said again: `finish` would find it.
    fs::write(client.path("marginalia.toml"), format!("{file}diagnostics.severity.all = 'error'\n")).unwrap();
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": uri}})).await;
    client.diagnostics(&uri, 1).await;
    client.finish().await;
}

#[tokio::test]
async fn a_file_that_is_too_large_is_left_alone_and_the_setting_named() {
    let mut client = Client::builder().options(json!({"maxFileSize": 30})).start().await;
    let uri = client.uri("big.py");
    assert_eq!(client.open_checked(&uri, TEXT).await.len(), 0);
    let message = client.notification("window/showMessage").await;
    assert_eq!(
        message["message"],
        format!("Marginalia leaves big.py alone: it has {} bytes, and `maxFileSize` is 30.", TEXT.len())
    );
    assert_eq!(client.hover(&uri, 1, 9).await, Value::Null);
    client.change(&uri, 2, &[([1, 0, 1, 0], "x")]).await;
    assert_eq!(client.diagnostics(&uri, 2).await.len(), 0, "and nothing said again");
    client.replace(&uri, 3, "with x: pass\n").await;
    client.diagnostics(&uri, 3).await;
    assert!(client.hover(&uri, 0, 1).await.is_object(), "small enough now");
    client.finish().await;
}

#[tokio::test]
async fn a_team_can_put_a_book_of_its_own_into_the_margin() {
    let contents = "id = 'handbook'\ntitle = 'Handbook'\nmark = 'Handbook §'\n[[chapters]]\nnumber = 1\ntitle = 'One'\n\
                    sections = [{ number = '1.1', title = 'Fetching' }]\n";
    let note = "+++\nsection = '1.1'\ntitle = 'Fetching'\ntriggers = ['symbol:requests.get']\n+++\nAsk politely.\n\n\
                ## Key points\n- Wait.\n- Say thanks.\n\n## Example\n```python\nprint()\n```\n";
    let rule = "+++\nrule = 'no-exit'\nsections = ['1.1']\ngroup = 'style'\ndefault = true\nfix = 'none'\n\
                message = 'Raise instead'\nmatch = { call = 'sys.exit' }\n+++\n## What it does\nFinds it.\n\
                ## Why the book warns\nHouse rule.\n## Example\n```python\nx\n```\n## Use instead\n```python\ny\n```\n";
    let mut client = Client::builder()
        .file("marginalia.toml", "books = ['handbook']\n")
        .file("handbook/book.toml", contents)
        .file("handbook/01-one/1.1-fetching.md", note)
        .file("handbook/rules/no-exit.md", rule)
        .start()
        .await;
    let uri = client.uri("a.py");
    let found = client.open_checked(&uri, "import requests, sys\nrequests.get\nsys.exit()\n").await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["message"], "Raise instead (Handbook §1.1)");
    let hover = client.hover(&uri, 1, 10).await;
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(text.contains("**Handbook §1.1 Fetching**\n\nAsk politely."), "{text}");

    let actions = client.actions(&uri, [2, 0, 2, 0], &found, None).await;
    let read = actions.iter().find(|action| action["title"] == "Read Handbook §1.1 Fetching").unwrap();
    client.request("workspace/executeCommand", read["command"].clone()).await;
    let message = client.notification("window/showMessage").await;
    assert!(message["message"].as_str().unwrap().ends_with("/marginalia/handbook/1.1.md"), "{message}");
    client.finish().await;
}

#[tokio::test]
async fn disabling_a_rule_in_the_project_silences_it() {
    let mut client = Client::builder().file("pyproject.toml", "[project]\nname = 'p'\n").start().await;
    let uri = client.uri("a.py");
    client.open_checked(&uri, TEXT).await;
    let actions = client.actions(&uri, [1, 10, 1, 10], &[], None).await;
    let at = titles(&actions).iter().position(|title| *title == "Ignore mktemp-usage in this project").unwrap();
    let change = &actions[at]["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"], json!({"uri": client.uri("pyproject.toml"), "version": null}));
    let appended = change["edits"][0]["newText"].as_str().unwrap();
    fs::write(client.path("pyproject.toml"), format!("[project]\nname = 'p'\n{appended}")).unwrap();
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": uri}})).await;
    assert_eq!(client.diagnostics(&uri, 1).await.len(), 0);
    client.finish().await;
}
