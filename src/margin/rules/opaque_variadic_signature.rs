//! `opaque-variadic-signature`: a function that takes anything and wants something.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

use super::support::{Go, is_method, walk};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "opaque-variadic-signature", hooks: &[Hook::Function(check)] };

fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    let parameters = &def.parameters;
    let public = !def.name.as_str().starts_with('_');
    // Wrappers made inside a function take what the wrapped one takes; methods of a class body are its own.
    let inner = context.enclosing_function().is_some() || is_method(context);
    if !public || inner || !def.decorator_list.is_empty() {
        return;
    }
    let own = usize::from(context.in_class_body());
    let named = parameters.posonlyargs.len() + parameters.args.len() + parameters.kwonlyargs.len();
    if named != own || (parameters.vararg.is_none() && parameters.kwarg.is_none()) {
        return;
    }
    let args = parameters.vararg.as_deref().map_or("", |parameter| parameter.name.as_str());
    let kwargs = parameters.kwarg.as_deref().map_or("", |parameter| parameter.name.as_str());
    let mut takes_apart = None;
    let mut passes_on = false;
    walk(&def.body, |node| {
        match node {
            AnyNodeRef::ExprSubscript(subscript) if is_part(subscript, args, kwargs) => {
                takes_apart.get_or_insert(subscript.range());
            }
            AnyNodeRef::ExprCall(call) if is_get(call, kwargs) => {
                takes_apart.get_or_insert(call.range());
            }
            AnyNodeRef::ExprStarred(starred) => passes_on |= is_name(&starred.value, args),
            AnyNodeRef::Keyword(keyword) if keyword.arg.is_none() => passes_on |= is_name(&keyword.value, kwargs),
            _ => {}
        }
        if passes_on { Go::Stop } else { Go::In }
    });
    if takes_apart.is_some() && !passes_on {
        report.at(def.name.range(), &[("function", def.name.as_str())]);
    }
}

fn is_name(expr: &Expr, name: &str) -> bool {
    !name.is_empty() && matches!(expr, Expr::Name(used) if used.id == name)
}

/// `args[0]`, `kwargs["x"]`.
fn is_part(subscript: &ast::ExprSubscript, args: &str, kwargs: &str) -> bool {
    is_name(&subscript.value, args) && subscript.slice.is_number_literal_expr()
        || is_name(&subscript.value, kwargs) && subscript.slice.is_string_literal_expr()
}

/// `kwargs.get("x")`, `kwargs.pop("x")`.
fn is_get(call: &ast::ExprCall, kwargs: &str) -> bool {
    let Expr::Attribute(attribute) = call.func.as_ref() else { return false };
    matches!(attribute.attr.as_str(), "get" | "pop" | "setdefault")
        && is_name(&attribute.value, kwargs)
        && call.arguments.args.first().is_some_and(Expr::is_string_literal_expr)
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    const RULE: &str = "opaque-variadic-signature";

    #[test]
    fn hidden_parameters_are_found() {
        let source = "
def a(*args): return args[0]
def b(**kwargs): return kwargs.get('x')
class C:
    def d(self, *args, **kwargs): return kwargs['x']
";
        assert_eq!(found(RULE, source), ["a", "b", "d"]);
    }

    #[test]
    fn wrappers_and_true_variadics_are_not() {
        let source = "
def a(*args): return sum(args)
def b(*args, **kwargs): return f(*args, **kwargs) + args[0]
def c(x, **kwargs): return kwargs['x']
def _d(*args): return args[0]
@wraps(f)
def e(*args): return args[0]
def outer():
    def f(*args): return args[0]
def g(*args): return args[i]
class C:
    def __call__(self, *args): return args[0]
";
        assert!(found(RULE, source).is_empty());
    }
}
