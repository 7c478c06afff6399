//! `mkdtemp-without-cleanup`: a temporary folder or file that nobody removes.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::Ranged;

use super::support::{Go, any_in, any_in_expr, is_large, symbol, walk};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector =
    Detector { rule: "mkdtemp-without-cleanup", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(symbol) = symbol(context, &call.func) else { return };
    let is_folder = match symbol.as_str() {
        "tempfile.mkdtemp" => true,
        "tempfile.mkstemp" => false,
        _ => return,
    };
    let Some(def) = context.enclosing_function().filter(|def| !is_large(*def)) else { return };
    // What is stored, returned or handed on at once is somebody else's to remove.
    let Some(Node::Stmt(Stmt::Assign(assign))) = context.parent() else { return };
    let [target] = assign.targets.as_slice() else { return };
    let function = context.text(call.func.as_ref());
    if is_folder {
        let Expr::Name(folder) = target else { return };
        if !is_shared(context, &folder.id) && !is_taken_care_of(def, assign, &folder.id) {
            report.at(call.func.as_ref(), &[("function", function)]);
        }
    } else if let Expr::Tuple(ast::ExprTuple { elts, .. }) = target
        && let [Expr::Name(handle), _] = elts.as_slice()
        && !is_shared(context, &handle.id)
    {
        let used = any_in(&def.body, |node| {
            matches!(node, AnyNodeRef::ExprName(used) if used.id == handle.id && used.ctx.is_load())
        });
        if !used {
            let message = format!("`{function}` opens the file; without `os.close({})` the descriptor stays open", handle.id);
            report.say(handle.range(), message);
        }
    }
}

/// The name belongs to the module or to a function around.
fn is_shared(context: &Context<'_>, name: &str) -> bool {
    context.scopes().last().is_none_or(|scope| scope.globals.contains(name) || scope.nonlocals.contains(name))
}

/// Functions that only look at a path, or make another one of it.
const HARMLESS: [&str; 16] = [
    "join", "exists", "isdir", "isfile", "listdir", "print", "open", "info", "debug", "mkdir", "makedirs", "chdir", "len",
    "str", "copy", "extractall",
];

/// Whether the folder, or a path in it, is removed or leaves the function in any way: by a call that is not known to be
/// harmless, a `return`, a `yield`, an assignment to something else than a local name.
fn is_taken_care_of<'a>(def: &'a ast::StmtFunctionDef, made: &ast::StmtAssign, name: &'a str) -> bool {
    let mut names = vec![name];
    walk(&def.body, |node| {
        if let AnyNodeRef::StmtAssign(assign) = node
            && let [Expr::Name(path)] = assign.targets.as_slice()
            && is_harmless_call(&assign.value)
            && names_any(&assign.value, &names)
        {
            names.push(&path.id);
        }
        Go::In
    });
    let holds = |expr: &Expr| names_any(expr, &names);
    any_in(&def.body, |node| match node {
        AnyNodeRef::StmtReturn(stmt) => stmt.value.as_deref().is_some_and(holds),
        AnyNodeRef::ExprYield(stmt) => stmt.value.as_deref().is_some_and(holds),
        AnyNodeRef::StmtAssign(assign) => {
            let is_path = matches!(assign.targets.as_slice(), [Expr::Name(_)]) && is_harmless_call(&assign.value);
            assign.range != made.range && !is_path && holds(&assign.value)
        }
        AnyNodeRef::StmtAnnAssign(assign) => assign.value.as_deref().is_some_and(holds),
        AnyNodeRef::StmtAugAssign(assign) => holds(&assign.value),
        AnyNodeRef::ExprCall(call) => {
            let given = call.arguments.args.iter().any(holds)
                || call.arguments.keywords.iter().any(|keyword| holds(&keyword.value));
            given && !is_harmless(call)
        }
        // `path.rmdir()`, a list, a dict: who knows.
        AnyNodeRef::ExprAttribute(attribute) => holds(&attribute.value),
        AnyNodeRef::ExprList(list) => list.elts.iter().any(holds),
        AnyNodeRef::ExprDict(dict) => dict.items.iter().any(|item| holds(&item.value)),
        _ => false,
    })
}

fn names_any(expr: &Expr, names: &[&str]) -> bool {
    any_in_expr(expr, |node| matches!(node, AnyNodeRef::ExprName(used) if names.contains(&used.id.as_str())))
}

fn is_harmless(call: &ast::ExprCall) -> bool {
    let name = match call.func.as_ref() {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    HARMLESS.contains(&name)
}

fn is_harmless_call(expr: &Expr) -> bool {
    matches!(expr, Expr::Call(call) if is_harmless(call))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn what_is_removed_or_handed_on_is_fine() {
        let quiet = "\
import os, shutil, tempfile
def removed():
    folder = tempfile.mkdtemp()
    shutil.rmtree(folder)
def returned():
    folder = tempfile.mkdtemp()
    return folder
def kept(self):
    folder = self.folder = tempfile.mkdtemp()
def stored(self):
    folder = tempfile.mkdtemp()
    self.path = os.path.join(folder, 'x')
def registered(request):
    folder = tempfile.mkdtemp()
    request.addfinalizer(lambda: shutil.rmtree(folder))
def path_returned():
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, 'x')
    return path
def passed():
    folder = tempfile.mkdtemp()
    build(folder)
def closed():
    handle, path = tempfile.mkstemp()
    os.close(handle)
";
        assert!(found("mkdtemp-without-cleanup", quiet).is_empty());
    }

    #[test]
    fn what_is_forgotten_is_found() {
        let source = "\
import os, tempfile
def folder(data):
    folder = tempfile.mkdtemp(prefix='x')
    path = os.path.join(folder, 'data')
    with open(path, 'wb') as file:
        file.write(data)
def handle():
    _, path = tempfile.mkstemp()
    return path
";
        assert_eq!(found("mkdtemp-without-cleanup", source), ["tempfile.mkdtemp", "_"]);
    }
}
