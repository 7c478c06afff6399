//! Which notes stand beside which line.

use std::collections::{BTreeMap, HashMap, HashSet};

use ruff_text_size::TextRange;

use super::{Analysis, Finding, Reference};
use crate::book::{Book, SectionKind, SectionNumber};
use crate::knowledge::{NoteId, RuleId, Severity, render};

/// What the margin says: a flag with a rule's name, or a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// What it stands beside, in bytes of the document.
    pub range: TextRange,
    /// The rule that found something; `None` for a section.
    pub rule: Option<RuleId>,
    /// The note of the section; `None` for a finding.
    pub note: Option<NoteId>,
    /// Without its title where the title was just told.
    pub text: String,
    /// What it is about, in a sentence or two.
    pub gist: String,
}

/// After so many lines a title is told again.
const FORGOTTEN: usize = 40;

/// The remarks of each line that has some; lines count from 0.
pub fn by_line(analysis: &Analysis, findings: &[(Finding, Severity)], all: bool) -> BTreeMap<usize, Vec<Remark>> {
    let mut lines: BTreeMap<usize, Vec<Remark>> = BTreeMap::new();
    let mut flagged = HashSet::new();
    let line_of = |offset| analysis.lines().line_index(offset).to_zero_indexed();
    for (finding, _) in findings {
        let rule = analysis.knowledge().rule(finding.rule);
        let book = analysis.knowledge().rule_volume(finding.rule).book();
        let section =
            rule.sections.first().map_or_else(String::new, |section| format!(" {}", book.reference(*section)));
        let (range, rule_id) = (finding.range, Some(finding.rule));
        let text = format!("⚑ {}{section}", rule.name);
        let remark = Remark { range, rule: rule_id, note: None, text, gist: finding.message.clone() };
        let line = line_of(finding.range.start());
        flagged.extend(rule.sections.first().map(|section| (line, *section)));
        let remarks = lines.entry(line).or_default();
        if !remarks.iter().any(|known| known.text == remark.text) {
            remarks.push(remark);
        }
    }
    let mut references: Vec<_> = analysis
        .references()
        .into_iter()
        .map(|reference| (line_of(reference.range.start()), ordinariness(&reference.trigger), reference))
        .filter(|(_, ordinary, _)| all || *ordinary < Ordinary::Everyday)
        .collect();
    // Of a line, libraries first; otherwise as they stand.
    references.sort_by_key(|(line, ordinary, _)| (*line, *ordinary));
    let mut teller = Teller { analysis, told: HashMap::new() };
    for (line, ordinary, Reference { range, notes, .. }) in references {
        let explains = |note: &&NoteId| all || explains(analysis, **note);
        let Some(&note) = notes.iter().find(explains) else { continue };
        // The flag names the section already.
        if flagged.contains(&(line, analysis.knowledge().note(note).section)) {
            continue;
        }
        if let Some(remark) = teller.remark(note, range, line, all || ordinary == Ordinary::Library) {
            lines.entry(line).or_default().push(remark);
        }
    }
    lines
}

/// The note that each use of something leads to, everyday Python aside, in order of place.
pub(super) fn uses(analysis: &Analysis) -> impl Iterator<Item = (TextRange, NoteId)> {
    let told = |reference: &Reference| ordinariness(&reference.trigger) < Ordinary::Everyday;
    analysis.references().into_iter().filter(told).filter_map(|Reference { range, notes, .. }| {
        Some((range, notes.into_iter().find(|note| explains(analysis, *note))?))
    })
}

/// The notes that a stretch of code leads to, everyday Python aside: libraries first, each once.
pub fn within(analysis: &Analysis, range: TextRange) -> Vec<NoteId> {
    let inside = analysis.references().into_iter().filter(|reference| range.contains_range(reference.range));
    let mut ranked: Vec<_> = inside
        .map(|reference| (ordinariness(&reference.trigger), reference.notes))
        .filter(|(ordinary, _)| *ordinary < Ordinary::Everyday)
        .filter_map(|(ordinary, notes)| Some((ordinary, notes.into_iter().find(|note| explains(analysis, *note))?)))
        .collect();
    ranked.sort_by_key(|(ordinary, _)| *ordinary);
    let mut seen = HashSet::new();
    ranked.into_iter().map(|(_, note)| note).filter(|note| seen.insert(*note)).collect()
}

