//! `typing-optional`: `Optional[X]` for `X | None`.

use ruff_python_ast::{self as ast, Expr, NodeKind, Operator, OperatorPrecedence, Stmt};
use ruff_text_size::Ranged;

use super::support::{has_comment, is_operand_of_primary, is_symbol, operand};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::{Context, Lookup, ModuleBindingKind, Node, PythonVersion, canonical, stdlib};

pub(super) const DETECTOR: Detector =
    Detector { rule: "typing-optional", hooks: &[Hook::Expr(&[NodeKind::ExprSubscript], check)] };

/// Longer types are left to their author.
const MAX_TYPE: usize = 2_000;

fn check<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Expr::Subscript(optional) = expr else { return };
    if !is_symbol(context, &optional.value, &["typing.Optional"]) || for_some_versions(context) {
        return;
    }
    // What is no annotation is evaluated, and only a type has `|`: not text, and who knows what a variable holds.
    if !context.in_annotation() && !is_type(context, &optional.slice) {
        return;
    }
    if holds_text(context, &optional.slice) {
        return;
    }
    let fix = as_union(context, optional, report.target());
    report.at(optional.value.range(), &[("type", context.text(optional.slice.as_ref()))]).fix = fix;
}

/// Whether a name stands for a type that is written in quotes: `Node = "dict[str, Node]"`. Text has no `|`.
pub(super) fn holds_text(context: &Context<'_>, name: &Expr) -> bool {
    let Expr::Name(name) = name else { return false };
    match context.lookup(&name.id, name.start()) {
        Lookup::Module(binding) => {
            matches!(&binding.kind, ModuleBindingKind::Value(Some(ty)) if ty.is_builtin("str"))
        }
        _ => false,
    }
}

/// Whether it is for Pythons that may have no `|`: it stands in an `if sys.version_info ...`, or is evaluated in a file that asks
/// elsewhere for a Python that has none.
pub(super) fn for_some_versions(context: &Context<'_>) -> bool {
    const MAX_CONDITION: usize = 200;
    let guarded = context.ancestors().any(|node| match node {
        Node::Stmt(Stmt::If(branch)) => {
            let test = context.text(branch.test.as_ref());
            test.len() < MAX_CONDITION && test.contains("version_info")
        }
        _ => false,
    });
    guarded || !context.table.future_annotations() && context.table.is_for_old_pythons()
}

/// The union that says the same.
pub(in crate::margin) fn as_union(context: &Context<'_>, optional: &ast::ExprSubscript, target: PythonVersion) -> Option<Fix> {
    let inner = optional.slice.as_ref();
    let text = context.text(inner);
    let other_operator = matches!(context.parent(), Some(Node::Expr(Expr::BinOp(outer))) if outer.op != Operator::BitOr);
    if text.len() > MAX_TYPE || has_comment(context, optional.range) || text.contains('\n') || other_operator {
        return None;
    }
    let in_annotation = context.in_annotation();
    let union = match inner {
        Expr::NoneLiteral(_) | Expr::Tuple(_) | Expr::Starred(_) => return None,
        // `"Node" | None` is no type: the name that comes later has to take `| None` into its quotes.
        Expr::StringLiteral(name) => {
            let is_whole = !matches!(context.parent(), Some(Node::Expr(Expr::BinOp(_))));
            let quoted = text.len() > 1 && text.starts_with(['"', '\'']) && text.ends_with(['"', '\'']);
            let plain = quoted && !name.value.is_implicit_concatenated() && !text.starts_with("\"\"\"");
            if !in_annotation || !is_whole || !plain {
                return None;
            }
            format!("{} | None{}", &text[..text.len() - 1], &text[text.len() - 1..])
        }
        _ => format!("{} | None", operand(context, inner, OperatorPrecedence::BitOr)),
    };
    // Where annotations are not evaluated nothing can go wrong; elsewhere `|` asks for something that is a type.
    let lazy = context.table.future_annotations() || context.environment.stub || target >= PythonVersion::three(14);
    let safe = in_annotation && (lazy || inner.is_string_literal_expr() || is_type(context, inner));
    let union = if is_operand_of_primary(context, optional.range) { format!("({union})") } else { union };
    Some(Fix { title: format!("Use `{union}`"), safe, edits: vec![Edit::replace(optional, union)], imports: Vec::new() })
}

