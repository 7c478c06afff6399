//! `unguarded-rmtree`: a tree that is deleted because someone said so.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

use super::support::{any_in_expr, any_in_own, argument, is_call_of, is_large, is_name, is_true, symbol};
use super::{Detector, Hook, Report};
use crate::python::{BindingKind, Context, Lookup};

pub(super) const DETECTOR: Detector = Detector { rule: "unguarded-rmtree", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if symbol(context, &call.func).is_none_or(|symbol| symbol != "shutil.rmtree") {
        return;
    }
    let function = context.text(call.func.as_ref());
    if let Some(path) = argument(call, "path", Some(0)).given()
        && comes_from_outside(context, path)
    {
        report.at(path, &[("function", function), ("path", context.text(path))]);
    } else if let Some(ignore) = argument(call, "ignore_errors", Some(1)).given().filter(|ignore| is_true(ignore)) {
        let message = format!("with `ignore_errors=True`, `{function}` does not tell what it could not delete");
        report.say(ignore, message);
    }
}

/// A command line argument, an environment variable, an answer of the user, or a parameter of the function that nothing
/// in it looks at first.
fn comes_from_outside(context: &Context<'_>, path: &Expr) -> bool {
    let outside = any_in_expr(path, |node| match node {
        AnyNodeRef::ExprAttribute(attribute) => context
            .resolve_attribute(attribute)
            .is_some_and(|symbol| symbol == "sys.argv" || symbol == "os.environ"),
        AnyNodeRef::ExprCall(call) => context
            .resolve(&call.func)
            .is_some_and(|symbol| symbol == "builtins.input" || symbol == "os.getenv"),
        _ => false,
    });
    if outside {
        return true;
    }
    let name = match path {
        Expr::Name(name) => name,
        Expr::Call(call) if is_call_of(context, path, &["builtins.str", "pathlib.Path"]) => {
            match call.arguments.args.as_ref() {
                [Expr::Name(name)] => name,
                _ => return false,
            }
        }
        _ => return false,
    };
    let Lookup::Local { bindings: [binding], immediate: true } = context.lookup(&name.id, name.start()) else {
        return false;
    };
    let (BindingKind::Parameter(_), Some(def)) = (binding.kind, context.enclosing_function().filter(|def| !is_large(*def))) else { return false };
    // A test of any kind counts as a check: a condition, an assertion, a comparison.
    let used_in = |expr: &Expr| any_in_expr(expr, |node| matches!(node, AnyNodeRef::ExprName(used) if used.id == name.id));
    let checked = any_in_own(&def.body, |node| match node {
        AnyNodeRef::StmtIf(stmt) => used_in(&stmt.test),
        AnyNodeRef::ElifElseClause(clause) => clause.test.as_ref().is_some_and(used_in),
        AnyNodeRef::StmtWhile(stmt) => used_in(&stmt.test),
        AnyNodeRef::StmtAssert(stmt) => used_in(&stmt.test),
        AnyNodeRef::ExprIf(ternary) => used_in(&ternary.test),
        AnyNodeRef::ExprCompare(compare) => used_in(&compare.left) || compare.comparators.iter().any(used_in),
        // Made by the function itself.
        AnyNodeRef::ExprCall(call) => {
            let makes = matches!(call.func.as_ref(), Expr::Attribute(callee)
                if callee.attr.as_str() == "mkdir" && is_name(&callee.value, &name.id));
            makes || symbol(context, &call.func).is_some_and(|made| made == "os.mkdir" || made == "os.makedirs")
        }
        _ => false,
    });
    !checked
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn checked_and_own_paths_are_fine() {
        let quiet = "\
import os, shutil, tempfile
def clean(root, path):
    if not path.is_relative_to(root):
        raise ValueError(path)
    shutil.rmtree(path)
def own():
    folder = tempfile.mkdtemp()
    shutil.rmtree(folder)
def made(path):
    os.makedirs(path)
    shutil.rmtree(path)
def test_it(tmp_path):
    shutil.rmtree(tmp_path, ignore_errors=True)
";
        assert!(found("unguarded-rmtree", quiet).is_empty());
    }

    #[test]
    fn paths_from_outside_and_hidden_errors_are_found() {
        let source = "\
import os, shutil, sys
def clean(path):
    shutil.rmtree(path)
shutil.rmtree(sys.argv[1])
shutil.rmtree(os.path.join(os.environ['HOME'], 'cache'))
shutil.rmtree('build', ignore_errors=True)
shutil.rmtree('build', True)
";
        let expected =
            ["path", "sys.argv[1]", "os.path.join(os.environ['HOME'], 'cache')", "True", "True"];
        assert_eq!(found("unguarded-rmtree", source), expected);
    }
}
