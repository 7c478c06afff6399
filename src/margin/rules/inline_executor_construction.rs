//! `inline-executor-construction`: an executor that is made for one call and never shut down.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::support::{argument, is_call_of};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "inline-executor-construction", hooks: &[Hook::Call(check)] };

const EXECUTORS: [&str; 3] = [
    "concurrent.futures.ThreadPoolExecutor",
    "concurrent.futures.ProcessPoolExecutor",
    "concurrent.futures.InterpreterPoolExecutor",
];

/// Looks at `loop.run_in_executor(Executor(), f)`, `Executor().submit(f)` and `Executor().map(f, items)`.
fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(method) = call.func.as_ref() else { return };
    let executor = match method.attr.as_str() {
        "run_in_executor" => argument(call, "executor", Some(0)).given(),
        "submit" | "map" => Some(method.value.as_ref()),
        _ => return,
    };
    if let Some(Expr::Call(made)) = executor
        && let Some(executor) = executor
        && is_call_of(context, executor, &EXECUTORS)
    {
        report.at(made.func.range(), &[("symbol", context.text(made.func.as_ref()))]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn executors_that_someone_keeps_are_fine() {
        let quiet = "\
from concurrent.futures import ThreadPoolExecutor
async def main(loop, work, make_pool):
    with ThreadPoolExecutor() as pool:
        await loop.run_in_executor(pool, work)
        pool.submit(work)
    await loop.run_in_executor(make_pool(), work)
    loop.set_default_executor(ThreadPoolExecutor(4))
";
        assert!(found("inline-executor-construction", quiet).is_empty());
    }

    #[test]
    fn an_executor_for_one_call_is_found() {
        let source = "\
import concurrent.futures as cf
async def main(loop, work):
    await loop.run_in_executor(cf.ProcessPoolExecutor(), work)
    cf.ThreadPoolExecutor(max_workers=1).submit(work)
";
        assert_eq!(found("inline-executor-construction", source), ["cf.ProcessPoolExecutor", "cf.ThreadPoolExecutor"]);
    }
}
