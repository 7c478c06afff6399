//! `pool-without-context-manager`: workers that nobody sends home.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::local_uses::{Use, local_uses};
use super::support::{Go, is_symbol, walk};
use super::unclosed_resource::{around_statement, around_uses};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "pool-without-context-manager", hooks: &[Hook::Call(check)] };

const POOLS: [&str; 8] = [
    "concurrent.futures.InterpreterPoolExecutor",
    "concurrent.futures.ProcessPoolExecutor",
    "concurrent.futures.ThreadPoolExecutor",
    "multiprocessing.Pool",
    "multiprocessing.dummy.Pool",
    "multiprocessing.pool.Pool",
    "multiprocessing.pool.ThreadPool",
    "multiprocessing.context.BaseContext.Pool",
];

/// What ends a pool, or hands it to a `with`.
const ENDS: [&str; 6] = ["__enter__", "__exit__", "close", "join", "shutdown", "terminate"];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if !is_symbol(context, &call.func, &POOLS) {
        return;
    }
    let fix = match context.parent() {
        // `Pool().map(...)`
        Some(Node::Expr(Expr::Attribute(method))) => {
            let is_called = matches!(context.ancestors().nth(1), Some(Node::Expr(Expr::Call(outer))) if outer.func.range() == method.range);
            if !is_called || ENDS.contains(&method.attr.as_str()) {
                return;
            }
            around_statement(context, call, "pool")
        }
        Some(Node::Stmt(Stmt::Assign(assign))) => {
            let [Expr::Name(name)] = assign.targets.as_slice() else { return };
            let Some(uses) = local_uses(context, &name.id) else { return };
            let stays = |one: &Use<'_>| match one {
                Use::Method(method, _) | Use::Attribute(method) => !ENDS.contains(method),
                other => matches!(other, Use::Tested),
            };
            if !uses.iter().all(stays) {
                return;
            }
            around_uses(context, call, &name.id, &places(context, &name.id))
        }
        _ => return,
    };
    let finding = report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]);
    finding.fix = fix.map(|fix| crate::margin::Fix { title: "Make it in a `with` statement".to_owned(), ..fix });
}

/// Where the function around uses a name.
fn places(context: &Context<'_>, wanted: &str) -> Vec<TextRange> {
    let mut found = Vec::new();
    if let Some(def) = context.enclosing_function() {
        walk(&def.body, |node| {
            if let AnyNodeRef::ExprName(name) = node
                && name.id == wanted
                && !name.ctx.is_store()
            {
                found.push(name.range);
            }
            Go::In
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "pool-without-context-manager";

    #[test]
    fn pools_that_somebody_ends_are_fine() {
        let quiet = "\
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pool
POOL = ThreadPoolExecutor()
def work(loop, items, self):
    with Pool() as pool:
        pool.map(f, items)
    other = Pool()
    with other:
        other.map(f, items)
    third = ThreadPoolExecutor()
    third.submit(f)
    third.shutdown()
    self.pool = ThreadPoolExecutor()
    fourth = ThreadPoolExecutor()
    loop.set_default_executor(fourth)
    fifth = Pool()
    return fifth
def later():
    pool = ThreadPoolExecutor()
    atexit.register(pool.shutdown)
    return lambda: pool.submit(f)
";
        assert!(found(RULE, quiet).is_empty());
    }

    #[test]
    fn pools_end_with_their_block() {
        let source = "\
import multiprocessing
from concurrent import futures
def work(items):
    pool = futures.ProcessPoolExecutor(4)
    jobs = [pool.submit(f, item) for item in items]
    wait(jobs)
    return multiprocessing.Pool().map(f, items)
";
        let expected = "\
import multiprocessing
from concurrent import futures
def work(items):
    with futures.ProcessPoolExecutor(4) as pool:
        jobs = [pool.submit(f, item) for item in items]
    wait(jobs)
    with multiprocessing.Pool() as opened:
        return opened.map(f, items)
";
        assert_eq!(found(RULE, source).len(), 2);
        assert_eq!(fixed(RULE, source), expected);
    }
}
