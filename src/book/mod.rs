//! What a book is: numbered sections with titles, chapters, reading paths.
//!
//! Invariant: knows neither Python nor notes nor LSP, and does no I/O.

mod contents;
pub mod copy;
mod epub;
pub mod manuscript;
mod markdown;
mod number;
pub mod outline;
mod repair;
mod text;

pub use contents::{Book, Chapter, List, ReadingPath, Section, SectionKind, Text};
pub use number::{NotASectionNumber, SectionNumber};
pub use repair::repair;
