//! `fraction-from-float`: a fraction of a number that is not the one written.

use ruff_python_ast::{self as ast, Expr};

use super::support::{float_literal, literal_number, symbol};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "fraction-from-float", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let ([number], []) = (&*call.arguments.args, &*call.arguments.keywords) else { return };
    let Some(text) = float_literal(context, number) else { return };
    if literal_number(number).is_none_or(|value| is_exact(text, value)) || is_rounded(context) {
        return;
    }
    if symbol(context, &call.func).is_some_and(|symbol| symbol == "fractions.Fraction") {
        let fix = report.fix("Write the number as a string", number, format!("\"{text}\""));
        report.at(number, &[("number", text)]).fix = Some(fix);
    }
}

/// Whether a decimal number is a binary fraction too: then its decimals end where those of the float do.
fn is_exact(text: &str, value: f64) -> bool {
    let digits: String = text.chars().filter(|letter| *letter != '_').collect();
    if digits.contains(['e', 'E']) {
        return true;
    }
    // Enough decimals for every binary fraction with as many binary places as decimals are written.
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.trim_end_matches('0').len());
    let scaled = value * 2_f64.powi(i32::try_from(decimals).unwrap_or(i32::MAX));
    scaled.fract() == 0.0
}

/// `Fraction(0.1).limit_denominator(10)` finds the fraction that was meant.
fn is_rounded(context: &Context<'_>) -> bool {
    matches!(context.parent(), Some(Node::Expr(Expr::Attribute(attribute))) if attribute.attr.as_str() == "limit_denominator")
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn a_number_that_the_float_holds_exactly_is_fine() {
        let quiet = "\
from fractions import Fraction
Fraction(0.5)
Fraction(-2.75)
Fraction(1e3)
Fraction(3.0)
Fraction('0.1')
Fraction(1, 3)
Fraction(x)
Fraction(0.1).limit_denominator(100)
";
        assert!(found("fraction-from-float", quiet).is_empty());
    }

    #[test]
    fn a_string_holds_the_number_as_written() {
        let source = "import fractions as f\nf.Fraction(-0.3)\nf.Fraction(1.7)\n";
        assert_eq!(fixed("fraction-from-float", source), "import fractions as f\nf.Fraction(\"-0.3\")\nf.Fraction(\"1.7\")\n");
    }
}
