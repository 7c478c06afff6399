//! What the server tells the client unasked: one task says it all, in order.
//!
//! Diagnostics leave from here alone, and only while they are the newest version's.

use std::sync::Arc;

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tower_lsp::Client;
use tower_lsp::ls_types::{Diagnostic, MessageType, Uri};

use super::documents::{Documents, Snapshot};

/// Where to put what is to be said. Can be used from any thread, never waits.
#[derive(Clone, Debug)]
pub(super) struct Outbox(UnboundedSender<Outgoing>);

#[derive(Debug)]
enum Outgoing {
    /// The diagnostics of a version.
    Diagnostics(Arc<Snapshot>, Vec<Diagnostic>),
    /// The document is closed.
    Clear(Uri),
    /// A line for the user.
    Message(MessageType, String),
    /// The pulled diagnostics are out of date.
    Refresh,
}

impl Outbox {
    /// Starts the task. It ends when the last outbox is gone.
    pub fn new(client: Client, documents: Arc<Documents>) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        tokio::spawn(run(client, documents, receiver));
        Self(sender)
    }

    /// Publishes a version's diagnostics, unless a newer version exists by then.
    pub fn publish(&self, snapshot: Arc<Snapshot>, diagnostics: Vec<Diagnostic>) {
        self.put(Outgoing::Diagnostics(snapshot, diagnostics));
    }

    /// Takes a closed document's diagnostics away.
    pub fn clear(&self, uri: Uri) {
        self.put(Outgoing::Clear(uri));
    }

    /// Shows the user a message.
    pub fn say(&self, kind: MessageType, message: impl Into<String>) {
        self.put(Outgoing::Message(kind, message.into()));
    }

    /// Asks the client to pull diagnostics again.
    pub fn refresh(&self) {
        self.put(Outgoing::Refresh);
    }

    fn put(&self, outgoing: Outgoing) {
        // The task ends only with the runtime.
        let _ended = self.0.send(outgoing);
    }
}

async fn run(client: Client, documents: Arc<Documents>, mut outgoing: UnboundedReceiver<Outgoing>) {
    while let Some(outgoing) = outgoing.recv().await {
        match outgoing {
            Outgoing::Diagnostics(snapshot, diagnostics) => {
                if documents.is_newest(&snapshot) {
                    client.publish_diagnostics(snapshot.uri.clone(), diagnostics, Some(snapshot.version)).await;
                }
            }
            Outgoing::Clear(uri) => client.publish_diagnostics(uri, Vec::new(), None).await,
            Outgoing::Message(kind, message) => client.show_message(kind, message).await,
            Outgoing::Refresh => {
                let client = client.clone();
                // Spawned: an answer may never come.
                tokio::spawn(async move {
                    if let Err(error) = client.workspace_diagnostic_refresh().await {
                        tracing::warn!("the client did not refresh its diagnostics: {error}");
                    }
                });
            }
        }
    }
}
