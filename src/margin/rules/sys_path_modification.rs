//! `sys-path-modification`: a program that changes where Python looks for modules.

use ruff_python_ast::{self as ast, AnyNodeRef, CmpOp, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::support::{any_in_expr, comments_above, comments_at, is_call_of, is_reason, is_symbol, last_name, string, words};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

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
    if !at_import(context) || !is_symbol(context, &call.func, &CALLS) || is_considered(context) {
        return;
    }
    let folders = || call.arguments.args.iter();
    let is_current = |folder: &Expr| is_call_of(context, folder, &["os.getcwd"]) || string(folder).is_some_and(|path| path.is_empty() || path == ".");
    // `sys.path.extend((path not in sys.path) * [path])`
    if folders().any(|folder| looks_first(context, folder)) || folders().any(is_current) && imports_by_name(context) {
        return;
    }
    report.at(call.func.as_ref(), &[]);
}

/// Whether the module imports what it is told to: a program that works with the code of its user looks where the user is.
fn imports_by_name(context: &Context<'_>) -> bool {
    ["importlib", "import_module"].iter().any(|name| context.table.bindings_of(name).next().is_some())
}

/// `path not in sys.path`.
fn looks_first(context: &Context<'_>, test: &Expr) -> bool {
    any_in_expr(test, |node| match node {
        AnyNodeRef::ExprCompare(compare) => {
            compare.ops.contains(&CmpOp::NotIn) && compare.comparators.iter().any(|list| is_symbol(context, list, &["sys.path"]))
        }
        _ => false,
    })
}

/// `sys.path = saved_path`, `sys.path[:] = sys.path[1:] + sys.path[:1]`: nothing new gets in.
fn brings_nothing(context: &Context<'_>, value: &Expr) -> bool {
    match value {
        Expr::BinOp(sum) => brings_nothing(context, &sum.left) && brings_nothing(context, &sum.right),
        Expr::Subscript(piece) => is_symbol(context, &piece.value, &["sys.path"]),
        Expr::ListComp(kept) => match &*kept.generators {
            [each] => is_symbol(context, &each.iter, &["sys.path"]) && each.target.is_name_expr() && context.text(kept.elt.as_ref()) == context.text(&each.target),
            _ => false,
        },
        other => last_name(other).is_some_and(|name| {
            words(name).iter().any(|word| {
                ["backup", "old", "orig", "original", "prev", "previous", "saved"].contains(&word.as_str())
            })
        }),
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
    if matches!(stmt, Stmt::Assign(assign) if brings_nothing(context, &assign.value)) {
        return;
    }
    for target in targets {
        let list = if let Expr::Subscript(subscript) = target { &subscript.value } else { target };
        if list.is_attribute_expr() && is_symbol(context, list, &["sys.path"]) && !is_considered(context) {
            report.at(list.range(), &[]);
        }
    }
}

/// Whether someone has thought about it: a comment on the line or at the head of its paragraph, or above a statement around
/// it, gives the reason, or the program looks first whether the folder is there already.
fn is_considered(context: &Context<'_>) -> bool {
    let mut around = context.nodes().iter().rev().filter_map(|node| match node {
        Node::Stmt(stmt) => Some(*stmt),
        _ => None,
    });
    let Some(own) = around.next() else { return false };
    // A module that is run as a file (`if not __package__`) has no package to be found in.
    let asks = |stmt: &Stmt| match stmt {
        Stmt::If(stmt) => {
            looks_first(context, &stmt.test)
                || any_in_expr(&stmt.test, |node| matches!(node, AnyNodeRef::ExprName(name) if name.id == "__package__"))
        }
        _ => false,
    };
    let mut outermost = own;
    for stmt in around {
        if asks(stmt) || comments_above(context, stmt.start()).any(is_reason) {
            return true;
        }
        outermost = stmt;
    }
    // What stands before the outermost statement is not part of it, but for the comments right above.
    let before = &context.source[outermost.start().to_usize()..own.start().to_usize()];
    let mut paragraph = before.rsplit('\n').skip(1).map(str::trim).take(8).take_while(|line| !line.is_empty());
    comments_at(context, own.range()).any(is_reason) || paragraph.any(|line| line.starts_with('#') && is_reason(line))
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
    #[test]
    fn a_reason_or_a_look_first_will_do() {
        let quiet = "\
import sys
# The plug-ins live beside the program.
sys.path.append(x)
sys.path.append(x)  # The plug-ins live beside the program.
if frozen:
    # The plug-ins live beside the program.
    root = find()
    sys.path.append(root)
# The plug-ins live beside the program.
if frozen:
    sys.path.append(x)
if x not in sys.path:
    sys.path.insert(0, x)
";
        assert!(found(RULE, quiet).is_empty());
        let others = "\
import sys
# Someone else's remark.

sys.path.append(x)  # noqa: E402
if frozen:
    # Where it runs.
    root = find()

    sys.path.append(root)
if x in sys.path:
    sys.path.remove(x)
";
        assert_eq!(found(RULE, others), ["sys.path.append", "sys.path.append", "sys.path.remove"]);
    }

    #[test]
    fn what_is_put_back_or_looked_up_where_the_user_is_does_no_harm() {
        let quiet = "\
import importlib, os, sys
sys.path.append(os.getcwd())
sys.path.insert(0, '')
sys.path = OLD_PATH
sys.path[:] = sys.path[2:] + sys.path[:2]
sys.path = [path for path in sys.path if 'vendor' not in path]
sys.path.extend((x not in sys.path) * [x])
if not __package__:
    sys.path.insert(0, x)
";
        assert!(found(RULE, quiet).is_empty());
        let source = "import sys, os\nsys.path.append(os.getcwd())\nsys.path = [x] + sys.path\nsys.path = paths\nsys.path = [root + p for p in sys.path]\n";
        assert_eq!(found(RULE, source).len(), 4);
    }
}
