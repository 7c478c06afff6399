//! `sys-path-modification`: a program that changes where Python looks for modules.

use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::support::is_symbol;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "sys-path-modification",
    hooks: &[
        Hook::Call(check_call),
        Hook::Stmt(&[NodeKind::StmtAssign, NodeKind::StmtAugAssign, NodeKind::StmtDelete], check_stmt),
    ],
};

const CALLS: [&str; 6] = [
    "site.addsitedir",
    "sys.path.append",
    "sys.path.extend",
    "sys.path.insert",
    "sys.path.pop",
    "sys.path.remove",
];

/// What a program does while it runs (a test runner, a tool that loads plug-ins) is its business; a change while a
/// module is imported is the makeshift.
fn at_import(context: &Context<'_>) -> bool {
    context.at_module_level() && !context.in_main_guard() && !context.in_test()
}

fn check_call<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if at_import(context) && is_symbol(context, &call.func, &CALLS) {
        report.at(call.func.as_ref(), &[]);
    }
}

fn check_stmt<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    if !at_import(context) {
        return;
    }
    let targets = match stmt {
        Stmt::Assign(assign) => assign.targets.as_slice(),
        Stmt::AugAssign(assign) => std::slice::from_ref(assign.target.as_ref()),
        Stmt::Delete(delete) => delete.targets.as_slice(),
        _ => return,
    };
    for target in targets {
        let list = if let Expr::Subscript(subscript) = target { &subscript.value } else { target };
        if list.is_attribute_expr() && is_symbol(context, list, &["sys.path"]) {
            report.at(list.range(), &[]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::Options;
    use crate::margin::rules::tests::{found, found_with};

    const RULE: &str = "sys-path-modification";

    #[test]
    fn every_way_to_change_it_is_found() {
        let source = "import sys\nfrom sys import path as p\nsys.path.insert(0, x)\np.append(x)\nsys.path[:0] = [x]\nsys.path += [x]\nsys.path = []\ndel sys.path[0]\n";
        let expected = ["sys.path.insert", "p.append", "sys.path", "sys.path", "sys.path", "sys.path"];
        assert_eq!(found(RULE, source), expected);
    }

    #[test]
    fn reading_it_and_tests_are_not() {
        assert!(found(RULE, "import sys\nx = sys.path\nsys.path[0]\nsys.path.index(x)\nos.path.join(x)\n").is_empty());
        let inner = "import sys\ndef f():\n    sys.path.append(x)\nif __name__ == '__main__':\n    sys.path.append(x)\n";
        assert!(found(RULE, inner).is_empty());
        let test = Options { file_name: "tests/conftest.py".to_owned(), ..Options::default() };
        assert!(found_with(RULE, "import sys\nsys.path.insert(0, x)\n", &test).is_empty());
    }
}
