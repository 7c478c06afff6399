//! What becomes of a local variable: how each use of it looks.

use ruff_python_ast::AnyNodeRef;
use ruff_text_size::{Ranged, TextRange};

use super::support::{Go, is_large, walk_with_parents};
use crate::python::{Context, Node, ScopeKind};

/// The text of the function or class at module level that the place is in; `None` for a huge one, which would be read
/// again and again.
pub(super) fn around_text<'a>(context: &Context<'a>) -> Option<&'a str> {
    match context.nodes().first()? {
        Node::Stmt(stmt) if !is_large(stmt) => Some(context.text(*stmt)),
        _ => None,
    }
}

/// A use of a variable.
#[derive(Clone, Copy, Debug)]
pub(super) struct Use<'a> {
    pub range: TextRange,
    pub kind: UseKind<'a>,
}

/// What a use does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UseKind<'a> {
    /// `x.method(...)`
    Method(&'a str),
    /// `x.attribute`, read.
    Attribute(&'a str),
    /// `with x`
    WithItem,
    /// `if x`, `not x`, `x is None`: it is only looked at.
    Look,
    /// Somebody else gets hold of it: it is returned, stored, passed on, awaited, seen by an inner function.
    Escape,
}

/// The uses of a variable that is bound once, in the function that the place is directly in. `None` when it is no such
/// variable, or the function too large to be read for each of them.
pub(super) fn uses<'a>(context: &Context<'a>, name: &str) -> Option<Vec<Use<'a>>> {
    let scope = context.scopes().last()?;
    let ScopeKind::Function(def) = scope.kind else { return None };
    let is_own = !scope.globals.contains(name) && !scope.nonlocals.contains(name);
    if !is_own || scope.get(name).len() != 1 || is_large(def) {
        return None;
    }
    let mut found = Vec::new();
    walk_with_parents(&def.body, |node, parents| {
        if let AnyNodeRef::ExprName(used) = node
            && used.id == name
            && !used.ctx.is_store()
        {
            found.push(Use { range: used.range, kind: kind_of(used.range, parents) });
        }
        Go::In
    });
    Some(found)
}

fn kind_of<'a>(place: TextRange, parents: &[AnyNodeRef<'a>]) -> UseKind<'a> {
    let is_inner = parents.iter().any(|node| {
        matches!(node, AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_) | AnyNodeRef::ExprLambda(_))
    });
    if is_inner {
        return UseKind::Escape;
    }
    match parents {
        [.., AnyNodeRef::ExprCall(call), AnyNodeRef::ExprAttribute(method)] if call.func.range() == method.range => {
            UseKind::Method(method.attr.as_str())
        }
        [.., AnyNodeRef::ExprAttribute(attribute)] => UseKind::Attribute(attribute.attr.as_str()),
        [.., AnyNodeRef::WithItem(item)] if item.context_expr.range() == place => UseKind::WithItem,
        [
            ..,
            AnyNodeRef::ExprCompare(_)
            | AnyNodeRef::ExprUnaryOp(_)
            | AnyNodeRef::StmtIf(_)
            | AnyNodeRef::StmtWhile(_)
            | AnyNodeRef::StmtDelete(_)
            | AnyNodeRef::StmtExpr(_)
            | AnyNodeRef::ElifElseClause(_),
        ] => UseKind::Look,
        _ => UseKind::Escape,
    }
}
