//! `queue-join-without-task-done`: an item that the queue counts as unfinished for ever.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::support::{Go, any_in_own, is_instance_of, walk};
use super::threads::{COUNTING_QUEUES, receiver};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "queue-join-without-task-done",
    hooks: &[Hook::Stmt(&[NodeKind::StmtWhile, NodeKind::StmtFor], check)],
};

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let (Stmt::While(ast::StmtWhile { body, .. }) | Stmt::For(ast::StmtFor { body, .. })) = stmt else { return };
    let Some((taken, queue)) = body.iter().enumerate().find_map(|(at, stmt)| Some((at, taken_from(stmt)?))) else { return };
    let name = context.text(queue);
    let rest = &body[taken + 1..];
    let Some(done) = rest.iter().position(|stmt| is_done_at_end(context, stmt, name)) else { return };
    if !is_instance_of(context, queue, &COUNTING_QUEUES) {
        return;
    }
    for stmt in &rest[..done] {
        if let Some(way_out) = way_out(context, stmt, name) {
            report.at(way_out.range(), &[("queue", name)]);
        }
    }
}

/// The queue of `item = q.get()` or `item = await q.get()`.
fn taken_from(stmt: &Stmt) -> Option<&Expr> {
    let Stmt::Assign(assign) = stmt else { return None };
    let value = if let Expr::Await(awaited) = assign.value.as_ref() { &awaited.value } else { &assign.value };
    let Expr::Call(call) = value.as_ref() else { return None };
    receiver(call, &["get"])
}

/// Whether a statement ends in `q.task_done()`, by itself or in its `finally`.
fn is_done_at_end(context: &Context<'_>, stmt: &Stmt, queue: &str) -> bool {
    match stmt {
        Stmt::Expr(stmt) => is_done(context, &stmt.value, queue),
        Stmt::Try(stmt) => stmt.finalbody.iter().any(|stmt| is_done_at_end(context, stmt, queue)),
        _ => false,
    }
}

fn is_done(context: &Context<'_>, expr: &Expr, queue: &str) -> bool {
    matches!(expr, Expr::Call(call) if receiver(call, &["task_done"]).is_some_and(|one| context.text(one) == queue))
}

/// A jump in a statement that leaves the round, where the statement says nowhere that the item is done.
fn way_out<'a>(context: &Context<'_>, stmt: &'a Stmt, queue: &str) -> Option<AnyNodeRef<'a>> {
    let told = any_in_own(std::slice::from_ref(stmt), |node| {
        matches!(node, AnyNodeRef::ExprCall(call) if receiver(call, &["task_done"]).is_some_and(|one| context.text(one) == queue))
    });
    if told {
        return None;
    }
    let mut found = None;
    walk(std::slice::from_ref(stmt), |node| match node {
        AnyNodeRef::StmtBreak(_) | AnyNodeRef::StmtContinue(_) | AnyNodeRef::StmtReturn(_) => {
            found = Some(node);
            Go::Stop
        }
        // Jumps in inner loops stay there; those that do not are rare.
        AnyNodeRef::StmtFor(_)
        | AnyNodeRef::StmtWhile(_)
        | AnyNodeRef::StmtFunctionDef(_)
        | AnyNodeRef::StmtClassDef(_) => Go::Over,
        _ if node.is_expression() => Go::Over,
        _ => Go::In,
    });
    found
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn items_that_are_all_told_are_fine() {
        let quiet = "\
import queue
def work(jobs: queue.Queue, plain):
    while True:
        job = jobs.get()
        try:
            if job is None:
                break
            run(job)
        finally:
            jobs.task_done()
    while True:
        job = jobs.get()
        if job is None:
            jobs.task_done()
            return
        for step in job:
            if step:
                break
        jobs.task_done()
    while True:
        job = jobs.get()
        if job is None:
            break
    while True:
        job = plain.get()
        if job is None:
            break
        plain.task_done()
";
        assert!(found("queue-join-without-task-done", quiet).is_empty());
    }

    #[test]
    fn ways_around_it_are_found() {
        let source = "\
import asyncio, queue
jobs = queue.Queue()
def work():
    while True:
        job = jobs.get()
        if job is None:
            break
        if job.is_old:
            continue
        run(job)
        jobs.task_done()
async def read(lines: asyncio.Queue):
    while True:
        line = await lines.get()
        if not line:
            return
        try:
            show(line)
        finally:
            lines.task_done()
";
        assert_eq!(found("queue-join-without-task-done", source), ["break", "continue", "return"]);
    }
}
