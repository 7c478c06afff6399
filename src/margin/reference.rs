//! References: which notes a place in the code leads to.

use ruff_text_size::TextRange;

use crate::knowledge::NoteId;

/// A place in the code with the notes it leads to. Offsets are bytes of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Exactly the token, or the dotted name.
    pub range: TextRange,
    /// What led there, in the trigger language: `symbol:asyncio.TaskGroup`.
    pub trigger: String,
    /// Most specific first, at most four.
    pub notes: Vec<NoteId>,
}

/// What is known at one offset: the answer to a hover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    /// The token, or the dotted name, that the answer is about.
    pub range: TextRange,
    /// What led there, in the trigger language.
    pub trigger: String,
    /// Most specific first, at most four, never empty.
    pub notes: Vec<NoteId>,
    /// Only a statement keyword or operator led here: what `hover.keywords = false` hides.
    pub keyword_only: bool,
}
