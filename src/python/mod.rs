//! Python source to facts: constructs, resolved symbols. Knows no book, no LSP.
//!
//! Invariants: does no I/O and cannot fail. No syntax tree outlives the call that made it (dropping a deep tree recurses);
//! whole-file work must run on a thread with a large stack.

mod construct;
mod version;

pub use construct::Construct;
pub use version::{NotAVersion, PythonVersion};
