//! `marginalia explain`: the page of a section or rule, found by number, name, symbol, code or words.

use std::io::Write;
use std::path::{Path, PathBuf};

use unicode_width::UnicodeWidthStr;

use super::failure::{Failure, Outcome, Status};
use super::markdown;
use super::output::{Color, FAINT, Output, REFERENCE, STRONG, printable, shortened};
use super::project::Projects;
use crate::book::SectionNumber;
use crate::book::manuscript::Format;
use crate::disk::OwnCopy;
use crate::knowledge::search::{Hit, NAMED, Target, search};
use crate::knowledge::{Knowledge, render};

/// Show what the book says about a section, a rule, a symbol or some words.
///
/// What is named exactly is shown as a page; of what is found by words, a list. The page is Markdown, and set for reading
/// on a terminal.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  marginalia explain 16.7.4                     a section
  marginalia explain asyncio.TaskGroup          what the book says about a symbol
  marginalia explain 'subprocess.run(shell=)'   ... about an argument
  marginalia explain 'async with'               ... about syntax
  marginalia explain mktemp-usage               a rule: what it finds, why, what to write instead
  marginalia explain ruff:B006                  what another tool's code is about
  marginalia explain shared mutable default     a list of what these words may mean
  marginalia explain --book 16.7.4              the section in your own copy, the setting book.path
  marginalia explain --book=bible.txt 16.7.4    ... in this file")]
pub(super) struct Arguments {
    /// A section (`16.7.4`), a rule, a symbol, syntax, another tool's code, or words.
    #[arg(required = true, value_name = "QUERY")]
    query: Vec<String>,
    /// Print the section as it stands in your own copy of the book: that of the setting `book.path`, or this file.
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    book: Option<String>,
}

/// How many answers are listed.
const MOST: usize = 12;

/// Nothing can be opened from a terminal that is not said already: references stay plain.
const NO_LINKS: render::Link<'static> = &|_| None;

pub(super) fn run(arguments: &Arguments, color: Color, out: &mut Output) -> Outcome {
    let query = arguments.query.join(" ");
    let projects = Projects::new();
    let knowledge = projects.knowledge_here();
    match answer(&knowledge, query.trim())? {
        Answer::Page(target, _) if let Some(file) = &arguments.book => {
            let named = Some(file).filter(|file| !file.is_empty()).map(PathBuf::from);
            let setting = || projects.of(Path::new("-")).settings.book_path.clone();
            let Some(file) = named.or_else(setting) else {
                let message = "no copy of the book is known; set `book.path`, or name a file: --book=FILE";
                return Err(Failure::new(message));
            };
            print_from_copy(&knowledge, target, &file, color, out)?;
        }
        Answer::Page(target, others) => {
            let page = page(&knowledge, target);
            if out.is_terminal() || color == Color::Always {
                write!(out, "{}", markdown::for_terminal(&page, out.width()))?;
            } else {
                write!(out, "{page}")?;
            }
            if !others.is_empty() {
                writeln!(out, "\n{STRONG}Also about {query}{STRONG:#}\n")?;
                list(&knowledge, &others, out)?;
            }
        }
        Answer::List(hits) => {
            list(&knowledge, &hits, out)?;
            writeln!(out, "\n{FAINT}marginalia explain NUMBER or NAME shows the page of one of them.{FAINT:#}")?;
        }
    }
    Ok(Status::Clean)
}

enum Answer {
    /// One thing was meant; what else bears the name.
    Page(Target, Vec<Hit>),
    /// Several may be meant.
    List(Vec<Hit>),
}

fn answer(knowledge: &Knowledge, query: &str) -> Result<Answer, Failure> {
    if let Ok(number) = query.parse::<SectionNumber>() {
        return section(knowledge, number);
    }
    let chapter = query.trim_start_matches('§').trim().trim_end_matches('.').parse::<u16>().is_ok();
    let hits = search(knowledge, query, if chapter { usize::MAX } else { MOST });
    let Some(best) = hits.first() else {
        return Err(Failure::new(format!(
            "nothing in the book answers to `{query}`; try a symbol such as asyncio.TaskGroup, or see `marginalia sections`"
        )));
    };
    if best.score > NAMED && !chapter {
        let others = hits[1..].iter().filter(|hit| hit.score > NAMED).copied().collect();
        return Ok(Answer::Page(best.target, others));
    }
    Ok(Answer::List(hits))
}

