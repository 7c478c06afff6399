//! The built-in book, as the build packed it from the files under `knowledge/`. Each part is unpacked when it is first asked
//! for: who checks needs no notes.

use std::sync::LazyLock;

use super::index::Index;
use super::note::Note;
use super::pack::unpack;
use super::rule::Rule;
use crate::book::{Book, List};

macro_rules! packed {
    ($file:literal) => {
        LazyLock::new(|| {
            unpack(
                include_bytes!(concat!(env!("OUT_DIR"), "/", $file, ".bin")),
                include_str!(concat!(env!("OUT_DIR"), "/", $file, ".txt")),
            )
        })
    };
}

/// The table of contents.
pub static BOOK: LazyLock<Book> = packed!("book");
/// Sorted by section.
pub static NOTES: LazyLock<List<Note>> = packed!("notes");
/// Sorted by name.
pub static RULES: LazyLock<List<Rule>> = packed!("rules");
/// From trigger to notes.
pub static INDEX: LazyLock<Index> = packed!("index");

/// Rules that notes wait for: name and place.
#[cfg(test)]
pub static MISSING_RULES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/missing_rules.rs"));
