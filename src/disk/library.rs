//! The books that settings name: further ones, read from their folders, and the reader's own copy of the first.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
use std::{fs, io};

use super::{from_home, read_file};
use crate::book::Book;
use crate::book::copy::BookCopy;
use crate::knowledge::Knowledge;
use crate::knowledge::format::{self, SourceFile};
use crate::margin::settings::Problem;

/// The reader's own copy may be this long, in bytes.
const MAX_COPY: u64 = 64 << 20;

/// A file of a further book may be this long, in bytes; a longer one is not read.
const MAX_SOURCE: u64 = 4 << 20;

/// Knowledge by the list of folders it is made from. Folders are read again when a file in them has changed.
#[derive(Debug)]
pub(crate) struct Library {
    builtin: Arc<Knowledge>,
    opened: Mutex<Vec<Opened>>,
    copies: Mutex<Vec<(Stamp, Arc<OwnCopy>)>>,
}

/// The reader's own copy of the first book.
#[derive(Debug)]
pub(crate) struct OwnCopy {
    /// The file.
    pub path: PathBuf,
    /// What is in it.
    pub text: BookCopy,
}

#[derive(Debug)]
struct Opened {
    folders: Vec<PathBuf>,
    files: Vec<Stamp>,
    knowledge: Arc<Knowledge>,
}

/// A file and what tells that it has changed.
type Stamp = (PathBuf, u64, Option<SystemTime>);

impl Library {
    /// The built-in book alone.
    pub fn new() -> Self {
        Self { builtin: Knowledge::builtin(), opened: Mutex::default(), copies: Mutex::default() }
    }

    /// The built-in book and those in `folders`, and what is wrong with these. Reads files: not for the async threads.
    pub fn open(&self, folders: &[PathBuf]) -> (Arc<Knowledge>, Vec<Problem>) {
        if folders.is_empty() {
            return (Arc::clone(&self.builtin), Vec::new());
        }
        let mut problems = Vec::new();
        let mut files = Vec::new();
        for folder in folders {
            if let Err(fault) = find(&from_home(folder), &mut files) {
                problems.push(problem(folder, format!("cannot be read: {fault}")));
            }
        }
        files.sort();
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = opened.iter().find(|known| known.folders == folders && known.files == files) {
            return (Arc::clone(&known.knowledge), problems);
        }
        let books = folders.iter().filter_map(|folder| {
            let (contents, faults) = format::read(&sources(&from_home(folder), &files));
            let fault = |fault: format::Problem| {
                problem(&folder.join(&fault.path), format!("line {}: {}", fault.line, fault.message))
            };
            problems.extend(faults.into_iter().map(fault));
            // Without a table of contents there is no book to speak of.
            (!contents.book.id.is_empty()).then_some(contents)
        });
        let books: Vec<_> = books.collect();
        let (knowledge, refused) = Knowledge::with_books(books);
        let taken = |rule| Problem { source: "books".to_owned(), message: format!("rule `{rule}` exists already") };
        problems.extend(refused.into_iter().map(taken));
        opened.retain(|known| known.folders != folders);
        opened.push(Opened { folders: folders.to_vec(), files, knowledge: Arc::clone(&knowledge) });
        (knowledge, problems)
    }

    /// The reader's own copy of a book; adds what is wrong with it. Reads the file when it has changed.
    pub fn copy(&self, path: &Path, book: &Book, problems: &mut Vec<Problem>) -> Option<Arc<OwnCopy>> {
        let path = from_home(path);
        let mut fail = |message: String| problems.push(problem(&path, message));
        let stamp = match fs::metadata(&path) {
            Ok(metadata) => (path.clone(), metadata.len(), metadata.modified().ok()),
            Err(fault) => {
                fail(format!("cannot be read: {fault}"));
                return None;
            }
        };
        let mut copies = self.copies.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = copies.iter().find(|(known, _)| *known == stamp) {
            return Some(Arc::clone(known));
        }
        let bytes = read_file(&path, MAX_COPY).inspect_err(|fault| fail(format!("cannot be read: {fault}"))).ok()?;
        let text = BookCopy::read(&bytes, book).inspect_err(|fault| fail(fault.to_string())).ok()?;
        let copy = Arc::new(OwnCopy { path: path.clone(), text });
        copies.retain(|((known, ..), _)| *known != path);
        copies.push((stamp, Arc::clone(&copy)));
        Some(copy)
    }
}

fn problem(path: &Path, message: String) -> Problem {
    Problem { source: path.display().to_string(), message }
}

