//! `mutable-default-argument`: a default that every call shares.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::{Detector, Hook, Report};
use crate::margin::fix::indentation;
use crate::margin::{Edit, Fix};
use crate::python::{Context, canonical};

pub(super) const DETECTOR: Detector =
    Detector { rule: "mutable-default-argument", hooks: &[Hook::Function(check)] };

/// Calls that make a new mutable object.
const CONSTRUCTORS: [&str; 8] = [
    "builtins.list",
    "builtins.dict",
    "builtins.set",
    "builtins.bytearray",
    "collections.deque",
    "collections.defaultdict",
    "collections.Counter",
    "collections.OrderedDict",
];

/// Annotations that promise not to change the object.
const IMMUTABLE_VIEWS: [&str; 6] = [
    "collections.abc.Sequence",
    "collections.abc.Mapping",
    "collections.abc.Iterable",
    "collections.abc.Collection",
    "collections.abc.Container",
    "collections.abc.Set",
];

fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    for parameter in def.parameters.iter_non_variadic_params() {
        let Some(default) = parameter.default() else { continue };
        let name = parameter.name().as_str();
        let memo = ["_cache", "_memo"].iter().any(|prefix| name.starts_with(prefix));
        if memo || !is_mutable(context, default) || is_view(context, parameter.parameter.annotation()) {
            continue;
        }
        let fix = with_none(context, def, parameter, default);
        let finding = report.at(default.range(), &[("parameter", name), ("function", def.name.as_str())]);
        finding.fix = fix;
    }
}

fn is_mutable(context: &Context<'_>, default: &Expr) -> bool {
    match default {
        Expr::List(_) | Expr::Dict(_) | Expr::Set(_) | Expr::ListComp(_) | Expr::DictComp(_) | Expr::SetComp(_) => true,
        Expr::Call(call) => context
            .resolve(&call.func)
            .is_some_and(|symbol| CONSTRUCTORS.contains(&canonical::public(&symbol).as_ref())),
        _ => false,
    }
}

fn is_view(context: &Context<'_>, annotation: Option<&Expr>) -> bool {
    let target = match annotation {
        Some(Expr::Subscript(subscript)) => &subscript.value,
        Some(other) => other,
        None => return false,
    };
    context.resolve(target).is_some_and(|symbol| IMMUTABLE_VIEWS.contains(&canonical::public(&symbol).as_ref()))
}

/// `p=None`, and the object made at the start of the body.
fn with_none(
    context: &Context<'_>,
    def: &ast::StmtFunctionDef,
    parameter: &ast::ParameterWithDefault,
    default: &Expr,
) -> Option<Fix> {
    let is_docstring = matches!(def.body.first(), Some(Stmt::Expr(stmt)) if stmt.value.is_string_literal_expr());
    let anchor = if is_docstring { def.body.get(1)? } else { def.body.first()? };
    // A body on the line of the `def` has no place for another statement.
    let line = &context.source[..anchor.start().to_usize()];
    let before = line.rfind(['\n', '\r']).map_or(line, |at| &line[at + 1..]);
    if !before.trim().is_empty() {
        return None;
    }
    let indent = indentation(context.source, anchor.start());
    let name = parameter.name().as_str();
    let value = context.text(default);
    let newline = context.newline();
    let check = format!("if {name} is None:{newline}{indent}    {name} = {value}{newline}{indent}");
    Some(Fix {
        title: format!("Use `None` and make the object in `{}`", def.name),
        safe: false,
        edits: vec![Edit::replace(default, "None"), Edit::insert(anchor.start(), check)],
        imports: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn what_cannot_change_is_no_mutable_default() {
        let source = "\
from typing import Sequence
def f(a=(), b=frozenset(), c: Sequence[int] = [], _cache={}): ...
def g(a=list): ...
def h(list=tuple, a=list()): ...
";
        assert_eq!(found("mutable-default-argument", source), ["list()"]);
    }

    #[test]
    fn the_object_is_made_behind_the_docstring() {
        assert_eq!(
            fixed("mutable-default-argument", "def f(a=[]):\n    \"Docs.\"\n    return a\n"),
            "def f(a=None):\n    \"Docs.\"\n    if a is None:\n        a = []\n    return a\n",
        );
    }
}
