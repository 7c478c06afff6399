//! `decimal-global-context-change`: a function that changes how the whole thread calculates.

use ruff_python_ast::{self as ast, Expr, ExprContext, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::support::{is_call_of, symbol, value_of, words};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector {
    rule: "decimal-global-context-change",
    hooks: &[Hook::Expr(&[NodeKind::ExprAttribute], check_attribute), Hook::Call(check_call)],
};

/// Words in the names of functions whose business it is to set things up.
const SETUP: [&str; 9] =
    ["main", "configure", "config", "setup", "init", "initialize", "initialise", "setcontext", "set"];

fn check_attribute<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Expr::Attribute(ast::ExprAttribute { value, attr, ctx: ExprContext::Store, .. }) = expr else { return };
    if is_call_of(context, value_of(context, value), &["decimal.getcontext"]) && is_passing(context) {
        report.at(expr.range(), &[("change", context.text(expr)), ("name", attr)]);
    }
}

fn check_call<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if symbol(context, &call.func).is_some_and(|symbol| symbol == "decimal.setcontext") && is_passing(context) {
        report.at(call.func.range(), &[("change", context.text(call.func.as_ref()))]);
    }
}

/// Whether the place is in a function that does something else, where nothing takes the change back.
fn is_passing(context: &Context<'_>) -> bool {
    let Some(function) = context.enclosing_function() else { return false };
    let sets_up = words(&function.name).iter().any(|word| SETUP.contains(&word.as_str()));
    let is_local = context.ancestors().any(|node| match node {
        Node::Stmt(Stmt::With(with)) => {
            with.items.iter().any(|item| is_call_of(context, &item.context_expr, &["decimal.localcontext"]))
        }
        _ => false,
    });
    !sets_up && !is_local
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn a_context_of_ones_own_may_be_changed() {
        let quiet = "\
import decimal
decimal.getcontext().prec = 50
def configure():
    decimal.getcontext().prec = 50
def area(r):
    with decimal.localcontext() as ctx:
        ctx.prec = 50
        decimal.getcontext().rounding = decimal.ROUND_UP
    other.prec = 3
    return decimal.getcontext().prec
";
        assert!(found("decimal-global-context-change", quiet).is_empty());
    }

    #[test]
    fn a_name_for_the_context_hides_nothing() {
        let source = "\
from decimal import getcontext, setcontext, Context
def area(r):
    ctx = getcontext()
    ctx.prec = 50
    setcontext(Context(prec=3))
";
        assert_eq!(found("decimal-global-context-change", source), ["ctx.prec", "setcontext"]);
    }
}
