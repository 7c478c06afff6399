//! `zero-slice-step`: a slice that can only raise.

use ruff_python_ast::{self as ast, Expr, NodeKind, Number};

use super::support::expects_error;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "zero-slice-step", hooks: &[Hook::Expr(&[NodeKind::ExprSlice], check)] };

fn check<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Expr::Slice(ast::ExprSlice { step: Some(step), .. }) = expr else { return };
    if is_zero(step) && !expects_error(context) {
        report.at(step.as_ref(), &[]);
    }
}

fn is_zero(step: &Expr) -> bool {
    match step {
        Expr::NumberLiteral(ast::ExprNumberLiteral { value: Number::Int(value), .. }) => value.as_u64() == Some(0),
        Expr::UnaryOp(ast::ExprUnaryOp { op: ast::UnaryOp::USub | ast::UnaryOp::UAdd, operand, .. }) => {
            operand.is_number_literal_expr() && is_zero(operand)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn only_a_constant_zero_is_found() {
        let source = "a[::0]\na[1:9:-0, 2]\na[::-1]\na[0:0]\na[::step]\na[::0.5]\n";
        assert_eq!(found("zero-slice-step", source), ["0", "-0"]);
    }

    #[test]
    fn a_test_of_the_error_is_meant() {
        let source = "with pytest.raises(ValueError):\n    a[::0]\nself.assertRaises(ValueError, lambda: a[::0])\n";
        assert!(found("zero-slice-step", source).is_empty());
    }
}
