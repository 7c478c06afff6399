//! `queue-get-without-timeout`: waiting for what may never come.

use ruff_python_ast::{self as ast, AnyNodeRef, Stmt};
use ruff_text_size::Ranged;

use super::support::{any_in_own, argument, is_instance_of};
use super::threads::{BLOCKING_QUEUES, receiver};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "queue-get-without-timeout", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(queue) = receiver(call, &["get"]) else { return };
    let waits = argument(call, "block", Some(0)).is_absent() && argument(call, "timeout", Some(1)).is_absent();
    if waits && !in_worker_with_end(context) && is_instance_of(context, queue, &BLOCKING_QUEUES[..6]) {
        report.at(call.func.range(), &[("call", context.text(call.func.as_ref()))]);
    }
}

/// Whether the loop around the place is left from within: by a sentinel, as far as can be told.
fn in_worker_with_end(context: &Context<'_>) -> bool {
    context.loops().any(|outer| match outer {
        Stmt::While(stmt) => {
            any_in_own(&stmt.body, |node| matches!(node, AnyNodeRef::StmtBreak(_) | AnyNodeRef::StmtReturn(_)))
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn calls_that_come_back_are_fine() {
        let quiet = "\
import queue, asyncio
jobs = queue.Queue()
def take(later: asyncio.Queue, options: dict):
    jobs.get(timeout=3)
    jobs.get(False)
    jobs.get(True, 3)
    jobs.get_nowait()
    later.get()
    options.get('x')
    while True:
        job = jobs.get()
        if job is None:
            break
";
        assert!(found("queue-get-without-timeout", quiet).is_empty());
    }

    #[test]
    fn calls_that_wait_for_ever_are_found() {
        let source = "\
import queue
def take(jobs: queue.Queue):
    return jobs.get(block=True) or jobs.get()
";
        assert_eq!(found("queue-get-without-timeout", source), ["jobs.get"]);
    }
}
