//! `websocket-without-disconnect-handling`: an endless loop of messages that ends in a traceback.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::Ranged;

use super::support::{
    Go, indent_lines, indent_unit, is_name, is_true, last_line_end, owns_its_lines, walk_with_parents,
};
use super::{Detector, Hook, Report};
use crate::margin::fix::{indentation, spelling};
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "websocket-without-disconnect-handling", hooks: &[Hook::Function(check)] };

const RECEIVE: [&str; 3] = ["receive_text", "receive_bytes", "receive_json"];

fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    // Only what a route calls gets no chance elsewhere.
    if !def.is_async || super::web::route(def).is_none() {
        return;
    }
    let Some((socket, exception)) = socket(context, def) else { return };
    let mut found = None;
    walk_with_parents(&def.body, |node, parents| {
        match node {
            AnyNodeRef::ExprCall(call) if receives(call, socket) && is_endless(parents) => {
                found = Some(call);
                Go::Stop
            }
            // A handler, a `finally` or a context manager may see to it; an inner function runs elsewhere.
            AnyNodeRef::StmtTry(_)
            | AnyNodeRef::StmtWith(_)
            | AnyNodeRef::StmtFunctionDef(_)
            | AnyNodeRef::StmtClassDef(_)
            | AnyNodeRef::ExprLambda(_) => Go::Over,
            _ => Go::In,
        }
    });
    if let Some(call) = found {
        let fix = with_handler(context, def, call, exception);
        report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]).fix = fix;
    }
}

/// The parameter that is the socket, and what its methods raise when the other side is gone.
fn socket<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef) -> Option<(&'a str, &'static str)> {
    def.parameters.iter().find_map(|parameter| {
        let class = context.type_of_annotation(parameter.annotation()?)?.class;
        let exception = match class.as_str() {
            "fastapi.WebSocket" | "fastapi.websockets.WebSocket" => "fastapi.WebSocketDisconnect",
            "starlette.websockets.WebSocket" => "starlette.websockets.WebSocketDisconnect",
            _ => return None,
        };
        Some((parameter.name().as_str(), exception))
    })
}

fn receives(call: &ast::ExprCall, socket: &str) -> bool {
    matches!(call.func.as_ref(), Expr::Attribute(method)
        if is_name(&method.value, socket) && RECEIVE.contains(&method.attr.as_str()))
}

fn is_endless(parents: &[AnyNodeRef<'_>]) -> bool {
    parents.iter().any(|node| matches!(node, AnyNodeRef::StmtWhile(stmt) if is_true(&stmt.test)))
}

/// The loop in a `try` that ends when the other side is gone.
fn with_handler(
    context: &Context<'_>,
    def: &ast::StmtFunctionDef,
    call: &ast::ExprCall,
    exception: &str,
) -> Option<Fix> {
    let stmt = def.body.iter().find(|stmt| stmt.range().contains_range(call.range()))?;
    if !matches!(stmt, Stmt::While(stmt) if stmt.orelse.is_empty()) || !owns_its_lines(context.source, stmt) {
        return None;
    }
    let (class, import) = spelling(context, exception, stmt.start())?;
    let (newline, indent) = (context.newline(), indentation(context.source, stmt.start()));
    let unit = indent_unit(context.source, stmt.start());
    let end = last_line_end(context.source, stmt.end());
    let mut edits = vec![Edit::insert(stmt.start(), format!("try:{newline}{indent}{unit}"))];
    edits.extend(indent_lines(context, stmt.range()));
    edits.push(Edit::insert(end, format!("{newline}{indent}except {class}:{newline}{indent}{unit}pass")));
    Some(Fix { title: format!("End the loop on `{class}`"), safe: false, edits, imports: import.into_iter().collect() })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn handled_ends_are_fine() {
        let quiet = "\
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
app = FastAPI()
@app.websocket('/a')
async def a(socket: WebSocket):
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        pass
@app.websocket('/b')
async def b(socket: WebSocket):
    async for text in socket.iter_text():
        print(text)
@app.websocket('/c')
async def c(socket: WebSocket):
    await socket.receive_text()
@app.websocket('/d')
async def d(socket: WebSocket):
    with manager(socket):
        while True:
            await socket.receive_text()
async def helper(socket: WebSocket):
    while True:
        await socket.receive_text()
";
        assert!(found("websocket-without-disconnect-handling", quiet).is_empty());
    }

    #[test]
    fn the_loop_gets_its_handler() {
        let source = "\
from fastapi import FastAPI, WebSocket
app = FastAPI()
@app.websocket('/echo')
async def echo(socket: WebSocket):
    await socket.accept()
    while True:  # for ever
        # The next one.
        text = await socket.receive_text()
        await socket.send_text(text)  # back
";
        let expected = "\
from fastapi import FastAPI, WebSocket
from fastapi import WebSocketDisconnect
app = FastAPI()
@app.websocket('/echo')
async def echo(socket: WebSocket):
    await socket.accept()
    try:
        while True:  # for ever
            # The next one.
            text = await socket.receive_text()
            await socket.send_text(text)  # back
    except WebSocketDisconnect:
        pass
";
        assert_eq!(fixed("websocket-without-disconnect-handling", source), expected);
    }
}
