//! `get-event-loop`: asking for an event loop that may not be there.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::matching::catches_warnings;
use super::support::{comments_on, is_symbol};
use super::{Detector, Hook, Report};
use crate::margin::fix::replace_symbol;
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "get-event-loop", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if !is_symbol(context, &call.func, &["asyncio.get_event_loop"]) || is_prepared(context, call) {
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
async def work():
    loop = aio.get_event_loop()
    later = lambda: aio.get_event_loop()
def start():
    return aio.get_event_loop()
";
        assert_eq!(found("get-event-loop", source).len(), 3);
        assert_eq!(fixed("get-event-loop", source), source.replacen("get_event_loop", "get_running_loop", 1));
    }
}
