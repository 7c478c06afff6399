//! `retry-without-backoff`: trying again at once, or always after the same pause.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::support::{any_in_own, is_symbol, is_upper_case, literal_number, retry};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "retry-without-backoff",
    hooks: &[Hook::Stmt(&[NodeKind::StmtFor, NodeKind::StmtWhile], check)],
};

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Some(attempt) = retry(context, stmt) else { return };
    // A loop with a condition of its own may wait for many things.
    if stmt.is_while_stmt() && !pauses(context, attempt) {
        return;
    }
    let body = match stmt {
        Stmt::For(stmt) => &stmt.body,
        Stmt::While(stmt) => &stmt.body,
        _ => return,
    };
    let grows = any_in_own(body, |node| match node {
        AnyNodeRef::ExprCall(call) => is_sleep(context, call) && !has_constant_pause(call),
        _ => false,
    });
    if !grows {
        let keyword = TextRange::at(stmt.start(), TextSize::of(if stmt.is_for_stmt() { "for" } else { "while" }));
        report.at(keyword, &[]);
    }
}

/// Whether a handler waits.
fn pauses(context: &Context<'_>, attempt: &ast::StmtTry) -> bool {
    attempt.handlers.iter().any(|ast::ExceptHandler::ExceptHandler(handler)| {
        any_in_own(&handler.body, |node| matches!(node, AnyNodeRef::ExprCall(call) if is_sleep(context, call)))
    })
}

fn is_sleep(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    is_symbol(context, &call.func, &["time.sleep", "asyncio.sleep", "trio.sleep", "anyio.sleep"])
}

fn has_constant_pause(call: &ast::ExprCall) -> bool {
    call.arguments.args.first().is_some_and(|pause| literal_number(pause).is_some() || is_constant_name(pause))
}

fn is_constant_name(pause: &Expr) -> bool {
    matches!(pause, Expr::Name(name) if is_upper_case(&name.id))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn searches_and_growing_pauses_are_fine() {
        let quiet = "\
import time
def parse(text):
    for base in range(2, 17):
        try:
            return int(text, base)
        except ValueError:
            continue
def fetch(url):
    for attempt in range(5):
        try:
            return get(url)
        except OSError:
            time.sleep(2 ** attempt)
def drain(queue):
    while True:
        try:
            item = queue.pop()
        except IndexError:
            break
";
        assert!(found("retry-without-backoff", quiet).is_empty());
    }

    #[test]
    fn the_same_pause_each_time_is_found() {
        let source = "\
import time
def fetch(url):
    for _ in range(5):
        try:
            return get(url)
        except OSError:
            time.sleep(1)
    while True:
        try:
            get(url)
            break
        except OSError:
            time.sleep(PAUSE)
";
        assert_eq!(found("retry-without-backoff", source), ["for", "while"]);
    }
}
