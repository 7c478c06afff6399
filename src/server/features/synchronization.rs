//! `textDocument/didOpen`, `didChange`, `didSave`, `didClose`, and the same of `notebookDocument`. All state changes here happen before anything is awaited.

use std::sync::Arc;

use tower_lsp::ls_types::{
    DidChangeNotebookDocumentParams, DidChangeTextDocumentParams, DidCloseNotebookDocumentParams,
    DidCloseTextDocumentParams, DidOpenNotebookDocumentParams, DidOpenTextDocumentParams, Uri,
};

use super::configuration;
use crate::server::session::Session;

/// Opens a document.
pub fn open(session: &Arc<Session>, params: DidOpenTextDocumentParams) {
    let uri = params.text_document.uri.clone();
    if session.documents.open(params.text_document) {
        // Much may have happened to the files since the last look.
        session.config.forget_files();
        session.schedule_diagnostics(&uri);
    }
}

/// Changes a document.
pub fn change(session: &Arc<Session>, params: DidChangeTextDocumentParams) {
    let document = params.text_document;
    let encoding = session.capabilities().encoding;
    if session.documents.change(&document.uri, document.version, params.content_changes, encoding) {
        session.schedule_diagnostics(&document.uri);
    } else {
        tracing::warn!("change of {}, which is not open", document.uri.as_str());
    }
}

/// A file was written: others may depend on it. Where the client does not report changed settings files, this may have
/// been one, and is read before anything is computed anew: else findings would come back for a moment that the new
/// settings have switched off.
pub fn save(session: &Arc<Session>) {
    session.config.forget_files();
    let settings_too = !session.capabilities().register_watched_files;
    session.in_background("saved", move |session| {
        if !(settings_too && configuration::bring_in_line(session)) {
            session.files_changed();
        }
    });
}

/// Closes a document, and takes its diagnostics away.
pub fn close(session: &Arc<Session>, params: &DidCloseTextDocumentParams) {
    close_document(session, &params.text_document.uri);
}

/// Opens a notebook.
pub fn open_notebook(session: &Arc<Session>, params: DidOpenNotebookDocumentParams) {
    let uri = params.notebook_document.uri.clone();
    session.documents.open_notebook(params);
    session.schedule_diagnostics(&uri);
}

/// Changes cells of a notebook, and takes away the diagnostics of those that are gone.
pub fn change_notebook(session: &Arc<Session>, params: DidChangeNotebookDocumentParams) {
    let document = params.notebook_document;
    let encoding = session.capabilities().encoding;
    match session.documents.change_notebook(&document.uri, document.version, params.change.cells, encoding) {
        Some(gone) => {
            clear(session, gone);
            session.schedule_diagnostics(&document.uri);
        }
        None => tracing::warn!("change of {}, which is not open", document.uri.as_str()),
    }
}

/// Closes a notebook with its cells.
pub fn close_notebook(session: &Arc<Session>, params: &DidCloseNotebookDocumentParams) {
    close_document(session, &params.notebook_document.uri);
}

fn close_document(session: &Arc<Session>, uri: &Uri) {
    match session.documents.close(uri) {
        Some(closed) => {
            clear(session, closed.parts());
            session.forget(uri, closed);
        }
        None => tracing::warn!("close of {}, which is not open", uri.as_str()),
    }
}

fn clear(session: &Arc<Session>, documents: Vec<Uri>) {
    if !session.capabilities().pull_diagnostics {
        for uri in documents {
            session.outbox.clear(uri);
        }
    }
}
