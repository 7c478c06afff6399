//! A book that is open: its table of contents, notes and rules.

use std::borrow::Cow;
use std::ops::Deref;

use super::{Note, NoteId, Rule, RuleId, builtin};
use crate::book::{Book, List, SectionNumber};

/// The notes of a book.
#[derive(Debug)]
pub(super) enum Notes {
    /// Those of the built-in book, unpacked when somebody asks for one.
    Builtin,
    /// Those of a reader's own.
    Own(Vec<Note>),
}

impl Deref for Notes {
    type Target = [Note];

    fn deref(&self) -> &[Note] {
        match self {
            Self::Builtin => &builtin::NOTES,
            Self::Own(notes) => notes,
        }
    }
}

/// A book that is open.
#[derive(Debug)]
pub struct Volume {
    pub(super) book: Cow<'static, Book>,
    /// Sorted by section.
    pub(super) notes: Notes,
    /// Sorted by name.
    pub(super) rules: List<Rule>,
    /// Ids count through all volumes: the id of this one's first note.
    pub(super) first_note: u16,
    /// The id of its first rule.
    pub(super) first_rule: u16,
}

impl Volume {
    /// The table of contents.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// Whether it is the built-in book.
    pub fn is_first(&self) -> bool {
        matches!(self.book, Cow::Borrowed(_))
    }

    /// The note of a section.
    pub fn note_of(&self, section: SectionNumber) -> Option<NoteId> {
        let at = self.notes.binary_search_by_key(&section, |note| note.section).ok()?;
        Some(NoteId(self.first_note + at as u16))
    }

    /// The rule with this name.
    pub fn rule_named(&self, name: &str) -> Option<RuleId> {
        let at = self.rules.binary_search_by(|rule| (*rule.name).cmp(name)).ok()?;
        Some(RuleId(self.first_rule + at as u16))
    }

    /// Its notes, in the order of the book.
    pub fn notes(&self) -> impl Iterator<Item = (NoteId, &Note)> {
        (self.first_note..).map(NoteId).zip(&*self.notes)
    }

    /// Its rules, by name.
    pub fn rules(&self) -> impl Iterator<Item = (RuleId, &Rule)> {
        (self.first_rule..).map(RuleId).zip(&*self.rules)
    }

    /// Its rules that cite a section, by name.
    pub fn rules_of(&self, section: SectionNumber) -> impl Iterator<Item = (RuleId, &Rule)> {
        self.rules().filter(move |(_, rule)| rule.sections.contains(&section))
    }
}
