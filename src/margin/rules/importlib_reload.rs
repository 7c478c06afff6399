//! `importlib-reload`: a module that is run again under the objects that were made from it.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::support::{is_symbol, symbol};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node, ScopeKind};

pub(super) const DETECTOR: Detector = Detector { rule: "importlib-reload", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if is_symbol(context, &call.func, &["importlib.reload"])
        && !context.in_main_guard()
        && !offers(context)
        && call.arguments.args.first().is_some_and(|module| is_in_use(context, module))
    {
        report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]);
    }
}

/// Whether a function or a class around offers just this, as its name says.
fn offers(context: &Context<'_>) -> bool {
    let says = |name: &str| name.to_ascii_lowercase().contains("reload");
    context.scopes().iter().any(|scope| match scope.kind {
        ScopeKind::Function(def) => says(&def.name),
        ScopeKind::Class(class) => says(&class.name),
        _ => false,
    })
}

/// Whether the module is one that the file has imported and works with: its objects are around, and what is done at random with
/// modules of any name knows what it does. So does what is done under a condition while the file is imported.
fn is_in_use(context: &Context<'_>, module: &Expr) -> bool {
    let is_imported = module.is_name_expr() && symbol(context, module).is_some();
    let is_plain = || context.nodes().iter().filter(|node| matches!(node, Node::Stmt(_))).count() == 1;
    is_imported && (context.enclosing_function().is_some() || is_plain())
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    const RULE: &str = "importlib-reload";

    #[test]
    fn calls_are_found_and_those_who_offer_it_are_not() {
        let source = "\
import importlib
import settings
def refresh():
    importlib.reload(settings)
importlib.reload(settings)
def reload_all(module):
    return importlib.reload(settings)
class Reloader:
    def run(self, module):
        importlib.reload(settings)
def load(name):
    importlib.reload(sys.modules[name])
def load_again(module):
    return importlib.reload(module)
if backend == 'expr':
    importlib.reload(settings)
def test_settings():
    importlib.reload(settings)
if __name__ == '__main__':
    importlib.reload(settings)
";
        assert_eq!(found(RULE, source), ["importlib.reload", "importlib.reload"]);
    }
}
