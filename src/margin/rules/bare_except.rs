//! `bare-except`: an `except:` that catches everything, the program's end among it.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::{TextRange, TextSize};

use super::support::{any_in_own, is_symbol, last_name, own_try};
use super::swallowed::{in_finalizer, in_other_clause, is_explained, runs_code};
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "bare-except", hooks: &[Hook::Handler(check)] };

fn check<'a>(context: &Context<'a>, handler: &'a ast::ExceptHandlerExceptHandler, report: &mut Report<'_>) {
    if handler.type_.is_some() || raises_again(&handler.body) || lets_end(context, handler) || own_try(context).is_some_and(|stmt| runs_code(context, &stmt.body)) {
        return;
    }
    // A comment says that someone has thought of it; a script's own block is no place for others to end it.
    let does_nothing = handler.body.iter().all(Stmt::is_pass_stmt);
    if does_nothing && in_other_clause(context) || is_explained(context, handler) || in_finalizer(context) || context.in_main_guard() {
        return;
    }
    let keyword = TextRange::at(handler.range.start(), TextSize::of("except"));
    let fix = spelling(context, "builtins.Exception", keyword.end())
        .map(|(name, _)| report.fix(format!("Catch `{name}`"), TextRange::empty(keyword.end()), format!(" {name}")));
    report.at(keyword, &[]).fix = fix;
}

/// Whether what was caught always goes on its way: the body cleans up and raises it again.
fn raises_again(body: &[Stmt]) -> bool {
    let ends = |stmt: &Stmt| match stmt {
        Stmt::Raise(raise) => raise.exc.is_none(),
        Stmt::Try(inner) => raises_again(&inner.finalbody),
        Stmt::With(inner) => raises_again(&inner.body) || inner.items.iter().any(|item| reraises(&item.context_expr)),
        _ => false,
    };
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || body.iter().any(ends))
}

/// `with safe_reraise():`, by its name.
fn reraises(manager: &Expr) -> bool {
    let function = if let Expr::Call(call) = manager { call.func.as_ref() } else { manager };
    last_name(function).is_some_and(|name| name.to_ascii_lowercase().replace('_', "").contains("reraise"))
}

/// Whether the program's end is thought of: a clause above takes it, or this one raises again on some way or hands on what
/// it has caught (`sys.exc_info()`).
fn lets_end(context: &Context<'_>, handler: &ast::ExceptHandlerExceptHandler) -> bool {
    const ENDS: [&str; 3] = ["builtins.KeyboardInterrupt", "builtins.SystemExit", "builtins.BaseException"];
    let takes = |ty: &Expr| match ty {
        Expr::Tuple(tuple) => tuple.elts.iter().any(|one| is_symbol(context, one, &ENDS)),
        one => is_symbol(context, one, &ENDS),
    };
    let above = |stmt: &ast::StmtTry| {
        stmt.handlers.iter().any(|ast::ExceptHandler::ExceptHandler(other)| {
            let passes_on = matches!(other.body.as_slice(), [Stmt::Raise(raise)] if raise.exc.is_none());
            other.type_.as_deref().is_some_and(|ty| passes_on || takes(ty))
        })
    };
    let hands_on = any_in_own(&handler.body, |node| match node {
        AnyNodeRef::StmtRaise(raise) => raise.exc.is_none(),
        AnyNodeRef::ExprCall(call) => {
            is_symbol(context, &call.func, &["sys.exc_info"]) || last_name(&call.func).is_some_and(is_last_resort)
        }
        _ => false,
    });
    hands_on || shows_and_ends(&handler.body) || own_try(context).is_some_and(above)
}

/// Whether the clause prints the traceback of whatever it was, the last thing that its function does.
fn shows_and_ends(body: &[Stmt]) -> bool {
    let calls = |expr: &Expr, names: &[&str]| match expr {
        Expr::Call(call) => last_name(&call.func).is_some_and(|name| names.contains(&name)),
        _ => false,
    };
    let [before @ .., last] = body else { return false };
    let ends = match last {
        Stmt::Return(_) => true,
        Stmt::Expr(stmt) => calls(&stmt.value, &["exit", "_exit"]),
        _ => false,
    };
    let shows = |stmt: &Stmt| matches!(stmt, Stmt::Expr(stmt) if calls(&stmt.value, &["print_exc", "print_exception"]));
    ends && before.iter().any(shows)
}

/// `self._invoke_excepthook(...)`, `obj.handle_error()`, `self._error_exc()`: where every failure ends up, the program's end
/// among them.
fn is_last_resort(function: &str) -> bool {
    // These of `traceback` only write it down.
    if function.ends_with("_exc") && !["print_exc", "format_exc"].contains(&function) {
        return true;
    }
    ["excepthook", "handle_error", "handleError", "showtraceback", "show_traceback"].iter().any(|name| function.contains(name))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn cleaning_up_and_raising_again_hides_nothing() {
        let quiet = "\
try:
    work()
except:
    undo()
    raise
try:
    work()
except:
    try:
        undo()
    finally:
        raise
try:
    work()
except:
    with util.safe_reraise():
        undo()
";
        assert!(found("bare-except", quiet).is_empty());
        assert_eq!(found("bare-except", "try:\n    work()\nexcept ValueError:\n    undo()\nexcept:\n    undo()\n"), ["except"]);
    }

    #[test]
    fn who_thinks_of_the_end_of_the_program_may_catch_the_rest() {
        let quiet = "\
try:
    work()
except (KeyboardInterrupt, SystemExit):
    raise
except:
    undo()
try:
    work()
except Again:
    raise
except:
    undo()
try:
    work()
except:
    if deep:
        raise
try:
    work()
except:
    report(sys.exc_info())
try:
    exec(code)
except:
    show()
try:
    value = self._getval(text)
except:
    show()
try:
    work()
except:
    server.handle_error(request)
try:
    emit(record)
except:
    self.handleError()
def main():
    try:
        work()
    except:
        traceback.print_exc()
        return 1
def _safe_repr(value):
    try:
        return repr(value)
    except:
        return '?'
";
        assert!(found("bare-except", &format!("import sys\n{quiet}")).is_empty());
        let evaluates_nothing = "try:\n    value = self.retrieval(text)\nexcept:\n    show()\n";
        assert_eq!(found("bare-except", evaluates_nothing), ["except"]);
        let goes_on = "try:\n    work()\nexcept:\n    traceback.print_exc()\n";
        assert_eq!(found("bare-except", goes_on), ["except"]);
    }

    #[test]
    fn the_fix_names_exception_where_the_name_means_it() {
        let source = "try:\n    work()\nexcept :\n    log()\n";
        assert_eq!(fixed("bare-except", source), "try:\n    work()\nexcept Exception :\n    log()\n");
        let shadowed = format!("class Exception: ...\n{source}");
        assert_eq!(fixed("bare-except", &shadowed), shadowed);
    }
}
