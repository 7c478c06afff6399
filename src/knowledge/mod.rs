//! The notes and rules as typed data, and the way from a trigger to the notes.
//!
//! Invariants: knows `python` only for its vocabulary ([`crate::python::Construct`], [`crate::python::PythonVersion`]);
//! knowledge is data, so that a person who knows no Rust can add a note, or a whole book, with a text editor.

mod note;
mod rule;

pub use note::{Note, Trigger};
pub use rule::*;

/// Names a note of a [`Knowledge`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NoteId(pub u16);

/// Names a rule of a [`Knowledge`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleId(pub u16);

/// All books that are open: their tables of contents, notes and rules.
#[derive(Debug)]
pub struct Knowledge {}
