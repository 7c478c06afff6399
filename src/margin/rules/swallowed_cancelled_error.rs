//! `swallowed-cancelled-error`: a cancellation that gets no further.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::Ranged;

use super::support::{
    any_in_own, comments_above, comments_within, function_text, is_call_of, is_reason, is_symbol, last_line_end, leaves, only_tells,
    own_try, owns_its_lines, suite_of,
};
use super::{Detector, Hook, Report};
use crate::margin::fix::indentation;
use crate::margin::{Edit, Fix};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "swallowed-cancelled-error", hooks: &[Hook::Handler(check)] };

fn check<'a>(context: &Context<'a>, handler: &'a ast::ExceptHandlerExceptHandler, report: &mut Report<'_>) {
    let types = match handler.type_.as_deref() {
        Some(Expr::Tuple(tuple)) => tuple.elts.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => return,
    };
    if !context.in_async() {
        return;
    }
    let Some(caught) = types.iter().find(|ty| is_symbol(context, ty, &["asyncio.CancelledError"])) else { return };
    if goes_on(handler) || cancels(context) || !continues(context, handler) || awaits_task(context) || is_meant(context, handler) {
        return;
    }
    let alone = types.len() == 1;
    report.at(caught, &[]).fix = if alone { with_raise(context, handler) } else { None };
}

/// Whether a comment in the clause, above it or above its `try` says why the cancellation ends here: in words, and not in one.
fn is_meant(context: &Context<'_>, handler: &ast::ExceptHandlerExceptHandler) -> bool {
    let above = own_try(context).into_iter().flat_map(|stmt| comments_above(context, stmt.start()));
    let mut comments = comments_within(context, handler.range()).chain(comments_above(context, handler.start())).chain(above);
    comments.any(|comment| {
        let text = comment.to_ascii_lowercase();
        let says_it = ["ignor", "swallow", "suppress", "on purpose"].iter().any(|word| text.contains(word));
        says_it || is_reason(comment) && comment.split_whitespace().count() > 3
    })
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

/// Whether the coroutine does anything after the clause, or gives a result as if nothing had happened. One that ends
/// there is the end of its task more often than not.
fn continues(context: &Context<'_>, handler: &ast::ExceptHandlerExceptHandler) -> bool {
    let mut breaks = match handler.body.last() {
        Some(Stmt::Return(stmt)) => return stmt.value.as_ref().is_some_and(|value| !value.is_none_literal_expr()),
        Some(Stmt::Continue(_)) => return true,
        Some(Stmt::Break(_)) => true,
        // Something decides what to do.
        _ if handler.body.iter().any(Stmt::is_if_stmt) => return false,
        _ => false,
    };
    for node in context.ancestors() {
        let Node::Stmt(stmt) = node else { continue };
        match stmt {
            Stmt::FunctionDef(_) => return false,
            Stmt::For(_) | Stmt::While(_) if !breaks => return true,
            Stmt::For(_) | Stmt::While(_) => breaks = false,
            _ => {}
        }
        // What a `break` skips does not run.
        if !breaks && suite_of(context, stmt).is_some_and(|(suite, at)| does_something(context, &suite[at + 1..])) {
            // Of a task that ran in circles until it was cancelled, that is the end.
            return !own_try(context).is_some_and(|stmt| runs_in_circles(&stmt.body));
        }
    }
    false
}

/// Whether the statements behind do more than to note down that it is over.
fn does_something(context: &Context<'_>, behind: &[Stmt]) -> bool {
    behind.iter().map(std::slice::from_ref).filter(|one| !only_tells(context, one)).any(|one| {
        any_in_own(one, |node| match node {
            AnyNodeRef::ExprCall(_) | AnyNodeRef::ExprAwait(_) | AnyNodeRef::StmtRaise(_) => true,
            AnyNodeRef::StmtReturn(stmt) => stmt.value.as_ref().is_some_and(|value| !value.is_none_literal_expr()),
            _ => false,
        })
    })
}

/// Whether a body is a loop without a number of rounds: `while self.alive: ...`.
fn runs_in_circles(body: &[Stmt]) -> bool {
    body.iter().any(|stmt| match stmt {
        Stmt::While(_) => true,
        Stmt::With(with) => with.body.iter().any(Stmt::is_while_stmt),
        _ => false,
    })
}

/// Whether all that is awaited is a task that somebody else may have cancelled: `await self.task`.
fn awaits_task(context: &Context<'_>) -> bool {
    let Some(Node::Stmt(Stmt::Try(stmt))) = context.parent() else { return false };
    !any_in_own(&stmt.body, |node| match node {
        AnyNodeRef::ExprAwait(awaited) => match awaited.value.as_ref() {
            Expr::Call(call) => !is_symbol(
                context,
                &call.func,
                &["asyncio.gather", "asyncio.shield", "asyncio.wait", "asyncio.wait_for"],
            ),
            other => !other.is_name_expr() && !other.is_attribute_expr(),
        },
        AnyNodeRef::StmtFor(each) => each.is_async,
        AnyNodeRef::StmtWith(with) => {
            let is_timeout = |item: &ast::WithItem| is_call_of(context, &item.context_expr, &["asyncio.timeout", "asyncio.timeout_at"]);
            with.is_async && !with.items.iter().all(is_timeout)
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
            let end = last_line_end(context.source, last.end());
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
    await more()
async def end():
    while True:
        try:
            async with lock:
                await work()
        except asyncio.CancelledError:
            log('stopped')
            break
        finally:
            close()
async def answer(response):
    try:
        await response.send()
    except asyncio.CancelledError:
        # The client has gone: ignored.
        pass
    return response
async def watch(self):
    try:
        await self.task
    except asyncio.CancelledError:
        pass
    await self.close()
async def run(self):
    try:
        while self.alive:
            await work()
    except asyncio.CancelledError:
        pass
    await self.shut()
async def run_once(self):
    try:
        await self.loop()
    except asyncio.CancelledError:
        pass
    self.task = None
    log.info('over')
async def wait_for_it(self):
    try:
        async with asyncio.timeout(3):
            await self.task
    except (TimeoutError, asyncio.CancelledError):
        pass
    await more()
async def request(self):
    try:
        await self.handle()
    except asyncio.CancelledError:
        # The client has gone, which is normal.
        return False
async def decide():
    while True:
        try:
            await work()
        except asyncio.CancelledError:
            if stopping:
                return
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
    await more()
async def two():
    while True:
        try:
            await work()
        except CancelledError:
            log('stopped')  # why not
async def three():
    for _ in range(3):
        try:
            await work()
        except (CancelledError, OSError):
            break
    return await more()
async def four():
    try:
        return await work()
    except CancelledError:
        return 0
";
        assert_eq!(found(RULE, source).len(), 4);
        let expected = source
            .replace("pass  # stopped", "raise  # stopped")
            .replace("  # why not\n", "  # why not\n            raise\n");
        assert_eq!(fixed(RULE, source), expected);
    }
}
