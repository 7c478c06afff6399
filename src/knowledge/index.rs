//! From a trigger to the notes, by binary search. Made by the build for the built-in book, at run time when books are added.

use std::collections::BTreeMap;

use super::note::{Note, Trigger};
use super::rule::Rule;
use crate::book::{Book, List, SectionKind, SectionNumber, Text};
use crate::python::Construct;

/// Names a note of a [`super::Knowledge`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NoteId(pub u16);

/// Names a rule of a [`super::Knowledge`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleId(pub u16);

/// A table sorted by key, with the notes of each key, the best first.
pub type Table<K> = List<(K, List<NoteId>)>;

/// The notes that explain another tool's code, and the rules that find the same.
pub type Explained = (List<NoteId>, List<RuleId>);

/// Every way from code to notes.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// `syntax:with`
    pub syntax: Table<Construct>,
    /// `syntax:dunder.__enter__`; also `numeric_other` and `*`.
    pub dunders: Table<Text>,
    /// `symbol:asyncio.TaskGroup`
    pub symbols: Table<Text>,
    /// `symbol:asyncio.*`, without `.*`.
    pub trees: Table<Text>,
    /// `method:asyncio.TaskGroup.create_task`: class and name.
    pub methods: Table<(Text, Text)>,
    /// `kwarg:subprocess.run(shell=)`: callee and keyword.
    pub keywords: Table<(Text, Text)>,
    /// `rule:mutable-default-argument`
    pub rules: Table<Text>,
    /// `file:pyproject.toml#tool.mypy`: glob and path.
    pub files: Table<(Text, Text)>,
    /// `ruff:B006`
    pub codes: List<(Text, Explained)>,
}

/// One folder's part of an index.
pub struct Indexed<'v> {
    /// The table of contents.
    pub book: &'v Book,
    /// Sorted by section.
    pub notes: &'v [Note],
    /// Sorted by name.
    pub rules: &'v [Rule],
}

impl Index {
    /// Indexes books; the ids count through all of them, in this order.
    pub fn new<'v>(books: impl IntoIterator<Item = Indexed<'v>>) -> Self {
        let mut maps = Maps::default();
        let (mut note_id, mut rule_id) = (0, 0);
        for (volume, Indexed { book, notes, rules }) in books.into_iter().enumerate() {
            for note in notes {
                let entry = Ranked { rank: (volume, false, preference(book, note.section)), id: NoteId(note_id) };
                for trigger in &*note.triggers {
                    let mut entry = entry.clone();
                    entry.rank.1 = note.asides.contains(trigger);
                    maps.add(trigger, &entry);
                }
                note.codes.iter().for_each(|code| maps.code(code).0.push(entry.clone()));
                note_id += 1;
            }
            for rule in rules {
                for code in &*rule.equivalents {
                    maps.code(code.trim_start_matches('~')).1.push(RuleId(rule_id));
                }
                rule_id += 1;
            }
        }
        maps.finish()
    }
}

/// Orders sections that answer the same question, the best first.
pub fn preference(book: &Book, number: SectionNumber) -> Preference {
    let kind = book.section(number).map_or(SectionKind::Next, |section| section.kind);
    (rank(kind), place(number))
}

/// See [`preference`].
pub type Preference = (u8, Place);

type Place = (u16, u16, bool, SectionNumber);

/// Explanations come before examples, and those before lists of pitfalls.
fn rank(kind: SectionKind) -> u8 {
    match kind {
        SectionKind::Api | SectionKind::Concept | SectionKind::Tooling | SectionKind::Architecture => 0,
        SectionKind::Example => 1,
        SectionKind::Pitfalls => 2,
        SectionKind::Overview | SectionKind::Summary | SectionKind::Next => 3,
    }
}

/// The order of the book, but a section comes after the sections below it: they are more exact.
fn place(number: SectionNumber) -> Place {
    (number.chapter, number.section, number.subsection.is_none(), number)
}

#[derive(Clone)]
struct Ranked {
    /// The book, whether the section is mainly about something else, its place.
    rank: (usize, bool, Preference),
    id: NoteId,
}

#[derive(Default)]
struct Maps {
    syntax: BTreeMap<Construct, Vec<Ranked>>,
    dunders: BTreeMap<Text, Vec<Ranked>>,
    symbols: BTreeMap<Text, Vec<Ranked>>,
    trees: BTreeMap<Text, Vec<Ranked>>,
    methods: BTreeMap<(Text, Text), Vec<Ranked>>,
    keywords: BTreeMap<(Text, Text), Vec<Ranked>>,
    rules: BTreeMap<Text, Vec<Ranked>>,
    files: BTreeMap<(Text, Text), Vec<Ranked>>,
    codes: BTreeMap<Text, (Vec<Ranked>, Vec<RuleId>)>,
}

impl Maps {
    fn add(&mut self, trigger: &Trigger, entry: &Ranked) {
        let notes = match trigger.clone() {
            Trigger::Syntax(construct) => self.syntax.entry(construct).or_default(),
            Trigger::Dunder(name) => self.dunders.entry(name).or_default(),
            Trigger::Symbol(name) => self.symbols.entry(name).or_default(),
            Trigger::SymbolTree(name) => self.trees.entry(name).or_default(),
            Trigger::Method { class, name } => self.methods.entry((class, name)).or_default(),
            Trigger::Keyword { callee, keyword } => self.keywords.entry((callee, keyword)).or_default(),
            Trigger::Rule(name) => self.rules.entry(name).or_default(),
            Trigger::File { glob, path } => self.files.entry((glob, path)).or_default(),
        };
        notes.push(entry.clone());
    }

    fn code(&mut self, code: &str) -> &mut (Vec<Ranked>, Vec<RuleId>) {
        self.codes.entry(Text::Owned(code.to_owned())).or_default()
    }

    fn finish(self) -> Index {
        let codes =
            self.codes.into_iter().map(|(code, (notes, rules))| (code, (best_first(notes), List::Owned(rules))));
        Index {
            syntax: table(self.syntax),
            dunders: table(self.dunders),
            symbols: table(self.symbols),
            trees: table(self.trees),
            methods: table(self.methods),
            keywords: table(self.keywords),
            rules: table(self.rules),
            files: table(self.files),
            codes: List::Owned(codes.collect()),
        }
    }
}

fn table<K: Ord + Clone>(map: BTreeMap<K, Vec<Ranked>>) -> Table<K> {
    List::Owned(map.into_iter().map(|(key, notes)| (key, best_first(notes))).collect())
}

fn best_first(mut notes: Vec<Ranked>) -> List<NoteId> {
    notes.sort_by_key(|note| note.rank);
    notes.dedup_by_key(|note| note.id);
    List::Owned(notes.into_iter().map(|note| note.id).collect())
}
