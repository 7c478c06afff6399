//! `swallowed-cancelled-error`: a cancellation that gets no further.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::Ranged;

use super::support::{any_in_own, function_text, is_symbol, leaves, owns_its_lines};
use super::{Detector, Hook, Report};
use crate::margin::fix::indentation;
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "swallowed-cancelled-error", hooks: &[Hook::Handler(check)] };

fn check<'a>(context: &Context<'a>, handler: &'a ast::ExceptHandlerExceptHandler, report: &mut Report<'_>) {
    let types = match handler.type_.as_deref() {
        Some(Expr::Tuple(tuple)) => tuple.elts.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => return,
    };
    if !context.in_async() || context.in_test() {
        return;
    }
    let Some(caught) = types.iter().find(|ty| is_symbol(context, ty, &["asyncio.CancelledError"])) else { return };
    if goes_on(handler) || cancels(context) {
        return;
    }
    let alone = types.len() == 1;
    report.at(caught, &[]).fix = if alone { with_raise(context, handler) } else { None };
}

/// Whether the exception is raised again, or handed to somebody.
fn goes_on(handler: &ast::ExceptHandlerExceptHandler) -> bool {
    any_in_own(&handler.body, |node| match node {
        AnyNodeRef::StmtRaise(_) => true,
        AnyNodeRef::ExprName(name) => handler.name.as_ref().is_some_and(|caught| name.id == caught.id),
        // `task.uncancel()`, `future.cancel()`, `future.set_exception(...)`, `os._exit(1)`
        AnyNodeRef::ExprAttribute(attribute) => {
            matches!(attribute.attr.as_str(), "uncancel" | "cancel" | "cancelling" | "set_exception" | "exit" | "_exit")
        }
        _ => false,
    })
}

/// Whether the function cancels something, and so may be waiting for the end of that.
fn cancels(context: &Context<'_>) -> bool {
    function_text(context).is_none_or(|text| [".cancel(", "cancel_", "_cancel", ".cancelled("].iter().any(|word| text.contains(word)))
}

fn with_raise(context: &Context<'_>, handler: &ast::ExceptHandlerExceptHandler) -> Option<Fix> {
    let last = handler.body.last()?;
    let edit = match (handler.body.as_slice(), last) {
        ([Stmt::Pass(_)], _) => Edit::replace(last, "raise"),
        _ if leaves(&handler.body) || !owns_its_lines(context.source, last) => return None,
        _ => {
            // Behind a comment on the same line.
            let end = super::support::last_line_end(context.source, last.end());
            let indent = indentation(context.source, last.start());
            Edit::insert(end, format!("{}{indent}raise", context.newline()))
        }
    };
    Some(Fix { title: "Raise it again".to_owned(), safe: false, edits: vec![edit], imports: Vec::new() })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "swallowed-cancelled-error";

    #[test]
    fn what_goes_on_or_was_asked_for_is_fine() {
        let quiet = "\
import asyncio
import concurrent.futures
async def tidy():
    try:
        await work()
    except asyncio.CancelledError:
        undo()
        raise
async def hand_on(future):
    try:
        await work()
    except asyncio.CancelledError as error:
        future.set_exception(error)
async def stop(task):
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        pass
def wait(future):
    try:
        future.result()
    except asyncio.CancelledError:
        pass
async def other():
    try:
        await work()
    except (concurrent.futures.CancelledError, OSError):
        pass
";
        assert!(found(RULE, quiet).is_empty());
    }

    #[test]
    fn it_is_raised_again() {
        let source = "\
from asyncio import CancelledError
async def one():
    try:
        await work()
    except CancelledError:
        pass  # stopped
async def two():
    try:
        await work()
    except CancelledError:
        log('stopped')  # why not
    try:
        await work()
    except (CancelledError, OSError):
        log()
    try:
        await work()
    except CancelledError:
        return
";
        assert_eq!(found(RULE, source).len(), 4);
        let expected = source
            .replace("pass  # stopped", "raise  # stopped")
            .replace("  # why not\n", "  # why not\n        raise\n");
        assert_eq!(fixed(RULE, source), expected);
    }
}
