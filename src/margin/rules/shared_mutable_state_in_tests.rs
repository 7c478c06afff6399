//! `shared-mutable-state-in-tests`: a container that tests fill for each other.

use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::support::{changed_targets, instance_parameter, is_large, is_name};
use super::variables::MUTATORS;
use super::{Detector, Hook, Report};
use crate::python::{Context, Lookup, ModuleBindingKind, Type};

pub(super) const DETECTOR: Detector = Detector {
    rule: "shared-mutable-state-in-tests",
    hooks: &[
        Hook::Call(check_call),
        Hook::Stmt(&[NodeKind::StmtAssign, NodeKind::StmtAugAssign, NodeKind::StmtDelete], check_stmt),
    ],
};

fn check_call<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(method) = call.func.as_ref() else { return };
    // To empty it is to begin anew.
    if MUTATORS.contains(&method.attr.as_str()) && method.attr.as_str() != "clear" {
        check(context, &method.value, report);
    }
}

fn check_stmt<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    for target in changed_targets(stmt) {
        if let Expr::Subscript(item) = target {
            check(context, &item.value, report);
        }
    }
}

fn check(context: &Context<'_>, object: &Expr, report: &mut Report<'_>) {
    let in_test = context.enclosing_function().is_some_and(|def| def.name.starts_with("test")) && context.in_test();
    if !in_test || !outlives_test(context, object) {
        return;
    }
    report.at(object.range(), &[("object", context.text(object))]);
}

/// Whether a container belongs to the module or to the class.
fn outlives_test(context: &Context<'_>, object: &Expr) -> bool {
    match object {
        Expr::Name(name) => match context.lookup(&name.id, name.start()) {
            Lookup::Module(binding) => matches!(&binding.kind, ModuleBindingKind::Value(Some(ty)) if is_container(ty)),
            _ => false,
        },
        Expr::Attribute(attribute) => {
            let Some(class) = context.enclosing_class() else { return false };
            let by_instance = instance_parameter(context).is_some_and(|own| is_name(&attribute.value, own));
            (by_instance || is_name(&attribute.value, class.name.as_str()))
                && !is_large(class)
                && is_made_by(class, &attribute.attr)
                // `setUp` may give each test its own.
                && !context.text(class).contains(&format!("self.{} =", attribute.attr))
                && !context.text(class).contains(&format!("{}.clear()", attribute.attr))
        }
        _ => false,
    }
}

fn is_container(ty: &Type) -> bool {
    ["list", "dict", "set", "bytearray"].iter().any(|class| ty.is_builtin(class))
        || ty.class.starts_with("collections.") && !ty.class.starts_with("collections.abc.")
}

/// Whether the body of a class binds a name to a new container.
fn is_made_by(class: &ast::StmtClassDef, name: &str) -> bool {
    class.body.iter().any(|stmt| match stmt {
        Stmt::Assign(assign) => {
            let new = matches!(assign.value.as_ref(), Expr::List(_) | Expr::Dict(_) | Expr::Set(_));
            new && assign.targets.iter().any(|target| is_name(target, name))
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn state_of_one_test_is_fine() {
        let quiet = "\
ORDERS = [1, 2]
seen = []
class TestOrder:
    lines = []
    names = []
    def setup_method(self):
        self.lines = []
    def test_lines(self):
        self.lines.append(1)
        seen.clear()
        own = []
        own.append(ORDERS[0])
    def helper(self):
        self.names.append(1)
def fill():
    seen.append(1)
";
        assert!(found("shared-mutable-state-in-tests", quiet).is_empty());
    }

    #[test]
    fn state_of_the_module_and_the_class_is_found() {
        let source = "\
stock = {}
class TestOrder:
    lines = []
    def test_lines(self):
        self.lines.append(1)
def test_stock():
    stock['a'] = 1
    stock.update(b=2)
";
        assert_eq!(found("shared-mutable-state-in-tests", source), ["self.lines", "stock", "stock"]);
    }
}
