//! Reads `book.toml`.

use std::collections::BTreeMap;

use super::front::{At, Fields, parse};
use super::{Faults, Problem, SourceFile, Toc};
use crate::book::{Book, Chapter, List, ReadingPath, Section, SectionKind, Text};

/// Reads the table of contents.
pub(super) fn read(files: &[SourceFile], problems: &mut Vec<Problem>) -> Toc {
    let mut toc = Toc { book: empty(), folders: BTreeMap::new(), complete: false };
    let Some(file) = files.iter().find(|file| file.path == "book.toml") else {
        problems.push(Problem {
            path: "book.toml".to_owned(),
            line: 1,
            message: "the file is missing: it lists the book's chapters and sections".to_owned(),
        });
        return toc;
    };
    let faults = &mut Faults::new(file, problems);
    let text = file.text.trim_start_matches('\u{feff}');
    let base = file.text.len() - text.len();
    let Some(table) = parse(text, base, faults) else { return toc };
    let mut fields = Fields::new(&table, base);
    let book = &mut toc.book;
    let text = |found: Option<At<&str>>| Text::Owned(found.map_or_else(String::new, |at| at.value.to_owned()));
    book.id = text(fields.required_string("id", faults));
    book.title = text(fields.required_string("title", faults));
    if let Some(mark) = fields.string("mark", faults) {
        book.mark = Text::Owned(mark.value.to_owned());
    }
    let mut chapters = Vec::new();
    let mut sections = Vec::new();
    for value in fields.list("chapters", faults) {
        if let Some(mut chapter) = Fields::of(&value, base, "a chapter", faults) {
            read_chapter(&mut chapter, base, &mut chapters, &mut sections, &mut toc.folders, faults);
            chapter.finish(faults);
        }
    }
    sections.sort_by_key(|section: &Section| section.number);
    let numbers: Vec<u16> = chapters.iter().map(|chapter: &(Chapter, Vec<At<u16>>)| chapter.0.number).collect();
    for prerequisite in chapters.iter().flat_map(|(_, prerequisites)| prerequisites) {
        known_chapter(&numbers, prerequisite, faults);
    }
    let mut paths = Vec::new();
    for value in fields.list("reading_paths", faults) {
        if let Some(mut path) = Fields::of(&value, base, "a reading path", faults) {
            let name = path.required_string("name", faults);
            let chapters = path.numbers("chapters", faults);
            for chapter in &chapters {
                known_chapter(&numbers, chapter, faults);
            }
            if let Some(name) = name {
                let chapters = List::Owned(chapters.iter().map(|chapter| chapter.value).collect());
                paths.push(ReadingPath { name: Text::Owned(name.value.to_owned()), chapters });
            }
            path.finish(faults);
        }
    }
    fields.finish(faults);
    book.chapters = List::Owned(chapters.into_iter().map(|(chapter, _)| chapter).collect());
    book.reading_paths = List::Owned(paths);
    book.sections = List::Owned(sections);
    toc.complete = problems.is_empty();
    toc
}

fn empty() -> Book {
    Book {
        id: Text::Borrowed(""),
        title: Text::Borrowed(""),
        mark: Text::Borrowed("§"),
        chapters: List::Borrowed(&[]),
        reading_paths: List::Borrowed(&[]),
        sections: List::Borrowed(&[]),
    }
}

fn known_chapter(numbers: &[u16], chapter: &At<u16>, faults: &mut Faults<'_>) {
    if !numbers.contains(&chapter.value) {
        faults.at(&chapter.range, format!("there is no chapter {}", chapter.value));
    }
}

fn read_chapter(
    fields: &mut Fields<'_>,
    base: usize,
    chapters: &mut Vec<(Chapter, Vec<At<u16>>)>,
    sections: &mut Vec<Section>,
    folders: &mut BTreeMap<u16, String>,
    faults: &mut Faults<'_>,
) {
    let number = fields.required_number("number", faults);
    let title = fields.required_string("title", faults);
    let folder = fields.string("folder", faults);
    let prerequisites = fields.numbers("prerequisites", faults);
    let listed = fields.list("sections", faults);
    let (Some(number), Some(title)) = (number, title) else { return };
    if chapters.iter().any(|(chapter, _)| chapter.number == number.value) {
        faults.at(&number.range, format!("chapter {} is listed twice", number.value));
    }
    for value in listed {
        if let Some(mut section) = Fields::of(&value, base, "a section", faults) {
            read_section(&mut section, number.value, sections, faults);
            section.finish(faults);
        }
    }
    if let Some(folder) = folder {
        folders.insert(number.value, folder.value.to_owned());
    }
    let chapter = Chapter {
        number: number.value,
        title: Text::Owned(title.value.to_owned()),
        prerequisites: List::Owned(prerequisites.iter().map(|chapter| chapter.value).collect()),
    };
    chapters.push((chapter, prerequisites));
}

fn read_section(fields: &mut Fields<'_>, chapter: u16, sections: &mut Vec<Section>, faults: &mut Faults<'_>) {
    let number = fields.required_string("number", faults);
    let title = fields.required_string("title", faults);
    let kind = fields.string("kind", faults).map_or(Some(SectionKind::Concept), |kind| {
        let known = SectionKind::from_name(kind.value);
        if known.is_none() {
            let names: Vec<_> = SectionKind::ALL.iter().map(|kind| kind.name()).collect();
            faults.at(&kind.range, format!("unknown kind `{}`; known are: {}", kind.value, names.join(", ")));
        }
        known
    });
    let (Some(number), Some(title), Some(kind)) = (number, title, kind) else { return };
    let range = number.range;
    match number.value.parse() {
        Err(error) => faults.at(&range, format!("{error}")),
        Ok(number) => {
            let section = Section { number, title: Text::Owned(title.value.to_owned()), kind };
            if number.chapter != chapter {
                faults.at(&range, format!("section {number} is listed in chapter {chapter}"));
            } else if sections.iter().any(|known| known.number == number) {
                faults.at(&range, format!("section {number} is listed twice"));
            } else {
                sections.push(section);
            }
        }
    }
}
