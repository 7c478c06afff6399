//! `tuple-with-mutable-element`: something fixed that holds something that changes.

use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{argument, has_comment, is_symbol, is_true, sole_assignment, symbol};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::{Context, canonical};

pub(super) const DETECTOR: Detector = Detector {
    rule: "tuple-with-mutable-element",
    hooks: &[
        Hook::Stmt(&[NodeKind::StmtAssign, NodeKind::StmtAnnAssign], check_constant),
        Hook::Class(check_class),
    ],
};

/// `LIMITS = (1, [2, 3])` at the level of a module or class.
fn check_constant<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Some((Expr::Name(name), Expr::Tuple(tuple))) = sole_assignment(stmt) else { return };
    let constant = name.id.chars().any(char::is_uppercase) && !name.id.chars().any(char::is_lowercase);
    if !constant || context.enclosing_function().is_some() {
        return;
    }
    for element in &tuple.elts {
        if matches!(element, Expr::List(_) | Expr::Dict(_) | Expr::Set(_)) {
            let fix = frozen(context, element);
            report.at(element, &[("holder", name.id.as_str()), ("element", kind_of(element))]).fix = fix;
        }
    }
}

fn kind_of(element: &Expr) -> &'static str {
    match element {
        Expr::List(_) => "list",
        Expr::Set(_) => "set",
        _ => "dict",
    }
}

/// The display as a tuple or frozenset.
fn frozen(context: &Context<'_>, element: &Expr) -> Option<Fix> {
    if has_comment(context, element) {
        return None;
    }
    let text = context.text(element);
    let inner = text.get(1..text.len() - 1)?;
    let text = match element {
        Expr::List(list) if list.elts.len() == 1 && !inner.trim_end().ends_with(',') => format!("({inner},)"),
        Expr::List(_) => format!("({inner})"),
        Expr::Set(_) => format!("frozenset({text})"),
        _ => return None,
    };
    Some(fix(element.range(), text))
}

/// The fields of a named tuple or a frozen dataclass.
fn check_class<'a>(context: &Context<'a>, class: &'a ast::StmtClassDef, report: &mut Report<'_>) {
    if !is_named_tuple(context, class) && !is_frozen(context, class) {
        return;
    }
    for stmt in &class.body {
        let Stmt::AnnAssign(ast::StmtAnnAssign { annotation, .. }) = stmt else { continue };
        let class_of = match annotation.as_ref() {
            Expr::Subscript(subscript) => subscript.value.as_ref(),
            other => other,
        };
        let Some(symbol) = symbol(context, class_of) else { continue };
        let element = match canonical::runtime_class(&symbol).as_ref() {
            "builtins.list" => "list",
            "builtins.dict" => "dict",
            "builtins.set" => "set",
            _ => continue,
        };
        let replacement = match (annotation.as_ref(), element) {
            (Expr::Subscript(of), "list") => Some(format!("tuple[{}, ...]", context.text(of.slice.as_ref()))),
            (Expr::Subscript(of), "set") => Some(format!("frozenset[{}]", context.text(of.slice.as_ref()))),
            _ => None,
        };
        let free = symbol.starts_with("builtins.");
        let finding = report.at(annotation.as_ref(), &[("holder", class.name.as_str()), ("element", element)]);
        finding.fix = replacement.filter(|_| free).map(|text| fix(annotation.range(), text));
    }
}

fn is_named_tuple(context: &Context<'_>, class: &ast::StmtClassDef) -> bool {
    class
        .arguments
        .iter()
        .flat_map(|arguments| arguments.args.iter())
        .any(|base| is_symbol(context, base, &["typing.NamedTuple"]))
}

fn is_frozen(context: &Context<'_>, class: &ast::StmtClassDef) -> bool {
    class.decorator_list.iter().any(|decorator| match &decorator.expression {
        Expr::Call(call) => {
            is_symbol(context, &call.func, &["dataclasses.dataclass"])
                && argument(call, "frozen", None).given().is_some_and(is_true)
        }
        _ => false,
    })
}

fn fix(range: TextRange, text: String) -> Fix {
    Fix { title: format!("Use `{text}`"), safe: false, edits: vec![Edit::replace(range, text)], imports: Vec::new() }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "tuple-with-mutable-element";

    #[test]
    fn constants_and_frozen_classes_are_found() {
        let source = "
from dataclasses import dataclass
from typing import NamedTuple
A = (1, [2], {3: 4}, {5})
@dataclass(frozen=True)
class B:
    x: list[int]
    y: int
class C(NamedTuple):
    z: set[int]
";
        assert_eq!(found(RULE, source), ["[2]", "{3: 4}", "{5}", "list[int]", "set[int]"]);
        let after = fixed(RULE, source);
        assert!(after.contains("A = (1, (2,), {3: 4}, frozenset({5}))"), "{after}");
        assert!(after.contains("    x: tuple[int, ...]\n"), "{after}");
    }

    #[test]
    fn throwaway_tuples_and_plain_classes_are_not() {
        let source = "
from dataclasses import dataclass
a = (1, [2])
def f():
    B = (1, [2])
    return 1, []
@dataclass
class C:
    x: list[int]
D = [(1, [2])]
";
        assert!(found(RULE, source).is_empty());
    }
}
