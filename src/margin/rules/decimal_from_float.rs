//! `decimal-from-float`: a decimal number made from a binary one.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::{argument, float_literal, symbol};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "decimal-from-float", hooks: &[Hook::CallOf(&["decimal.Decimal"], check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(number) = argument(call, "value", Some(0)).given() else { return };
    let Some(text) = float_literal(context, number) else { return };
    if symbol(context, &call.func).is_some_and(|symbol| symbol == "decimal.Decimal") {
        let fix = report.fix("Write the number as a string", number.range(), format!("\"{text}\""));
        report.at(number, &[("number", text)]).fix = Some(fix);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn strings_and_whole_numbers_are_exact() {
        let quiet = "from decimal import Decimal\nDecimal('0.1')\nDecimal(3)\nDecimal(x)\nDecimal(-1)\nmy.Decimal(0.1)\n";
        assert!(found("decimal-from-float", quiet).is_empty());
    }

    #[test]
    fn the_sign_goes_into_the_string() {
        let source = "from decimal import Decimal as D\nD(-1.10)\nD(value=.5)\n";
        assert_eq!(fixed("decimal-from-float", source), "from decimal import Decimal as D\nD(\"-1.10\")\nD(value=\".5\")\n");
    }
}
