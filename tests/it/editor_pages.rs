//! The pages of editors that no test starts: what they ask users to paste is well-formed and names the program as it is.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use marginalia::margin::settings::{Layer, Settings};

fn editor(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("editors").join(name)
}

/// The only block of a language on an editor's page.
fn block(name: &str, language: &str) -> String {
    let page = fs::read_to_string(editor(name).join("README.md")).unwrap();
    let fence = format!("```{language}");
    let mut lines = page.lines().skip_while(|line| line.trim() != fence);
    assert!(lines.next().is_some(), "{name} has no block of {language}");
    lines.take_while(|line| line.trim() != "```").collect::<Vec<_>>().join("\n")
}

fn json(name: &str) -> Value {
    serde_json::from_str(&block(name, "json")).unwrap_or_else(|fault| panic!("{name}: {fault}"))
}

/// Settings that a page shows must be settings.
fn are_settings(name: &str, settings: &str) {
    let tree: toml::Table = toml::from_str(settings).unwrap_or_else(|fault| panic!("{name}: {fault}"));
    let (layer, problems) = Layer::read(&tree, name, Path::new(""));
    assert!(problems.is_empty(), "{name}: {problems:?}");
    let set = Settings::new(&marginalia::margin::project::Project::default(), [&layer]);
    assert_eq!(format!("{:?}", set.hover.detail), "Summary", "{name}");
}

fn as_toml(value: &Value) -> String {
    toml::to_string(value).unwrap()
}

#[test]
fn sublime_starts_the_server_for_python() {
    let client = json("sublime")["clients"]["marginalia"].take();
    assert_eq!(client["command"], serde_json::json!(["marginalia", "server"]));
    assert_eq!((&client["enabled"], &client["selector"]), (&true.into(), &"source.python".into()));
    // LSP sends dotted keys as a tree.
    are_settings("sublime", &as_toml(&client["settings"]).replace("\"marginalia.hover.detail\"", "hover.detail"));
}

#[test]
fn kate_starts_the_server_for_python() {
    let server = json("kate")["servers"]["python"].take();
    assert_eq!(server["command"], serde_json::json!(["marginalia", "server"]));
    are_settings("kate", &as_toml(&server["settings"]["marginalia"]));
}

#[test]
fn zed_names_the_server_as_its_extension_does() {
    let settings = json("zed");
    let extension = fs::read_to_string(editor("zed").join("extension.toml")).unwrap();
    let extension: toml::Table = toml::from_str(&extension).unwrap();
    let server = extension["language_servers"]["marginalia"].as_table().unwrap();
    assert_eq!(server["languages"].as_array().unwrap(), &["Python".into()]);
    let servers = settings["languages"]["Python"]["language_servers"].as_array().unwrap();
    assert!(servers.contains(&"marginalia".into()) && servers.contains(&"...".into()), "{servers:?}");
    are_settings("zed", &as_toml(&settings["lsp"]["marginalia"]["settings"]));
    let manifest = fs::read_to_string(editor("zed").join("Cargo.toml")).unwrap();
    assert!(toml::from_str::<toml::Table>(&manifest).is_ok());
}

#[test]
fn kakoune_starts_the_server_for_python() {
    let kak = block("kakoune", "kak");
    let (_, rest) = kak.split_once("lsp_servers %{").unwrap();
    let servers: toml::Table = toml::from_str(&rest[..rest.find("\n    }").unwrap()]).unwrap();
    let server = &servers["marginalia"];
    // The name is the program.
    assert_eq!(server["args"].as_array().unwrap(), &["server".into()]);
    let section = server["settings_section"].as_str().unwrap();
    are_settings("kakoune", &toml::to_string(&server["settings"][section]).unwrap());
}

#[test]
fn helix_has_two_lists_of_servers_that_name_marginalia() {
    let shipped = fs::read_to_string(editor("helix").join("languages.toml")).unwrap();
    let one: toml::Table = toml::from_str(&shipped).unwrap();
    let other = shipped.replace("\nlanguage-servers", "\n# x").replace("\n# language-servers", "\nlanguage-servers");
    let other: toml::Table = toml::from_str(&other).unwrap();
    let servers = |table: &toml::Table| table["language"][0]["language-servers"].as_array().unwrap().clone();
    assert!(servers(&one).contains(&"marginalia".into()));
    assert_eq!(servers(&other).last().unwrap()["name"].as_str(), Some("marginalia"));
}

#[test]
fn every_page_says_how_to_live_with_other_servers() {
    for name in ["neovim", "helix", "emacs", "zed", "sublime", "kate", "kakoune"] {
        let page = fs::read_to_string(editor(name).join("README.md")).unwrap();
        let (_, section) = page.split_once("## Beside other servers").unwrap_or_else(|| panic!("{name}"));
        for other in ["ruff", "ty", "pylsp"] {
            assert!(section.contains(other), "{name} says nothing of {other}");
        }
    }
}
