//! `float-equality-comparison`: `==` between numbers that are rounded.

use ruff_python_ast::{self as ast, CmpOp, Expr, NodeKind};
use ruff_text_size::Ranged;

use super::support::{float_literal, has_comment, in_place_of_comparison, literal_number};
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "float-equality-comparison", hooks: &[Hook::Expr(&[NodeKind::ExprCompare], check)] };

fn check<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Expr::Compare(ast::ExprCompare { left, ops, comparators, .. }) = expr else { return };
    let ([op @ (CmpOp::Eq | CmpOp::NotEq)], [right]) = (&**ops, &**comparators) else { return };
    // Only where both sides are single numbers: an array compares item by item.
    let rounded = |one: &Expr, other: &Expr| is_rounded(context, one) && is_number(context, other);
    if !rounded(left, right) && !rounded(right, left) {
        return;
    }
    let fix = as_isclose(context, expr, *op, left, right);
    report.at(expr, &[("operator", if *op == CmpOp::Eq { "==" } else { "!=" })]).fix = fix;
}

/// Whether a value has been rounded: a literal with a fraction, or the result of arithmetic with floats.
fn is_rounded(context: &Context<'_>, expr: &Expr) -> bool {
    if float_literal(context, expr).is_some() {
        return literal_number(expr).is_some_and(|value| value.fract() != 0.0);
    }
    match expr {
        Expr::BinOp(sum) => {
            is_number(context, &sum.left) && is_number(context, &sum.right) && is_float(context, expr)
        }
        _ => false,
    }
}

fn is_number(context: &Context<'_>, expr: &Expr) -> bool {
    context.infer(expr).is_some_and(|ty| ty.is_builtin("float") || ty.is_builtin("int"))
}

fn is_float(context: &Context<'_>, expr: &Expr) -> bool {
    context.infer(expr).is_some_and(|ty| ty.is_builtin("float"))
}

fn as_isclose(context: &Context<'_>, expr: &Expr, op: CmpOp, left: &Expr, right: &Expr) -> Option<Fix> {
    if has_comment(context, expr.range()) {
        return None;
    }
    let (isclose, import) = spelling(context, "math.isclose", expr.start())?;
    let text = format!("{isclose}({}, {})", context.text(left), context.text(right));
    let text = in_place_of_comparison(context, op, text);
    Some(Fix {
        title: "Compare with `math.isclose`".to_owned(),
        safe: false,
        edits: vec![Edit::replace(expr.range(), text)],
        imports: import.into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn sentinels_and_arrays_are_not_rounded_numbers() {
        let quiet = "2 / length == 1 / length\nx == 0.0\nx == 0.1\nratio != 1.0\nfloat(text) == 2.0\n1 + 2 == 3\nname == 'a'\n";
        assert!(found("float-equality-comparison", quiet).is_empty());
    }

    #[test]
    fn the_fix_asks_for_closeness() {
        let source = "def same(a: float, b: float):\n    if a * 3 != b:\n        return a == 0.3\n";
        let expected = "import math\ndef same(a: float, b: float):\n    if not math.isclose(a * 3, b):\n        return math.isclose(a, 0.3)\n";
        assert_eq!(fixed("float-equality-comparison", source), expected);
    }
}
