//! `tracemalloc-left-running`: memory that is watched for ever.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::is_symbol;
use super::surroundings::around_text;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "tracemalloc-left-running", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if !is_symbol(context, &call.func, &["tracemalloc.start"]) {
        return;
    }
    // What other functions do, and a script after this line, is not to be seen from here.
    if context.enclosing_function().is_some() && around_text(context).is_some_and(|text| !text.contains("stop")) {
        report.at(call.func.range(), &[]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn what_is_stopped_somewhere_around_is_fine() {
        let quiet = "\
import tracemalloc
tracemalloc.start()
class Watch:
    def __enter__(self):
        tracemalloc.start()
    def __exit__(self, *args):
        tracemalloc.stop()
def test_memory():
    tracemalloc.start()
";
        assert!(found("tracemalloc-left-running", quiet).is_empty());
        let source = "from tracemalloc import start as watch\ndef begin():\n    watch(25)\n";
        assert_eq!(found("tracemalloc-left-running", source), ["watch"]);
    }
}
