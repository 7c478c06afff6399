//! `optional-type`: `Optional[X]` to `X | None`.

use ruff_python_ast::{Expr, NodeKind};

use super::{Look, Offer, Refactoring, Request};
use crate::margin::rules::shared::optional_as_union;
use crate::margin::rules::support::is_symbol;
use crate::python::{Context, PythonVersion};

pub(super) const REFACTORING: Refactoring = Refactoring {
    name: "optional-type",
    section: "4.5.3",
    since: PythonVersion::three(10),
    look: Look::Expr(&[NodeKind::ExprSubscript], look),
};

fn look<'a>(_: &Request<'_>, context: &Context<'a>, expr: &'a Expr) -> Option<Offer> {
    let Expr::Subscript(optional) = expr else { return None };
    if !context.in_annotation() || !is_symbol(context, &optional.value, &["typing.Optional"]) {
        return None;
    }
    // It is safe where both parts are surely types, or annotations are not evaluated.
    let fix = optional_as_union(context, optional, context.environment.target).filter(|fix| fix.safe)?;
    Some(Offer::of_fix(expr, "Rewrite `Optional` as `| None`", fix))
}

#[cfg(test)]
mod tests {
    use crate::margin::refactor::tests::{check, check_for, check_silent, check_silent_for};

    const NAME: &str = "optional-type";

    fn import(line: &str) -> String {
        format!("from typing import Any, Optional, List\n{line}")
    }

    #[test]
    fn none_is_joined() {
        for (before, after) in [
            ("x: Opt^ional[int] = None", "x: int | None = None"),
            ("x: Optional[^List[int]]", "x: List[int] | None"),
            ("def f(x: List[Optional^[str]]): ...", "def f(x: List[str | None]): ..."),
            ("def f(x: Optional^['Node']): ...", "def f(x: 'Node | None'): ..."),
            ("class A:\n    def f(self) -> Optional^['A']: ...", "class A:\n    def f(self) -> 'A | None': ..."),
        ] {
            check(NAME, &[(&import(before), &import(after))]);
        }
        check_for(10, NAME, &import("x: Optional[in^t]"), &import("x: int | None"));
        check_for(
            10,
            NAME,
            "from __future__ import annotations\nimport typing as t\nx: t.^Optional[Unknown]",
            "from __future__ import annotations\nimport typing as t\nx: Unknown | None",
        );
    }

    #[test]
    fn what_may_fail_is_not_offered() {
        for line in [
            "x = Optional^[int]",
            "x: Optional^[\n    int,  # why\n]",
            "x: Optional^",
            "x: 'Optional^[int]'",
            "x: Optional^[None]",
            "def Optional(x): ...\ny: Optional^[int]",
        ] {
            check_silent(NAME, &[&import(line)]);
        }
        check_silent(NAME, &["from other import Optional\nx: Optional^[int]", "x: Optional^[int]"]);
        check_silent_for(9, NAME, &import("x: Optional^[int]"));
        // What is not known to be a type may have no `|` when the annotation is evaluated.
        check_silent_for(13, NAME, &import("x: Optional^[Unknown]"));
    }
}
