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
    } else if !params.settings.is_null() && session.config.set_editor(params.settings) {
        apply(session);
    } else {
        session.say_problems();
    }
}

/// `workspace/didChangeWatchedFiles`: a settings file was written.
pub fn files_changed(session: &Arc<Session>) {
    session.config.forget_projects();
    apply(session);
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
                if answers.into_iter().next().is_some_and(|settings| session.config.set_editor(settings)) {
                    apply(&session);
                } else {
                    session.say_problems();
                }
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

/// Logs as the settings of the workspace say, and tells the user what is wrong in them.
pub fn apply_log(session: &Arc<Session>) {
    let applied = Arc::clone(session);
    session.in_background("log", move || {
        if let Err(message) = logging::apply(&applied.config.workspace().settings) {
            applied.outbox.say(MessageType::WARNING, format!("Marginalia: {message}"));
        }
        applied.say_problems();
    });
}

fn apply(session: &Arc<Session>) {
    session.settings_changed();
    apply_log(session);
}
