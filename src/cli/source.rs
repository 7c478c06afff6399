//! Python files as the user names them, and what can be wrong with them.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::nearest::neighbour;
use super::output::printable;

/// A Python file, or what came in by standard input.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// As the user knows it: a path, or `-`.
    pub name: String,
    /// Where it is; `None` when it came in by standard input and nobody said what it is the content of.
    pub path: Option<PathBuf>,
    /// Its content, with a byte order mark if it has one: offsets count from the file's first byte.
    pub text: Arc<str>,
}

impl Source {
    /// Reads a file. The error is a sentence that says what to do.
    pub fn read(path: &Path) -> Result<Self, String> {
        let name = name_of(path);
        if is_notebook(path) {
            return Err(format!(
                "{name} is a notebook, which is not read yet; `jupyter nbconvert --to script` makes a Python file of it"
            ));
        }
        let bytes = fs::read(path).map_err(|fault| unreadable(path, &fault))?;
        Self::from_bytes(name, Some(path.to_owned()), bytes)
    }

    /// Reads standard input, which is the content of the file called `name`.
    pub fn from_stdin(name: String, path: Option<PathBuf>) -> Result<Self, String> {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map_err(|fault| format!("cannot read standard input: {fault}"))?;
        Self::from_bytes(name, path, bytes)
    }

    fn from_bytes(name: String, path: Option<PathBuf>, bytes: Vec<u8>) -> Result<Self, String> {
        if u32::try_from(bytes.len()).is_err() {
            return Err(format!("{name} is larger than 4 GiB"));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self { name, path, text: text.into() }),
            Err(fault) => {
                let before = &fault.as_bytes()[..fault.utf8_error().valid_up_to()];
                let line = 1 + memchr::memchr_iter(b'\n', before).count();
                let byte = fault.as_bytes()[before.len()];
                Err(format!("{name} is not UTF-8 (byte 0x{byte:02x} in line {line}); save it as UTF-8 and try again"))
            }
        }
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

fn is_notebook(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "ipynb")
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
