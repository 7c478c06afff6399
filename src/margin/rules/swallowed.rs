//! Errors that are swallowed with good reason: what the rules about broad clauses leave alone.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{
    any_in_expr, any_in_own, comments_above, comments_within, docstring_says, is_finalizer, is_name, is_reason,
    is_symbol, last_name, own_try, suite_of, words,
};
use crate::python::{BindingKind, Context, Lookup, Node, ScopeKind, is_dunder, stdlib};

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
pub(super) fn asks_foreign_object(context: &Context<'_>, body: &[Stmt]) -> bool {
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
            function => ["hash", "repr"].iter().any(|name| context.is_builtin(function, name)),
        }
    };
    let is_asked = |node: AnyNodeRef<'_>| match node {
        AnyNodeRef::ExprCall(call) => asks(call),
        // `wrapper.__name__ = function.__name__`
        AnyNodeRef::ExprAttribute(attribute) => is_dunder(&attribute.attr),
        _ => false,
    };
    let is_simple = matches!(first, Stmt::Expr(_) | Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::Return(_));
    let asks_before = matches!(stmt, Stmt::If(stmt) if any_in_expr(&stmt.test, is_asked));
    is_simple && (asks_before || is_text_of_object(context, first) || any_in_own(std::slice::from_ref(first), is_asked))
}

/// `return str(thing).encode()`: what comes of it is what `__str__` makes of a thing.
fn is_text_of_object(context: &Context<'_>, stmt: &Stmt) -> bool {
    let mut value = match stmt {
        Stmt::Return(returned) => returned.value.as_deref(),
        Stmt::Assign(assign) => Some(assign.value.as_ref()),
        _ => None,
    };
    while let Some(Expr::Call(call)) = value {
        if ["bytes", "str"].iter().any(|name| context.is_builtin(&call.func, name)) {
            return matches!(call.arguments.args.as_ref(), [Expr::Name(_) | Expr::Attribute(_)]);
        }
        value = call.func.as_attribute_expr().map(|method| method.value.as_ref());
    }
    false
}

/// One call that closes or stops something, and perhaps one that sends what is left: when that fails, there is nothing left to
/// do. Of several things to close, the first that fails would keep the others open.
pub(super) fn only_cleans_up(body: &[Stmt]) -> bool {
    // The end of a task that somebody may have cancelled.
    let waits = |stmt: &Stmt| match stmt {
        Stmt::Expr(stmt) => {
            matches!(stmt.value.as_ref(), Expr::Await(awaited) if !awaited.value.is_call_expr())
        }
        _ => false,
    };
    // The tasks of a loop that ends.
    if body.iter().all(waits) || body.iter().any(cancels_all) {
        return true;
    }
    let finishes = |name: &str| {
        let words = words(name);
        matches!(words.first().map(String::as_str), Some("drain" | "flush" | "join" | "wait"))
            || matches!(
                words.iter().map(String::as_str).collect::<Vec<_>>().as_slice(),
                ["send", .., "pending" | "data"] | ["write", "pending", ..]
            )
    };
    match body {
        [one] => called_method(one).is_some_and(says_last),
        [one, rest] => called_method(one).is_some_and(says_last) && called_method(rest).is_some_and(finishes),
        _ => false,
    }
}

/// `for task in tasks: task.cancel()`.
fn cancels_all(stmt: &Stmt) -> bool {
    matches!(stmt, Stmt::For(each) if matches!(each.body.as_slice(), [one] if called_method(one) == Some("cancel")))
}

/// The name of the method that a statement calls and awaits perhaps.
fn called_method(stmt: &Stmt) -> Option<&str> {
    let Stmt::Expr(stmt) = stmt else { return None };
    let call = match stmt.value.as_ref() {
        Expr::Await(waits) => waits.value.as_ref(),
        other => other,
    };
    let Expr::Call(call) = call else { return None };
    match (call.func.as_attribute_expr()?.attr.as_str(), &*call.arguments.args) {
        // `loop.call_soon_threadsafe(server.close)`
        ("call_soon" | "call_soon_threadsafe", [Expr::Attribute(method), ..]) => Some(&method.attr),
        (method, _) => Some(method),
    }
}

