//! `descriptor-fixed-storage-name`: a descriptor that can be used only once in a class.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{Go, is_name, walk};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "descriptor-fixed-storage-name", hooks: &[Hook::Class(check)] };

fn check<'a>(context: &Context<'a>, class: &'a ast::StmtClassDef, report: &mut Report<'_>) {
    let method = |wanted: &str| {
        class.body.iter().find_map(|stmt| match stmt {
            Stmt::FunctionDef(def) if def.name.as_str() == wanted => Some(def),
            _ => None,
        })
    };
    let (Some(setter), None) = (method("__set__"), method("__set_name__")) else { return };
    let mut parameters = setter.parameters.iter_non_variadic_params().map(|parameter| parameter.name().as_str());
    let (Some(instance), Some(_)) = (parameters.nth(1), parameters.next()) else { return };
    walk(&setter.body, |node| {
        let place = match node {
            AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_) | AnyNodeRef::ExprLambda(_) => {
                return Go::Over;
            }
            AnyNodeRef::StmtAssign(assign) => assign.targets.iter().find_map(|target| item_of_dict(target, instance)),
            AnyNodeRef::ExprCall(call) => attribute_set(context, call, instance),
            _ => None,
        };
        if let Some(key) = place {
            report.at(key, &[("key", context.text(key)), ("class", class.name.as_str())]);
        }
        Go::In
    });
}

/// The key of `instance.__dict__["key"]`.
fn item_of_dict(target: &Expr, instance: &str) -> Option<TextRange> {
    let Expr::Subscript(target) = target else { return None };
    let Expr::Attribute(dict) = target.value.as_ref() else { return None };
    let holds = dict.attr.as_str() == "__dict__" && is_name(&dict.value, instance);
    (holds && target.slice.is_string_literal_expr()).then(|| target.slice.range())
}

/// The name of `setattr(instance, "name", ...)`.
fn attribute_set(context: &Context<'_>, call: &ast::ExprCall, instance: &str) -> Option<TextRange> {
    let [object, name @ Expr::StringLiteral(_), _] = call.arguments.args.as_ref() else { return None };
    let sets = matches!(call.func.as_ref(), Expr::Name(name) if name.id == "setattr")
        && context.is_builtin(&call.func, "setattr");
    (sets && is_name(object, instance)).then(|| name.range())
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn a_name_of_its_own_is_fine() {
        let quiet = "\
class A:
    def __set_name__(self, owner, name):
        self.name = name
    def __set__(self, instance, value):
        instance.__dict__['cache'] = None
        instance.__dict__[self.name] = value
class B:
    def __init__(self, name):
        self.name = name
    def __set__(self, instance, value):
        setattr(instance, self.name, value)
";
        assert!(found("descriptor-fixed-storage-name", quiet).is_empty());
    }

    #[test]
    fn both_ways_to_store_are_found() {
        let source = "\
class A:
    def __set__(self, obj, value):
        obj.__dict__['value'] = value
        setattr(obj, '_value', value)
        setattr(self, '_value', value)
";
        assert_eq!(found("descriptor-fixed-storage-name", source), ["'value'", "'_value'"]);
    }
}
