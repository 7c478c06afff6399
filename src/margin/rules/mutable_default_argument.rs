//! `mutable-default-argument`: a default that every call shares.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::{Ranged, TextSize};

use super::support::{any_in_own, indent_unit, is_name, makes_mutable};
use super::{Detector, Hook, Report};
use crate::margin::fix::indentation;
use crate::margin::{Edit, Fix};
use crate::python::{Context, canonical};

pub(super) const DETECTOR: Detector =
    Detector { rule: "mutable-default-argument", hooks: &[Hook::Function(check)] };

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
    let mut place = None;
    for parameter in def.parameters.iter_non_variadic_params() {
        let Some(default) = parameter.default() else { continue };
        let name = parameter.name().as_str();
        // `_cache={}`: a private parameter is no one's to give, and shared on purpose.
        if name.starts_with('_') || !makes_mutable(context, default) || is_view(context, parameter.parameter.annotation()) {
            continue;
        }
        if asks_for_none(def, name) || is_kept(def, name, default) {
            continue;
        }
        let place = *place.get_or_insert_with(|| Place::of(context, def));
        let fix = place.map(|place| place.with_none(context, def, parameter, default));
        let finding = report.at(default.range(), &[("parameter", name), ("function", def.name.as_str())]);
        finding.fix = fix;
    }
}

/// Whether the body tells `None` apart: there it means something else, and is no default.
fn asks_for_none(def: &ast::StmtFunctionDef, parameter: &str) -> bool {
    any_in_own(&def.body, |node| match node {
        AnyNodeRef::ExprCompare(compare) => {
            is_name(&compare.left, parameter) && compare.comparators.iter().any(Expr::is_none_literal_expr)
        }
        _ => false,
    })
}

/// `cache={}` into which the body puts what it has found, `count=[0]` that it counts up: shared on purpose.
fn is_kept(def: &ast::StmtFunctionDef, parameter: &str, default: &Expr) -> bool {
    let is_counter = matches!(default, Expr::List(list) if matches!(list.elts.as_slice(), [Expr::NumberLiteral(_)]));
    (is_counter || ["cache", "memo"].contains(&parameter))
        && any_in_own(&def.body, |node| match node {
            AnyNodeRef::ExprSubscript(item) => item.ctx.is_store() && is_name(&item.value, parameter),
            _ => false,
        })
}

fn is_view(context: &Context<'_>, annotation: Option<&Expr>) -> bool {
    let Some(annotation) = annotation else { return false };
    let is = |expr: &Expr, names: &[&str]| {
        context.resolve(expr).is_some_and(|symbol| names.contains(&canonical::public(&symbol).as_ref()))
    };
    match annotation {
        Expr::Subscript(subscript) if is(&subscript.value, &["typing.Optional"]) => {
            matches!(subscript.slice.as_ref(), Expr::Subscript(inner) if is(&inner.value, &IMMUTABLE_VIEWS))
                || is(&subscript.slice, &IMMUTABLE_VIEWS)
        }
        Expr::Subscript(subscript) => is(&subscript.value, &IMMUTABLE_VIEWS),
        other => is(other, &IMMUTABLE_VIEWS),
    }
}

/// Where the body of a function begins, for the statement that makes the object.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// The first statement behind the docstring.
    at: TextSize,
    indent: &'a str,
    unit: &'static str,
    newline: &'static str,
}

impl<'a> Place<'a> {
    fn of(context: &Context<'a>, def: &ast::StmtFunctionDef) -> Option<Self> {
        let is_docstring = matches!(def.body.first(), Some(Stmt::Expr(stmt)) if stmt.value.is_string_literal_expr());
        let at = if is_docstring { def.body.get(1)? } else { def.body.first()? }.start();
        // A body on the line of the `def` has no place for another statement.
        let line = &context.source[..at.to_usize()];
        let before = line.rfind(['\n', '\r']).map_or(line, |at| &line[at + 1..]);
        let indent = indentation(context.source, at);
        let unit = indent_unit(context.source, at);
        before.trim().is_empty().then(|| Self { at, indent, unit, newline: context.newline() })
    }

    /// `p=None`, and the object made at the start of the body.
    fn with_none(
        self,
        context: &Context<'_>,
        def: &ast::StmtFunctionDef,
        parameter: &ast::ParameterWithDefault,
        default: &Expr,
    ) -> Fix {
        let Self { at, indent, unit, newline } = self;
        let name = parameter.name().as_str();
        let value = context.text(default);
        let check = format!("if {name} is None:{newline}{indent}{unit}{name} = {value}{newline}{indent}");
        Fix {
            title: format!("Use `None` and make the object in `{}`", def.name),
            safe: false,
            edits: vec![Edit::replace(default, "None"), Edit::insert(at, check)],
            imports: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn what_cannot_change_is_no_mutable_default() {
        let source = "\
from typing import Mapping, Optional, Sequence
def f(a=(), b=frozenset(), c: Sequence[int] = [], _cache={}): ...
def g(a=list, b: Optional[Mapping[str, int]] = {}): ...
def h(list=tuple, a=list()): ...
def next_number(count=[0]):
    count[0] += 1
    return count[0]
def square(n, cache={}):
    cache[n] = n * n
    return cache[n]
def configure(self, options={}):
    if options is None:
        return self.options
";
        assert_eq!(found("mutable-default-argument", source), ["list()"]);
    }

    #[test]
    fn a_file_of_tabs_stays_one() {
        assert_eq!(
            fixed("mutable-default-argument", "def f(a=[]):\n\treturn a\n"),
            "def f(a=None):\n\tif a is None:\n\t\ta = []\n\treturn a\n",
        );
    }

    #[test]
    fn the_object_is_made_behind_the_docstring() {
        assert_eq!(
            fixed("mutable-default-argument", "def f(a=[]):\n    \"Docs.\"\n    return a\n"),
            "def f(a=None):\n    \"Docs.\"\n    if a is None:\n        a = []\n    return a\n",
        );
    }
}
