//! `import-hook-usage`: code that changes how imports work.

use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::support::is_symbol;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "import-hook-usage",
    hooks: &[
        Hook::Call(check_call),
        Hook::Stmt(&[NodeKind::StmtAssign, NodeKind::StmtAnnAssign, NodeKind::StmtAugAssign], check_assignment),
    ],
};

const HOOKS: [&str; 3] = ["sys.meta_path", "sys.path_hooks", "builtins.__import__"];

/// Looks at `sys.meta_path.insert(...)`. What takes a hook out again is fine.
fn check_call<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(method) = call.func.as_ref() else { return };
    if ["insert", "append", "extend"].contains(&method.attr.as_str()) {
        check(context, &method.value, report);
    }
}

fn check_assignment<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let targets = match stmt {
        Stmt::Assign(assign) => assign.targets.as_slice(),
        Stmt::AnnAssign(assign) => std::slice::from_ref(assign.target.as_ref()),
        Stmt::AugAssign(assign) => std::slice::from_ref(assign.target.as_ref()),
        _ => return,
    };
    for target in targets {
        // `sys.meta_path[:] = ...`
        let changed = if let Expr::Subscript(part) = target { part.value.as_ref() } else { target };
        if changed.is_attribute_expr() {
            check(context, changed, report);
        }
    }
}

fn check(context: &Context<'_>, hooks: &Expr, report: &mut Report<'_>) {
    if is_symbol(context, hooks, &HOOKS) {
        report.at(hooks.range(), &[("symbol", context.text(hooks))]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn a_look_at_the_hooks_is_fine() {
        let quiet = "\
import sys, importlib
for finder in sys.meta_path:
    print(finder)
sys.meta_path.remove(finder)
sys.path.insert(0, 'x')
module = __import__('json')
meta_path = []
meta_path.append(1)
class A:
    sys = None
    def f(self):
        self.sys.meta_path.append(1)
";
        assert!(found("import-hook-usage", quiet).is_empty());
    }

    #[test]
    fn every_way_to_put_a_hook_in_is_found() {
        let source = "\
import builtins, sys
from sys import path_hooks
sys.meta_path.append(Finder())
sys.meta_path[:] = []
sys.meta_path += [Finder()]
path_hooks.insert(0, hook)
builtins.__import__ = guarded
";
        let expected = ["sys.meta_path", "sys.meta_path", "sys.meta_path", "path_hooks", "builtins.__import__"];
        assert_eq!(found("import-hook-usage", source), expected);
    }
}
