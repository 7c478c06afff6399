//! Rules as they are named on the command line: by name, group, chapter or section, or all.

use std::sync::Arc;

use super::failure::Failure;
use super::nearest::nearest;
use crate::book::Book;
use crate::knowledge::{GROUPS, Knowledge};
use crate::margin::selector::Selector;

/// Reads names of rules, groups, chapters and sections. What names nothing in any of these is an error with the nearest name.
pub(super) fn read(names: &[String], knowledge: &[Arc<Knowledge>]) -> Result<Vec<Selector>, Failure> {
    let read = |name: &String| {
        let known = knowledge.iter().find_map(|knowledge| one(name.trim(), knowledge));
        known.ok_or_else(|| Failure::new(unknown(name.trim(), knowledge)))
    };
    names.iter().map(read).collect()
}

fn one(name: &str, knowledge: &Knowledge) -> Option<Selector> {
    let in_a_book = |has: &dyn Fn(&Book) -> bool| knowledge.volumes().iter().any(|volume| has(volume.book()));
    let selector = name.parse().ok()?;
    let known = match &selector {
        Selector::All | Selector::Group(_) => true,
        Selector::Chapter(chapter) => in_a_book(&|book| book.chapter(*chapter).is_some()),
        Selector::Section(section) => in_a_book(&|book| book.section(*section).is_some()),
        Selector::Rule(rule) => knowledge.rule_named(rule).is_some(),
    };
    known.then_some(selector)
}

fn unknown(name: &str, knowledge: &[Arc<Knowledge>]) -> String {
    if name.trim_start_matches('§').starts_with(|first: char| first.is_ascii_digit()) {
        return format!("the book has no section `{name}`; `marginalia sections` lists what there is");
    }
    let rules = knowledge.iter().flat_map(|knowledge| knowledge.rules()).map(|(_, rule)| &*rule.name);
    match nearest(name, rules.chain(GROUPS)) {
        Some(near) => format!("there is no rule or group `{name}`; did you mean `{near}`?"),
        None => format!("there is no rule or group `{name}`; `marginalia rules` lists them"),
    }
}
