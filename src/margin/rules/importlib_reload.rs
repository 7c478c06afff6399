//! `importlib-reload`: a module that is run again under the objects that were made from it.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::is_symbol;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "importlib-reload", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    // A function of that name offers just this.
    let offers = |def: &ast::StmtFunctionDef| def.name.trim_matches('_') == "reload";
    if is_symbol(context, &call.func, &["importlib.reload"])
        && !context.in_main_guard()
        && !context.enclosing_function().is_some_and(offers)
    {
        report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    const RULE: &str = "importlib-reload";

    #[test]
    fn calls_are_found_and_those_who_offer_it_are_not() {
        let source = "\
import importlib
def refresh():
    importlib.reload(settings)
def reload(module):
    return importlib.reload(module)
def test_settings():
    importlib.reload(settings)
if __name__ == '__main__':
    importlib.reload(settings)
";
        assert_eq!(found(RULE, source), ["importlib.reload"]);
    }
}
