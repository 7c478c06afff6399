//! `consumer-without-sentinel`: a worker that cannot come to an end.

use ruff_python_ast::{AnyNodeRef, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{Go, is_instance_of, is_true, literal_number, walk};
use super::threads::{BLOCKING_QUEUES, receiver};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "consumer-without-sentinel",
    hooks: &[Hook::Stmt(&[NodeKind::StmtWhile], check)],
};

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::While(stmt) = stmt else { return };
    if !is_true(&stmt.test) && literal_number(&stmt.test) != Some(1.0) {
        return;
    }
    let mut queue = None;
    let mut ends = false;
    walk(&stmt.body, |node| {
        match node {
            AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_) | AnyNodeRef::ExprLambda(_) => return Go::Over,
            AnyNodeRef::StmtBreak(_)
            | AnyNodeRef::StmtReturn(_)
            | AnyNodeRef::StmtRaise(_)
            | AnyNodeRef::ExprYield(_)
            | AnyNodeRef::ExprYieldFrom(_) => ends = true,
            AnyNodeRef::ExprCall(call) if call.arguments.is_empty() => {
                queue = queue.or_else(|| receiver(call, &["get"]));
            }
            _ => {}
        }
        if ends { Go::Stop } else { Go::In }
    });
    let Some(queue) = queue.filter(|_| !ends) else { return };
    if is_instance_of(context, queue, &BLOCKING_QUEUES) {
        report.at(TextRange::new(stmt.start(), stmt.test.end()), &[("queue", context.text(queue))]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn workers_that_end_are_fine() {
        let quiet = "\
import queue
def work(jobs: queue.Queue, plain):
    while True:
        job = jobs.get()
        if job is None:
            break
    while running:
        jobs.get()
    while True:
        plain.get()
    while True:
        jobs.get(timeout=3)
    while True:
        yield jobs.get()
";
        assert!(found("consumer-without-sentinel", quiet).is_empty());
    }

    #[test]
    fn workers_without_end_are_found() {
        let source = "\
import queue
def work(jobs: queue.Queue):
    while True:
        job = jobs.get()
        job.run()
";
        assert_eq!(found("consumer-without-sentinel", source), ["while True"]);
    }
}
