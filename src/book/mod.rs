//! What a book is: numbered sections with titles, chapters, reading paths.
//!
//! Invariant: knows neither Python nor notes nor LSP, and does no I/O.

mod contents;
pub mod copy;
mod number;

pub use contents::{Book, Chapter, List, ReadingPath, Section, SectionKind, Text};
pub use number::{NotASectionNumber, SectionNumber};
