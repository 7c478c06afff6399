//! `manual-lock-acquire`: a lock that stays locked when something fails.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{ends_line, has_comment, is_awaited, is_instance_of, last_line_end, owns_its_lines, suite_of};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "manual-lock-acquire", hooks: &[Hook::Call(check)] };

const LOCKS: [&str; 14] = [
    "threading.Lock",
    "threading.RLock",
    "threading.Semaphore",
    "threading.BoundedSemaphore",
    "threading.Condition",
    "multiprocessing.synchronize.Lock",
    "multiprocessing.synchronize.RLock",
    "multiprocessing.synchronize.Semaphore",
    "multiprocessing.synchronize.BoundedSemaphore",
    "multiprocessing.synchronize.Condition",
    "asyncio.Lock",
    "asyncio.Semaphore",
    "asyncio.BoundedSemaphore",
    "asyncio.Condition",
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(method) = call.func.as_ref() else { return };
    // Tests of locks take them in steps.
    if method.attr.as_str() != "acquire" || !call.arguments.is_empty() {
        return;
    }
    let awaited = is_awaited(context);
    let Some(Node::Stmt(stmt @ Stmt::Expr(_))) = context.ancestors().nth(usize::from(awaited)) else { return };
    let lock = context.text(method.value.as_ref());
    let Some(held) = held(context, stmt, lock) else { return };
    if !is_instance_of(context, &method.value, &LOCKS) {
        return;
    }
    let fix = match held {
        Held::Try(attempt) => with_statement(context, stmt, attempt, lock, awaited),
        Held::Other => None,
    };
    let with = if awaited { "async with" } else { "with" };
    report.at(call.func.range(), &[("lock", lock), ("with", with)]).fix = fix;
}

/// How long a lock is held that a statement acquires.
enum Held<'a> {
    /// For the `try` that follows, to its `finally`.
    Try(&'a ast::StmtTry),
    /// To a release further down, or in the `finally` around it.
    Other,
}

/// Where the lock is released again, if that is in the same function, as a `with` would release it.
fn held<'a>(context: &Context<'a>, stmt: &Stmt, lock: &str) -> Option<Held<'a>> {
    let (suite, at) = suite_of(context, stmt)?;
    let rest = &suite[at + 1..];
    if let Some(Stmt::Try(attempt)) = rest.first()
        && attempt.finalbody.iter().any(|stmt| releases(context, stmt, lock))
    {
        return Some(Held::Try(attempt));
    }
    let around = context.enclosing_try().is_some_and(|attempt| attempt.finalbody.iter().any(|stmt| releases(context, stmt, lock)));
    let below = rest.iter().any(|stmt| releases(context, stmt, lock));
    (around || below).then_some(Held::Other)
}

/// `lock.release()`
fn releases(context: &Context<'_>, stmt: &Stmt, lock: &str) -> bool {
    let Stmt::Expr(stmt) = stmt else { return false };
    let Expr::Call(call) = stmt.value.as_ref() else { return false };
    matches!(call.func.as_ref(), Expr::Attribute(method)
        if method.attr.as_str() == "release" && context.text(method.value.as_ref()) == lock)
}

/// `with lock:` in place of `lock.acquire()`, `try:`, and a `finally` that only releases.
fn with_statement(
    context: &Context<'_>,
    acquire: &Stmt,
    attempt: &ast::StmtTry,
    lock: &str,
    is_async: bool,
) -> Option<Fix> {
    let plain = attempt.handlers.is_empty() && attempt.orelse.is_empty() && !attempt.is_star;
    let ([release], Some(last)) = (attempt.finalbody.as_slice(), attempt.body.last()) else { return None };
    let colon = context.token_in(attempt.range(), TokenKind::Colon)?;
    let head = TextRange::new(acquire.start(), colon.start());
    let tail = TextRange::new(
        last_line_end(context.source, last.end()),
        last_line_end(context.source, release.end()),
    );
    let alone = ends_line(context.source, last.end())
        && owns_its_lines(context.source, acquire)
        && owns_its_lines(context.source, release);
    if !plain || !alone || has_comment(context, head) || has_comment(context, tail) {
        return None;
    }
    let keyword = if is_async { "async with" } else { "with" };
    Some(Fix {
        title: format!("Use `{keyword} {lock}`"),
        safe: false,
        edits: vec![Edit::replace(head, format!("{keyword} {lock}")), Edit::delete(tail)],
        imports: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn what_no_with_can_say_is_fine() {
        let quiet = "\
import threading
lock = threading.Lock()
def handed_over():
    lock.acquire()
    start()
def tried():
    if lock.acquire(timeout=3):
        lock.release()
    lock.acquire(False)
    lock.release()
def let_go():
    with lock:
        lock.release()
        work()
        lock.acquire()
def test_order():
    lock.acquire()
    lock.release()
def own(semaphore):
    semaphore.acquire()
    semaphore.release()
class Guard:
    def __enter__(self):
        lock.acquire()
    def __exit__(self, *exc):
        lock.release()
";
        assert!(found("manual-lock-acquire", quiet).is_empty());
    }

    #[test]
    fn the_fix_is_a_with() {
        let source = "\
import asyncio, threading
class Account:
    def __init__(self):
        self.lock = threading.RLock()
    def add(self, n):
        self.lock.acquire()
        try:
            # In cents.
            self.sum += n
        finally:
            self.lock.release()
        return self.sum
    def take(self, n):
        self.lock.acquire()
        self.sum -= n
        self.lock.release()
async def main():
    lock = asyncio.Lock()
    await lock.acquire()
    try:
        await work()  # long
    finally:
        lock.release()
";
        assert_eq!(found("manual-lock-acquire", source), ["self.lock.acquire", "self.lock.acquire", "lock.acquire"]);
        let expected = "\
import asyncio, threading
class Account:
    def __init__(self):
        self.lock = threading.RLock()
    def add(self, n):
        with self.lock:
            # In cents.
            self.sum += n
        return self.sum
    def take(self, n):
        self.lock.acquire()
        self.sum -= n
        self.lock.release()
async def main():
    lock = asyncio.Lock()
    async with lock:
        await work()  # long
";
        assert_eq!(fixed("manual-lock-acquire", source), expected);
    }
}
