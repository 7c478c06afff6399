//! Which files a list of paths means.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

use super::Problem;
use crate::cli::nearest::neighbour;
use crate::cli::source::{name_of, reason};

/// Folders of code that is not the project's own, whatever `.gitignore` says.
const FOREIGN: [&str; 4] = ["__pypackages__", "__pycache__", "node_modules", "site-packages"];

/// The Python files, sorted, each once; and what could not be found or read.
pub(super) fn find(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<Problem>) {
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    let problem = |path, message| Problem::new("unreadable", Some(&name_of(path)), message);
    for path in paths {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => look_through(path, &mut files, &mut problems),
            Ok(_) => files.push(path.clone()),
            Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => {
                let hint = neighbour(path).map_or_else(String::new, |other| format!("; did you mean {other}?"));
                problems.push(problem(path, format!("there is no file or directory {}{hint}", name_of(path))));
            }
            Err(fault) => problems.push(problem(path, format!("cannot read {}: {}", name_of(path), reason(&fault)))),
        }
    }
    files.sort();
    if paths.len() > 1 {
        let mut seen = HashSet::new();
        files.retain(|file| seen.insert(file.canonicalize().unwrap_or_else(|_| file.clone())));
    }
    (files, problems)
}

fn look_through(folder: &Path, files: &mut Vec<PathBuf>, problems: &mut Vec<Problem>) {
    let before = files.len();
    let name = name_of(folder);
    let mut problem = |message| problems.push(Problem::new("unreadable", Some(&name), message));
    // A .gitignore counts outside of repositories too: code is often looked at where it was unpacked.
    let walk = WalkBuilder::new(folder).require_git(false).filter_entry(is_own).build();
    for entry in walk {
        match entry {
            Ok(entry) if is_python(&entry) => {
                let path = entry.into_path();
                files.push(path.strip_prefix("./").map(Path::to_owned).unwrap_or(path));
            }
            Ok(_) => {}
            Err(fault) => problem(format!("cannot look through {name}: {fault}")),
        }
    }
    if files.len() == before {
        problem(format!("there are no Python files in {name}; hidden ones and those in .gitignore do not count"));
    }
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
