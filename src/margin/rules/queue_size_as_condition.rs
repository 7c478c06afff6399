//! `queue-size-as-condition`: a decision on what may have changed by now.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::support::{any_in_own, is_instance_of, walk_expr, Go};
use super::threads::{BLOCKING_QUEUES, receiver};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "queue-size-as-condition",
    hooks: &[Hook::Stmt(&[NodeKind::StmtIf, NodeKind::StmtWhile], check)],
};

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let (test, body) = match stmt {
        Stmt::If(stmt) => (stmt.test.as_ref(), &stmt.body),
        Stmt::While(stmt) => (stmt.test.as_ref(), &stmt.body),
        _ => return,
    };
    let Some((asked, queue)) = size_asked(test) else { return };
    if !is_instance_of(context, queue, &BLOCKING_QUEUES) {
        return;
    }
    let waits = any_in_own(body, |node| match node {
        AnyNodeRef::ExprCall(call) => {
            receiver(call, &["get", "put"]).is_some_and(|one| context.text(one) == context.text(queue))
        }
        _ => false,
    });
    if waits {
        report.at(asked.range(), &[("asked", context.text(asked))]);
    }
}

/// `q.empty()` in a condition, and the queue.
fn size_asked(test: &Expr) -> Option<(&ast::ExprCall, &Expr)> {
    let mut found = None;
    walk_expr(test, |node| match node {
        AnyNodeRef::ExprCall(call) => match receiver(call, &["empty", "full", "qsize"]) {
            Some(queue) => {
                found = Some((call, queue));
                Go::Stop
            }
            None => Go::Over,
        },
        AnyNodeRef::ExprBoolOp(_) | AnyNodeRef::ExprUnaryOp(_) | AnyNodeRef::ExprCompare(_) => Go::In,
        _ => Go::Over,
    });
    found
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn sizes_for_the_log_are_fine() {
        let quiet = "\
import queue, asyncio
def watch(jobs: queue.Queue, later: asyncio.Queue, plain):
    if jobs.qsize() > 100:
        log('many jobs')
    if not jobs.empty():
        jobs.get_nowait()
    while not later.empty():
        later.get_nowait()
    if not plain.empty():
        plain.get()
    if not jobs.empty():
        return settings.get('x')
";
        assert!(found("queue-size-as-condition", quiet).is_empty());
    }

    #[test]
    fn decisions_are_found() {
        let source = "\
import queue
from multiprocessing import Queue
jobs = queue.Queue()
def work():
    while not jobs.empty():
        job = jobs.get()
class Sender:
    def __init__(self):
        self.out = Queue(9)
    def send(self, x):
        if ready and not self.out.full():
            self.out.put(x)
        if self.out.qsize() < 9:
            self.out.put(x)
";
        assert_eq!(found("queue-size-as-condition", source), ["jobs.empty()", "self.out.full()", "self.out.qsize()"]);
    }
}
