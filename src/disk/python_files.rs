//! Which files of a folder are the project's own Python.

use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

/// Folders of code that is not the project's own, whatever `.gitignore` says.
const FOREIGN: [&str; 4] = ["__pypackages__", "__pycache__", "node_modules", "site-packages"];

/// The Python files of a folder, without what `.gitignore` names, hidden folders and other people's code; and what could
/// not be looked at. In no order.
pub(crate) fn python_files(folder: &Path) -> impl Iterator<Item = Result<PathBuf, ignore::Error>> {
    // A .gitignore counts outside of repositories too: code is often looked at where it was unpacked.
    let walk = WalkBuilder::new(folder).require_git(false).filter_entry(is_own).build();
    walk.filter_map(|entry| match entry {
        Ok(entry) => is_python(&entry).then(|| Ok(entry.into_path())),
        Err(fault) => Some(Err(fault)),
    })
}

fn is_python(entry: &DirEntry) -> bool {
    let python = entry.path().extension().is_some_and(|extension| extension == "py" || extension == "pyi");
    python && entry.file_type().is_some_and(|kind| kind.is_file())
}

/// Whether a folder is worth looking through. The one that was named always is.
fn is_own(entry: &DirEntry) -> bool {
    let folder = entry.depth() > 0 && entry.file_type().is_some_and(|kind| kind.is_dir());
    let foreign = || FOREIGN.iter().any(|name| entry.file_name() == *name);
    !folder || !(foreign() || entry.path().join("pyvenv.cfg").exists())
}
