//! `check --format sarif` before Microsoft's validator: the schema of SARIF 2.1.0, its rules, and those of GitHub's code scanning.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::corpus;
use crate::support::program::{Folder, Run};

/// What is noted but not wrong: we have no page on the web to name.
const ALLOWED: [&str; 1] = ["SARIF2005"];

const FIXABLE: &str = "import asyncio\n\n\nasync def main():\n    return asyncio.get_event_loop()\n";
const SEVERAL: &str = "import tempfile\n\n\ndef f(seen=[]):\n    return tempfile.mktemp()\n";

/// What the validator complains of, or why it cannot be asked.
fn complaints(folder: &Folder, sarif: &str) -> Result<Vec<String>, String> {
    let validator = corpus::folder().join("sarif/Sarif.Multitool");
    if !validator.is_file() {
        return Err("there is no validator of SARIF; tests/quality/prepare downloads it".to_owned());
    }
    std::fs::write(folder.path("log.sarif"), sarif).unwrap();
    let mut command = Command::new(validator);
    command.args(["validate", "log.sarif", "--rule-kind", "Sarif;Ghas", "--output", "verdict.sarif"]);
    command.args(["--log", "ForceOverwrite", "--level", "Error;Warning;Note"]);
    // It brings its own runtime, which looks for a library of languages that it can do without.
    command.env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1");
    let output = command.current_dir(folder.path("")).output().unwrap();
    let verdict = std::fs::read(folder.path("verdict.sarif")).unwrap_or_else(|_| panic!("{output:?}"));
    let verdict = String::from_utf8(verdict).unwrap();
    let verdict: Value = serde_json::from_str(verdict.trim_start_matches('\u{feff}')).unwrap();
    let results = verdict["runs"][0]["results"].as_array().unwrap();
    // A level that is not said is a warning.
    let wrong = results.iter().filter(|result| result["level"] != "note");
    let wrong = wrong.filter(|result| !ALLOWED.iter().any(|allowed| result["ruleId"] == *allowed));
    Ok(wrong.map(ToString::to_string).collect())
}

/// The files are checked from where they are, with these arguments.
fn is_valid(test: &str, files: &[(&str, &str)], arguments: &[&str]) -> Option<Value> {
    let folder = Folder::new(files);
    let run: Run = folder.run(&[&["check", "--format", "sarif"], arguments].concat());
    match complaints(&folder, &run.stdout) {
        Ok(complaints) => assert_eq!(complaints, Vec::<String>::new(), "{}", run.stdout),
        Err(reason) => {
            corpus::skip(test, &reason);
            return None;
        }
    }
    Some(run.json()["runs"][0].take())
}

#[test]
fn the_validator_finds_faults() {
    let log = r#"{"version": "2.1.0", "runs": [{"results": [{"ruleId": 1}], "tool": {"driver": {}}}]}"#;
    match complaints(&Folder::empty(), log) {
        Ok(complaints) => assert!(complaints.len() >= 2, "{complaints:?}"),
        Err(reason) => corpus::skip("the_validator_finds_faults", &reason),
    }
}

#[test]
fn findings_with_and_without_fixes_are_valid() {
    let files = [("app/tasks.py", FIXABLE), ("app/more.py", SEVERAL)];
    let Some(run) = is_valid("findings_with_and_without_fixes_are_valid", &files, &["--select", "all"]) else { return };
    let results = run["results"].as_array().unwrap();
    assert!(results.iter().any(|result| !result["fixes"].is_null()), "{run}");
    assert!(results.iter().any(|result| result["fixes"].is_null()), "{run}");
    assert!(results.iter().all(|result| result["partialFingerprints"]["primaryLocationLineHash"].is_string()), "{run}");
}

#[test]
fn a_run_without_findings_is_valid() {
    is_valid("a_run_without_findings_is_valid", &[("a.py", "x = 1\n")], &[]);
}

#[test]
fn what_is_no_python_and_what_cannot_be_read_is_valid() {
    let files = [("broken.py", "def f(:\n    pass\n"), ("marginalia.toml", "nonsense = 1\n"), ("a.py", SEVERAL)];
    let name = "what_is_no_python_and_what_cannot_be_read_is_valid";
    let Some(run) = is_valid(name, &files, &[".", "gone.py"]) else { return };
    assert_eq!(run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap().len(), 3, "{run}");
}

#[test]
fn notebooks_are_valid() {
    let cell = r#"{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": null, "source": ["import tempfile\n", "tempfile.mktemp()"]}"#;
    let notebook = format!("{{\"cells\": [{cell}], \"metadata\": {{}}, \"nbformat\": 4, \"nbformat_minor\": 5}}");
    let Some(run) = is_valid("notebooks_are_valid", &[("a.ipynb", &notebook)], &[]) else { return };
    assert_eq!(run["results"][0]["locations"][0]["logicalLocations"][0]["name"], "cell 1");
}

#[test]
fn names_of_every_kind_are_valid() {
    let files =
        [("a b/ü 知識.py", SEVERAL), ("100%/#1?.py", SEVERAL), ("[x]/{y}.py", SEVERAL), ("a:b/c+d&e.py", SEVERAL)];
    let Some(run) = is_valid("names_of_every_kind_are_valid", &files, &[]) else { return };
    let uri = |result: &Value| result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].clone();
    let uris: Vec<Value> = run["results"].as_array().unwrap().iter().map(uri).collect();
    assert!(uris.contains(&"a%20b/%C3%BC%20%E7%9F%A5%E8%AD%98.py".into()), "{uris:?}");
}

#[test]
fn rules_of_further_books_are_described_and_lead_to_their_pages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let run = Folder::empty().run(&["check", "--format", "sarif", &root.join("examples").display().to_string()]).json();
    let rules = run["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert!(rules.iter().any(|rule| rule["id"] == "handbook-http-client"), "{rules:?}");

    let settings = "links.base = 'https://docs.example.com/python/sections/'\n";
    let Some(run) = is_valid("rules_lead_to_their_pages", &[("marginalia.toml", settings), ("a.py", SEVERAL)], &[])
    else {
        return;
    };
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let page = rules.iter().find(|rule| rule["id"] == "mktemp-usage").unwrap()["helpUri"].as_str().unwrap();
    assert_eq!(page, "https://docs.example.com/python/rules/mktemp-usage/");
}

#[test]
fn files_below_this_folder_are_named_from_here() {
    let folder = Folder::new(&[("src/a.py", SEVERAL), ("other/b.py", SEVERAL)]);
    let uris = |run: &Run| -> Vec<String> {
        let results = run.json()["runs"][0]["results"].take();
        let uri = |result: &Value| result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].clone();
        results.as_array().unwrap().iter().map(|result| uri(result).as_str().unwrap().to_owned()).collect()
    };
    let absolute = folder.path("src").canonicalize().unwrap().display().to_string();
    let inside = uris(&folder.run(&["check", "--format", "sarif", &absolute]));
    assert!(inside.iter().all(|uri| uri == "src/a.py"), "{inside:?}");
    let outside = uris(&Folder::empty().run(&["check", "--format", "sarif", &absolute]));
    assert!(outside.iter().all(|uri| *uri == format!("file://{absolute}/a.py")), "{outside:?}");
}
