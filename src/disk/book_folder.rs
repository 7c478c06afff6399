//! The folder of a further book: which of its files are read, and which are left out and why.
//!
//! Nothing outside the folder is read: links are left out, whatever they lead to.

use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{fs, io};

use super::read_file;
use crate::knowledge::format::SourceFile;

/// Larger files are not read; a note has a few kilobytes.
const MAX_FILE: u64 = 1 << 20;

/// Further files are not read.
const MAX_FILES: usize = 10_000;

/// Folders further down are not looked into.
const MAX_DEPTH: usize = 8;

/// A file and what tells that it has changed.
pub(super) type Stamp = (PathBuf, u64, Option<SystemTime>);

/// The files that belong to a book.
#[derive(Debug, Default)]
pub(crate) struct BookFolder {
    /// Sorted by path.
    pub(super) files: Vec<Stamp>,
    /// What is not read though it looks as if it belonged there, and why.
    pub left_out: Vec<(PathBuf, String)>,
}

impl BookFolder {
    /// Looks through a folder.
    pub fn find(folder: &Path) -> io::Result<Self> {
        let mut found = Self::default();
        found.look_through(folder, 0)?;
        found.files.sort();
        if found.files.len() > MAX_FILES {
            found.files.truncate(MAX_FILES);
            let reason = format!("has more than {MAX_FILES} files; the rest is left out");
            found.left_out.push((folder.to_owned(), reason));
        }
        Ok(found)
    }

    fn look_through(&mut self, folder: &Path, depth: usize) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_name().to_string_lossy().starts_with('.') || self.files.len() > MAX_FILES {
                continue;
            }
            let kind = entry.file_type()?;
            let belongs = path.extension().is_some_and(|extension| extension == "md" || extension == "toml");
            if kind.is_dir() {
                if depth == MAX_DEPTH {
                    self.leave_out(path, format!("is more than {MAX_DEPTH} folders deep, and left out"));
                } else {
                    self.look_through(&path, depth + 1)?;
                }
            } else if belongs && kind.is_symlink() {
                self.leave_out(path, "is a link, which may lead out of the folder, and left out");
            } else if belongs && kind.is_file() {
                let metadata = entry.metadata()?;
                if metadata.len() > MAX_FILE {
                    self.leave_out(path, format!("has more than {MAX_FILE} bytes, and is left out"));
                } else {
                    self.files.push((path, metadata.len(), metadata.modified().ok()));
                }
            }
        }
        Ok(())
    }

    fn leave_out(&mut self, path: PathBuf, reason: impl Into<String>) {
        self.left_out.push((path, reason.into()));
    }

    /// The texts of the files in `folder`.
    pub fn sources(&self, folder: &Path) -> Vec<SourceFile> {
        let source = |(path, ..): &Stamp| {
            let parts = path.strip_prefix(folder).ok()?.iter().map(|part| part.to_string_lossy());
            let text = String::from_utf8_lossy(&read_file(path, MAX_FILE).ok()?).into_owned();
            Some(SourceFile { path: parts.collect::<Vec<_>>().join("/"), text })
        };
        self.files.iter().filter_map(source).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left_out(folder: &Path) -> Vec<String> {
        let found = BookFolder::find(folder).unwrap();
        let texts = found.sources(folder);
        assert!(texts.iter().all(|file| !file.text.contains("secret")), "{texts:?}");
        found.left_out.into_iter().map(|(path, reason)| format!("{} {reason}", path.display())).collect()
    }

    #[test]
    #[cfg(unix)]
    fn nothing_outside_the_folder_is_read() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret.md"), "secret").unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path().join("secret.md"), folder.path().join("1.1-a.md")).unwrap();
        std::os::unix::fs::symlink(outside.path(), folder.path().join("chapter")).unwrap();
        let said = left_out(folder.path());
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains("1.1-a.md is a link"), "{said:?}");
    }

    #[test]
    fn what_is_too_large_or_too_deep_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let large = fs::File::create(folder.path().join("large.md")).unwrap();
        large.set_len(MAX_FILE + 1).unwrap();
        let deep = folder.path().join("a/b/c/d/e/f/g/h/i");
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("1.1-a.md"), "secret").unwrap();
        let said = left_out(folder.path());
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said.iter().any(|line| line.contains("large.md has more than")), "{said:?}");
        assert!(said.iter().any(|line| line.contains("is more than 8 folders deep")), "{said:?}");
    }
}
