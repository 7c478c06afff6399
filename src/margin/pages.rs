//! The page of a rule or a note is its own test: the Example is found, the Use instead is not, fixes leave code that parses
//! and in which the finding is gone. No code is run.

use std::sync::Arc;

use ruff_text_size::TextSize;

use super::fixes::apply;
use super::rules::ABOUT_SYNTAX_ERRORS;
use super::{Analysis, Engine, Finding, Options};
use crate::knowledge::{FixKind, Note, Rule};
use crate::python::PythonVersion;

/// Something that the code on a page shows to be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageFault {
    /// The heading above the code, without `##`.
    pub heading: &'static str,
    /// The line of the code, from 1; `None` where it is the code as a whole.
    pub line: Option<usize>,
    /// What is wrong, for the page's author.
    pub message: String,
}

/// A heading with its code, analysed.
struct Shown<'p> {
    heading: &'static str,
    code: &'p str,
    analysis: Analysis,
}

/// What is wrong with a note's example: it must parse. Must run on a thread with a large stack.
pub fn note_faults(note: &Note, engine: &Arc<Engine>) -> Vec<PageFault> {
    let analysis = Analysis::new(Arc::from(&*note.example), &Options::default(), engine);
    Shown { heading: "Example", code: &note.example, analysis }.syntax_faults()
}

/// What is wrong with a rule's page. The rule must run on one file alone, and be of the engine's. Must run on a thread with
/// a large stack.
pub fn rule_faults(rule: &Rule, engine: &Arc<Engine>) -> Vec<PageFault> {
    let shown = |heading, code| Shown { heading, code, analysis: analyse(code, engine, rule) };
    let example = shown("Example", &rule.docs.example);
    let instead = shown("Use instead", &rule.docs.instead);
    let mut faults = Vec::new();
    // Rules about code that does not parse show such code.
    if !ABOUT_SYNTAX_ERRORS.contains(&&*rule.name) {
        faults.extend(example.syntax_faults());
    }
    faults.extend(instead.syntax_faults());
    if !faults.is_empty() {
        // What is found in such code, or not, says nothing.
        return faults;
    }
    let found = example.findings(rule);
    if found.is_empty() {
        faults.push(example.fault(None, "the rule finds nothing here"));
    }
    for finding in instead.findings(rule) {
        let message = format!("the rule finds what it should not: {}", finding.message);
        faults.push(instead.fault(Some(finding.range.start()), message));
    }
    if rule.fix != FixKind::None && !found.is_empty() && found.iter().all(|finding| finding.fix.is_none()) {
        faults.push(example.fault(None, "the rule promises a fix, and what it finds here has none"));
    }
    faults.extend(found.iter().flat_map(|finding| finding_faults(rule, &example, finding, found.len(), engine)));
    faults
}

/// What is wrong with one of the `found` findings of the example.
fn finding_faults(
    rule: &Rule,
    example: &Shown<'_>,
    finding: &Finding,
    found: usize,
    engine: &Arc<Engine>,
) -> Vec<PageFault> {
    let mut faults = Vec::new();
    let mut fault = |message: String| faults.push(example.fault(Some(finding.range.start()), message));
    if finding.message.contains('{') {
        fault(format!("the message has a gap: {}", finding.message));
    }
    let Some(fix) = &finding.fix else { return faults };
    if rule.fix == FixKind::None || (fix.safe && rule.fix == FixKind::Unsafe) {
        fault(format!("the fix is more than the page promises: {}", fix.title));
    }
    let code = apply(example.code, &example.analysis.edits(fix));
    let fixed = Shown { heading: example.heading, code: &code, analysis: analyse(&code, engine, rule) };
    if let Some(broken) = fixed.syntax_faults().pop() {
        fault(format!("after the fix, {}", broken.message));
    }
    if fixed.findings(rule).len() >= found {
        fault("what the rule finds is still there after the fix".to_owned());
    }
    faults
}

/// The code of a rule's page as the kind of file that the rule looks at.
pub(super) fn analyse(code: &str, engine: &Arc<Engine>, rule: &Rule) -> Analysis {
    // Rules about tests look at test files.
    let usual = if rule.group == "testing" { "test_example.py" } else { "example.py" };
    // An example may say in its first line what file it is: `# shop/__init__.py`.
    let first = code.lines().next().unwrap_or_default();
    let named = first.strip_prefix("# ").filter(|name| !name.contains(' ') && name.split('.').nth(1) == Some("py"));
    let file_name = named.unwrap_or(usual).to_owned();
    // It may also say which Python it is for.
    let bound = first.strip_prefix("# requires-python = \">=").and_then(|rest| rest.strip_suffix('"'));
    let target = bound.and_then(|bound| bound.parse().ok()).unwrap_or(PythonVersion::NEWEST);
    Analysis::new(Arc::from(code), &Options { target, file_name, ..Options::default() }, engine)
}

impl Shown<'_> {
    fn findings(&self, rule: &Rule) -> Vec<Finding> {
        let knowledge = self.analysis.knowledge();
        let findings = self.analysis.findings().into_iter();
        findings.filter(|finding| knowledge.rule(finding.rule).name == rule.name).collect()
    }

    /// Where it does not parse; the first place, what follows may come from it.
    fn syntax_faults(&self) -> Vec<PageFault> {
        let statements = &self.analysis.module().statements;
        let problem = statements.iter().find_map(|placed| Some((placed, placed.statement.problems.first()?)));
        let fault = |(placed, problem): (&crate::python::Placed, &crate::python::SyntaxProblem)| {
            let message = format!("the code does not parse: {}", problem.message);
            self.fault(Some(placed.range.start() + problem.range.start()), message)
        };
        problem.map(fault).into_iter().collect()
    }

    fn fault(&self, at: Option<TextSize>, message: impl Into<String>) -> PageFault {
        let line = at.map(|at| 1 + self.code[..at.to_usize()].matches('\n').count());
        PageFault { heading: self.heading, line, message: message.into() }
    }
}
