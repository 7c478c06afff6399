//! `unittest-style-in-pytest`: assertion methods where `assert` says the same.

use ruff_python_ast::{self as ast, Expr, OperatorPrecedence};
use ruff_text_size::Ranged;

use super::support::{has_comment, is_discarded, operand};
use super::{Detector, Hook, Report};
use crate::margin::Fix;
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "unittest-style-in-pytest", hooks: &[Hook::Call(check)] };

/// Methods that compare two values, with the operator that does.
const COMPARISONS: [(&str, &str); 12] = [
    ("assertEqual", "=="),
    ("assertEquals", "=="),
    ("assertNotEqual", "!="),
    ("assertIs", "is"),
    ("assertIsNot", "is not"),
    ("assertIn", "in"),
    ("assertNotIn", "not in"),
    ("assertGreater", ">"),
    ("assertGreaterEqual", ">="),
    ("assertLess", "<"),
    ("assertLessEqual", "<="),
    ("assertListEqual", "=="),
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(method) = call.func.as_ref() else { return };
    let name = method.attr.as_str();
    if !name.starts_with("assert") || name.starts_with("assert_") || !context.in_test() {
        return;
    }
    let Some(callee) = context.callee(call) else { return };
    if !callee.starts_with("unittest.TestCase.") && !callee.starts_with("unittest.IsolatedAsyncioTestCase.") {
        return;
    }
    let fix = with_assert(context, call, name, report);
    report.at(method.attr.range(), &[("method", name)]).fix = fix;
}

/// The same as an `assert` statement, of one line.
fn with_assert(context: &Context<'_>, call: &ast::ExprCall, name: &str, report: &Report<'_>) -> Option<Fix> {
    let plain = call.arguments.keywords.is_empty() && !call.arguments.args.iter().any(Expr::is_starred_expr);
    if !plain || !is_discarded(context) || has_comment(context, call) || context.text(call).contains(['\n', '\r']) {
        return None;
    }
    let side = |expr: &Expr| operand(context, expr, OperatorPrecedence::BitOr);
    let whole = |expr: &Expr| operand(context, expr, OperatorPrecedence::IfElse);
    let (test, rest) = match (name, call.arguments.args.as_ref()) {
        ("assertTrue", [value, rest @ ..]) => (whole(value), rest),
        ("assertFalse", [value, rest @ ..]) => (format!("not {}", operand(context, value, OperatorPrecedence::Not)), rest),
        ("assertIsNone", [value, rest @ ..]) => (format!("{} is None", side(value)), rest),
        ("assertIsNotNone", [value, rest @ ..]) => (format!("{} is not None", side(value)), rest),
        ("assertIsInstance", [value, class, rest @ ..]) => {
            (format!("isinstance({}, {})", whole(value), whole(class)), rest)
        }
        _ => {
            let (_, operator) = COMPARISONS.iter().find(|(method, _)| *method == name)?;
            let [left, right, rest @ ..] = call.arguments.args.as_ref() else { return None };
            (format!("{} {operator} {}", side(left), side(right)), rest)
        }
    };
    let statement = match rest {
        [] => format!("assert {test}"),
        [message] => format!("assert {test}, {}", whole(message)),
        _ => return None,
    };
    Some(report.fix("Use `assert`", call, statement))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn other_methods_are_left_alone() {
        let quiet = "\
import unittest
from unittest.mock import Mock
class TestOrder(unittest.TestCase):
    def test_one(self):
        assert 1 == 1
        self.check(1)
        Mock().assert_called_once()
class Own:
    def test_two(self):
        self.assertEqual(1, 2)
";
        assert!(found("unittest-style-in-pytest", quiet).is_empty());
    }

    #[test]
    fn the_assert_says_the_same() {
        let source = "\
import unittest
class TestOrder(unittest.TestCase):
    def test_one(self):
        self.assertEqual(a or b, f(2), 'not equal')
        self.assertTrue(a == b)
        self.assertFalse(a == b)
        self.assertIsNone(lambda: 1)
        self.assertNotIn(a, b)
        self.assertIsInstance(a, (int, str))
        with self.assertRaises(ValueError):
            f()
";
        assert_eq!(found("unittest-style-in-pytest", source).len(), 7);
        let expected = "\
import unittest
class TestOrder(unittest.TestCase):
    def test_one(self):
        assert (a or b) == f(2), 'not equal'
        assert a == b
        assert not a == b
        assert (lambda: 1) is None
        assert a not in b
        assert isinstance(a, (int, str))
        with self.assertRaises(ValueError):
            f()
";
        assert_eq!(fixed("unittest-style-in-pytest", source), expected);
    }
}
