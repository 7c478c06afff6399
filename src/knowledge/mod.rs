//! The notes and rules as typed data, and the way from a trigger to the notes.
//!
//! Invariants: knows `python` only for its vocabulary ([`crate::python::Construct`], [`crate::python::PythonVersion`]);
//! knowledge is data, so that a person who knows no Rust can add a note, or a whole book, with a text editor.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`format`](mod@format) | reads a folder of knowledge and says every fault with file and line; the build uses it too |
//! | `builtin` | the first book, compiled in: start-up parses nothing |
//! | `harmless` | takes from other people's Markdown what is more than text |
//! | `index` | trigger to notes, by binary search |
//! | `pack` | how the build hands the first book to the program |
//! | [`render`] | notes and rules as Markdown |
//! | [`search`] | a query to sections and rules |

mod builtin;
pub mod format;
mod harmless;
mod index;
mod note;
mod pack;
pub mod render;
mod rule;
pub mod search;
mod volume;

pub use harmless::harmless;
pub use index::{NoteId, RuleId};
pub use note::{Note, Trigger, is_identifier, is_qualified, is_rule_name};
pub use rule::*;
pub use volume::Volume;

use std::borrow::{Borrow, Cow};
use std::sync::{Arc, OnceLock};

use crate::book::{List, SectionNumber, Text};
use crate::python::Construct;
use index::{Index, Indexed, Table};
use volume::Notes;

/// All books that are open: their tables of contents, notes and rules. The built-in book is the first.
///
/// Every look-up is a binary search and returns the best note first.
#[derive(Debug)]
pub struct Knowledge {
    volumes: Vec<Volume>,
    /// `None`: that of the built-in book, unpacked when somebody asks.
    own_index: Option<Index>,
    /// Made by the first search.
    words: OnceLock<search::Words>,
}

impl Knowledge {
    /// The built-in book alone. Costs next to nothing: all of it is compiled in.
    pub fn builtin() -> Arc<Self> {
        Arc::new(Self { volumes: vec![builtin_volume()], own_index: None, words: OnceLock::new() })
    }

    fn index(&self) -> &Index {
        self.own_index.as_ref().unwrap_or_else(|| &builtin::INDEX)
    }

    /// The built-in book and a reader's own, as [`format::read`] read them.
    ///
    /// A rule of the same name as one of an earlier book is left out; their names are returned. Of their Markdown only text
    /// and formatting are left: see [`harmless()`].
    pub fn with_books(books: impl IntoIterator<Item = format::Contents>) -> (Arc<Self>, Vec<Text>) {
        Self::of_volumes(builtin_volume(), books)
    }

    /// As [`Knowledge::with_books`], with nothing of the built-in book but its table of contents.
    pub fn without_builtin(books: impl IntoIterator<Item = format::Contents>) -> (Arc<Self>, Vec<Text>) {
        let silent = Volume { notes: Notes::Own(Vec::new()), rules: Cow::Borrowed(&[]), ..builtin_volume() };
        Self::of_volumes(silent, books)
    }

    fn of_volumes(first: Volume, books: impl IntoIterator<Item = format::Contents>) -> (Arc<Self>, Vec<Text>) {
        let mut volumes = vec![first];
        let mut refused = Vec::new();
        for mut contents in books {
            harmless::disarm(&mut contents);
            let format::Contents { book, mut notes, mut rules, .. } = contents;
            rules.retain(|rule| {
                let taken = volumes.iter().any(|volume| volume.rule_named(&rule.name).is_some());
                if taken {
                    refused.push(rule.name.clone());
                }
                !taken
            });
            let last = volumes.last().map_or((0, 0), |last| {
                (last.first_note + last.notes.len() as u16, last.first_rule + last.rules.len() as u16)
            });
            let (first_note, first_rule) = last;
            // An id has 16 bits; a folder with more files than that is cut rather than miscounted.
            notes.truncate(usize::from(u16::MAX - first_note));
            rules.truncate(usize::from(u16::MAX - first_rule));
            volumes.push(Volume {
                book: Cow::Owned(book),
                notes: Notes::Own(notes),
                rules: List::Owned(rules),
                first_note,
                first_rule,
            });
        }
        let index = Index::new(volumes.iter().map(|volume| Indexed {
            book: &volume.book,
            notes: &volume.notes,
            rules: &volume.rules,
        }));
        (Arc::new(Self { volumes, own_index: Some(index), words: OnceLock::new() }), refused)
    }

    /// The books, the built-in one first.
    pub fn volumes(&self) -> &[Volume] {
        &self.volumes
    }

    /// The built-in book.
    pub fn first_volume(&self) -> &Volume {
        &self.volumes[0]
    }

    /// A note. The id must come from this knowledge.
    pub fn note(&self, id: NoteId) -> &Note {
        let volume = self.note_volume(id);
        &volume.notes[usize::from(id.0 - volume.first_note)]
    }

    /// The book that a note belongs to.
    pub fn note_volume(&self, id: NoteId) -> &Volume {
        let after = self.volumes.partition_point(|volume| volume.first_note <= id.0);
        &self.volumes[after - 1]
    }

    /// The note of a section of the first book.
    pub fn note_of(&self, section: SectionNumber) -> Option<NoteId> {
        self.first_volume().note_of(section)
    }

