//! Refactorings: other ways to write the code at a place that the book teaches and that mean the same.
//!
//! They are no findings: nothing is wrong with the code, and nothing is computed before somebody asks for a place. One
//! file per refactoring; `REFACTORINGS` lists them. A refactoring says nothing where it is not sure, and where a
//! comment would be lost. `docs/refactorings.md` tells the reader when each is offered.

mod append_loop;
mod builtin_generic;
mod close_in_finally;
mod dataclass;
mod flow;
mod fstring;
mod gather;
mod if_chain;
mod init_class;
mod named_tuple;
mod optional_type;
mod os_path;
mod percent_format;
mod str_format;
mod union_type;

#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};

use ruff_python_ast::{AnyNodeRef, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::fix::indentation;
use super::rules::support::{starts_line, suite_of};
use super::{Analysis, Edit, Fix, Import};
use crate::python::{Context, Module, Node, Observer, PythonVersion};

/// A refactoring that can be done at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// Which refactoring, by the name of its file with hyphens.
    pub name: &'static str,
    /// What it does and the section that teaches it: "Rewrite as f-string (§2.4.1)".
    pub title: String,
    /// Whole: the imports that it needs are among them. Sorted by place, not overlapping.
    pub edits: Vec<Edit>,
}

/// One refactoring.
struct Refactoring {
    name: &'static str,
    /// The section that teaches what comes out.
    section: &'static str,
    /// The first Python version that has it.
    since: PythonVersion,
    look: Look,
}

/// What a refactoring looks at. Each function is called with the context that the node stands in.
#[derive(Clone, Copy)]
enum Look {
    /// Statements of these kinds.
    Stmt(&'static [NodeKind], for<'a> fn(&Request<'_>, &Context<'a>, &'a Stmt) -> Option<Offer>),
    /// Expressions of these kinds.
    Expr(&'static [NodeKind], for<'a> fn(&Request<'_>, &Context<'a>, &'a Expr) -> Option<Offer>),
}

/// The document that a refactoring is asked for.
struct Request<'r> {
    /// The whole text; the contexts see a part of it.
    text: &'r str,
    module: &'r Module,
}

/// What can be done at one node.
struct Offer {
    /// Where the cursor has to be: any of these.
    places: Vec<TextRange>,
    /// "Rewrite as f-string".
    title: String,
    /// Sorted by place, not overlapping.
    edits: Vec<Edit>,
    imports: Vec<Import>,
    /// Where it depends on the place which section teaches it.
    section: Option<&'static str>,
}

impl Offer {
    fn new(place: impl Ranged, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self { places: vec![place.range()], title: title.into(), edits, imports: Vec::new(), section: None }
    }

    /// What a rule's fix does, under another title.
    fn of_fix(place: impl Ranged, title: impl Into<String>, fix: Fix) -> Self {
        Self { places: vec![place.range()], title: title.into(), edits: fix.edits, imports: fix.imports, section: None }
    }
}

/// All of them, in the order in which they are offered.
const REFACTORINGS: &[Refactoring] = &[
    percent_format::REFACTORING,
    str_format::REFACTORING,
    optional_type::REFACTORING,
    union_type::REFACTORING,
    builtin_generic::REFACTORING,
    os_path::REFACTORING,
    close_in_finally::REFACTORING,
    append_loop::REFACTORING,
    gather::REFACTORING,
    if_chain::REFACTORING,
    init_class::REFACTORING,
    named_tuple::REFACTORING,
];

/// Longer expressions are left to their author: each of those nested in them would be read to its end.
const MAX_EXPRESSION: TextSize = TextSize::new(4_000);

/// Who selects more than this wants something else.
const MAX_RANGE: TextSize = TextSize::new(64 * 1024);

/// What can be rewritten at a range of the document, which is empty when it is a cursor: each refactoring once, at the
/// innermost place.
///
/// Must run on a thread with a large stack.
pub fn rewrites(analysis: &Analysis, range: TextRange) -> Vec<Rewrite> {
    let text = analysis.text();
    let module = analysis.module();
    // Lines that end in a carriage return alone are not counted as lines here.
    let old_lines = memchr::memchr_iter(b'\r', text.as_bytes()).any(|at| text.as_bytes().get(at + 1) != Some(&b'\n'));
    if range.len() > MAX_RANGE || old_lines {
        return Vec::new();
    }
    let mut finder = Finder { request: Request { text, module }, found: Vec::new() };
    let Some(base) = module.revisit(text, range, &mut finder) else { return Vec::new() };
    let mut rewrites = Vec::new();
    for (at, refactoring) in REFACTORINGS.iter().enumerate() {
        let offers = finder.found.iter().filter(|(of, _)| *of == at).map(|(_, offer)| offer);
        if let Some(offer) = nearest(offers, range - base) {
            rewrites.push(Rewrite {
                name: refactoring.name,
                title: format!("{} (§{})", offer.title, offer.section.unwrap_or(refactoring.section)),
                edits: whole_edits(analysis, offer, base),
            });
        }
    }
    rewrites
}

/// The offer whose place is the smallest around the range; where none is around it, the first that touches it.
fn nearest<'o>(offers: impl Iterator<Item = &'o Offer>, range: TextRange) -> Option<&'o Offer> {
    let places = offers.flat_map(|offer| offer.places.iter().map(move |place| (place, offer)));
    let touching: Vec<_> = places.filter(|(place, _)| place.intersect(range).is_some()).collect();
    let around = touching.iter().filter(|(place, _)| place.contains_range(range));
    around.min_by_key(|(place, _)| place.len()).or(touching.first()).map(|(_, offer)| *offer)
}

fn whole_edits(analysis: &Analysis, offer: &Offer, base: TextSize) -> Vec<Edit> {
    let mut imports: Vec<Import> = Vec::new();
    for import in &offer.imports {
        if !imports.contains(import) {
            imports.push(import.clone());
        }
    }
    let edits = offer.edits.iter().map(|edit| Edit { range: edit.range + base, text: edit.text.clone() }).collect();
    analysis.edits(&Fix { title: String::new(), safe: true, edits, imports })
}

/// Asks every refactoring about the nodes that it is shown.
struct Finder<'r> {
    request: Request<'r>,
    /// With the place of the refactoring in the list.
    found: Vec<(usize, Offer)>,
}

