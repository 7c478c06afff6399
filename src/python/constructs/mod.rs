//! Syntax shapes, each noted on the token that a reader would point at.
//!
//! One file per area; each decides from a node and its [`Context`], and notes the shape in the [`Sink`].

mod expressions;
mod functions;
mod patterns;
mod statements;

use ruff_python_ast::{Expr, Pattern, Stmt};

use super::context::Context;
use super::walk::Sink;

/// Notes the shapes that a statement itself has, not those of its children.
pub(super) fn statement(context: &Context<'_>, stmt: &Stmt, sink: &mut Sink) {
    statements::note(context, stmt, sink);
    if let Stmt::FunctionDef(def) = stmt {
        functions::note(context, def, sink);
    }
}

/// Notes the shapes that an expression itself has, not those of its children.
pub(super) fn expression(context: &Context<'_>, expr: &Expr, sink: &mut Sink) {
    expressions::note(context, expr, sink);
}

/// Notes the shape of a pattern.
pub(super) fn pattern(context: &Context<'_>, pattern: &Pattern, sink: &mut Sink) {
    patterns::note(context, pattern, sink);
}
