//! `silent-except`: a broad `except` that throws the error away without a word.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::support::{
    any_in_own, comments_above, comments_within, docstring_says, is_finalizer, is_reason, is_symbol, only_tells, own_try,
    words,
};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node, ScopeKind, is_dunder};

pub(super) const DETECTOR: Detector = Detector { rule: "silent-except", hooks: &[Hook::Handler(check)] };

fn check<'a>(context: &Context<'a>, handler: &'a ast::ExceptHandlerExceptHandler, report: &mut Report<'_>) {
    let ([.., last], Some(caught)) = (handler.body.as_slice(), broad_type(context, handler)) else { return };
    if !handler.body.iter().all(says_nothing) || is_explained(context, handler) || in_finalizer(context) {
        return;
    }
    if in_other_clause(context) || is_promised(context) {
        return;
    }
    let is_harmless = |stmt: &ast::StmtTry| {
        !stmt.orelse.is_empty()
            || only_cleans_up(&stmt.body)
            || only_tells(context, &stmt.body)
            || asks_foreign_object(context, &stmt.body)
    };
    if own_try(context).is_some_and(is_harmless) {
        return;
    }
    let keyword = TextRange::at(handler.range.start(), TextSize::of("except"));
    let head = handler.type_.as_ref().map_or(keyword, |ty| keyword.cover(ty.range()));
    let clause = format!("except {caught}");
    let body = if last.is_continue_stmt() { "continue" } else { "pass" };
    report.at(head, &[("clause", clause.as_str()), ("body", body)]);
}

/// Whether the `try` stands in a clause that deals with an error already, or is a last step of a `finally`: the second
/// error must not hide the first.
pub(super) fn in_other_clause(context: &Context<'_>) -> bool {
    let is_function = |node: &Node<'_>| matches!(node, Node::Stmt(Stmt::FunctionDef(_)) | Node::Expr(Expr::Lambda(_)));
    let Some(own) = own_try(context) else { return false };
    let only_calls = own.body.iter().all(Stmt::is_expr_stmt);
    let around = context.ancestors().skip_while(|node| !matches!(node, Node::Stmt(Stmt::Try(_)))).skip(1);
    around.take_while(|node| !is_function(node)).any(|node| match node {
        Node::Handler(_) => true,
        Node::Stmt(Stmt::Try(outer)) => {
            only_calls && outer.finalbody.first().is_some_and(|first| first.start() <= own.start())
        }
        _ => false,
    })
}

/// A statement that asks an object of anybody's make for something, from which anything may come: a `getattr` whose name
/// is not written there, `repr`, a special method, what stands in for `sys.stderr`.
fn asks_foreign_object(context: &Context<'_>, body: &[Stmt]) -> bool {
    // What is made of the answer may follow.
    let ([stmt] | [stmt, _]) = body else { return false };
    let first = match stmt {
        Stmt::If(stmt) if stmt.elif_else_clauses.is_empty() && stmt.body.len() == 1 => &stmt.body[0],
        other => other,
    };
    let asks = |call: &ast::ExprCall| {
        if context.is_builtin(&call.func, "getattr") {
            return call.arguments.args.get(1).is_some_and(|name| !name.is_string_literal_expr());
        }
        match call.func.as_ref() {
            Expr::Attribute(method) => {
                let is_repr = method.attr.as_str() == "repr" || is_dunder(&method.attr);
                is_repr || is_symbol(context, &method.value, &["sys.stderr", "sys.stdout", "sys.stdin"])
            }
            function => context.is_builtin(function, "repr"),
        }
    };
    let is_simple = matches!(first, Stmt::Expr(_) | Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::Return(_));
    is_simple
        && any_in_own(std::slice::from_ref(first), |node| matches!(node, AnyNodeRef::ExprCall(call) if asks(call)))
}

/// One call that closes or stops something, and perhaps one that sends what is left: when that fails, there is nothing left to
/// do. Of several things to close, the first that fails would keep the others open.
pub(super) fn only_cleans_up(body: &[Stmt]) -> bool {
    let finishes = |name: &str| {
        let words = words(name);
        matches!(words.first().map(String::as_str), Some("drain" | "flush" | "join" | "wait"))
            || matches!(words.iter().map(String::as_str).collect::<Vec<_>>().as_slice(), ["send", .., "pending" | "data"])
    };
    match body {
        [one] => called_method(one).is_some_and(says_last),
        [one, rest] => called_method(one).is_some_and(says_last) && called_method(rest).is_some_and(finishes),
        _ => false,
    }
}

