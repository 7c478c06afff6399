//! What `server` and `cli` read from disk alike: settings files, a project's Python files, the folders of further books.

mod library;
mod python_files;

pub(crate) use library::{Library, OwnCopy};
pub(crate) use python_files::python_files;

use std::path::{Path, PathBuf};
use std::{env, fs};

/// The text of a settings file; `None` where there is none.
pub(crate) fn read_settings(path: &Path) -> Option<String> {
    let bytes = fs::read(path).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// `~/notes` is a folder in the home folder.
pub(crate) fn from_home(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), env::home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}
