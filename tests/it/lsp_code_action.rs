//! What can be done about a finding, and when it is offered.

use serde_json::{Value, json};

use crate::support::client::{Builder, Client, range, titles};

const URI: &str = "file:///a.py";
const TEXT: &str = "import tempfile\nname = tempfile.mktemp()\n";
const MUTABLE: &str = "def f(a=[]):\n    a.append(1)\n";

fn resolving() -> Builder {
    let action = json!({"dataSupport": true, "resolveSupport": {"properties": ["edit"]}});
    Client::builder().capable(json!({"textDocument": {"codeAction": action}}))
}

fn with_title<'a>(actions: &'a [Value], title: &str) -> &'a Value {
    let found = actions.iter().find(|action| action["title"].as_str().unwrap().starts_with(title));
    found.unwrap_or_else(|| panic!("{title} in {:?}", titles(actions)))
}

/// The text after an action's edit of it. Edits are made from the last to the first.
fn edited(text: &str, action: &Value) -> String {
    let change = &action["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"]["uri"], URI);
    assert_eq!(change["textDocument"]["version"], 1);
    let offset = |position: &Value| {
        let line = usize::try_from(position["line"].as_u64().unwrap()).unwrap();
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        start + usize::try_from(position["character"].as_u64().unwrap()).unwrap()
    };
    let mut text_after = text.to_owned();
    for edit in change["edits"].as_array().unwrap().iter().rev() {
        let (start, end) = (offset(&edit["range"]["start"]), offset(&edit["range"]["end"]));
        text_after.replace_range(start..end, edit["newText"].as_str().unwrap());
    }
    text_after
}

#[tokio::test]
async fn every_finding_can_be_read_about_and_silenced() {
    let mut client = Client::start().await;
    let diagnostics = client.open_checked(URI, TEXT).await;
    let actions = client.actions(URI, [1, 10, 1, 10], &diagnostics, None).await;
    for action in &actions {
        assert_eq!(action["kind"], "quickfix", "{action}");
        assert_eq!(action["diagnostics"], json!(diagnostics), "{action}");
    }
    let read = with_title(&actions, "Read §9.1.4 ");
    assert_eq!(read["command"]["command"], "marginalia.openSection");
    assert_eq!(read["command"]["arguments"], json!(["9.1.4"]));
    let silence = with_title(&actions, "Ignore mktemp-usage on this line");
    let silenced = edited(TEXT, silence);
    assert_eq!(silenced, "import tempfile\nname = tempfile.mktemp()  # marginalia: ignore[mktemp-usage]\n");
    client.replace(URI, 2, &silenced).await;
    assert_eq!(client.diagnostics(URI, 2).await.len(), 0);
    client.finish().await;
}

#[tokio::test]
async fn a_project_without_settings_gets_a_file_for_them() {
    let mut client = Client::start().await;
    let uri = client.uri("a.py");
    client.open_checked(&uri, TEXT).await;
    let actions = client.actions(&uri, [1, 10, 1, 10], &[], None).await;
    let disable = with_title(&actions, "Ignore mktemp-usage in this project");
    let file = client.uri("marginalia.toml");
    assert_eq!(
        disable["edit"]["documentChanges"],
        json!([
            {"kind": "create", "uri": file, "options": {"overwrite": false, "ignoreIfExists": true}},
            {
                "textDocument": {"uri": file, "version": null},
                "edits": [{"range": range([0, 0, 0, 0]), "newText": "[diagnostics]\nignore = [\"mktemp-usage\"]\n"}],
            },
        ])
    );
    client.finish().await;
}

#[tokio::test]
async fn a_client_that_creates_no_files_is_not_offered_one() {
    let capable = json!({"workspace": {"workspaceEdit": {"resourceOperations": []}}});
    let mut client = Client::builder().capable(capable).start().await;
    client.open_checked(URI, TEXT).await;
    let actions = client.actions(URI, [1, 10, 1, 10], &[], None).await;
    assert!(!titles(&actions).iter().any(|title| title.ends_with("in this project")), "{actions:?}");
    client.finish().await;
}

#[tokio::test]
async fn there_is_nothing_to_do_where_nothing_was_found() {
    let mut client = Client::start().await;
    client.open_checked(URI, TEXT).await;
    assert_eq!(client.actions(URI, [0, 0, 0, 5], &[], None).await, [] as [Value; 0]);
    client.finish().await;
}

