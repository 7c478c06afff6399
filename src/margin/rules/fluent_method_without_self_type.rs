//! `fluent-method-without-self-type`: a method that returns its object and names the class.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

use super::support::{Go, is_symbol, symbol, walk, without_docstring};
use super::{Detector, Hook, Report};
use crate::margin::fix::replace_symbol;
use crate::python::{Context, ScopeKind, has_yield, is_dunder};

pub(super) const DETECTOR: Detector =
    Detector { rule: "fluent-method-without-self-type", hooks: &[Hook::Function(check)] };

fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    let Some(returns) = def.returns.as_deref() else { return };
    if !context.in_class_body() || !def.decorator_list.is_empty() || def.is_async || is_internal(context, def) {
        return;
    }
    let Some(class) = context.enclosing_class() else { return };
    let is_final = class.decorator_list.iter().any(|decorator| is_symbol(context, &decorator.expression, &["typing.final"]));
    let Some(first) = def.parameters.posonlyargs.first().or(def.parameters.args.first()) else { return };
    if is_final || class.name.starts_with('_') || may_return_another(context, class, def) || first.annotation().is_some() || !names_class(returns, class.name.as_str()) {
        return;
    }
    if returns_only(def, first.name().as_str()) && !has_yield(&def.body) {
        let fix = replace_symbol(context, returns.range(), "typing.Self", report.fix_is_safe());
        report.at(returns, &[("method", def.name.as_str()), ("class", class.name.as_str())]).fix = fix;
    }
}

/// Whether no subclass elsewhere is to be thought of: the method is private, or the class stands in a function.
/// An iterator's own `__iter__` is called by loops, which ask for no type.
fn is_internal(context: &Context<'_>, def: &ast::StmtFunctionDef) -> bool {
    let is_private = def.name.starts_with('_') && !is_dunder(&def.name);
    is_private
        || ["__iter__", "__aiter__"].contains(&def.name.as_str())
        || context.scopes().iter().any(|scope| matches!(scope.kind, ScopeKind::Function(_)))
}

/// Whether another result is meant: a subclass of the same file has the method, too, or the docstring speaks of a copy. An
/// enumeration with members has no subclasses.
fn may_return_another(context: &Context<'_>, class: &ast::StmtClassDef, def: &ast::StmtFunctionDef) -> bool {
    let local = format!("@{}", class.name);
    let overrides = context.table.classes().any(|info| {
        info.methods.contains_key(def.name.as_str()) && info.bases.iter().any(|base| *base == local)
    });
    let is_enum = class.bases().iter().any(|base| {
        symbol(context, base).is_some_and(|symbol| symbol.starts_with("enum."))
    });
    let copies = without_docstring(&def.body).len() < def.body.len()
        && def.body.first().is_some_and(|doc| {
            let text = context.text(doc).to_lowercase();
            ["copy", "copied", "new ", "clone", "another"].iter().any(|word| text.contains(word))
        });
    overrides || is_enum || copies
}

/// `C`, `"C"`, `C[T]`.
fn names_class(annotation: &Expr, class: &str) -> bool {
    match annotation {
        Expr::Name(name) => name.id == class,
        Expr::StringLiteral(text) => {
            let text = text.value.to_str();
            text == class || text.strip_prefix(class).is_some_and(|rest| rest.starts_with('[') && rest.ends_with(']'))
        }
        Expr::Subscript(subscript) => names_class(&subscript.value, class),
        _ => false,
    }
}

/// Whether the function gives back its first parameter wherever it returns, and never binds that name anew.
fn returns_only(def: &ast::StmtFunctionDef, instance: &str) -> bool {
    let (mut returns, mut others) = (false, false);
    walk(&def.body, |node| match node {
        AnyNodeRef::StmtReturn(stmt) => {
            let itself = matches!(stmt.value.as_deref(), Some(Expr::Name(name)) if name.id == instance);
            returns |= itself;
            others |= !itself;
            Go::Over
        }
        AnyNodeRef::ExprName(name) if name.ctx.is_store() && name.id == instance => {
            others = true;
            Go::Stop
        }
        AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_) | AnyNodeRef::ExprLambda(_) => Go::Over,
        _ => Go::In,
    });
    returns && !others
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "fluent-method-without-self-type";

    #[test]
    fn methods_that_return_their_object_are_found() {
        let source = "
from typing import Self
class C:
    def a(self) -> 'C':
        if x:
            return self
        y()
        return self
    def b(self) -> C[int]:
        return self
    def __enter__(self) -> C:
        return self
";
        assert_eq!(found(RULE, source), ["'C'", "C[int]", "C"]);
        assert!(fixed(RULE, source).contains("def a(self) -> Self:"));
    }

    #[test]
    fn other_results_are_not() {
        let source = "
import enum
from typing import Self, final
class C:
    def a(self) -> 'C':
        return C()
    def b(self) -> 'C':
        self = self.copy()
        return self
    def c(self) -> Self:
        return self
    def d(self) -> 'D':
        return self
    @classmethod
    def e(cls) -> 'C':
        return cls
    def f(self) -> 'C':
        if x:
            return C()
        return self
@final
class F:
    def a(self) -> 'F':
        return self
def g(self) -> 'C':
    return self
class _P:
    def a(self) -> '_P':
        return self
class Base:
    def load(self) -> 'Base':
        return self
    def frozen(self) -> 'Base':
        '''Gives a copy where it can be changed.'''
        return self
class Derived(Base):
    def load(self) -> 'Base':
        return Other()
class E(enum.Enum):
    def a(self) -> 'E':
        return self
class Lines:
    def __iter__(self) -> 'Lines':
        return self
    def _step(self) -> 'Lines':
        return self
def make():
    class Inner:
        def __enter__(self) -> 'Inner':
            return self
";
        assert!(found(RULE, source).is_empty());
    }
}
