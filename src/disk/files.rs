//! The files of projects, read when they are first asked about and kept until they are said to have changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use ignore::gitignore::Gitignore;
use rustc_hash::FxHashMap;

use crate::python::{Files, Folder, Graph, Outline, PROJECT_FILES, PROJECT_FOLDER};

/// Larger files are not looked into.
const MAX_SIZE: u64 = 2 << 20;

/// Entries of a folder beyond these are not listed.
const MAX_ENTRIES: usize = 10_000;

/// How many modules are read; of further ones nothing is known.
const MAX_OUTLINES: usize = 20_000;

/// Files as they are on disk. Reads files: not for the async threads.
#[derive(Debug, Default)]
pub(crate) struct ProjectFiles {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    folders: FxHashMap<PathBuf, Option<Arc<Folder>>>,
    /// Whether folders are those of projects.
    projects: FxHashMap<PathBuf, bool>,
    /// Folders by how they were named, without symbolic links.
    canonical: FxHashMap<PathBuf, PathBuf>,
    outlines: FxHashMap<PathBuf, Known>,
    graph: Arc<Graph>,
    /// Counts how often files may have changed.
    epoch: u64,
}

/// A module that was read.
#[derive(Debug)]
struct Known {
    outline: Option<Arc<Outline>>,
    /// Of the file that was read.
    stamp: Option<Stamp>,
    /// When it was last compared with the file.
    epoch: u64,
}

/// Size and time of a file: what tells that it has changed.
type Stamp = (u64, Option<SystemTime>);

impl ProjectFiles {
    /// Files may have changed: folders are listed again, and modules compared with what was read, when they are next
    /// asked for.
    pub fn forget(&self) {
        let mut state = self.lock();
        state.epoch += 1;
        state.folders.clear();
        state.projects.clear();
        state.canonical.clear();
        state.graph = Arc::default();
    }

    /// A folder's path without symbolic links; `None` where there is none.
    pub fn canonical(&self, folder: &Path) -> Option<PathBuf> {
        if let Some(known) = self.lock().canonical.get(folder) {
            return Some(known.clone());
        }
        let read = fs::canonicalize(folder).ok()?;
        self.lock().canonical.insert(folder.to_owned(), read.clone());
        Some(read)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Files for ProjectFiles {
    fn folder(&self, path: &Path) -> Option<Arc<Folder>> {
        if let Some(known) = self.lock().folders.get(path) {
            return known.clone();
        }
        let read = list(path).map(Arc::new);
        self.lock().folders.insert(path.to_owned(), read.clone());
        read
    }

    fn is_project(&self, path: &Path) -> bool {
        if let Some(known) = self.lock().projects.get(path) {
            return *known;
        }
        // The folders far above a file are asked about, too, and may be large: they are not listed for that.
        let found = PROJECT_FILES.iter().any(|name| path.join(name).is_file()) || path.join(PROJECT_FOLDER).is_dir();
        self.lock().projects.insert(path.to_owned(), found);
        found
    }

    fn outline(&self, path: &Path) -> Option<Arc<Outline>> {
        let epoch = {
            let state = self.lock();
            match state.outlines.get(path) {
                Some(known) if known.epoch == state.epoch => return known.outline.clone(),
                None if state.outlines.len() >= MAX_OUTLINES => return None,
                _ => state.epoch,
            }
        };
        let stamp = fs::metadata(path).ok().map(|metadata| (metadata.len(), metadata.modified().ok()));
        if let Some(known) = self.lock().outlines.get_mut(path).filter(|known| known.stamp == stamp) {
            known.epoch = epoch;
            return known.outline.clone();
        }
        let outline = self.text(path).map(|text| Arc::new(Outline::read(&text)));
        self.lock().outlines.insert(path.to_owned(), Known { outline: outline.clone(), stamp, epoch });
        outline
    }

    fn text(&self, path: &Path) -> Option<Arc<str>> {
        let metadata = fs::metadata(path).ok()?;
        if !metadata.is_file() || metadata.len() > MAX_SIZE {
            return None;
        }
        String::from_utf8(fs::read(path).ok()?).ok().map(Arc::from)
    }

    fn is_ignored(&self, path: &Path) -> Option<bool> {
        let root = path.ancestors().skip(1).find(|folder| folder.join(".git").exists())?;
        for folder in path.ancestors().skip(1) {
            let file = folder.join(".gitignore");
            if file.is_file() {
                let (patterns, _) = Gitignore::new(file);
                let verdict = patterns.matched_path_or_any_parents(path, false);
                if !verdict.is_none() {
                    return Some(verdict.is_ignore());
                }
            }
            if folder == root {
                break;
            }
        }
        Some(false)
    }

    fn graph(&self) -> Arc<Graph> {
        Arc::clone(&self.lock().graph)
    }
}

fn list(path: &Path) -> Option<Folder> {
    let mut folder = Folder::default();
    for entry in fs::read_dir(path).ok()?.flatten().take(MAX_ENTRIES) {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let Ok(mut kind) = entry.file_type() else { continue };
        if kind.is_symlink() {
            let Ok(metadata) = fs::metadata(entry.path()) else { continue };
            kind = metadata.file_type();
        }
        if kind.is_dir() {
            folder.folders.push(name);
        } else {
            folder.files.push(name);
        }
    }
    folder.files.sort_unstable();
    folder.folders.sort_unstable();
    Some(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_kept_until_it_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.py");
        let files = ProjectFiles::default();
        assert!(!files.folder(folder.path()).unwrap().has_file("a.py"));
        assert_eq!(files.outline(&path), None);
        fs::write(&path, "import b\n").unwrap();
        assert_eq!(files.outline(&path), None);
        files.forget();
        assert!(files.folder(folder.path()).unwrap().has_file("a.py"));
        assert_eq!(files.outline(&path).unwrap().imports.len(), 1);
        assert_eq!(files.folder(&folder.path().join("missing")), None);
    }

    #[test]
    fn a_folder_becomes_a_projects_when_it_is_marked() {
        let folder = tempfile::tempdir().unwrap();
        let files = ProjectFiles::default();
        assert!(!files.is_project(folder.path()));
        fs::create_dir(folder.path().join(PROJECT_FOLDER)).unwrap();
        files.forget();
        assert!(files.is_project(folder.path()));
        fs::remove_dir(folder.path().join(PROJECT_FOLDER)).unwrap();
        fs::create_dir(folder.path().join("setup.py")).unwrap();
        files.forget();
        assert!(!files.is_project(folder.path()), "a folder is no file");
    }

    #[test]
    fn git_says_what_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app/.env");
        let files = ProjectFiles::default();
        assert_eq!(files.is_ignored(&path), None);
        fs::create_dir_all(folder.path().join(".git")).unwrap();
        fs::create_dir_all(folder.path().join("app")).unwrap();
        assert_eq!(files.is_ignored(&path), Some(false));
        fs::write(folder.path().join(".gitignore"), ".env*\n").unwrap();
        assert_eq!(files.is_ignored(&path), Some(true));
        fs::write(folder.path().join("app/.gitignore"), "!.env\n").unwrap();
        assert_eq!(files.is_ignored(&path), Some(false));
    }
}
