//! `statistics-mode-multimodal`: waiting for an error that `statistics.mode` no longer raises.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::{is_symbol, symbol};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "statistics-mode-multimodal", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if symbol(context, &call.func).is_none_or(|symbol| symbol != "statistics.mode") {
        return;
    }
    let Some(around) = context.enclosing_try() else { return };
    let waits = around.handlers.iter().any(|ast::ExceptHandler::ExceptHandler(handler)| {
        handler.type_.as_deref().is_some_and(|ty| is_symbol(context, ty, &["statistics.StatisticsError"]))
    });
    if waits {
        report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn only_a_clause_for_its_error_waits_for_a_tie() {
        let quiet = "import statistics\ntry:\n    statistics.mode(x)\nexcept TypeError:\n    pass\nstatistics.mode(x)\n";
        assert!(found("statistics-mode-multimodal", quiet).is_empty());
    }
}
