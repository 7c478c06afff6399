//! `typing-union`: `Union[X, Y]` where `X | Y` says it.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind, OperatorPrecedence};

use super::typing_optional::{for_some_versions, holds_text};
use super::support::{any_in_expr, has_comment, is_symbol, operand};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "typing-union", hooks: &[Hook::Expr(&[NodeKind::ExprSubscript], check)] };

fn check<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Some((subscript, members)) = members(context, expr) else { return };
    if for_some_versions(context) {
        return;
    }
    let fix = as_union(context, expr, members);
    let finding = match members {
        [only] => report.say(subscript.value.as_ref(), format!("a `Union` of one type is that type: `{}`", context.text(only))),
        _ => report.at(subscript.value.as_ref(), &[]),
    };
    finding.fix = fix;
}

/// The members of a `Union[...]` in an annotation that can be joined with `|`.
pub(in crate::margin) fn members<'a>(
    context: &Context<'a>,
    expr: &'a Expr,
) -> Option<(&'a ast::ExprSubscript, &'a [Expr])> {
    let Expr::Subscript(subscript) = expr else { return None };
    if !is_symbol(context, &subscript.value, &["typing.Union"]) || !context.in_annotation() {
        return None;
    }
    let members: &[Expr] = match subscript.slice.as_ref() {
        Expr::Tuple(tuple) => &tuple.elts,
        single => std::slice::from_ref(single),
    };
    // A name in quotes has no `|` at run time, and `None | None` none either.
    let quoted = any_in_expr(&subscript.slice, |node| {
        matches!(node, AnyNodeRef::ExprStringLiteral(_) | AnyNodeRef::ExprStarred(_))
    });
    let none = members.iter().all(Expr::is_none_literal_expr);
    let quoted = quoted || members.iter().any(|member| holds_text(context, member));
    (!members.is_empty() && !quoted && !none).then_some((subscript, members))
}

/// The union with `|`; `None` where a comment would be lost.
pub(in crate::margin) fn as_union(context: &Context<'_>, expr: &Expr, members: &[Expr]) -> Option<Fix> {
    let union: Vec<String> =
        members.iter().map(|member| operand(context, member, OperatorPrecedence::BitOr)).collect();
    (!has_comment(context, expr)).then(|| Fix {
        title: "Write it with `|`".to_owned(),
        safe: true,
        edits: vec![Edit::replace(expr, union.join(" | "))],
        imports: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "typing-union";

    fn import(line: &str) -> String {
        format!("from typing import List, Optional, Union\n{line}\n")
    }

    #[test]
    fn the_members_are_joined() {
        for (before, after) in [
            ("x: Union[int, str]", "x: int | str"),
            ("x: List[Union[int, None]]", "x: List[int | None]"),
            ("def f(x: Union[int]) -> Optional[Union[a.B, list[int]]]: ...", "def f(x: int) -> Optional[a.B | list[int]]: ..."),
            ("x: Union[\n    int,\n    str,\n]", "x: int | str"),
        ] {
            assert_eq!(fixed(RULE, &import(before)), import(after));
        }
    }

    #[test]
    fn names_in_quotes_and_other_places_are_not() {
        for line in ["x: Union['A', int]", "x = Union[int, str]", "x: Union[None]", "x: Other[int, str]"] {
            assert!(found(RULE, &import(line)).is_empty(), "{line}");
        }
        assert_eq!(found(RULE, &import("x: Union[int,  # why\n    str]")), ["Union"]);
    }
}
