//! `thread-not-joined`: a thread that nothing waits for.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::local_uses::{Use, local_uses};
use super::support::{Argument, argument, is_false, is_symbol};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "thread-not-joined", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if !is_symbol(context, &call.func, &["threading.Thread"]) {
        return;
    }
    let waits_at_exit = match argument(call, "daemon", Some(5)) {
        Argument::Absent => true,
        Argument::Given(value) => is_false(value),
        Argument::Unknown => false,
    };
    if waits_at_exit && is_left_alone(context) {
        report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]);
    }
}

/// Whether the thread is started, and nothing can join it any more.
fn is_left_alone(context: &Context<'_>) -> bool {
    match context.parent() {
        // `Thread(...).start()`
        Some(Node::Expr(Expr::Attribute(method))) => method.attr.as_str() == "start",
        Some(Node::Stmt(Stmt::Assign(assign))) => {
            let [Expr::Name(name)] = assign.targets.as_slice() else { return false };
            let Some(uses) = local_uses(context, &name.id) else { return false };
            let harmless = |one: &Use<'_>| match one {
                Use::Method(method, _) => !["join", "setDaemon"].contains(method),
                Use::Attribute(name) => *name != "daemon",
                _ => false,
            };
            uses.iter().any(|one| matches!(one, Use::Method("start", _))) && uses.iter().all(harmless)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn daemons_and_threads_that_someone_keeps_are_fine() {
        let quiet = "\
import threading
from multiprocessing import Process
def start(self, work, options):
    threading.Thread(target=work, daemon=True).start()
    threading.Thread(target=work, **options).start()
    joined = threading.Thread(target=work)
    joined.start()
    joined.join()
    late = threading.Thread(target=work)
    late.daemon = True
    late.start()
    self.thread = threading.Thread(target=work)
    self.thread.start()
    given = threading.Thread(target=work)
    given.start()
    Process(target=work).start()
    return given
";
        assert!(found("thread-not-joined", quiet).is_empty());
    }

    #[test]
    fn a_chained_start_and_a_forgotten_variable_are_found() {
        let source = "\
from threading import Thread
import threading
def start(work):
    Thread(target=work).start()
    forgotten = threading.Thread(target=work)
    forgotten.start()
    print(forgotten.name)
";
        assert_eq!(found("thread-not-joined", source), ["Thread", "threading.Thread"]);
    }
}
