//! `warn-without-stacklevel`: a warning that points at itself.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::{add_argument, argument, symbol};
use super::{Detector, Hook, Report};
use crate::margin::Fix;
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "warn-without-stacklevel", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    // At module level the caller is the import machinery.
    if context.at_module_level() || context.in_test() {
        return;
    }
    // The caller of a private function is the library itself.
    let is_private = |def: &ast::StmtFunctionDef| def.name.starts_with('_') && !def.name.ends_with("__");
    if context.enclosing_function().is_some_and(is_private) {
        return;
    }
    if symbol(context, &call.func).is_none_or(|symbol| symbol != "warnings.warn") {
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

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn levels_prefixes_and_modules_are_left_alone() {
        let quiet = "\
import warnings
warnings.warn('module')
def old():
    warnings.warn('old', DeprecationWarning, 3)
    warnings.warn('old', stacklevel=1)
    warnings.warn('old', skip_file_prefixes=('x',))
    warnings.warn(*args)
    warn('old')
def _connect():
    warnings.warn('old')
";
        assert!(found("warn-without-stacklevel", quiet).is_empty());
    }

    #[test]
    fn the_argument_comes_last() {
        let source = "\
from warnings import warn
def old():
    warn('old')
    warn(
        'old',
        DeprecationWarning,  # for now
    )
";
        let expected = "\
from warnings import warn
def old():
    warn('old', stacklevel=2)
    warn(
        'old',
        DeprecationWarning, stacklevel=2,  # for now
    )
";
        assert_eq!(fixed("warn-without-stacklevel", source), expected);
    }
}
