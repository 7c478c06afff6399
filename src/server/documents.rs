//! The documents that the client has open, and snapshots of them.
//!
//! A document is what is read as one: a file, or a notebook with its cells in order. What the protocol calls a text
//! document is a [`Part`] of it: all of a file, one cell of a notebook.
//!
//! A notification changes a document here before anything is awaited. A request takes a [`View`], which never changes,
//! and works on that.

use std::collections::VecDeque;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use dashmap::DashMap;
use ruff_text_size::{TextLen, TextRange, TextSize};
use tower_lsp::ls_types::{
    DidOpenNotebookDocumentParams, NotebookDocumentCellChange, TextDocumentContentChangeEvent, TextDocumentItem, Uri,
};

use super::checked::Checked;
use super::convert::{Converter, Encoding, Lines};
use super::notebook;
use super::sync;
use crate::margin::Analysis;
use crate::python::Cells;

/// What is known of so many documents is kept, of those that were last asked about. Of others the text is kept, and the rest
/// found out anew when somebody asks: an editor may open a thousand files, and nobody reads more than a few.
const RECENT: usize = 32;

/// All open documents, by the client's own spelling of their URIs.
#[derive(Debug, Default)]
pub(super) struct Documents {
    open: DashMap<String, Document>,
    /// Those whose snapshots are kept, the one last asked about last.
    recent: Mutex<VecDeque<String>>,
    /// The notebook that a cell belongs to.
    notebook_of: DashMap<String, Uri>,
    generations: AtomicU64,
}

/// An open document.
#[derive(Debug)]
struct Document {
    uri: Uri,
    version: i32,
    notebook: bool,
    /// One of a file; those of a notebook in order.
    parts: Vec<Part>,
    /// Cells that are out of the notebook and not closed: they may be put back.
    aside: Vec<Part>,
    /// Tells the version as it is now from others; `None` until it is first asked for.
    current: Option<Current>,
    /// Made when first asked for, gone with the next change, or when others are more recent.
    snapshot: Option<Arc<Snapshot>>,
    /// The latest analysis of any version, which the next begins with.
    latest: Latest,
    /// What the user has been told about it.
    told: Vec<Notice>,
    /// The version for which the client was last told to ask again.
    refreshed: Option<u64>,
}

/// A document that is not open any more, with all that was known of it. To drop it takes time.
#[derive(Debug)]
pub(super) struct Closed(Document);

impl Closed {
    /// Its text documents.
    pub fn parts(&self) -> Vec<Uri> {
        self.0.uris()
    }
}

/// What stays of a version while its snapshots come and go.
#[derive(Clone, Debug)]
struct Current {
    generation: u64,
    published: Arc<AtomicBool>,
}

/// What the client calls a text document.
#[derive(Debug)]
pub(super) struct Part {
    pub uri: Uri,
    pub version: i32,
    pub python: bool,
    pub text: String,
    pub lines: Arc<Lines>,
}

type Latest = Arc<Mutex<Option<Arc<Analysis>>>>;

/// What the user is told about a document, once for as long as it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// It is too large to be looked at.
    TooLarge,
    /// It has more findings than are shown.
    Cut,
}

/// One version of a document.
#[derive(Debug)]
pub(super) struct Snapshot {
    /// As the client spells it.
    pub uri: Uri,
    /// The client's number for it.
    pub version: i32,
    /// Ours, never used twice: tells a version from the same version after a change of settings or a second opening.
    pub generation: u64,
    /// Whether there is anything for Marginalia to say about it.
    pub python: bool,
    /// Whether it is a notebook.
    pub notebook: bool,
    /// What is analysed: a file, or the Python cells of a notebook behind each other.
    pub text: Arc<str>,
    /// Where these cells are in it.
    pub cells: Cells,
    parts: Vec<Place>,
    /// See `Session::check`; empty inside for a file that is too large.
    pub(super) checked: OnceLock<Option<Checked>>,
    published: Arc<AtomicBool>,
    latest: Latest,
}

/// Where a text document is in its document.
#[derive(Debug)]
pub(super) struct Place {
    /// As the client spells it.
    pub uri: Uri,
    /// The client's number for it.
    pub version: i32,
    /// Its text, in bytes of the document; empty for a cell that is not analysed.
    range: TextRange,
    analysed: bool,
    lines: Arc<Lines>,
}

/// A text document as part of a version of its document.
#[derive(Clone, Debug)]
pub(super) struct View {
    snapshot: Arc<Snapshot>,
    at: usize,
}

impl Deref for View {
    type Target = Arc<Snapshot>;

