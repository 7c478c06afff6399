//! Which files a list of paths means.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::Problem;
use crate::cli::nearest::neighbour;
use crate::cli::source::{name_of, reason};
use crate::disk::{is_notebook, project_files};
use crate::margin::is_looked_at;

/// The Python files and those that rules about projects look at, sorted, each once; and what could not be found or read.
pub(in crate::cli) fn find(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<Problem>) {
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
    let mut python = false;
    let name = name_of(folder);
    let mut problem = |message| problems.push(Problem::new("unreadable", Some(&name), message));
    for found in project_files(folder, |name| is_looked_at(name) || is_notebook(Path::new(name))) {
        match found {
            Ok(path) => {
                python |= !is_other(&path);
                files.push(path.strip_prefix("./").map(Path::to_owned).unwrap_or(path));
            }
            Err(fault) => problem(format!("cannot look through {name}: {fault}")),
        }
    }
    if !python {
        problem(format!("there are no Python files in {name}; hidden ones and those in .gitignore do not count"));
    }
}

/// Whether a file is no Python, and rules about projects look at it all the same.
pub(in crate::cli) fn is_other(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(is_looked_at)
}
