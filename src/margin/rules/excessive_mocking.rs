//! `excessive-mocking`: a test in which hardly anything is real.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

use super::support::{Go, walk};
use super::testing::{is_patch, is_test, makes_stand_in};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "excessive-mocking", hooks: &[Hook::Function(check)] };

/// More than so many stand-ins are too many.
const MOST: usize = 4;

fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    if !is_test(context, def) {
        return;
    }
    let patched = |decorator: &&ast::Decorator| matches!(&decorator.expression, Expr::Call(call) if is_patch(context, call));
    let mut count = def.decorator_list.iter().filter(patched).count();
    walk(&def.body, |node| match node {
        // What is given to `patch` is part of it.
        AnyNodeRef::ExprCall(call) if makes_stand_in(context, call) => {
            count += 1;
            Go::Over
        }
        AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_) => Go::Over,
        _ => Go::In,
    });
    if count > MOST {
        report.at(def.name.range(), &[("test", def.name.as_str()), ("count", &count.to_string())]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn a_few_stand_ins_are_fine() {
        let quiet = "\
from unittest.mock import Mock, patch
@patch('shop.mail')
@patch('shop.now')
def test_order(now, mail):
    with patch('shop.stock', Mock()):
        order(Mock())
def helper():
    return [Mock(), Mock(), Mock(), Mock(), Mock()]
def test_own():
    patch_it(), mock(), Mocked(), fake(), Fake()
";
        assert!(found("excessive-mocking", quiet).is_empty());
    }

    #[test]
    fn more_than_four_are_counted_wherever_they_are_made() {
        let source = "\
from unittest import mock
@mock.patch.object(shop, 'mail')
def test_order(mail, mocker):
    stock = mock.MagicMock()
    mocker.patch('shop.now')
    mocker.patch.object(shop, 'log')
    with mock.patch('shop.price', return_value=mock.Mock()):
        pass
";
        assert_eq!(found("excessive-mocking", source), ["test_order"]);
    }
}
