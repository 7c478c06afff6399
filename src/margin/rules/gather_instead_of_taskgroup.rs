//! `gather-instead-of-taskgroup`: coroutines that go on when one of them has failed.

use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::support::{
    Argument, argument, free_name, has_comment, indent_unit, is_finalizer, is_symbol, last_name, owns_its_lines, value_of, words,
};
use super::swallowed::in_finalizer;
use super::{Detector, Hook, Report};
use crate::margin::fix::{indentation, spelling};
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "gather-instead-of-taskgroup", hooks: &[Hook::Stmt(&[NodeKind::StmtExpr], check)] };

/// Looks at `await asyncio.gather(...)` whose results nobody uses: a task group then says the same, and more.
fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Expr(ast::StmtExpr { value, .. }) = stmt else { return };
    let Expr::Await(awaited) = value.as_ref() else { return };
    let Expr::Call(call) = awaited.value.as_ref() else { return };
    if !is_symbol(context, &call.func, &["asyncio.gather"]) {
        return;
    }
    // With `return_exceptions` a failure is a value, which a task group has no word for.
    let waits_for_all = !matches!(argument(call, "return_exceptions", None), Argument::Absent);
    let one = call.arguments.args.len() == 1 && !call.arguments.args.iter().any(Expr::is_starred_expr);
    if waits_for_all || one || call.arguments.args.is_empty() {
        return;
    }
    // A group makes its tasks itself, of coroutines; what closes or waits for several things is to reach them all.
    if !call.arguments.args.iter().all(|one| makes_coroutines(context, one)) || in_finalizer(context) {
        return;
    }
    let fix = with_group(context, stmt, call);
    report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]).fix = fix;
}

/// Whether an argument is the call of a coroutine function, going by how it is written, or a row of such calls.
fn makes_coroutines<'a>(context: &Context<'a>, argument: &'a Expr) -> bool {
    match argument {
        Expr::Call(call) => {
            let is_task = is_symbol(context, &call.func, &["asyncio.create_task", "asyncio.ensure_future", "asyncio.shield", "asyncio.gather"]);
            !is_task && last_name(&call.func).is_some_and(|name| name != "create_task" && !ends_something(name))
        }
        Expr::Starred(starred) => match value_of(context, &starred.value) {
            Expr::Generator(comp) => makes_coroutines(context, &comp.elt),
            Expr::ListComp(comp) => makes_coroutines(context, &comp.elt),
            _ => false,
        },
        _ => false,
    }
}

/// `node.disconnect()`, `worker.wait()`, `stop_timer(timer)`.
fn ends_something(function: &str) -> bool {
    let first = words(function).into_iter().next();
    is_finalizer(function) || first.is_some_and(|word| ["cancel", "flush", "join", "kill", "wait"].contains(&word.as_str()))
}

/// `async with asyncio.TaskGroup() as group:` with a task for each coroutine.
pub(in crate::margin) fn with_group(context: &Context<'_>, stmt: &Stmt, call: &ast::ExprCall) -> Option<Fix> {
    if has_comment(context, stmt) || !owns_its_lines(context.source, stmt) {
        return None;
    }
    let (class, import) = spelling(context, "asyncio.TaskGroup", stmt.start())?;
    let group = free_name(context, &["group", "tasks", "task_group"], stmt.start())?;
    let newline = context.newline();
    let indent = indentation(context.source, stmt.start());
    let unit = indent_unit(context.source, stmt.start());
    let mut text = format!("async with {class}() as {group}:");
    for argument in &call.arguments.args {
        text.push_str(newline);
        text.push_str(indent);
        text.push_str(unit);
        match argument {
            // Only what is surely a coroutine: a group takes no futures.
            Expr::Call(_) => text.push_str(&format!("{group}.create_task({})", context.text(argument))),
            Expr::Starred(starred) => {
                let (element, generators) = match starred.value.as_ref() {
                    Expr::Generator(comp) => (comp.elt.as_ref(), &comp.generators),
                    Expr::ListComp(comp) => (comp.elt.as_ref(), &comp.generators),
                    _ => return None,
                };
                let [each] = generators.as_slice() else { return None };
                if !element.is_call_expr() || each.is_async || !each.ifs.is_empty() {
                    return None;
                }
                let (target, iter) = (context.text(&each.target), context.text(&each.iter));
                let element = context.text(element);
                text.push_str(&format!(
                    "for {target} in {iter}:{newline}{indent}{unit}{unit}{group}.create_task({element})"
                ));
            }
            _ => return None,
        }
    }
    Some(Fix {
        title: format!("Use `{class}`"),
        safe: false,
        edits: vec![Edit::replace(stmt, text)],
        imports: import.into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::Options;
    use crate::margin::rules::tests::{fixed, found, found_with};
    use crate::python::PythonVersion;

    #[test]
    fn results_and_collected_failures_are_what_gather_is_for() {
        let quiet = "\
import asyncio
async def main(coros):
    both = await asyncio.gather(one(), two())
    await asyncio.gather(one(), two(), return_exceptions=True)
    await asyncio.wait_for(asyncio.gather(one(), two()), 3)
    await asyncio.gather(*coros)
    await asyncio.gather(*[asyncio.create_task(one()) for _ in coros])
    await asyncio.gather(*(server.stop() for server in coros))
    await asyncio.gather(first, second)
    return await asyncio.gather(*coros)
";
        assert!(found("gather-instead-of-taskgroup", quiet).is_empty());
    }

    #[test]
    fn every_coroutine_gets_its_task() {
        let source = "\
import asyncio as aio
async def main(urls, coros):
    await aio.gather(one(), *(load(url) for url in urls))
    await aio.gather(*coros)
";
        let expected = "\
import asyncio as aio
async def main(urls, coros):
    async with aio.TaskGroup() as group:
        group.create_task(one())
        for url in urls:
            group.create_task(load(url))
    await aio.gather(*coros)
";
        assert_eq!(fixed("gather-instead-of-taskgroup", source), expected);
        let old = Options { target: PythonVersion::three(10), ..Options::default() };
        assert!(found_with("gather-instead-of-taskgroup", source, &old).is_empty());
    }
}
