//! Python source to facts: constructs, resolved symbols. Knows no book, no LSP.
//!
//! Invariants: does no I/O and cannot fail. No syntax tree outlives the call that made it (dropping a deep tree recurses);
//! whole-file work must run on a thread with a large stack.
//!
//! A [`Module`] is a row of top-level statements. What is known of a statement depends on its own text and on the module
//! table (names bound at module level), on nothing else; offsets in it are relative to its start. So an edit costs what
//! the statement costs that it touches.
//!
//! The [`Cells`] of a notebook are one module, each parsed on its own.

mod bindings;
pub mod canonical;
mod cells;
mod colours;
mod comments;
mod construct;
mod constructs;
mod context;
mod doubt;
pub(crate) mod effects;
mod fact;
mod files;
mod imports;
mod incremental;
mod infer;
mod layout;
mod module;
mod names;
mod older;
mod packed;
mod patterns;
mod questions;
mod recall;
mod scope;
pub mod stdlib;
mod suites;
mod table;
#[cfg(test)]
mod texts;
mod version;
mod walk;

pub use bindings::{StatementBindings, has_yield};
pub use cells::{Cells, is_python_cell};
pub use colours::{Colour, colours};
pub use construct::Construct;
#[cfg(test)]
pub(crate) use constructs::tests::marked_samples;
pub use context::{Context, Environment, Lookup, Node, SymbolName, is_main_guard};
pub use fact::{Fact, FactKind};
pub use files::{Files, Folder, Graph, PROJECT_FILES, PROJECT_FOLDER, Place, Resolved, Target, facts as project_facts};
pub use imports::{Import, Outline, When};
pub use incremental::Edited;
pub use infer::Type;
pub use layout::Layout;
pub use module::{Module, Placed, Statement, SyntaxProblem};
pub use names::{is_dunder, is_special};
pub(crate) use patterns::fits_every_text;
pub use questions::Questions;
pub use scope::{Binding, BindingKind, Scope, ScopeKind, Whole, captured};
pub use suites::{suites, without_docstring};
pub use table::{ClassInfo, FunctionInfo, ModuleBinding, ModuleBindingKind, ModuleTable, Names};
#[cfg(test)]
pub(crate) use texts::Texts;
pub use version::{NotAVersion, PythonVersion};
pub use walk::{NoObserver, Observer, Sink};
