//! Tables of code before and after, each with a `^` for the cursor.

use std::sync::Arc;

use ruff_text_size::{TextRange, TextSize};

use super::{REFACTORINGS, Rewrite, rewrites};
use crate::knowledge::Knowledge;
use crate::margin::{Analysis, Engine, Options, fixes};
use crate::python::PythonVersion;

/// Each text with its cursor becomes the other.
pub(super) fn check(name: &str, table: &[(&str, &str)]) {
    for (before, after) in table {
        expect(PythonVersion::NEWEST.minor, name, before, Some(after));
    }
}

/// [`check`] for Python 3.`minor`.
pub(super) fn check_for(minor: u8, name: &str, before: &str, after: &str) {
    expect(minor, name, before, Some(after));
}

/// At the cursor of each text the refactoring is not offered.
pub(super) fn check_silent(name: &str, table: &[&str]) {
    for before in table {
        expect(PythonVersion::NEWEST.minor, name, before, None);
    }
}

/// [`check_silent`] for Python 3.`minor`.
pub(super) fn check_silent_for(minor: u8, name: &str, before: &str) {
    expect(minor, name, before, None);
}

/// The title of what is offered at the cursor.
pub(super) fn title(name: &str, before: &str) -> String {
    let (_, rewrite) = offered(PythonVersion::NEWEST.minor, name, before);
    rewrite.unwrap_or_else(|| panic!("{name} is offered in\n{before}")).title
}

fn expect(minor: u8, name: &str, before: &str, after: Option<&str>) {
    let (text, rewrite) = offered(minor, name, before);
    let result = rewrite.map(|rewrite| fixes::apply(&text, &rewrite.edits));
    assert_eq!(result.as_deref(), after, "\n{name} at\n{before}\nbecame\n{}\n", result.as_deref().unwrap_or("nothing"));
    if let Some(result) = result {
        let problems = problems(&analyse(&result, minor));
        assert!(problems.is_empty(), "{problems:?} in\n{result}");
    }
}

fn offered(minor: u8, name: &str, before: &str) -> (String, Option<Rewrite>) {
    assert!(REFACTORINGS.iter().any(|refactoring| refactoring.name == name), "{name}");
    let cursor = before.find('^').expect("the cursor is marked");
    let text = before.replacen('^', "", 1);
    let analysis = analyse(&text, minor);
    assert!(problems(&analysis).is_empty(), "{:?} in\n{text}", problems(&analysis));
    let range = TextRange::empty(TextSize::new(cursor as u32));
    let rewrite = rewrites(&analysis, range).into_iter().find(|rewrite| rewrite.name == name);
    (text, rewrite)
}

fn analyse(text: &str, minor: u8) -> Analysis {
    let engine = Engine::with_rules(Knowledge::builtin(), |_, _| false);
    let options = Options { target: PythonVersion::three(minor), ..Options::default() };
    Analysis::new(Arc::from(text), &options, &engine)
}

fn problems(analysis: &Analysis) -> Vec<String> {
    let statements = analysis.module().statements.iter();
    statements.flat_map(|placed| &placed.statement.problems).map(|problem| problem.message.clone()).collect()
}

#[test]
fn every_refactoring_names_a_section_of_the_book() {
    let knowledge = Knowledge::builtin();
    for refactoring in REFACTORINGS {
        let told = knowledge.notes().any(|(_, note)| note.section.to_string() == refactoring.section);
        assert!(told, "{} names §{}, which has no note", refactoring.name, refactoring.section);
    }
}
