//! `generated-code`: code that the program writes for itself.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::eval_used::{self, evaluated};
use super::exec_used::{self, executed};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "generated-code", hooks: &[Hook::Call(check)] };

/// The tests are those of `eval-used` and `exec-used`, which have the code that comes from elsewhere.
fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let is_own = evaluated(context, call).is_some_and(|code| !eval_used::is_foreign(context, code))
        || executed(context, call).is_some_and(|code| !exec_used::is_foreign(context, code));
    if is_own {
        report.at(call.func.range(), &[("function", context.text(call.func.as_ref()))]);
    }
}
