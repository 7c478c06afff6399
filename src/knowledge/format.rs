//! Reads a folder of knowledge: `book.toml`, a Markdown file per section, a Markdown file per rule.
//!
//! The build reads the built-in books with it, the program reads a reader's own; so it does no I/O (it is given the
//! files' texts), and it reports every fault it finds with file and line instead of stopping at the first.

mod book;
mod front;
mod markdown;
mod matching;
mod note;
mod rule;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::Path;

use super::note::{Note, Trigger};
use super::rule::Rule;
use crate::book::{Book, SectionNumber};

/// A file of the folder.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Relative to the folder, with `/` between the parts: `16-concurrency/16.7.4-taskgroup.md`.
    pub path: String,
    /// Its content.
    pub text: String,
}

/// A fault of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, as given in [`SourceFile::path`].
    pub path: String,
    /// From 1.
    pub line: usize,
    /// What is wrong, for the author of the file.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// A `rule:` trigger that names no rule of the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingRule {
    /// The rule named.
    pub rule: String,
    /// The note that names it.
    pub path: String,
    /// The line of the trigger, from 1.
    pub line: usize,
}

/// What a folder says.
#[derive(Clone, Debug)]
pub struct Contents {
    /// The table of contents.
    pub book: Book,
    /// Sorted by section.
    pub notes: Vec<Note>,
    /// Sorted by name.
    pub rules: Vec<Rule>,
    /// Rules that notes wait for. No fault: a rule may come after its section's note.
    pub missing_rules: Vec<MissingRule>,
}

/// Reads a folder. What is faulty is left out of the contents and said in the problems, sorted by file and line.
pub fn read(files: &[SourceFile]) -> (Contents, Vec<Problem>) {
    let mut problems = Vec::new();
    let toc = book::read(files, &mut problems);
    let mut notes = Once::default();
    let mut rules = Once::default();
    let mut wanted = Vec::new();
    for file in files {
        let Some(kind) = kind(&file.path) else { continue };
        let mut faults = Faults::new(file, &mut problems);
        match kind {
            Kind::Note => {
                if let Some((note, rule_lines)) = note::read(file, &toc, &mut faults) {
                    wanted.extend(rule_lines.into_iter().map(|(rule, line)| (rule, file.path.clone(), line)));
                    notes.insert(note.value.section, note, "section", &mut faults);
                }
            }
            Kind::Rule => {
                if let Some(rule) = rule::read(file, &toc, &mut faults) {
                    rules.insert(rule.value.name.to_string(), rule, "rule", &mut faults);
                }
            }
        }
    }
    let rules = rules.values();
    wanted.retain(|(rule, ..)| rules.binary_search_by(|known: &Rule| (*known.name).cmp(rule)).is_err());
    let missing_rules = wanted.into_iter().map(|(rule, path, line)| MissingRule { rule, path, line }).collect();
    problems.sort();
    (Contents { book: toc.book, notes: notes.values(), rules, missing_rules }, problems)
}

/// What a file is, by its place in the folder.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Note,
    Rule,
}

/// `rules/*.md` are rules, other Markdown files are notes; a README, a hidden file and anything else is neither.
fn kind(path: &str) -> Option<Kind> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if Path::new(name).extension().is_none_or(|ending| ending != "md")
        || name.starts_with('.')
        || name.eq_ignore_ascii_case("README.md")
    {
        return None;
    }
    Some(if folder == "rules" { Kind::Rule } else { Kind::Note })
}

/// A file's name without folder and `.md`.
fn stem(path: &str) -> &str {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    name.strip_suffix(".md").unwrap_or(name)
}

/// Something read, with the file and line that declare it.
struct Declared<T> {
    value: T,
    path: String,
    line: usize,
}

/// What must be declared once only, in order of its key.
struct Once<K, T>(BTreeMap<K, Declared<T>>);

impl<K, T> Default for Once<K, T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord + fmt::Display, T> Once<K, T> {
    fn insert(&mut self, key: K, new: Declared<T>, what: &str, faults: &mut Faults<'_>) {
        if let Some(first) = self.0.get(&key) {
            faults.at_line(new.line, format!("{what} {key} has a file already: {}:{}", first.path, first.line));
        } else {
            self.0.insert(key, new);
        }
    }

    fn values(self) -> Vec<T> {
        self.0.into_values().map(|declared| declared.value).collect()
    }
}

/// Collects the faults of one file.
struct Faults<'f> {
    path: &'f str,
    text: &'f str,
    found: &'f mut Vec<Problem>,
}

impl<'f> Faults<'f> {
    fn new(file: &'f SourceFile, found: &'f mut Vec<Problem>) -> Self {
        Self { path: &file.path, text: &file.text, found }
    }

    /// A fault at a line, from 1.
    fn at_line(&mut self, line: usize, message: impl Into<String>) {
        self.found.push(Problem { path: self.path.to_owned(), line, message: message.into() });
    }

    /// A fault at a range of bytes of the file.
    fn at(&mut self, range: &Range<usize>, message: impl Into<String>) {
        let line = self.line_of(range.start);
        self.at_line(line, message);
    }

    /// The line of a byte offset, from 1.
    fn line_of(&self, offset: usize) -> usize {
        let before = &self.text.as_bytes()[..offset.min(self.text.len())];
        before.split(|byte| *byte == b'\n').count()
    }
}

/// The book, and what only the reading of notes needs to know of it.
struct Toc {
    book: Book,
    /// Folder of each chapter that names one.
    folders: BTreeMap<u16, String>,
    /// False when `book.toml` has faults: then nothing is held against it.
    complete: bool,
}

impl Toc {
    /// Whether the number can be used; says so when the book has no such section.
    fn check(&self, number: SectionNumber, range: &Range<usize>, faults: &mut Faults<'_>) -> bool {
        let known = self.book.section(number).is_some();
        if !known && self.complete {
            faults.at(range, format!("section {number} is not in book.toml"));
        }
        known
    }
}

/// The rule that a trigger names.
fn rule_of(trigger: &Trigger) -> Option<&str> {
    if let Trigger::Rule(name) = trigger { Some(name) } else { None }
}

#[cfg(test)]
mod tests;