/// The page of the section in the first book that has it.
fn section(knowledge: &Knowledge, number: SectionNumber) -> Result<Answer, Failure> {
    let volume = knowledge.volumes().iter().position(|volume| volume.book().section(number).is_some());
    volume.map(|volume| Answer::Page(Target::Section { volume, number }, Vec::new())).ok_or_else(|| {
        let chapter = knowledge.first_volume().book().chapter(number.chapter);
        let list = chapter.map_or_else(String::new, |chapter| format!(" {}", chapter.number));
        Failure::new(format!("the book has no section {number}; `marginalia sections{list}` lists what there is"))
    })
}

/// Prints a section as it stands in the reader's own copy; of a rule, the first that it cites.
fn print_from_copy(
    knowledge: &Knowledge,
    target: Target,
    file: &Path,
    color: Color,
    out: &mut Output,
) -> Result<(), Failure> {
    let (volume, number) = match target {
        Target::Section { volume, number } => (&knowledge.volumes()[volume], number),
        Target::Rule(id) => (knowledge.rule_volume(id), knowledge.rule(id).sections[0]),
    };
    let reference = volume.book().reference(number);
    if !volume.is_first() {
        return Err(Failure::new(format!("{reference} is in another book than the copy")));
    }
    let failed = |fault: &str| Failure::new(format!("{}: {fault}", file.display()));
    let copy = OwnCopy::find(file).map_err(|fault| failed(&fault))?;
    let copy = copy.read().map_err(failed)?;
    let section = copy.section(number).ok_or_else(|| failed(&format!("{reference} is not in it")))?;
    if copy.manuscript.format != Format::Text && (out.is_terminal() || color == Color::Always) {
        writeln!(out, "{STRONG}{}{STRONG:#}\n", printable(copy.heading_text(section)))?;
        write!(out, "{}", markdown::for_terminal(copy.body(section).trim_end(), out.width()))?;
        return Ok(());
    }
    writeln!(out, "{STRONG}{}{STRONG:#}", printable(copy.heading(section)))?;
    for line in copy.body(section).trim_end().lines() {
        writeln!(out, "{}", printable(&line.replace('\t', "    ")))?;
    }
    Ok(())
}

fn page(knowledge: &Knowledge, target: Target) -> String {
    match target {
        Target::Section { volume, number } => {
            render::volume_page(&knowledge.volumes()[volume], number, NO_LINKS).unwrap_or_default()
        }
        Target::Rule(rule) => render::rule_page(knowledge, rule, NO_LINKS),
    }
}

fn list(knowledge: &Knowledge, hits: &[Hit], out: &mut Output) -> Result<(), Failure> {
    let entries: Vec<(String, &str, &str)> = hits.iter().map(|hit| entry(knowledge, hit.target)).collect();
    let width = entries.iter().map(|(name, ..)| name.chars().count()).max().unwrap_or(0);
    // A list is looked over: a line each, where the width is known.
    let room = if out.is_terminal() { out.width().saturating_sub(width + 2).max(20) } else { usize::MAX };
    for (name, title, gist) in entries {
        let dash = if title.is_empty() || gist.is_empty() { "" } else { ": " };
        let title = shortened(title, room);
        let gist = gist.replace('\n', " ");
        let gist = shortened(&gist, room.saturating_sub(title.width() + dash.len()));
        writeln!(out, "{REFERENCE}{name:width$}{REFERENCE:#}  {title}{FAINT}{dash}{gist}{FAINT:#}")?;
    }
    Ok(())
}

/// A line of a list: number or name, title, what it says in a sentence.
fn entry(knowledge: &Knowledge, target: Target) -> (String, &str, &str) {
    match target {
        Target::Section { volume, number } => {
            let volume = &knowledge.volumes()[volume];
            let title = volume.book().section(number).map_or("", |section| &*section.title);
            let note = volume.note_of(number).map(|id| knowledge.note(id));
            (volume.book().reference(number), title, note.map_or("", |note| render::first_sentence(&note.summary)))
        }
        Target::Rule(id) => {
            let rule = knowledge.rule(id);
            (rule.name.to_string(), "", render::first_sentence(&rule.docs.what))
        }
    }
}
