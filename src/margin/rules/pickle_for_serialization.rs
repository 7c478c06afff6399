//! `pickle-for-serialization`: pickles of which the code does not show who wrote them.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::unsafe_pickle_load::{is_foreign, reader};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "pickle-for-serialization", hooks: &[Hook::Call(check)] };

/// The tests are those of `unsafe-pickle-load`, which has the data of others.
fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(callee) = reader(context, call) else { return };
    if !is_foreign(context, &callee, call) {
        report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]);
    }
}
