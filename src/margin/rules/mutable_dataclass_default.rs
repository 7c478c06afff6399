//! `mutable-dataclass-default`: a field's default that all instances would share.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{expects_error, has_comment, is_call_of, is_symbol, makes_mutable, operand, symbol};
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::{Edit, Fix};
use crate::python::{Context, PythonVersion};

pub(super) const DETECTOR: Detector = Detector { rule: "mutable-dataclass-default", hooks: &[Hook::Class(check)] };

fn check<'a>(context: &Context<'a>, class: &'a ast::StmtClassDef, report: &mut Report<'_>) {
    let is_dataclass = class.decorator_list.iter().any(|decorator| {
        let target = match &decorator.expression {
            Expr::Call(call) => call.func.as_ref(),
            other => other,
        };
        is_symbol(context, target, &["dataclasses.dataclass"])
    });
    // A test may wait for the error about it.
    if !is_dataclass || expects_error(context) {
        return;
    }
    for stmt in &class.body {
        let Stmt::AnnAssign(field) = stmt else { continue };
        let (Expr::Name(name), Some(value)) = (field.target.as_ref(), &field.value) else { continue };
        if is_class_variable(context, &field.annotation) {
            continue;
        }
        let Some((default, keyword)) = default_of(context, value) else { continue };
        if makes_mutable(context, default) {
            let fix = with_factory(context, default, keyword);
            if is_refused(context, default, report.target()) {
                report.at(default.range(), &[("field", name.id.as_str()), ("class", class.name.as_str())]).fix = fix;
            } else {
                let message = format!(
                    "all instances of `{}` would share the default of `{}`; make a new one each time with `field(default_factory=...)`",
                    class.name, name.id
                );
                report.say(default.range(), message).fix = fix;
            }
        }
    }
}

/// The default that a field's value gives, and the `default=` keyword of `field(...)` when that holds it.
fn default_of<'a>(context: &Context<'_>, value: &'a Expr) -> Option<(&'a Expr, Option<&'a ast::Keyword>)> {
    match value {
        Expr::Call(call) if is_symbol(context, &call.func, &["dataclasses.field"]) => {
            let keyword = call.arguments.find_keyword("default")?;
            Some((&keyword.value, Some(keyword)))
        }
        other => Some((other, None)),
    }
}

fn is_class_variable(context: &Context<'_>, annotation: &Expr) -> bool {
    let target = match annotation {
        Expr::Subscript(subscript) => subscript.value.as_ref(),
        Expr::StringLiteral(text) => return text.value.to_str().contains("ClassVar"),
        other => other,
    };
    is_symbol(context, target, &["typing.ClassVar"])
}

/// Whether making the class is a `ValueError`: for a list, dict or set, and since 3.11 for all that cannot be hashed.
fn is_refused(context: &Context<'_>, default: &Expr, target: PythonVersion) -> bool {
    target >= PythonVersion::three(11)
        || !default.is_call_expr()
        || is_call_of(context, default, &["builtins.list", "builtins.dict", "builtins.set"])
}

/// `field(default_factory=list)`.
fn with_factory(context: &Context<'_>, default: &Expr, keyword: Option<&ast::Keyword>) -> Option<Fix> {
    let factory = factory(context, default)?;
    let (edit, imports) = match keyword {
        Some(keyword) => {
            if has_comment(context, TextRange::new(keyword.start(), default.start())) {
                return None;
            }
            (Edit::replace(keyword, format!("default_factory={factory}")), None)
        }
        None => {
            let (field, import) = spelling(context, "dataclasses.field", default.start())?;
            (Edit::replace(default, format!("{field}(default_factory={factory})")), import)
        }
    };
    Some(Fix {
        title: "Make the default with `default_factory`".to_owned(),
        safe: false,
        edits: vec![edit],
        imports: imports.into_iter().collect(),
    })
}

/// What makes the default anew: a class alone where it makes an empty one, else a function.
fn factory(context: &Context<'_>, default: &Expr) -> Option<String> {
    let builtin = |name: &str| spelling(context, &format!("builtins.{name}"), default.start()).map(|(text, _)| text);
    let empty = match default {
        Expr::List(list) if list.elts.is_empty() => builtin("list"),
        Expr::Dict(dict) if dict.items.is_empty() => builtin("dict"),
        Expr::Call(call) if call.arguments.is_empty() => {
            symbol(context, &call.func).map(|_| context.text(call.func.as_ref()).to_owned())
        }
        _ => None,
    };
    if has_comment(context, default.range()) && empty.is_some() {
        return None;
    }
    Some(empty.unwrap_or_else(|| format!("lambda: {}", operand(context, default, ast::OperatorPrecedence::Lambda))))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn what_is_no_field_or_no_dataclass_is_left_alone() {
        let quiet = "\
from dataclasses import dataclass, field
from typing import ClassVar
@dataclass
class Basket:
    known: ClassVar[dict] = {}
    names: tuple = ()
    items: list = field(default_factory=list)
    labels = []
class Plain:
    items: list = []
";
        assert!(found("mutable-dataclass-default", quiet).is_empty());
    }

    #[test]
    fn the_factory_is_the_class_where_that_makes_the_same() {
        let source = "\
import dataclasses as dc
from collections import deque
@dc.dataclass(frozen=True)
class Basket:
    a: list = []
    b: dict = {'x': 1}
    c: deque = deque()
    d: deque = deque(maxlen=3)
    e: set = dc.field(default=set(), repr=False)
";
        let expected = "\
import dataclasses as dc
from collections import deque
@dc.dataclass(frozen=True)
class Basket:
    a: list = dc.field(default_factory=list)
    b: dict = dc.field(default_factory=lambda: {'x': 1})
    c: deque = dc.field(default_factory=deque)
    d: deque = dc.field(default_factory=lambda: deque(maxlen=3))
    e: set = dc.field(default_factory=set, repr=False)
";
        assert_eq!(fixed("mutable-dataclass-default", source), expected);
    }
}
