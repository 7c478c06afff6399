//! `silent-except`: a broad `except` that throws the error away without a word.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::support::{docstring_says, is_reason, is_symbol, last_line_end, words};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node, ScopeKind};

pub(super) const DETECTOR: Detector = Detector { rule: "silent-except", hooks: &[Hook::Handler(check)] };

fn check<'a>(context: &Context<'a>, handler: &'a ast::ExceptHandlerExceptHandler, report: &mut Report<'_>) {
    let ([.., last], Some(caught)) = (handler.body.as_slice(), broad_type(context, handler)) else { return };
    if !handler.body.iter().all(says_nothing) || is_explained(context, handler) || in_finalizer(context) {
        return;
    }
    if in_other_clause(context) || is_promised(context) {
        return;
    }
    if context.ancestors().find_map(as_try).is_some_and(|stmt| !stmt.orelse.is_empty() || only_cleans_up(&stmt.body)) {
        return;
    }
    let keyword = TextRange::at(handler.range.start(), TextSize::of("except"));
    let head = handler.type_.as_ref().map_or(keyword, |ty| keyword.cover(ty.range()));
    let clause = format!("except {caught}");
    let body = if last.is_continue_stmt() { "continue" } else { "pass" };
    report.at(head, &[("clause", clause.as_str()), ("body", body)]);
}

/// Whether the `try` stands in a clause that deals with an error already: the second one must not hide the first.
pub(super) fn in_other_clause(context: &Context<'_>) -> bool {
    let is_function = |node: &Node<'_>| matches!(node, Node::Stmt(Stmt::FunctionDef(_)) | Node::Expr(Expr::Lambda(_)));
    context.ancestors().skip_while(|node| as_try(*node).is_none()).take_while(|node| !is_function(node)).any(|node| matches!(node, Node::Handler(_)))
}

fn as_try(node: Node<'_>) -> Option<&ast::StmtTry> {
    match node {
        Node::Stmt(Stmt::Try(stmt)) => Some(stmt),
        _ => None,
    }
}

/// One call that closes or stops something: when that fails, there is nothing left to do.
fn only_cleans_up(body: &[Stmt]) -> bool {
    const LAST: [&str; 14] = [
        "aclose", "cancel", "cleanup", "close", "disconnect", "flush", "kill", "quit", "release", "shutdown", "stop",
        "terminate", "unlink", "unregister",
    ];
    let [Stmt::Expr(stmt)] = body else { return false };
    let call = match stmt.value.as_ref() {
        Expr::Await(waits) => waits.value.as_ref(),
        other => other,
    };
    let Expr::Call(call) = call else { return false };
    matches!(call.func.as_ref(), Expr::Attribute(method) if LAST.contains(&method.attr.as_str()))
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

/// A comment in the clause, behind it on its last line, or on the line above its `try` is taken as the reason.
pub(super) fn is_explained(context: &Context<'_>, handler: &ast::ExceptHandlerExceptHandler) -> bool {
    let lines = TextRange::new(handler.range.start(), last_line_end(context.source, handler.range.end()));
    let above = context.ancestors().find_map(|node| match node {
        Node::Stmt(Stmt::Try(stmt)) => Some(line_above(context.source, stmt.range.start())),
        _ => None,
    });
    let own = context.tokens_in(lines).iter().filter(|token| token.kind() == TokenKind::Comment).map(|comment| context.text(comment.range()));
    // A mark that silences another tool's remark about the same thing.
    let marks = ["broad-except", "W0703", "W0718", "BLE001", "S110"];
    let silences = |comment: &str| marks.iter().any(|mark| comment.contains(mark));
    own.chain(above.filter(|line| line.starts_with('#'))).any(|comment| is_reason(comment) || silences(comment))
}

/// Whether the function's docstring says that nothing is to come of a failure.
fn is_promised(context: &Context<'_>) -> bool {
    const PROMISES: [&str; 6] = ["best effort", "best-effort", "never raise", "ignore error", "ignores error", "ignoring error"];
    docstring_says(context, &PROMISES)
}

/// The line before the one that holds an offset, without the blanks around it.
fn line_above(source: &str, offset: TextSize) -> &str {
    let before = &source[..offset.to_usize()];
    before.rsplit('\n').nth(1).unwrap_or_default().trim()
}

/// In `__del__` an exception can do nothing but be printed; what closes has nothing left to lose; `safe_call` says that it
/// throws them away.
pub(super) fn in_finalizer(context: &Context<'_>) -> bool {
    const CLOSING: [&str; 10] = [
        "__del__", "__exit__", "__aexit__", "close", "aclose", "disconnect", "shutdown", "stop", "terminate", "cleanup",
    ];
    const SAYING: [&str; 8] = ["ignore", "ignoring", "quiet", "quietly", "repr", "safe", "safecall", "silent"];
    context.scopes().iter().any(|scope| match scope.kind {
        ScopeKind::Function(def) => {
            CLOSING.contains(&def.name.as_str()) || words(&def.name).iter().any(|word| SAYING.contains(&word.as_str()))
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

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
";
        assert!(found("silent-except", quiet).is_empty());
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
