//! `marginalia annotate`: a file with its references written in the margin.

mod html;
mod layout;

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::failure::{Failure, Outcome, Status};
use super::json::{self, Places, Range};
use super::output::{Complaint, Output, complain, printable};
use super::project::Projects;
use super::source::Source;
use super::stack::on_big_stack;
use crate::margin::{Analysis, view, visible_findings};
use crate::python::colours;

/// Print a file, or the Python of a notebook, with its section references in the margin.
///
/// A section is named with its title where it first comes up, then by number. Findings carry a flag (⚑). Everyday Python
/// (`def`, `if`, `==`, ...) has no notes unless asked for. Where there is no room for a margin, the notes stand under the
/// lines.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  marginalia annotate examples/tour.py
  marginalia annotate --all examples/tour.py    everyday Python as well
  marginalia annotate --width 140 app.py | less
  marginalia annotate --format html app.py > app.html
  marginalia annotate --format json app.py      every reference with its place, for a program
  git show HEAD~3:app.py | marginalia annotate -")]
pub(super) struct Arguments {
    /// A Python file or a notebook, or `-` for standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// How to print it.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Notes on everyday Python as well.
    #[arg(long)]
    all: bool,
    /// How many columns to use: the terminal's, or 100 where there is none.
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(20..=1000))]
    width: Option<u16>,
}

/// How a file is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
    Html,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Outcome {
    let source = if arguments.file == Path::new("-") {
        Source::from_stdin("-".to_owned(), None)
    } else {
        Source::read(&arguments.file)
    };
    let source = source.map_err(|unread| Failure::Message(unread.message))?;
    let projects = Projects::new();
    let applied = projects.of(&arguments.file);
    for problem in projects.problems() {
        complain(Complaint::Warning, &problem);
    }
    let options = applied.options(&source);
    let html = arguments.format == Format::Html;
    let (analysis, findings, colours) = on_big_stack(|| {
        let analysis = Analysis::of_cells(source.text.clone(), source.cells.clone(), &options, &applied.engine);
        let findings = visible_findings(&analysis, &applied.settings);
        let colours = if html { colours(&source.text) } else { Vec::new() };
        (analysis, findings, colours)
    })?;
    if arguments.format == Format::Json {
        json::write(out, &page(&source, &analysis))?;
        return Ok(Status::Clean);
    }
    let mut notes = view::by_line(&analysis, &findings, arguments.all);
    for remark in notes.values_mut().flatten() {
        remark.text = printable(&remark.text);
    }
    if html {
        html::write(&source, &analysis, &colours, &notes, out)?;
    } else {
        let width = arguments.width.map_or_else(|| out.width(), usize::from);
        layout::write(&source, &analysis, &notes, width, out)?;
    }
    Ok(Status::Clean)
}

#[derive(Serialize)]
struct Page<'a> {
    path: &'a str,
    references: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    /// Of a notebook.
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<usize>,
    range: Range,
    trigger: String,
    sections: Vec<String>,
}

fn page<'a>(source: &'a Source, analysis: &Analysis) -> Page<'a> {
    let places = Places::of(analysis, source.notebook.as_deref());
    let knowledge = analysis.knowledge();
    let references = analysis.references().into_iter().map(|reference| Entry {
        cell: places.cell(reference.range.start()),
        range: places.range(reference.range),
        trigger: reference.trigger,
        sections: reference.notes.iter().map(|note| knowledge.note(*note).section.to_string()).collect(),
    });
    Page { path: &source.name, references: references.collect() }
}
