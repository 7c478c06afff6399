//! What a function is for, told from its body alone: decorator, factory of decorators, entry in a registry, memo.

use ruff_python_ast::{self as ast, Expr, Stmt};
use smallvec::SmallVec;

use crate::python::suites::{any_expr, is_stub, own_statements};

type Names<'a> = SmallVec<[&'a str; 8]>;

/// The parameters that take one argument.
fn parameters(def: &ast::StmtFunctionDef) -> Names<'_> {
    def.parameters.iter_non_variadic_params().map(|parameter| parameter.name().as_str()).collect()
}

/// Returns an inner function that calls one of its own parameters.
pub(super) fn is_decorator(def: &ast::StmtFunctionDef) -> bool {
    let parameters = parameters(def);
    !parameters.is_empty()
        && returned_functions(def).any(|inner| {
            let hidden = self::parameters(inner);
            let visible: Names = parameters.iter().copied().filter(|parameter| !hidden.contains(parameter)).collect();
            calls_one_of(&inner.body, &visible)
        })
}

/// Returns a decorator made inside it.
pub(super) fn is_decorator_factory(def: &ast::StmtFunctionDef) -> bool {
    returned_functions(def).any(is_decorator)
}

/// Keeps an argument in a container that outlives the call and returns it unchanged, or returns a function that does.
pub(in crate::python) fn registers(def: &ast::StmtFunctionDef) -> bool {
    keeps_and_returns(def) || returned_functions(def).any(keeps_and_returns)
}

/// Has a body, and no `return` with a value. Who yields is not asked here.
pub(in crate::python) fn returns_nothing(def: &ast::StmtFunctionDef) -> bool {
    let annotated = def.returns.as_deref().is_some_and(|returns| !returns.is_none_literal_expr());
    if annotated || !def.decorator_list.is_empty() || is_stub(&def.body) {
        return false;
    }
    // The last statement of a function that never returns raises.
    if matches!(def.body.last(), Some(Stmt::Raise(_) | Stmt::While(_))) {
        return false;
    }
    let gives = |stmt: &Stmt| matches!(stmt, Stmt::Return(stmt) if stmt.value.is_some());
    !own_statements(&def.body).any(gives)
}

/// The functions defined in this one's body that it returns, as they are or passed through a call
/// (`return update_wrapper(inner, func)`).
fn returned_functions(def: &ast::StmtFunctionDef) -> impl Iterator<Item = &ast::StmtFunctionDef> {
    let mut returned = Names::new();
    let mut inner: SmallVec<[&ast::StmtFunctionDef; 4]> = SmallVec::new();
    for stmt in own_statements(&def.body) {
        match stmt {
            Stmt::FunctionDef(def) => inner.push(def),
            Stmt::Return(stmt) => match stmt.value.as_deref() {
                Some(Expr::Name(name)) => returned.push(name.id.as_str()),
                Some(Expr::Call(call)) => {
                    returned.extend(call.arguments.args.iter().filter_map(Expr::as_name_expr).map(|n| n.id.as_str()));
                }
                _ => {}
            },
            _ => {}
        }
    }
    inner.into_iter().filter(move |inner| returned.contains(&inner.name.as_str()))
}

fn calls_one_of(body: &[Stmt], names: &[&str]) -> bool {
    !names.is_empty()
        && any_expr(body, |expr| match expr {
            Expr::Call(call) => matches!(call.func.as_ref(), Expr::Name(name) if names.contains(&name.id.as_str())),
            _ => false,
        })
}

fn keeps_and_returns(def: &ast::StmtFunctionDef) -> bool {
    let Some(argument) = only_argument(def) else { return false };
    let mut containers = Names::new();
    let mut locals: Names = parameters(def);
    let mut returned = false;
    for stmt in own_statements(&def.body) {
        match stmt {
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    match target {
                        Expr::Name(name) => locals.push(name.id.as_str()),
                        Expr::Subscript(target) if is_name(&assign.value, argument) => {
                            containers.extend(root(&target.value));
                        }
                        _ => {}
                    }
                }
            }
            Stmt::Expr(stmt) => containers.extend(appended_to(&stmt.value, argument)),
            Stmt::Return(stmt) => returned |= stmt.value.as_deref().is_some_and(|value| is_name(value, argument)),
            _ => {}
        }
    }
    returned && containers.iter().any(|container| matches!(*container, "self" | "cls") || !locals.contains(container))
}

/// The parameter of a function that can be called with one argument; `self` and `cls` aside.
fn only_argument(def: &ast::StmtFunctionDef) -> Option<&str> {
    let mut required: SmallVec<[&str; 4]> = def
        .parameters
        .iter_non_variadic_params()
        .filter(|parameter| parameter.default.is_none())
        .map(|parameter| parameter.name().as_str())
        .collect();
    if required.len() > 1 && matches!(required[0], "self" | "cls") {
        required.remove(0);
    }
    match required.as_slice() {
        [only] => Some(only),
        _ => None,
    }
}

/// The root of the container that a call such as `handlers.append(argument)` puts the argument into.
fn appended_to<'a>(expr: &'a Expr, argument: &str) -> Option<&'a str> {
    let Expr::Call(call) = expr else { return None };
    let Expr::Attribute(method) = call.func.as_ref() else { return None };
    let puts = matches!(method.attr.as_str(), "append" | "add" | "insert" | "setdefault")
        && call.arguments.args.last().is_some_and(|last| is_name(last, argument));
    if puts { root(&method.value) } else { None }
}

fn is_name(expr: &Expr, name: &str) -> bool {
    matches!(expr, Expr::Name(used) if used.id == name)
}

/// The name that a chain of attributes, subscripts and calls begins with.
fn root(chain: &Expr) -> Option<&str> {
    let mut chain = chain;
    loop {
        chain = match chain {
            Expr::Attribute(inner) => &inner.value,
            Expr::Subscript(inner) => &inner.value,
            Expr::Call(inner) => &inner.func,
            Expr::Name(name) => return Some(name.id.as_str()),
            _ => return None,
        };
    }
}
