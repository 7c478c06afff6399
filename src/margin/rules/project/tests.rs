//! Every page of a project rule is its test, with files that exist in the test alone.
//!
//! An example may be several files: a line `# path/of/the/file` begins each.

use std::path::Path;
use std::sync::Arc;

use super::PROJECT_DETECTORS;
use crate::knowledge::{Detection, Knowledge};
use crate::margin::{Analysis, Engine, Options};
use crate::python::Texts;

/// The files of an example.
fn files(example: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in example.split_inclusive('\n') {
        let name = line.strip_prefix("# ").map(str::trim_end);
        let name = name.filter(|name| !name.contains(' ') && (name.contains(['.', '/']) || *name == "Dockerfile"));
        match (name, files.last_mut()) {
            (Some(name), _) => files.push((name.to_owned(), String::new())),
            (None, Some((_, text))) => text.push_str(line),
            (None, None) => files.push(("example.py".to_owned(), line.to_owned())),
        }
    }
    files
}

/// What a rule finds in a project: file, text that is meant.
pub(super) fn found(rule: &str, files: &[(&str, &str)]) -> Vec<(String, String)> {
    messages(rule, files).into_iter().map(|(file, text, _)| (file, text)).collect()
}

/// [`found`] with the messages.
fn messages(rule: &str, files: &[(&str, &str)]) -> Vec<(String, String, String)> {
    let knowledge = Knowledge::builtin();
    assert!(knowledge.rule_named(rule).is_some(), "there is no rule {rule}");
    let engine = Engine::with_rules(knowledge, |_, one| one.name == rule);
    let texts = Texts::new(files);
    let mut all = Vec::new();
    for (name, text) in files {
        let place = texts.place(name);
        let findings = if Path::new(name).extension().is_some_and(|extension| extension == "py") {
            let options = Options { file_name: (*name).to_owned(), place: Some(place), ..Options::default() };
            let analysis = Analysis::new(Arc::from(*text), &options, &engine);
            super::super::tests::check_parsed(&analysis, text);
            analysis.findings()
        } else if engine.looks_at(name) {
            let options = Options { place: Some(place), ..Options::default() };
            Analysis::of_other(Arc::from(*text), &options, &engine).findings()
        } else {
            Vec::new()
        };
        all.extend(
            findings.into_iter().map(|finding| ((*name).to_owned(), text[finding.range].to_owned(), finding.message)),
        );
    }
    all
}

#[test]
fn every_project_rule_does_what_its_page_says() {
    let knowledge = Knowledge::builtin();
    let mut wrong = String::new();
    for (_, rule) in knowledge.rules().filter(|(_, rule)| rule.detection == Detection::Project) {
        let run = |example: &str| {
            let files = files(example);
            let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
            messages(&rule.name, &files)
        };
        let example = run(&rule.docs.example);
        if example.is_empty() {
            wrong.push_str(&format!("{}: nothing is found in the Example\n", rule.name));
        }
        for (file, _, message) in example {
            if message.contains('{') {
                wrong.push_str(&format!("{}: {file}: the message has a gap: {message}\n", rule.name));
            }
        }
        for (file, _, message) in run(&rule.docs.instead) {
            wrong.push_str(&format!("{}: {file}: found in the Use instead: {message}\n", rule.name));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_project_rule_has_its_detector_and_every_detector_its_page() {
    let knowledge = Knowledge::builtin();
    for (_, rule) in knowledge.rules() {
        let listed = PROJECT_DETECTORS.iter().any(|detector| detector.rule == rule.name);
        assert_eq!(listed, rule.detection == Detection::Project, "{}", rule.name);
    }
    for detector in PROJECT_DETECTORS {
        assert!(knowledge.rule_named(detector.rule).is_some(), "{} has no page", detector.rule);
    }
    assert!(PROJECT_DETECTORS.windows(2).all(|pair| pair[0].rule < pair[1].rule), "detectors are listed by name");
}
