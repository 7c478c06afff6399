//! One analysis per document version: computed once, immutable, read by every feature.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::sync::{Arc, OnceLock};

use ruff_source_file::LineIndex;
use ruff_text_size::{TextRange, TextSize};

use super::engine::Engine;
use super::reference::{self, At, Reference};
use super::rules::{ABOUT_SYNTAX_ERRORS, CONCLUDE_FROM_ABSENCE, Runner, project};
use super::suppress::may_silence;
use super::{Edit, Finding, Fix, fix};
use crate::knowledge::Knowledge;
use crate::python::{
    Cells, Edited, Environment, Fact, Import, Layout, Module, NoObserver, Place, Placed, PythonVersion, Statement,
    project_facts,
};

/// What an analysis depends on besides the text and the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// No advice that this version cannot follow.
    pub target: PythonVersion,
    /// The file's path within its project, or its name, as far as known, tells a test file; empty for an untitled buffer.
    pub file_name: String,
    /// `.pyi`: constructs that are normal in stubs are not remarked on.
    pub stub: bool,
    /// The file among the files of its project, where it is one. What depends on these is not kept: it is asked for anew
    /// with every question.
    pub place: Option<Place>,
    /// `.ipynb`: magics are part of the language.
    pub notebook: bool,
    /// Findings are all that is asked for: there are no references, no answers to a hover, and nothing that makes the next
    /// version of the text cheaper.
    pub findings_only: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            target: PythonVersion::NEWEST,
            file_name: String::new(),
            stub: false,
            place: None,
            notebook: false,
            findings_only: false,
        }
    }
}

impl Options {
    fn environment(&self) -> Environment {
        Environment {
            target: self.target,
            test_file: is_test_file(&self.file_name),
            not_ours: is_vendored(&self.file_name) || is_named_generated(&self.file_name),
            stub: self.stub,
            package: is_package(&self.file_name),
            notebook: self.notebook,
            facts: !self.findings_only,
            comments: true,
            imports: true,
            file_name: Arc::from(self.file_name.as_str()),
        }
    }
}

/// `test_x.py`, `x_test.py`, `tests.py`, `conftest.py`, or below a folder such as `tests/`, `test/` and `unit_tests/`.
fn is_test_file(path: &str) -> bool {
    let mut parts = path.rsplit(['/', '\\']);
    let name = parts.next().unwrap_or_default();
    let is_tests = |name: &str| name == "tests" || name.ends_with("_test") || name.ends_with("_tests");
    name.starts_with("test_")
        || name == "conftest.py"
        || name.strip_suffix(".py").is_some_and(is_tests)
        || parts.any(|folder| folder == "test" || is_tests(folder))
}

/// Below a folder that by its name holds copies of other projects.
fn is_vendored(path: &str) -> bool {
    const FOLDERS: [&str; 9] =
        ["_vendor", "vendor", "_vendored", "vendored", "third_party", "_third_party", "extern", "_extern", "patched"];
    path.split(['/', '\\']).rev().skip(1).any(|folder| FOLDERS.contains(&folder))
}

/// Named as generators name what they write: `models_pb2.py`, `_generated.py`, `schema_generated.py`, or below `generated/`.
fn is_named_generated(path: &str) -> bool {
    const NAMES: [&str; 2] = ["generated", "_generated"];
    const ENDS: [&str; 3] = ["_generated", "_pb2", "_pb2_grpc"];
    let mut parts = path.rsplit(['/', '\\']);
    let file = parts.next().unwrap_or_default();
    let stem = file.strip_suffix(".py").or_else(|| file.strip_suffix(".pyi")).unwrap_or_default();
    let of_generator = NAMES.contains(&stem) || ENDS.iter().any(|end| stem.ends_with(end));
    of_generator || parts.any(|folder| NAMES.contains(&folder))
}

/// `__init__.py`.
fn is_package(path: &str) -> bool {
    path.rsplit(['/', '\\']).next().is_some_and(|name| name.starts_with("__init__."))
}

/// Everything that is known about one version of a document.
#[derive(Debug)]
pub struct Analysis {
    engine: Arc<Engine>,
    options: Options,
    text: Arc<str>,
    /// Counted when somebody asks: most versions of a text are looked at without.
    lines: OnceLock<LineIndex>,
    module: Module,
    /// The findings of each statement of the module, ranges relative to the statement's start.
    findings: Vec<Arc<Vec<Finding>>>,
    /// `false` for a file that is no Python: only rules about projects look at it.
    python: bool,
    /// Whether a rule failed on it, and so has no findings here.
    failed: bool,
}

