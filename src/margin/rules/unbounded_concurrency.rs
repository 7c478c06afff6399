//! `unbounded-concurrency`: as many tasks at once as there are items.

use ruff_python_ast::{self as ast, Expr, NodeKind};
use ruff_text_size::Ranged;

use super::support::{function_text, is_call_of, is_constant, is_symbol, last_name};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "unbounded-concurrency",
    hooks: &[Hook::Call(check_gather), Hook::Expr(&[NodeKind::ExprListComp, NodeKind::ExprSetComp], check_tasks)],
};

/// Looks at `asyncio.gather(*(fetch(url) for url in urls))`.
fn check_gather<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if !is_symbol(context, &call.func, &["asyncio.gather"]) {
        return;
    }
    let Some(all) = call.arguments.args.iter().find_map(|argument| match argument {
        Expr::Starred(starred) => comprehension(&starred.value),
        _ => None,
    }) else {
        return;
    };
    if all.0.is_call_expr() && is_unbounded(context, all) {
        report.at(call.func.range(), &[("items", context.text(&all.1.iter))]);
    }
}

/// Looks at `[asyncio.create_task(fetch(url)) for url in urls]`.
fn check_tasks<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Some(all @ (element, each)) = comprehension(expr) else { return };
    if is_call_of(context, element, &["asyncio.create_task", "asyncio.ensure_future", "asyncio.TaskGroup.create_task"])
        && is_unbounded(context, all)
        && let Expr::Call(call) = element
    {
        report.at(call.func.range(), &[("items", context.text(&each.iter))]);
    }
}

/// The element of a comprehension, and its one loop.
fn comprehension(expr: &Expr) -> Option<(&Expr, &ast::Comprehension)> {
    let (element, generators) = match expr {
        Expr::Generator(comp) => (&comp.elt, &comp.generators),
        Expr::ListComp(comp) => (&comp.elt, &comp.generators),
        Expr::SetComp(comp) => (&comp.elt, &comp.generators),
        _ => return None,
    };
    match generators.as_slice() {
        [each] => Some((element, each)),
        _ => None,
    }
}

/// Whether the number of items is not to be seen, and nothing around the place limits how many run at a time.
fn is_unbounded(context: &Context<'_>, (_, each): (&Expr, &ast::Comprehension)) -> bool {
    const LIMITS: [&str; 7] = ["emaphore", "imit", "batch", "chunk", "throttl", "pool", "worker"];
    let is_few = match &each.iter {
        Expr::Call(range) if context.is_builtin(&range.func, "range") => {
            range.arguments.args.iter().all(|bound| is_constant(context, bound))
        }
        Expr::Subscript(part) => part.slice.is_slice_expr(),
        other => is_constant(context, other),
    };
    let own = last_name(&each.iter).is_some_and(|name| LIMITS.iter().any(|word| name.contains(word)));
    let limited = function_text(context).is_none_or(|text| LIMITS.iter().any(|word| text.contains(word)));
    !is_few && !own && !limited
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn few_items_and_limited_ones_are_fine() {
        let quiet = "\
import asyncio
async def main(urls, jobs):
    await asyncio.gather(*(fetch(n) for n in range(4)))
    await asyncio.gather(*[fetch(url) for url in ('a', 'b')])
    await asyncio.gather(*[fetch(url) for url in urls[:10]])
    await asyncio.gather(*jobs)
    await asyncio.gather(one(), two())
async def limited(urls):
    turns = asyncio.Semaphore(10)
    async def one(url):
        async with turns:
            return await fetch(url)
    return await asyncio.gather(*(one(url) for url in urls))
";
        assert!(found("unbounded-concurrency", quiet).is_empty());
    }

    #[test]
    fn a_task_for_each_item_is_found() {
        let source = "\
import asyncio
async def main(urls):
    tasks = [asyncio.create_task(fetch(url)) for url in urls]
    await asyncio.gather(*[fetch(url) for url in urls])
    async with asyncio.TaskGroup() as group:
        [group.create_task(fetch(url)) for url in urls]
";
        let expected = ["asyncio.create_task", "asyncio.gather", "group.create_task"];
        assert_eq!(found("unbounded-concurrency", source), expected);
    }
}