/// Adds the files of a folder that can belong to a book.
fn find(folder: &Path, files: &mut Vec<Stamp>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        let kind = entry.file_type()?;
        // A link to a folder may lead back here.
        if kind.is_dir() && !hidden {
            find(&path, files)?;
        } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "md" || extension == "toml") {
            let metadata = entry.metadata()?;
            files.push((path, metadata.len(), metadata.modified().ok()));
        }
    }
    Ok(())
}

/// The texts of a folder's files.
fn sources(folder: &Path, files: &[Stamp]) -> Vec<SourceFile> {
    let source = |(path, ..): &Stamp| {
        let parts = path.strip_prefix(folder).ok()?.iter().map(|part| part.to_string_lossy());
        let text = String::from_utf8_lossy(&read_file(path, MAX_SOURCE).ok()?).into_owned();
        Some(SourceFile { path: parts.collect::<Vec<_>>().join("/"), text })
    };
    files.iter().filter_map(source).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTENTS: &str = "id = \"handbook\"\ntitle = \"Handbook\"\nmark = \"Handbook §\"\n[[chapters]]\nnumber = 1\n\
                            title = \"One\"\nsections = [{ number = \"1.1\", title = \"First\" }]\n";

    const REST: &str = "## Key points\n- One.\n- Two.\n\n## Example\n```python\nprint()\n```\n";

    fn note(summary: &str) -> String {
        format!(
            "+++\nsection = \"1.1\"\ntitle = \"First\"\ntriggers = [\"symbol:requests.get\"]\n+++\n{summary}\n{REST}"
        )
    }

    fn summary(knowledge: &Knowledge) -> String {
        let id = knowledge.for_symbol("requests.get")[0];
        knowledge.note(id).summary.to_string()
    }

    #[test]
    fn a_folder_is_a_book_and_is_read_again_when_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let folders = [folder.path().to_owned()];
        fs::create_dir(folder.path().join("one")).unwrap();
        fs::write(folder.path().join("book.toml"), CONTENTS).unwrap();
        fs::write(folder.path().join("one/1.1-first.md"), note("Ask politely.")).unwrap();
        let library = Library::new();
        let (knowledge, problems) = library.open(&folders);
        assert_eq!(problems, []);
        assert_eq!(summary(&knowledge), "Ask politely.");
        assert!(Arc::ptr_eq(&knowledge, &library.open(&folders).0), "nothing has changed");

        fs::write(folder.path().join("one/1.1-first.md"), note("Ask more politely.")).unwrap();
        assert_eq!(summary(&library.open(&folders).0), "Ask more politely.");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place_and_the_rest_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing");
        fs::write(folder.path().join("book.toml"), CONTENTS).unwrap();
        fs::write(folder.path().join("1.1-first.md"), note("Ask politely.")).unwrap();
        fs::write(
            folder.path().join("1.2-second.md"),
            "+++\nsection = \"1.2\"\ntitle = \"Second\"\n+++\nNo such section.\n",
        )
        .unwrap();
        let (knowledge, problems) = Library::new().open(&[missing.clone(), folder.path().to_owned()]);
        assert_eq!(summary(&knowledge), "Ask politely.");
        let sources: Vec<_> = problems.iter().map(|problem| problem.source.clone()).collect();
        let faulty = folder.path().join("1.2-second.md");
        assert!(sources.contains(&missing.display().to_string()), "{problems:?}");
        assert!(sources.contains(&faulty.display().to_string()), "{problems:?}");
    }

    #[test]
    fn a_copy_is_read_again_when_it_changes_and_what_is_wrong_with_it_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("book.txt");
        let library = Library::new();
        let knowledge = Knowledge::builtin();
        let book = knowledge.first_volume().book();
        let mut problems = Vec::new();
        let mut copy = || {
            problems.clear();
            (library.copy(&path, book, &mut problems), problems.iter().map(ToString::to_string).collect::<String>())
        };
        assert!(copy().1.contains("book.txt: cannot be read: "));
        fs::write(&path, "no sections").unwrap();
        assert!(copy().1.contains("book.txt: none of the book's numbered sections"));
        fs::write(&path, "16.7.4 TaskGroup (Python 3.11+)\n\nBody.\n").unwrap();
        let (first, said) = copy();
        assert_eq!((first.unwrap().text.sections[0].line, &*said), (1, ""));
        fs::write(&path, "\n\n16.7.4 TaskGroup (Python 3.11+)\n\nBody.\n").unwrap();
        assert_eq!(copy().0.unwrap().text.sections[0].line, 3);
    }
}
