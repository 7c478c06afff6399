//! `environ-mutation-in-test`: a variable of the environment that later tests see.

use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::support::{changed_targets, function_text, is_symbol};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "environ-mutation-in-test",
    hooks: &[
        Hook::Stmt(&[NodeKind::StmtAssign, NodeKind::StmtAugAssign, NodeKind::StmtDelete], check_stmt),
        Hook::Call(check_call),
    ],
};

/// What the text of a function or class has in it that puts things back.
const RESTORING: [&str; 9] = [
    "finally",
    "yield",
    "addCleanup",
    "addfinalizer",
    "monkeypatch",
    "patch.dict",
    "tearDown",
    "teardown",
    "EnvironmentVarGuard",
];

fn check_stmt<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    for target in changed_targets(stmt) {
        let Expr::Subscript(item) = target else { continue };
        if is_symbol(context, &item.value, &["os.environ"]) && leaks(context, stmt.is_delete_stmt()) {
            let fix = with_monkeypatch(context, stmt, &item.slice, report);
            report.at(target.range(), &[("place", context.text(target))]).fix = fix;
        }
    }
}

fn check_call<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    const CHANGES: [&str; 7] = [
        "os.environ.update",
        "os.environ.setdefault",
        "os.environ.pop",
        "os.environ.clear",
        "os.putenv",
        "os.unsetenv",
        "os.environ.__setitem__",
    ];
    let named = match call.func.as_ref() {
        Expr::Attribute(method) => CHANGES.iter().any(|change| change.ends_with(method.attr.as_str())),
        function => function.is_name_expr(),
    };
    if named && is_symbol(context, &call.func, &CHANGES) {
        let removes = matches!(call.func.as_ref(), Expr::Attribute(method) if matches!(method.attr.as_str(), "pop" | "clear"));
        if !leaks(context, removes) {
            return;
        }
        report.at(call.func.range(), &[("place", context.text(call.func.as_ref()))]);
    }
}

/// Whether the place is in a test or a fixture that puts nothing back, in a class that does not either.
fn leaks(context: &Context<'_>, removes: bool) -> bool {
    let Some(def) = context.enclosing_function() else { return false };
    let is_fixture = def.decorator_list.iter().any(|decorator| context.text(decorator).contains("fixture"));
    let sets_up = matches!(def.name.as_str(), "setUp" | "setup_method" | "setup_function");
    if !context.in_test() || !(is_fixture || sets_up || def.name.starts_with("test")) {
        return false;
    }
    // Taken out what was put in, or put in what was taken out, further up or down.
    let undoes = |text: &str| {
        if removes {
            text.contains("] = ") || text.contains("environ.update(")
        } else {
            text.contains("del os.environ") || text.contains("environ.pop(") || text.contains("environ.clear(")
        }
    };
    let restores = |text: &str| RESTORING.iter().any(|word| text.contains(word));
    // A decorator of any other kind may put things back.
    let decorated = def.decorator_list.iter().any(|decorator| !context.text(decorator).contains("pytest"));
    let by_class = context.enclosing_class().is_some_and(|class| {
        let is_cleanup = |stmt: &Stmt| matches!(stmt, Stmt::FunctionDef(def) if restores(def.name.as_str()));
        class.body.iter().any(is_cleanup) || class.decorator_list.iter().any(|decorator| restores(context.text(decorator)))
    });
    !decorated && !by_class && function_text(context).is_some_and(|text| !restores(text) && !undoes(text))
}

/// `monkeypatch.setenv(...)` in a test function that can be given the fixture.
fn with_monkeypatch(context: &Context<'_>, stmt: &Stmt, name: &Expr, report: &Report<'_>) -> Option<Fix> {
    let def = context.enclosing_function()?;
    let parameters = &def.parameters;
    let plain = parameters.vararg.is_none() && parameters.kwarg.is_none() && parameters.kwonlyargs.is_empty();
    let defaults = parameters.iter().any(|parameter| parameter.default().is_some());
    if !plain || defaults || context.enclosing_class().is_some() || !def.name.starts_with("test_") {
        return None;
    }
    let text = match stmt {
        Stmt::Assign(assign) if assign.targets.len() == 1 => {
            format!("monkeypatch.setenv({}, {})", context.text(name), context.text(assign.value.as_ref()))
        }
        Stmt::Delete(delete) if delete.targets.len() == 1 => format!("monkeypatch.delenv({})", context.text(name)),
        _ => return None,
    };
    let last = parameters.iter().last();
    let parameter = match last {
        Some(last) => Edit::insert(last.end(), ", monkeypatch"),
        None => Edit::replace(parameters.range(), "(monkeypatch)"),
    };
    let mut fix = report.fix("Use `monkeypatch`", stmt, text);
    fix.edits.insert(0, parameter);
    Some(fix)
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn what_is_put_back_is_fine() {
        let quiet = "\
import os, unittest
from unittest import mock
os.environ['STAGE'] = 'test'
def test_patched(monkeypatch):
    monkeypatch.setenv('STAGE', 'x')
@mock.patch.dict(os.environ)
def test_decorated():
    os.environ['STAGE'] = 'x'
def test_finally():
    try:
        os.environ['STAGE'] = 'x'
    finally:
        del os.environ['STAGE']
class TestAll(unittest.TestCase):
    def setUp(self):
        os.environ['STAGE'] = 'x'
    def tearDown(self):
        del os.environ['STAGE']
def deploy():
    os.environ['STAGE'] = 'x'
def pytest_sessionstart(session):
    os.environ['STAGE'] = 'x'
@with_environment
def test_wrapped():
    os.environ['STAGE'] = 'x'
def test_undone():
    os.environ['STAGE'] = 'x'
    del os.environ['STAGE']
def test_own(environ):
    environ['STAGE'] = os.environ['HOME']
";
        assert!(found("environ-mutation-in-test", quiet).is_empty());
    }

    #[test]
    fn the_fixture_puts_it_back() {
        let source = "\
import os
def test_one():
    os.environ['STAGE'] = 'x'
def test_two(app):
    del os.environ['STAGE']
def test_three():
    os.environ.update(STAGE='x')
";
        let expected = ["os.environ['STAGE']", "os.environ['STAGE']", "os.environ.update"];
        assert_eq!(found("environ-mutation-in-test", source), expected);
        let after = "\
import os
def test_one(monkeypatch):
    monkeypatch.setenv('STAGE', 'x')
def test_two(app, monkeypatch):
    monkeypatch.delenv('STAGE')
def test_three():
    os.environ.update(STAGE='x')
";
        assert_eq!(fixed("environ-mutation-in-test", source), after);
    }
}
