//! `unresolved-base-in-traversal-check`: a check that refuses every path.

use ruff_python_ast::{self as ast, CmpOp, Expr, NodeKind};
use ruff_text_size::Ranged;

use super::support::{is_name, value_of};
use super::{Detector, Hook, Report};
use crate::python::{Binding, BindingKind, Context, Lookup};

pub(super) const DETECTOR: Detector = Detector {
    rule: "unresolved-base-in-traversal-check",
    hooks: &[Hook::Expr(&[NodeKind::ExprCompare], check)],
};

fn check<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Expr::Compare(compare) = expr else { return };
    let ([op @ (CmpOp::In | CmpOp::NotIn)], [Expr::Attribute(parents)]) = (&*compare.ops, &*compare.comparators) else {
        return;
    };
    let Expr::Name(base) = compare.left.as_ref() else { return };
    if parents.attr.as_str() != "parents" {
        return;
    }
    let Some(resolved) = resolved(value_of(context, &parents.value)) else { return };
    if !is_unresolved(context, base, resolved) {
        return;
    }
    let (base, path) = (context.text(base), context.text(parents.value.as_ref()));
    let not = if matches!(op, CmpOp::NotIn) { "not " } else { "" };
    let text = format!("{not}{path}.is_relative_to({base}.resolve())");
    let title = format!("Use `{path}.is_relative_to({base}.resolve())`");
    let fix = report.fix(title, expr, text);
    report.at(compare.left.range(), &[("base", base), ("path", path)]).fix = Some(fix);
}

/// What is resolved: `base / name` of `(base / name).resolve()`.
fn resolved(path: &Expr) -> Option<&Expr> {
    let Expr::Call(call) = path else { return None };
    let Expr::Attribute(method) = call.func.as_ref() else { return None };
    (method.attr.as_str() == "resolve").then_some(method.value.as_ref())
}

/// Whether the base is one that this function has not resolved: a parameter that the path was made of, or a path that
/// is bound to something relative.
fn is_unresolved(context: &Context<'_>, base: &ast::ExprName, made_of: &Expr) -> bool {
    let Lookup::Local { bindings: [Binding { kind, .. }], .. } = context.lookup(&base.id, base.start()) else {
        return false;
    };
    match kind {
        BindingKind::Parameter(_) => matches!(made_of, Expr::BinOp(join) if is_name(&join.left, &base.id)),
        BindingKind::Value(Expr::Call(call)) => {
            let text = call.arguments.args.first().and_then(Expr::as_string_literal_expr);
            let is_path = context.resolve(&call.func).is_some_and(|symbol| symbol == "pathlib.Path");
            is_path && text.is_some_and(|text| !text.value.to_str().starts_with('/'))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn resolved_and_unknown_bases_are_fine() {
        let quiet = "\
from pathlib import Path
def check(base, name, other):
    base = base.resolve()
    target = (base / name).resolve()
    if base not in target.parents: ...
    root = Path('/srv')
    path = (root / name).resolve()
    if root in path.parents: ...
    if other in path.parents: ...
    plain = root / name
    if root in plain.parents: ...
";
        assert!(found("unresolved-base-in-traversal-check", quiet).is_empty());
    }

    #[test]
    fn the_fix_resolves_both_sides() {
        let source = "\
from pathlib import Path
def check(base, name):
    target = (base / name).resolve()
    if base not in target.parents:
        raise ValueError(name)
    root = Path('uploads')
    return root in (root / name).resolve().parents
";
        assert_eq!(found("unresolved-base-in-traversal-check", source), ["base", "root"]);
        let after = fixed("unresolved-base-in-traversal-check", source);
        assert!(after.contains("if not target.is_relative_to(base.resolve()):"), "{after}");
        assert!(after.contains("return (root / name).resolve().is_relative_to(root.resolve())"), "{after}");
    }
}
