//! Facts: what a place in the code is, without any opinion about it.

use ruff_python_ast::name::Name;
use ruff_text_size::TextRange;

use super::Construct;

/// What is known about one token or dotted name.
///
/// Ranges are bytes relative to the start of the [`super::Statement`] that holds the fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Exactly the token, or the dotted name.
    pub range: TextRange,
    /// What it is.
    pub kind: FactKind,
}

/// What a place is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FactKind {
    /// A syntax shape.
    Construct(Construct),
    /// A special method, defined or used by name: `__enter__`.
    Dunder(Name),
    /// A name that resolves to this public qualified name: `asyncio.TaskGroup`, `builtins.open`.
    Symbol(Name),
    /// A method or attribute of an instance of a class known by its qualified name.
    Member {
        /// Qualified name of the instance's class, `collections.deque`.
        class: Name,
        /// The attribute.
        name: Name,
    },
    /// A keyword argument in a call of a known function.
    Keyword {
        /// Qualified name of what is called, `subprocess.run`.
        callee: Name,
        /// The keyword, `shell`.
        keyword: Name,
    },
}
