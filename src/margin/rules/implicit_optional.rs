//! `implicit-optional`: a parameter whose default its annotation does not allow.

use ruff_python_ast::{self as ast, Expr, Operator};
use ruff_text_size::{Ranged, TextSize};

use super::support::ignores_types;
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::{Edit, Fix};
use crate::python::{Context, Lookup, ModuleBindingKind, PythonVersion, canonical, stdlib};

pub(super) const DETECTOR: Detector = Detector { rule: "implicit-optional", hooks: &[Hook::Function(check)] };

fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    for parameter in def.parameters.iter_non_variadic_params() {
        let (Some(default), Some(annotation)) = (parameter.default(), parameter.annotation()) else { continue };
        if !default.is_none_literal_expr() || allows_none(context, annotation, annotation.start()) || ignores_types(context, default) {
            continue;
        }
        let fix = with_none(context, annotation, report.target());
        let finding = report.at(annotation, &[("parameter", parameter.name().as_str())]);
        finding.fix = fix;
    }
}

/// Whether `None` fits an annotation; what is not known may be an alias for anything. `at` is where the annotation
/// stands: in quotes it has offsets of its own.
fn allows_none(context: &Context<'_>, annotation: &Expr, at: TextSize) -> bool {
    match annotation {
        Expr::StringLiteral(text) => match ruff_python_parser::parse_expression(text.value.to_str()) {
            Ok(parsed) => allows_none(context, parsed.expr(), at),
            Err(_) => true,
        },
        Expr::BinOp(ast::ExprBinOp { left, op: Operator::BitOr, right, .. }) => {
            allows_none(context, left, at) || allows_none(context, right, at)
        }
        Expr::Subscript(subscript) => {
            let Some(symbol) = name_of(context, &subscript.value, at) else { return true };
            let members: &[Expr] = match subscript.slice.as_ref() {
                Expr::Tuple(tuple) => &tuple.elts,
                single => std::slice::from_ref(single),
            };
            match symbol.as_str() {
                "typing.Optional" => true,
                "typing.Union" => members.iter().any(|member| allows_none(context, member, at)),
                "typing.Annotated" => members.first().is_none_or(|member| allows_none(context, member, at)),
                "typing.Literal" => members.iter().any(Expr::is_none_literal_expr),
                _ => !is_class(context, &symbol),
            }
        }
        Expr::Name(_) | Expr::Attribute(_) => {
            name_of(context, annotation, at).is_none_or(|symbol| !is_class(context, &symbol))
        }
        _ => true,
    }
}

/// The public qualified name of a class, `@Name` for one of this module.
fn name_of(context: &Context<'_>, expr: &Expr, at: TextSize) -> Option<String> {
    match expr {
        Expr::Name(name) => match context.lookup(name.id.as_str(), at) {
            Lookup::Symbol(symbol) => Some(canonical::public(&symbol.to_name()).into_owned()),
            Lookup::Module(binding) if matches!(binding.kind, ModuleBindingKind::Class(_)) => {
                Some(format!("@{}", name.id))
            }
            _ => None,
        },
        Expr::Attribute(attribute) => Some(format!("{}.{}", name_of(context, &attribute.value, at)?, attribute.attr)),
        _ => None,
    }
}

/// Whether the name surely is a class, and one that `None` is no instance of.
fn is_class(context: &Context<'_>, symbol: &str) -> bool {
    const OPEN: [&str; 4] = ["builtins.object", "collections.abc.Hashable", "typing.Any", "types.NoneType"];
    if OPEN.contains(&symbol) {
        return false;
    }
    if let Some(local) = symbol.strip_prefix('@') {
        // What a protocol asks for, `None` may have.
        return context.table.class(local).is_some_and(|info| info.bases.iter().all(|base| *base != "typing.Protocol"));
    }
    let symbol = canonical::runtime_class(symbol);
    stdlib::is_class(&symbol) || symbol.starts_with("collections.abc.")
}

/// `T | None`, or `Optional[T]` where the version asks for it.
fn with_none(context: &Context<'_>, annotation: &Expr, target: PythonVersion) -> Option<Fix> {
    let end = annotation.end();
    let (title, edits, import) = if target >= PythonVersion::three(10) || context.table.future_annotations() {
        let at = match annotation {
            // Inside the quotes.
            Expr::StringLiteral(text) => {
                let part = text.as_single_part_string()?;
                part.content_range().end()
            }
            _ => end,
        };
        ("Add `| None`".to_owned(), vec![Edit::insert(at, " | None")], None)
    } else {
        let (optional, import) = spelling(context, "typing.Optional", annotation.start())?;
        let edits = vec![Edit::insert(annotation.start(), format!("{optional}[")), Edit::insert(end, "]")];
        (format!("Use `{optional}[...]`"), edits, import)
    };
    Some(Fix { title, safe: false, edits, imports: import.into_iter().collect() })
}

#[cfg(test)]
mod tests {
    use crate::margin::Options;
    use crate::margin::rules::tests::{fixed, found, found_with};
    use crate::python::PythonVersion;

    const RULE: &str = "implicit-optional";

    #[test]
    fn annotations_without_none_are_found() {
        let source = "
from typing import List, Union, Literal, Annotated
from collections.abc import Sequence
class C: pass
def f(a: int = None, b: List[int] = None, c: Union[int, str] = None, *, d: 'C' = None, e: Sequence = None): ...
def g(a: C = None, b: int | str = None, c: Literal['x'] = None, d: Annotated[int, None] = None): ...
";
        assert_eq!(found(RULE, source).len(), 9, "{:?}", found(RULE, source));
    }

    #[test]
    fn what_allows_none_or_may_is_not() {
        let source = "
from typing import Any, Optional, Union, Literal, Hashable, Protocol, TypeVar
from m import Alias
T = TypeVar('T')
JSON = Union[int, None]
class P(Protocol): ...
def f(a=None, b: int = 0, c: Optional[int] = None, d: int | None = None, e: Union[int, None] = None): ...
def g(a: Any = None, b: object = None, c: Alias = None, d: JSON = None, e: T = None, f: 'int | None' = None): ...
def i(a: int = None): ...  # type: ignore
def h(a: Literal['x', None] = None, b: Hashable = None, c: P = None, d: None = None, e: 'not python' = None): ...
";
        assert!(found(RULE, source).is_empty(), "{:?}", found(RULE, source));
    }

    #[test]
    fn none_is_added_in_the_way_of_the_version() {
        assert_eq!(fixed(RULE, "def f(a: int = None, b: 'int' = None): ...\n"), "def f(a: int | None = None, b: 'int | None' = None): ...\n");
        let old = Options { target: PythonVersion::three(8), ..Options::default() };
        assert_eq!(found_with(RULE, "def f(a: int = None): ...\n", &old), ["int"]);
    }
}
