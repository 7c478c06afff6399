//! `any-in-container-annotation`: a container whose elements nobody checks.

use ruff_python_ast::{self as ast, Expr, NodeKind};
use ruff_text_size::Ranged;

use super::support::is_symbol;
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector {
    rule: "any-in-container-annotation",
    hooks: &[
        Hook::Expr(&[NodeKind::ExprSubscript], check_arguments),
        Hook::Expr(&[NodeKind::ExprName, NodeKind::ExprAttribute], check_bare),
    ],
};

/// Containers; a mapping from names to anything is what data from outside looks like, and is left alone.
const CONTAINERS: [&str; 14] = [
    "builtins.list",
    "builtins.set",
    "builtins.frozenset",
    "builtins.tuple",
    "typing.List",
    "typing.Set",
    "typing.FrozenSet",
    "typing.Tuple",
    "collections.deque",
    "collections.abc.Sequence",
    "collections.abc.Iterable",
    "collections.abc.Iterator",
    "collections.abc.Collection",
    "collections.abc.MutableSequence",
];

/// What may also stand alone, and then says as little.
const BARE: [&str; 10] = [
    "builtins.list",
    "builtins.dict",
    "builtins.set",
    "builtins.frozenset",
    "builtins.tuple",
    "typing.List",
    "typing.Dict",
    "typing.Set",
    "typing.FrozenSet",
    "typing.Tuple",
];

fn check_arguments<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Expr::Subscript(ast::ExprSubscript { value, slice, .. }) = expr else { return };
    if !context.in_annotation() || !is_symbol(context, value, &CONTAINERS) {
        return;
    }
    let arguments = match slice.as_ref() {
        Expr::Tuple(tuple) => tuple.elts.as_slice(),
        single => std::slice::from_ref(single),
    };
    if let Some(any) = arguments.iter().find(|argument| is_symbol(context, argument, &["typing.Any"])) {
        report.at(any, &[("container", context.text(value.as_ref()))]);
    }
}

fn check_bare<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    if !context.in_annotation() || !is_symbol(context, expr, &BARE) {
        return;
    }
    let has_arguments = matches!(
        context.parent(),
        Some(Node::Expr(Expr::Subscript(subscript))) if subscript.value.range() == expr.range()
    );
    if !has_arguments {
        report.at(expr, &[("container", context.text(expr))]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn elements_without_a_type_are_found() {
        let source = "
from typing import Any, Dict, Sequence
def f(a: list[Any], b: list, c: Dict, d: Sequence[Any], e: tuple[Any, ...] | None) -> dict: ...
";
        let expected = ["Any", "list", "Dict", "Any", "Any", "dict"];
        assert_eq!(found("any-in-container-annotation", source), expected);
    }

    #[test]
    fn named_elements_and_data_from_outside_are_not() {
        let source = "
from typing import Any, Callable
def f(a: list[int], b: dict[str, Any], c: Any, d: Callable[..., Any], *args: Any, **kwargs: Any) -> list[dict[str, int]]: ...
x = list
y = list[Any]
";
        assert!(found("any-in-container-annotation", source).is_empty());
    }
}