impl Analysis {
    /// Analyses a whole text. Must run on a thread with a large stack: dropping a deep syntax tree recurses.
    pub fn new(text: Arc<str>, options: &Options, engine: &Arc<Engine>) -> Self {
        Self::of_cells(text, Cells::default(), options, engine)
    }

    /// Analyses a text that may be the cells of a notebook. Must run on a thread with a large stack.
    pub fn of_cells(text: Arc<str>, cells: Cells, options: &Options, engine: &Arc<Engine>) -> Self {
        let mut environment = options.environment();
        if options.findings_only {
            // Few files silence anything, and few rules ask for imports.
            environment.comments = may_silence(&text);
            environment.imports = engine.needs_imports();
        }
        let mut runner = Runner::new(&engine.plan, engine.knowledge(), &environment, &text);
        let module = Module::read_cells(&text, cells, &environment, &mut runner);
        let failed = runner.has_failed();
        let findings = module
            .statements
            .iter()
            .zip(runner.found)
            .map(|(placed, found)| {
                // The rules saw each cell alone, so their offsets count from its start.
                let start = placed.range.start() - module.cells.start_of(placed.range.start());
                Arc::new(relative_findings(found, placed, start, engine.knowledge()))
            })
            .collect();
        Self { failed, ..Self::assemble(text, options, engine, module, findings) }
    }

    /// Of a file that is no Python, such as a `pyproject.toml`: rules about projects look at it, and `#` begins a comment.
    pub fn of_other(text: Arc<str>, options: &Options, engine: &Arc<Engine>) -> Self {
        let module = Module::read("", &options.environment(), &mut NoObserver);
        Self { python: false, ..Self::assemble(text, options, engine, module, Vec::new()) }
    }

    /// Of Python, by rules of which none failed.
    fn assemble(
        text: Arc<str>,
        options: &Options,
        engine: &Arc<Engine>,
        module: Module,
        findings: Vec<Arc<Vec<Finding>>>,
    ) -> Self {
        Self {
            engine: Arc::clone(engine),
            options: options.clone(),
            text,
            lines: OnceLock::new(),
            module,
            findings,
            python: true,
            failed: false,
        }
    }

    /// Analyses the next version of a document: at the cost of the statements that differ, where that is the same as
    /// analysing it anew. Must run on a thread with a large stack.
    #[must_use]
    pub fn update(&self, text: Arc<str>, options: &Options, engine: &Arc<Engine>) -> Self {
        self.update_cells(text, Cells::default(), options, engine)
    }

    /// Analyses the next version of a document that may be a notebook, as [`Analysis::update`] does.
    #[must_use]
    pub fn update_cells(&self, text: Arc<str>, cells: Cells, options: &Options, engine: &Arc<Engine>) -> Self {
        // A rule that failed on the one version is tried on all of the next. Who wanted findings only kept nothing to go on with.
        let kept = !self.failed && !self.options.findings_only;
        if !kept || !Arc::ptr_eq(&self.engine, engine) || self.options != *options {
            return Self::of_cells(text, cells, options, engine);
        }
        let mut runner = Runner::new(&engine.plan, engine.knowledge(), &options.environment(), &text);
        let Some(edited) = self.module.edit(&self.text, &text, cells.clone(), &mut runner) else {
            return Self::of_cells(text, cells, options, engine);
        };
        if runner.has_failed() {
            return Self::of_cells(text, cells, options, engine);
        }
        let findings = self.findings_after(&edited, runner.found, engine.knowledge());
        Self::assemble(text, options, engine, edited.module, findings)
    }

    /// The findings of each statement after an edit, of which those are new that the rules were shown.
    fn findings_after(
        &self,
        edited: &Edited,
        found: Vec<Vec<Finding>>,
        knowledge: &Knowledge,
    ) -> Vec<Arc<Vec<Finding>>> {
        let statements = &edited.module.statements;
        let mut findings = Vec::with_capacity(statements.len());
        let mut kept = 0;
        for (replaced, inserted) in &edited.replaced {
            findings.extend_from_slice(&self.findings[kept..replaced.start]);
            findings.resize_with(findings.len() + inserted, Arc::default);
            kept = replaced.end;
        }
        findings.extend_from_slice(&self.findings[kept..]);
        for (&(at, base), found) in edited.read.iter().zip(found) {
            // The rules saw a part of the text alone, so their offsets count from its start.
            let start = statements[at].range.start() - base;
            findings[at] = Arc::new(relative_findings(found, &statements[at], start, knowledge));
        }
        findings
    }

