//! `dangling-task`: a task that nothing refers to.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::support::{is_call_of, is_discarded, occurrences};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "dangling-task", hooks: &[Hook::CallOf(&["create_task", "ensure_future"], check)] };

const LOOPS: [&str; 3] = ["asyncio.get_running_loop", "asyncio.get_event_loop", "asyncio.new_event_loop"];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if makes_task(context, call) && is_lost(context) {
        report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]);
    }
}

/// Whether a call starts a task that only the event loop knows of, and it knows it weakly. A `TaskGroup` keeps its own.
pub(super) fn makes_task(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    if !context.may_end_in(&call.func, |word| matches!(word, "create_task" | "ensure_future")) {
        return false;
    }
    if let Expr::Attribute(attribute) = call.func.as_ref()
        && attribute.attr.as_str() == "create_task"
        && is_call_of(context, &attribute.value, &LOOPS)
    {
        return true;
    }
    let last = match call.func.as_ref() {
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => "",
    };
    // The receiver's class is worth finding out only where the name fits.
    let callee = if last == "create_task" { context.callee(call) } else { context.resolve(&call.func) };
    callee.is_some_and(|callee| {
        matches!(
            callee.as_str(),
            "asyncio.create_task"
                | "asyncio.tasks.create_task"
                | "asyncio.ensure_future"
                | "asyncio.AbstractEventLoop.create_task"
                | "asyncio.events.AbstractEventLoop.create_task"
                | "asyncio.BaseEventLoop.create_task"
        )
    })
}

/// Whether the value is thrown away, or kept in a variable that is never read and gone with the function.
pub(super) fn is_lost(context: &Context<'_>) -> bool {
    let Some(Node::Stmt(Stmt::Assign(assign))) = context.parent() else { return is_discarded(context) };
    let [Expr::Name(name)] = assign.targets.as_slice() else { return false };
    let Some(function) = context.enclosing_function() else { return false };
    let text = context.text(function);
    if text.len() > 64 * 1024 || name.id != "_" && occurrences(text, &name.id) != 1 {
        return false;
    }
    // As long as the function waits for something, its variables hold on to the task.
    let rest = &context.source[assign.range.end().to_usize()..function.range.end().to_usize()];
    !["await", "async", "yield"].iter().any(|word| rest.contains(word))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn a_task_that_something_refers_to_is_kept() {
        let quiet = "\
import asyncio
async def main(tasks):
    task = asyncio.create_task(work())
    tasks.add(asyncio.create_task(work()))
    self.task = asyncio.create_task(work())
    await asyncio.create_task(work())
    await task
    async with asyncio.TaskGroup() as group:
        group.create_task(work())
    server = asyncio.create_task(work())
    await forever()
    asyncio.create_task(work()).add_done_callback(done)
    return asyncio.ensure_future(work())
";
        assert!(found("dangling-task", quiet).is_empty());
    }

    #[test]
    fn a_variable_that_is_never_read_is_gone_with_the_function() {
        let source = "\
import asyncio
from asyncio import ensure_future
async def main():
    asyncio.create_task(work())
    _ = ensure_future(work())
def start():
    job = asyncio.get_running_loop().create_task(work())
";
        let expected = ["asyncio.create_task", "ensure_future", "asyncio.get_running_loop().create_task"];
        assert_eq!(found("dangling-task", source), expected);
    }
}
