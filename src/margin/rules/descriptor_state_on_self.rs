//! `descriptor-state-on-self`: a descriptor that keeps the values of all instances in one place.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};

use super::support::{Go, any_in_expr, is_name, walk};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "descriptor-state-on-self", hooks: &[Hook::Function(check)] };

fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    if def.name.as_str() != "__set__" || !context.in_class_body() || !def.decorator_list.is_empty() {
        return;
    }
    let mut parameters = def.parameters.iter_non_variadic_params().map(|parameter| parameter.name().as_str());
    let (Some(descriptor), Some(instance), Some(value)) = (parameters.next(), parameters.next(), parameters.next())
    else {
        return;
    };
    walk(&def.body, |node| {
        let stored = match node {
            AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_) | AnyNodeRef::ExprLambda(_) => {
                return Go::Over;
            }
            AnyNodeRef::StmtAssign(assign) => assign.targets.iter().map(|target| (target, Some(&*assign.value))).collect(),
            AnyNodeRef::StmtAnnAssign(assign) => vec![(&*assign.target, assign.value.as_deref())],
            _ => Vec::new(),
        };
        for (target, stored) in stored {
            if let Expr::Attribute(target) = target
                && is_name(&target.value, descriptor)
                && stored.is_some_and(|stored| carries(stored, value))
            {
                report.at(target, &[("attribute", context.text(target)), ("instance", instance)]);
            }
        }
        Go::In
    });
}

/// The expression hands the value on: itself, or what a call or an operator makes of it. A test of it does not.
fn carries(expr: &Expr, value: &str) -> bool {
    !matches!(expr, Expr::Compare(_)) && any_in_expr(expr, |node| matches!(node, AnyNodeRef::ExprName(name) if name.id == value))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn what_is_kept_per_instance_is_fine() {
        let quiet = "\
class A:
    def __set__(self, instance, value):
        instance.__dict__[self.name] = value
        self.values[instance] = value
        self.used = True
        self.seen_none = value is None
class B:
    def set(self, instance, value):
        self.value = value
";
        assert!(found("descriptor-state-on-self", quiet).is_empty());
    }

    #[test]
    fn the_value_is_found_in_what_is_made_of_it() {
        let source = "\
class A:
    def __set__(desc, obj, val):
        if val > 0:
            desc.value = int(val)
";
        assert_eq!(found("descriptor-state-on-self", source), ["desc.value"]);
    }
}
