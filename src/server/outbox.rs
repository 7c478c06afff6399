//! What the server tells the client unasked: one task says it all, in order.
//!
//! Diagnostics leave from here alone, and only while they are the newest version's.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::oneshot;
use tower_lsp::Client;
use tower_lsp::ls_types::notification::Progress as ProgressNotification;
use tower_lsp::ls_types::{Diagnostic, MessageType, ProgressParams, ProgressToken, Uri};

use super::documents::{Documents, View};

/// Where to put what is to be said. Can be used from any thread, never waits.
#[derive(Clone, Debug)]
pub(super) struct Outbox(UnboundedSender<Outgoing>);

#[derive(Debug)]
enum Outgoing {
    /// The diagnostics of a version.
    Diagnostics(View, Vec<Diagnostic>),
    /// The document is closed.
    Clear(Uri),
    /// A line for the user.
    Message(MessageType, String),
    /// What the client has asked for is out of date.
    Refresh(Feature),
    /// How far a piece of work is.
    Progress(ProgressParams),
    /// Work that the server has begun by itself: what it is, and what ends with it.
    Work(String, oneshot::Receiver<()>),
}

/// A feature that the client can be told to ask for again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Feature {
    Diagnostics,
    CodeLenses,
    InlayHints,
}

impl Outbox {
    /// Starts the task. It ends when the last outbox is gone.
    pub fn new(client: Client, documents: Arc<Documents>) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        tokio::spawn(run(client, documents, receiver));
        Self(sender)
    }

    /// Publishes a version's diagnostics, unless a newer version exists by then.
    pub fn publish(&self, view: View, diagnostics: Vec<Diagnostic>) {
        self.put(Outgoing::Diagnostics(view, diagnostics));
    }

    /// Takes a closed document's diagnostics away.
    pub fn clear(&self, uri: Uri) {
        self.put(Outgoing::Clear(uri));
    }

    /// Shows the user a message.
    pub fn say(&self, kind: MessageType, message: impl Into<String>) {
        self.put(Outgoing::Message(kind, message.into()));
    }

    /// Asks the client to ask again.
    pub fn refresh(&self, feature: Feature) {
        self.put(Outgoing::Refresh(feature));
    }

    /// Says how far a piece of work is.
    pub fn progress(&self, progress: ProgressParams) {
        self.put(Outgoing::Progress(progress));
    }

    /// Says that work is under way until what is returned is dropped.
    #[must_use]
    pub fn work(&self, title: impl Into<String>) -> oneshot::Sender<()> {
        let (work, end) = oneshot::channel();
        self.put(Outgoing::Work(title.into(), end));
        work
    }

    fn put(&self, outgoing: Outgoing) {
        // The task ends only with the runtime.
        let _ended = self.0.send(outgoing);
    }
}

async fn run(client: Client, documents: Arc<Documents>, mut outgoing: UnboundedReceiver<Outgoing>) {
    // What is shown in cells: a keystroke in one is no news about the others.
    let mut shown = HashMap::new();
    while let Some(outgoing) = outgoing.recv().await {
        match outgoing {
            Outgoing::Diagnostics(view, diagnostics) => {
                let place = view.place();
                let (uri, version) = (place.uri.clone(), place.version);
                if !documents.is_newest(&view) || shown.get(&uri) == Some(&(version, diagnostics.clone())) {
                    continue;
                }
                if view.notebook {
                    shown.insert(uri.clone(), (version, diagnostics.clone()));
                }
                client.publish_diagnostics(uri, diagnostics, Some(version)).await;
            }
            Outgoing::Clear(uri) => {
                shown.remove(&uri);
                client.publish_diagnostics(uri, Vec::new(), None).await;
            }
            Outgoing::Message(kind, message) => client.show_message(kind, message).await,
            Outgoing::Progress(progress) => client.send_notification::<ProgressNotification>(progress).await,
            // Spawned: an answer may never come.
            Outgoing::Work(title, end) => drop(tokio::spawn(show_work(client.clone(), title, end))),
            Outgoing::Refresh(feature) => drop(tokio::spawn(refresh(client.clone(), feature))),
        }
    }
}

async fn show_work(client: Client, title: String, end: oneshot::Receiver<()>) {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let token = ProgressToken::String(format!("marginalia-{}", COUNT.fetch_add(1, Ordering::Relaxed)));
    if let Err(error) = client.create_work_done_progress(token.clone()).await {
        tracing::warn!("the client does not show progress: {error}");
        return;
    }
    let progress = client.progress(token, title).begin().await;
    // Dropped, not sent: either is the end.
    let _dropped = end.await;
    progress.finish().await;
}

async fn refresh(client: Client, feature: Feature) {
    let refreshed = match feature {
        Feature::Diagnostics => client.workspace_diagnostic_refresh().await,
        Feature::CodeLenses => client.code_lens_refresh().await,
        Feature::InlayHints => client.inlay_hint_refresh().await,
    };
    if let Err(error) = refreshed {
        tracing::warn!("the client did not refresh {feature:?}: {error}");
    }
}
