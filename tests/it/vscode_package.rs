//! The VS Code extension offers the settings that the code has: its manifest is generated from the same table.

use std::path::{Path, PathBuf};
use std::{env, fs};

use marginalia::margin::settings::{KEYS, Key, Kind};
use serde_json::{Map, Value, json};

/// The generated part begins below this title, and ends with the manifest's list of settings.
const TITLE: &str = "\"title\": \"Marginalia\",\n        \"properties\": ";
const END: &str = "\n      }\n    ]";

/// Settings that say where files are or where links lead: an untrusted workspace must not make them.
const RESTRICTED: [&str; 4] = ["book.path", "books", "links.base", "log.file"];

/// Settings of the server as a whole; the others may differ between the folders of a workspace.
const WHOLE: [&str; 2] = ["log.level", "log.file"];

fn manifest() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("editors/vscode/package.json")
}

/// `MARGINALIA_BLESS=1` writes the settings.
#[test]
fn the_extension_offers_every_setting_as_the_code_has_it() {
    let text = fs::read_to_string(manifest()).unwrap();
    let start = text.find(TITLE).expect("the settings of the server have this title") + TITLE.len();
    let end = start + text[start..].find(END).expect("they are the last");
    let wanted = properties();
    if env::var_os("MARGINALIA_BLESS").is_some() {
        fs::write(manifest(), format!("{}{wanted}{}", &text[..start], &text[end..])).unwrap();
        return;
    }
    assert!(
        text[start..end] == wanted,
        "run the test once with MARGINALIA_BLESS=1 to bring editors/vscode/package.json up to date"
    );
}

#[test]
fn an_untrusted_workspace_sets_no_program_and_no_place() {
    let manifest: Value = serde_json::from_str(&fs::read_to_string(manifest()).unwrap()).unwrap();
    let restricted = manifest["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"].clone();
    let names: Vec<_> = ["path"].into_iter().chain(RESTRICTED).map(|name| format!("marginalia.{name}")).collect();
    assert_eq!(restricted, json!(names));
    for name in RESTRICTED {
        assert!(KEYS.iter().any(|key| key.name == name), "{name} is a setting");
    }
}

#[test]
fn the_extension_has_the_version_of_the_program() {
    let manifest: Value = serde_json::from_str(&fs::read_to_string(manifest()).unwrap()).unwrap();
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
}

/// The settings as the manifest has them: in the order of the table, which a JSON map would not keep.
fn properties() -> String {
    let entries: Vec<_> = KEYS
        .iter()
        .map(|key| {
            let schema = serde_json::to_string_pretty(&schema(key)).unwrap().replace('\n', "\n          ");
            format!("          \"marginalia.{}\": {schema}", key.name)
        })
        .collect();
    format!("{{\n{}\n        }}", entries.join(",\n"))
}

fn schema(key: &Key) -> Value {
    let mut schema = Map::new();
    schema.insert("default".to_owned(), default(key));
    schema.insert("markdownDescription".to_owned(), json!(key.documentation));
    let scope = if WHOLE.contains(&key.name) { "window" } else { "resource" };
    schema.insert("scope".to_owned(), json!(scope));
    if let Value::Object(kind) = shape(key.kind) {
        schema.extend(kind);
    }
    Value::Object(schema)
}

fn default(key: &Key) -> Value {
    let table: toml::Table = format!("value = {}", key.default).parse().unwrap();
    serde_json::to_value(&table["value"]).unwrap()
}

fn shape(kind: Kind) -> Value {
    match kind {
        Kind::Bool => json!({"type": "boolean"}),
        Kind::Choice(choices) => json!({
            "type": "string",
            "enum": choices.iter().map(|choice| choice.name).collect::<Vec<_>>(),
            "enumDescriptions": choices.iter().map(|choice| choice.meaning).collect::<Vec<_>>(),
        }),
        Kind::Selectors | Kind::Paths | Kind::Names => {
            json!({"type": "array", "items": {"type": "string"}, "uniqueItems": true})
        }
        Kind::Severities => json!({
            "type": "object",
            "additionalProperties": {"type": "string", "enum": ["hint", "information", "warning", "error"]},
        }),
        Kind::Version => json!({
            "type": "string",
            "pattern": r"^(\d+\.\d+)?$",
            "patternErrorMessage": "A Python version such as 3.11",
        }),
        Kind::Text | Kind::Path => json!({"type": "string"}),
        Kind::Bytes => json!({"type": "integer", "minimum": 0}),
    }
}