    /// The printed title of a section of the first book.
    pub fn section_title(&self, section: SectionNumber) -> Option<&str> {
        self.first_volume().book.section(section).map(|section| &*section.title)
    }

    /// Every note, book by book, in the order of the book.
    pub fn notes(&self) -> impl Iterator<Item = (NoteId, &Note)> {
        self.volumes.iter().flat_map(Volume::notes)
    }

    /// A rule. The id must come from this knowledge.
    pub fn rule(&self, id: RuleId) -> &Rule {
        let volume = self.rule_volume(id);
        &volume.rules[usize::from(id.0 - volume.first_rule)]
    }

    /// The book that a rule belongs to.
    pub fn rule_volume(&self, id: RuleId) -> &Volume {
        let after = self.volumes.partition_point(|volume| volume.first_rule <= id.0);
        &self.volumes[after - 1]
    }

    /// The rule with this name.
    pub fn rule_named(&self, name: &str) -> Option<RuleId> {
        self.volumes.iter().find_map(|volume| volume.rule_named(name))
    }

    /// Every rule, book by book, by name.
    pub fn rules(&self) -> impl Iterator<Item = (RuleId, &Rule)> {
        self.volumes.iter().flat_map(Volume::rules)
    }

    /// Notes about a syntax shape: `syntax:with`.
    pub fn for_syntax(&self, construct: Construct) -> &[NoteId] {
        let at = self.index().syntax.binary_search_by_key(&construct, |(key, _)| *key);
        at.map_or(&[], |at| &self.index().syntax[at].1)
    }

    /// Notes about a special method: `syntax:dunder.__enter__`.
    pub fn for_dunder(&self, name: &str) -> &[NoteId] {
        named(&self.index().dunders, name)
    }

    /// Notes about the numeric special methods that have none of their own: `syntax:dunder.numeric_other`.
    pub fn for_dunder_numeric_other(&self) -> &[NoteId] {
        named(&self.index().dunders, "numeric_other")
    }

    /// Notes about special methods as such: `syntax:dunder.*`.
    pub fn for_dunder_any(&self) -> &[NoteId] {
        named(&self.index().dunders, "*")
    }

    /// Notes about exactly this qualified name: `symbol:asyncio.TaskGroup`.
    pub fn for_symbol(&self, name: &str) -> &[NoteId] {
        named(&self.index().symbols, name)
    }

    /// Notes about the nearest package, module or class around a qualified name (or about the name itself), and its
    /// name: for `os.path.join` those of `symbol:os.path.*`, not those of `symbol:os.*`.
    pub fn for_symbol_tree<'n>(&self, name: &'n str) -> Option<(&'n str, &[NoteId])> {
        let mut prefix = name;
        loop {
            let notes = named(&self.index().trees, prefix);
            if !notes.is_empty() {
                return Some((prefix, notes));
            }
            prefix = prefix.rsplit_once('.')?.0;
        }
    }

    /// Notes about a method or attribute of instances of exactly this class: `method:asyncio.TaskGroup.create_task`.
    pub fn for_method(&self, class: &str, name: &str) -> &[NoteId] {
        paired(&self.index().methods, class, name)
    }

    /// Notes about a keyword in calls of exactly this function: `kwarg:subprocess.run(shell=)`.
    pub fn for_keyword(&self, callee: &str, keyword: &str) -> &[NoteId] {
        paired(&self.index().keywords, callee, keyword)
    }

    /// Notes whose triggers name the rule: `rule:mutable-default-argument`.
    pub fn for_rule(&self, name: &str) -> &[NoteId] {
        named(&self.index().rules, name)
    }

    /// Notes that explain another tool's code (`ruff:F401`), and rules that find the same.
    pub fn for_code(&self, code: &str) -> (&[NoteId], &[RuleId]) {
        let at = self.index().codes.binary_search_by(|(key, _)| (**key).cmp(code));
        at.map_or((&[], &[]), |at| {
            let (_, (notes, rules)) = &self.index().codes[at];
            (notes, rules)
        })
    }

    fn words(&self) -> &search::Words {
        self.words.get_or_init(|| search::Words::new(self))
    }

    /// Every `file:` trigger: glob, table or key (empty for the whole file), notes.
    pub fn file_triggers(&self) -> impl Iterator<Item = (&str, &str, &[NoteId])> {
        self.index().files.iter().map(|((glob, path), notes)| (&**glob, &**path, &**notes))
    }
}

fn builtin_volume() -> Volume {
    Volume {
        book: Cow::Borrowed(&builtin::BOOK),
        notes: Notes::Builtin,
        rules: builtin::RULES.clone(),
        first_note: 0,
        first_rule: 0,
    }
}

fn named<'i>(table: &'i Table<Text>, name: &str) -> &'i [NoteId] {
    table.binary_search_by(|(key, _)| (**key).cmp(name)).map_or(&[], |at| &table[at].1)
}

fn paired<'i>(table: &'i Table<(Text, Text)>, first: &str, second: &str) -> &'i [NoteId] {
    let at = table.binary_search_by(|((a, b), _)| (a.borrow(), b.borrow()).cmp(&(first, second)));
    at.map_or(&[], |at| &table[at].1)
}

#[cfg(test)]
mod tests;