/// Whether an expression is surely a type that takes `|`.
pub(in crate::margin) fn is_type(context: &Context<'_>, expr: &Expr) -> bool {
    match expr {
        Expr::Subscript(subscript) if !subscript.value.is_subscript_expr() => is_type(context, &subscript.value),
        Expr::BinOp(ast::ExprBinOp { left, op: Operator::BitOr, .. }) if !left.is_bin_op_expr() => is_type(context, left),
        Expr::Name(name) => match context.lookup(&name.id, name.start()) {
            Lookup::Module(binding) => matches!(binding.kind, ModuleBindingKind::Class(_)),
            Lookup::Symbol(symbol) => is_known_type(&symbol.to_name()),
            _ => false,
        },
        Expr::Attribute(attribute) => {
            context.resolve_attribute(attribute).is_some_and(|symbol| is_known_type(&symbol))
        }
        _ => false,
    }
}

fn is_known_type(symbol: &str) -> bool {
    const BUILTIN: [&str; 14] = [
        "bool", "bytearray", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "object", "set", "str",
        "tuple", "type",
    ];
    let public = canonical::public(symbol);
    match public.strip_prefix("builtins.") {
        Some(name) => BUILTIN.contains(&name),
        None => public.starts_with("typing.") || public.starts_with("collections.abc.") || stdlib::is_class(&public),
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::Options;
    use crate::margin::rules::tests::{fixed, found, found_with};
    use crate::python::PythonVersion;

    #[test]
    fn every_way_to_import_it_is_known() {
        let source = "\
import typing as t
from typing_extensions import Optional as Maybe
def f(a: t.Optional[int], b: list[Maybe[str]] = (), c: Optional[int] = None) -> 'Node': ...
";
        assert_eq!(found("typing-optional", source), ["t.Optional", "Maybe"]);
        let old = Options { target: PythonVersion::three(9), ..Options::default() };
        assert!(found_with("typing-optional", source, &old).is_empty());
    }

    #[test]
    fn a_file_for_old_pythons_keeps_what_they_know() {
        let typed = "import sys\nfrom typing import Optional, Union\nx: Optional[int] = None\ny: Union[int, str] = 1\n";
        for guard in ["if sys.version_info >= (3, 10):\n    pass\n", "OLD = sys.version_info[:2] < (3,8)\n"] {
            let source = format!("{typed}{guard}");
            assert!(found("typing-optional", &source).is_empty() && found("typing-union", &source).is_empty());
            assert_eq!(found("typing-optional", &format!("from __future__ import annotations\n{source}")).len(), 1);
        }
        let newer = format!("{typed}if sys.version_info >= (3, 12):\n    pass\n");
        assert_eq!(found("typing-optional", &newer).len(), 1);
    }

    #[test]
    fn a_type_in_quotes_has_no_union() {
        let source = "\
from typing import Optional, Union
Argument = 'dict[str, Argument]'
class Options:
    lexer: Optional[Argument]
    other: Union[Argument, int]
";
        assert!(found("typing-optional", source).is_empty());
        assert!(found("typing-union", source).is_empty());
    }

    #[test]
    fn names_in_quotes_keep_the_union_inside() {
        let source = "\
from typing import Optional
def f(a: Optional['Node'], b: dict[str, Optional[\"Node\"]], c: Optional[None], d: Optional['A'] | int): ...
Alias = Optional['Node']
Other = Optional[lambda: int]
def checked(type_: type) -> object:
    return Optional[type_], Optional[int]
if sys.version_info < MINIMUM:
    Old = Optional[int]
";
        let expected = "\
from typing import Optional
def f(a: 'Node | None', b: dict[str, \"Node | None\"], c: Optional[None], d: Optional['A'] | int): ...
Alias = Optional['Node']
Other = Optional[lambda: int]
def checked(type_: type) -> object:
    return Optional[type_], int | None
if sys.version_info < MINIMUM:
    Old = Optional[int]
";
        assert_eq!(fixed("typing-optional", source), expected);
    }
}
