//! `mutable-module-state`: functions that leave something behind in a variable of the module.

use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::variables::MUTATORS;
use super::{Detector, Hook, Report};
use crate::python::{Context, Lookup, ModuleBindingKind, ScopeKind};

pub(super) const DETECTOR: Detector = Detector {
    rule: "mutable-module-state",
    hooks: &[
        Hook::Call(check_call),
        Hook::Stmt(
            &[NodeKind::StmtAssign, NodeKind::StmtAugAssign, NodeKind::StmtDelete, NodeKind::StmtGlobal],
            check_stmt,
        ),
    ],
};

/// What the book keeps in a module on purpose: caches, and registries that decorators fill.
const ON_PURPOSE: [&str; 6] = ["cache", "registry", "registered", "memo", "handlers", "plugins"];

fn check_call<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(attribute) = call.func.as_ref() else { return };
    if MUTATORS.contains(&attribute.attr.as_str()) {
        check(context, &attribute.value, report);
    }
}

fn check_stmt<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let mut target = |target: &Expr| {
        if let Expr::Subscript(subscript) = target {
            check(context, &subscript.value, report);
        }
    };
    match stmt {
        Stmt::Assign(assign) => assign.targets.iter().for_each(target),
        Stmt::AugAssign(assign) => target(&assign.target),
        Stmt::Delete(delete) => delete.targets.iter().for_each(target),
        Stmt::Global(global) => {
            for name in &global.names {
                if is_kept_on_purpose(name.as_str()) || !is_value(context, name.as_str()) {
                    continue;
                }
                report.at(name, &[("name", name.as_str())]);
            }
        }
        _ => {}
    }
}

/// Reports a container of the module that a function changes.
fn check(context: &Context<'_>, object: &Expr, report: &mut Report<'_>) {
    let Expr::Name(name) = object else { return };
    let in_function = context.scopes().iter().any(|scope| matches!(scope.kind, ScopeKind::Function(_)));
    if !in_function || is_kept_on_purpose(name.id.as_str()) {
        return;
    }
    let Lookup::Module(binding) = context.lookup(name.id.as_str(), name.start()) else { return };
    let ModuleBindingKind::Value(Some(ty)) = &binding.kind else { return };
    let container = ["list", "dict", "set", "bytearray"].iter().any(|class| ty.is_builtin(class))
        || ty.class.starts_with("collections.") && !ty.class.starts_with("collections.abc.");
    if container {
        report.at(object, &[("name", name.id.as_str())]);
    }
}

fn is_kept_on_purpose(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ON_PURPOSE.iter().any(|word| name.contains(word))
}

fn is_value(context: &Context<'_>, name: &str) -> bool {
    context.table.bindings_of(name).any(|binding| matches!(binding.kind, ModuleBindingKind::Value(_)))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    const RULE: &str = "mutable-module-state";

    #[test]
    fn changes_from_functions_are_found() {
        let source = "
seen = []
totals = {}
count = 0
def f(x):
    global count
    count += 1
    seen.append(x)
    totals[x] = 1
    del totals[x]
";
        assert_eq!(found(RULE, source), ["count", "seen", "totals", "totals"]);
    }

    #[test]
    fn caches_locals_and_module_code_are_not() {
        let source = "
seen = []
_cache = {}
seen.append(1)
def f(x):
    seen = []
    seen.append(x)
    _cache[x] = 1
    x.append(1)
    return len(totals)
totals = {}
";
        assert!(found(RULE, source).is_empty());
    }
}
