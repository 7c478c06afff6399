//! `descriptor-get-ignores-class-access`: a `__get__` that fails when the class itself is asked.

use ruff_python_ast::{self as ast, AnyNodeRef, CmpOp, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::support::{Go, any_in_own, is_name, starts_line, walk, without_docstring};
use super::{Detector, Hook, Report};
use crate::margin::fix::indentation;
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "descriptor-get-ignores-class-access", hooks: &[Hook::Function(check)] };

fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    if def.name.as_str() != "__get__" || !context.in_class_body() || !def.decorator_list.is_empty() {
        return;
    }
    let mut parameters = def.parameters.iter_non_variadic_params().map(|parameter| parameter.name().as_str());
    let (Some(descriptor), Some(instance)) = (parameters.next(), parameters.next()) else { return };
    // Whoever tests it, or lets it fail, has thought of it.
    if any_in_own(&def.body, |node| is_tested(node, instance)) {
        return;
    }
    let mut used: Option<TextRange> = None;
    walk(&def.body, |node| match node {
        AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_) | AnyNodeRef::ExprLambda(_) => Go::Over,
        AnyNodeRef::ExprAttribute(attribute) if is_name(&attribute.value, instance) => {
            // The class has these too.
            if !["__class__", "__doc__"].contains(&attribute.attr.as_str()) {
                used = Some(attribute.range());
            }
            if used.is_some() { Go::Stop } else { Go::In }
        }
        _ => Go::In,
    });
    if let Some(used) = used {
        let fix = with_test(context, def, descriptor, instance);
        report.at(used, &[("instance", instance), ("descriptor", descriptor)]).fix = fix;
    }
}

fn is_tested(node: AnyNodeRef<'_>, instance: &str) -> bool {
    match node {
        AnyNodeRef::ExprCompare(compare) => {
            matches!(compare.ops.as_ref(), [CmpOp::Is | CmpOp::IsNot | CmpOp::Eq | CmpOp::NotEq])
                && (is_name(&compare.left, instance) || compare.comparators.iter().any(|side| is_name(side, instance)))
        }
        AnyNodeRef::StmtIf(stmt) => is_name(&stmt.test, instance),
        AnyNodeRef::ElifElseClause(clause) => clause.test.as_ref().is_some_and(|test| is_name(test, instance)),
        AnyNodeRef::ExprIf(ternary) => is_name(&ternary.test, instance),
        AnyNodeRef::ExprUnaryOp(unary) => unary.op == ast::UnaryOp::Not && is_name(&unary.operand, instance),
        AnyNodeRef::ExprBoolOp(operation) => operation.values.iter().any(|value| is_name(value, instance)),
        AnyNodeRef::ExprCall(call) => {
            matches!(call.func.as_ref(), Expr::Name(name) if name.id == "isinstance")
                && call.arguments.args.first().is_some_and(|first| is_name(first, instance))
        }
        AnyNodeRef::StmtMatch(stmt) => is_name(&stmt.subject, instance),
        AnyNodeRef::StmtTry(_) => true,
        _ => false,
    }
}

/// The test at the start of the body.
fn with_test(context: &Context<'_>, def: &ast::StmtFunctionDef, descriptor: &str, instance: &str) -> Option<Fix> {
    let first = without_docstring(&def.body).first().filter(|first| starts_line(context.source, first.start()))?;
    let (indent, newline) = (indentation(context.source, first.start()), context.newline());
    let test = format!("if {instance} is None:{newline}{indent}    return {descriptor}{newline}{indent}");
    Some(Fix {
        title: format!("Return `{descriptor}` when `{instance}` is None"),
        safe: false,
        edits: vec![Edit::insert(first.start(), test)],
        imports: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn who_thinks_of_the_class_is_left_alone() {
        let quiet = "\
class A:
    def __get__(self, instance, owner=None):
        return self if instance is None else instance._value
class B:
    def __get__(self, obj, owner):
        if not obj:
            return self
        return obj._value
class C:
    def __get__(self, instance, owner):
        return self.make(owner)
class D:
    def __get__(self, instance, owner):
        try:
            return instance._value
        except AttributeError:
            return self
";
        assert!(found("descriptor-get-ignores-class-access", quiet).is_empty());
    }

    #[test]
    fn the_test_comes_first() {
        let source = "class A:\n    def __get__(self, obj, owner=None):\n        \"Docs.\"\n        return obj.x\n";
        assert_eq!(
            fixed("descriptor-get-ignores-class-access", source),
            "class A:\n    def __get__(self, obj, owner=None):\n        \"Docs.\"\n        if obj is None:\n            return self\n        return obj.x\n",
        );
    }
}
