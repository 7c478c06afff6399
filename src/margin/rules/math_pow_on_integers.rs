//! `math-pow-on-integers`: `math.pow` turns whole numbers into floats.

use ruff_python_ast::{self as ast, OperatorPrecedence};
use ruff_text_size::Ranged;

use super::support::{has_comment, is_call_of, is_operand_of_primary, operand};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "math-pow-on-integers", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    // Tests of arithmetic are about the function itself.
    let ([base, power], []) = (&*call.arguments.args, &*call.arguments.keywords) else { return };
    let is_int = |expr| context.infer(expr).is_some_and(|ty| ty.is_builtin("int"));
    let Some(Node::Expr(node)) = context.nodes().last() else { return };
    if !is_call_of(context, node, &["math.pow"]) || !is_int(base) || !is_int(power) {
        return;
    }
    let power_text = operand(context, power, OperatorPrecedence::PosNegBitNot);
    let text = format!("{} ** {power_text}", operand(context, base, OperatorPrecedence::Await));
    let inner = is_operand_of_primary(context, call.range());
    let outer = matches!(context.parent(), Some(Node::Expr(parent)) if OperatorPrecedence::from_expr(parent) >= OperatorPrecedence::PosNegBitNot);
    let text = if inner || outer { format!("({text})") } else { text };
    let fix = (!has_comment(context, call.range())).then(|| report.fix("Use `**`", call.range(), text));
    report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]).fix = fix;
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn floats_and_the_unknown_are_left_to_it() {
        let quiet = "import math\nmath.pow(2.0, 3)\nmath.pow(x, 2)\npow(2, 3)\nmath.pow(*pair)\n";
        assert!(found("math-pow-on-integers", quiet).is_empty());
    }

    #[test]
    fn the_fix_keeps_the_order_of_evaluation() {
        let source = "import math\nn = 3\na = -math.pow(n + 1, 2)\nb = math.pow(2, -n)\nc = math.pow(-2, 2).hex()\n";
        let expected = "import math\nn = 3\na = -((n + 1) ** 2)\nb = 2 ** -n\nc = ((-2) ** 2).hex()\n";
        assert_eq!(fixed("math-pow-on-integers", source), expected);
    }
}
