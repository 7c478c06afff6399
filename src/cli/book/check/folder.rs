//! What is wrong in the folder of a book of one's own.

use std::io::Write;
use std::path::Path;

use serde::Serialize;

use crate::cli::failure::{Failure, Outcome, Status};
use crate::cli::output::{Output, REFERENCE, STRONG, printable};
use crate::cli::stack::on_big_stack;
use crate::cli::{Format, json};
use crate::disk::BookFolder;
use crate::knowledge::format::{Contents, SourceFile};
use crate::knowledge::{Detection, Knowledge, format};
use crate::margin::Engine;
use crate::margin::pages::{PageFault, note_faults, rule_faults};

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

/// Checks a folder and says what is wrong with it.
pub(super) fn check(path: &Path, format: Format, out: &mut Output) -> Outcome {
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
    let sources = found.sources(path);
    let (contents, faults) = format::read(&sources);
    let mut problems: Vec<Problem> = faults
        .into_iter()
        .map(|fault| Problem { path: fault.path, line: Some(fault.line), message: fault.message })
        .collect();
    for (left_out, reason) in found.left_out {
        let parts = left_out.strip_prefix(path).unwrap_or(&left_out).iter().map(|part| part.to_string_lossy());
        problems.push(Problem { path: parts.collect::<Vec<_>>().join("/"), line: None, message: reason });
    }
    let builtin = Knowledge::builtin();
    for missing in &contents.missing_rules {
        // A note may lead to a rule that comes with the program.
        if builtin.rule_named(&missing.rule).is_none() {
            let message = format!("there is no rule `{}`", missing.rule);
            problems.push(Problem { path: missing.path.clone(), line: Some(missing.line), message });
        }
    }
    for rule in &contents.rules {
        if builtin.rule_named(&rule.name).is_some() {
            let message = "a rule with this name comes with the program; begin the name with the book's".to_owned();
            problems.push(Problem { path: format!("rules/{}.md", rule.name), line: None, message });
        }
    }
    problems.extend(on_big_stack(|| page_problems(&contents, &sources))?);
    Ok(FolderReport {
        book: contents.book.title.to_string(),
        sections: contents.book.sections.len(),
        notes: contents.notes.len(),
        rules: contents.rules.len(),
        problems,
    })
}

/// What the code on the pages shows to be wrong.
fn page_problems(contents: &Contents, sources: &[SourceFile]) -> Vec<Problem> {
    let (knowledge, refused) = Knowledge::with_books([contents.clone()]);
    let names: Vec<&str> = contents.rules.iter().map(|rule| &*rule.name).collect();
    let engine = Engine::with_rules(knowledge, |_, rule| names.contains(&&*rule.name));
    let mut problems = Vec::new();
    for note in &contents.notes {
        let number = note.section.to_string();
        let is_of_note = |file: &&SourceFile| {
            let stem = file.path.rsplit('/').next().and_then(|name| name.strip_suffix(".md"));
            let rest = stem.and_then(|stem| stem.strip_prefix(&*number));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        if let Some(file) = sources.iter().find(is_of_note) {
            problems.extend(note_faults(note, &engine).into_iter().map(|fault| placed(fault, file)));
        }
    }
    for rule in contents.rules.iter().filter(|rule| !refused.contains(&rule.name)) {
        let path = format!("rules/{}.md", rule.name);
        let Some(file) = sources.iter().find(|file| file.path == path) else { continue };
        if matches!(rule.detection, Detection::Match(_)) {
            problems.extend(rule_faults(rule, &engine).into_iter().map(|fault| placed(fault, file)));
        } else {
            let message = "only rules that come with the program have a `detector`; write a `match`".to_owned();
            let line = file.text.lines().position(|line| line.starts_with("detector")).map(|at| at + 1);
            problems.push(Problem { path, line, message });
        }
    }
    problems
}

/// A fault of the code below a heading, at its line of the file.
fn placed(fault: PageFault, file: &SourceFile) -> Problem {
    let PageFault { heading, line, message } = fault;
    let is_heading = |line: &str| line.strip_prefix("## ").is_some_and(|rest| rest.trim() == heading);
    let mut lines = file.text.lines().enumerate().skip_while(|(_, line)| !is_heading(line));
    let above = lines.next().map(|(at, _)| at + 1);
    let fence = lines.find(|(_, line)| line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~"));
    let line = match (line, fence) {
        (Some(line), Some((fence, _))) => Some(fence + 1 + line),
        _ => above,
    };
    Problem { path: file.path.clone(), line, message: format!("`## {heading}`: {message}") }
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
