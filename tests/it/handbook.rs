//! A team's handbook, the example of a book of one's own: on the command line and in the editor.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::client::{Client, range};
use crate::support::program::{Folder, run};

fn handbook() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/handbook")
}

fn orders() -> String {
    fs::read_to_string(handbook().join("../shop/orders.py")).unwrap()
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

/// A project that opens the handbook, and says more in its settings.
fn project(more: &str) -> Folder {
    let settings = format!("books = ['{}']\n{more}", name(&handbook()));
    Folder::new(&[("marginalia.toml", settings), ("orders.py", orders())])
}

#[test]
fn the_handbook_has_no_faults() {
    let checked = run(&["book", "check", &name(&handbook())]).ok();
    assert_eq!(checked, "The shop's handbook: 4 sections, 3 notes, 2 rules, 0 problems\n");
}

#[test]
fn the_example_finds_its_handbook_beside_it() {
    let checked = run(&["check", &name(&handbook().join("../shop"))]);
    assert_eq!((checked.status, &*checked.stderr), (1, ""), "{}", checked.stdout);
    let expected = "warning[handbook-http-client]: use our HTTP client, not `requests` (Handbook §3.2)";
    assert!(checked.stdout.starts_with(expected), "{}", checked.stdout);
}

#[test]
fn its_rules_and_sections_are_followed() {
    let project = project("");
    let json = project.run(&["check", "--format", "json", "orders.py"]).json();
    let ours = json["findings"].as_array().unwrap().iter().filter(|it| it["rule"] == "handbook-http-client");
    let ours: Vec<_> = ours.collect();
    assert_eq!(ours.len(), 1, "{json}");
    assert_eq!((&ours[0]["sections"], &ours[0]["range"]["start"]["line"]), (&json!(["3.2", "3.1"]), &json!(3)));
    let margin = project.run(&["annotate", "orders.py"]).ok();
    assert!(margin.contains("Handbook §3.2 Our HTTP client"), "{margin}");
    let printed = project.run(&["check", "--select", "handbook-print", "-"]);
    assert_eq!(printed.status, 0, "nothing is printed");
}

#[test]
fn each_book_can_be_switched_off() {
    let found = |disabled: &str| {
        let project = project(disabled);
        fs::write(project.path("orders.py"), "import requests\n\ndef send(orders=[]):\n    return orders\n").unwrap();
        let json = project.run(&["check", "--format", "json", "orders.py"]).json();
        let findings = json["findings"].as_array().unwrap().clone();
        let ours = findings.iter().filter(|it| it["rule"] == "handbook-http-client").count();
        assert_eq!(json["problems"], json!([]), "{disabled}");
        (ours, findings.len() - ours)
    };
    let (ours, builtin) = found("");
    assert!(ours == 1 && builtin > 0, "both speak: {builtin}");
    assert_eq!(found("disabledBooks = ['handbook']"), (0, builtin));
    assert_eq!(found("disabledBooks = ['python-bible']\ndiagnostics.ignore = ['mktemp-usage']"), (1, 0));
    let margin = project("disabledBooks = ['python-bible']").run(&["annotate", "orders.py"]).ok();
    assert!(margin.contains("Handbook §3.2") && !margin.replace("Handbook §", "").contains('§'), "{margin}");
}

fn ours(diagnostics: &[Value]) -> Vec<&Value> {
    diagnostics.iter().filter(|it| it["code"] == "handbook-http-client").collect()
}

#[tokio::test]
async fn the_editor_shows_rule_and_section() {
    let options = json!({"books": [name(&handbook())]});
    let mut client = Client::builder().options(options).start().await;
    let uri = client.uri("orders.py");
    let diagnostics = client.open_checked(&uri, &orders()).await;
    let ours = ours(&diagnostics);
    assert_eq!(ours.len(), 1, "{diagnostics:#?}");
    assert_eq!(ours[0]["message"], "use our HTTP client, not `requests` (Handbook §3.2)");
    assert_eq!(ours[0]["range"], range([2, 7, 2, 15]));
    let page = ours[0]["codeDescription"]["href"].as_str().unwrap();
    let text = fs::read_to_string(page.strip_prefix("file://").unwrap()).unwrap();
    assert!(text.starts_with("# Handbook §3.2 Our HTTP client"), "{text}");

    let hover = client.hover(&uri, 11, 13).await;
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(text.starts_with("**Handbook §3.2 Our HTTP client**"), "{text}");
    client.finish().await;
}

#[tokio::test]
async fn a_book_is_read_again_when_it_is_saved() {
    let options = json!({"books": ["handbook"]});
    let mut builder = Client::builder().options(options);
    for file in ["book.toml", "03-other-services/3.2-our-http-client.md", "rules/handbook-http-client.md"] {
        builder = builder.file(&format!("handbook/{file}"), &fs::read_to_string(handbook().join(file)).unwrap());
    }
    let rule = "handbook/rules/handbook-http-client.md";
    let mut client = builder.start().await;
    // `see_also` and a rule name sections that have no note here: no fault.
    let uri = client.uri("orders.py");
    assert_eq!(ours(&client.open_checked(&uri, &orders()).await).len(), 1);
    let text = fs::read_to_string(client.path(rule)).unwrap();
    fs::write(client.path(rule), text.replace("use our HTTP client", "take ours instead of theirs")).unwrap();
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": client.uri(rule)}})).await;
    let mut found = client.diagnostics(&uri, 1).await;
    // Saving has everything looked at again, before the books are read and after.
    while ours(&found)[0]["message"] != "take ours instead of theirs, not `requests` (Handbook §3.2)" {
        found = client.diagnostics(&uri, 1).await;
    }
    client.finish().await;
}
