//! `manual-event-loop`: a loop that is made, run and closed by hand.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

use super::local_uses::{Use, local_uses};
use super::support::{any_in_expr, is_call_of, is_symbol, value_of};
use super::{Detector, Hook, Report};
use crate::margin::fix::replace_symbol;
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "manual-event-loop", hooks: &[Hook::Call(check)] };

const MAKERS: [&str; 2] = ["asyncio.new_event_loop", "asyncio.get_event_loop"];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(method) = call.func.as_ref() else { return };
    if method.attr.as_str() != "run_until_complete" || context.in_async() {
        return;
    }
    let fix = match method.value.as_ref() {
        // `asyncio.get_event_loop().run_until_complete(main())`, where the program starts.
        Expr::Call(_) => {
            let starts = context.at_module_level() || context.in_main_guard();
            if !starts || !is_call_of(context, &method.value, &MAKERS) {
                return;
            }
            runs_coroutine(context, call)
                .then(|| replace_symbol(context, call.func.range(), "asyncio.run", false))
                .flatten()
        }
        Expr::Name(name) => {
            if !is_call_of(context, value_of(context, &method.value), &MAKERS)
                || ends_loop(call)
                || !runs_once(context, &name.id)
            {
                return;
            }
            None
        }
        _ => return,
    };
    report.at(method.attr.range(), &[]).fix = fix;
}

/// Whether a loop runs one thing and is closed, and nobody else gets to see it.
fn runs_once(context: &Context<'_>, name: &str) -> bool {
    let Some(uses) = local_uses(context, name) else { return false };
    let (mut runs, mut closes) = (0, 0);
    for one in uses {
        match one {
            Use::Method("run_until_complete", call) => runs += usize::from(!ends_loop(call)),
            Use::Method("close", _) => closes += 1,
            Use::Method("shutdown_asyncgens" | "shutdown_default_executor" | "set_debug" | "is_closed", _) => {}
            Use::Argument(call) if is_symbol(context, &call.func, &["asyncio.set_event_loop"]) => {}
            _ => return false,
        }
    }
    runs == 1 && closes > 0
}

/// `loop.run_until_complete(loop.shutdown_asyncgens())`
fn ends_loop(call: &ast::ExprCall) -> bool {
    call.arguments.args.iter().any(|argument| {
        any_in_expr(argument, |node| match node {
            AnyNodeRef::ExprAttribute(attribute) => attribute.attr.starts_with("shutdown_"),
            _ => false,
        })
    })
}

/// Whether what is run is a call that is surely made without a loop: `asyncio.gather` is not.
fn runs_coroutine(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    match &*call.arguments.args {
        [Expr::Call(inner)] if call.arguments.keywords.is_empty() => {
            !context.resolve(&inner.func).is_some_and(|name| name.starts_with("asyncio."))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn a_loop_with_more_to_do_is_left_alone() {
        let quiet = "\
import asyncio
def serve(start, stop):
    loop = asyncio.new_event_loop()
    loop.run_until_complete(start())
    loop.run_forever()
    loop.close()
def twice(work):
    loop = asyncio.new_event_loop()
    loop.run_until_complete(work())
    loop.run_until_complete(work())
    loop.close()
def given(loop, work):
    loop.run_until_complete(work())
    loop.close()
def shared(work):
    return asyncio.get_event_loop().run_until_complete(work())
def handed_on(work):
    loop = asyncio.new_event_loop()
    loop.run_until_complete(work(loop))
    loop.close()
";
        assert!(found("manual-event-loop", quiet).is_empty());
    }

    #[test]
    fn where_the_program_starts_the_call_is_replaced() {
        let source = "\
import asyncio
def sync(work):
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(work())
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
if __name__ == '__main__':
    asyncio.get_event_loop().run_until_complete(asyncio.gather(a(), b()))
    asyncio.get_event_loop().run_until_complete(main())
";
        assert_eq!(found("manual-event-loop", source).len(), 3);
        let after = fixed("manual-event-loop", source);
        assert!(after.ends_with("gather(a(), b()))\n    asyncio.run(main())\n"), "{after}");
    }
}
