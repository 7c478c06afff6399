//! `workspace/symbol`: sections by their number, title or subject.

use std::sync::Arc;

use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{WorkspaceSymbolParams, WorkspaceSymbolResponse};

use crate::server::session::Session;

/// Finds sections. Nothing is asked for with nothing typed.
pub async fn symbol(
    _session: &Arc<Session>,
    _params: WorkspaceSymbolParams,
) -> Result<Option<WorkspaceSymbolResponse>> {
    Ok(None)
}
