//! `unnecessary-metaclass`: a metaclass that does what `__init_subclass__` can do.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::Ranged;

use super::support::{any_in, any_in_own, is_name, is_symbol, without_docstring};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "unnecessary-metaclass", hooks: &[Hook::Class(check)] };

/// A class derived from `type` alone, with no method but `__new__` or `__init__`, which leave alone what the class is
/// made of: name, bases and namespace go on to `type` unchanged.
fn check<'a>(context: &Context<'a>, class: &'a ast::StmtClassDef, report: &mut Report<'_>) {
    let [base] = class.bases() else { return };
    // Tests make metaclasses to see what becomes of them.
    if !is_symbol(context, base, &["builtins.type"]) {
        return;
    }
    let mut methods = 0;
    for stmt in without_docstring(&class.body) {
        match stmt {
            Stmt::FunctionDef(def) if only_watches(def) => methods += 1,
            // A registry.
            Stmt::Assign(_) | Stmt::AnnAssign(_) => {}
            _ => return,
        }
    }
    if methods > 0 {
        report.at(class.name.range(), &[("class", class.name.as_str())]);
    }
}

fn only_watches(def: &ast::StmtFunctionDef) -> bool {
    let is_new = match def.name.as_str() {
        "__new__" => true,
        "__init__" => false,
        _ => return false,
    };
    let mut parameters = def.parameters.iter_non_variadic_params().map(|parameter| parameter.name().as_str());
    let (Some(_), Some(name), Some(bases), Some(namespace)) =
        (parameters.next(), parameters.next(), parameters.next(), parameters.next())
    else {
        return false;
    };
    if !def.decorator_list.is_empty() {
        return false;
    }
    let material = [name, bases, namespace];
    let changes = any_in(&def.body, |node| match node {
        AnyNodeRef::ExprName(used) => !used.ctx.is_load() && material.contains(&used.id.as_str()),
        AnyNodeRef::ExprSubscript(item) => !item.ctx.is_load() && is_name(&item.value, namespace),
        // `namespace.pop(...)`, `namespace.update(...)`, but also `namespace.copy()`: it is made into something else.
        AnyNodeRef::ExprAttribute(attribute) => {
            is_name(&attribute.value, namespace)
                && !["get", "items", "keys", "values"].contains(&attribute.attr.as_str())
        }
        _ => false,
    });
    if changes {
        return false;
    }
    // Handed on unchanged, once; not to something else that might change it.
    let mut made = 0;
    let strange = any_in_own(&def.body, |node| {
        let AnyNodeRef::ExprCall(call) = node else { return false };
        let arguments = &call.arguments.args;
        let is_super = matches!(call.func.as_ref(), Expr::Attribute(callee) if callee.attr.as_str() == def.name.as_str());
        if is_super {
            made += 1;
            let given: Vec<&Expr> = arguments.iter().filter(|argument| !argument.is_starred_expr()).collect();
            let tail = &given[given.len().saturating_sub(3)..];
            return tail.len() != 3 || !tail.iter().zip(material).all(|(argument, name)| is_name(argument, name));
        }
        let reads = matches!(call.func.as_ref(), Expr::Name(callee) if
            ["len", "isinstance", "any", "all", "sorted", "print", "iter", "list", "set", "getattr", "hasattr"].contains(&callee.id.as_str()));
        !reads && arguments.iter().any(|argument| is_name(argument, namespace) || is_name(argument, bases))
    });
    !strange && (made == 1 || !is_new && made == 0)
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn a_metaclass_that_changes_the_class_is_one() {
        let quiet = "\
class Renaming(type):
    def __new__(mcs, name, bases, namespace):
        return super().__new__(mcs, name.title(), bases, namespace)
class Adding(type):
    def __new__(mcs, name, bases, namespace):
        namespace['added'] = True
        return super().__new__(mcs, name, bases, namespace)
class Handing(type):
    def __new__(mcs, name, bases, namespace):
        prepare(namespace)
        return super().__new__(mcs, name, bases, namespace)
class Singleton(type):
    def __call__(cls, *args): ...
class Ordered(type):
    @classmethod
    def __prepare__(mcs, name, bases): ...
    def __init__(cls, name, bases, namespace): ...
class Plain:
    def __new__(cls, name, bases, namespace): ...
";
        assert!(found("unnecessary-metaclass", quiet).is_empty());
    }

    #[test]
    fn a_registry_or_a_check_needs_none() {
        let source = "\
class Registry(type):
    known = {}
    def __init__(cls, name, bases, namespace, **options):
        super().__init__(name, bases, namespace, **options)
        Registry.known[name] = cls
class Checked(type):
    def __new__(mcs, name, bases, attrs):
        if 'run' not in attrs:
            raise TypeError(name)
        cls = type.__new__(mcs, name, bases, attrs)
        return cls
";
        assert_eq!(found("unnecessary-metaclass", source), ["Registry", "Checked"]);
    }
}
