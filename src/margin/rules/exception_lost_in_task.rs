//! `exception-lost-in-task`: a task whose failure nobody hears of.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::dangling_task::{is_lost, makes_task};
use super::local_uses::{Use, local_uses};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "exception-lost-in-task", hooks: &[Hook::Call(check)] };

/// What can be asked of a task, or done to it, without hearing of its exception.
const DEAF: [&str; 7] = ["cancel", "cancelled", "cancelling", "done", "get_name", "set_name", "uncancel"];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(Node::Stmt(Stmt::Assign(assign))) = context.parent() else { return };
    let [Expr::Name(task)] = assign.targets.as_slice() else { return };
    // One that is gone with the function is the matter of another rule.
    if !makes_task(context, call) || is_lost(context) {
        return;
    }
    let Some(uses) = local_uses(context, &task.id) else { return };
    let deaf = |one: &Use<'_>| match one {
        Use::Method(name, _) | Use::Attribute(name) => DEAF.contains(name),
        other => matches!(other, Use::Tested),
    };
    if uses.iter().all(deaf) {
        report.at(call.func.range(), &[("task", task.id.as_str())]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    const RULE: &str = "exception-lost-in-task";

    #[test]
    fn tasks_that_somebody_asks_are_fine() {
        let quiet = "\
import asyncio
async def main(jobs):
    awaited = asyncio.create_task(work())
    await awaited
    asked = asyncio.create_task(work())
    asked.add_done_callback(log)
    gathered = asyncio.create_task(work())
    await asyncio.gather(gathered)
    kept = asyncio.create_task(work())
    jobs.add(kept)
    seen = asyncio.create_task(work())
    def stop():
        seen.cancel()
    given = asyncio.create_task(work())
    result = asyncio.create_task(work())
    await asyncio.sleep(1)
    print(result.result())
    return given
";
        assert!(found(RULE, quiet).is_empty());
    }

    #[test]
    fn to_cancel_a_task_is_not_to_hear_of_it() {
        let source = "\
import asyncio
async def main(loop):
    first = asyncio.create_task(work())
    second = loop.create_task(work())
    third = asyncio.ensure_future(work())
    await forever()
    loop.add_signal_handler(2, third.cancel)
    if not first.done():
        first.cancel()
";
        assert_eq!(found(RULE, source), ["asyncio.create_task", "asyncio.ensure_future"]);
    }
}
