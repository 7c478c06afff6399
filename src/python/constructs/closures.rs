//! Closures, on the keyword of the function that takes something from the functions around it.
//!
//! Found while the names are walked, so that no body is read twice: each name marks the scopes between its use and its
//! binding, and what a scope was marked with is noted when it is left.

use ruff_python_ast::{self as ast, Expr, ExprContext, Stmt};

use super::functions;
use crate::python::context::{Context, Node};
use crate::python::names::span;
use crate::python::scope::{BindingKind, Scope};
use crate::python::walk::Sink;
use crate::python::{Construct, ScopeKind};

/// Marks the functions that a name is taken into.
pub(super) fn name(context: &Context<'_>, name: &ast::ExprName) {
    if context.frame == 0 {
        return;
    }
    let owner = match owner(context, name.id.as_str()) {
        Owner::Scope(at) => Some(at),
        Owner::Module => None,
        Owner::Inner => return,
    };
    let scopes = context.scopes();
    let crossed = &scopes[owner.map_or(0, |at| at + 1)..];
    let Some(innermost) = crossed.iter().rev().find(|scope| scope.is_function()) else { return };
    let from_loop = is_loop_variable(context, owner, name.id.as_str());
    let changed = owner.is_some_and(|at| changes(context, &scopes[at], name));
    for scope in crossed.iter().filter(|scope| scope.is_function()) {
        let mut captures = scope.captures.get();
        captures.variable |= owner.is_some();
        captures.loop_variable |= from_loop;
        captures.state |= changed && std::ptr::eq(scope, innermost);
        scope.captures.set(captures);
    }
}

/// Notes what a function or lambda was found to take from outside.
pub(super) fn leave(context: &Context<'_>, scope: &Scope<'_>, sink: &mut Sink) {
    let captures = scope.captures.get();
    let keyword = match scope.kind {
        _ if !(captures.variable || captures.loop_variable) => return,
        ScopeKind::Function(def) => functions::keyword(context, def),
        ScopeKind::Lambda(lambda) => Some(span(lambda.range.start(), 6)),
        _ => return,
    };
    if captures.variable {
        sink.construct_at(keyword, Construct::Closure);
    }
    if captures.loop_variable {
        sink.construct_at(keyword, Construct::ClosureLoopCapture);
    }
    if captures.state {
        sink.construct_at(keyword, Construct::ClosureState);
    }
}

enum Owner {
    /// A function, lambda or comprehension, by its place in the row of scopes.
    Scope(usize),
    /// The module, or nothing known.
    Module,
    /// The very scope that uses it, or one that functions do not take names from.
    Inner,
}

/// The scope that a name belongs to.
fn owner(context: &Context<'_>, name: &str) -> Owner {
    let scopes = context.scopes();
    let mut crossed = false;
    let mut in_class = false;
    for (at, scope) in scopes.iter().enumerate().rev() {
        let visible = !matches!(scope.kind, ScopeKind::Class(_)) || !crossed && !in_class;
        if visible && scope.globals.contains(name) {
            return Owner::Module;
        }
        if visible && !scope.get(name).is_empty() && !scope.nonlocals.contains(name) {
            return match scope.kind {
                ScopeKind::Class(_) | ScopeKind::TypeParams => Owner::Inner,
                _ if crossed => Owner::Scope(at),
                _ => Owner::Inner,
            };
        }
        crossed |= scope.is_function();
        in_class |= matches!(scope.kind, ScopeKind::Class(_));
    }
    if crossed { Owner::Module } else { Owner::Inner }
}

/// Whether a name is bound by a loop that its owner is still in.
fn is_loop_variable(context: &Context<'_>, owner: Option<usize>, name: &str) -> bool {
    let scopes = context.scopes();
    if owner.is_some_and(|at| matches!(scopes[at].kind, ScopeKind::Comprehension)) {
        return true;
    }
    let around = owner.map_or(&scopes[..0], |at| &scopes[..=at]);
    let frame = around.iter().filter(|scope| scope.is_frame()).count() as u32;
    context.loops.iter().filter(|around| around.frame == frame).any(|around| match around.stmt {
        Stmt::For(stmt) => binds(&stmt.target, name),
        _ => false,
    })
}

/// Whether an assignment target binds a name.
pub(super) fn binds(target: &Expr, name: &str) -> bool {
    match target {
        Expr::Name(bound) => bound.id == name,
        Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
            elts.iter().any(|element| binds(element, name))
        }
        Expr::Starred(starred) => binds(&starred.value, name),
        _ => false,
    }
}

/// Whether the use changes what an outer function's variable holds, or binds it anew (`nonlocal`).
fn changes(context: &Context<'_>, owner: &Scope<'_>, name: &ast::ExprName) -> bool {
    if name.ctx != ExprContext::Load {
        return true;
    }
    let local = owner
        .get(name.id.as_str())
        .iter()
        .all(|binding| matches!(binding.kind, BindingKind::Value(_) | BindingKind::Annotated(..) | BindingKind::Other));
    local && is_changed_in_place(context)
}

/// `name[...] = value`, `del name[...]`, `name.append(value)` with the name at hand.
fn is_changed_in_place(context: &Context<'_>) -> bool {
    let mut around = context.ancestors();
    match around.next() {
        Some(Node::Expr(Expr::Subscript(target))) => {
            target.ctx != ExprContext::Load && is_at_hand(context, &target.value)
        }
        Some(Node::Expr(Expr::Attribute(method))) => {
            is_mutator(method.attr.as_str())
                && matches!(around.next(), Some(Node::Expr(Expr::Call(call)))
                    if matches!(call.func.as_ref(), Expr::Attribute(func) if std::ptr::eq(func, method)))
        }
        _ => false,
    }
}

fn is_at_hand(context: &Context<'_>, expr: &Expr) -> bool {
    matches!(context.nodes().last(), Some(Node::Expr(at_hand)) if std::ptr::eq(*at_hand, expr))
}

/// Methods with which a list, dict, set, deque or counter changes itself.
pub(super) fn is_mutator(method: &str) -> bool {
    matches!(
        method,
        "append"
            | "appendleft"
            | "add"
            | "update"
            | "setdefault"
            | "extend"
            | "insert"
            | "pop"
            | "popleft"
            | "popitem"
            | "remove"
            | "discard"
            | "clear"
    )
}
