//! `interaction-only-test`: a test that only asks whether mocks were called.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

use super::support::{Go, any_in_expr, last_name, walk};
use super::testing::{asserts_calls, is_test};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "interaction-only-test", hooks: &[Hook::Function(check)] };

/// How names of functions begin that may fail a test.
const CHECKS: [&str; 10] =
    ["assert", "check", "verify", "expect", "raises", "warns", "fail", "ensure", "validate", "deprecated_call"];

fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    if !is_test(context, def) {
        return;
    }
    let (mut of_calls, mut of_results) = (0, 0);
    walk(&def.body, |node| {
        match node {
            _ if asserts_calls(node) => of_calls += 1,
            AnyNodeRef::StmtAssert(stmt) if looks_at_calls(&stmt.test) => of_calls += 1,
            AnyNodeRef::StmtAssert(_) => of_results += 1,
            AnyNodeRef::ExprCall(call) => {
                let name = last_name(&call.func).unwrap_or_default().trim_start_matches('_');
                if CHECKS.iter().any(|check| name.starts_with(check)) {
                    of_results += 1;
                }
            }
            _ => {}
        }
        if of_results > 0 { Go::Stop } else { Go::In }
    });
    if of_calls > 0 && of_results == 0 {
        report.at(def.name.range(), &[("test", def.name.as_str())]);
    }
}

/// `assert mock.called`, `assert mock.call_count == 2`.
fn looks_at_calls(test: &Expr) -> bool {
    const RECORDS: [&str; 9] = [
        "called",
        "call_count",
        "call_args",
        "call_args_list",
        "mock_calls",
        "method_calls",
        "await_count",
        "await_args",
        "await_args_list",
    ];
    any_in_expr(test, |node| matches!(node, AnyNodeRef::ExprAttribute(part) if RECORDS.contains(&part.attr.as_str())))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn a_test_that_looks_at_results_is_fine() {
        let quiet = "\
import pytest
def test_total(mailer):
    assert order(mailer).total == 3
    mailer.send.assert_called_once()
def test_error(mailer):
    with pytest.raises(ValueError):
        order(mailer)
    mailer.send.assert_not_called()
def test_helper(mailer):
    mailer.send.assert_called()
    assert_stored(1)
def test_nothing():
    order(1)
def helper(mailer):
    mailer.send.assert_called()
";
        assert!(found("interaction-only-test", quiet).is_empty());
    }

    #[test]
    fn calls_alone_prove_little() {
        let source = "\
def test_order(mailer, stock):
    order(mailer, stock)
    mailer.send.assert_called_once_with('thanks')
    assert stock.take.call_count == 2
";
        assert_eq!(found("interaction-only-test", source), ["test_order"]);
    }
}
