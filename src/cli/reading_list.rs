//! `marginalia reading-list`: what to read to understand a code base.

mod html;
mod markdown;
mod shape;
mod text;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::check::files;
use super::failure::{Failure, Outcome, Status};
use super::json::Places;
use super::output::{Complaint, Output, complain};
use super::progress::Progress;
use super::project::Projects;
use super::source::{self, Source, Unread, name_of};
use super::{json, parallel};
use crate::book::Book;
use crate::margin::reading_list::{First, Group, ReadingList, Wanted};
use crate::margin::{Analysis, visible_findings};

/// List the sections of the book that explain a code base.
///
/// Counts which sections the code asks for, how often and where first. They come by reading path, the easiest first, and
/// within a path in the order of the book, which puts what a chapter builds on before it. Everyday Python (`def`, `if`,
/// `==`, ...) asks for nothing. At the end stand the chapters that nothing in the code asks for: they can wait.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  marginalia reading-list                              of this directory and what is below it
  marginalia reading-list src
  marginalia reading-list src --vs ../other/src        beside what another code base asks for
  marginalia reading-list --format markdown src        for a README or an issue
  marginalia reading-list --format html src > map.html a map of the book, shaded by use
  marginalia reading-list --format json src            for a program")]
pub(super) struct Arguments {
    /// Files and directories.
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Compare with another code base.
    #[arg(long, value_name = "PATH")]
    vs: Option<PathBuf>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How a reading list is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    #[default]
    Text,
    Markdown,
    Json,
    Html,
}

/// What a code base asks for.
struct Listing {
    /// As the user named it.
    name: String,
    /// How many files were read.
    files: usize,
    /// By reading path.
    groups: Vec<Group>,
}

impl Listing {
    fn sections(&self) -> impl Iterator<Item = &Wanted> {
        self.groups.iter().flat_map(|group| &group.sections)
    }

    /// The entry of a section, if it is asked for.
    fn section(&self, like: &Wanted) -> Option<&Wanted> {
        self.sections().find(|wanted| wanted.book == like.book && wanted.number == like.number)
    }

    /// The chapters of a book of which nothing is asked for.
    fn unused_chapters<'b>(&self, book: &'b Book) -> impl Iterator<Item = (u16, &'b str)> {
        let used: Vec<u16> =
            self.sections().filter(|wanted| wanted.book == *book.id).map(|wanted| wanted.number.chapter).collect();
        let chapters = book.chapters.iter().filter(move |chapter| !used.contains(&chapter.number));
        chapters.map(|chapter| (chapter.number, &*chapter.title))
    }
}

/// A code base, perhaps beside another.
struct Report<'b> {
    book: &'b Book,
    listing: Listing,
    vs: Option<Listing>,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Outcome {
    let projects = Projects::new();
    let knowledge = projects.knowledge_here();
    let mut complete = true;
    let listing = gather(&arguments.paths, &projects, &mut complete)?;
    let vs = match &arguments.vs {
        Some(path) => Some(gather(std::slice::from_ref(path), &projects, &mut complete)?),
        None => None,
    };
    // What was meant does not exist, which has been said.
    if listing.files == 0 && !complete && arguments.format != Format::Json {
        return Ok(Status::Trouble);
    }
    let report = Report { book: knowledge.first_volume().book(), listing, vs };
    match arguments.format {
        Format::Text => text::write(&report, out)?,
        Format::Markdown => markdown::write(&report, out)?,
        Format::Json => json::write(out, &shape::page(&report))?,
        Format::Html => html::write(&report, out)?,
    }
    Ok(if complete { Status::Clean } else { Status::Trouble })
}

/// Reads some files; `complete` becomes false where one could not be read, which is said.
fn gather(paths: &[PathBuf], projects: &Projects, complete: &mut bool) -> Result<Listing, Failure> {
    let (found, problems) = files::find(paths);
    for problem in &problems {
        *complete = false;
        complain(Complaint::Error, &problem.message);
    }
    let found: Vec<PathBuf> = found.into_iter().filter(|path| !files::is_other(path)).collect();
    let progress = Progress::new(found.len(), "files");
    let mut list = ReadingList::default();
    parallel::in_order(
        &found,
        |path| one(path, projects),
        |result| {
            progress.step();
            match result {
                Ok(one) => list.append(one),
                Err(Unread { message, harmless }) => {
                    *complete &= harmless;
                    let complaint = if harmless { Complaint::Warning } else { Complaint::Error };
                    progress.aside(|| complain(complaint, &message));
                }
            }
            Ok(())
        },
    )?;
    let name = paths.iter().map(|path| name_of(path)).collect::<Vec<_>>().join(" ");
    Ok(Listing { name, files: list.files(), groups: list.groups() })
}

/// What one file asks for.
fn one(path: &Path, projects: &Projects) -> Result<ReadingList, Unread> {
    let applied = projects.of(path);
    if let Some(message) = source::too_large(path, &applied.settings) {
        return Err(Unread { message, harmless: true });
    }
    let source = Source::read(path)?;
    // A fault of ours in one file must not cost the others their place.
    catch_unwind(AssertUnwindSafe(|| {
        let options = applied.options(&source);
        let analysis = Analysis::of_cells(source.text.clone(), source.cells.clone(), &options, &applied.engine);
        let places = Places::of(&analysis, source.notebook.as_deref());
        let mut list = ReadingList::default();
        list.add_places(&analysis, &visible_findings(&analysis, &applied.settings), |offset| First {
            file: places.name(&source.name, offset),
            line: places.position(offset).line,
        });
        list
    }))
    .map_err(|_| format!("{} cannot be read because of a fault in Marginalia; please report it", source.name).into())
}

/// `1 place`, `2 places`.
fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// How often a section is asked for: `12 places, 2 findings`.
fn how_often(wanted: &Wanted) -> String {
    match (wanted.uses, wanted.findings) {
        (uses, 0) => counted(uses, "place"),
        (0, findings) => counted(findings, "finding"),
        (uses, findings) => format!("{}, {}", counted(uses, "place"), counted(findings, "finding")),
    }
}

/// A reading path as a heading.
fn heading(path: Option<&str>) -> String {
    let Some(path) = path else { return "On no reading path".to_owned() };
    let mut letters = path.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
