//! Joins code and book: references (range to notes), findings (broken rules), fixes, settings.
//!
//! Invariants: no LSP types, no I/O, no JSON. One [`Analysis`] per document version, computed once, immutable.

mod analysis;
pub mod citations;
pub mod configure;
mod engine;
mod finding;
mod fix;
pub mod fixes;
mod overlap;
pub mod pages;
pub mod project;
pub mod proposal;
pub mod reader;
pub mod reading_list;
pub mod refactor;
mod reference;
mod rules;
pub mod selector;
pub mod settings;
pub mod suppress;
pub mod view;
mod visible;

pub use analysis::{Analysis, Options};
pub use engine::Engine;
pub use finding::{Edit, Finding, Fix, Import};
pub use overlap::RuffCodes;
pub use reference::{At, Reference};
pub use rules::project::is_looked_at;
pub use visible::{MAX_FINDINGS, visible_findings};