    fn deref(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }
}

impl View {
    /// The document.
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// The text document.
    pub fn place(&self) -> &Place {
        &self.snapshot.parts[self.at]
    }

    /// Converts between the document's offsets and positions in the text document.
    pub fn converter(&self, encoding: Encoding) -> Converter<'_> {
        self.snapshot.converter(self.place(), encoding)
    }

    /// Whether there is anything for Marginalia to say about it.
    pub fn is_read(&self) -> bool {
        self.python && self.place().analysed
    }
}

impl Snapshot {
    /// Whether its diagnostics are still to be published; the answer is yes once. The jobs of two keystrokes may both come
    /// upon the version after the second.
    pub fn first_publication(&self) -> bool {
        !self.published.swap(true, Ordering::Relaxed)
    }

    /// Its text documents, in order.
    pub fn views(self: &Arc<Self>) -> impl Iterator<Item = View> {
        (0..self.parts.len()).map(|at| View { snapshot: Arc::clone(self), at })
    }

    /// The text document that holds an offset.
    pub fn place_at(&self, offset: TextSize) -> Option<&Place> {
        self.parts.iter().find(|place| place.holds(offset))
    }

    /// Converts between the document's offsets and positions in one of its text documents.
    pub fn converter<'s>(&'s self, place: &'s Place, encoding: Encoding) -> Converter<'s> {
        Converter::new(&self.text[place.range], &place.lines, encoding).from(place.range.start())
    }

    /// The line of the document, from 0, that a text document begins with.
    pub fn first_line(&self, place: &Place) -> usize {
        let before = &self.text[..place.range.start().to_usize()];
        Lines::new(before).count() - 1
    }

    /// What to call it in a message.
    pub fn name(&self) -> String {
        let path = self.uri.path().as_str();
        path.rsplit('/').next().unwrap_or(path).to_owned()
    }

    /// An analysis of an earlier version, or of a later one when this one was overtaken.
    pub fn earlier(&self) -> Option<Arc<Analysis>> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Has later versions begin with this analysis.
    pub fn keep_for_later(&self, analysis: &Arc<Analysis>) {
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(analysis));
    }

    /// Where the document is on disk; `None` for an untitled buffer and anything else that is no file.
    pub fn path(&self) -> Option<PathBuf> {
        file_path(&self.uri)
    }
}

impl Place {
    /// Whether an offset of the document is in the text document.
    pub fn holds(&self, offset: TextSize) -> bool {
        self.analysed && self.range.contains_inclusive(offset)
    }

    /// The lines of the text document.
    pub fn lines(&self) -> &Lines {
        &self.lines
    }

    /// Its text, in bytes of the document.
    pub fn range(&self) -> TextRange {
        self.range
    }
}

/// The path that a `file:` URI names.
pub(super) fn file_path(uri: &Uri) -> Option<PathBuf> {
    (uri.scheme().as_str().eq_ignore_ascii_case("file")).then(|| uri.to_file_path())?.map(std::borrow::Cow::into_owned)
}

impl Documents {
    /// Opens a document, or replaces one that the client opens a second time; `false` for a cell of an open notebook,
    /// which the client keeps up to date as part of that.
    pub fn open(&self, item: TextDocumentItem) -> bool {
        if self.notebook_of.contains_key(item.uri.as_str()) {
            return false;
        }
        let (uri, version) = (item.uri.clone(), item.version);
        let python = is_python(&item);
        self.insert(uri, version, false, vec![Part::new(item, python)]);
        true
    }

    /// Opens a notebook with its cells.
    pub fn open_notebook(&self, params: DidOpenNotebookDocumentParams) {
        let document = params.notebook_document;
        let parts = notebook::open(&document.cells, params.cell_text_documents);
        for part in &parts {
            self.notebook_of.insert(part.uri.as_str().to_owned(), document.uri.clone());
        }
        self.insert(document.uri, document.version, true, parts);
    }

    fn insert(&self, uri: Uri, version: i32, notebook: bool, parts: Vec<Part>) {
        let key = uri.as_str().to_owned();
        let document = Document {
            uri,
            version,
            notebook,
            parts,
            aside: Vec::new(),
            current: None,
            snapshot: None,
            latest: Latest::default(),
            told: Vec::new(),
            refreshed: None,
        };
        self.open.insert(key, document);
    }

