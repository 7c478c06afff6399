//! `run-in-executor-default`: `loop.run_in_executor(None, f)` for `asyncio.to_thread(f)`.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::support::{any_in_expr, any_in_own, first_argument, has_comment, is_awaited, is_name, is_symbol, last_name, own_try, value_of, words};
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "run-in-executor-default", hooks: &[Hook::Call(check)] };

/// Looks at `await loop.run_in_executor(None, f, ...)`. What is not awaited at once starts earlier than a coroutine would.
fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(method) = call.func.as_ref() else { return };
    let [Expr::NoneLiteral(_), _, ..] = &*call.arguments.args else { return };
    if method.attr.as_str() != "run_in_executor" || !is_awaited(context) || !context.in_async() {
        return;
    }
    // A loop's own methods come here from `to_thread`.
    let is_loop_itself = is_name(&method.value, "self") || context.environment.is_below("asyncio");
    if !is_loop_itself && is_asyncio_loop(context, &method.value) && !stands_in(context) && !has_own_context(context, call) {
        let fix = in_thread(context, call);
        report.at(method.attr.range(), &[]).fix = fix;
    }
}

/// Whether a value is a loop of `asyncio`, by where it comes from or else by its name: Tornado's have a method of this name.
fn is_asyncio_loop<'a>(context: &Context<'a>, loop_: &'a Expr) -> bool {
    const GIVING: [&str; 3] = ["asyncio.get_event_loop", "asyncio.get_running_loop", "asyncio.new_event_loop"];
    match value_of(context, loop_) {
        Expr::Call(call) => is_symbol(context, &call.func, &GIVING),
        other => last_name(other).is_some_and(|name| {
            let words = words(name);
            words.last().is_some_and(|word| word == "loop") && words.first().is_none_or(|word| word != "io")
        }),
    }
}

/// Whether the call stands in for `to_thread` where that is missing: in a clause of a `try` that has it.
fn stands_in(context: &Context<'_>) -> bool {
    context.enclosing_handler().is_some() && own_try(context).is_some_and(|stmt| {
        any_in_own(&stmt.body, |node| matches!(node, AnyNodeRef::ExprAttribute(attribute) if attribute.attr.as_str() == "to_thread"))
    })
}

/// Whether the function runs in a context of its own: `copy_context().run`.
fn has_own_context(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    let is_run = |node: AnyNodeRef<'_>| match node {
        AnyNodeRef::ExprAttribute(run) if run.attr.as_str() == "run" => {
            matches!(run.value.as_ref(), Expr::Call(made) if last_name(&made.func) == Some("copy_context"))
                || context.infer(&run.value).is_some_and(|ty| ty.class.as_str() == "contextvars.Context")
        }
        _ => false,
    };
    call.arguments.args.iter().any(|argument| any_in_expr(argument, is_run))
}

fn in_thread(context: &Context<'_>, call: &ast::ExprCall) -> Option<Fix> {
    let (to_thread, import) = spelling(context, "asyncio.to_thread", call.start())?;
    let none = first_argument(context, call, call.arguments.args.first()?)?;
    if has_comment(context, TextRange::new(call.start(), none.end())) {
        return None;
    }
    Some(Fix {
        title: format!("Use `{to_thread}`"),
        safe: false,
        edits: vec![Edit::replace(call.func.range(), to_thread), Edit::delete(none)],
        imports: import.into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn other_executors_and_futures_are_fine() {
        let quiet = "\
import asyncio
async def main(pool, loop, work):
    await loop.run_in_executor(pool, work)
    future = loop.run_in_executor(None, work)
    await asyncio.wait_for(loop.run_in_executor(None, work), 3)
    await asyncio.to_thread(work)
    await IOLoop.current().run_in_executor(None, work)
    await main.io_loop.run_in_executor(None, work)
    await loop.run_in_executor(None, contextvars.copy_context().run, work)
    try:
        await asyncio.to_thread(work)
    except AttributeError:
        await asyncio.get_running_loop().run_in_executor(None, work)
class Loop(asyncio.SelectorEventLoop):
    async def send(self, work):
        await self.run_in_executor(None, work)
def start(loop, work):
    return loop.run_in_executor(None, work)
";
        assert!(found("run-in-executor-default", quiet).is_empty());
    }

    #[test]
    fn the_function_keeps_its_arguments() {
        let source = "\
import asyncio
async def main(work):
    return await asyncio.get_running_loop().run_in_executor(
        None,
        work,  # slow
        1,
    )
";
        let expected = "\
import asyncio
async def main(work):
    return await asyncio.to_thread(
        work,  # slow
        1,
    )
";
        assert_eq!(fixed("run-in-executor-default", source), expected);
    }
}
