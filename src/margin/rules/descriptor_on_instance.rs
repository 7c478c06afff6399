//! `descriptor-on-instance`: a descriptor where it cannot work.

use ruff_python_ast::{Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::support::{instance_parameter, is_large, is_metaclass, sole_assignment, symbol};
use super::{Detector, Hook, Report};
use crate::python::{Context, Lookup, ModuleBinding, ModuleBindingKind};

pub(super) const DETECTOR: Detector = Detector {
    rule: "descriptor-on-instance",
    hooks: &[Hook::Stmt(&[NodeKind::StmtAssign, NodeKind::StmtAnnAssign], check)],
};

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Some((Expr::Attribute(target), value @ Expr::Call(call))) = sole_assignment(stmt) else { return };
    let Expr::Name(object) = target.value.as_ref() else { return };
    // Elsewhere it may be on its way to a class.
    let initialises =
        context.enclosing_function().is_some_and(|def| ["__init__", "__post_init__"].contains(&def.name.as_str()));
    let Some(class) = context.enclosing_class().filter(|_| initialises) else { return };
    if instance_parameter(context) != Some(object.id.as_str()) || !is_descriptor(context, &call.func) {
        return;
    }
    // Who calls the protocol by hand knows what the object is.
    let by_hand = is_large(class) || ["__get__(", "__set__("].iter().any(|call| context.text(class).contains(call));
    if !by_hand && !is_metaclass(context, class) {
        report.at(value, &[("descriptor", context.text(call.func.as_ref())), ("attribute", target.attr.as_str())]);
    }
}

fn is_descriptor(context: &Context<'_>, callee: &Expr) -> bool {
    if let Some(symbol) = symbol(context, callee) {
        return ["builtins.property", "functools.cached_property"].contains(&symbol.as_str());
    }
    let Expr::Name(name) = callee else { return false };
    let Lookup::Module(ModuleBinding { kind: ModuleBindingKind::Class(info), .. }) =
        context.lookup(name.id.as_str(), name.start())
    else {
        return false;
    };
    // What can be called as well wraps a function: it is of use on an instance.
    let has = |method: &str| info.methods.contains_key(method);
    (has("__get__") || has("__set__")) && !has("__call__")
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn only_descriptors_on_instances_are_found() {
        let source = "\
class Upper:
    def __get__(self, instance, owner=None): ...
class Wrapper:
    def __get__(self, instance, owner=None): ...
    def __call__(self): ...
class Plain: ...
class Meta(type):
    def __init__(cls, name, bases, namespace):
        cls.size = property(len)
class A:
    shout = Upper()
    def __init__(self):
        self.shout = Upper()
        self.wrapped = Wrapper()
        self.plain = Plain()
        self.size = property(lambda self: 1)
    @classmethod
    def add(cls):
        cls.shout = Upper()
    def attach(self, other):
        other.shout = Upper()
    def later(self):
        self.late = property(lambda self: 1)
class B:
    def __init__(self):
        self.shout = Upper()
    def read(self):
        return self.shout.__get__(self)
";
        assert_eq!(found("descriptor-on-instance", source), ["Upper()", "property(lambda self: 1)"]);
    }
}
