//! Marginalia puts a Python book into the margin of the code.
//!
//! # The house
//!
//! | module | what it does | may use |
//! | --- | --- | --- |
//! | [`book`] | what a book is: section numbers, table of contents, a reader's own copy | nothing |
//! | [`knowledge`] | the notes and rules as typed data; trigger to notes | `book`, the vocabulary of `python` |
//! | [`python`] | Python source to facts: constructs, resolved symbols | nothing |
//! | [`margin`] | joins the two: references, findings, fixes, settings | `python`, `knowledge`, `book` |
//! | `disk` | what `server` and `cli` read from disk alike | `margin` and below |
//! | [`server`] | LSP, and nothing else | `disk`, `margin` and below |
//! | [`cli`] | one file per subcommand | `disk`, `margin` and below; starts `server` |
//!
//! Arrows only go down this table. Only `server` knows LSP types; JSON is made only in `server` and `cli`.
//! `margin` and everything below speaks byte offsets ([`ruff_text_size::TextSize`]) and plain structs, does no I/O and cannot
//! fail: it returns data and a list of problems.

pub mod book;
pub mod cli;
mod disk;
pub mod knowledge;
pub mod margin;
pub mod python;
pub mod server;
