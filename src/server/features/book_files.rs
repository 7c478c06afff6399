//! The files of books, reported by the client when they change: folders of notes and rules, and the reader's own copy.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tower_lsp::Client;
use tower_lsp::ls_types::{
    DidChangeWatchedFilesRegistrationOptions, FileSystemWatcher, GlobPattern, OneOf, Registration, RelativePattern,
    Unregistration, Uri,
};

use crate::server::config::BookFile;
use crate::server::session::Session;

const METHOD: &str = "workspace/didChangeWatchedFiles";

/// What the client was last asked to report.
#[derive(Debug, Default)]
pub struct Watched(Mutex<(usize, BTreeSet<BookFile>)>);

/// Asks the client to report changes of the books that settings name, where it can be asked.
pub fn follow(session: &Arc<Session>) {
    let client = session.capabilities();
    if !client.register_watched_files {
        return;
    }
    let wanted = session.config.book_files();
    let mut watched = session.watched.0.lock().unwrap_or_else(PoisonError::into_inner);
    if watched.1 == wanted {
        return;
    }
    let id = |count| format!("book-files-{count}");
    let old = (!watched.1.is_empty()).then(|| id(watched.0));
    let count = watched.0 + 1;
    let watchers: Vec<_> = wanted.iter().filter_map(|file| watcher(file, client.relative_patterns)).collect();
    *watched = (count, wanted);
    drop(watched);
    session.spawn(register(session.client.clone(), id(count), watchers, old));
}

async fn register(client: Client, id: String, watchers: Vec<FileSystemWatcher>, old: Option<String>) {
    if !watchers.is_empty() {
        let register_options = serde_json::to_value(DidChangeWatchedFilesRegistrationOptions { watchers }).ok();
        let registration = Registration { id, method: METHOD.to_owned(), register_options };
        if let Err(error) = client.register_capability(vec![registration]).await {
            tracing::warn!("the client will not report changed books: {error}");
        }
    }
    if let Some(id) = old {
        let ended = client.unregister_capability(vec![Unregistration { id, method: METHOD.to_owned() }]).await;
        if let Err(error) = ended {
            tracing::warn!("the client goes on reporting books that are closed: {error}");
        }
    }
}

fn watcher(file: &BookFile, relative: bool) -> Option<FileSystemWatcher> {
    let (folder, pattern) = match file {
        BookFile::Folder(folder) => (folder.as_path(), "**/*.{md,toml}".to_owned()),
        BookFile::Copy(file) => (file.parent()?, file.file_name()?.to_str()?.to_owned()),
    };
    let pattern = if relative { relative_to(folder, pattern)? } else { absolute(folder, &pattern) };
    Some(FileSystemWatcher { glob_pattern: pattern, kind: None })
}

fn relative_to(folder: &Path, pattern: String) -> Option<GlobPattern> {
    let base_uri = OneOf::Right(Uri::from_file_path(folder)?);
    Some(GlobPattern::Relative(RelativePattern { base_uri, pattern }))
}

fn absolute(folder: &Path, pattern: &str) -> GlobPattern {
    let folder = folder.to_string_lossy().replace('\\', "/");
    GlobPattern::String(format!("{}/{pattern}", folder.trim_end_matches('/')))
}
