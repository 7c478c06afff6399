//! Web frameworks: functions that answer requests.

use ruff_python_ast::{self as ast, Expr};

use super::support::{argument, string};
use crate::python::Context;

/// What decorates a function with a route: `FastAPI`, Starlette, Flask, aiohttp, Sanic.
const ROUTES: [&str; 11] =
    ["get", "post", "put", "patch", "delete", "head", "options", "route", "api_route", "websocket", "websocket_route"];

/// The verb of the route that a function answers: `get` of `@app.get("/")`.
pub(super) fn route(def: &ast::StmtFunctionDef) -> Option<&str> {
    def.decorator_list.iter().find_map(|decorator| {
        let Expr::Call(call) = &decorator.expression else { return None };
        let Expr::Attribute(method) = call.func.as_ref() else { return None };
        let path = argument(call, "path", Some(0)).given().and_then(string)?;
        let is_path = path.is_empty() || path.starts_with('/');
        (is_path && ROUTES.contains(&method.attr.as_str())).then_some(method.attr.as_str())
    })
}

/// Whether the place is in a function that answers requests.
pub(super) fn in_route(context: &Context<'_>) -> bool {
    context.enclosing_function().is_some_and(|def| route(def).is_some())
}
