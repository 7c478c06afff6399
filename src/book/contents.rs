//! The table of contents. Stands on its own but for the section numbers: the build reads it too.

use std::borrow::Cow;

use super::SectionNumber;

/// Text that is compiled in, or owned when a book is read at run time.
pub type Text = Cow<'static, str>;

/// A list that is compiled in, or owned when a book is read at run time.
pub type List<T> = Cow<'static, [T]>;

/// What a section is for. It decides whether and how soon a section is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SectionKind {
    /// Explains one library or interface.
    Api,
    /// Explains an idea or a language construct.
    Concept,
    /// Is about tools around the code.
    Tooling,
    /// Is about the shape of programs.
    Architecture,
    /// A worked example.
    Example,
    /// Lists what goes wrong.
    Pitfalls,
    /// Says what a chapter is about; never shown as a reference.
    Overview,
    /// Sums a chapter up; never shown as a reference.
    Summary,
    /// Points to the next chapter; never shown as a reference.
    Next,
}

impl SectionKind {
    /// Every kind, in the order in which kinds are preferred as references.
    pub const ALL: [Self; 9] = [
        Self::Api,
        Self::Concept,
        Self::Tooling,
        Self::Architecture,
        Self::Example,
        Self::Pitfalls,
        Self::Overview,
        Self::Summary,
        Self::Next,
    ];

    /// The name in `book.toml`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Concept => "concept",
            Self::Tooling => "tooling",
            Self::Architecture => "architecture",
            Self::Example => "example",
            Self::Pitfalls => "pitfalls",
            Self::Overview => "overview",
            Self::Summary => "summary",
            Self::Next => "next",
        }
    }

    /// Reads a name of `book.toml`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One entry of the table of contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The key of everything that is said about the section.
    pub number: SectionNumber,
    /// As printed in the book.
    pub title: Text,
    /// What the section is for.
    pub kind: SectionKind,
}

/// A chapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// From 1.
    pub number: u16,
    /// As printed in the book, in title case.
    pub title: Text,
    /// Chapters that the book wants read before.
    pub prerequisites: List<u16>,
}

/// An order of chapters that the book proposes to one kind of reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingPath {
    /// `beginner`, `intermediate`, ...
    pub name: Text,
    /// In reading order.
    pub chapters: List<u16>,
}

/// A book's table of contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Book {
    /// Short name: the folder under `knowledge/`, `python-bible`.
    pub id: Text,
    /// The title.
    pub title: Text,
    /// What a reference begins with: `§`, or `Handbook §` for a book of one's own.
    pub mark: Text,
    /// In order.
    pub chapters: List<Chapter>,
    /// In order of difficulty.
    pub reading_paths: List<ReadingPath>,
    /// Sorted by number.
    pub sections: List<Section>,
}

impl Book {
    /// The section with this number.
    pub fn section(&self, number: SectionNumber) -> Option<&Section> {
        let at = self.sections.binary_search_by_key(&number, |section| section.number).ok()?;
        Some(&self.sections[at])
    }

    /// The chapter with this number.
    pub fn chapter(&self, number: u16) -> Option<&Chapter> {
        self.chapters.iter().find(|chapter| chapter.number == number)
    }

    /// The reading path with this name.
    pub fn reading_path(&self, name: &str) -> Option<&ReadingPath> {
        self.reading_paths.iter().find(|path| path.name == name)
    }

    /// The section before `number` in the book, and the one after it.
    pub fn neighbours(&self, number: SectionNumber) -> (Option<&Section>, Option<&Section>) {
        match self.sections.binary_search_by_key(&number, |section| section.number) {
            Ok(at) => (at.checked_sub(1).map(|before| &self.sections[before]), self.sections.get(at + 1)),
            Err(_) => (None, None),
        }
    }

    /// The sections directly below `number`, in order; none for a number of three parts.
    pub fn children(&self, number: SectionNumber) -> impl Iterator<Item = &Section> {
        let from = self.sections.partition_point(|section| section.number <= number);
        let below = self.sections[from..].iter().take_while(move |section| {
            (section.number.chapter, section.number.section) == (number.chapter, number.section)
        });
        below.filter(move |section| number.subsection.is_none() && section.number.parent() == Some(number))
    }

    /// How a reference to `number` is written: `§16.7.4`.
    pub fn reference(&self, number: SectionNumber) -> String {
        format!("{}{number}", self.mark)
    }
}
