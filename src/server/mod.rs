//! The language server: LSP, and nothing else.
//!
//! | module | what it does |
//! | --- | --- |
//! | `transport` | reads and writes messages; keeps their order, and reads no faster than the client does |
//! | `stdio` | standard input and output |
//! | `spelling` | URIs as the client writes them |
//! | `guard` | a panic is an answer, not the end |
//! | `backend` | one line per method of the protocol |
//! | `session` | what the features share |
//! | `documents`, `sync`, `notebook` | the open documents, and changes to them |
//! | `edits` | edits as the client takes them |
//! | `checked` | what is known of one version |
//! | `config` | settings, from the editor and from files |
//! | `pool` | the threads that analyse |
//! | `outbox` | what the server says unasked |
//! | `convert` | offsets and positions: the only place that knows both |
//! | `capabilities` | what the client can do |
//! | `links`, `pages` | where links to sections lead |
//! | `features` | one file per feature of the protocol |
//!
//! Invariants: a notification changes state before it awaits anything; a request takes its snapshot before it awaits
//! anything; work on text runs on the pool's threads; no handler awaits an answer of the client.

mod backend;
mod capabilities;
mod checked;
mod config;
mod convert;
mod documents;
mod edits;
mod features;
mod guard;
mod links;
mod logging;
mod notebook;
mod outbox;
mod pages;
mod pool;
mod session;
mod spelling;
mod stdio;
mod sync;
mod transport;

use std::num::NonZero;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{io, thread};

use tokio::io::{AsyncRead, AsyncWrite};
use tower_lsp::LspService;

use backend::Backend;
use guard::Guard;
use pages::Pages;
use pool::Pool;
use session::Session;

/// What a server needs from its process.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// The folder for pages, instead of the user's cache folder.
    pub cache: Option<PathBuf>,
}

/// Runs the server on standard input and output until the client ends it. Success when the client shut it down first.
pub fn run() -> ExitCode {
    logging::start();
    match serve_client() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => failed(&error),
    }
}

fn serve_client() -> io::Result<bool> {
    // One thread: what it does for a message takes less time than to wake another one. What takes long is done by the pool.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    runtime.block_on(serve(stdio::input()?, stdio::output()?, Environment::default()))
}

fn failed(error: &io::Error) -> ExitCode {
    tracing::error!("the server cannot start: {error}");
    ExitCode::FAILURE
}

/// Serves one client, until `exit` or the end of its messages. Whether it asked to shut down before.
///
/// # Errors
///
/// When no threads can be started.
pub async fn serve<I, O>(input: I, output: O, environment: Environment) -> io::Result<bool>
where
    I: AsyncRead + Unpin,
    O: AsyncWrite + Unpin + Send + 'static,
{
    let cores = thread::available_parallelism().map_or(2, NonZero::get);
    let pool = Pool::new(cores.clamp(2, 4))?;
    let shut_down = Arc::new(AtomicBool::new(false));
    let pages = Pages::new(environment.cache);
    let (service, socket) =
        LspService::build(|client| Backend::new(Session::new(client, pool, pages, Arc::clone(&shut_down))))
            // Described in docs/protocol.md.
            .custom_method("marginalia/section", Backend::section)
            .custom_method("marginalia/contents", Backend::contents)
            .custom_method("marginalia/search", Backend::search)
            .custom_method("marginalia/margin", Backend::margin)
            .custom_method("marginalia/readingList", Backend::reading_list)
            .finish();
    transport::serve(input, output, Guard(service), socket).await;
    Ok(shut_down.load(Ordering::Relaxed))
}
