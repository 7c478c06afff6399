//! Where detectors report what they found.

use ruff_text_size::{Ranged, TextRange};

use crate::knowledge::{FixKind, Knowledge, Rule, RuleId};
use crate::margin::{Edit, Finding, Fix};
use crate::python::PythonVersion;

/// Takes the findings of one rule.
#[derive(Debug)]
pub struct Report<'r> {
    pub(super) id: RuleId,
    pub(super) rule: &'r Rule,
    pub(super) knowledge: &'r Knowledge,
    pub(super) target: PythonVersion,
    pub(super) test_file: bool,
    pub(super) findings: &'r mut Vec<Finding>,
}

impl Report<'_> {
    /// The Python version that the code is for.
    pub fn target(&self) -> PythonVersion {
        self.target
    }

    /// Whether the whole document is a test, for detectors that see no context.
    pub fn is_test_file(&self) -> bool {
        self.test_file
    }

    /// Reports a place. `values` fill the `{name}`s of the rule's message.
    pub fn at(&mut self, place: impl Ranged, values: &[(&str, &str)]) -> &mut Finding {
        self.say(place, fill(&self.rule.message, values))
    }

    /// Reports a place with a sentence of its own, for the rules that tell several cases apart.
    pub fn say(&mut self, place: impl Ranged, message: String) -> &mut Finding {
        self.findings.push(Finding { rule: self.id, range: place.range(), message, related: Vec::new(), fix: None });
        let last = self.findings.len() - 1;
        &mut self.findings[last]
    }

    /// Whether the rule's fix keeps the meaning: what [`Fix::safe`] should be, unless a case is riskier.
    pub fn fix_is_safe(&self) -> bool {
        self.rule.fix == FixKind::Safe
    }

    /// A fix with the rule's own safety that replaces one range.
    pub fn fix(&self, title: impl Into<String>, range: impl Ranged, text: impl Into<String>) -> Fix {
        Fix {
            title: title.into(),
            safe: self.fix_is_safe(),
            edits: vec![Edit { range: range.range(), text: text.into() }],
            imports: Vec::new(),
        }
    }
}

/// Fills the `{name}`s of a message; what has no value stays as it is.
fn fill(message: &str, values: &[(&str, &str)]) -> String {
    let mut text = message.to_owned();
    for (name, value) in values {
        // A value is shown inside backticks: one line, not too long.
        let line = value.lines().next().unwrap_or_default();
        let short: String = if line.chars().count() > 60 {
            line.chars().take(57).chain("...".chars()).collect()
        } else {
            line.to_owned()
        };
        text = text.replace(&format!("{{{name}}}"), &short.replace('`', "'"));
    }
    text
}

/// An insertion.
impl Edit {
    /// Puts a text at an offset.
    pub fn insert(at: ruff_text_size::TextSize, text: impl Into<String>) -> Self {
        Self { range: TextRange::empty(at), text: text.into() }
    }

    /// Replaces a range.
    pub fn replace(range: impl Ranged, text: impl Into<String>) -> Self {
        Self { range: range.range(), text: text.into() }
    }

    /// Takes a range out.
    pub fn delete(range: impl Ranged) -> Self {
        Self { range: range.range(), text: String::new() }
    }
}
