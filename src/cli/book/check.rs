//! `marginalia book check`: what is in a reader's own copy, or in the folder of a further book.

mod folder;

use std::fmt::Display;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::book::copy::BookCopy;
use crate::book::manuscript;
use crate::book::{Book, SectionNumber};
use crate::cli::failure::{Failure, Outcome, Status};
use crate::cli::output::{FAINT, FLAG, Output, REFERENCE, STRONG, printable};
use crate::cli::{Format, json};
use crate::disk::OwnCopy;
use crate::knowledge::Knowledge;

/// Check a copy of the book, or the folder of a book of your own.
///
/// A file is read as your own copy of the book: which sections were found, what was repaired. A folder is read as a book of
/// notes and rules: what is wrong, with file and line. The examples are tried: a rule must find its `Example` and not its
/// `Use instead`, and the code of a note must parse. None of it is run.
///
/// The exit status is 0 when all is well, 1 when a copy lacks sections or has some that the book does not have, or when a
/// folder has faults, 2 when nothing could be read.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  marginalia book check bible.txt                  your own copy of the book
  marginalia book check bible.epub                 ... as text, Markdown or EPUB
  marginalia book check bible.txt --format json    all that was found, for programs
  marginalia book check handbook                   a book of your own")]
pub(super) struct Arguments {
    /// A text, Markdown or EPUB file, or a folder.
    path: PathBuf,
    /// How to print what was found.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Outcome {
    let path = &arguments.path;
    if path.is_dir() { folder::check(path, arguments.format, out) } else { copy(path, arguments.format, out) }
}

/// How many of a kind are listed for people.
const MOST: usize = 12;

fn copy(path: &Path, format: Format, out: &mut Output) -> Outcome {
    let failed = |fault: &str| Failure::new(format!("{}: {fault}", path.display()));
    let copy = OwnCopy::find(path).map_err(|fault| failed(&fault))?;
    let copy = copy.read().map_err(failed)?;
    let knowledge = Knowledge::builtin();
    let book = knowledge.first_volume().book();
    match format {
        Format::Text => copy_as_text(path, copy, book, out)?,
        Format::Json => json::write(out, &Report::new(copy, book))?,
    }
    let whole = copy.report.missing.is_empty() && copy.report.unknown.is_empty();
    Ok(if whole { Status::Clean } else { Status::Findings })
}

fn copy_as_text(path: &Path, copy: &BookCopy, book: &Book, out: &mut Output) -> Result<(), Failure> {
    let (report, name) = (&copy.report, path.display());
    let (found, expected) = (copy.sections.len(), book.sections.len());
    writeln!(out, "{STRONG}{name}{STRONG:#}: {found} of {expected} sections of {}", book.title)?;
    if report.repairs > 0 {
        writeln!(out, "{FAINT}{} damaged characters made whole{FAINT:#}", report.repairs)?;
    }
    let numbers = |numbers: &[SectionNumber]| numbers.iter().map(|it| book.reference(*it)).collect::<Vec<_>>();
    // An EPUB has no lines that anybody could look up.
    let place = |line: u32| match copy.manuscript.format {
        manuscript::Format::Epub => String::new(),
        manuscript::Format::Text | manuscript::Format::Markdown => format!("line {line}: "),
    };
    let lines = |lines: &[(u32, String)]| -> Vec<_> {
        lines.iter().map(|(line, text)| place(*line) + &printable(text)).collect()
    };
    list("missing", &numbers(&report.missing), out)?;
    list("unknown headings", &lines(&report.unknown), out)?;
    list("numbers that stand twice", &numbers(&report.duplicates), out)?;
    list("references that lead nowhere", &lines(&report.dangling), out)
}

fn list(title: &str, entries: &[impl Display], out: &mut Output) -> Result<(), Failure> {
    if entries.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{FLAG}{} {title}{FLAG:#}", entries.len())?;
    for entry in entries.iter().take(MOST) {
        writeln!(out, "  {REFERENCE}{entry}{REFERENCE:#}")?;
    }
    if entries.len() > MOST {
        writeln!(out, "  {FAINT}and {} more: --format json lists them all{FAINT:#}", entries.len() - MOST)?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Report {
    sections: usize,
    expected: usize,
    missing: Vec<String>,
    unknown: Vec<Heading>,
    duplicates: Vec<String>,
    repairs: usize,
    dangling: Vec<Reference>,
}

#[derive(Serialize)]
struct Heading {
    line: u32,
    heading: String,
}

#[derive(Serialize)]
struct Reference {
    line: u32,
    reference: String,
}

impl Report {
    fn new(copy: &BookCopy, book: &Book) -> Self {
        let report = &copy.report;
        let numbers = |numbers: &[SectionNumber]| numbers.iter().map(ToString::to_string).collect();
        let heading = |(line, heading): &(u32, String)| Heading { line: *line, heading: heading.clone() };
        let reference = |(line, reference): &(u32, String)| Reference { line: *line, reference: reference.clone() };
        Self {
            sections: copy.sections.len(),
            expected: book.sections.len(),
            missing: numbers(&report.missing),
            unknown: report.unknown.iter().map(heading).collect(),
            duplicates: numbers(&report.duplicates),
            repairs: report.repairs,
            dangling: report.dangling.iter().map(reference).collect(),
        }
    }
}
