//! Sections, and the texts of readers' EPUBs, as Markdown files in the user's cache folder, for clients to open.
//!
//! This is the only place where the server writes. A page appears whole or not at all; a client may have it open. Servers
//! share the folder, and anybody may delete it: what is missing is written again.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use std::{env, fs, io, process};

use rustc_hash::FxHasher;

use crate::book::SectionNumber;
use crate::disk::OwnCopy;
use crate::knowledge::{Volume, render};

/// The pages of all books.
#[derive(Debug)]
pub(super) struct Pages {
    /// `None` where the user has no cache folder.
    folder: Option<PathBuf>,
    /// Pages that are as they should be.
    current: Mutex<HashSet<PathBuf>>,
    /// Texts of copies that are as they should be, and what tells that a copy has changed.
    copies: Mutex<HashMap<PathBuf, (u64, Option<SystemTime>)>>,
    /// Books of which a page was wanted.
    used: Mutex<HashSet<String>>,
}

impl Pages {
    /// Keeps pages in a folder of `cache`, or of the user's own cache folder.
    pub fn new(cache: Option<PathBuf>) -> Self {
        let folder = cache.or_else(cache_folder).map(|cache| cache.join("marginalia"));
        Self { folder, current: Mutex::default(), copies: Mutex::default(), used: Mutex::default() }
    }

    /// The file with the page of a section; `None` when there is no such section or it cannot be written.
    pub fn page(&self, volume: &Volume, number: SectionNumber) -> Option<PathBuf> {
        let book = volume.book();
        book.section(number)?;
        let folder = self.folder.as_ref().filter(|_| is_name(&book.id))?.join(&*book.id);
        let file = folder.join(format!("{number}.md"));
        // Only the built-in book cannot change while the server runs.
        if volume.is_first() && self.current().contains(&file) && file.is_file() {
            return Some(file);
        }
        // Pages lie side by side, so that their links to each other need no more than the name.
        let text = render::volume_page(volume, number, &|number| Some(format!("{number}.md")))?;
        match replace(&folder, &file, &text) {
            Ok(()) => {
                self.current().insert(file.clone());
                Some(file)
            }
            Err(error) => {
                tracing::warn!("{} cannot be written: {error}", file.display());
                None
            }
        }
    }

    /// The file with the text of a copy that no editor can open; `None` when it cannot be written.
    pub fn of_copy(&self, copy: &OwnCopy, text: &str) -> Option<PathBuf> {
        let folder = self.folder.as_ref()?.join("copies");
        let file = folder.join(name_of_copy(&copy.path));
        let mut copies = self.copies.lock().unwrap_or_else(PoisonError::into_inner);
        if copies.get(&file) == Some(&copy.stamp()) && file.is_file() {
            return Some(file);
        }
        match replace(&folder, &file, text) {
            Ok(()) => {
                copies.insert(file.clone(), copy.stamp());
                Some(file)
            }
            Err(error) => {
                tracing::warn!("{} cannot be written: {error}", file.display());
                None
            }
        }
    }

    /// Whether a page of this book is wanted for the first time; the answer is yes once.
    pub fn first_use(&self, book: &str) -> bool {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(book.to_owned())
    }

    /// Makes every page of a book, for the links between them, and clears away what a server that was killed left behind.
    pub fn all(&self, volume: &Volume) {
        if let Some(folder) = self.folder.as_ref().filter(|_| is_name(&volume.book().id)) {
            remove_old_drafts(&folder.join(&*volume.book().id));
        }
        for section in &*volume.book().sections {
            if self.page(volume, section.number).is_none() {
                return;
            }
        }
    }

    fn current(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a book's short name can be a folder's name, and leads nowhere else.
fn is_name(id: &str) -> bool {
    id.starts_with(|first: char| first.is_ascii_alphanumeric())
        && id.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter))
}

/// A name for the text of a copy: the file's own, for people, and a number for where the file is.
fn name_of_copy(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let letters = stem.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' });
    let stem: String = letters.take(40).collect();
    let mut hasher = FxHasher::default();
    path.hash(&mut hasher);
    format!("{stem}-{:016x}.md", hasher.finish())
}

/// Gives a file this text in one step, unless it has it.
fn replace(folder: &Path, file: &Path, text: &str) -> io::Result<()> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    if fs::read(file).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let draft = folder.join(format!(".{}-{count}.tmp", process::id()));
    fs::write(&draft, text)?;
    fs::rename(&draft, file).inspect_err(|_| drop(fs::remove_file(&draft)))
}

