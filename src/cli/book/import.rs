//! `marginalia book import`: the folder of a book, made from any text with headings and Python code.

mod report;
mod stubs;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::new::{id, title, write_new};
use crate::book::manuscript::{Format as Kind, MAX_BYTES, Manuscript};
use crate::book::outline::{Numbering, Outline};
use crate::cli::failure::{Failure, Outcome, Status};
use crate::cli::output::{FAINT, Output, STRONG, printable};
use crate::cli::progress::Progress;
use crate::cli::source::{name_of, reason};
use crate::cli::stack::on_big_stack;
use crate::cli::{Format, json};
use crate::disk::read_file;
use crate::margin::proposal::{Passage, Proposal, passages, propose};

/// Shorter texts are read before a bar could be, in bytes.
const LONG: usize = 2 << 20;

/// A folder with more sections is not read again: see `BookFolder`.
const MOST_SECTIONS: usize = 9_000;

/// Make the folder of a book from a text: Markdown, EPUB or plain text with Python code.
///
/// Sections come from the headings, with their numbers; headings without numbers are numbered by how they are nested. For
/// each section with code, triggers are proposed: the names and the syntax that it uses and other sections use less, and what
/// its heading names. What speaks for each stands beside it in the file; keep what fits.
///
/// The text itself stays where it is. A note is a stub that says where its section stands, for you to write; `--excerpts`
/// begins it with the section's first sentences and first piece of code.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  marginalia book import guide.md --dry-run      what would be proposed
  marginalia book import guide.md                write the folder guide
  marginalia book import guide.epub team-guide   write the folder team-guide
  marginalia book check team-guide               what is wrong in it
  marginalia book import guide.md --dry-run --format json > guide.json

