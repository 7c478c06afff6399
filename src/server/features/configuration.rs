//! Settings that change while the server runs.

use std::sync::Arc;

use tower_lsp::ls_types::{
    ConfigurationItem, DidChangeConfigurationParams, DidChangeWatchedFilesRegistrationOptions, FileSystemWatcher,
    GlobPattern, MessageType, Registration,
};

use crate::margin::project;
use crate::server::logging;
use crate::server::session::Session;

/// The name that the settings have in editors.
const SECTION: &str = "marginalia";

/// `workspace/didChangeConfiguration`: asks for the settings where the client can be asked, because what comes along may
/// be anything; else takes what comes along.
pub fn changed(session: &Arc<Session>, params: DidChangeConfigurationParams) {
    if session.capabilities().configuration {
        pull(session);
    } else if !params.settings.is_null() {
        session.config.set_editor(params.settings);
        apply(session);
    }
}

/// Asks the client for the editor's settings, where it can be asked. Spawned: the answer may never come.
pub fn pull(session: &Arc<Session>) {
    if !session.capabilities().configuration {
        return;
    }
    let session = Arc::clone(session);
    tokio::spawn(async move {
        let item = ConfigurationItem { scope_uri: None, section: Some(SECTION.to_owned()) };
        match session.client.configuration(vec![item]).await {
            Ok(answers) => {
                session.config.set_editor(answers.into_iter().next().unwrap_or_default());
                apply(&session);
            }
            Err(error) => tracing::warn!("the client did not say its settings: {error}"),
        }
    });
}

/// Asks the client to report changed settings and settings files. Spawned: the answer may never come.
pub fn follow(session: &Arc<Session>) {
    let mut registrations = Vec::new();
    if session.capabilities().register_configuration {
        registrations.push(Registration {
            id: "settings".to_owned(),
            method: "workspace/didChangeConfiguration".to_owned(),
            register_options: Some(serde_json::json!({ "section": SECTION })),
        });
    }
    if session.capabilities().register_watched_files {
        let watcher = |name| FileSystemWatcher { glob_pattern: GlobPattern::String(format!("**/{name}")), kind: None };
        let watchers = project::FILES.into_iter().map(watcher).collect();
        registrations.push(Registration {
            id: "settings-files".to_owned(),
            method: "workspace/didChangeWatchedFiles".to_owned(),
            register_options: serde_json::to_value(DidChangeWatchedFilesRegistrationOptions { watchers }).ok(),
        });
    }
    if registrations.is_empty() {
        return;
    }
    let client = session.client.clone();
    tokio::spawn(async move {
        if let Err(error) = client.register_capability(registrations).await {
            tracing::warn!("the client will not report changed settings: {error}");
        }
    });
}

/// Brings everything in line with the settings as they are now: after a change, after a settings file was written, and
/// once when the session begins.
pub fn apply(session: &Arc<Session>) {
    session.in_background("settings", |session| {
        if session.config.reread() {
            session.settings_changed();
        }
        if let Err(message) = logging::apply(&session.config.workspace().settings) {
            session.outbox.say(MessageType::WARNING, format!("Marginalia: {message}"));
        }
        session.say_problems();
    });
}
