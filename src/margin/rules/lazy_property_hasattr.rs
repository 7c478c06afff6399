//! `lazy-property-hasattr`: a property that keeps its value by hand.

use ruff_python_ast::{self as ast, CmpOp, Expr, Stmt, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

use super::support::{
    has_comment, is_large, is_name, is_symbol, occurrences, string, without_docstring,
};
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::{Edit, Fix};
use crate::python::{Context, ScopeKind};

pub(super) const DETECTOR: Detector = Detector { rule: "lazy-property-hasattr", hooks: &[Hook::Function(check)] };

/// How a property keeps its value.
struct Lazy<'a> {
    attribute: &'a str,
    /// Asked with `hasattr`; otherwise `None` stands for "not yet".
    by_hasattr: bool,
    value: &'a Expr,
    /// The test, what it guards, and the `return`.
    body: TextRange,
    /// Nothing but the value is computed.
    is_simple: bool,
}

fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    let [decorator] = def.decorator_list.as_slice() else { return };
    if def.is_async || !is_symbol(context, &decorator.expression, &["builtins.property"]) {
        return;
    }
    let Some(ScopeKind::Class(class)) = context.scopes().last().map(|scope| scope.kind) else { return };
    let Some(instance) = def.parameters.args.first().map(|first| first.name().as_str()) else { return };
    let Some(lazy) = lazy(context, def, instance) else { return };
    if is_large(class) {
        return;
    }
    let text = context.text(class);
    // The property's own uses, and one `self._x = None` at the start.
    let own = occurrences(context.text(def), lazy.attribute);
    let others = occurrences(text, lazy.attribute).saturating_sub(own);
    let setter = format!("{}.setter", def.name.as_str());
    if others > usize::from(!lazy.by_hasattr) || text.contains("__slots__") || text.contains(&setter) {
        return;
    }
    let fix = cached(context, decorator, &lazy);
    report.at(def.name.range(), &[("name", def.name.as_str())]).fix = fix;
}

fn lazy<'a>(context: &Context<'_>, def: &'a ast::StmtFunctionDef, instance: &str) -> Option<Lazy<'a>> {
    let [Stmt::If(guard), Stmt::Return(result)] = without_docstring(&def.body) else { return None };
    let (attribute, by_hasattr) = asked(context, &guard.test, instance)?;
    let is_it = |expr: &Expr| of_instance(expr, instance) == Some(attribute);
    let Some(Stmt::Assign(last)) = guard.body.last() else { return None };
    let [target] = last.targets.as_slice() else { return None };
    let fits = guard.elif_else_clauses.is_empty() && is_it(target) && is_it(result.value.as_deref()?);
    fits.then(|| Lazy {
        attribute,
        by_hasattr,
        value: &last.value,
        body: TextRange::new(guard.start(), result.end()),
        is_simple: guard.body.len() == 1,
    })
}

/// `not hasattr(self, "_x")` or `self._x is None`.
fn asked<'a>(context: &Context<'_>, test: &'a Expr, instance: &str) -> Option<(&'a str, bool)> {
    match test {
        Expr::UnaryOp(ast::ExprUnaryOp { op: UnaryOp::Not, operand, .. }) => {
            let Expr::Call(call) = operand.as_ref() else { return None };
            let [object, name] = &*call.arguments.args else { return None };
            let fits = is_name(object, instance) && context.is_builtin(&call.func, "hasattr");
            fits.then(|| string(name)).flatten().map(|name| (name, true))
        }
        Expr::Compare(compare) => match (&*compare.ops, &*compare.comparators) {
            ([CmpOp::Is], [Expr::NoneLiteral(_)]) => of_instance(&compare.left, instance).map(|name| (name, false)),
            _ => None,
        },
        _ => None,
    }
}

fn of_instance<'a>(expr: &'a Expr, instance: &str) -> Option<&'a str> {
    match expr {
        Expr::Attribute(attribute) if is_name(&attribute.value, instance) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

fn cached(context: &Context<'_>, decorator: &ast::Decorator, lazy: &Lazy<'_>) -> Option<Fix> {
    if !lazy.is_simple || has_comment(context, lazy.body) || context.text(lazy.value).contains('\n') {
        return None;
    }
    let (name, import) = spelling(context, "functools.cached_property", decorator.start())?;
    Some(Fix {
        title: format!("Use `{name}`"),
        safe: false,
        edits: vec![
            Edit::replace(decorator.expression.range(), name),
            Edit::replace(lazy.body, format!("return {}", context.text(lazy.value))),
        ],
        imports: import.into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "lazy-property-hasattr";

    #[test]
    fn properties_with_a_life_of_their_own_are_fine() {
        let quiet = "\
class A:
    @property
    def reset_elsewhere(self):
        if self._a is None:
            self._a = work()
        return self._a
    def reset(self):
        self._a = None
        self._a = self._a
    @property
    def with_setter(self):
        if not hasattr(self, '_b'):
            self._b = work()
        return self._b
    @with_setter.setter
    def with_setter(self, value): ...
    @property
    def other(self):
        if not hasattr(self, '_c'):
            self._d = work()
        return self._c
    def plain(self):
        if not hasattr(self, '_e'):
            self._e = work()
        return self._e
class B:
    __slots__ = ('_a',)
    @property
    def a(self):
        if not hasattr(self, '_a'):
            self._a = work()
        return self._a
";
        assert!(found(RULE, quiet).is_empty());
    }

    #[test]
    fn the_value_is_returned_and_kept() {
        let source = "\
class A:
    def __init__(self):
        self._total = None

    @property
    def total(self):
        '''The sum.'''
        if self._total is None:
            self._total = sum(self.rows)
        return self._total
";
        let expected = "\
import functools
class A:
    def __init__(self):
        self._total = None

    @functools.cached_property
    def total(self):
        '''The sum.'''
        return sum(self.rows)
";
        assert_eq!(fixed(RULE, source), expected);
    }
}