/// The name of the method that a statement calls and awaits perhaps.
fn called_method(stmt: &Stmt) -> Option<&str> {
    let Stmt::Expr(stmt) = stmt else { return None };
    let call = match stmt.value.as_ref() {
        Expr::Await(waits) => waits.value.as_ref(),
        other => other,
    };
    match call {
        Expr::Call(call) => call.func.as_attribute_expr().map(|method| method.attr.as_str()),
        _ => None,
    }
}

/// Whether a name says that its method ends the use of something that the program holds: `close`, `force_close_all`,
/// `close_connection`. To `close_account` or `cancel_order` is what the program is for.
fn says_last(name: &str) -> bool {
    const BEFORE: [&str; 8] = ["force", "graceful", "gracefully", "hard", "maybe", "safe", "send", "try"];
    const LAST: [&str; 20] = [
        "abort", "aclose", "cancel", "cleanup", "close", "disconnect", "dispose", "eof", "flush", "goaway", "goodbye", "kill", "quit",
        "release", "reset", "shutdown", "stop", "teardown", "terminate", "unregister",
    ];
    const HELD: [&str; 32] = [
        "all", "and", "async", "channel", "channels", "client", "conn", "connection", "connections", "cursor", "file", "files",
        "handle", "handles", "idle", "loop", "now", "pool", "process", "processes", "reader", "server", "session", "sessions",
        "socket", "sockets", "stream", "streams", "thread", "transport", "worker", "writer",
    ];
    let words = words(name);
    let mut words = words.iter().map(String::as_str).skip_while(|word| BEFORE.contains(word));
    words.next().is_some_and(|word| LAST.contains(&word)) && words.all(|word| HELD.contains(&word))
}

/// How the clause is written, when it catches every failure and says so: a bare `except` is another rule's.
fn broad_type<'a>(context: &Context<'a>, handler: &ast::ExceptHandlerExceptHandler) -> Option<&'a str> {
    let is_broad = |ty: &Expr| is_symbol(context, ty, &["builtins.Exception", "builtins.BaseException"]);
    match handler.type_.as_deref()? {
        Expr::Tuple(tuple) => {
            tuple.elts.iter().find(|ty| is_broad(ty)).map(|ty| context.text(ty))
        }
        ty => is_broad(ty).then(|| context.text(ty)),
    }
}

fn says_nothing(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Pass(_) | Stmt::Continue(_) => true,
        Stmt::Expr(stmt) => stmt.value.is_ellipsis_literal_expr(),
        _ => false,
    }
}

/// A comment in the clause, behind it on its last line, or above its `try` is taken as the reason, and so is a mark that
/// silences another tool's remark about the same thing: the author has decided.
pub(super) fn is_explained(context: &Context<'_>, handler: &ast::ExceptHandlerExceptHandler) -> bool {
    const MARKS: [&str; 10] = [
        "broad-except", "broad-exception", "bare-except", "W0702", "W0703", "W0718", "BLE001", "E722", "S110", "S112",
    ];
    let above = own_try(context).into_iter().flat_map(|stmt| comments_above(context, stmt.start()));
    let silences = |comment: &str| MARKS.iter().any(|mark| comment.contains(mark));
    comments_within(context, handler.range()).chain(above).any(|comment| is_reason(comment) || silences(comment))
}

/// Whether the function's docstring says that nothing is to come of a failure.
fn is_promised(context: &Context<'_>) -> bool {
    const PROMISES: [&str; 6] =
        ["best effort", "best-effort", "never raise", "ignore error", "ignores error", "ignoring error"];
    docstring_says(context, &PROMISES)
}

