//! `gc-disabled`: a collector that nobody switches on again.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::is_symbol;
use super::surroundings::around_text;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "gc-disabled", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if !is_symbol(context, &call.func, &["gc.disable"]) {
        return;
    }
    // What other functions do, and a script after this line, is not to be seen from here.
    if context.enclosing_function().is_some()
        && around_text(context).is_some_and(|text| !text.contains("enable") && !text.contains("freeze"))
    {
        report.at(call.func.range(), &[]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn what_is_enabled_somewhere_around_is_fine() {
        let quiet = "\
import gc
gc.disable()
class Quiet:
    def __enter__(self):
        gc.disable()
    def __exit__(self, *args):
        gc.enable()
def start_workers():
    gc.disable()
    gc.freeze()
def f(gc):
    gc.disable()
";
        assert!(found("gc-disabled", quiet).is_empty());
        assert_eq!(found("gc-disabled", "from gc import disable\ndef begin():\n    disable()\n"), ["disable"]);
    }
}
