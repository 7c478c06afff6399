//! The documents that the client has open, and snapshots of them.
//!
//! A notification changes a document here before anything is awaited. A request takes a [`Snapshot`], which never
//! changes, and works on that.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use dashmap::DashMap;
use tower_lsp::ls_types::{TextDocumentContentChangeEvent, TextDocumentItem, Uri};

use super::checked::Checked;
use super::convert::{Converter, Encoding, Lines};
use super::sync;
use crate::margin::Analysis;

/// All open documents, by the client's own spelling of their URIs.
#[derive(Debug, Default)]
pub(super) struct Documents {
    open: DashMap<String, Document>,
    generations: AtomicU64,
}

/// An open document.
#[derive(Debug)]
pub(super) struct Document {
    uri: Uri,
    version: i32,
    python: bool,
    pub(super) text: String,
    pub(super) lines: Lines,
    /// Made when first asked for, gone with the next change.
    snapshot: Option<Arc<Snapshot>>,
    /// The latest analysis of any version, which the next begins with.
    latest: Latest,
    /// What the user has been told about it.
    told: Vec<Notice>,
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
    pub text: Arc<str>,
    pub lines: Lines,
    /// See `Session::check`; empty inside for a file that is too large.
    pub(super) checked: OnceLock<Option<Checked>>,
    latest: Latest,
}

impl Snapshot {
    /// Converts between this text's offsets and the client's positions.
    pub fn converter(&self, encoding: Encoding) -> Converter<'_> {
        Converter::new(&self.text, &self.lines, encoding)
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

/// The path that a `file:` URI names.
pub(super) fn file_path(uri: &Uri) -> Option<PathBuf> {
    (uri.scheme().as_str().eq_ignore_ascii_case("file")).then(|| uri.to_file_path())?.map(std::borrow::Cow::into_owned)
}

impl Documents {
    /// Opens a document, or replaces one that the client opens a second time.
    pub fn open(&self, item: TextDocumentItem) {
        let python = is_python(&item);
        let document = Document {
            version: item.version,
            python,
            lines: Lines::new(&item.text),
            text: item.text,
            snapshot: None,
            latest: Latest::default(),
            told: Vec::new(),
            uri: item.uri.clone(),
        };
        self.open.insert(item.uri.as_str().to_owned(), document);
    }

    /// Applies changes, in order; `false` when the document is not open.
    pub fn change(&self, uri: &Uri, version: i32, changes: Vec<TextDocumentContentChangeEvent>, by: Encoding) -> bool {
        let Some(mut document) = self.open.get_mut(uri.as_str()) else { return false };
        document.snapshot = None;
        document.version = version;
        for change in changes {
            sync::apply(&mut document, change, by);
        }
        true
    }

    /// Closes a document; `false` when it is not open.
    pub fn close(&self, uri: &Uri) -> bool {
        self.open.remove(uri.as_str()).is_some()
    }

    /// The document as it is now; `None` when it is not open.
    pub fn snapshot(&self, uri: &Uri) -> Option<Arc<Snapshot>> {
        let mut document = self.open.get_mut(uri.as_str())?;
        let generation = || self.generations.fetch_add(1, Ordering::Relaxed);
        Some(document.snapshot(generation))
    }

    /// Whether this is still what the client has on screen.
    pub fn is_newest(&self, snapshot: &Snapshot) -> bool {
        self.open
            .get(snapshot.uri.as_str())
            .and_then(|document| document.snapshot.as_ref().map(|newest| newest.generation))
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

    /// Forgets all analyses: what they depend on besides the text has changed. Returns the documents.
    pub fn invalidate(&self) -> Vec<Uri> {
        self.open
            .iter_mut()
            .map(|mut document| {
                document.snapshot = None;
                document.uri.clone()
            })
            .collect()
    }
}

impl Document {
    fn snapshot(&mut self, generation: impl FnOnce() -> u64) -> Arc<Snapshot> {
        let snapshot = self.snapshot.get_or_insert_with(|| {
            Arc::new(Snapshot {
                uri: self.uri.clone(),
                version: self.version,
                generation: generation(),
                python: self.python,
                text: self.text.as_str().into(),
                lines: self.lines.clone(),
                checked: OnceLock::new(),
                latest: Arc::clone(&self.latest),
            })
        });
        Arc::clone(snapshot)
    }
}

/// By the client's word, or by the file's name where the client calls everything by a name of its own.
fn is_python(item: &TextDocumentItem) -> bool {
    let language = item.language_id.to_ascii_lowercase();
    let path = item.uri.path().as_str();
    language.starts_with("python") || [".py", ".pyi", ".pyw"].iter().any(|extension| path.ends_with(extension))
}
