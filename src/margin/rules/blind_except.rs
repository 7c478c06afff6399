//! `blind-except`: a clause that catches every error and does not even look at it.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::Ranged;

use super::support::{any_in_own, is_symbol, symbol};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "blind-except", hooks: &[Hook::Handler(check)] };

fn check<'a>(context: &Context<'a>, handler: &'a ast::ExceptHandlerExceptHandler, report: &mut Report<'_>) {
    let types = match handler.type_.as_deref() {
        Some(Expr::Tuple(tuple)) => tuple.elts.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => return,
    };
    let Some(broad) = types.iter().find(|ty| is_symbol(context, ty, &["builtins.Exception"])) else { return };
    // A clause with nothing in it is the business of `silent-except`.
    let empty = handler.body.iter().all(|stmt| match stmt {
        Stmt::Pass(_) | Stmt::Continue(_) => true,
        Stmt::Expr(stmt) => stmt.value.is_ellipsis_literal_expr(),
        _ => false,
    });
    if !empty && !looks_at_it(context, handler) {
        report.at(broad.range(), &[("caught", context.text(broad))]);
    }
}

/// Whether the error is raised again, logged with its traceback, or used by its name.
fn looks_at_it(context: &Context<'_>, handler: &ast::ExceptHandlerExceptHandler) -> bool {
    any_in_own(&handler.body, |node| match node {
        AnyNodeRef::StmtRaise(_) => true,
        AnyNodeRef::ExprName(name) => handler.name.as_ref().is_some_and(|caught| name.id == caught.id),
        AnyNodeRef::ExprCall(call) => {
            let by_method = match call.func.as_ref() {
                Expr::Attribute(method) => method.attr.as_str() == "exception",
                _ => false,
            };
            by_method
                || call.arguments.find_keyword("exc_info").is_some()
                || symbol(context, &call.func)
                    .is_some_and(|symbol| symbol == "sys.exc_info" || symbol.starts_with("traceback.") || symbol == "logging.exception")
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn an_error_that_is_looked_at_is_not_caught_blindly() {
        let quiet = "\
import traceback
for job in jobs:
    try:
        job()
    except ValueError:
        failed += 1
    try:
        job()
    except Exception as error:
        failures.append(error)
    try:
        job()
    except Exception:
        log.exception('failed')
    try:
        job()
    except Exception:
        log.warning('failed', exc_info=True)
    try:
        job()
    except Exception:
        traceback.print_exc()
    try:
        job()
    except Exception:
        if strict:
            raise
        failed += 1
";
        assert!(found("blind-except", quiet).is_empty());
        assert_eq!(found("blind-except", "try:\n    job()\nexcept Exception as e:\n    failed += 1\n"), ["Exception"]);
    }
}
