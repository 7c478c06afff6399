//! `thread-local-per-call`: storage for each thread that is new at each call.

use ruff_python_ast::{AnyNodeRef, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::support::{Go, is_call_of, is_large, walk_with_parents};
use super::{Detector, Hook, Report};
use crate::python::{Context, ScopeKind};

pub(super) const DETECTOR: Detector = Detector {
    rule: "thread-local-per-call",
    hooks: &[Hook::Stmt(&[NodeKind::StmtAssign], check)],
};

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Assign(assign) = stmt else { return };
    let [Expr::Name(target)] = assign.targets.as_slice() else { return };
    if !is_call_of(context, &assign.value, &["threading.local"]) {
        return;
    }
    let Some(scope) = context.scopes().last() else { return };
    let ScopeKind::Function(def) = scope.kind else { return };
    let name = target.id.as_str();
    if scope.globals.contains(name) || scope.nonlocals.contains(name) || is_large(def) {
        return;
    }
    let (mut uses, mut kept) = (0, false);
    walk_with_parents(&def.body, |node, parents| {
        if let AnyNodeRef::ExprName(used) = node
            && used.id == name
            && used.range() != target.range()
        {
            uses += 1;
            let inner = parents.iter().any(|node| {
                matches!(node, AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_) | AnyNodeRef::ExprLambda(_))
            });
            kept |= inner || !only_looks(parents);
        }
        if kept { Go::Stop } else { Go::In }
    });
    // Handed on, or seen by an inner function, it may live longer than the call.
    if uses > 0 && !kept {
        report.at(assign.value.range(), &[("name", name)]);
    }
}

/// Whether a use goes for an attribute and no further: `local.x`, `hasattr(local, "x")`.
fn only_looks(parents: &[AnyNodeRef<'_>]) -> bool {
    match parents {
        [.., AnyNodeRef::ExprAttribute(_)] => true,
        [.., AnyNodeRef::ExprCall(call), AnyNodeRef::Arguments(_)] => {
            matches!(call.func.as_ref(), Expr::Name(name) if matches!(name.id.as_str(), "hasattr" | "getattr" | "setattr"))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn storage_that_outlives_the_call_is_fine() {
        let quiet = "\
import threading
local = threading.local()
class Pool:
    local = threading.local()
    def __init__(self):
        self.local = threading.local()
def reset():
    global local
    local = threading.local()
    local.depth = 0
def make():
    local = threading.local()
    local.depth = 0
    return local
def cached(func):
    local = threading.local()
    def wrapper():
        local.value = func()
        return local.value
    return wrapper
";
        assert!(found("thread-local-per-call", quiet).is_empty());
    }

    #[test]
    fn storage_of_one_call_is_found() {
        let source = "\
import threading
def handle(request):
    local = threading.local()
    if not hasattr(local, 'user'):
        local.user = request.user
    return render(local.user)
";
        assert_eq!(found("thread-local-per-call", source), ["threading.local()"]);
    }
}
