//! What the margin says about a place: findings and their fixes.

use ruff_python_ast::name::Name;
use ruff_text_size::TextRange;

use crate::knowledge::RuleId;

/// A place where a rule of the book is broken. Offsets are bytes of the document.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: RuleId,
    /// What to underline.
    pub range: TextRange,
    /// One sentence, without the section at its end.
    pub message: String,
    /// Other places that matter, each with what to say there.
    pub related: Vec<(TextRange, String)>,
    /// The repair, where there is one.
    pub fix: Option<Fix>,
}

/// A repair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an order: "Add `@functools.wraps(func)`".
    pub title: String,
    /// Keeps the program's meaning.
    pub safe: bool,
    /// Sorted by place, not overlapping.
    pub edits: Vec<Edit>,
    /// Modules that must be imported for it; added in the right place, once, when the fix is applied.
    pub imports: Vec<Name>,
}

/// Replace a range of the document by a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What goes.
    pub range: TextRange,
    /// What comes.
    pub text: String,
}
