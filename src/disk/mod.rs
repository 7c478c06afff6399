//! What `server` and `cli` read from disk alike: settings files, a project's files, the folders of further books; and how
//! a file is written so that it is never half a file.

mod book_folder;
mod files;
mod library;
mod notebook;
mod own_copy;
mod python_files;
mod replace;

pub(crate) use book_folder::BookFolder;
pub(crate) use files::ProjectFiles;
pub(crate) use library::Library;
pub(crate) use notebook::{Fault, Notebook, is_notebook, largest};
pub(crate) use own_copy::OwnCopy;
pub(crate) use python_files::project_files;
pub(crate) use replace::replace_file;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs, io};

use crate::python::Place;

/// A settings file may be this long, in bytes; a longer one is none.
const MAX_SETTINGS: u64 = 4 << 20;

/// The text of a settings file; `None` where there is none.
pub(crate) fn read_settings(path: &Path) -> Option<String> {
    let bytes = read_file(path, MAX_SETTINGS).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// What is in a file of at most `limit` bytes. Settings of a project name files, so that any path may come here: reading
/// ends, also where it leads to a pipe or a device.
pub(crate) fn read_file(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::other(format!("it has more than {limit} bytes")));
    }
    Ok(bytes)
}

/// `~/notes` is a folder in the home folder.
pub(crate) fn from_home(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), env::home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

/// What a file is called in its project, for [`crate::margin::Options::file_name`].
pub(crate) fn name_within(path: &Path, place: Option<&Place>) -> String {
    let name = || path.file_name().map_or(Path::new(""), Path::new);
    place.map_or_else(name, Place::path_within).to_string_lossy().into_owned()
}

/// Where a file is, or would be, among the files of its project; `None` where there is no such folder.
pub(crate) fn place(path: &Path, files: &Arc<ProjectFiles>) -> Option<Place> {
    let in_folder = || {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(files.canonical(folder)?.join(path.file_name()?))
    };
    // Elsewhere the file system may know the file by another spelling of its name.
    let known = if cfg!(target_os = "linux") { in_folder().filter(|path| fs::read_link(path).is_err()) } else { None };
    let path = known.or_else(|| fs::canonicalize(path).ok()).or_else(in_folder)?;
    Some(Place { path, files: Arc::<ProjectFiles>::clone(files) })
}
