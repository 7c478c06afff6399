//! `mutable-class-attribute`: an object in a class body that all instances share.

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{MUTABLE_CLASSES, is_call_of, is_symbol, is_upper_case, symbol};
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::{Edit, Fix};
use crate::python::{Context, stdlib};

pub(super) const DETECTOR: Detector = Detector { rule: "mutable-class-attribute", hooks: &[Hook::Class(check)] };

/// Bases whose class bodies declare something else than attributes.
const DECLARING: [&str; 8] = [
    "enum.Enum",
    "enum.Flag",
    "typing.NamedTuple",
    "typing.TypedDict",
    "typing.Protocol",
    "ctypes.Structure",
    "ctypes.Union",
    "ctypes.BigEndianStructure",
];

/// Annotations that say that the object is shared, or that nobody changes it.
const SHARED: [&str; 9] = [
    "typing.ClassVar",
    "typing.Final",
    "collections.abc.Sequence",
    "collections.abc.Mapping",
    "collections.abc.Iterable",
    "collections.abc.Collection",
    "collections.abc.Container",
    "collections.abc.Set",
    "types.MappingProxyType",
];

fn check<'a>(context: &Context<'a>, class: &'a ast::StmtClassDef, report: &mut Report<'_>) {
    if context.environment.stub || !class.decorator_list.is_empty() || !is_ordinary(context, class) {
        return;
    }
    for stmt in &class.body {
        let (target, annotation, value) = match stmt {
            Stmt::Assign(assign) => match assign.targets.as_slice() {
                [target] => (target, None, &*assign.value),
                _ => continue,
            },
            Stmt::AnnAssign(ast::StmtAnnAssign { target, annotation, value: Some(value), .. }) => {
                (&**target, Some(&**annotation), &**value)
            }
            _ => continue,
        };
        let Expr::Name(name) = target else { continue };
        let text = name.id.as_str();
        if text.starts_with("__") || is_upper_case(text) || annotation.is_some_and(|one| is_shared(context, one)) {
            continue;
        }
        if let Some(class) = mutable(context, value) {
            let fix = with_class_var(context, name, annotation, class);
            report.at(value, &[("attribute", text)]).fix = fix;
        }
    }
}

/// A class whose bases are all known and read nothing but attributes from the body.
fn is_ordinary(context: &Context<'_>, class: &ast::StmtClassDef) -> bool {
    // `class Meta:` inside another class is configuration.
    if context.in_class_body() || class.arguments.as_ref().is_some_and(|arguments| !arguments.keywords.is_empty()) {
        return false;
    }
    let Some(info) = context.local_class(class.name.as_str()) else { return class.bases().is_empty() };
    let mut open: Vec<&str> = info.bases.iter().map(Name::as_str).collect();
    let mut seen = 0;
    while let Some(base) = open.pop() {
        seen += 1;
        if seen > 32 {
            return false;
        }
        match base.strip_prefix('@') {
            Some(local) => match context.local_class(local) {
                Some(info) if info.decorators.is_empty() && info.metaclass.is_none() => {
                    open.extend(info.bases.iter().map(Name::as_str));
                }
                _ => return false,
            },
            None => {
                let ancestry: Vec<&str> = stdlib::ancestry(base).collect();
                if !stdlib::is_module(base) || ancestry.is_empty() || DECLARING.iter().any(|declaring| ancestry.contains(declaring)) || DECLARING.contains(&base)
                {
                    return false;
                }
            }
        }
    }
    true
}

fn is_shared(context: &Context<'_>, annotation: &Expr) -> bool {
    let target = if let Expr::Subscript(subscript) = annotation { &subscript.value } else { annotation };
    match annotation {
        Expr::StringLiteral(text) => text.value.to_str().contains("ClassVar") || text.value.to_str().contains("Final"),
        _ => is_symbol(context, target, &SHARED),
    }
}

/// The class of a new object that can be changed.
fn mutable(context: &Context<'_>, value: &Expr) -> Option<&'static str> {
    Some(match value {
        Expr::List(_) | Expr::ListComp(_) => "list",
        Expr::Dict(_) | Expr::DictComp(_) => "dict",
        Expr::Set(_) | Expr::SetComp(_) => "set",
        Expr::Call(call) if is_call_of(context, value, &MUTABLE_CLASSES) => {
            let symbol = symbol(context, &call.func)?;
            let name = symbol.rsplit('.').next()?;
            ["list", "dict", "set", "bytearray"].into_iter().find(|known| *known == name).unwrap_or("")
        }
        _ => return None,
    })
}

fn with_class_var(
    context: &Context<'_>,
    name: &ast::ExprName,
    annotation: Option<&Expr>,
    class: &str,
) -> Option<Fix> {
    let (class_var, import) = spelling(context, "typing.ClassVar", name.start())?;
    let edits = match annotation {
        Some(annotation) => {
            let inner = TextRange::empty(annotation.end());
            vec![Edit::insert(annotation.start(), format!("{class_var}[")), Edit::replace(inner, "]")]
        }
        None if class.is_empty() => vec![Edit::insert(name.end(), format!(": {class_var}"))],
        None => vec![Edit::insert(name.end(), format!(": {class_var}[{class}]"))],
    };
    Some(Fix { title: format!("Say that it is shared: `{class_var}`"), safe: false, edits, imports: import.into_iter().collect() })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn what_is_declared_or_shared_on_purpose_is_fine() {
        let quiet = "\
import enum
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Sequence
import pydantic
class A:
    __slots__ = ['x']
    KNOWN = {}
    names: ClassVar[list[str]] = []
    order: Sequence[str] = []
    size = ()
    class Meta:
        ordering = []
@dataclass
class B:
    x: list = []
class C(enum.Enum):
    x = []
class D(pydantic.BaseModel):
    x: list = []
class E(D):
    y: list = []
";
        assert!(found("mutable-class-attribute", quiet).is_empty());
    }

    #[test]
    fn the_annotation_says_that_it_is_shared() {
        let source = "\
from typing import ClassVar
import collections
class A(Exception):
    x = []
    y: dict[str, int] = {}
    z = collections.deque()
class B(A):
    w = {1, 2}
";
        let expected = "\
from typing import ClassVar
import collections
class A(Exception):
    x: ClassVar[list] = []
    y: ClassVar[dict[str, int]] = {}
    z: ClassVar = collections.deque()
class B(A):
    w: ClassVar[set] = {1, 2}
";
        assert_eq!(fixed("mutable-class-attribute", source), expected);
    }
}
