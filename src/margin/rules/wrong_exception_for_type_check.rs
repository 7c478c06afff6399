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
    check_branch(context, &stmt.test, &stmt.body, report);
    for clause in &stmt.elif_else_clauses {
        if let Some(test) = &clause.test {
            check_branch(context, test, &clause.body, report);
        }
    }
}

fn check_branch<'a>(context: &Context<'a>, test: &Expr, body: &'a [Stmt], report: &mut Report<'_>) {
    let [Stmt::Raise(ast::StmtRaise { exc: Some(raised), .. })] = body else { return };
    let class = match raised.as_ref() {
        Expr::Call(call) => call.func.as_ref(),
        other => other,
    };
    if !tests_type(context, test) {
        return;
    }
    let Some(symbol) = symbol(context, class) else { return };
    if symbol.strip_prefix("builtins.").is_some_and(|name| OTHERS.contains(&name)) {
        let fix = replace_symbol(context, class.range(), "builtins.TypeError", false);
        report.at(class.range(), &[("raised", context.text(class))]).fix = fix;
    }
}

/// Whether a test is about types and nothing else: `not isinstance(...)`, `not callable(...)`, or several of these.
fn tests_type(context: &Context<'_>, test: &Expr) -> bool {
    match test {
        Expr::UnaryOp(ast::ExprUnaryOp { op: UnaryOp::Not, operand, .. }) => match operand.as_ref() {
            Expr::Call(call) => {
                ["isinstance", "issubclass", "callable"].iter().any(|name| context.is_builtin(&call.func, name))
            }
            Expr::BoolOp(either) if either.op == ast::BoolOp::Or => either.values.len() <= 8
                && either.values.iter().all(|one| matches!(one, Expr::Call(call) if context.is_builtin(&call.func, "isinstance"))),
            _ => false,
        },
        Expr::BoolOp(all) => all.values.len() <= 8 && all.values.iter().all(|one| !one.is_bool_op_expr() && tests_type(context, one)),
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
    raise ValueError(x)
if not isinstance(x, int):
    x = int(x)
    raise ValueError
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
";
        assert_eq!(found("wrong-exception-for-type-check", source), ["ValueError", "Exception"]);
        let expected = source.replace("ValueError", "TypeError").replace("Exception", "TypeError");
        assert_eq!(fixed("wrong-exception-for-type-check", source), expected);
    }
}
