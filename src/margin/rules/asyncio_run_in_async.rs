//! `asyncio-run-in-async`: a loop started where one is running.

use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange};

use super::support::{expects_error, has_comment, is_operand_of_primary};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::{Context, ScopeKind};

pub(super) const DETECTOR: Detector = Detector { rule: "asyncio-run-in-async", hooks: &[Hook::Call(check)] };

const STARTERS: [&str; 5] = [
    "asyncio.run",
    "asyncio.Runner.run",
    "asyncio.AbstractEventLoop.run_until_complete",
    "asyncio.BaseEventLoop.run_until_complete",
    "asyncio.AbstractEventLoop.run_forever",
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if !context.in_async() {
        return;
    }
    let starts = context.callee(call).is_some_and(|callee| STARTERS.contains(&callee.as_str()));
    if starts && !expects_error(context) {
        let fix = awaited(context, call);
        report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]).fix = fix;
    }
}

/// `await work()` for `asyncio.run(work())`.
fn awaited(context: &Context<'_>, call: &ast::ExprCall) -> Option<Fix> {
    let ([coroutine], []) = (&*call.arguments.args, &*call.arguments.keywords) else { return None };
    let directly = matches!(context.scopes().last()?.kind, ScopeKind::Function(def) if def.is_async);
    let before = TextRange::new(call.start(), coroutine.start());
    let behind = TextRange::new(coroutine.end(), call.end());
    if !directly || !coroutine.is_call_expr() || has_comment(context, before) || has_comment(context, behind) {
        return None;
    }
    // `await` binds weaker than what may follow a call.
    let (open, close) = if is_operand_of_primary(context, call.range()) { ("(", ")") } else { ("", "") };
    Some(Fix {
        title: "Await it".to_owned(),
        safe: false,
        edits: vec![Edit::replace(before, format!("{open}await ")), Edit::replace(behind, close)],
        imports: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "asyncio-run-in-async";

    #[test]
    fn other_threads_and_other_places_are_fine() {
        let quiet = "\
import asyncio, subprocess, pytest
def main():
    asyncio.run(work())
async def start():
    def in_thread():
        asyncio.run(work())
    await asyncio.to_thread(in_thread)
    await asyncio.to_thread(lambda: asyncio.run(work()))
    await asyncio.to_thread(asyncio.run, work())
    subprocess.run(['ls'])
    with pytest.raises(RuntimeError):
        asyncio.run(work())
";
        assert!(found(RULE, quiet).is_empty());
    }

    #[test]
    fn the_coroutine_is_awaited() {
        let source = "\
import asyncio
async def start(loop: asyncio.AbstractEventLoop):
    name = asyncio.run(work(1,
        2)).name
    asyncio.get_event_loop().run_until_complete(work())
    loop.run_until_complete(task)
    asyncio.run(work(), debug=True)
";
        assert_eq!(found(RULE, source).len(), 4);
        let expected = source
            .replace("asyncio.run(work(1,\n        2)).name", "(await work(1,\n        2)).name")
            .replace("asyncio.get_event_loop().run_until_complete(work())", "await work()");
        assert_eq!(fixed(RULE, source), expected);
    }
}
