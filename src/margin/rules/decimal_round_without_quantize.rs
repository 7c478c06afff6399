//! `decimal-round-without-quantize`: rounding money with a mode that nobody chose.

use ruff_python_ast::{self as ast, Expr, Number, OperatorPrecedence};
use ruff_text_size::Ranged;

use super::support::{argument, has_comment, is_instance_of, operand};
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "decimal-round-without-quantize", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(places) = argument(call, "ndigits", Some(1)).given() else { return };
    let Some(number) = call.arguments.args.first() else { return };
    if !context.is_builtin(&call.func, "round") || !is_instance_of(context, number, &["decimal.Decimal"]) {
        return;
    }
    let fix = whole_number(places)
        .filter(|places| (1..=12).contains(places) && !has_comment(context, call.range()))
        .and_then(|places| {
            let (decimal, import) = spelling(context, "decimal.Decimal", call.start())?;
            let zeros = "0".repeat(places - 1);
            let number = operand(context, number, OperatorPrecedence::CallAttribute);
            Some(Fix {
                title: "Round with `quantize`".to_owned(),
                safe: false,
                edits: vec![Edit::replace(call.range(), format!("{number}.quantize({decimal}(\"0.{zeros}1\"))"))],
                imports: import.into_iter().collect(),
            })
        });
    report.at(call.func.range(), &[]).fix = fix;
}

fn whole_number(expr: &Expr) -> Option<usize> {
    match expr {
        Expr::NumberLiteral(ast::ExprNumberLiteral { value: Number::Int(number), .. }) => number.as_usize(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn floats_and_whole_numbers_are_no_matter_of_money() {
        let quiet = "from decimal import Decimal\nround(x, 2)\nround(1.234, 2)\nround(Decimal('1.5'))\n";
        assert!(found("decimal-round-without-quantize", quiet).is_empty());
    }

    #[test]
    fn the_fix_spells_out_the_places() {
        let source = "import decimal\ndef net(price: decimal.Decimal):\n    return round(price / 2, 2)\n";
        let expected = "import decimal\ndef net(price: decimal.Decimal):\n    return (price / 2).quantize(decimal.Decimal(\"0.01\"))\n";
        assert_eq!(fixed("decimal-round-without-quantize", source), expected);
    }
}
