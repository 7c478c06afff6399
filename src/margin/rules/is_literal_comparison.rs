//! `is-literal-comparison`: `is` where the values should be compared.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, CmpOp, Expr, NodeKind, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

use super::support::has_comment;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "is-literal-comparison", hooks: &[Hook::Expr(&[NodeKind::ExprCompare], check)] };

fn check<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Expr::Compare(compare) = expr else { return };
    let mut left = compare.left.as_ref();
    for (operator, right) in compare.ops.iter().zip(&compare.comparators) {
        let instead = match operator {
            CmpOp::Is => "==",
            CmpOp::IsNot => "!=",
            _ => {
                left = right;
                continue;
            }
        };
        // Two literals are compared by those who try out what `is` does.
        let one_of_two = literal_kind(right).xor(literal_kind(left));
        if let Some(kind) = one_of_two
            && let Some(place) = operator_range(context, TextRange::new(left.end(), right.start()))
        {
            let fix = (!has_comment(context, place)).then(|| report.fix(format!("Use `{instead}`"), place, instead));
            let values = [("operator", operator.as_str()), ("kind", kind), ("instead", instead)];
            report.at(place, &values).fix = fix;
        }
        left = right;
    }
}

/// What kind of literal an expression is, if it is one. `None`, `True`, `False` and `...` exist once: `is` fits them.
fn literal_kind(expr: &Expr) -> Option<&'static str> {
    Some(match expr {
        Expr::StringLiteral(_) | Expr::FString(_) => "string",
        Expr::BytesLiteral(_) => "bytes",
        Expr::NumberLiteral(_) => "number",
        Expr::UnaryOp(ast::ExprUnaryOp { op: UnaryOp::USub | UnaryOp::UAdd, operand, .. }) => {
            return operand.is_number_literal_expr().then_some("number");
        }
        Expr::Tuple(_) => "tuple",
        Expr::List(_) | Expr::ListComp(_) => "list",
        Expr::Dict(_) | Expr::DictComp(_) => "dict",
        Expr::Set(_) | Expr::SetComp(_) => "set",
        _ => return None,
    })
}

/// `is` or `is not` between two operands.
fn operator_range(context: &Context<'_>, between: TextRange) -> Option<TextRange> {
    let is = context.token_in(between, TokenKind::Is)?;
    let not = context.token_in(TextRange::new(is.end(), between.end()), TokenKind::Not);
    Some(not.map_or(is, |not| is.cover(not)))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn singletons_and_sentinels_are_compared_with_is() {
        let quiet = "a is None, a is not True, a is ..., a is MISSING, a is Color.RED, a == 1, a is NotImplemented, [] is not [], 1 is 1\n";
        assert!(found("is-literal-comparison", quiet).is_empty());
    }

    #[test]
    fn every_operator_of_a_chain_is_looked_at() {
        let source = "ok = (a) is (-1) is not b is not\\\n  'x' in []\n";
        assert_eq!(found("is-literal-comparison", source), ["is", "is not", "is not"]);
        assert_eq!(fixed("is-literal-comparison", source), "ok = (a) == (-1) != b !=\\\n  'x' in []\n");
    }
}
