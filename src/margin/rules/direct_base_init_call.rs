//! `direct-base-init-call`: a base's method by the base's name where `super()` would do.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::support::{first_argument, has_comment, instance_parameter, is_symbol, symbol};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::{Context, ScopeKind};

pub(super) const DETECTOR: Detector = Detector { rule: "direct-base-init-call", hooks: &[Hook::Call(check)] };

/// Bases that add no method of their own to the chain.
const MARKERS: [&str; 4] = ["typing.Generic", "typing.Protocol", "abc.ABC", "builtins.object"];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(callee) = call.func.as_ref() else { return };
    let Some(ScopeKind::Function(def)) = context.scopes().last().map(|scope| scope.kind) else { return };
    let Some(first @ Expr::Name(instance)) = call.arguments.args.first() else { return };
    let meets = def.name.as_str() == callee.attr.as_str() && instance_parameter(context) == Some(instance.id.as_str());
    let Some(class) = context.enclosing_class().filter(|_| meets) else { return };
    // With several bases each may want other arguments: that takes more than a change of the call.
    let mut bases = class.bases().iter().filter(|base| !is_marker(context, base));
    let (Some(base), None) = (bases.next(), bases.next()) else { return };
    let named = if let Expr::Subscript(subscript) = base { &subscript.value } else { base };
    if context.text(named) != context.text(callee.value.as_ref()) || !matches!(*callee.value, Expr::Name(_) | Expr::Attribute(_)) {
        return;
    }
    // What is written in C is at the end of the chain anyway.
    if symbol(context, named).is_some_and(|symbol| symbol.starts_with("builtins.")) {
        return;
    }
    let fix = with_super(context, call, callee, first);
    report.at(call.func.range(), &[("call", context.text(call.func.as_ref())), ("method", callee.attr.as_str())]).fix =
        fix;
}

fn is_marker(context: &Context<'_>, base: &Expr) -> bool {
    let named = if let Expr::Subscript(subscript) = base { &subscript.value } else { base };
    is_symbol(context, named, &MARKERS)
}

fn with_super(
    context: &Context<'_>,
    call: &ast::ExprCall,
    callee: &ast::ExprAttribute,
    first: &Expr,
) -> Option<Fix> {
    let gone = first_argument(context, call, first)?;
    if has_comment(context, gone) || context.scopes().iter().any(|scope| !scope.get("super").is_empty()) {
        return None;
    }
    Some(Fix {
        title: format!("Use `super().{}`", callee.attr),
        safe: false,
        edits: vec![Edit::replace(callee.value.as_ref(), "super()"), Edit::delete(gone)],
        imports: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn other_calls_by_class_are_left_alone() {
        let quiet = "\
class A(Base, Other):
    def __init__(self):
        Base.__init__(self)
        Other.__init__(self, 1)
class B(dict):
    def __init__(self):
        dict.__init__(self)
class C(Base):
    def __init__(self):
        Base.setup(self)
        Unrelated.__init__(self)
        super().__init__()
    @staticmethod
    def make(self):
        Base.make(self)
";
        assert!(found("direct-base-init-call", quiet).is_empty());
    }

    #[test]
    fn the_call_becomes_one_of_super() {
        let source = "\
class A(models.Base[int], Generic[T]):
    def __init__(self, size, **rest):
        models.Base.__init__(self, size, **rest)
    def close(self):
        models.Base.close(self)
";
        let expected = "\
class A(models.Base[int], Generic[T]):
    def __init__(self, size, **rest):
        super().__init__(size, **rest)
    def close(self):
        super().close()
";
        assert_eq!(fixed("direct-base-init-call", &format!("from typing import Generic\n{source}")), format!("from typing import Generic\n{expected}"));
    }
}
