//! `initialize` and `initialized`.

use std::sync::Arc;

use tower_lsp::ls_types::{InitializeParams, InitializeResult, ServerInfo, Uri};

use super::configuration;
use crate::server::capabilities::Capabilities;
use crate::server::config::Folder;
use crate::server::session::Session;

/// How clients begin their names that ask every server for definitions. Helix and Sublime Text ask the first that offers
/// them, and ours has an answer for sections in comments only.
const MERGE_DEFINITIONS: [&str; 7] =
    ["Visual Studio Code", "VSCodium", "Code - OSS", "code-server", "Cursor", "Windsurf", "Neovim"];

/// Learns what the client can do, and says what the server offers.
pub fn initialize(session: &Session, params: InitializeParams) -> InitializeResult {
    let mut capabilities = Capabilities::of(&params.capabilities);
    let client = params.client_info.as_ref().map_or("a client without a name", |client| &client.name);
    // Helix opens documents at the server's request, and does not say so.
    capabilities.show_document |= client == "helix";
    capabilities.merges_definitions = MERGE_DEFINITIONS.iter().any(|name| client.starts_with(name));
    tracing::info!("marginalia {} serves {client}: {capabilities:?}", env!("CARGO_PKG_VERSION"));
    let result = InitializeResult {
        capabilities: capabilities.offer(),
        server_info: Some(ServerInfo {
            name: "marginalia".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
        ..InitializeResult::default()
    };
    let folders = folders(&params);
    session.set_capabilities(capabilities);
    session.config.initialize(folders, params.initialization_options);
    result
}

/// The client listens from here on.
pub fn initialized(session: &Arc<Session>) {
    configuration::follow(session);
    configuration::pull(session);
    configuration::apply(session);
}

#[allow(deprecated, reason = "older clients say nothing else")]
fn folders(params: &InitializeParams) -> Vec<Folder> {
    let named = params.workspace_folders.iter().flatten().map(|folder| folder.uri.clone());
    let folders: Vec<_> = named.filter_map(Folder::new).collect();
    if !folders.is_empty() {
        return folders;
    }
    let root = params.root_uri.clone().and_then(Folder::new);
    let by_path = || Folder::new(Uri::from_file_path(params.root_path.as_deref()?)?);
    root.or_else(by_path).into_iter().collect()
}
