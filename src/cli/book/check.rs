//! `marginalia book check`: what is in a reader's own copy, or in the folder of a further book.

use std::fmt::Display;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::book::copy::BookCopy;
use crate::book::{Book, SectionNumber};
use crate::cli::failure::{Failure, Outcome, Status};
use crate::cli::output::{FAINT, FLAG, Output, REFERENCE, STRONG, printable};
use crate::cli::{Format, json};
use crate::disk::{BookFolder, OwnCopy};
use crate::knowledge::{Knowledge, format};

/// Check a copy of the book, or the folder of a book of your own.
///
/// A file is read as your own copy of the book: which sections were found, what was repaired. A folder is read as a book of
/// notes and rules: what is wrong, with file and line.
///
/// The exit status is 0 when all is well, 1 when a copy lacks sections or has some that the book does not have, or when a
/// folder has faults, 2 when nothing could be read.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  marginalia book check bible.txt                  your own copy of the book
  marginalia book check bible.txt --format json    all that was found, for programs
  marginalia book check handbook                   a book of your own")]
pub(super) struct Arguments {
    /// A text or Markdown file, or a folder.
    path: PathBuf,
    /// How to print what was found.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Outcome {
    let path = &arguments.path;
    if path.is_dir() { folder(path, arguments.format, out) } else { copy(path, arguments.format, out) }
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
    let lines = |lines: &[(u32, String)]| -> Vec<_> {
        lines.iter().map(|(line, text)| format!("line {line}: {}", printable(text))).collect()
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

/// What was found in a folder.
#[derive(Serialize)]
struct FolderReport {
    book: String,
    sections: usize,
    notes: usize,
    rules: usize,
    problems: Vec<Problem>,
}

#[derive(Serialize)]
struct Problem {
    /// Below the folder, with `/`.
    path: String,
    /// From 1; none where it is the file as a whole.
    line: Option<usize>,
    message: String,
}

fn folder(path: &Path, format: Format, out: &mut Output) -> Outcome {
    let report = read_folder(path)?;
    match format {
        Format::Text => folder_as_text(path, &report, out)?,
        Format::Json => json::write(out, &report)?,
    }
    Ok(if report.problems.is_empty() { Status::Clean } else { Status::Findings })
}

fn read_folder(path: &Path) -> Result<FolderReport, Failure> {
    let found =
        BookFolder::find(path).map_err(|fault| Failure::new(format!("{}: cannot be read: {fault}", path.display())))?;
    let (contents, faults) = format::read(&found.sources(path));
    let mut problems: Vec<Problem> = faults
        .into_iter()
        .map(|fault| Problem { path: fault.path, line: Some(fault.line), message: fault.message })
        .collect();
    for (left_out, reason) in found.left_out {
        let parts = left_out.strip_prefix(path).unwrap_or(&left_out).iter().map(|part| part.to_string_lossy());
        problems.push(Problem { path: parts.collect::<Vec<_>>().join("/"), line: None, message: reason });
    }
    let builtin = Knowledge::builtin();
    for missing in contents.missing_rules {
        // A note may lead to a rule that comes with the program.
        if builtin.rule_named(&missing.rule).is_none() {
            let message = format!("there is no rule `{}`", missing.rule);
            problems.push(Problem { path: missing.path, line: Some(missing.line), message });
        }
    }
    for rule in &contents.rules {
        if builtin.rule_named(&rule.name).is_some() {
            let message = "a rule with this name comes with the program; begin the name with the book's".to_owned();
            problems.push(Problem { path: format!("rules/{}.md", rule.name), line: None, message });
        }
    }
    Ok(FolderReport {
        book: contents.book.title.to_string(),
        sections: contents.book.sections.len(),
        notes: contents.notes.len(),
        rules: contents.rules.len(),
        problems,
    })
}

fn folder_as_text(path: &Path, report: &FolderReport, out: &mut Output) -> Result<(), Failure> {
    for Problem { path: file, line, message } in &report.problems {
        let file = path.join(file);
        let place = line.map_or_else(|| file.display().to_string(), |line| format!("{}:{line}", file.display()));
        writeln!(out, "{REFERENCE}{}{REFERENCE:#}: {}", printable(&place), printable(message))?;
    }
    let FolderReport { book, sections, notes, rules, problems } = report;
    let name = if book.is_empty() { path.display().to_string() } else { printable(book) };
    let count = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    writeln!(
        out,
        "{STRONG}{name}{STRONG:#}: {}, {}, {}, {}",
        count(*sections, "section"),
        count(*notes, "note"),
        count(*rules, "rule"),
        count(problems.len(), "problem")
    )?;
    Ok(())
}
