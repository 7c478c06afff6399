//! `fraction-assignment`: a new numerator for a number that cannot change.

use ruff_python_ast::{self as ast, Expr, ExprContext, NodeKind};
use ruff_text_size::Ranged;

use super::support::is_instance_of;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "fraction-assignment", hooks: &[Hook::Expr(&[NodeKind::ExprAttribute], check)] };

fn check<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Expr::Attribute(ast::ExprAttribute { value, attr, ctx: ExprContext::Store, .. }) = expr else { return };
    if matches!(attr.as_str(), "numerator" | "denominator") && is_instance_of(context, value, &["fractions.Fraction"]) {
        report.at(attr.range(), &[("attribute", attr)]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn only_a_fraction_is_fixed() {
        let source = "\
from fractions import Fraction
class Ratio: ...
ratio = Ratio()
ratio.numerator = 2
half = Fraction(1, 2)
top = half.numerator
half.denominator = 3
half.numerator += 1
";
        assert_eq!(found("fraction-assignment", source), ["denominator", "numerator"]);
    }
}
