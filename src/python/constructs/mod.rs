//! Syntax shapes, each noted on the token that a reader would point at.
//!
//! One file per area; each decides from a node and its [`Context`], and notes the shape in the [`Sink`]. Nothing reads a
//! body more than a fixed number of times: what concerns a whole function is found in one pass over it, or while it is
//! walked.
//!
//! A shape is noted on the token that carries it, so that plain names, ordinary strings and blanks stay silent: what a
//! function or class is for stands on its name in the definition, what a loop is made of on its keyword, what an
//! assignment is on the `=`, what a condition asks on the keyword before it.

mod assignments;
mod calls;
mod classes;
mod closures;
mod conditions;
mod decorators;
mod expressions;
mod functions;
mod imports;
mod layout;
mod loops;
mod memo;
mod patterns;
mod regex;
pub(super) mod roles;
mod scoping;
mod secrets;
mod sql;
mod statements;
mod strings;

use ruff_python_ast::{self as ast, Expr, Pattern, Stmt};

use super::context::Context;
use super::scope::Scope;
use super::table::ClassInfo;
use super::walk::Sink;

pub(super) use layout::{other_keywords, problem, tokens};

/// Notes the shapes that a statement itself has, not those of its children.
pub(super) fn statement(context: &Context<'_>, stmt: &Stmt, sink: &mut Sink) {
    statements::note(context, stmt, sink);
    assignments::note(context, stmt, sink);
    imports::note(context, stmt, sink);
    scoping::statement(context, stmt, sink);
    let (decorators, of_class) = decorators::of(stmt);
    decorators::note(context, decorators, of_class, sink);
    match stmt {
        Stmt::FunctionDef(def) => {
            functions::note(context, def, sink);
            strings::docstring(context, &def.body, sink);
        }
        Stmt::ClassDef(class) => strings::docstring(context, &class.body, sink),
        Stmt::Expr(_) if context.is_first && context.nodes().len() == 1 => {
            strings::docstring(context, std::slice::from_ref(stmt), sink);
        }
        _ => {}
    }
}

/// Notes the shapes of a class definition with what is known of the class.
pub(super) fn class(context: &Context<'_>, class: &ast::StmtClassDef, info: &ClassInfo, sink: &mut Sink) {
    classes::note(context, class, info, sink);
}

/// Notes what the names in a scope have shown when the scope is left.
pub(super) fn leave(context: &Context<'_>, scope: &Scope<'_>, sink: &mut Sink) {
    closures::leave(context, scope, sink);
}

/// Notes the shapes that an expression itself has, not those of its children.
pub(super) fn expression(context: &Context<'_>, expr: &Expr, sink: &mut Sink) {
    expressions::note(context, expr, sink);
}

/// Notes the shape of a pattern.
pub(super) fn pattern(context: &Context<'_>, pattern: &Pattern, sink: &mut Sink) {
    patterns::note(context, pattern, sink);
}

#[cfg(test)]
pub(crate) mod tests;
