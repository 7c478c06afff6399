//! Which files of a folder are the project's own.

use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

/// Folders of code that is not the project's own, whatever `.gitignore` says.
const FOREIGN: [&str; 4] = ["__pypackages__", "__pycache__", "node_modules", "site-packages"];

/// Files that are looked at though they are hidden, where they are wanted.
const HIDDEN: [&str; 3] = [".flake8", ".isort.cfg", ".pre-commit-config.yaml"];

/// The Python files of a folder and those of other kinds whose names are wanted, without what `.gitignore` names, hidden
/// folders and other people's code; and what could not be looked at. In no order.
pub(crate) fn project_files(
    folder: &Path,
    wanted: impl Fn(&str) -> bool,
) -> impl Iterator<Item = Result<PathBuf, ignore::Error>> {
    // A .gitignore counts outside of repositories too: code is often looked at where it was unpacked.
    let walk = WalkBuilder::new(folder).require_git(false).filter_entry(is_own).build();
    walk.flat_map(move |entry| match entry {
        Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_dir()) => {
            let hidden = HIDDEN.iter().filter(|name| wanted(name)).map(|name| entry.path().join(name));
            hidden.filter(|path| path.is_file()).map(Ok).collect()
        }
        Ok(entry) => {
            let other = || entry.file_name().to_str().is_some_and(&wanted);
            let file = entry.file_type().is_some_and(|kind| kind.is_file()) && (is_python(entry.path()) || other());
            if file { vec![Ok(entry.into_path())] } else { Vec::new() }
        }
        Err(fault) => vec![Err(fault)],
    })
}

/// Whether a file is Python by its name.
fn is_python(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "py" || extension == "pyi")
}

/// Whether a folder is worth looking through. The one that was named always is.
fn is_own(entry: &DirEntry) -> bool {
    let folder = entry.depth() > 0 && entry.file_type().is_some_and(|kind| kind.is_dir());
    let foreign = || FOREIGN.iter().any(|name| entry.file_name() == *name);
    !folder || !(foreign() || entry.path().join("pyvenv.cfg").exists())
}
