//! The page about JSON shows the shapes that the program prints.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::support::program::Folder;

/// Every key with the way to it, and what kind of value it has.
fn shape(value: &Value, path: &str, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => object.iter().for_each(|(key, value)| shape(value, &format!("{path}.{key}"), keys)),
        Value::Array(values) => values.iter().for_each(|value| shape(value, &format!("{path}[]"), keys)),
        Value::Null => {}
        Value::Bool(_) => drop(keys.insert(format!("{path}: bool"))),
        Value::Number(_) => drop(keys.insert(format!("{path}: number"))),
        Value::String(_) => drop(keys.insert(format!("{path}: string"))),
    }
}

/// The shape of the example behind this heading or sentence.
fn documented(after: &str) -> BTreeSet<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, rest) = page.split_once(after).unwrap_or_else(|| panic!("{after} is not on the page"));
    let example = rest.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let mut keys = BTreeSet::new();
    shape(&serde_json::from_str(example).unwrap(), "", &mut keys);
    keys
}

fn printed(arguments: &[&str]) -> BTreeSet<String> {
    let folder = Folder::new(&[("app.py", "def load(path, seen=[]):\n    return seen\n"), ("broken.py", "def f(:\n")]);
    let mut keys = BTreeSet::new();
    let mut json = folder.run(arguments).json();
    if let Some(problems) = json.get_mut("problems") {
        // The page shows it once, for findings.
        problems.as_array_mut().unwrap().iter_mut().for_each(|problem| problem["range"] = Value::Null);
    }
    shape(&json, "", &mut keys);
    keys
}

#[test]
fn findings_are_as_the_page_says() {
    assert_eq!(documented("## `marginalia check"), printed(&["check", "--format", "json"]));
}

#[test]
fn statistics_are_as_the_page_says() {
    let problems = |keys: BTreeSet<String>| -> BTreeSet<String> {
        keys.into_iter().filter(|key| !key.starts_with(".problems")).collect()
    };
    assert_eq!(documented("With `--statistics`"), problems(printed(&["check", "--statistics", "--format", "json"])));
}

#[test]
fn reading_lists_are_as_the_page_says() {
    assert_eq!(documented("## `marginalia reading-list"), printed(&["reading-list", "--format", "json"]));
}

#[test]
fn references_are_as_the_page_says() {
    assert_eq!(documented("## `marginalia annotate"), printed(&["annotate", "app.py", "--format", "json"]));
}

#[test]
fn copies_and_books_are_as_the_page_says() {
    let small = crate::book_copy::small();
    let copy = printed(&["book", "check", small.to_str().unwrap(), "--format", "json"]);
    assert_eq!(documented("## `marginalia book check FILE"), copy);
    let folder =
        Folder::new(&[("notes/book.toml", "id = 'notes'\ntitle = 'Notes'\n"), ("notes/1.1-a.md", "no note\n")]);
    let mut keys = BTreeSet::new();
    shape(&folder.run(&["book", "check", "notes", "--format", "json"]).json(), "", &mut keys);
    assert_eq!(documented("Of a folder"), keys);

    let folder = Folder::new(&[("guide.md", "# 4.2 gzip\n```python\nimport gzip\n```\n# 4.2 gzip\n")]);
    let mut keys = BTreeSet::new();
    shape(&folder.run(&["book", "import", "guide.md", "--format", "json"]).json(), "", &mut keys);
    assert_eq!(documented("## `marginalia book import"), keys);
}

#[test]
fn sections_and_rules_are_as_the_page_says() {
    assert_eq!(documented("## `marginalia sections"), printed(&["sections", "--format", "json"]));
    assert_eq!(documented("## `marginalia rules"), printed(&["rules", "--format", "json"]));
}
