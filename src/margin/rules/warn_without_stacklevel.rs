//! `warn-without-stacklevel`: a warning that points at itself.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::support::{Argument, add_argument, argument, is_symbol, last_name};
use super::{Detector, Hook, Report};
use crate::margin::Fix;
use crate::python::{Context, is_dunder};

pub(super) const DETECTOR: Detector = Detector { rule: "warn-without-stacklevel", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    // At module level the caller is the import machinery.
    if context.at_module_level() || !is_symbol(context, &call.func, &["warnings.warn"]) {
        return;
    }
    if is_internal(context) || !is_for_caller(context, call) {
        return;
    }
    if !argument(call, "stacklevel", Some(2)).is_absent() || !argument(call, "skip_file_prefixes", None).is_absent() {
        return;
    }
    let fix = add_argument(context, call, "stacklevel=2").map(|edit| Fix {
        title: "Point at the caller with `stacklevel=2`".to_owned(),
        safe: false,
        edits: vec![edit],
        imports: Vec::new(),
    });
    report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]).fix = fix;
}

/// The caller of a private function is the library itself; that of `__del__` is anywhere.
fn is_internal(context: &Context<'_>) -> bool {
    let is_private = |def: &ast::StmtFunctionDef| def.name.starts_with('_') && !is_dunder(&def.name) || def.name.as_str() == "__del__";
    context.environment.is_private_module()
        || context.enclosing_function().is_some_and(is_private)
        || context.enclosing_class().is_some_and(|class| class.name.starts_with('_'))
}

/// Whether the warning asks the caller to change something: it is about what goes away. Of others, such as those about
/// data, the place that warns may be the right one.
fn is_for_caller(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    let speaks = |text: &str| text.contains("deprecat") || text.contains("will be removed");
    let message = argument(call, "message", Some(0)).given();
    match argument(call, "category", Some(1)) {
        Argument::Given(category) => is_for_callers(category),
        Argument::Absent => message.is_some_and(|message| match message {
            Expr::Call(made) => is_for_callers(&made.func),
            Expr::StringLiteral(text) => speaks(&text.value.to_str().to_lowercase()),
            Expr::FString(_) | Expr::BinOp(_) => speaks(&context.text(message).to_lowercase()),
            _ => false,
        }),
        Argument::Unknown => false,
    }
}

/// `DeprecationWarning`, `RemovedInFlask4Warning`, `FutureWarning`.
fn is_for_callers(category: &Expr) -> bool {
    last_name(category).is_some_and(|name| name.contains("Deprecat") || name.contains("Removed") || name == "FutureWarning")
}

#[cfg(test)]
mod tests {
    use crate::margin::Options;
    use crate::margin::rules::tests::{fixed, found, found_with};

    #[test]
    fn levels_prefixes_and_modules_are_left_alone() {
        let quiet = "\
import warnings
warnings.warn('module')
def old():
    warnings.warn('old', DeprecationWarning, 3)
    warnings.warn('deprecated', stacklevel=1)
    warnings.warn('deprecated', skip_file_prefixes=('x',))
    warnings.warn(*args)
    warn('deprecated')
    warnings.warn('three rows are empty')
    warnings.warn(message, RuntimeWarning)
def _connect():
    warnings.warn('deprecated')
class _Pool:
    def connect(self):
        warnings.warn('deprecated')
";
        assert!(found("warn-without-stacklevel", quiet).is_empty());
        let public = "import warnings\ndef old():\n    warnings.warn('old', PendingDeprecationWarning)\n";
        let named = |file: &str| Options { file_name: file.to_owned(), ..Options::default() };
        assert_eq!(found_with("warn-without-stacklevel", public, &named("app/io.py")).len(), 1);
        for private in ["app/_io.py", "app/_internal/io.py"] {
            assert!(found_with("warn-without-stacklevel", public, &named(private)).is_empty());
        }
    }

    #[test]
    fn the_argument_comes_last() {
        let source = "\
from warnings import warn
def old():
    warn('Old is deprecated')
    warn(
        'old',
        DeprecationWarning,  # for now
    )
";
        let expected = "\
from warnings import warn
def old():
    warn('Old is deprecated', stacklevel=2)
    warn(
        'old',
        DeprecationWarning, stacklevel=2,  # for now
    )
";
        assert_eq!(fixed("warn-without-stacklevel", source), expected);
    }
}
