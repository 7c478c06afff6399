//! `textDocument/didOpen`, `didChange`, `didSave`, `didClose`. All state changes here happen before anything is awaited.

use std::sync::Arc;

use tower_lsp::ls_types::{DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams};

use super::configuration;
use crate::server::session::Session;

/// Opens a document.
pub fn open(session: &Arc<Session>, params: DidOpenTextDocumentParams) {
    let uri = params.text_document.uri.clone();
    session.documents.open(params.text_document);
    // Much may have happened to the files since the last look.
    session.config.forget_files();
    session.schedule_diagnostics(&uri);
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

/// A file was written: others may depend on it. Where the client does not report changed settings files, this may have been one.
pub fn save(session: &Arc<Session>) {
    session.files_changed();
    if !session.capabilities().register_watched_files {
        configuration::apply(session);
    }
}

/// Closes a document, and takes its diagnostics away.
pub fn close(session: &Arc<Session>, params: DidCloseTextDocumentParams) {
    let uri = params.text_document.uri;
    if !session.documents.close(&uri) {
        tracing::warn!("close of {}, which is not open", uri.as_str());
    } else if !session.capabilities().pull_diagnostics {
        session.outbox.clear(uri);
    }
}