    /// The document.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Where its lines begin.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::from_source_text(&self.text))
    }

    /// The notes and rules it was made with.
    pub fn knowledge(&self) -> &Arc<Knowledge> {
        self.engine.knowledge()
    }

    /// The facts.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// What a hover at this offset answers; `None` where there is nothing to say.
    pub fn at(&self, offset: TextSize) -> Option<At> {
        let placed = &self.module.statements[self.module.statement_at(offset)?];
        let local = offset - placed.range.start();
        let facts = &*self.facts(placed, |import| import.statement.contains(local));
        let mut ranges: Vec<TextRange> = facts_around(facts, local).map(|fact| fact.range).collect();
        // The token itself before what encloses it.
        ranges.sort_by_key(|range| range.len());
        ranges.dedup();
        ranges.into_iter().find_map(|range| {
            let here = facts.iter().filter(|fact| fact.range == range).map(|fact| &fact.kind);
            let ranked = reference::rank(self.knowledge(), here)?;
            Some(At {
                range: range + placed.range.start(),
                trigger: ranked.trigger,
                notes: ranked.notes,
                keyword_only: ranked.keyword_only,
            })
        })
    }

    /// Every reference of the document, in order of place.
    pub fn references(&self) -> Vec<Reference> {
        let mut references = Vec::new();
        for placed in &self.module.statements {
            for here in self.facts(placed, |_| true).chunk_by(|a, b| a.range == b.range) {
                if let Some(ranked) = reference::rank(self.knowledge(), here.iter().map(|fact| &fact.kind)) {
                    references.push(Reference {
                        range: here[0].range + placed.range.start(),
                        trigger: ranked.trigger,
                        notes: ranked.notes,
                    });
                }
            }
        }
        references
    }

    /// The facts of a statement, with what the files of the project add to those of its imports that are wanted.
    fn facts<'a>(&self, placed: &'a Placed, wanted: impl Fn(&Import) -> bool) -> Cow<'a, [Fact]> {
        let statement = &placed.statement;
        let Some(place) = &self.options.place else { return Cow::Borrowed(&statement.facts) };
        let imports: Vec<Import> = statement.imports.iter().filter(|import| wanted(import)).cloned().collect();
        let more = if imports.is_empty() { Vec::new() } else { project_facts(place, &imports) };
        if more.is_empty() {
            return Cow::Borrowed(&statement.facts);
        }
        let mut facts = statement.facts.clone();
        facts.extend(more);
        facts.sort_by_key(|fact| (fact.range.start(), Reverse(fact.range.end())));
        Cow::Owned(facts)
    }

    /// Every finding of the engine's rules, in order of place: neither severities nor suppression comments are applied.
    pub fn findings(&self) -> Vec<Finding> {
        let Options { target, place, .. } = &self.options;
        let (plan, knowledge) = (&self.engine.plan, self.knowledge());
        if !self.python {
            let in_file = |place: &Place| project::in_file(plan, knowledge, *target, place, &self.text);
            return place.as_ref().map(in_file).unwrap_or_default();
        }
        let mut findings = Vec::new();
        for (placed, found) in self.module.statements.iter().zip(&self.findings) {
            findings.extend(found.iter().map(|finding| shifted(finding, placed.range.start())));
        }
        project::complete(plan, knowledge, *target, place.as_ref(), &self.module, &mut findings);
        findings
    }

    /// Whether it is Python.
    pub fn is_python(&self) -> bool {
        self.python
    }

    /// Where its comments are.
    pub fn layout(&self) -> Layout {
        if self.python { self.module.layout() } else { Layout::of_plain(&self.text) }
    }

    /// The comment at an offset.
    pub fn comment_at(&self, offset: TextSize) -> Option<TextRange> {
        if !self.python {
            return self.layout().comments.into_iter().find(|comment| comment.contains_inclusive(offset));
        }
        let placed = &self.module.statements[self.module.statement_at(offset)?];
        let local = offset - placed.range.start();
        let comments = &placed.statement.layout.comments;
        let at = comments.partition_point(|comment| comment.end() < local);
        comments
            .get(at)
            .filter(|comment| comment.contains_inclusive(local))
            .map(|comment| *comment + placed.range.start())
    }

    /// The edits that apply a fix of one of this document's findings, the imports that it needs among them.
    pub fn edits(&self, fix: &Fix) -> Vec<Edit> {
        fix::complete(fix, &self.module, &self.text)
    }
}

