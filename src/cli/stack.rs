//! Threads with room for deep syntax trees.

use std::panic::resume_unwind;
use std::thread::{Builder, Scope, ScopedJoinHandle, scope};

use super::failure::Failure;

/// Walking and dropping a deep tree recurses; address space costs nothing until it is used.
const STACK_SIZE: usize = 256 * 1024 * 1024;

/// Starts a thread on which anything may be analysed.
pub(super) fn spawn<'s, 'e, T: Send + 's>(
    scope: &'s Scope<'s, 'e>,
    work: impl FnOnce() -> T + Send + 's,
) -> Result<ScopedJoinHandle<'s, T>, Failure> {
    let started = Builder::new().stack_size(STACK_SIZE).spawn_scoped(scope, work);
    started.map_err(|fault| Failure::new(format!("cannot start a thread: {fault}")))
}

/// Does some work where anything may be analysed, and waits for it.
pub(super) fn on_big_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, Failure> {
    scope(|scope| Ok(spawn(scope, work)?.join().unwrap_or_else(|panic| resume_unwind(panic))))
}