/// In `__del__` an exception can do nothing but be printed; what closes has nothing left to lose; `safe_call` says that it
/// throws them away.
pub(super) fn in_finalizer(context: &Context<'_>) -> bool {
    const SAYING: [&str; 10] = [
        "ignore", "ignoring", "quiet", "quietly", "repr", "safe", "safecall", "silent", "suppress", "swallow",
    ];
    context.scopes().iter().any(|scope| match scope.kind {
        ScopeKind::Function(def) => {
            is_finalizer(&def.name) || words(&def.name).iter().any(|word| SAYING.contains(&word.as_str()))
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn a_comment_above_is_one_on_the_line_above_however_lines_end() {
        let clause = "try:\r    f()\rexcept Exception:\r    pass\r";
        assert_eq!(found("silent-except", &format!("# About.\rx = 1\r\n{clause}")), ["except Exception"]);
        assert!(found("silent-except", &format!("x = 1\r# Nobody minds.\r{clause}")).is_empty());
    }

    #[test]
    fn a_narrow_type_or_a_reason_is_no_silence() {
        let quiet = "\
for path in paths:
    try:
        path.unlink()
    except FileNotFoundError:
        pass
    try:
        notify(path)
    except Exception:
        pass  # the newsletter must never stop the clean-up
    try:
        notify(path)
    except Exception:
        # Nobody waits for it.
        continue
    # The newsletter is a courtesy.
    try:
        notify(path)
    except Exception:
        pass
    try:
        notify(path)
    except Exception:
        failed += 1
    try:
        path.close()
    except Exception:
        pass
    try:
        notify(path)
    except OSError as failure:
        try:
            send(failure)
        except Exception:
            pass
        raise
    try:
        size = path.size()
    except Exception:
        pass
    else:
        show(size)
    try:
        notify(path)
    except:
        pass
def stop_later(timer):
    '''Best effort: never raises.'''
    try:
        timer.set()
    except Exception:
        pass
    try:
        timer.set()
    except Exception:  # pylint: disable=broad-except
        pass
class Connection:
    def close(self):
        try:
            self.socket.send(GOODBYE)
            self.socket.close()
        except Exception:
            pass
def safe_call(function):
    try:
        function()
    except Exception:
        pass
def tear_down_all(servers):
    try:
        servers.sort()
        send(servers)
    except Exception:
        pass
def details(thing, streams):
    try:
        streams.append(sys.stderr.fileno())
    except Exception:
        pass
    try:
        if hasattr(thing, '__rich__'):
            text = thing.__rich__()
    except Exception:
        pass
    for name in dir(thing):
        try:
            rows.append((name, show(getattr(thing, name))))
        except Exception:
            pass
try:
    warnings.warn('left over')
except Exception:
    pass
try:
    logger.info('done')
    print('done')
except Exception:
    pass
try:
    work()
finally:
    try:
        server.say('bye')
    except Exception:
        pass
";
        assert!(found("silent-except", &format!("import sys, warnings\n{quiet}")).is_empty());
    }

    #[test]
    fn a_method_may_say_among_other_words_that_it_closes() {
        let body = |body: &str| format!("async def f():\n    for thing in things:\n        try:\n            {body}\n        except Exception:\n            pass\n");
        for closing in [
            "thing.force_close_all()",
            "thing.close_connection(code=3)\n            self._send_pending_data()",
            "await thing.closeConnection()",
            "thing.send_goaway(0)",
            "thing.reset()",
        ] {
            assert!(found("silent-except", &body(closing)).is_empty(), "{closing}");
        }
        for working in [
            "thing.close_account()",
            "thing.cancel_order(order)",
            "thing.add_stop(1)",
            "thing.send_data()",
            "thing.close_connection()\n            save(thing)",
            "thing.close()\n            other.close()",
            "for one in thing: one.close()",
        ] {
            assert_eq!(found("silent-except", &body(working)), ["except Exception"], "{working}");
        }
    }

    #[test]
    fn what_can_be_known_to_fail_is_found_wherever_it_stands() {
        let source = "\
try:
    work()
finally:
    try:
        del os.environ[key]
    except Exception:
        pass
try:
    size = getattr(thing, 'size')
except Exception:
    pass
try:
    logger.info('done')
    save()
except Exception:
    pass
def get_stopped(servers):
    try:
        return first(servers)
    except Exception:
        pass
";
        assert_eq!(found("silent-except", source), ["except Exception"; 4]);
    }

    #[test]
    fn a_mark_for_a_tool_is_no_reason() {
        let source = "\
try:
    work()
except (ValueError, Exception):  # pragma: no cover
    pass
try:
    save()
    file.close()
except Exception:
    ...
";
        assert_eq!(found("silent-except", source), ["except (ValueError, Exception)", "except Exception"]);
    }
}