impl Finder<'_> {
    fn ask(&mut self, kind: NodeKind, target: PythonVersion, ask: impl Fn(&Request<'_>, Look) -> Option<Offer>) {
        for (at, refactoring) in REFACTORINGS.iter().enumerate() {
            let (Look::Stmt(kinds, _) | Look::Expr(kinds, _)) = refactoring.look;
            if refactoring.since > target || !kinds.contains(&kind) {
                continue;
            }
            // One that fails offers nothing; the others are not to suffer.
            match catch_unwind(AssertUnwindSafe(|| ask(&self.request, refactoring.look))) {
                Ok(offer) => self.found.extend(offer.map(|offer| (at, offer))),
                Err(_) => tracing::error!(refactoring = refactoring.name, "the refactoring failed here"),
            }
        }
    }
}

impl Observer for Finder<'_> {
    fn stmt<'a>(&mut self, context: &Context<'a>, stmt: &'a Stmt) {
        self.ask(AnyNodeRef::from(stmt).kind(), context.environment.target, |request, look| match look {
            Look::Stmt(_, look) => look(request, context, stmt),
            Look::Expr(..) => None,
        });
    }

    fn expr<'a>(&mut self, context: &Context<'a>, expr: &'a Expr) {
        if expr.range().len() > MAX_EXPRESSION {
            return;
        }
        self.ask(AnyNodeRef::from(expr).kind(), context.environment.target, |request, look| match look {
            Look::Expr(_, look) => look(request, context, expr),
            Look::Stmt(..) => None,
        });
    }
}

/// The statement behind one in its suite.
fn next_statement<'a>(context: &Context<'a>, stmt: &Stmt) -> Option<&'a Stmt> {
    let (suite, at) = suite_around(context, stmt)?;
    suite.get(at + 1)
}

/// The statement before one in its suite.
fn previous_statement<'a>(context: &Context<'a>, stmt: &Stmt) -> Option<&'a Stmt> {
    let (suite, at) = suite_around(context, stmt)?;
    suite.get(at.checked_sub(1)?)
}

/// The suite that a statement stands in, and its place there; of a top-level statement those next to it.
fn suite_around<'a>(context: &Context<'a>, stmt: &Stmt) -> Option<(&'a [Stmt], usize)> {
    suite_of(context, stmt).or_else(|| {
        let suite = context.neighbours();
        let at = suite.binary_search_by_key(&stmt.start(), Ranged::start).ok()?;
        Some((suite, at))
    })
}

/// One more level of indentation, as the code around a suite has it: what the suite's lines have before them, and the
/// line that opens it has not.
fn indent_step<'a>(context: &Context<'a>, suite: &[Stmt]) -> &'a str {
    let levels = suite.first().map(Ranged::start).into_iter().chain(
        context.nodes().iter().rev().filter_map(
            |node| {
                if let Node::Stmt(stmt) = node { Some(stmt.start()) } else { None }
            },
        ),
    );
    let mut inner = None;
    for level in levels.filter(|level| starts_line(context.source, *level)) {
        let indent = indentation(context.source, level);
        if let Some(step) = inner.and_then(|inner: &'a str| inner.strip_prefix(indent)).filter(|step| !step.is_empty())
        {
            return step;
        }
        inner = Some(indent);
    }
    "    "
}
