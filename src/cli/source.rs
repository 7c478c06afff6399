//! Python files as the user names them, and what can be wrong with them.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::nearest::neighbour;
use super::output::printable;
use crate::disk::{Fault, Notebook, is_notebook, largest};
use crate::margin::settings::Settings;
use crate::margin::{Edit, fixes};
use crate::python::Cells;

/// A Python file, or what came in by standard input.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// As the user knows it: a path, or `-`.
    pub name: String,
    /// Where it is; `None` when it came in by standard input and nobody said what it is the content of.
    pub path: Option<PathBuf>,
    /// Its content, with a byte order mark if it has one: offsets count from the file's first byte. The Python cells of a
    /// notebook.
    pub text: Arc<str>,
    /// What these cells come from.
    pub notebook: Option<Arc<Notebook>>,
    /// Where they are in the text.
    pub cells: Cells,
}

/// Why a file is not read.
pub(super) struct Unread {
    /// A sentence that says what to do.
    pub message: String,
    /// It is none of ours.
    pub harmless: bool,
}

impl From<String> for Unread {
    fn from(message: String) -> Self {
        Self { message, harmless: false }
    }
}

impl Source {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, Unread> {
        let name = name_of(path);
        let bytes = fs::read(path).map_err(|fault| unreadable(path, &fault))?;
        Self::from_bytes(name, Some(path.to_owned()), bytes)
    }

    /// Reads standard input, which is the content of the file called `name`.
    pub fn from_stdin(name: String, path: Option<PathBuf>) -> Result<Self, Unread> {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map_err(|fault| format!("cannot read standard input: {fault}"))?;
        Self::from_bytes(name, path, bytes)
    }

    fn from_bytes(name: String, path: Option<PathBuf>, bytes: Vec<u8>) -> Result<Self, Unread> {
        if u32::try_from(bytes.len()).is_err() {
            return Err(format!("{name} is larger than 4 GiB").into());
        }
        match String::from_utf8(bytes) {
            Ok(json) if is_notebook(Path::new(&name)) => Self::from_notebook(name, path, &json),
            Ok(text) => Ok(Self { name, path, text: text.into(), notebook: None, cells: Cells::default() }),
            Err(fault) => {
                let before = &fault.as_bytes()[..fault.utf8_error().valid_up_to()];
                let line = 1 + memchr::memchr_iter(b'\n', before).count();
                let byte = fault.as_bytes()[before.len()];
                Err(format!("{name} is not UTF-8 (byte 0x{byte:02x} in line {line}); save it as UTF-8 and try again")
                    .into())
            }
        }
    }

    fn from_notebook(name: String, path: Option<PathBuf>, json: &str) -> Result<Self, Unread> {
        match Notebook::read(json) {
            Ok(notebook) => {
                let (text, cells) = notebook.join();
                Ok(Self { name, path, text: text.into(), notebook: Some(Arc::new(notebook)), cells })
            }
            Err(Fault::Broken(why)) => {
                let what =
                    format!("{name} is no notebook that can be read: {why}; open it in Jupyter and save it again");
                Err(what.into())
            }
            Err(Fault::Language(language)) => {
                let message = format!("{name} is a notebook in {}, which is left alone", printable(&language));
                Err(Unread { message, harmless: true })
            }
        }
    }

    /// The same file after some edits of its text.
    pub fn edited(&self, edits: &[Edit]) -> Self {
        let Some(notebook) = &self.notebook else {
            return Self { text: fixes::apply(&self.text, edits).into(), ..self.clone() };
        };
        let texts: Vec<_> = (0..self.cells.len()).map(|cell| self.edited_cell(cell, edits)).collect();
        let json = notebook.with(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        // Only sources have changed, so that it is a notebook still.
        Self::from_notebook(self.name.clone(), self.path.clone(), &json).unwrap_or_else(|_| self.clone())
    }

    fn edited_cell(&self, cell: usize, edits: &[Edit]) -> String {
        let content = self.cells.content(cell);
        let here = edits.iter().filter(|edit| content.contains_range(edit.range));
        let here: Vec<_> = here.map(|edit| Edit { range: edit.range - content.start(), ..edit.clone() }).collect();
        let old = &self.text[content];
        let new = fixes::apply(old, &here);
        // A cell that ended without a line break does so still when its last line is gone.
        if old.ends_with('\n') { new } else { new.trim_end_matches('\n').to_owned() }
    }

    /// The texts of a notebook's cells, or of a file alone; each with the number of its cell.
    pub fn parts(&self) -> Vec<(Option<usize>, &str)> {
        let Some(notebook) = &self.notebook else { return vec![(None, &self.text)] };
        let cells = 0..self.cells.len();
        cells.map(|cell| (Some(notebook.number(cell)), &self.text[self.cells.content(cell)])).collect()
    }

    /// What stands in the file, or is to stand there.
    pub fn content(&self) -> &Arc<str> {
        self.notebook.as_ref().map_or(&self.text, |notebook| notebook.json())
    }

    /// Whether it is a stub: what is odd in a program is normal there.
    pub fn is_stub(&self) -> bool {
        Path::new(&self.name).extension().is_some_and(|extension| extension == "pyi")
    }
}

/// A path as it is shown, with `/` between its parts and without a leading `./`.
pub(super) fn name_of(path: &Path) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let name = path.display().to_string();
    let name = if cfg!(windows) { name.replace('\\', "/") } else { name };
    printable(if name.is_empty() { "." } else { &name })
}

/// Says of a file that is larger than the settings allow that it is left alone.
pub(super) fn too_large(path: &Path, settings: &Settings) -> Option<String> {
    let most = settings.max_file_size;
    let size = fs::metadata(path).ok()?.len();
    let name = name_of(path);
    (size > largest(path, most))
        .then(|| format!("{name} has {size} bytes and is left alone; the setting `maxFileSize` is {most}"))
}

/// Says why a path cannot be read, and what may have been meant.
pub(super) fn unreadable(path: &Path, fault: &io::Error) -> String {
    let name = name_of(path);
    if path.is_dir() {
        return format!("{name} is a directory; name one file, or run `marginalia check {name}` on all of it");
    }
    if fault.kind() != io::ErrorKind::NotFound {
        return format!("cannot read {name}: {}", reason(fault));
    }
    let hint = neighbour(path).map_or_else(String::new, |other| format!("; did you mean {other}?"));
    format!("there is no file {name}{hint}")
}

/// The system's words without its number: "Permission denied (os error 13)" is no help.
pub(super) fn reason(fault: &io::Error) -> String {
    let words = fault.to_string();
    words.split(" (os error").next().unwrap_or(&words).to_owned()
}
