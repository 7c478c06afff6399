//! `array-element-type-mismatch`: a value that does not fit into the array.

use ruff_python_ast::{self as ast, Expr, Number};
use ruff_text_size::Ranged;

use super::support::{argument, is_call_of, string, value_of};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "array-element-type-mismatch", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if let Expr::Attribute(method) = call.func.as_ref()
        && matches!(method.attr.as_str(), "append" | "insert")
    {
        let Some(code) = code_of(context, value_of(context, &method.value)) else { return };
        let position = usize::from(method.attr.as_str() == "insert");
        if let Some(item) = argument(call, "", Some(position)).given() {
            check_item(context, code, item, report);
        }
        return;
    }
    let Some(Node::Expr(node)) = context.nodes().last() else { return };
    let (Some(code), Some(values)) = (code_of(context, node), argument(call, "", Some(1)).given()) else { return };
    match values {
        Expr::List(ast::ExprList { elts, .. }) | Expr::Tuple(ast::ExprTuple { elts, .. }) => {
            if let Some(item) = elts.iter().find(|item| !fits(code, item)) {
                check_item(context, code, item, report);
            }
        }
        // Text fills an array of characters, bytes fill any.
        Expr::StringLiteral(_) => check_item(context, code, values, report),
        _ => {}
    }
}

/// The type code of an array that is made there.
fn code_of<'a>(context: &Context<'a>, made: &'a Expr) -> Option<&'a str> {
    let Expr::Call(call) = made else { return None };
    let code = argument(call, "", Some(0)).given().and_then(string)?;
    is_call_of(context, made, &["array.array"]).then_some(code)
}

fn check_item(context: &Context<'_>, code: &str, item: &Expr, report: &mut Report<'_>) {
    if !fits(code, item) {
        report.at(item.range(), &[("code", code), ("value", context.text(item))]);
    }
}

/// Whether a literal goes into an array with that type code; what is no literal may.
fn fits(code: &str, item: &Expr) -> bool {
    let number = match item {
        Expr::UnaryOp(unary) => unary.operand.as_ref(),
        other => other,
    };
    match number {
        Expr::NumberLiteral(literal) => match literal.value {
            Number::Int(_) => !matches!(code, "u" | "w"),
            Number::Float(_) => matches!(code, "f" | "d"),
            Number::Complex { .. } => false,
        },
        Expr::StringLiteral(_) => matches!(code, "u" | "w"),
        Expr::BytesLiteral(_) | Expr::NoneLiteral(_) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn values_that_fit_are_fine() {
        let quiet = "\
from array import array
array('i', [1, -2, n, True])
array('d', [1, 2.5])
array('w', 'text')
array('b', b'bytes')
array(code, [1.5])
items = []
items.append(1.5)
";
        assert!(found("array-element-type-mismatch", quiet).is_empty());
    }

    #[test]
    fn values_that_raise_are_found() {
        let source = "\
from array import array
array('i', [1, 2.5])
array('h', 'text')
def collect():
    counts = array('L')
    counts.append(-0.5)
    counts.insert(0, 'one')
";
        assert_eq!(found("array-element-type-mismatch", source), ["2.5", "'text'", "-0.5", "'one'"]);
    }
}