/// Whether a name says that its method ends the use of something that the program holds: `close`, `force_close_all`,
/// `close_connection`. To `close_account` or `cancel_order` is what the program is for.
fn says_last(name: &str) -> bool {
    const BEFORE: [&str; 8] = ["force", "graceful", "gracefully", "hard", "maybe", "safe", "send", "try"];
    const LAST: [&str; 21] = [
        "abort",
        "aclose",
        "cancel",
        "cleanup",
        "close",
        "destroy",
        "disconnect",
        "dispose",
        "eof",
        "flush",
        "goaway",
        "goodbye",
        "kill",
        "quit",
        "release",
        "reset",
        "shutdown",
        "stop",
        "teardown",
        "terminate",
        "unregister",
    ];
    const HELD: [&str; 32] = [
        "all",
        "and",
        "async",
        "channel",
        "channels",
        "client",
        "conn",
        "connection",
        "connections",
        "cursor",
        "file",
        "files",
        "handle",
        "handles",
        "idle",
        "loop",
        "now",
        "pool",
        "process",
        "processes",
        "reader",
        "server",
        "session",
        "sessions",
        "socket",
        "sockets",
        "stream",
        "streams",
        "thread",
        "transport",
        "worker",
        "writer",
    ];
    let words = words(name);
    let mut words = words.iter().map(String::as_str).skip_while(|word| BEFORE.contains(word));
    words.next().is_some_and(|word| LAST.contains(&word)) && words.all(|word| HELD.contains(&word))
}

/// A comment in the clause, behind it on its last line, above it or above its `try` is taken as the reason, and so is a mark that
/// silences another tool's remark about the same thing: the author has decided.
pub(super) fn is_explained(context: &Context<'_>, handler: &ast::ExceptHandlerExceptHandler) -> bool {
    const TELLING: [&str; 6] = ["error", "exception", "fail", "ignor", "rais", "throw"];
    const MARKS: [&str; 10] =
        ["broad-except", "broad-exception", "bare-except", "W0702", "W0703", "W0718", "BLE001", "E722", "S110", "S112"];
    let above = own_try(context).into_iter().flat_map(|stmt| comments_above(context, stmt.start()));
    let above = above.chain(comments_above(context, handler.start()));
    // At the top of what is tried it may tell as well what that is.
    let top = own_try(context).and_then(|stmt| stmt.body.first());
    let top = top.into_iter().flat_map(|first| comments_above(context, first.start()));
    let tells = |comment: &str| TELLING.iter().any(|word| comment.contains(word));
    if top.filter(|comment| is_reason(comment)).any(tells) {
        return true;
    }
    let silences = |comment: &str| MARKS.iter().any(|mark| comment.contains(mark));
    comments_within(context, handler.range()).chain(above).any(|comment| is_reason(comment) || silences(comment))
}

/// Whether the function's docstring says that nothing is to come of a failure, or what takes the place of the result.
pub(super) fn is_promised(context: &Context<'_>) -> bool {
    const PROMISES: [&str; 17] = [
        "eat the exception",
        "best effort",
        "best-effort",
        "fall back",
        "fallback",
        "falls back",
        "gracefully",
        "if available",
        "if possible",
        "ignore error",
        "ignores error",
        "ignoring error",
        "never fail",
        "never raise",
        "silently",
        "suppress",
        "swallow",
    ];
    docstring_says(context, &PROMISES)
}

/// In `__del__` an exception can do nothing but be printed; what closes has nothing left to lose; `safe_call` says that it
/// throws them away.
pub(super) fn in_finalizer(context: &Context<'_>) -> bool {
    const SAYING: [&str; 12] = [
        "ignore", "ignoring", "maybe", "quiet", "quietly", "repr", "safe", "safecall", "silent", "suppress", "swallow",
        "try",
    ];
    context.scopes().iter().any(|scope| match scope.kind {
        ScopeKind::Function(def) => {
            is_finalizer(&def.name) || words(&def.name).iter().any(|word| SAYING.contains(&word.as_str()))
        }
        _ => false,
    })
}

/// Whether the function makes the text of an object (`__str__`; of `__repr__` speaks [`in_finalizer`]), which is shown where something has gone wrong already:
/// less text is better than another error.
pub(super) fn makes_text(context: &Context<'_>) -> bool {
    context.enclosing_function().is_some_and(|def| matches!(def.name.as_str(), "__str__" | "__bytes__" | "__format__"))
}