#[tokio::test]
async fn kinds_are_filtered_by_what_they_begin_with() {
    let mut client = Client::start().await;
    client.open_checked(URI, MUTABLE).await;
    for (only, offered) in
        [("quickfix", true), ("", true), ("quick", false), ("quickfix.other", false), ("refactor", false)]
    {
        let actions = client.actions(URI, [0, 0, 0, 99], &[], Some(only)).await;
        assert_eq!(!actions.is_empty(), offered, "{only:?}: {:?}", titles(&actions));
    }
    for only in ["source", "source.fixAll", "source.fixAll.marginalia"] {
        for action in client.actions(URI, [0, 0, 0, 99], &[], Some(only)).await {
            assert_eq!(action["kind"], "source.fixAll.marginalia", "{only}");
        }
    }
    client.finish().await;
}

#[tokio::test]
async fn an_unsafe_fix_is_offered_but_neither_preferred_nor_part_of_fix_all() {
    let mut client = Client::start().await;
    let diagnostics = client.open_checked(URI, MUTABLE).await;
    let actions = client.actions(URI, [0, 0, 0, 99], &diagnostics, None).await;
    let fix = &actions[0];
    assert_eq!(fix["kind"], "quickfix");
    assert_eq!(fix["diagnostics"], json!(diagnostics));
    assert_eq!(fix["isPreferred"], Value::Null);
    let fixed = edited(MUTABLE, fix);
    client.replace(URI, 2, &fixed).await;
    assert_eq!(client.diagnostics(URI, 2).await.len(), 0, "{fixed}");
    assert!(!actions.iter().any(|action| action["kind"] == "source.fixAll.marginalia"));
    client.finish().await;
}

const LOOPS: &str = "\
import asyncio

async def main(a=[]):
    asyncio.get_event_loop()
    return asyncio.get_event_loop()
";

#[tokio::test]
async fn a_safe_fix_is_preferred() {
    let mut client = Client::start().await;
    let diagnostics = client.open_checked(URI, LOOPS).await;
    let actions = client.actions(URI, [3, 6, 3, 6], &diagnostics, Some("quickfix")).await;
    assert_eq!(actions[0]["isPreferred"], true);
    assert_eq!(edited(LOOPS, &actions[0]), LOOPS.replacen("get_event_loop", "get_running_loop", 1));
    assert!(actions[1..].iter().all(|action| action["isPreferred"].is_null()));
    client.finish().await;
}

#[tokio::test]
async fn all_safe_fixes_are_made_at_once_and_no_other() {
    for builder in [Client::builder(), resolving()] {
        let mut client = builder.start().await;
        client.open_checked(URI, LOOPS).await;
        let mut actions = client.actions(URI, [0, 0, 0, 0], &[], Some("source.fixAll")).await;
        assert_eq!(actions.len(), 1);
        if actions[0]["edit"].is_null() {
            actions[0] = client.request("codeAction/resolve", actions[0].take()).await;
        }
        assert_eq!(actions[0]["kind"], "source.fixAll.marginalia");
        assert_eq!(edited(LOOPS, &actions[0]), LOOPS.replace("get_event_loop", "get_running_loop"));
        client.finish().await;
    }
}

#[tokio::test]
async fn what_is_silenced_is_not_fixed() {
    let mut client = Client::start().await;
    let text = LOOPS.replacen("loop()\n", "loop()  # marginalia: ignore[get-event-loop]\n", 1);
    client.open_checked(URI, &text).await;
    let actions = client.actions(URI, [0, 0, 0, 0], &[], Some("source.fixAll")).await;
    assert!(edited(&text, &actions[0]).contains("get_event_loop()  # marginalia"));
    client.finish().await;
}

#[tokio::test]
async fn edits_are_made_when_an_action_is_chosen_where_the_client_can_wait() {
    let mut client = resolving().start().await;
    assert_eq!(client.initialized["capabilities"]["codeActionProvider"]["resolveProvider"], true);
    client.open_checked(URI, TEXT).await;
    let actions = client.actions(URI, [1, 10, 1, 10], &[], None).await;
    let silence = with_title(&actions, "Ignore mktemp-usage on this line").clone();
    assert_eq!(silence["edit"], Value::Null);
    let resolved = client.request("codeAction/resolve", silence.clone()).await;
    assert_eq!(resolved["title"], silence["title"]);
    assert!(edited(TEXT, &resolved).ends_with("  # marginalia: ignore[mktemp-usage]\n"));

    client.change(URI, 2, &[([0, 0, 0, 0], "\n")]).await;
    client.diagnostics(URI, 2).await;
    assert_eq!(client.refused("codeAction/resolve", silence).await, -32801, "the text has changed since");
    client.finish().await;
}

#[tokio::test]
async fn an_action_of_nobody_comes_back_as_it_is() {
    let mut client = resolving().start().await;
    let action = json!({"title": "Something", "data": {"of": "another"}});
    assert_eq!(client.request("codeAction/resolve", action.clone()).await, action);
    client.finish().await;
}