Then open it for your code: in marginalia.toml, books = [\"team-guide\"]")]
pub(super) struct Arguments {
    /// The text: .md, .epub, or anything else as plain text.
    file: PathBuf,
    /// The folder to write, with the book's short name; the file's name without its ending when left out.
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// The book's title [default: the heading above all others, or the folder's name]
    #[arg(long)]
    title: Option<String>,
    /// Begin each note with the section's first sentences, and its example with the section's first code.
    #[arg(long)]
    excerpts: bool,
    /// Print what is proposed, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Write into a folder that has files; those of the same name are replaced, others stay.
    #[arg(long)]
    force: bool,
    /// How to print what is proposed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// A book on its way into a folder.
struct Import {
    /// The file's name, without its folders.
    source: String,
    /// Of an EPUB there are no lines to point to.
    has_lines: bool,
    manuscript: Manuscript,
    outline: Outline,
    /// One for each section of the outline.
    passages: Vec<Passage>,
    /// The same.
    proposals: Vec<Vec<Proposal>>,
    id: String,
    title: String,
    /// What its references begin with.
    mark: String,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Outcome {
    let file = &arguments.file;
    let folder = arguments.folder.clone().unwrap_or_else(|| file.file_stem().unwrap_or_default().into());
    let id = id(&folder)?;
    if folder.is_file() {
        return Err(Failure::new(format!("{} is a file; name a folder to write the book into", folder.display())));
    }
    let is_filled = fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some());
    if is_filled && !arguments.force && !arguments.dry_run {
        let name = folder.display();
        return Err(Failure::new(format!("{name} has files already; name a new folder, or --force to replace them")));
    }
    let import = read(file, id, arguments.title.as_deref())?;
    let written = (!arguments.dry_run).then(|| write(&import, &folder, arguments)).transpose()?;
    match arguments.format {
        Format::Json => json::write(out, &report::Report::new(&import, written.map(|_| &*folder)))?,
        Format::Text => {
            report::print(&import, out)?;
            if let Some(notes) = written {
                print_next_steps(&import, &folder, notes, out)?;
            }
        }
    }
    Ok(Status::Clean)
}

fn read(file: &Path, id: String, named: Option<&str>) -> Result<Import, Failure> {
    let failed = |fault: String| Failure::new(format!("{}: {fault}", name_of(file)));
    let bytes =
        read_file(file, MAX_BYTES as u64).map_err(|fault| failed(format!("cannot be read: {}", reason(&fault))))?;
    let source = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let manuscript = Manuscript::read(&bytes, Kind::of_name(&source)).map_err(|fault| failed(fault.to_string()))?;
    let outline = Outline::of(&manuscript);
    match outline.sections.len() {
        0 => return Err(failed("no headings were found; sections come from headings".to_owned())),
        count if count > MOST_SECTIONS => {
            return Err(failed(format!("{count} sections are more than a book can have, which is {MOST_SECTIONS}")));
        }
        _ => {}
    }
    let progress = Progress::when(bytes.len() > LONG, outline.chapters.len(), "chapters");
    let (passages, proposals) = on_big_stack(|| {
        let passages = passages(&manuscript, &outline);
        let proposals = propose(&passages, &|| progress.step());
        (passages, proposals)
    })?;
    let short = title(&id);
    let title = named.map(str::to_owned).or_else(|| outline.title.clone()).unwrap_or_else(|| short.clone());
    let has_lines = manuscript.format != Kind::Epub;
    let mark = format!("{short} §");
    Ok(Import { source, has_lines, manuscript, outline, passages, proposals, id, title, mark })
}

/// Writes the files; how many of them are notes.
fn write(import: &Import, folder: &Path, arguments: &Arguments) -> Result<usize, Failure> {
    let files = on_big_stack(|| stubs::files(import, arguments.excerpts))?;
    for (path, text) in &files {
        let path = folder.join(path);
        if arguments.force {
            make_room(&path)?;
        }
        write_new(&path, text)?;
    }
    Ok(files.len() - 1)
}

/// Takes away a file of an earlier import. What a link leads to is not touched.
fn make_room(path: &Path) -> Result<(), Failure> {
    let is_link = |path: &Path| fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    if let Some(folder) = path.parent().filter(|folder| is_link(folder)) {
        let message = "is a link, which may lead out of the book's folder; nothing is written there";
        return Err(Failure::new(format!("{}: {message}", folder.display())));
    }
    if path.is_file() || is_link(path) {
        let failed = |fault| Failure::new(format!("{}: cannot be replaced: {}", path.display(), reason(&fault)));
        fs::remove_file(path).map_err(failed)?;
    }
    Ok(())
}

fn print_next_steps(import: &Import, folder: &Path, notes: usize, out: &mut Output) -> Result<(), Failure> {
    let (title, name) = (printable(&import.title), folder.display());
    let count = if notes == 1 { "1 note".to_owned() } else { format!("{notes} notes") };
    writeln!(out, "\n{STRONG}{title}{STRONG:#} is in {name}, with {count} to write. Next:\n")?;
    writeln!(out, "  marginalia book check {name}    {FAINT}# what is wrong in it{FAINT:#}")?;
    writeln!(out, "\nIt opens where marginalia.toml has the line: books = [\"{name}\"]")?;
    Ok(())
}

impl Import {
    /// Where the numbers of the sections come from, for people.
    fn numbering(&self) -> &'static str {
        match self.outline.numbering {
            Numbering::Printed => "with the numbers of the headings",
            Numbering::Nesting => "numbered by how the headings are nested",
        }
    }

    /// What speaks for a proposal, for people.
    fn evidence(&self, proposal: &Proposal) -> String {
        let others = match proposal.elsewhere {
            0 => "in no other section".to_owned(),
            1 => "in 1 other section".to_owned(),
            count => format!("in {count} other sections"),
        };
        let times = match proposal.times {
            0 => return format!("the heading names it; {others}"),
            1 => "once here".to_owned(),
            times => format!("{times} times here"),
        };
        let line = if self.has_lines { format!("; first in line {}", proposal.line) } else { String::new() };
        let heading = if proposal.in_heading { "; the heading names it" } else { "" };
        format!("{times}, {others}{line}{heading}")
    }
}
