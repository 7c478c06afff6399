//! `union-type`: `Union[X, Y]` to `X | Y`.

use ruff_python_ast::{Expr, NodeKind};

use super::{Look, Offer, Refactoring, Request};
use crate::margin::rules::shared::{as_union, is_type, members};
use crate::python::{Context, PythonVersion};

pub(super) const REFACTORING: Refactoring = Refactoring {
    name: "union-type",
    section: "4.5.2",
    since: PythonVersion::three(10),
    look: Look::Expr(&[NodeKind::ExprSubscript], look),
};

fn look<'a>(_: &Request<'_>, context: &Context<'a>, expr: &'a Expr) -> Option<Offer> {
    let (_, members) = members(context, expr)?;
    let lazy = context.table.future_annotations()
        || context.environment.stub
        || context.environment.target >= PythonVersion::three(14);
    // Where the annotation is evaluated, each `|` needs a type on its left.
    if !lazy && !members.iter().all(|member| member.is_none_literal_expr() || is_type(context, member)) {
        return None;
    }
    Some(Offer::of_fix(expr, "Rewrite `Union` with `|`", as_union(context, expr, members)?))
}

#[cfg(test)]
mod tests {
    use crate::margin::refactor::tests::{check, check_for, check_silent, check_silent_for};

    const NAME: &str = "union-type";

    fn import(line: &str) -> String {
        format!("from typing import List, Optional, Union\n{line}")
    }

    #[test]
    fn members_are_joined() {
        for (before, after) in [
            ("x: Un^ion[int, str]", "x: int | str"),
            ("x: List[Union^[int, None]]", "x: List[int | None]"),
            ("def f() -> Optional[Union^[a.B, list[int]]]: ...", "def f() -> Optional[a.B | list[int]]: ..."),
            ("x: Union^[\n    int,\n    str,\n]", "x: int | str"),
        ] {
            check(NAME, &[(&import(before), &import(after))]);
        }
        check_for(12, NAME, &import("x: Union^[None, int]"), &import("x: None | int"));
    }

    #[test]
    fn what_may_fail_is_not_offered() {
        for line in [
            "x: Union^['A', int]",
            "x = Union^[int, str]",
            "x: Union^[None]",
            "x: Union^[int,  # why\n    str]",
            "x: Other^[int, str]",
        ] {
            check_silent(NAME, &[&import(line)]);
        }
        check_silent_for(9, NAME, &import("x: Union^[int, str]"));
        check_silent_for(13, NAME, &import("x: Union^[unknown, str]"));
    }
}
