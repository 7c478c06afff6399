//! Settings that change while the server runs.

use std::sync::Arc;

use tower_lsp::ls_types::{
    ConfigurationItem, DidChangeConfigurationParams, DidChangeWatchedFilesRegistrationOptions,
    DidChangeWorkspaceFoldersParams, FileSystemWatcher, GlobPattern, MessageType, Registration,
};

use crate::margin::project;
use crate::server::config::Folder;
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

/// `workspace/didChangeWorkspaceFolders`: a folder brings its own settings with it.
pub fn folders_changed(session: &Arc<Session>, params: DidChangeWorkspaceFoldersParams) {
    let removed: Vec<_> = params.event.removed.into_iter().map(|folder| folder.uri).collect();
    let added = params.event.added.into_iter().filter_map(|folder| Folder::new(folder.uri));
    session.config.change_folders(added.collect(), &removed);
    pull(session);
    apply(session);
}

/// Asks the client for the editor's settings, for the workspace and each of several folders, where it can be asked. Spawned: the answer may never come.
pub fn pull(session: &Arc<Session>) {
    if !session.capabilities().configuration {
        return;
    }
    let session = Arc::clone(session);
    tokio::spawn(async move {
        let folders = session.config.folders();
        let item = |scope_uri| ConfigurationItem { scope_uri, section: Some(SECTION.to_owned()) };
        let items = [None].into_iter().chain(folders.iter().cloned().map(Some)).map(item);
        match session.client.configuration(items.collect()).await {
            Ok(answers) => {
                let mut answers = answers.into_iter();
                session.config.set_editor(answers.next().unwrap_or_default());
                for (folder, settings) in folders.iter().zip(answers) {
                    session.config.set_editor_in(folder, settings);
                }
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
        bring_in_line(session);
    });
}

/// Does what [`apply`] has done on an analysis thread; whether settings had changed, so that everything is computed anew.
pub fn bring_in_line(session: &Arc<Session>) -> bool {
    let changed = session.config.reread();
    if changed {
        session.settings_changed();
    }
    if let Err(message) = logging::apply(&session.config.workspace().settings) {
        session.outbox.say(MessageType::WARNING, format!("Marginalia: {message}"));
    }
    session.open_books();
    session.say_problems();
    changed
}
