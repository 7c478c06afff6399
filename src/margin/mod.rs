//! Joins code and book: references (range to notes), findings (broken rules), fixes, settings.
//!
//! Invariants: no LSP types, no I/O, no JSON. One [`Analysis`] per document version, computed once, immutable.

mod analysis;
mod engine;
mod finding;
mod fix;
mod reference;
mod rules;
pub mod settings;

pub use analysis::{Analysis, Options};
pub use engine::Engine;
pub use finding::{Edit, Finding, Fix};
pub use reference::{At, Reference};
