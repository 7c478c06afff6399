//! Decorators: what they are on their names, their order on the `@`.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use crate::python::Construct;
use crate::python::context::{Context, Lookup};
use crate::python::names::span;
use crate::python::scope::{BindingKind, any_is};
use crate::python::table::{FunctionInfo, ModuleBindingKind};
use crate::python::walk::Sink;

/// Notes the decorators of a definition.
pub(super) fn note(context: &Context<'_>, decorators: &[ast::Decorator], of_class: bool, sink: &mut Sink) {
    for decorator in decorators {
        let at = span(decorator.range.start(), 1);
        sink.construct(at, Construct::Decorator);
        if decorators.len() > 1 {
            sink.construct(at, Construct::DecoratorStacked);
        }
        let (callee, with_arguments) = match &decorator.expression {
            Expr::Call(call) => (call.func.as_ref(), true),
            other => (other, false),
        };
        if !matches!(callee, Expr::Name(_) | Expr::Attribute(_)) {
            continue;
        }
        let name = callee.range();
        sink.construct(name, Construct::Decorator);
        if with_arguments {
            sink.construct(name, Construct::DecoratorWithArgs);
        }
        if of_class {
            sink.construct(name, Construct::DecoratorClass);
        }
        known(context, callee, name, sink);
    }
}

/// Decorators that are known by what they resolve to.
fn known(context: &Context<'_>, callee: &Expr, name: TextRange, sink: &mut Sink) {
    if context.is_builtin(callee, "property") || is_accessor(context, callee) {
        sink.construct(name, Construct::DecoratorProperty);
    } else if context.is_builtin(callee, "classmethod") {
        sink.construct(name, Construct::DecoratorClassmethod);
    } else if context.is_builtin(callee, "staticmethod") {
        sink.construct(name, Construct::DecoratorStaticmethod);
    } else if is_profile(context, callee) {
        sink.construct(name, Construct::DecoratorProfile);
    } else if is_registry(context, callee) {
        sink.construct(name, Construct::DecoratorRegistry);
    }
}

/// `@name.setter` of a property of the same class.
fn is_accessor(context: &Context<'_>, callee: &Expr) -> bool {
    let Expr::Attribute(accessor) = callee else { return false };
    let Expr::Name(property) = accessor.value.as_ref() else { return false };
    matches!(accessor.attr.as_str(), "getter" | "setter" | "deleter")
        && context.in_class_body()
        && context.scopes().last().is_some_and(|class| {
            any_is(class.get(property.id.as_str()), |kind| match kind {
                BindingKind::Function(def) => {
                    def.decorator_list.iter().any(|it| context.is_builtin(&it.expression, "property"))
                }
                BindingKind::Value(Expr::Call(call)) => context.is_builtin(&call.func, "property"),
                _ => false,
            })
        })
}

/// `@profile`, which the profilers put among the built-ins, or their own.
fn is_profile(context: &Context<'_>, callee: &Expr) -> bool {
    match callee {
        Expr::Name(name) if name.id == "profile" => match context.lookup("profile", name.start()) {
            Lookup::Unbound => true,
            Lookup::Symbol(symbol) => is_profiler(&symbol.to_name()),
            _ => false,
        },
        Expr::Attribute(_) => context.resolve(callee).is_some_and(|name| is_profiler(&name)),
        _ => false,
    }
}

fn is_profiler(name: &str) -> bool {
    matches!(name, "line_profiler.profile" | "memory_profiler.profile")
}

/// A function or method of this file that keeps what it decorates.
fn is_registry(context: &Context<'_>, callee: &Expr) -> bool {
    let registers = |info: &FunctionInfo| info.registers;
    match callee {
        Expr::Name(name) => match context.lookup(name.id.as_str(), name.start()) {
            Lookup::Module(binding) => {
                matches!(&binding.kind, ModuleBindingKind::Function(info) if registers(info))
            }
            _ => false,
        },
        Expr::Attribute(method) => {
            let class = match context.infer(&method.value) {
                Some(ty) => ty.local_class().and_then(|class| context.local_class(class)),
                // `@Registry.add`, by the class's name.
                None => method.value.as_name_expr().and_then(|name| context.local_class(name.id.as_str())),
            };
            class.and_then(|class| class.methods.get(method.attr.as_str())).is_some_and(registers)
        }
        _ => false,
    }
}

/// The decorators of a definition, and whether it is a class.
pub(super) fn of(stmt: &Stmt) -> (&[ast::Decorator], bool) {
    match stmt {
        Stmt::FunctionDef(def) => (&def.decorator_list, false),
        Stmt::ClassDef(class) => (&class.decorator_list, true),
        _ => (&[], false),
    }
}