    /// Applies changes, in order; `false` when the document is not open.
    pub fn change(&self, uri: &Uri, version: i32, changes: Vec<TextDocumentContentChangeEvent>, by: Encoding) -> bool {
        let Some(mut document) = self.open.get_mut(uri.as_str()) else { return false };
        document.changed();
        document.version = version;
        match &mut *document.parts {
            [part] if part.uri == *uri => part.change(version, changes, by),
            _ => return false,
        }
        true
    }

    /// Applies a change of a notebook's cells. The cells that are gone; `None` when the notebook is not open.
    pub fn change_notebook(
        &self,
        uri: &Uri,
        version: i32,
        change: Option<NotebookDocumentCellChange>,
        by: Encoding,
    ) -> Option<Vec<Uri>> {
        let (before, after) = {
            let mut document = self.open.get_mut(uri.as_str())?;
            document.version = version;
            let Some(change) = change else { return Some(Vec::new()) };
            document.changed();
            let before = document.uris();
            let Document { parts, aside, .. } = &mut *document;
            notebook::change(parts, aside, change, by);
            (before, document.uris())
        };
        for cell in &after {
            self.notebook_of.entry(cell.as_str().to_owned()).or_insert_with(|| uri.clone());
        }
        let gone: Vec<_> = before.into_iter().filter(|cell| !after.contains(cell)).collect();
        for cell in &gone {
            self.notebook_of.remove(cell.as_str());
        }
        Some(gone)
    }

    /// Closes a document; `None` when it is not open.
    pub fn close(&self, uri: &Uri) -> Option<Closed> {
        let (_, document) = self.open.remove(uri.as_str())?;
        self.recent().retain(|recent| recent != uri.as_str());
        if document.notebook {
            for part in &document.parts {
                self.notebook_of.remove(part.uri.as_str());
            }
        }
        Some(Closed(document))
    }

    /// Whether no document is open.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// The document as it is now; `None` when it is not open.
    pub fn snapshot(&self, uri: &Uri) -> Option<Arc<Snapshot>> {
        let snapshot = {
            let mut document = self.open.get_mut(uri.as_str())?;
            document.snapshot(|| self.generations.fetch_add(1, Ordering::Relaxed))
        };
        if let Some(cold) = self.note_use(uri) {
            // What is known of it may be much: dropped when the document is free for others again.
            let _known = self.open.get_mut(&cold).map(|mut document| document.let_go());
        }
        Some(snapshot)
    }

    /// Notes that a document is asked about. The one that is no longer recent now.
    fn note_use(&self, uri: &Uri) -> Option<String> {
        let mut recent = self.recent();
        match recent.iter().rposition(|recent| recent == uri.as_str()) {
            Some(at) => {
                let again = recent.remove(at)?;
                recent.push_back(again);
                None
            }
            None => {
                recent.push_back(uri.as_str().to_owned());
                if recent.len() > RECENT { recent.pop_front() } else { None }
            }
        }
    }

    fn recent(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A text document, in its document as it is now; `None` when it is not open.
    pub fn view(&self, uri: &Uri) -> Option<View> {
        let notebook = self.notebook_of.get(uri.as_str()).map(|notebook| notebook.clone());
        let snapshot = self.snapshot(notebook.as_ref().unwrap_or(uri))?;
        let at = snapshot.parts.iter().position(|place| place.uri == *uri)?;
        Some(View { snapshot, at })
    }

    /// Whether this is still what the client has on screen.
    pub fn is_newest(&self, snapshot: &Snapshot) -> bool {
        self.open
            .get(snapshot.uri.as_str())
            .and_then(|document| document.current.as_ref().map(|newest| newest.generation))
            .is_some_and(|newest| newest == snapshot.generation)
    }

    /// Whether the user has not been told this about the document yet; the answer is yes once.
    pub fn first(&self, uri: &Uri, notice: Notice) -> bool {
        self.open.get_mut(uri.as_str()).is_some_and(|mut document| {
            let first = !document.told.contains(&notice);
            if first {
                document.told.push(notice);
            }
            first
        })
    }

    /// Whether the findings of the cells other than this one may be new, as the client knows them; the answer is yes once
    /// for each version.
    pub fn has_news(&self, view: &View) -> bool {
        self.open.get_mut(view.uri.as_str()).is_some_and(|mut document| {
            let news = document.parts.len() > 1 && document.refreshed.is_some_and(|last| last < view.generation);
            document.refreshed = document.refreshed.max(Some(view.generation));
            news
        })
    }

    /// Forgets all analyses: what they depend on besides the text has changed. Returns the documents.
    pub fn invalidate(&self) -> Vec<Uri> {
        self.open
            .iter_mut()
            .map(|mut document| {
                document.changed();
                document.uri.clone()
            })
            .collect()
    }
}

impl Document {
    fn uris(&self) -> Vec<Uri> {
        self.parts.iter().map(|part| part.uri.clone()).collect()
    }

