//! `except-base-exception`: a clause that also catches the end of the program.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::Ranged;

use super::support::{any_in_own, is_symbol, last_name, own_try, symbol, words};
use super::swallowed::{asks_foreign_object, in_finalizer, is_explained};
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
    // What any object answers may be anything; what has to name it in the end must not fail.
    if own_try(context).is_some_and(|stmt| tells_object(context, &stmt.body)) || in_finalizer(context) || in_same_clause(context) {
        return;
    }
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
                || reports(context, call)
        }
        _ => false,
    })
}

/// Whether a call takes up what was caught without naming it, as the last line of a thread does: it writes it down, or wraps
/// it up for somebody else.
fn reports(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    const UNTOLD: [&str; 8] = ["clear", "count", "discard", "has", "ignore", "reset", "suppress", "swallow"];
    if call.arguments.find_keyword("exc_info").is_some()
        || symbol(context, &call.func).is_some_and(|function| function.starts_with("traceback."))
    {
        return true;
    }
    let Some(name) = last_name(&call.func) else { return false };
    match name {
        "Failure" | "Traceback" | "deferr" | "errback" | "excepthook" => true,
        // Without an argument it takes the error that is being handled.
        "fail" => call.arguments.is_empty(),
        // `log.err("no file")` logs the text in place of the error.
        "err" if matches!(call.arguments.args.first(), Some(Expr::StringLiteral(_) | Expr::FString(_) | Expr::BinOp(_))) => false,
        "err" | "failure" => match call.func.as_ref() {
            Expr::Attribute(method) => last_name(&method.value).is_some_and(|log| words(log).iter().any(|word| word.starts_with("log"))),
            _ => false,
        },
        // `MyException()` makes another one.
        _ if name.trim_start_matches('_').starts_with(char::is_uppercase) => false,
        _ => {
            let words = words(name);
            words.iter().any(|word| ["exc", "exception", "traceback"].contains(&word.as_str()))
                && !words.iter().any(|word| UNTOLD.contains(&word.as_str()))
        }
    }
}

/// Whether a body asks an object of anybody's make for its text or its name.
fn tells_object(context: &Context<'_>, body: &[Stmt]) -> bool {
    let is_text = |node: AnyNodeRef<'_>| match node {
        AnyNodeRef::ExprCall(call) => context.is_builtin(&call.func, "str") && call.arguments.len() == 1,
        _ => false,
    };
    asks_foreign_object(context, body) || matches!(body, [stmt] if any_in_own(std::slice::from_ref(stmt), is_text))
}

/// Whether the `try` stands in such a clause already: it is the last way out.
fn in_same_clause(context: &Context<'_>) -> bool {
    context.ancestors().any(|node| match node {
        Node::Handler(outer) => outer.type_.as_deref().is_some_and(|ty| is_symbol(context, ty, &["builtins.BaseException"])),
        _ => false,
    })
}

/// Whether a clause before it has sent the requests to stop on their way.
fn lets_stop(context: &Context<'_>, handler: &ast::ExceptHandlerExceptHandler) -> bool {
    let Some(around) = own_try(context) else { return false };
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
try:
    text = str(thing)
except BaseException:
    text = '?'
def close(server):
    try:
        server.say('bye')
    except BaseException:
        failed += 1
def safe_format(text, values):
    try:
        return text % values
    except BaseException:
        return text
try:
    work()
# Whatever it was, the stream must be closed.
except BaseException:
    failed += 1
try:
    work()
except BaseException as error:
    try:
        tell(error)
    except BaseException:
        failed += 1
";
        assert!(found("except-base-exception", quiet).is_empty());
    }

    #[test]
    fn what_takes_up_the_error_without_naming_it_reports_it() {
        let clause = |body: &str| format!("import sys, traceback\ntry:\n    work()\nexcept BaseException:\n    {body}\n");
        for told in [
            "return_later(failure.Failure())",
            "result = defer.fail()",
            "log.err()",
            "log.err(None, 'it failed')",
            "self._log.failure('while {what}', what=what)",
            "waiting.errback()",
            "lines = traceback.format_exc()",
            "message = sys.exc_info()[1]",
            "self._logException()",
            "logger.exception('oops')",
        ] {
            assert!(found("except-base-exception", &clause(told)).is_empty(), "{told}");
        }
        for untold in [
            "log.error('it failed')",
            "log.err('it failed')",
            "log.err(f'{name} failed')",
            "defer.fail(OtherError())",
            "self.failure('it failed')",
            "suppress_exception()",
            "result = MyException()",
            "later(lambda: log.err())",
        ] {
            assert_eq!(found("except-base-exception", &clause(untold)), ["BaseException"], "{untold}");
        }
    }

    #[test]
    fn exception_is_broad_enough() {
        let source = "try:\n    work()\nexcept (OSError, BaseException) as error:\n    undo()\n";
        assert_eq!(fixed("except-base-exception", source), source.replace("BaseException", "Exception"));
    }
}
