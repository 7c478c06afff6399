//! `overbroad-suppress`: a block in which nothing can fail any more.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::{has_reason, is_symbol, symbol};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "overbroad-suppress", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if symbol(context, &call.func).is_none_or(|symbol| symbol != "contextlib.suppress") {
        return;
    }
    // A comment above, or on the line, is taken as the reason.
    if has_reason(context, call) {
        return;
    }
    for class in &*call.arguments.args {
        if is_symbol(context, class, &["builtins.Exception", "builtins.BaseException"]) {
            report.at(class.range(), &[("class", context.text(class))]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn errors_that_are_named_may_be_expected() {
        let source = "\
import contextlib
from contextlib import suppress
with contextlib.suppress(OSError): ...
with own.suppress(Exception): ...
with suppress(ValueError, Exception): ...
# Whatever the plug-in does, the others must run.
with suppress(Exception):
    plug_in()
";
        assert_eq!(found("overbroad-suppress", source), ["Exception"]);
    }
}
