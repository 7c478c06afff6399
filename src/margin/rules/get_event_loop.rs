//! `get-event-loop`: asking for an event loop that may not be there.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::Ranged;

use super::matching::catches_warnings;
use super::support::{any_in_own, comments_on, function_text, is_name, is_symbol};
use super::{Detector, Hook, Report};
use crate::margin::fix::replace_symbol;
use crate::python::{Context, Node, ScopeKind, is_main_guard};

pub(super) const DETECTOR: Detector = Detector { rule: "get-event-loop", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if !is_symbol(context, &call.func, &["asyncio.get_event_loop"]) || is_prepared(context, call) {
        return;
    }
    if !context.in_async() && !starts_loop(context) {
        return;
    }
    let shown = context.text(call.func.as_ref());
    if context.in_async() {
        // A coroutine only runs in a running loop: both calls give that one.
        let fix = replace_symbol(context, call.func.range(), "asyncio.get_running_loop", true);
        let message = format!("a coroutine always has a running loop; ask for it with `{}`", instead(shown));
        report.say(call.func.range(), message).fix = fix;
    } else {
        report.at(call.func.range(), &[("symbol", shown)]);
    }
}

/// Whether the loop is surely asked for where none runs: while the module is imported, or to run something in it.
///
/// Any other function may be called from a coroutine. Behind an `if`, and where the function sets a loop, there is one.
fn starts_loop(context: &Context<'_>) -> bool {
    let in_lambda = context.scopes().iter().any(|scope| matches!(scope.kind, ScopeKind::Lambda(_)));
    if in_lambda || is_guarded(context) || context.table.bindings_of("set_event_loop").next().is_some() {
        return false;
    }
    let Some(def) = context.enclosing_function() else { return true };
    if function_text(context).is_none_or(|text| text.contains("set_event_loop")) {
        return false;
    }
    match context.parent() {
        Some(Node::Expr(Expr::Attribute(method))) => runs(method),
        Some(Node::Stmt(Stmt::Assign(assign))) => {
            let [Expr::Name(variable)] = assign.targets.as_slice() else { return false };
            let is_run = |node: AnyNodeRef<'_>| {
                matches!(node, AnyNodeRef::ExprAttribute(method) if is_name(&method.value, &variable.id) && runs(method))
            };
            any_in_own(&def.body, is_run)
        }
        _ => false,
    }
}

fn runs(method: &ast::ExprAttribute) -> bool {
    matches!(method.attr.as_str(), "run_until_complete" | "run_forever")
}

/// Behind a condition of the same function: it may have asked whether there is a loop.
fn is_guarded(context: &Context<'_>) -> bool {
    let in_function = context.ancestors().take_while(|node| !matches!(node, Node::Stmt(Stmt::FunctionDef(_))));
    let mut conditions = in_function.filter_map(|node| match node {
        Node::Stmt(Stmt::If(branch)) => Some(branch.test.as_ref()),
        Node::Expr(Expr::If(ternary)) => Some(ternary.test.as_ref()),
        Node::Expr(Expr::BoolOp(either)) => either.values.first(),
        _ => None,
    });
    conditions.any(|test| !is_main_guard(test))
}

/// In a `try` with an `except`, where the warnings about it are caught, or where a comment says which loop it will be.
fn is_prepared(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    let says = |call: &ast::ExprCall| comments_on(context, call).any(|comment| comment.contains("loop"));
    context.enclosing_try().is_some_and(|stmt| !stmt.handlers.is_empty()) || catches_warnings(context) || says(call)
}

/// The other function's name, written as this one is.
fn instead(shown: &str) -> String {
    shown.rsplit_once('.').map_or_else(|| "get_running_loop".to_owned(), |(module, _)| format!("{module}.get_running_loop"))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn only_a_coroutine_is_sure_of_a_running_loop() {
        let source = "\
import asyncio as aio
loop = aio.get_event_loop()
async def work():
    loop = aio.get_event_loop()
def start():
    return aio.get_event_loop().run_until_complete(work())
def serve():
    loop = aio.get_event_loop()
    loop.create_task(work())
    loop.run_forever()
if __name__ == '__main__':
    loop = aio.get_event_loop()
";
        assert_eq!(found("get-event-loop", source).len(), 5);
        let before = "def work():\n    loop = aio.get_event_loop";
        assert_eq!(fixed("get-event-loop", source), source.replacen(before, "def work():\n    loop = aio.get_running_loop", 1));
    }

    #[test]
    fn what_may_run_in_a_loop_or_asks_first_is_left_alone() {
        let quiet = "\
import asyncio
async def work():
    later = lambda: asyncio.get_event_loop()
class Reader:
    def __init__(self, loop=None):
        if loop is None:
            loop = asyncio.get_event_loop()
        self.loop = loop or asyncio.get_event_loop()
        self.task = asyncio.get_event_loop().create_task(work())
def later(call):
    loop = asyncio.get_event_loop()
    loop.call_later(1, call)
def start():
    asyncio.set_event_loop(asyncio.new_event_loop())
    asyncio.get_event_loop().run_until_complete(work())
def run(main):
    if is_installed():
        asyncio.get_event_loop().run_until_complete(main)
";
        assert!(found("get-event-loop", quiet).is_empty());
    }
}
