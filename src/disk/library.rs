//! The books that settings name: further ones, read from their folders, and the reader's own copy of the first.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::book_folder::{BookFolder, Stamp};
use super::from_home;
use super::own_copy::OwnCopy;
use crate::knowledge::Knowledge;
use crate::knowledge::format;
use crate::margin::settings::Problem;

/// Knowledge by the list of folders it is made from. Folders are read again when a file in them has changed.
#[derive(Debug)]
pub(crate) struct Library {
    builtin: Arc<Knowledge>,
    opened: Mutex<Vec<Opened>>,
    copies: Mutex<Vec<Arc<OwnCopy>>>,
}

#[derive(Debug)]
struct Opened {
    folders: Vec<PathBuf>,
    off: Vec<String>,
    files: Vec<Stamp>,
    knowledge: Arc<Knowledge>,
}

impl Library {
    /// The built-in book alone.
    pub fn new() -> Self {
        Self { builtin: Knowledge::builtin(), opened: Mutex::default(), copies: Mutex::default() }
    }

    /// The built-in book and those in `folders`, without those whose short names are in `off`, and what is wrong with
    /// them. Reads files: not for the async threads.
    pub fn open(&self, folders: &[PathBuf], off: &[String]) -> (Arc<Knowledge>, Vec<Problem>) {
        if folders.is_empty() && off.is_empty() {
            return (Arc::clone(&self.builtin), Vec::new());
        }
        let mut problems = Vec::new();
        let mut found = Vec::new();
        for folder in folders {
            match BookFolder::find(&from_home(folder)) {
                Ok(it) => {
                    problems.extend(it.left_out.iter().map(|(path, reason)| problem(path, reason.clone())));
                    found.push((folder, it));
                }
                Err(fault) => problems.push(problem(folder, format!("cannot be read: {fault}"))),
            }
        }
        let files: Vec<Stamp> = found.iter().flat_map(|(_, it)| it.files.iter().cloned()).collect();
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) =
            opened.iter().find(|known| known.folders == folders && known.off == off && known.files == files)
        {
            return (Arc::clone(&known.knowledge), problems);
        }
        let books = found.iter().filter_map(|(folder, it)| {
            let (contents, faults) = format::read(&it.sources(&from_home(folder)));
            let fault = |fault: format::Problem| {
                problem(&folder.join(&fault.path), format!("line {}: {}", fault.line, fault.message))
            };
            problems.extend(faults.into_iter().map(fault));
            // Without a table of contents there is no book to speak of.
            let id = &*contents.book.id;
            (!id.is_empty() && !off.iter().any(|off| off == id)).then_some(contents)
        });
        let books: Vec<_> = books.collect();
        let builtin = &*self.builtin.first_volume().book().id;
        let silent = off.iter().any(|off| off == builtin);
        let (knowledge, refused) =
            if silent { Knowledge::without_builtin(books) } else { Knowledge::with_books(books) };
        let taken = |rule| Problem { source: "books".to_owned(), message: format!("rule `{rule}` exists already") };
        problems.extend(refused.into_iter().map(taken));
        opened.retain(|known| known.folders != folders || known.off != off);
        opened.push(Opened { folders: folders.to_vec(), off: off.to_vec(), files, knowledge: Arc::clone(&knowledge) });
        (knowledge, problems)
    }

    /// The reader's own copy of the first book, unless it is plain that it cannot be read; adds why. Reads nothing: see
    /// [`OwnCopy::read`].
    pub fn copy(&self, path: &Path, problems: &mut Vec<Problem>) -> Option<Arc<OwnCopy>> {
        let found = OwnCopy::find(path).inspect_err(|fault| problems.push(problem(path, fault.clone()))).ok()?;
        let mut copies = self.copies.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = copies.iter().find(|known| known.is_same(&found)) {
            return Some(Arc::clone(known));
        }
        let copy = Arc::new(found);
        copies.retain(|known| known.path != copy.path);
        copies.push(Arc::clone(&copy));
        Some(copy)
    }
}

fn problem(path: &Path, message: String) -> Problem {
    Problem { source: path.display().to_string(), message }
}

#[cfg(test)]
mod tests {
    use std::fs;

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
        let (knowledge, problems) = library.open(&folders, &[]);
        assert_eq!(problems, []);
        assert_eq!(summary(&knowledge), "Ask politely.");
        assert!(Arc::ptr_eq(&knowledge, &library.open(&folders, &[]).0), "nothing has changed");

        fs::write(folder.path().join("one/1.1-first.md"), note("Ask more politely.")).unwrap();
        assert_eq!(summary(&library.open(&folders, &[]).0), "Ask more politely.");
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
        let (knowledge, problems) = Library::new().open(&[missing.clone(), folder.path().to_owned()], &[]);
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
        let mut problems = Vec::new();
        let mut copy = || {
            problems.clear();
            let copy = library.copy(&path, &mut problems);
            if let Some(Err(fault)) = copy.as_ref().map(|copy| copy.read()) {
                problems.push(problem(&path, fault.to_owned()));
            }
            (copy, problems.iter().map(ToString::to_string).collect::<String>())
        };
        assert!(copy().1.contains("book.txt: cannot be read: "));
        fs::write(&path, "no sections").unwrap();
        assert!(copy().1.contains("book.txt: none of the book's numbered sections"));
        fs::write(&path, "16.7.4 TaskGroup (Python 3.11+)\n\nBody.\n").unwrap();
        let (first, said) = copy();
        let first = first.unwrap();
        assert_eq!((first.text().unwrap().sections[0].line, &*said), (1, ""));
        assert!(Arc::ptr_eq(&first, &copy().0.unwrap()), "nothing has changed");
        fs::write(&path, "\n\n16.7.4 TaskGroup (Python 3.11+)\n\nBody.\n").unwrap();
        assert_eq!(copy().0.unwrap().text().unwrap().sections[0].line, 3);
    }
}
