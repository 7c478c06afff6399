//! `except-base-exception`: a clause that also catches the end of the program.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::Ranged;

use super::silent_except::is_explained;
use super::support::{any_in_own, is_symbol};
use super::{Detector, Hook, Report};
use crate::margin::fix::replace_symbol;
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "except-base-exception", hooks: &[Hook::Handler(check)] };

fn check<'a>(context: &Context<'a>, handler: &'a ast::ExceptHandlerExceptHandler, report: &mut Report<'_>) {
    let types = match handler.type_.as_deref() {
        Some(Expr::Tuple(tuple)) => tuple.elts.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => return,
    };
    let Some(base) = types.iter().find(|ty| is_symbol(context, ty, &["builtins.BaseException"])) else { return };
    // A comment says that someone has thought of it.
    if !goes_on(context, handler) && !lets_stop(context, handler) && !is_explained(context, handler) {
        let fix = replace_symbol(context, base.range(), "builtins.Exception", false);
        report.at(base.range(), &[]).fix = fix;
    }
}

/// Whether what was caught goes on its way: it is raised again or handed to somebody, or the program ends here.
fn goes_on(context: &Context<'_>, handler: &ast::ExceptHandlerExceptHandler) -> bool {
    any_in_own(&handler.body, |node| match node {
        AnyNodeRef::StmtRaise(_) => true,
        AnyNodeRef::ExprName(name) => handler.name.as_ref().is_some_and(|caught| name.id == caught.id),
        AnyNodeRef::ExprCall(call) => {
            is_symbol(context, &call.func, &["sys.exit", "os._exit", "os.abort", "sys.exc_info", "builtins.exit"])
                || reports(call)
        }
        _ => false,
    })
}

/// Whether a call writes down what was caught, as the last line of a thread does.
fn reports(call: &ast::ExprCall) -> bool {
    let named = matches!(call.func.as_ref(), Expr::Attribute(callee) if ["exception", "print_exc", "excepthook"].contains(&callee.attr.as_str()));
    named || call.arguments.find_keyword("exc_info").is_some()
}

/// Whether a clause before it has sent the requests to stop on their way.
fn lets_stop(context: &Context<'_>, handler: &ast::ExceptHandlerExceptHandler) -> bool {
    let Some(around) = context.ancestors().find_map(|node| match node {
        Node::Stmt(Stmt::Try(stmt)) => Some(stmt),
        _ => None,
    }) else {
        return false;
    };
    let clauses = around.handlers.iter().map(|ast::ExceptHandler::ExceptHandler(one)| one);
    clauses.take_while(|one| one.range != handler.range).any(|one| {
        let types = match one.type_.as_deref() {
            Some(Expr::Tuple(tuple)) => tuple.elts.as_slice(),
            Some(single) => std::slice::from_ref(single),
            None => return false,
        };
        types.iter().any(|ty| is_symbol(context, ty, &["builtins.KeyboardInterrupt", "builtins.SystemExit"]))
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn what_is_handed_on_is_not_swallowed() {
        let quiet = "\
try:
    work()
except BaseException:
    undo()
    raise
try:
    work()
except BaseException as error:
    future.set_exception(error)
try:
    work()
except BaseException:
    log.critical('the worker ends', exc_info=True)
try:
    work()
except (ValueError, Exception):
    pass
try:
    work()
except (SystemExit, KeyboardInterrupt):
    raise
except BaseException:
    failed += 1
";
        assert!(found("except-base-exception", quiet).is_empty());
    }

    #[test]
    fn exception_is_broad_enough() {
        let source = "try:\n    work()\nexcept (OSError, BaseException) as error:\n    undo()\n";
        assert_eq!(fixed("except-base-exception", source), source.replace("BaseException", "Exception"));
    }
}