/// Whether the function, or its class, is there to look at errors (`CrashHandler`, `debug_info`): it shows what it can, and an
/// error of its own would take the place of the other.
pub(super) fn looks_at_errors(context: &Context<'_>) -> bool {
    const LOOKING: [&str; 4] = ["crash", "debug", "debugger", "postmortem"];
    let names = context.scopes().iter().filter_map(|scope| match scope.kind {
        ScopeKind::Function(def) => Some(&def.name),
        ScopeKind::Class(class) => Some(&class.name),
        _ => None,
    });
    names.flat_map(|name| words(name)).any(|word| LOOKING.contains(&word.as_str()))
}

/// Whether the failure has an answer: what the body looks for has a value already, or the body leaves when it has succeeded, and
/// what stands behind it, or the next round, is there for the other case. `place` is the range of the `try` or `with`.
///
/// What only the language and its library do fails in ways that can be named. Where an error is raised behind it, the failure
/// is told.
pub(super) fn has_answer(context: &Context<'_>, place: TextRange, body: &[Stmt]) -> bool {
    let is_told =
        || goes_on_behind(context, place, |behind| behind.is_some_and(|suite| suite.iter().any(Stmt::is_raise_stmt)));
    let goes_on = || goes_on_behind(context, place, |behind| behind.is_none_or(|suite| !suite.is_empty()));
    leaves_with_success(body) && is_told()
        || calls_foreign_code(context, body)
            && (leaves_with_success(body) && goes_on() || keeps_value(context, place, body))
}

/// Whether everything that a body calls is of the standard library, or it looks something up (`rows[name]`): what can go wrong
/// has a name.
pub(super) fn fails_by_name(context: &Context<'_>, body: &[Stmt]) -> bool {
    let does = any_in_own(body, |node| matches!(node, AnyNodeRef::ExprCall(_) | AnyNodeRef::ExprSubscript(_)));
    does && !calls_foreign_code(context, body)
}

/// Whether a body calls something that is not surely of the standard library.
fn calls_foreign_code(context: &Context<'_>, body: &[Stmt]) -> bool {
    let is_standard = |call: &ast::ExprCall| {
        context.callee(call).is_some_and(|callee| callee.starts_with("builtins.") || stdlib::is_module(&callee))
    };
    any_in_own(body, |node| matches!(node, AnyNodeRef::ExprCall(call) if !is_standard(call)))
}

/// Whether the last thing in a body is to leave: `return found`, `if found: return found`, `break`.
fn leaves_with_success(body: &[Stmt]) -> bool {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || match body.last() {
        Some(Stmt::Return(_) | Stmt::Break(_) | Stmt::Continue(_)) => true,
        Some(Stmt::If(stmt)) => {
            leaves_with_success(&stmt.body)
                || stmt.elif_else_clauses.iter().any(|clause| leaves_with_success(&clause.body))
        }
        Some(Stmt::With(stmt)) => leaves_with_success(&stmt.body),
        // A `break` there ends that loop.
        Some(Stmt::For(stmt)) => any_in_own(&stmt.body, |node| node.is_stmt_return()),
        _ => false,
    })
}

