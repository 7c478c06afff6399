//! `textDocument/definition`: from a section that a comment names to its page, or to its line in the reader's own copy.

use std::sync::Arc;

use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{GotoDefinitionParams, GotoDefinitionResponse, Location, Position, Range};

use crate::server::session::Session;

/// The section under the cursor; nothing elsewhere: definitions of code are other servers' work.
pub async fn definition(
    session: &Arc<Session>,
    params: GotoDefinitionParams,
) -> Result<Option<GotoDefinitionResponse>> {
    let at = params.text_document_position_params;
    let found = session.on_document(&at.text_document.uri, move |session, view| {
        let checked = session.check(view)?;
        let offset = view.converter(session.capabilities().encoding).offset(at.position);
        let citation = checked.citation_at(offset)?;
        let volume = &checked.applied.knowledge().volumes()[citation.volume];
        let link = session.file(&checked.applied, volume, citation.number)?;
        let start = Position::new(link.line.map_or(0, |line| line.saturating_sub(1)), 0);
        Some(GotoDefinitionResponse::Scalar(Location { uri: link.uri, range: Range::new(start, start) }))
    });
    found.await
}
