//! `factorial-negative`: a factorial that does not exist.

use ruff_python_ast as ast;

use super::support::{argument, float_literal, literal_number, symbol};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "factorial-negative", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(number) = argument(call, "", Some(0)).given() else { return };
    let Some(value) = literal_number(number) else { return };
    let error = match float_literal(context, number) {
        Some(_) => "TypeError",
        None if value < 0.0 => "ValueError",
        None => return,
    };
    if symbol(context, &call.func).is_some_and(|symbol| symbol == "math.factorial") {
        report.at(number, &[("number", context.text(number)), ("error", error)]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn only_numbers_without_a_factorial_are_found() {
        let source = "import math\nmath.factorial(0)\nmath.factorial(-n)\nfactorial(-1)\nmath.factorial(-1)\nmath.factorial(5.0)\n";
        assert_eq!(found("factorial-negative", source), ["-1", "5.0"]);
    }
}
