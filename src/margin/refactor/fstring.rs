//! What both ways to an f-string need: whether the values may be evaluated and shown in turn.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

use crate::margin::rules::support::any_in_expr;
use crate::python::Context;

pub(super) const TITLE: &str = "Rewrite as f-string";

/// Built-in functions that change nothing.
const PURE: [&str; 20] = [
    "abs",
    "bin",
    "bool",
    "chr",
    "divmod",
    "float",
    "format",
    "hex",
    "id",
    "int",
    "isinstance",
    "len",
    "max",
    "min",
    "oct",
    "ord",
    "repr",
    "round",
    "str",
    "type",
];

/// Whether the values, given in the order in which they are shown, may be evaluated in that order, each after the text
/// of those before it has been made.
///
/// A format evaluates all of them first. That shows where one of them changes another.
pub(super) fn may_take_turns(context: &Context<'_>, values: &[&Expr]) -> bool {
    let in_order = values.windows(2).all(|pair| pair[0].start() <= pair[1].start());
    let Some(last) = values.iter().rposition(|value| acts(context, value)) else { return true };
    in_order && values[..last].iter().all(|value| is_unchangeable(context, value))
}

/// Whether evaluating the expression may do something.
fn acts(context: &Context<'_>, expr: &Expr) -> bool {
    any_in_expr(expr, |node| match node {
        AnyNodeRef::ExprCall(call) => !PURE.iter().any(|name| context.is_builtin(&call.func, name)),
        AnyNodeRef::ExprAwait(_)
        | AnyNodeRef::ExprYield(_)
        | AnyNodeRef::ExprYieldFrom(_)
        | AnyNodeRef::ExprNamed(_) => true,
        _ => false,
    })
}

fn is_unchangeable(context: &Context<'_>, expr: &Expr) -> bool {
    expr.is_literal_expr()
        || matches!(expr, Expr::UnaryOp(ast::ExprUnaryOp { operand, .. }) if operand.is_literal_expr())
        || context.infer(expr).is_some_and(|ty| ["str", "int", "float", "bool"].into_iter().any(|it| ty.is_builtin(it)))
}
