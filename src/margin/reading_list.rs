//! Which sections a code base asks for: how often, and where first; in the order in which a reader would read them.

use std::collections::BTreeMap;

use ruff_text_size::TextSize;

use super::{Analysis, Finding, reader, view};
use crate::book::SectionNumber;
use crate::knowledge::{Severity, Volume};

/// Counts the sections that files lead to. Everyday Python asks for none.
#[derive(Clone, Debug, Default)]
pub struct ReadingList {
    sections: BTreeMap<Place, Wanted>,
    files: usize,
}

/// Where a section stands in the list: by reading path, then by book, the built-in one first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    /// The first reading path with the section's chapter; after all of them where there is none.
    level: usize,
    path: Option<String>,
    further_book: bool,
    book: String,
    number: SectionNumber,
}

/// A section that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The short name of its book.
    pub book: String,
    /// Its number.
    pub number: SectionNumber,
    /// As references are written: `§16.7.4`.
    pub reference: String,
    /// Its title, in short.
    pub title: String,
    /// How many places of the code it explains.
    pub uses: usize,
    /// How many findings send the reader there.
    pub findings: usize,
    /// In how many files it is asked for.
    pub files: usize,
    /// Where it is asked for first, in the order in which the files were added.
    pub first: First,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct First {
    /// The file, as it was called when it was added.
    pub file: String,
    /// From 1.
    pub line: usize,
}

/// The sections on one reading path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The path's name; `None` for chapters on no path.
    pub path: Option<String>,
    /// In the order of the book.
    pub sections: Vec<Wanted>,
}

impl ReadingList {
    /// Counts what one more file asks for; `findings` are those that the user gets to see.
    pub fn add(&mut self, file: &str, analysis: &Analysis, findings: &[(Finding, Severity)]) {
        let line = |offset: TextSize| analysis.lines().line_index(offset).get();
        self.add_places(analysis, findings, |offset| First { file: file.to_owned(), line: line(offset) });
    }

    /// [`Self::add`] where the caller knows how a place is called: a notebook's is in a cell.
    pub fn add_places(
        &mut self,
        analysis: &Analysis,
        findings: &[(Finding, Severity)],
        first: impl Fn(TextSize) -> First,
    ) {
        let mut here = Self { files: 1, ..Self::default() };
        let knowledge = analysis.knowledge();
        let uses = view::uses(analysis)
            .map(|(range, note)| (range.start(), knowledge.note_volume(note), knowledge.note(note).section, false));
        let found = findings.iter().filter_map(|(finding, _)| {
            let number = *knowledge.rule(finding.rule).sections.first()?;
            Some((finding.range.start(), knowledge.rule_volume(finding.rule), number, true))
        });
        let mut places: Vec<_> = uses.chain(found).collect();
        places.sort_by_key(|(offset, ..)| *offset);
        for (offset, volume, number, is_finding) in places {
            let wanted = here.wanted(volume, number, || first(offset));
            wanted.uses += usize::from(!is_finding);
            wanted.findings += usize::from(is_finding);
        }
        self.append(here);
    }

    /// Adds the counts of files that come after these.
    pub fn append(&mut self, later: Self) {
        self.files += later.files;
        for (place, wanted) in later.sections {
            match self.sections.get_mut(&place) {
                Some(known) => {
                    known.uses += wanted.uses;
                    known.findings += wanted.findings;
                    known.files += wanted.files;
                }
                None => drop(self.sections.insert(place, wanted)),
            }
        }
    }

    /// How many files were counted.
    pub fn files(&self) -> usize {
        self.files
    }

    /// The sections by reading path, from the easiest path on; those on no path come last.
    pub fn groups(self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for (Place { path, .. }, wanted) in self.sections {
            match groups.last_mut().filter(|group| group.path == path) {
                Some(group) => group.sections.push(wanted),
                None => groups.push(Group { path, sections: vec![wanted] }),
            }
        }
        groups
    }

    /// The entry of a section in the list of one file, made with the place where it comes up first.
    fn wanted(&mut self, volume: &Volume, number: SectionNumber, first: impl FnOnce() -> First) -> &mut Wanted {
        let book = volume.book();
        let level = reader::level(book, number.chapter);
        let place = Place {
            level: level.unwrap_or(usize::MAX),
            path: level.map(|level| book.reading_paths[level].name.to_string()),
            further_book: !volume.is_first(),
            book: book.id.to_string(),
            number,
        };
        self.sections.entry(place).or_insert_with(|| Wanted {
            book: book.id.to_string(),
            number,
            reference: book.reference(number),
            title: view::title(book, number).to_owned(),
            uses: 0,
            findings: 0,
            files: 1,
            first: first(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::knowledge::Knowledge;
    use crate::margin::settings::Settings;
    use crate::margin::{Engine, Options, visible_findings};

    fn list(files: &[(&str, &str)]) -> ReadingList {
        let engine = Engine::new(Knowledge::builtin());
        let mut list = ReadingList::default();
        for (name, text) in files {
            let analysis = Analysis::new(Arc::from(*text), &Options::default(), &engine);
            list.add(name, &analysis, &visible_findings(&analysis, &Settings::default()));
        }
        list
    }

    fn section(groups: &[Group], number: &str) -> Wanted {
        let number = number.parse().unwrap();
        let mut sections = groups.iter().flat_map(|group| &group.sections);
        sections.find(|wanted| wanted.number == number).expect("the section is in the list").clone()
    }

    #[test]
    fn a_section_says_how_often_in_how_many_files_and_where_first() {
        let groups = list(&[
            ("a.py", "import asyncio\n\nasyncio.TaskGroup\nasyncio.TaskGroup\n"),
            ("b.py", "x = 1\n"),
            ("c.py", "import asyncio\nasyncio.TaskGroup\n"),
        ])
        .groups();
        let wanted = section(&groups, "16.7.4");
        assert_eq!((wanted.uses, wanted.findings, wanted.files), (3, 0, 2));
        assert_eq!(wanted.first, First { file: "a.py".to_owned(), line: 3 });
        assert_eq!((&*wanted.reference, &*wanted.title), ("§16.7.4", "TaskGroup"));
    }

    #[test]
    fn a_finding_asks_for_its_section() {
        let groups = list(&[("a.py", "\ndef f(seen=[]):\n    seen.append(1)\n    return seen\n")]).groups();
        let wanted = section(&groups, "4.3.3");
        assert_eq!(wanted.findings, 1);
        assert_eq!(wanted.first.line, 2);
    }

    #[test]
    fn paths_come_from_the_easiest_on_and_sections_as_in_the_book() {
        let text = "import asyncio\nasyncio.TaskGroup\nwith open('f') as f:\n    print([l for l in f])\nmatch f:\n    case [1, *_]: pass\n";
        let groups = list(&[("a.py", text)]).groups();
        let order = ["beginner", "intermediate", "advanced", "specialist"];
        let at: Vec<_> =
            groups.iter().map(|group| order.iter().position(|name| group.path.as_deref() == Some(name))).collect();
        assert!(at.is_sorted_by_key(|at| at.unwrap_or(usize::MAX)), "{at:?}");
        assert!(at.contains(&Some(0)) && at.contains(&Some(2)), "{at:?}");
        for group in &groups {
            assert!(group.sections.is_sorted_by_key(|wanted| wanted.number), "{group:?}");
        }
    }

    #[test]
    fn everyday_python_asks_for_nothing() {
        let list = list(&[("a.py", "def f(x):\n    return x + 1\n")]);
        assert_eq!(list.files(), 1);
        assert_eq!(list.groups(), []);
    }
}