/// The facts whose range holds an offset. Facts are sorted by start; a token's facts are near each other.
fn facts_around(facts: &[Fact], offset: TextSize) -> impl Iterator<Item = &Fact> {
    let end = facts.partition_point(|fact| fact.range.start() <= offset);
    facts[..end].iter().filter(move |fact| fact.range.contains(offset))
}

/// Puts findings in order, relative to their statement, without those that a syntax error casts doubt on. `start` is
/// where the statement starts in the text that the rules saw.
fn relative_findings(found: Vec<Finding>, placed: &Placed, start: TextSize, knowledge: &Knowledge) -> Vec<Finding> {
    let mut findings: Vec<Finding> = found
        .into_iter()
        .filter_map(|mut finding| {
            finding.range = checked_sub(finding.range, start)?;
            for (range, _) in &mut finding.related {
                *range = checked_sub(*range, start)?;
            }
            for edit in finding.fix.iter_mut().flat_map(|fix| &mut fix.edits) {
                edit.range = checked_sub(edit.range, start)?;
            }
            Some(finding)
        })
        .collect();
    if !placed.statement.doubtful.is_empty() || !placed.statement.headless.is_empty() {
        withhold(&mut findings, &placed.statement, knowledge);
    }
    findings.sort_by_key(|finding| (finding.range.start(), finding.range.end(), finding.rule));
    findings.dedup_by(|a, b| a.range == b.range && a.rule == b.rule);
    findings
}

/// Takes away what a statement with syntax errors cannot be blamed for: what a half-typed line means is not known, so
/// what is found on it waits until it is whole; and so does what rests on something not being there.
fn withhold(findings: &mut Vec<Finding>, statement: &Statement, knowledge: &Knowledge) {
    let meets = |ranges: &[TextRange], range: TextRange| ranges.iter().any(|other| other.intersect(range).is_some());
    let in_doubt = |range| meets(&statement.doubtful, range) || meets(&statement.headless, range);
    findings.retain_mut(|finding| {
        let name = knowledge.rule(finding.rule).name.as_ref();
        if ABOUT_SYNTAX_ERRORS.contains(&name) {
            return !meets(&statement.headless, finding.range);
        }
        if CONCLUDE_FROM_ABSENCE.contains(&name) || in_doubt(finding.range) {
            return false;
        }
        finding.fix.take_if(|fix| fix.edits.iter().any(|edit| in_doubt(edit.range)));
        true
    });
}

fn checked_sub(range: TextRange, start: TextSize) -> Option<TextRange> {
    Some(TextRange::new(range.start().checked_sub(start)?, range.end().checked_sub(start)?))
}

fn shifted(finding: &Finding, by: TextSize) -> Finding {
    let mut finding = finding.clone();
    finding.range += by;
    finding.related.iter_mut().for_each(|(range, _)| *range += by);
    finding.fix.iter_mut().flat_map(|fix| &mut fix.edits).for_each(|edit| edit.range += by);
    finding
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_edit_an_import_leaves_advice_elsewhere_alone_unless_it_is_of_python_2() {
        let engine = Engine::new(Knowledge::builtin());
        let text = "from functools import partial\nfrom typing import Optional\ndef f(a: Optional[int]): ...\n";
        let before = Analysis::new(text.into(), &Options::default(), &engine);
        assert_eq!(before.findings.iter().map(|findings| findings.len()).collect::<Vec<_>>(), [0, 0, 1]);
        let after = |with: &str| {
            let text = text.replace("from functools import partial", with);
            before.update(text.into(), &Options::default(), &engine)
        };
        let other = after("from functools import partials");
        assert!(Arc::ptr_eq(&before.findings[2], &other.findings[2]), "it is not read again");
        let old = after("from urllib2 import urlopen");
        assert!(old.findings[2].is_empty(), "Python 2 has no other way to write it");
    }
}
