//! One client's session: what is open, what is set, and who does the work.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tower_lsp::Client;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{MessageType, Uri};

use super::capabilities::Capabilities;
use super::checked::Checked;
use super::config::Config;
use super::documents::{Closed, Documents, Notice, Snapshot, View};
use super::features::{
    book_files::{self, Watched},
    diagnostics, own_copy,
};
use super::outbox::{Feature, Outbox};
use super::pages::Pages;
use super::pool::Pool;

/// Everything the features share. Cheap to clone an `Arc` of into a job.
#[derive(Debug)]
pub(super) struct Session {
    pub client: Client,
    pub documents: Arc<Documents>,
    pub config: Config,
    pub outbox: Outbox,
    pub pages: Pages,
    pub watched: Watched,
    pool: Pool,
    capabilities: OnceLock<Capabilities>,
    shut_down: Arc<AtomicBool>,
    runtime: Handle,
}

impl Session {
    /// Must be called on the runtime.
    pub fn new(client: Client, pool: Pool, pages: Pages, shut_down: Arc<AtomicBool>) -> Self {
        let documents = Arc::new(Documents::default());
        Self {
            outbox: Outbox::new(client.clone(), Arc::clone(&documents)),
            client,
            documents,
            config: Config::new(),
            pages,
            watched: Watched::default(),
            pool,
            capabilities: OnceLock::new(),
            shut_down,
            runtime: Handle::current(),
        }
    }

    /// What the client can do; nothing before it has said so.
    pub fn capabilities(&self) -> &Capabilities {
        static NONE: OnceLock<Capabilities> = OnceLock::new();
        self.capabilities.get().unwrap_or_else(|| NONE.get_or_init(Capabilities::default))
    }

    /// Keeps what the client can do. The protocol layer lets `initialize` succeed once only.
    pub fn set_capabilities(&self, capabilities: Capabilities) {
        let _first = self.capabilities.set(capabilities);
    }

    /// Notes that the client said goodbye.
    pub fn shut_down(&self) {
        self.shut_down.store(true, Ordering::Relaxed);
    }

    /// Runs a feature on an analysis thread, with the document as it is now; `None` when it is not open or not Python.
    ///
    /// The snapshot is taken before the first await, so that a request is answered for the version it was made for.
    pub fn on_document<T, F>(
        self: &Arc<Self>,
        uri: &Uri,
        feature: F,
    ) -> impl Future<Output = Result<Option<T>>> + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&Arc<Self>, &View) -> Option<T> + Send + 'static,
    {
        let view = self.documents.view(uri);
        if view.is_none() {
            tracing::warn!("request for {}, which is not open", uri.as_str());
        }
        let answer = view.filter(View::is_read).map(|view| {
            let session = Arc::clone(self);
            self.pool.request(move || feature(&session, &view))
        });
        async {
            match answer {
                Some(answer) => finished(answer).await,
                None => Ok(None),
            }
        }
    }

    /// Runs work that is about no document on an analysis thread.
    pub fn in_pool<T, F>(self: &Arc<Self>, work: F) -> impl Future<Output = Result<T>> + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&Arc<Self>) -> T + Send + 'static,
    {
        let session = Arc::clone(self);
        finished(self.pool.request(move || work(&session)))
    }

    /// Has something done that may take long and is no analysis, such as asking the client. Can be used from any thread.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.runtime.spawn(work);
    }

    /// Runs work that nobody waits for. A newer piece with the same name replaces one that has not begun.
    pub fn in_background(self: &Arc<Self>, name: &str, work: impl FnOnce(&Arc<Self>) + Send + 'static) {
        let session = Arc::clone(self);
        self.pool.background(name, move || work(&session));
    }

    /// Lets go of what was known of a document, on the threads that found it out, and of these with the last document.
    pub fn forget(self: &Arc<Self>, uri: &Uri, closed: Closed) {
        self.in_background(uri.as_str(), move |_| drop(closed));
        if self.documents.is_empty() {
            self.pool.rest();
        }
    }

    /// What is known of a version; `None` for a file that is too large, which the user is told. For the analysis threads.
    pub fn check<'s>(self: &Arc<Self>, snapshot: &'s Snapshot) -> Option<&'s Checked> {
        let checked = snapshot.checked.get_or_init(|| {
            let applied = self.config.applied(snapshot.path().as_deref());
            self.open_books();
            self.say_problems();
            let limit = applied.settings.max_file_size;
            if snapshot.text.len() as u64 > limit {
                self.say_too_large(snapshot, limit);
                return None;
            }
            Some(Checked::new(snapshot, applied))
        });
        checked.as_ref()
    }

    fn say_too_large(&self, snapshot: &Snapshot, limit: u64) {
        if self.documents.first(&snapshot.uri, Notice::TooLarge) {
            let (name, size) = (snapshot.name(), snapshot.text.len());
            let message = format!("Marginalia leaves {name} alone: it has {size} bytes, and `maxFileSize` is {limit}.");
            self.outbox.say(MessageType::INFO, message);
        }
    }

    /// Has the diagnostics of a document, all cells of a notebook, computed and published, when the client does not ask for them itself.
    pub fn schedule_diagnostics(self: &Arc<Self>, uri: &Uri) {
        if self.capabilities().pull_diagnostics {
            return;
        }
        let document = uri.clone();
        self.in_background(uri.as_str(), move |session| {
            // A notebook without Python may have had some a moment ago.
            if let Some(snapshot) = session.documents.snapshot(&document)
                && (snapshot.python || snapshot.notebook)
                && snapshot.first_publication()
            {
                for view in snapshot.views() {
                    let diagnostics = diagnostics::of(session, &view);
                    session.outbox.publish(view, diagnostics);
                }
            }
        });
    }

    /// Settings have changed: everything is computed anew.
    pub fn settings_changed(self: &Arc<Self>) {
        for uri in self.documents.invalidate() {
            self.schedule_diagnostics(&uri);
        }
        let client = self.capabilities();
        for (wanted, feature) in [
            (client.pull_diagnostics && client.refresh_diagnostics, Feature::Diagnostics),
            (client.refresh_code_lenses, Feature::CodeLenses),
            (client.refresh_inlay_hints, Feature::InlayHints),
        ] {
            if wanted {
                self.outbox.refresh(feature);
            }
        }
        self.say_problems();
    }

    /// Has the books read and watched that settings name since the last call.
    pub fn open_books(self: &Arc<Self>) {
        if self.config.take_new_books() {
            self.in_background("books", |session| {
                own_copy::read(session);
                book_files::follow(session);
            });
        }
    }

    /// Files have changed: what is said of a document may depend on those around it. For the analysis threads.
    pub fn files_changed(self: &Arc<Self>) {
        if !self.config.needs_files() {
            return;
        }
        for uri in self.documents.invalidate() {
            self.schedule_diagnostics(&uri);
        }
        let client = self.capabilities();
        if client.pull_diagnostics && client.refresh_diagnostics {
            self.outbox.refresh(Feature::Diagnostics);
        }
    }

    /// Tells the user what is wrong in the settings, in one message.
    pub fn say_problems(&self) {
        let problems = self.config.take_problems();
        if !problems.is_empty() {
            let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
            self.outbox.say(MessageType::WARNING, format!("Marginalia: {}", lines.join("\n")));
        }
    }
}

/// The answer of a job; an internal error when it panicked, which the pool has logged.
async fn finished<T>(answer: oneshot::Receiver<T>) -> Result<T> {
    answer.await.map_err(|_| Error::internal_error())
}
