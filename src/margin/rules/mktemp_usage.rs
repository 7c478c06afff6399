//! `mktemp-usage`: a name for a file that anyone can take.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::is_symbol;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "mktemp-usage", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if !is_symbol(context, &call.func, &["tempfile.mktemp"]) || context.enclosing_handler().is_some() {
        return;
    }
    // What makes a pipe or a socket fails when the name is taken.
    let arguments = context.text(call.arguments.range()).to_ascii_lowercase();
    if !["pipe", "sock", "listen"].iter().any(|word| arguments.contains(word)) {
        report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn names_of_files_are_found_and_those_of_pipes_are_not() {
        let source = "\
from tempfile import mktemp
import tempfile
mktemp()
tempfile.mktemp(suffix='.csv')
tempfile.mktemp(prefix='listener-', dir=folder)
tempfile.mktemp(prefix=r'\\\\.\\pipe\\python-')
try:
    from tempfile import mkstemp
except ImportError:
    mktemp()
";
        assert_eq!(found("mktemp-usage", source), ["mktemp", "tempfile.mktemp"]);
    }
}
