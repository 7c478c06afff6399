//! Web frameworks: functions that answer requests, and what clients send to them.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::support::{argument, string, symbol};
use crate::python::{Binding, BindingKind, Context, Lookup};

/// What decorates a function with a route: `FastAPI`, Starlette, Flask, aiohttp, Sanic.
const ROUTES: [&str; 11] =
    ["get", "post", "put", "patch", "delete", "head", "options", "route", "api_route", "websocket", "websocket_route"];

/// Attributes of a request that hold what the client chose.
const SENT: [&str; 14] = [
    "args",
    "form",
    "values",
    "view_args",
    "GET",
    "POST",
    "files",
    "headers",
    "cookies",
    "json",
    "query",
    "query_params",
    "path_params",
    "match_info",
];

/// The verb and the path of the route that a function answers.
fn routed(def: &ast::StmtFunctionDef) -> Option<(&str, &str)> {
    def.decorator_list.iter().find_map(|decorator| {
        let Expr::Call(call) = &decorator.expression else { return None };
        let Expr::Attribute(method) = call.func.as_ref() else { return None };
        let path = argument(call, "path", Some(0)).given().and_then(string)?;
        let is_path = path.is_empty() || path.starts_with('/');
        (is_path && ROUTES.contains(&method.attr.as_str())).then_some((method.attr.as_str(), path))
    })
}

/// The verb of the route that a function answers: `get` of `@app.get("/")`.
pub(super) fn route(def: &ast::StmtFunctionDef) -> Option<&str> {
    routed(def).map(|(verb, _)| verb)
}

/// Its path: `/` of `@app.get("/")`.
pub(super) fn route_path(def: &ast::StmtFunctionDef) -> Option<&str> {
    routed(def).map(|(_, path)| path)
}

/// Whether the place is in a function that answers requests.
pub(super) fn in_route(context: &Context<'_>) -> bool {
    context.enclosing_function().is_some_and(|def| route(def).is_some())
}

/// Whether a function takes a request as its first argument, as Django's views do.
pub(super) fn takes_request(def: &ast::StmtFunctionDef) -> bool {
    let mut parameters = def.parameters.posonlyargs.iter().chain(&def.parameters.args);
    let first = parameters.find(|parameter| parameter.name().as_str() != "self");
    first.is_some_and(|first| first.name().as_str() == "request")
}

/// Whether the place is in a function that may have something from a client in its hands.
pub(super) fn is_serving(context: &Context<'_>) -> bool {
    context.enclosing_function().is_some_and(|def| {
        route(def).is_some() || takes_request(def) || context.table.bindings_of("request").next().is_some()
    })
}

/// Whether an expression is a text that the client chose: a part of the path, a query parameter, an item of the request.
/// A name that is bound once to such a value counts too.
pub(super) fn is_sent(context: &Context<'_>, expr: &Expr) -> bool {
    is_sent_in(context, expr, 3)
}

fn is_sent_in(context: &Context<'_>, expr: &Expr, steps: u8) -> bool {
    let Some(steps) = steps.checked_sub(1) else { return false };
    match expr {
        Expr::Name(name) => match context.lookup(&name.id, name.start()) {
            Lookup::Local { bindings: [Binding { kind, .. }], immediate: true } => match kind {
                BindingKind::Parameter(parameter) => {
                    context.enclosing_function().is_some_and(|def| is_text_of_route(context, def, parameter))
                }
                BindingKind::Value(value) => is_sent_in(context, value, steps),
                _ => false,
            },
            _ => false,
        },
        Expr::Subscript(item) => is_part_of_request(context, &item.value),
        Expr::Call(call) => match call.func.as_ref() {
            Expr::Attribute(method) if matches!(method.attr.as_str(), "get" | "getlist") => {
                is_part_of_request(context, &method.value)
            }
            _ => false,
        },
        _ => false,
    }
}

/// A parameter of a handler that any text can be given for.
fn is_text_of_route(context: &Context<'_>, def: &ast::StmtFunctionDef, parameter: &ast::ParameterWithDefault) -> bool {
    let Some(path) = route_path(def) else { return false };
    // `Depends(...)` and the like are made on the server.
    if parameter.default.as_deref().is_some_and(Expr::is_call_expr) {
        return false;
    }
    let name = parameter.name().as_str();
    let holes = [
        format!("{{{name}}}"),
        format!("{{{name}:path}}"),
        format!("<{name}>"),
        format!("<string:{name}>"),
        format!("<path:{name}>"),
    ];
    let in_path = holes.iter().any(|hole| path.contains(hole));
    match &parameter.parameter.annotation {
        None => in_path,
        Some(annotation) => context.type_of_annotation(annotation).is_some_and(|ty| ty.is_builtin("str")),
    }
}

/// `request.args`, of Flask's `request` or of a parameter with this name.
fn is_part_of_request(context: &Context<'_>, expr: &Expr) -> bool {
    let Expr::Attribute(part) = expr else { return false };
    if !SENT.contains(&part.attr.as_str()) {
        return false;
    }
    match part.value.as_ref() {
        Expr::Name(name) if name.id == "request" => match context.lookup(&name.id, name.start()) {
            Lookup::Local { bindings: [Binding { kind: BindingKind::Parameter(_), .. }], .. } => true,
            Lookup::Symbol(_) => symbol(context, &part.value).is_some_and(|symbol| symbol.ends_with("flask.request")),
            _ => false,
        },
        other => symbol(context, other).is_some_and(|symbol| symbol == "flask.request"),
    }
}
