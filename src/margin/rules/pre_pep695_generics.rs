//! `pre-pep695-generics`: generics spelled with `TypeVar`, `Generic` and `TypeAlias`.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{any_in_expr, has_comment, is_symbol};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::{Context, Lookup, ModuleBindingKind};

pub(super) const DETECTOR: Detector = Detector {
    rule: "pre-pep695-generics",
    hooks: &[
        Hook::Class(check_class),
        Hook::Function(check_function),
        Hook::Stmt(&[NodeKind::StmtAnnAssign], check_alias),
    ],
};

fn check_class<'a>(context: &Context<'a>, class: &'a ast::StmtClassDef, report: &mut Report<'_>) {
    for base in class.arguments.iter().flat_map(|arguments| arguments.args.iter()) {
        if let Expr::Subscript(subscript) = base
            && is_symbol(context, &subscript.value, &["typing.Generic", "typing.Protocol"])
            && class.type_params.is_none()
        {
            report.at(base, &[("new", &format!("class {}[...]", class.name))]);
        }
    }
}

/// A function outside classes: the variables of a method may be those of its class.
fn check_function<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    if context.enclosing_class().is_some() || def.type_params.is_some() {
        return;
    }
    let parameters = def.parameters.iter_source_order().filter_map(ast::AnyParameterRef::annotation);
    let generic = parameters.chain(def.returns.as_deref()).any(|annotation| has_type_variable(context, annotation));
    if generic {
        report.at(def.name.range(), &[("new", &format!("def {}[...]", def.name))]);
    }
}

fn check_alias<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::AnnAssign(ast::StmtAnnAssign { target, annotation, value: Some(value), .. }) = stmt else { return };
    let Expr::Name(name) = target.as_ref() else { return };
    if !is_symbol(context, annotation, &["typing.TypeAlias"]) {
        return;
    }
    let plain = context.at_module_level() && !has_type_variable(context, value) && !has_comment(context, stmt);
    let fix = plain.then(|| Fix {
        title: "Write it as a `type` statement".to_owned(),
        safe: false,
        edits: vec![
            Edit::insert(stmt.start(), "type "),
            Edit::delete(TextRange::new(target.end(), annotation.end())),
        ],
        imports: Vec::new(),
    });
    report.at(annotation.as_ref(), &[("new", &format!("type {} = ...", name.id))]).fix = fix;
}

fn has_type_variable(context: &Context<'_>, annotation: &Expr) -> bool {
    any_in_expr(annotation, |node| match node {
        AnyNodeRef::ExprName(name) => match context.lookup(name.id.as_str(), name.start()) {
            Lookup::Module(binding) => match &binding.kind {
                ModuleBindingKind::Value(Some(ty)) => {
                    matches!(ty.class.as_str(), "typing.TypeVar" | "typing.ParamSpec" | "typing.TypeVarTuple")
                }
                _ => false,
            },
            Lookup::Symbol(symbol) => symbol.to_name() == "typing.AnyStr",
            _ => false,
        },
        AnyNodeRef::ExprAttribute(attribute) if attribute.attr.as_str() == "AnyStr" => {
            is_symbol(context, &attribute.value, &["typing"])
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::Options;
    use crate::margin::rules::tests::{fixed, found, found_with};
    use crate::python::PythonVersion;

    const RULE: &str = "pre-pep695-generics";
    const SOURCE: &str = "
import typing
from typing import Generic, TypeAlias, TypeVar
T = TypeVar('T')
class Box(Generic[T]):
    def get(self) -> T: ...
def first(items: list[T]) -> T: ...
def joined(items: list[typing.AnyStr]) -> typing.AnyStr: ...
Names: TypeAlias = dict[str, int]
Items: TypeAlias = list[T]
";

    #[test]
    fn the_old_spellings_are_found() {
        assert_eq!(found(RULE, SOURCE), ["Generic[T]", "first", "joined", "TypeAlias", "TypeAlias"]);
        let after = fixed(RULE, SOURCE);
        assert!(after.contains("\ntype Names = dict[str, int]\nItems: TypeAlias = list[T]\n"), "{after}");
    }

    #[test]
    fn the_new_ones_and_old_versions_are_not() {
        let new = "class Box[T]:\n    x: T\ndef first[T](items: list[T]) -> T: ...\ntype Names = dict[str, int]\nx: int = 1\n";
        assert!(found(RULE, new).is_empty());
        let old = Options { target: PythonVersion::three(11), ..Options::default() };
        assert!(found_with(RULE, SOURCE, &old).is_empty());
    }
}
