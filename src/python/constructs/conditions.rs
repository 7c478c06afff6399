//! What a condition asks: whether something is true at all, or of what type it is.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, BoolOp, Expr, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

use crate::python::Construct;
use crate::python::context::Context;
use crate::python::walk::Sink;

/// Notes on the keyword before a condition that it tests the truth of something that is no `bool`.
pub(super) fn truth_test(context: &Context<'_>, keyword: TextRange, test: &Expr, sink: &mut Sink) {
    if is_truth_tested(context, test) {
        sink.construct(keyword, Construct::TruthTest);
    }
}

/// `and`, `or`: noted on the operator behind the operand whose truth decides, or before a fallback (`name or "none"`).
pub(super) fn bool_op(context: &Context<'_>, bool_op: &ast::ExprBoolOp, sink: &mut Sink) {
    let kind = if bool_op.op == BoolOp::And { TokenKind::And } else { TokenKind::Or };
    for pair in bool_op.values.windows(2) {
        let between = TextRange::new(pair[0].end(), pair[1].start());
        let Some(operator) = context.token_in(between, kind) else { continue };
        sink.construct(operator, Construct::OperatorBoolean);
        if bool_op.op == BoolOp::Or && is_fallback(&pair[1]) {
            sink.construct(operator, Construct::TruthTest);
        } else {
            truth_test(context, operator, &pair[0], sink);
        }
    }
}

/// A value that is known not to be a `bool`.
fn is_truth_tested(context: &Context<'_>, test: &Expr) -> bool {
    matches!(test, Expr::Name(_) | Expr::Attribute(_) | Expr::Call(_) | Expr::Subscript(_))
        && context.infer(test).is_some_and(|ty| {
            !matches!(ty.class.as_str(), "builtins.bool" | "builtins.object" | "typing.Any" | "types.NoneType")
        })
}

/// A literal that stands in for something empty.
fn is_fallback(value: &Expr) -> bool {
    match value {
        Expr::StringLiteral(_) | Expr::BytesLiteral(_) | Expr::NumberLiteral(_) => true,
        Expr::List(list) => list.elts.is_empty(),
        Expr::Dict(dict) => dict.items.is_empty(),
        Expr::Tuple(tuple) => tuple.elts.is_empty(),
        _ => false,
    }
}

/// Notes each `isinstance` that decides a condition, through `and`, `or` and `not`.
pub(super) fn narrowing(context: &Context<'_>, test: &Expr, sink: &mut Sink) {
    let mut open = vec![test];
    while let Some(test) = open.pop() {
        match test {
            Expr::BoolOp(operands) => open.extend(&operands.values),
            Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => open.push(&unary.operand),
            Expr::Call(call) if context.is_builtin(&call.func, "isinstance") && call.arguments.args.len() == 2 => {
                sink.construct(call.func.range(), Construct::NarrowingIsinstance);
            }
            _ => {}
        }
    }
}
