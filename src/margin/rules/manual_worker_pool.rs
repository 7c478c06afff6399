//! `manual-worker-pool`: threads or processes that are started and joined by hand.

use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::local_uses::list_elements;
use super::support::{function_text, is_call_of, is_name};
use super::{Detector, Hook, Report};
use crate::python::{BindingKind, Context};

pub(super) const DETECTOR: Detector =
    Detector { rule: "manual-worker-pool", hooks: &[Hook::Stmt(&[NodeKind::StmtFor], check)] };

const PROCESSES: [&str; 2] = ["multiprocessing.Process", "multiprocessing.context.Process"];

/// Looks at `for worker in workers: worker.join()`.
fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::For(each) = stmt else { return };
    if !joins(each) {
        return;
    }
    // Workers that live long take their work from a queue; a pool has one of its own.
    if function_text(context).is_none_or(|text| text.contains("ueue")) {
        return;
    }
    let Some(elements) = list_elements(context, &each.iter) else { return };
    let pool = if elements.iter().all(|worker| is_made_by(context, worker, &["threading.Thread"])) {
        "ThreadPoolExecutor"
    } else if elements.iter().all(|worker| is_made_by(context, worker, &PROCESSES)) {
        "ProcessPoolExecutor"
    } else {
        return;
    };
    report.at(each.iter.range(), &[("workers", context.text(each.iter.as_ref())), ("pool", pool)]);
}

/// Whether a loop does nothing but wait for each of its workers.
fn joins(each: &ast::StmtFor) -> bool {
    let ([Stmt::Expr(only)], Expr::Name(target)) = (each.body.as_slice(), each.target.as_ref()) else { return false };
    let Expr::Call(call) = only.value.as_ref() else { return false };
    matches!(call.func.as_ref(), Expr::Attribute(method)
        if method.attr.as_str() == "join" && call.arguments.is_empty() && is_name(&method.value, &target.id))
}

/// Whether an expression is a new worker, or a variable that never holds anything else.
fn is_made_by(context: &Context<'_>, worker: &Expr, classes: &[&str]) -> bool {
    let Expr::Name(name) = worker else { return is_call_of(context, worker, classes) };
    let bindings = context.scopes().last().map(|scope| scope.get(&name.id)).unwrap_or_default();
    // The target of the joining loop may have the same name.
    let mut values = bindings.iter().filter_map(|binding| match binding.kind {
        BindingKind::Value(value) => Some(value),
        _ => None,
    });
    values.clone().next().is_some() && values.all(|value| is_call_of(context, value, classes))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn workers_with_a_queue_and_other_lists_are_fine() {
        let quiet = "\
import queue, threading
def serve(jobs):
    tasks = queue.Queue()
    threads = [threading.Thread(target=work, args=(tasks,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
def wait(threads):
    for thread in threads:
        thread.join()
def paths(parts):
    names = [part.name for part in parts]
    for name in names:
        name.join()
";
        assert!(found("manual-worker-pool", quiet).is_empty());
    }

    #[test]
    fn processes_in_a_comprehension_are_found() {
        let source = "\
from multiprocessing import Process
def run(jobs):
    processes = [Process(target=job) for job in jobs]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
";
        assert_eq!(found("manual-worker-pool", source), ["processes"]);
    }
}
