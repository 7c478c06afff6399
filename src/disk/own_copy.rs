//! The reader's own copy of the first book: found at once, read in the background or when it is needed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use super::{from_home, read_file};
use crate::book::copy::BookCopy;
use crate::book::manuscript::{Fault, Format, MAX_BYTES};
use crate::knowledge::Knowledge;

/// The reader's own copy of the first book, as a file was at one time.
#[derive(Debug)]
pub(crate) struct OwnCopy {
    /// The file.
    pub path: PathBuf,
    stamp: (u64, Option<SystemTime>),
    text: OnceLock<Result<BookCopy, String>>,
    announced: AtomicBool,
}

impl OwnCopy {
    /// Finds the file. Says what shows already that it is no copy; nothing is read yet.
    pub fn find(path: &Path) -> Result<Self, String> {
        let path = from_home(path);
        let metadata = fs::metadata(&path).map_err(|fault| format!("cannot be read: {fault}"))?;
        if !metadata.is_file() {
            return Err("is no file; a copy of the book is one text, Markdown or EPUB file".to_owned());
        }
        if metadata.len() > MAX_BYTES as u64 {
            return Err(Fault::TooLarge(metadata.len()).to_string());
        }
        Ok(Self {
            path,
            stamp: (metadata.len(), metadata.modified().ok()),
            text: OnceLock::new(),
            announced: AtomicBool::new(false),
        })
    }

    /// Whether the other is the same file with the same content.
    pub fn is_same(&self, other: &Self) -> bool {
        self.path == other.path && self.stamp == other.stamp
    }

    /// Size and time of the file: what tells that it has changed.
    pub fn stamp(&self) -> (u64, Option<SystemTime>) {
        self.stamp
    }

    /// What is in it, once it has been read. Never waits.
    pub fn text(&self) -> Option<&BookCopy> {
        self.text.get()?.as_ref().ok()
    }

    /// Whether nobody has said yet what is in it; the answer is yes once.
    pub fn is_news(&self) -> bool {
        !self.announced.swap(true, Ordering::Relaxed)
    }

    /// What is in it, or why that cannot be said. Reads the file, once.
    pub fn read(&self) -> Result<&BookCopy, &str> {
        self.text.get_or_init(|| read(&self.path)).as_ref().map_err(String::as_str)
    }
}

fn read(path: &Path) -> Result<BookCopy, String> {
    // The file may have grown since it was found.
    let bytes = read_file(path, MAX_BYTES as u64).map_err(|fault| format!("cannot be read: {fault}"))?;
    let knowledge = Knowledge::builtin();
    let format = Format::of_name(&path.to_string_lossy());
    BookCopy::read(&bytes, format, knowledge.first_volume().book()).map_err(|fault| fault.to_string())
}
