//! `internal-error-exposed`: what went wrong inside, told to the client.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::support::{Go, any_in_expr, is_name, is_symbol, last_name, own_try, symbol, walk, walk_expr};
use super::web::{route_path, takes_request};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "internal-error-exposed", hooks: &[Hook::Handler(check)] };

fn check<'a>(context: &Context<'a>, handler: &'a ast::ExceptHandlerExceptHandler, report: &mut Report<'_>) {
    let Some(def) = context.enclosing_function() else { return };
    let is_route = route_path(def).is_some();
    if !is_route && !takes_request(def) {
        return;
    }
    // An exception of the application's own may carry a text for its users; any exception does not.
    let name = handler.name.as_ref().filter(|_| is_broad(context, handler.type_.as_deref())).map(ast::Identifier::as_str);
    let reads_only = own_try(context).is_some_and(|attempt| attempt.body.len() == 1);
    walk(&handler.body, |node| {
        let answer = match node {
            AnyNodeRef::StmtReturn(stmt) => stmt.value.as_deref().filter(|value| is_route || is_response(value)),
            AnyNodeRef::StmtRaise(stmt) => stmt.exc.as_deref().filter(|raised| is_http_error(context, raised)),
            AnyNodeRef::StmtExpr(stmt) => Some(stmt.value.as_ref()).filter(|call| is_abort(context, call)),
            AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_) => return Go::Over,
            _ => return if node.is_expression() { Go::Over } else { Go::In },
        };
        // What is wrong with a request is for who has sent it.
        let answer = answer.filter(|answer| !(reads_only && blames_client(answer)));
        // What is shown only while debugging is for the developer.
        let answer = answer.filter(|answer| !is_for_debugging(context, answer, handler));
        if let Some(shown) = answer.and_then(|answer| error_text(context, answer, name)) {
            report.at(shown.range(), &[("shown", context.text(shown))]);
        }
        Go::Over
    });
}

/// Whether an answer says that the request is wrong: the status 400 or 422. With one statement in the `try`, that is what has
/// failed.
fn blames_client(answer: &Expr) -> bool {
    any_in_expr(answer, |node| matches!(node, AnyNodeRef::ExprNumberLiteral(number) if matches!(&number.value, ast::Number::Int(status)
        if matches!(status.as_u16(), Some(400 | 422)))))
}

/// Whether the answer depends on a debug switch, or stands where it is on.
fn is_for_debugging(context: &Context<'_>, answer: &Expr, handler: &ast::ExceptHandlerExceptHandler) -> bool {
    let asks = |text: &str| text.to_ascii_lowercase().contains("debug");
    let mut asked = false;
    walk(&handler.body, |node| match node {
        AnyNodeRef::StmtIf(stmt) if stmt.range().contains_range(answer.range()) => {
            asked |= asks(context.text(stmt.test.as_ref()));
            Go::In
        }
        _ if node.is_expression() => Go::Over,
        _ => Go::In,
    });
    asked || asks(context.text(answer))
}

fn is_broad(context: &Context<'_>, caught: Option<&Expr>) -> bool {
    caught.is_none_or(|caught| is_symbol(context, caught, &["builtins.Exception", "builtins.BaseException"]))
}

/// `HttpResponse(...)`, `JsonResponse(...)`.
fn is_response(value: &Expr) -> bool {
    matches!(value, Expr::Call(call) if last_name(&call.func).is_some_and(|name| name.contains("Response")))
}

/// `HTTPException(...)`.
fn is_http_error(context: &Context<'_>, raised: &Expr) -> bool {
    let Expr::Call(call) = raised else { return false };
    symbol(context, &call.func).is_some_and(|symbol| symbol.ends_with(".HTTPException") || symbol.starts_with("werkzeug.exceptions."))
}

/// `abort(500, str(error))`.
fn is_abort(context: &Context<'_>, call: &Expr) -> bool {
    matches!(call, Expr::Call(call) if is_symbol(context, &call.func, &["flask.abort", "werkzeug.exceptions.abort"]))
}

/// Where an answer has the text of the exception, or a traceback, in it.
fn error_text(context: &Context<'_>, answer: &Expr, name: Option<&str>) -> Option<TextRange> {
    let is_error = |expr: &Expr| name.is_some_and(|name| is_name(expr, name));
    let mut found = None;
    walk_expr(answer, |node| {
        match node {
            AnyNodeRef::ExprCall(call) => {
                let told = context.is_builtin(&call.func, "str") || context.is_builtin(&call.func, "repr");
                let of_error = told && call.arguments.args.first().is_some_and(is_error);
                let traceback = is_symbol(context, &call.func, &["traceback.format_exc", "traceback.format_exception"]);
                if of_error || traceback {
                    found = Some(call.range());
                }
            }
            AnyNodeRef::ExprAttribute(attribute) if is_error(&attribute.value) && attribute.attr.as_str() == "args" => {
                found = Some(attribute.range());
            }
            AnyNodeRef::InterpolatedElement(part) if is_error(&part.expression) => found = Some(part.expression.range()),
            _ => {}
        }
        if found.is_some() { Go::Stop } else { Go::In }
    });
    found
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn own_errors_and_logs_are_fine() {
        let quiet = "\
import traceback
from fastapi import FastAPI, HTTPException
app = FastAPI()
@app.get('/a')
def a():
    try:
        work()
    except OutOfStock as error:
        raise HTTPException(409, str(error))
    except Exception as error:
        log.exception('failed: %s', str(error))
        raise HTTPException(500, 'something went wrong') from error
@app.get('/debug')
def debug():
    try:
        work()
    except Exception as error:
        if app.debug:
            return str(error)
        return traceback.format_exc() if settings.DEBUG else 'failed'
@app.post('/b')
async def b(request):
    try:
        body = await request.json()
    except Exception as error:
        raise HTTPException(status_code=400, detail=f'invalid JSON: {error}')
def helper():
    try:
        work()
    except Exception as error:
        return str(error)
def view(request):
    try:
        work()
    except Exception as error:
        message = str(error)
        return None
";
        assert!(found("internal-error-exposed", quiet).is_empty());
    }

    #[test]
    fn texts_of_any_error_are_found() {
        let source = "\
import traceback
from django.http import JsonResponse
from fastapi import FastAPI, HTTPException
from flask import abort
app = FastAPI()
@app.get('/a')
async def a():
    try:
        work()
    except KeyError:
        return {'trace': traceback.format_exc()}
    except Exception as error:
        if fatal:
            raise HTTPException(status_code=500, detail=f'failed: {error}') from error
        return {'error': str(error)}, 500
def view(request):
    try:
        work()
    except Exception as e:
        return JsonResponse({'error': repr(e)}, status=500)
@app.route('/b')
def b():
    try:
        work()
    except Exception as e:
        abort(500, str(e))
";
        let expected = ["traceback.format_exc()", "error", "str(error)", "repr(e)", "str(e)"];
        assert_eq!(found("internal-error-exposed", source), expected);
    }
}
