//! `faulthandler-file-closed`: a crash report that goes to somebody else's file.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::support::{argument, is_name, symbol};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "faulthandler-file-closed", hooks: &[Hook::Call(check)] };

/// Functions that remember a file, and where they take it.
const KEEPERS: [(&str, usize); 3] =
    [("faulthandler.enable", 0), ("faulthandler.register", 1), ("faulthandler.dump_traceback_later", 2)];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(function) = symbol(context, &call.func) else { return };
    let Some((_, position)) = KEEPERS.iter().find(|(name, _)| *name == function) else { return };
    let Some(file) = argument(call, "file", Some(*position)).given() else { return };
    let Expr::Name(name) = file else { return };
    let (Some(Node::Stmt(Stmt::Expr(_))), Some(Node::Stmt(Stmt::With(with)))) =
        (context.parent(), context.ancestors().nth(1))
    else {
        return;
    };
    let opens = with
        .items
        .iter()
        .any(|item| item.optional_vars.as_deref().is_some_and(|target| is_name(target, &name.id)));
    // What follows in the block may be the whole program.
    let is_last = with.body.last().is_some_and(|last| last.range().contains_range(call.range()));
    if opens && is_last {
        report.at(file, &[("file", name.id.as_str())]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn files_that_stay_open_are_fine() {
        let quiet = "\
import faulthandler, sys
reports = open('crash.log', 'w')
faulthandler.enable(file=reports)
faulthandler.enable()
with open('crash.log', 'w') as file:
    faulthandler.enable(file)
    main()
with lock:
    faulthandler.enable(file=sys.stderr)
with open('a') as a:
    faulthandler.dump_traceback(file=a)
";
        assert!(found("faulthandler-file-closed", quiet).is_empty());
    }

    #[test]
    fn every_way_to_keep_a_file_is_known() {
        let source = "\
import faulthandler, signal
with open('a') as a:
    faulthandler.register(signal.SIGUSR1, a)
with open('a') as a, lock:
    work()
    faulthandler.dump_traceback_later(9, file=a)
";
        assert_eq!(found("faulthandler-file-closed", source), ["a", "a"]);
    }
}