/// Removes drafts that nobody will finish: another server is done with its own within a moment.
fn remove_old_drafts(folder: &Path) {
    const OLD: Duration = Duration::from_hours(1);
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_draft = name.to_str().is_some_and(|name| name.starts_with('.') && name.strip_suffix(".tmp").is_some());
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        if is_draft && age().is_some_and(|age| age > OLD) {
            // Another server may have been quicker.
            let _gone = fs::remove_file(entry.path());
        }
    }
}

/// Where programs of this user keep what can be made again.
fn cache_folder() -> Option<PathBuf> {
    let set = |name| env::var_os(name).filter(|value: &OsString| !value.is_empty()).map(PathBuf::from);
    if cfg!(windows) {
        set("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        env::home_dir().map(|home| home.join("Library/Caches"))
    } else {
        let absolute = set("XDG_CACHE_HOME").filter(|path| path.is_absolute());
        absolute.or_else(|| env::home_dir().map(|home| home.join(".cache")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::Knowledge;

    fn number() -> SectionNumber {
        "16.7.4".parse().unwrap()
    }

    #[test]
    fn a_page_is_written_and_an_outdated_one_replaced() {
        let cache = tempfile::tempdir().unwrap();
        let knowledge = Knowledge::builtin();
        let volume = knowledge.first_volume();
        let file = Pages::new(Some(cache.path().to_owned())).page(volume, number()).unwrap();
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("# §16.7.4 TaskGroup"), "{text}");

        fs::write(&file, "outdated").unwrap();
        Pages::new(Some(cache.path().to_owned())).page(volume, number()).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "no draft is left behind");
    }

    #[test]
    fn a_page_that_was_deleted_is_written_again() {
        let cache = tempfile::tempdir().unwrap();
        let knowledge = Knowledge::builtin();
        let pages = Pages::new(Some(cache.path().to_owned()));
        let file = pages.page(knowledge.first_volume(), number()).unwrap();
        fs::remove_dir_all(cache.path().join("marginalia")).unwrap();
        assert_eq!(pages.page(knowledge.first_volume(), number()), Some(file.clone()));
        assert!(fs::read_to_string(file).unwrap().starts_with("# §16.7.4"));
    }

    #[test]
    fn drafts_of_a_killed_server_are_cleared_away_and_those_of_a_running_one_are_not() {
        let cache = tempfile::tempdir().unwrap();
        let folder = cache.path().join("marginalia/python-bible");
        fs::create_dir_all(&folder).unwrap();
        let [old, new] = [".1-0.tmp", ".2-0.tmp"].map(|name| folder.join(name));
        fs::write(&old, "half a pa").unwrap();
        fs::write(&new, "half a pa").unwrap();
        let long_ago = std::time::SystemTime::now() - Duration::from_hours(2);
        fs::File::options().write(true).open(&old).unwrap().set_modified(long_ago).unwrap();
        Pages::new(Some(cache.path().to_owned())).all(Knowledge::builtin().first_volume());
        assert_eq!((old.exists(), new.exists()), (false, true));
    }

    #[test]
    fn the_links_of_a_page_lead_to_pages() {
        let cache = tempfile::tempdir().unwrap();
        let knowledge = Knowledge::builtin();
        let pages = Pages::new(Some(cache.path().to_owned()));
        pages.all(knowledge.first_volume());
        let folder = cache.path().join("marginalia/python-bible");
        let text = fs::read_to_string(folder.join("16.7.4.md")).unwrap();
        let links: Vec<_> =
            text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link).collect();
        assert!(!links.is_empty());
        for link in links {
            assert!(folder.join(link).is_file(), "{link}");
        }
    }

    #[test]
    fn without_a_folder_there_are_no_pages() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let knowledge = Knowledge::builtin();
        assert_eq!(Pages::new(Some(file.path().to_owned())).page(knowledge.first_volume(), number()), None);
    }

    #[test]
    fn a_books_name_leads_to_no_other_folder() {
        for id in ["../elsewhere", "/etc", "..", ".hidden", "a/b", "a\\b", ""] {
            assert!(!is_name(id), "{id}");
        }
        assert!(is_name("python-bible"));
    }

    #[test]
    fn a_section_that_does_not_exist_has_no_page() {
        let cache = tempfile::tempdir().unwrap();
        let knowledge = Knowledge::builtin();
        let pages = Pages::new(Some(cache.path().to_owned()));
        assert_eq!(pages.page(knowledge.first_volume(), "99.99".parse().unwrap()), None);
    }
}
