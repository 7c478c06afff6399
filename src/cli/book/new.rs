//! `marginalia book new`: a folder to begin a book of one's own with.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::cli::failure::{Failure, Outcome, Status};
use crate::cli::output::{FAINT, Output, STRONG};

/// Make a folder for a book of your own, with one note and one rule to change.
///
/// Nothing is overwritten: a folder that has files is refused.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  marginalia book new handbook          in a new folder of this name
  marginalia book check handbook        what is wrong in it")]
pub(super) struct Arguments {
    /// The folder; its name becomes the book's short name.
    folder: PathBuf,
}

/// The files, with `{id}` and `{title}` to fill in.
const FILES: [(&str, &str); 3] = [
    ("book.toml", include_str!("new/book.toml")),
    ("01-web/1.1-calling-other-services.md", include_str!("new/note.md")),
    ("rules/{id}-urlopen-without-timeout.md", include_str!("new/rule.md")),
];

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Outcome {
    let folder = &arguments.folder;
    let id = id(folder)?;
    let title = title(&id);
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Failure::new(format!("{} has files already; name a new folder", folder.display())));
    }
    let filled = |text: &str| text.replace("{id}", &id).replace("{title}", &title);
    for (path, text) in FILES {
        write_new(&folder.join(filled(path)), &filled(text))?;
    }
    let name = folder.display();
    writeln!(out, "{STRONG}{title}{STRONG:#} is in {name}. Change it to say what you want said, then:\n")?;
    writeln!(out, "  marginalia book check {name}    {FAINT}# what is wrong in it{FAINT:#}")?;
    writeln!(out, "\nIt opens where marginalia.toml has the line: books = [\"{name}\"]")?;
    Ok(Status::Clean)
}

/// The folder's name as a book's short name.
pub(super) fn id(folder: &Path) -> Result<String, Failure> {
    let name = folder.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let words: Vec<_> =
        name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let id = words.join("-");
    if id.starts_with(|first: char| first.is_ascii_lowercase()) {
        return Ok(id);
    }
    let message =
        format!("{}: a book's folder has a name that begins with a letter, such as handbook", folder.display());
    Err(Failure::new(message))
}

/// `team-handbook` as a title: `Team handbook`.
pub(super) fn title(id: &str) -> String {
    let words = id.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

/// Writes a file where there is none, in folders that are made as needed.
pub(super) fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| {
        // Fails where there is a file.
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(text.as_bytes())
    });
    written.map_err(|fault| {
        let reason = match fault.kind() {
            ErrorKind::AlreadyExists => "exists already, and is left as it is".to_owned(),
            _ => format!("cannot be written: {fault}"),
        };
        Failure::new(format!("{}: {reason}", path.display()))
    })
}