/// Whether the note explains something. A worked example is worth a hover, and seldom a place in the margin.
fn explains(analysis: &Analysis, note: NoteId) -> bool {
    let knowledge = analysis.knowledge();
    let section = knowledge.note_volume(note).book().section(knowledge.note(note).section);
    section.is_some_and(|section| !matches!(section.kind, SectionKind::Example | SectionKind::Pitfalls))
}

/// How much of a note a reader of Python needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ordinary {
    /// A library's name: told wherever it is used.
    Library,
    /// A shape of the language, or a built-in name: told once.
    Language,
    /// What every line is made of: told when asked for.
    Everyday,
}

/// Shapes that every program is full of. A name that ends in a dot stands for all that begin with it.
const EVERYDAY: &str = "\
    annotation annotation. arg.annotation assign.alias attr.class_level attr.instance_assign break \
    call.constructor class class.single_base compare.eq compare.in compare.is compare.is_not compare.ne \
    continue decorator def default.none_sentinel docstring dunder.__init__ dunder.__name__ expr. for \
    function.as_value if if. import import.local import_from. indentation. keyword line_continuation.implicit \
    method.instance name. operator. param.cls param.positional_or_keyword param.self pattern.capture \
    pattern.literal pattern.wildcard return return. slice string string.backslash_escape string.triple_quoted \
    subscript. truth_test unpack.assign while";
/// Built-in names that every program is full of.
const BUILTINS: &str = "bool bytes dict float int len list object print range set str tuple type";

fn ordinariness(trigger: &str) -> Ordinary {
    let (kind, name) = trigger.split_once(':').unwrap_or(("", trigger));
    let everyday = match (kind, name.strip_prefix("builtins.")) {
        ("syntax", _) => {
            EVERYDAY.split(' ').any(|shape| shape == name || (shape.ends_with('.') && name.starts_with(shape)))
        }
        (_, Some(builtin)) => BUILTINS.split(' ').any(|name| name == builtin),
        _ => return Ordinary::Library,
    };
    if everyday { Ordinary::Everyday } else { Ordinary::Language }
}

/// Remembers what the reader has been told.
struct Teller<'a> {
    analysis: &'a Analysis,
    /// The last line on which a note's section came up.
    told: HashMap<NoteId, usize>,
}

impl Teller<'_> {
    /// What to write beside a line; nothing where it would only repeat that line or the one above.
    fn remark(&mut self, note: NoteId, range: TextRange, line: usize, again: bool) -> Option<Remark> {
        let knowledge = self.analysis.knowledge();
        let last = self.told.insert(note, line);
        if last.is_some_and(|last| last + 1 >= line || !again) {
            return None;
        }
        let book = knowledge.note_volume(note).book();
        let number = knowledge.note(note).section;
        let mut text = book.reference(number);
        if last.is_none_or(|last| last + FORGOTTEN < line) {
            text = format!("{text} {}", title(book, number));
        }
        Some(Remark { range, rule: None, note: Some(note), text, gist: knowledge.note(note).summary.to_string() })
    }
}

/// How a note is named where there is little room: its number and short title.
pub fn name(analysis: &Analysis, note: NoteId) -> String {
    let knowledge = analysis.knowledge();
    let (book, number) = (knowledge.note_volume(note).book(), knowledge.note(note).section);
    format!("{} {}", book.reference(number), title(book, number))
}

/// A section's title, short, and telling: that of the section around it where its own says nothing.
pub fn title(book: &Book, number: SectionNumber) -> &str {
    let title = |number| book.section(number).map(|section| &*section.title);
    let own = title(number).unwrap_or_default();
    let telling = if own == "Basic Example" { number.parent().and_then(title).unwrap_or(own) } else { own };
    let (telling, _) = render::without_version(telling);
    let telling = telling.split(" — ").next().unwrap_or(telling);
    // What stands in brackets at the end explains the rest.
    telling.strip_suffix(')').and_then(|title| title.rsplit_once(" (")).map_or(telling, |(title, _)| title)
}
