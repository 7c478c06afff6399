//! `initialize` and `initialized`.

use std::path::PathBuf;
use std::sync::Arc;

use tower_lsp::ls_types::{InitializeParams, InitializeResult, ServerInfo};

use super::configuration;
use crate::server::capabilities::Capabilities;
use crate::server::documents::file_path;
use crate::server::session::Session;

/// Learns what the client can do, and says what the server offers.
pub fn initialize(session: &Session, params: InitializeParams) -> InitializeResult {
    let capabilities = Capabilities::of(&params.capabilities);
    let client = params.client_info.as_ref().map_or("a client without a name", |client| &client.name);
    tracing::info!("marginalia {} serves {client}: {capabilities:?}", env!("CARGO_PKG_VERSION"));
    let result = InitializeResult {
        capabilities: capabilities.offer(),
        server_info: Some(ServerInfo {
            name: "marginalia".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
        ..InitializeResult::default()
    };
    let root = root(&params);
    session.set_capabilities(capabilities);
    session.config.initialize(root, params.initialization_options);
    result
}

/// The client listens from here on.
pub fn initialized(session: &Arc<Session>) {
    configuration::follow(session);
    configuration::pull(session);
    configuration::apply(session);
}

#[allow(deprecated, reason = "older clients say nothing else")]
fn root(params: &InitializeParams) -> Option<PathBuf> {
    let folder = params.workspace_folders.iter().flatten().find_map(|folder| file_path(&folder.uri));
    let root = folder.or_else(|| params.root_uri.as_ref().and_then(file_path));
    root.or_else(|| params.root_path.clone().map(PathBuf::from))
}