/// Whether what runs behind a place is such: the statements behind it in one of the suites around it, or another round of a
/// loop (`None`).
fn goes_on_behind(context: &Context<'_>, place: TextRange, is_such: impl Fn(Option<&[Stmt]>) -> bool) -> bool {
    for node in context.nodes().iter().rev() {
        match node {
            Node::Stmt(Stmt::FunctionDef(_) | Stmt::ClassDef(_)) => return false,
            Node::Stmt(stmt) if stmt.range().contains_range(place) => {
                let is_loop = matches!(stmt, Stmt::For(_) | Stmt::While(_));
                let follows = suite_of(context, stmt).is_some_and(|(suite, at)| is_such(Some(&suite[at + 1..])));
                if follows || is_loop && is_such(None) {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

/// `found = None` stands before `try: found = find()`: the body does nothing but to look for better values.
fn keeps_value(context: &Context<'_>, place: TextRange, body: &[Stmt]) -> bool {
    let is_better = |target: &Expr| match target {
        Expr::Name(name) => match context.lookup(&name.id, name.start()) {
            Lookup::Local { bindings, .. } => bindings.iter().any(|one| {
                let has_value = match one.kind {
                    BindingKind::Value(_) | BindingKind::Annotated(_, Some(_)) => true,
                    BindingKind::Parameter(parameter) => parameter.default.is_some(),
                    _ => false,
                };
                one.from < place.start() && has_value
            }),
            _ => false,
        },
        _ => false,
    };
    assigned(body).is_some_and(|targets| targets.into_iter().any(is_better))
}

/// What a body assigns that does nothing else.
fn assigned(body: &[Stmt]) -> Option<Vec<&Expr>> {
    let mut targets = Vec::new();
    for stmt in body {
        match stmt {
            Stmt::Assign(stmt) => targets.extend(&stmt.targets),
            Stmt::AnnAssign(stmt) => targets.push(stmt.target.as_ref()),
            Stmt::Import(_) | Stmt::ImportFrom(_) => {}
            Stmt::If(stmt) => {
                let clauses = stmt.elif_else_clauses.iter().map(|clause| clause.body.as_slice());
                for suite in std::iter::once(stmt.body.as_slice()).chain(clauses) {
                    targets.extend(stacker::maybe_grow(64 * 1024, 1024 * 1024, || assigned(suite))?);
                }
            }
            _ => return None,
        }
    }
    Some(targets)
}

/// Whether a body imports something to make use of it there: what is missing or broken is a feature less.
pub(super) fn uses_optional(body: &[Stmt]) -> bool {
    let imports = |stmt: &Stmt| matches!(stmt, Stmt::Import(_) | Stmt::ImportFrom(_));
    body.first().is_some_and(imports) && !body.iter().all(imports)
}

/// Whether the file belongs to what counts and measures, by its name or its folder's: that must never break what it measures.
pub(super) fn only_measures(context: &Context<'_>) -> bool {
    const MEASURING: [&str; 6] = ["analytics", "instrumentation", "metrics", "observability", "telemetry", "tracing"];
    let parts = context.environment.file_name.rsplit(['/', '\\']).take(3);
    parts
        .map(|part| part.strip_suffix(".py").unwrap_or(part).trim_start_matches('_'))
        .any(|part| MEASURING.contains(&part))
}

/// Whether the statement stands under a condition that asks what an object has: `if hasattr(thing, "tools"):`. What it has may
/// be of anybody's make.
pub(super) fn is_guarded_by_hasattr(context: &Context<'_>, place: TextRange, body: &[Stmt]) -> bool {
    let asks =
        |node: AnyNodeRef<'_>| matches!(node, AnyNodeRef::ExprCall(call) if context.is_builtin(&call.func, "hasattr"));
    let around = context.ancestors().find_map(|node| match node {
        Node::Stmt(stmt) if !stmt.range().contains_range(place) || stmt.range() == place => None,
        Node::Stmt(stmt) => Some(stmt),
        _ => None,
    });
    let is_guard = |stmt: &Stmt| matches!(stmt, Stmt::If(stmt) if any_in_expr(&stmt.test, asks));
    around.is_some_and(is_guard) || matches!(body, [only] if is_guard(only))
}

/// Whether a body keeps a value for the next time that is returned right behind it: `cache[key] = value`.
pub(super) fn only_caches(context: &Context<'_>, body: &[Stmt]) -> bool {
    let ([Stmt::Assign(assign)], Some(own)) = (body, own_try(context)) else { return false };
    let ([Expr::Subscript(_)], Expr::Name(value)) = (assign.targets.as_slice(), assign.value.as_ref()) else {
        return false;
    };
    let around = context.ancestors().find_map(|node| match node {
        Node::Stmt(stmt) if stmt.range() == own.range() => suite_of(context, stmt),
        _ => None,
    });
    let behind = around.and_then(|(suite, at)| suite.get(at + 1));
    matches!(behind, Some(Stmt::Return(stmt)) if stmt.value.as_deref().is_some_and(|returned| is_name(returned, &value.id)))
}

/// Whether a body runs code that somebody else wrote, which may end in any way: `exec(code)`, `self._getval(text)`.
pub(super) fn runs_code(context: &Context<'_>, body: &[Stmt]) -> bool {
    const RUNNERS: [&str; 7] = ["eval", "evaluate", "exec", "execfile", "getval", "runcode", "runsource"];
    let runs = |call: &ast::ExprCall| {
        is_symbol(context, &call.func, &["builtins.exec", "builtins.eval"])
            || last_name(&call.func).is_some_and(|name| RUNNERS.contains(&name.trim_start_matches('_')))
    };
    any_in_own(body, |node| matches!(node, AnyNodeRef::ExprCall(call) if runs(call)))
}
