//! `identity-comparison-of-values`: `is` between two values that may be equal and not the same.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, CmpOp, Expr, NodeKind};
use ruff_text_size::{Ranged, TextRange};

use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "identity-comparison-of-values",
    hooks: &[Hook::Expr(&[NodeKind::ExprCompare], check)],
};

/// Classes whose objects Python may or may not share.
const VALUES: [&str; 6] = ["int", "str", "bytes", "float", "complex", "tuple"];

fn check<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Expr::Compare(ast::ExprCompare { left, ops, comparators, .. }) = expr else { return };
    // A test that asks whether an object is shared means it.
    let mut left = left.as_ref();
    for (op, right) in ops.iter().zip(comparators.iter()) {
        if matches!(op, CmpOp::Is | CmpOp::IsNot) && is_value(context, left) && is_value(context, right) {
            let between = TextRange::new(left.end(), right.start());
            let end = if *op == CmpOp::Is { TokenKind::Is } else { TokenKind::Not };
            let (Some(first), Some(last)) =
                (context.token_in(between, TokenKind::Is), context.token_in(between, end))
            else {
                return;
            };
            let (text, equal) = if *op == CmpOp::Is { ("is", "==") } else { ("is not", "!=") };
            let operator = first.cover(last);
            let finding = report.at(operator, &[("operator", text), ("equal", equal)]);
            finding.fix = Some(Fix {
                title: format!("Use `{equal}`"),
                safe: false,
                edits: vec![Edit::replace(operator, equal)],
                imports: Vec::new(),
            });
        }
        left = right;
    }
}

/// A name or attribute that holds a value, by annotation or assignment.
fn is_value(context: &Context<'_>, expr: &Expr) -> bool {
    matches!(expr, Expr::Name(_) | Expr::Attribute(_))
        && context.infer(expr).is_some_and(|ty| VALUES.iter().any(|class| ty.is_builtin(class)))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "identity-comparison-of-values";

    #[test]
    fn values_are_compared_by_value() {
        let source = "LIMIT = 1000\ndef f(a: int, b: str, c: str):\n    return a is LIMIT or b is not c\n";
        assert_eq!(found(RULE, source), ["is", "is not"]);
        assert_eq!(fixed(RULE, source), source.replace("is not", "!=").replace("is LIMIT", "== LIMIT"));
    }

    #[test]
    fn singletons_and_unknown_objects_are_not() {
        let source = "
import enum
MISSING = object()
class Colour(enum.Enum):
    RED = 1
def f(a: int, b, c: Colour, d: bool):
    return a is None or a is b or c is Colour.RED or a is MISSING or d is True or a == a
";
        assert!(found(RULE, source).is_empty());
    }
}
