//! What a file alone does not tell: the files around it count in `check`, `annotate` and the server.

use serde_json::{Value, json};

use crate::support::client::{Client, range};
use crate::support::program::{Folder, Run};

const CIRCLE: [(&str, &str); 3] = [
    ("shop/__init__.py", ""),
    ("shop/orders.py", "from shop.customers import Customer\n\n\nclass Order:\n    owner: Customer\n"),
    ("shop/customers.py", "from .orders import Order\n\n\nclass Customer:\n    last: Order\n"),
];

fn found(run: &Run) -> Vec<(String, String)> {
    let json = run.json();
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let findings = json["findings"].as_array().unwrap().iter();
    findings.map(|finding| (text(finding, "path"), text(finding, "rule"))).collect()
}

fn check(folder: &Folder, rule: &str, paths: &[&str]) -> Run {
    folder.run(&[&["check", "--format", "json", "--select", rule], paths].concat())
}

#[test]
fn a_circle_is_found_whichever_of_its_files_is_checked() {
    let folder = Folder::new(&CIRCLE);
    let rule = "circular-import".to_owned();
    let both = [("shop/customers.py".to_owned(), rule.clone()), ("shop/orders.py".to_owned(), rule.clone())];
    assert_eq!(found(&check(&folder, &rule, &["."])), both);
    assert_eq!(found(&check(&folder, &rule, &["shop/orders.py"])), both[1..]);
    let stdin = ["check", "--format", "json", "--select", &rule, "--stdin-filename", "shop/orders.py", "-"];
    assert_eq!(found(&folder.run_with(&stdin, CIRCLE[1].1.as_bytes())).len(), 1);
    assert_eq!(found(&folder.run_with(&stdin, b"import json\n")), []);
}

#[test]
fn files_that_are_no_python_are_looked_at_and_can_be_silenced() {
    let ruff = "[tool.ruff]\nline-length = 100\n\n[tool.isort]";
    let folder = Folder::new(&[("a.py", "x = 1\n"), ("pyproject.toml", ruff)]);
    let run = folder.run(&["check", "--select", "redundant-linter-config", "."]);
    let expected = "\
hint[redundant-linter-config]: `isort` is configured beside Ruff, which does its work (§15.3.2)
 --> pyproject.toml:4:1
  |
4 | [tool.isort]
  | ^^^^^^^^^^^^
";
    assert!(run.stdout.starts_with(expected), "{}", run.stdout);
    assert!(run.stdout.ends_with("1 finding in 2 files.\n"), "{}", run.stdout);

    let silenced = format!("{ruff}  # marginalia: ignore[redundant-linter-config]\n");
    let folder = Folder::new(&[("a.py", "x = 1\n"), ("pyproject.toml", &silenced)]);
    let run = folder.run(&["check", "--select", "redundant-linter-config", "."]);
    assert_eq!(run.ok(), "No findings in 1 file.\n");
}

#[test]
fn hidden_files_and_ignored_ones() {
    let files = [
        ("a.py", "x = 1\n"),
        ("ruff.toml", "line-length = 100\n"),
        (".pre-commit-config.yaml", "repos:\n  - repo: x\n    hooks:\n      - id: isort\n"),
        (".gitignore", "old/\n"),
        ("old/setup.cfg", "[isort]\n"),
        ("old/ruff.toml", "line-length = 100\n"),
    ];
    let run = check(&Folder::new(&files), "redundant-linter-config", &["."]);
    assert_eq!(found(&run), [(".pre-commit-config.yaml".to_owned(), "redundant-linter-config".to_owned())]);
}

#[test]
fn annotate_knows_the_files_around() {
    let folder = Folder::new(&CIRCLE);
    let run = folder.run(&["annotate", "--format", "json", "shop/orders.py"]);
    let json = run.json();
    let references = json["references"].as_array().unwrap();
    let reference = references.iter().find(|it| it["trigger"] == "syntax:import.circular").unwrap();
    assert_eq!((&reference["range"]["start"]["offset"], &reference["range"]["end"]["offset"]), (&json!(5), &json!(19)));
    let sections = reference["sections"].as_array().unwrap();
    assert!(sections.contains(&json!("17.12.2")), "{sections:?}");
}

#[tokio::test]
async fn a_hover_knows_circles_and_folders_without_init() {
    let mut builder = Client::builder();
    for (name, text) in CIRCLE {
        builder = builder.file(name, text);
    }
    let mut client = builder.file("plugins/one.py", "x = 1\n").start().await;
    let uri = client.uri("shop/orders.py");
    client.open_checked(&uri, CIRCLE[1].1).await;
    let hover = client.hover(&uri, 0, 8).await;
    assert_eq!(hover["range"], range([0, 5, 0, 19]));
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(text.contains("§17.12.2"), "{text}");

    // The circle is broken, on disk by others and in the buffer.
    std::fs::write(client.path("shop/customers.py"), "class Customer: ...\n").unwrap();
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": client.uri("shop/customers.py")}})).await;
    assert_eq!(client.diagnostics(&uri, 1).await, Vec::<Value>::new());
    assert_eq!(client.hover(&uri, 0, 8).await, Value::Null);

    let uri = client.uri("main.py");
    client.open_checked(&uri, "from plugins import one\nfrom shop import orders\n").await;
    let hover = client.hover(&uri, 0, 6).await;
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(text.starts_with("**§8.4.2 "), "{text}");
    assert_eq!(client.hover(&uri, 1, 6).await, Value::Null);
    client.finish().await;
}

#[tokio::test]
async fn diagnostics_follow_the_files_around_when_one_is_saved() {
    let mut builder = Client::builder().options(json!({"diagnostics": {"select": ["circular-import"]}}));
    for (name, text) in CIRCLE {
        builder = builder.file(name, text);
    }
    let mut client = builder.start().await;
    let uri = client.uri("shop/orders.py");
    let found = client.open_checked(&uri, CIRCLE[1].1).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["code"], "circular-import");

    std::fs::write(client.path("shop/customers.py"), "class Customer: ...\n").unwrap();
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": client.uri("shop/customers.py")}})).await;
    assert_eq!(client.diagnostics(&uri, 1).await, Vec::<Value>::new());
    client.finish().await;
}