#[tokio::test]
async fn other_tools_diagnostics_lead_to_the_sections_that_explain_them() {
    let mut client = Client::start().await;
    client.open_checked(URI, "x = 1\n").await;
    let foreign = |source, code| json!({"range": range([0, 0, 0, 1]), "message": "m", "source": source, "code": code});
    let ruff = foreign("Ruff", "S306");
    let actions = client.actions(URI, [0, 0, 0, 1], std::slice::from_ref(&ruff), None).await;
    let read = with_title(&actions, "Read §9.1.4 ");
    assert_eq!(read["diagnostics"], json!([ruff]));
    assert_eq!(read["kind"], "quickfix");
    for unknown in [foreign("Ruff", "ZZZ999"), foreign("nobody", "S306")] {
        assert_eq!(client.actions(URI, [0, 0, 0, 1], &[unknown], None).await, [] as [Value; 0]);
    }
    client.finish().await;
}

#[tokio::test]
async fn a_client_without_versions_gets_plain_changes() {
    let capable = json!({"workspace": {"workspaceEdit": {"documentChanges": false}}});
    let mut client = Client::builder().capable(capable).start().await;
    client.open_checked(URI, TEXT).await;
    let actions = client.actions(URI, [1, 10, 1, 10], &[], None).await;
    let silence = with_title(&actions, "Ignore mktemp-usage on this line");
    assert_eq!(silence["edit"]["changes"][URI].as_array().unwrap().len(), 1);
    client.finish().await;
}

#[tokio::test]
async fn a_client_that_knows_only_commands_gets_commands() {
    let capable = json!({"textDocument": {"codeAction": null}});
    let mut client = Client::builder().capable(capable).start().await;
    client.open_checked(URI, TEXT).await;
    let actions = client.actions(URI, [1, 10, 1, 10], &[], None).await;
    assert_eq!(actions.len(), 1);
    assert_eq!(actions[0]["command"], "marginalia.openSection");
    client.finish().await;
}

const FORMAT: &str = "def show(name: str, age) -> str:\n    return '%s is %s' % (name, age)\n";

#[tokio::test]
async fn a_refactoring_is_offered_where_it_applies_and_with_its_section() {
    for builder in [Client::builder(), resolving()] {
        let mut client = builder.start().await;
        client.open_checked(URI, FORMAT).await;
        for only in [None, Some("refactor"), Some("refactor.rewrite")] {
            let actions = client.actions(URI, [1, 24, 1, 24], &[], only).await;
            let mut rewrite = with_title(&actions, "Rewrite as f-string (§2.4.1)").clone();
            assert_eq!(rewrite["kind"], "refactor.rewrite");
            if rewrite["edit"].is_null() {
                rewrite = client.request("codeAction/resolve", rewrite).await;
            }
            let after = FORMAT.replace("'%s is %s' % (name, age)", "f'{name} is {age!s}'");
            assert_eq!(edited(FORMAT, &rewrite), after);
        }
        for (only, at) in
            [(Some("quickfix"), [1, 24, 1, 24]), (Some("refactor.extract"), [1, 24, 1, 24]), (None, [0, 5, 0, 5])]
        {
            let actions = client.actions(URI, at, &[], only).await;
            assert!(!titles(&actions).iter().any(|title| title.starts_with("Rewrite")), "{actions:?}");
        }
        client.finish().await;
    }
}

#[tokio::test]
async fn a_refactoring_that_a_fix_offers_already_is_not_offered_twice() {
    let text = "from typing import Optional\n\nx: Optional[int] = None\n";
    let mut client = Client::start().await;
    client.open_checked(URI, text).await;
    let actions = client.actions(URI, [2, 5, 2, 5], &[], None).await;
    with_title(&actions, "Use `int | None`");
    assert!(!titles(&actions).iter().any(|title| title.starts_with("Rewrite")), "{actions:?}");
    // Who asks for refactorings alone sees it.
    let actions = client.actions(URI, [2, 5, 2, 5], &[], Some("refactor")).await;
    assert_eq!(edited(text, &actions[0]), text.replace("Optional[int]", "int | None"));
    client.finish().await;
}

#[tokio::test]
async fn a_refactoring_of_a_changed_text_is_refused() {
    let mut client = resolving().start().await;
    client.open_checked(URI, FORMAT).await;
    let actions = client.actions(URI, [1, 24, 1, 24], &[], Some("refactor")).await;
    client.change(URI, 2, &[([0, 0, 0, 0], "\n")]).await;
    client.diagnostics(URI, 2).await;
    assert_eq!(client.refused("codeAction/resolve", actions[0].clone()).await, -32801);
    client.finish().await;
}
