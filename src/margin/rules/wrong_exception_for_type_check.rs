//! `wrong-exception-for-type-check`: a wrong type that is reported as something else.

use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt, UnaryOp};
use ruff_text_size::Ranged;

use super::support::symbol;
use super::{Detector, Hook, Report};
use crate::margin::fix::replace_symbol;
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "wrong-exception-for-type-check", hooks: &[Hook::Stmt(&[NodeKind::StmtIf], check)] };

/// Built-in exceptions that do not say what was wrong.
const OTHERS: [&str; 8] = [
    "Exception",
    "ValueError",
    "RuntimeError",
    "AttributeError",
    "AssertionError",
    "LookupError",
    "SystemError",
    "ArithmeticError",
];

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::If(stmt) = stmt else { return };
    // A branch whose own test is about types, and what is left when all that was asked before it was about types.
    let mut only_types = tests_type(context, &stmt.test, true);
    if only_types || tests_type(context, &stmt.test, false) {
        check_branch(context, &stmt.body, report);
    }
    for clause in &stmt.elif_else_clauses {
        let about_types = match &clause.test {
            Some(test) => {
                only_types &= tests_type(context, test, true);
                only_types || tests_type(context, test, false)
            }
            None => only_types,
        };
        if about_types {
            check_branch(context, &clause.body, report);
        }
    }
}

fn check_branch<'a>(context: &Context<'a>, body: &'a [Stmt], report: &mut Report<'_>) {
    // The message may be put together before it.
    let [before @ .., Stmt::Raise(ast::StmtRaise { exc: Some(raised), .. })] = body else { return };
    if before.iter().any(|stmt| !matches!(stmt, Stmt::Assign(_))) {
        return;
    }
    let class = match raised.as_ref() {
        Expr::Call(call) => call.func.as_ref(),
        other => other,
    };
    let Some(symbol) = symbol(context, class) else { return };
    if symbol.strip_prefix("builtins.").is_some_and(|name| OTHERS.contains(&name)) {
        let fix = replace_symbol(context, class.range(), "builtins.TypeError", false);
        report.at(class.range(), &[("raised", context.text(class))]).fix = fix;
    }
}

/// Whether a test is about types and nothing else: `not isinstance(...)`, `not callable(...)`, or several of these.
///
/// `either` takes `isinstance(...)` as well, which often chooses between types that are all welcome.
fn tests_type(context: &Context<'_>, test: &Expr, either: bool) -> bool {
    let is_check = |expr: &Expr| match expr {
        Expr::Call(call) => {
            ["isinstance", "issubclass", "callable"].iter().any(|name| context.is_builtin(&call.func, name))
        }
        _ => false,
    };
    match test {
        Expr::Call(_) => either && is_check(test),
        Expr::UnaryOp(ast::ExprUnaryOp { op: UnaryOp::Not, operand, .. }) => match operand.as_ref() {
            Expr::BoolOp(any) if either || any.op == ast::BoolOp::Or => {
                any.values.len() <= 8 && any.values.iter().all(is_check)
            }
            operand => is_check(operand),
        },
        Expr::BoolOp(all) => {
            all.values.len() <= 8
                && all.values.iter().all(|one| !one.is_bool_op_expr() && tests_type(context, one, either))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn tests_of_values_and_own_exceptions_are_fine() {
        let quiet = "\
if not isinstance(x, int):
    raise TypeError(x)
if not isinstance(x, int):
    raise WrongKind(x)
if not isinstance(x, int) or x < 0:
    raise ValueError(x)
if isinstance(x, bool):
    print(x)
    raise ValueError(x)
if x is None:
    pass
elif isinstance(x, bool):
    raise ValueError(x)
else:
    raise ValueError(x)
";
        assert!(found("wrong-exception-for-type-check", quiet).is_empty());
    }

    #[test]
    fn every_branch_is_looked_at() {
        let source = "\
if x is None:
    pass
elif not isinstance(x, int) and not callable(x):
    raise ValueError(x)
if not (isinstance(x, int) or isinstance(x, str)):
    raise Exception
if isinstance(x, bytes):
    x = x.decode()
elif isinstance(x, int):
    raise ValueError
else:
    text = f'{x} is no text'
    raise ValueError(text)
";
        assert_eq!(found("wrong-exception-for-type-check", source), ["ValueError", "Exception", "ValueError", "ValueError"]);
        let expected = source.replace("ValueError", "TypeError").replace("Exception", "TypeError");
        assert_eq!(fixed("wrong-exception-for-type-check", source), expected);
    }
}
