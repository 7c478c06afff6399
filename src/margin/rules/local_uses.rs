//! What becomes of a local variable: which of its methods are called, and whether anybody else gets hold of it.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

use super::support::{Go, is_large, value_of, walk_with_parents};
use crate::python::{Context, ScopeKind};

/// One use of a local variable's value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Use<'a> {
    /// `x.name(...)`
    Method(&'a str, &'a ast::ExprCall),
    /// `x.name`, read or set.
    Attribute(&'a str),
    /// `f(x)`, `f(name=x)`
    Argument(&'a ast::ExprCall),
    /// `with x:`
    With,
    /// `for item in x:`, `[... for item in x]`
    Iterated,
    /// `if x:`, `x is None`
    Tested,
    /// Anything else: it is returned, stored, seen by an inner function.
    Escapes,
}

/// The uses of a variable of the function that the place is directly in. `None` when it is bound more than once, is not
/// the function's own, or the function is too large to be read for each of its variables.
pub(super) fn local_uses<'a>(context: &Context<'a>, name: &str) -> Option<Vec<Use<'a>>> {
    let scope = context.scopes().last()?;
    let ScopeKind::Function(def) = scope.kind else { return None };
    let own = !scope.globals.contains(name) && !scope.nonlocals.contains(name) && scope.get(name).len() == 1;
    if !own || is_large(def) {
        return None;
    }
    let mut uses = Vec::new();
    walk_with_parents(&def.body, |node, parents| {
        if let AnyNodeRef::ExprName(used) = node
            && used.id == name
            && !used.ctx.is_store()
        {
            uses.push(classify(used, parents));
        }
        Go::In
    });
    Some(uses)
}

fn classify<'a>(used: &'a ast::ExprName, parents: &[AnyNodeRef<'a>]) -> Use<'a> {
    let elsewhere = |node: &AnyNodeRef<'_>| {
        matches!(node, AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_) | AnyNodeRef::ExprLambda(_))
    };
    if used.ctx.is_del() || parents.iter().any(elsewhere) {
        return Use::Escapes;
    }
    let mut around = parents.iter().rev().copied();
    match (around.next(), around.next(), around.next()) {
        (Some(AnyNodeRef::ExprAttribute(attribute)), Some(AnyNodeRef::ExprCall(call)), _)
            if call.func.range() == attribute.range =>
        {
            Use::Method(&attribute.attr, call)
        }
        (Some(AnyNodeRef::ExprAttribute(attribute)), ..) => Use::Attribute(&attribute.attr),
        (Some(AnyNodeRef::Arguments(_)), Some(AnyNodeRef::ExprCall(call)), _)
        | (Some(AnyNodeRef::Keyword(_)), Some(AnyNodeRef::Arguments(_)), Some(AnyNodeRef::ExprCall(call))) => {
            Use::Argument(call)
        }
        (Some(AnyNodeRef::WithItem(_)), ..) => Use::With,
        (Some(AnyNodeRef::StmtFor(each)), ..) if each.iter.range() == used.range => Use::Iterated,
        (Some(AnyNodeRef::Comprehension(each)), ..) if each.iter.range() == used.range => Use::Iterated,
        (
            Some(
                AnyNodeRef::StmtIf(_)
                | AnyNodeRef::ElifElseClause(_)
                | AnyNodeRef::StmtWhile(_)
                | AnyNodeRef::ExprCompare(_)
                | AnyNodeRef::ExprUnaryOp(_),
            ),
            ..,
        ) => Use::Tested,
        _ => Use::Escapes,
    }
}

/// What is put into a list that a function fills: the element of a comprehension, or what `append` is given. `None` when
/// the list is made in another way, or something else may be put into it.
pub(super) fn list_elements<'a>(context: &Context<'a>, list: &'a Expr) -> Option<Vec<&'a Expr>> {
    let Expr::Name(name) = list else { return None };
    match value_of(context, list) {
        Expr::ListComp(comp) => Some(vec![&comp.elt]),
        Expr::List(empty) if empty.elts.is_empty() => {
            let mut elements = Vec::new();
            for one in local_uses(context, &name.id)? {
                match one {
                    Use::Method("append", call) => elements.push(call.arguments.args.first()?),
                    Use::Iterated | Use::Tested | Use::Argument(_) => {}
                    _ => return None,
                }
            }
            (!elements.is_empty()).then_some(elements)
        }
        _ => None,
    }
}
