//! `unpicklable-process-target`: a function that no other process can import.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::support::{argument, is_instance_of, is_symbol};
use super::{Detector, Hook, Report};
use crate::python::{BindingKind, Context, Lookup, PythonVersion};

pub(super) const DETECTOR: Detector = Detector { rule: "unpicklable-process-target", hooks: &[Hook::Call(check)] };

/// The methods of a `multiprocessing.Pool` that send a function to its workers.
const POOL_METHODS: [&str; 8] =
    ["apply", "apply_async", "imap", "imap_unordered", "map", "map_async", "starmap", "starmap_async"];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(sent) = sent(context, call, report.target()) else { return };
    let function = match sent {
        Expr::Call(partial) if is_symbol(context, &partial.func, &["functools.partial"]) => {
            let Some(function) = partial.arguments.args.first() else { return };
            function
        }
        other => other,
    };
    let shown = match function {
        Expr::Lambda(_) => "a lambda".to_owned(),
        Expr::Name(name) => match context.lookup(&name.id, name.start()) {
            Lookup::Local { bindings, .. }
                if bindings.iter().all(|binding| matches!(binding.kind, BindingKind::Function(_))) =>
            {
                format!("`{}`", name.id)
            }
            _ => return,
        },
        _ => return,
    };
    report.at(function, &[]).message =
        format!("{shown} cannot be sent to another process; only functions of a module can be pickled");
}

/// The function that a call sends to another process.
fn sent<'a>(context: &Context<'a>, call: &'a ast::ExprCall, target: PythonVersion) -> Option<&'a Expr> {
    let Expr::Attribute(method) = call.func.as_ref() else { return target_of_process(context, call, target) };
    let is_executor = |expr: &Expr| is_instance_of(context, expr, &["concurrent.futures.ProcessPoolExecutor"]);
    match method.attr.as_str() {
        "Process" => target_of_process(context, call, target),
        "run_in_executor" => {
            let executor = argument(call, "executor", Some(0)).given()?;
            argument(call, "func", Some(1)).given().filter(|_| is_executor(executor))
        }
        name @ ("submit" | "map") if is_executor(&method.value) => {
            argument(call, if name == "map" { "fn" } else { "" }, Some(0)).given()
        }
        name if POOL_METHODS.contains(&name) => {
            let is_pool = is_instance_of(context, &method.value, &["multiprocessing.pool.Pool"]);
            argument(call, "func", Some(0)).given().filter(|_| is_pool)
        }
        _ => None,
    }
}

/// The target of a `Process`, which is pickled on every platform since Python 3.14 (before, a process was forked on Linux).
fn target_of_process<'a>(context: &Context<'a>, call: &'a ast::ExprCall, target: PythonVersion) -> Option<&'a Expr> {
    let is_process = target >= PythonVersion::three(14) && is_symbol(context, &call.func, &["multiprocessing.Process"]);
    argument(call, "target", Some(1)).given().filter(|_| is_process)
}

#[cfg(test)]
mod tests {
    use crate::margin::Options;
    use crate::margin::rules::tests::{found, found_with};
    use crate::python::PythonVersion;

    #[test]
    fn threads_and_functions_of_a_module_are_fine() {
        let quiet = "\
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import Pool
from multiprocessing.pool import ThreadPool
def square(n):
    return n * n
def run(items, given):
    with ThreadPoolExecutor() as pool, ThreadPool() as threads:
        pool.map(lambda n: n + 1, items)
        threads.map(lambda n: n + 1, items)
    with ProcessPoolExecutor() as pool, Pool() as processes:
        pool.map(square, items)
        processes.map(given, items)
        processes.apply_async(square, callback=lambda result: print(result))
    given.map(lambda n: n + 1, items)
";
        assert!(found("unpicklable-process-target", quiet).is_empty());
    }

    #[test]
    fn lambdas_and_inner_functions_are_found() {
        let source = "\
import functools, multiprocessing
from concurrent.futures import ProcessPoolExecutor
async def run(items, loop):
    def inner(n):
        return n
    with ProcessPoolExecutor() as pool, multiprocessing.Pool(4) as processes:
        pool.submit(inner, 1)
        pool.map(functools.partial(inner), items)
        processes.imap(lambda n: n, items)
        await loop.run_in_executor(pool, inner)
    multiprocessing.Process(target=inner).start()
";
        assert_eq!(found("unpicklable-process-target", source), ["inner", "inner", "lambda n: n", "inner", "inner"]);
        let old = Options { target: PythonVersion::three(13), ..Options::default() };
        assert_eq!(found_with("unpicklable-process-target", source, &old).len(), 4);
    }
}