    /// What was made of the version before says nothing any more.
    fn changed(&mut self) {
        self.current = None;
        self.snapshot = None;
    }

    /// Lets go of what is known, for the caller to drop. Who works on it goes on with it.
    fn let_go(&mut self) -> (Option<Arc<Snapshot>>, Latest) {
        (self.snapshot.take(), std::mem::take(&mut self.latest))
    }

    fn snapshot(&mut self, generation: impl FnOnce() -> u64) -> Arc<Snapshot> {
        if let Some(snapshot) = &self.snapshot {
            return Arc::clone(snapshot);
        }
        let new = || Current { generation: generation(), published: Arc::default() };
        let Current { generation, published } = self.current.get_or_insert_with(new).clone();
        let analysed = |part: &Part| !self.notebook || notebook::is_analysed(part);
        let (text, cells) = if self.notebook {
            let texts = self.parts.iter().filter(|part| analysed(part)).map(|part| part.text.as_str());
            let (text, cells) = Cells::join(texts);
            (Arc::<str>::from(text), cells)
        } else {
            (self.parts.first().map_or("", |part| &part.text).into(), Cells::default())
        };
        let (mut parts, mut cell) = (Vec::with_capacity(self.parts.len()), 0);
        for part in &self.parts {
            let analysed = analysed(part);
            let range = match (self.notebook, analysed) {
                (false, _) => TextRange::up_to(text.text_len()),
                (true, false) => TextRange::default(),
                (true, true) => {
                    cell += 1;
                    cells.content(cell - 1)
                }
            };
            let (uri, lines) = (part.uri.clone(), Arc::clone(&part.lines));
            parts.push(Place { uri, version: part.version, range, analysed, lines });
        }
        let snapshot = Arc::new(Snapshot {
            uri: self.uri.clone(),
            version: self.version,
            generation,
            python: self.parts.iter().any(|part| part.python),
            notebook: self.notebook,
            text,
            cells,
            parts,
            checked: OnceLock::new(),
            published,
            latest: Arc::clone(&self.latest),
        });
        self.snapshot = Some(Arc::clone(&snapshot));
        snapshot
    }
}

impl Part {
    /// Of a text document that was opened.
    pub fn new(item: TextDocumentItem, python: bool) -> Self {
        let lines = Arc::new(Lines::new(&item.text));
        Self { uri: item.uri, version: item.version, python, text: item.text, lines }
    }

    /// Applies changes, in order.
    pub fn change(&mut self, version: i32, changes: Vec<TextDocumentContentChangeEvent>, by: Encoding) {
        self.version = version;
        for change in changes {
            sync::apply(self, change, by);
        }
    }
}

/// By the client's word, or by the file's name where the client calls everything by a name of its own.
fn is_python(item: &TextDocumentItem) -> bool {
    let path = item.uri.path().as_str();
    speaks_python(item) || [".py", ".pyi", ".pyw"].iter().any(|extension| path.ends_with(extension))
}

/// By the client's word.
pub(super) fn speaks_python(item: &TextDocumentItem) -> bool {
    item.language_id.to_ascii_lowercase().starts_with("python")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(documents: &Documents, name: &str) -> Uri {
        let uri: Uri = format!("file:///{name}.py").parse().unwrap();
        documents.open(TextDocumentItem::new(uri.clone(), "python".to_owned(), 1, format!("name = '{name}'\n")));
        uri
    }

    #[test]
    fn of_documents_that_nobody_asks_about_only_the_text_is_kept() {
        let documents = Documents::default();
        let (first, second) = (open(&documents, "first"), open(&documents, "second"));
        let before = documents.snapshot(&first).unwrap();
        let beside = documents.snapshot(&second).unwrap();
        assert!(before.first_publication());
        for number in 0..RECENT - 1 {
            documents.snapshot(&open(&documents, &number.to_string()));
            documents.snapshot(&second);
        }
        assert_eq!(Arc::strong_count(&before), 1, "nobody else has it");
        assert!(Arc::ptr_eq(&beside, &documents.snapshot(&second).unwrap()), "somebody asks about this one");

        assert!(documents.is_newest(&before), "an answer under way still counts");
        let again = documents.snapshot(&first).unwrap();
        assert_eq!((&again.text, again.generation), (&before.text, before.generation), "it is the same version");
        assert!(!again.first_publication(), "which was published");
    }
}
