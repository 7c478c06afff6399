//! `marginalia sections`: what the book covers, and what has a note.

use std::io::Write;

use serde::Serialize;

use super::failure::{Failure, Outcome, Status};
use super::output::{FAINT, Output, REFERENCE, STRONG};
use super::project::Projects;
use super::{Format, json};
use crate::book::{Book, Section, SectionNumber};
use crate::knowledge::{Knowledge, Volume};

/// List the sections of the book.
///
/// A dot stands before the sections that have a note: those that a hover can lead to.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  marginalia sections                   the whole table of contents
  marginalia sections 16                chapter 16
  marginalia sections 16.7              section 16.7 and what is below it
  marginalia sections --format json     with the triggers that lead to each section")]
pub(super) struct Arguments {
    /// Only these chapters and sections.
    #[arg(value_name = "SECTION")]
    wanted: Vec<String>,
    /// How to print them.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Outcome {
    let knowledge = Projects::new().knowledge_here();
    let book = knowledge.first_volume().book();
    let wanted: Vec<Wanted> = arguments.wanted.iter().map(|text| Wanted::read(text, book)).collect::<Result<_, _>>()?;
    let sections: Vec<(&Volume, &Section)> = knowledge
        .volumes()
        .iter()
        .flat_map(|volume| volume.book().sections.iter().map(move |section| (volume, section)))
        .filter(|(_, section)| wanted.is_empty() || wanted.iter().any(|wanted| wanted.has(section.number)))
        .collect();
    match arguments.format {
        Format::Text => text(&sections, out)?,
        Format::Json => {
            let entries: Vec<_> = sections.iter().map(|(volume, section)| entry(&knowledge, volume, section)).collect();
            json::write(out, &entries)?;
        }
    }
    Ok(Status::Clean)
}

/// Part of a table of contents.
#[derive(Clone, Copy)]
enum Wanted {
    Chapter(u16),
    Section(SectionNumber),
}

impl Wanted {
    fn read(text: &str, book: &Book) -> Result<Self, Failure> {
        let list = "`marginalia sections` lists them";
        let number = text.trim().trim_start_matches('§').trim_start();
        if let Ok(chapter) = number.parse() {
            let known = book.chapter(chapter).is_some();
            return known
                .then_some(Self::Chapter(chapter))
                .ok_or_else(|| Failure::new(format!("there is no chapter {chapter}; {list}")));
        }
        let number =
            number.parse().map_err(|fault| Failure::new(format!("{fault}, nor a chapter such as 16; {list}")))?;
        let known = book.section(number).is_some();
        known
            .then_some(Self::Section(number))
            .ok_or_else(|| Failure::new(format!("there is no section {number}; {list}")))
    }

    fn has(self, number: SectionNumber) -> bool {
        match self {
            Self::Chapter(chapter) => number.chapter == chapter,
            Self::Section(section) => number.is_within(section),
        }
    }
}

fn text(sections: &[(&Volume, &Section)], out: &mut Output) -> Result<(), Failure> {
    let mut chapter = None;
    for (volume, section) in sections {
        let (book, number) = (volume.book(), section.number);
        if chapter != Some((&*book.id, number.chapter)) {
            let gap = if chapter.is_some() { "\n" } else { "" };
            chapter = Some((&*book.id, number.chapter));
            let title = book.chapter(number.chapter).map_or("", |chapter| &*chapter.title);
            writeln!(out, "{gap}{STRONG}Chapter {} {title}{STRONG:#}", number.chapter)?;
        }
        let dot = if volume.note_of(number).is_some() { '•' } else { ' ' };
        let indent = "  ".repeat(usize::from(number.depth()) - 1);
        let reference = book.reference(number);
        writeln!(out, "{FAINT}{dot}{FAINT:#}{indent}{REFERENCE}{reference:<8}{REFERENCE:#} {}", section.title)?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Entry<'k> {
    number: String,
    title: &'k str,
    chapter: u16,
    note: bool,
    triggers: Vec<String>,
}

fn entry<'k>(knowledge: &Knowledge, volume: &Volume, section: &'k Section) -> Entry<'k> {
    let note = volume.note_of(section.number).map(|id| knowledge.note(id));
    Entry {
        number: section.number.to_string(),
        title: &section.title,
        chapter: section.number.chapter,
        note: note.is_some(),
        triggers: note.map_or_else(Vec::new, |note| note.triggers.iter().map(ToString::to_string).collect()),
    }
}
