//! `raise-without-from`: a new exception in an `except` clause that does not say what caused it.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{any_in_expr, clause_is_for_python_2, comments_at, free_name, is_symbol, last_name, literal_number, words};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::{BindingKind, Context, Lookup, Node};

pub(super) const DETECTOR: Detector =
    Detector { rule: "raise-without-from", hooks: &[Hook::Stmt(&[NodeKind::StmtRaise], check)] };

/// Exceptions that steer the program or become an answer to the user: nobody reads their traceback.
const SIGNALS: [&str; 26] = [
    "builtins.SystemExit",
    "builtins.KeyboardInterrupt",
    "builtins.GeneratorExit",
    "builtins.EOFError",
    "builtins.StopIteration",
    "builtins.StopAsyncIteration",
    "asyncio.CancelledError",
    "unittest.SkipTest",
    "unittest.case.SkipTest",
    "argparse.ArgumentTypeError",
    "click.BadParameter",
    "click.ClickException",
    "click.UsageError",
    "click.exceptions.BadParameter",
    "click.exceptions.ClickException",
    "click.exceptions.UsageError",
    "django.http.Http404",
    "fastapi.HTTPException",
    "fastapi.exceptions.HTTPException",
    "starlette.exceptions.HTTPException",
    "typer.BadParameter",
    "typer.Exit",
    "typer.Abort",
    "click.Abort",
    "click.exceptions.Abort",
    "click.exceptions.Exit",
];

/// Classes whose clause catches nearly everything.
const BROAD: [&str; 2] = ["builtins.Exception", "builtins.BaseException"];

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Raise(ast::StmtRaise { exc: Some(raised), cause: None, .. }) = stmt else { return };
    let Some(handler) = context.enclosing_handler() else { return };
    let class = match raised.as_ref() {
        Expr::Call(call) => call.func.as_ref(),
        other => other,
    };
    // There `from` is no syntax.
    if clause_is_for_python_2(context, handler) {
        return;
    }
    if is_caught_one(class, handler) || is_variable(context, raised) || is_caught_at_once(context, stmt, class) {
        return;
    }
    if is_symbol(context, class, &SIGNALS) || is_private(class) || is_signal(class) || answers_request(raised) {
        return;
    }
    // `raise Failed(sys.exc_info())` takes the cause with it.
    let takes_cause = |node: AnyNodeRef<'_>| match node {
        AnyNodeRef::ExprCall(call) => is_symbol(context, &call.func, &["sys.exc_info"]),
        AnyNodeRef::ExprName(name) => ["exc_info", "info", "tb"].contains(&name.id.as_str()),
        _ => false,
    };
    if any_in_expr(raised, takes_cause) || comments_at(context, stmt.range()).any(speaks_of_cause) {
        return;
    }
    let fix = with_cause(context, stmt, handler);
    let cause = handler.name.as_ref().map_or("err", |name| name.as_str());
    report.at(class.range(), &[("raised", context.text(class)), ("cause", cause)]).fix = fix;
}

/// A comment that says why the cause stays out.
fn speaks_of_cause(comment: &str) -> bool {
    let comment = comment.to_ascii_lowercase();
    ["from e", "from none", "raise from", "cause", "chain", "traceback", "stack trace"].iter().any(|word| comment.contains(word))
}

/// `raise err` and `raise err.with_traceback(...)` pass on what was caught.
fn is_caught_one(class: &Expr, handler: &ast::ExceptHandlerExceptHandler) -> bool {
    let Some(caught) = &handler.name else { return false };
    let value = match class {
        Expr::Attribute(attribute) => attribute.value.as_ref(),
        other => other,
    };
    matches!(value, Expr::Name(name) if name.id == caught.id)
}

/// An exception object from elsewhere (`raise last_error`), which may have a cause of its own.
fn is_variable(context: &Context<'_>, raised: &Expr) -> bool {
    match raised {
        Expr::Name(name) => match context.lookup(&name.id, name.start()) {
            Lookup::Local { bindings, .. } => !bindings.iter().any(|one| matches!(one.kind, BindingKind::Class(_))),
            _ => false,
        },
        Expr::Attribute(attribute) => {
            attribute.attr.starts_with(|letter: char| letter.is_lowercase() || letter == '_')
        }
        Expr::Subscript(_) => true,
        _ => false,
    }
}

/// An exception of the module's own (`_GiveUp`), which steers it and does not leave it.
fn is_private(class: &Expr) -> bool {
    last_name(class).is_some_and(|name| name.starts_with('_'))
}

/// `TransferSkipped`, `StopRun`, `Retry`: by its name it says how the program goes on, and what takes it looks at nothing else.
fn is_signal(class: &Expr) -> bool {
    const ERRORS: [&str; 5] = ["error", "errors", "exception", "failed", "failure"];
    const ORDERS: [&str; 6] = ["abort", "cancel", "interrupt", "quit", "skip", "stop"];
    const STATES: [&str; 13] = [
        "aborted", "canceled", "cancelled", "continue", "done", "exit", "finished", "redirect", "redirected", "restart", "retry",
        "skipped", "stopped",
    ];
    let words = last_name(class).map(words).unwrap_or_default();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [.., last] if ORDERS.contains(last) || STATES.contains(last) => true,
        [first, what] => ORDERS.contains(first) && !ERRORS.contains(what),
        _ => false,
    }
}

/// `HTTPError(404, ...)`, whatever framework it is of: it becomes the answer to a request.
fn answers_request(raised: &Expr) -> bool {
    let Expr::Call(call) = raised else { return false };
    let is_http = last_name(&call.func).is_some_and(|name| name.to_ascii_lowercase().starts_with("http"));
    is_http && call.arguments.args.first().and_then(literal_number).is_some_and(|status| (400.0..600.0).contains(&status))
}

/// In a `try` inside the clause, or around it: what is raised there need not leave the function. Around it a clause must
/// name the class, or catch everything.
fn is_caught_at_once(context: &Context<'_>, stmt: &Stmt, class: &Expr) -> bool {
    let raised = context.text(class);
    let mut in_clause = true;
    for node in context.ancestors() {
        match node {
            Node::Handler(_) => in_clause = false,
            Node::Stmt(Stmt::FunctionDef(_) | Stmt::ClassDef(_)) | Node::Expr(Expr::Lambda(_)) => return false,
            Node::Stmt(Stmt::Try(around)) if around.body.last().is_some_and(|last| stmt.end() <= last.end()) => {
                let takes = |ty: &Expr| context.text(ty) == raised || is_symbol(context, ty, &BROAD);
                let catches = |ast::ExceptHandler::ExceptHandler(other): &ast::ExceptHandler| match other.type_.as_deref() {
                    None => true,
                    Some(Expr::Tuple(tuple)) => tuple.elts.iter().any(takes),
                    Some(single) => takes(single),
                };
                if if in_clause { !around.handlers.is_empty() } else { around.handlers.iter().any(catches) } {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

/// ` from err`, with the name that the clause gives the caught exception, or a new one.
fn with_cause(context: &Context<'_>, stmt: &Stmt, handler: &ast::ExceptHandlerExceptHandler) -> Option<Fix> {
    let mut edits = Vec::new();
    let name = if let Some(name) = &handler.name {
        name.as_str()
    } else {
        let ty = handler.type_.as_deref()?;
        if matches!(ty, Expr::Tuple(tuple) if !tuple.parenthesized) {
            return None;
        }
        let head = TextRange::new(ty.end(), handler.body.first()?.start());
        let colon = context.token_in(head, TokenKind::Colon)?;
        let name = free_name(context, &["err", "error", "exc"], stmt.start())?;
        edits.push(Edit::insert(context.token_before(colon.start())?.end(), format!(" as {name}")));
        name
    };
    edits.push(Edit::insert(stmt.end(), format!(" from {name}")));
    Some(Fix { title: format!("Add `from {name}`"), safe: false, edits, imports: Vec::new() })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn passing_on_what_was_caught_needs_no_cause() {
        let quiet = "\
def load(path):
    last = None
    try:
        return read(path)
    except KeyError as err:
        raise
    except ValueError as err:
        raise err
    except TypeError as err:
        raise err.with_traceback(None)
    except OSError as err:
        raise Failed(path) from err
    except RuntimeError:
        raise SystemExit(1)
    except BlockingIOError:
        raise fastapi.HTTPException(status_code=404)
    except BufferError:
        raise click.BadParameter(path)
    except IndexError:
        raise falcon.HTTPError(400, 'Path has a wrong format.')
    except MemoryError:
        # No `from err`: the traceback would keep the data alive.
        raise Failed(path)
    except ZeroDivisionError:
        raise TransferSkipped(path)
    except UnicodeError:
        raise flow.StopRun
    except NameError:
        raise EOFError
    except socket.error as err:
        # this is for Python 2
        raise Failed(err)
    except LookupError:
        def later():
            raise Failed
        raise last
    except Exception:
        try:
            raise Failed
        except Failed:
            pass
    try:
        try:
            return read(path)
        except AttributeError:
            raise Failed(path)
        except EOFError:
            raise _GiveUp(path)
    except (OSError, Failed):
        pass
";
        assert!(found("raise-without-from", &format!("import click, fastapi\n{quiet}")).is_empty());
        let source = "\
def load(path):
    try:
        try:
            return read(path)
        except AttributeError:
            raise Failed(path)
    except OSError:
        raise HTTPError(path)
    except KeyError:
        raise RetryError(path)
    except TypeError:
        raise UnskippedRow(path)
    except AttributeError:
        raise RetryLimitReached(path)
";
        assert_eq!(found("raise-without-from", source), ["Failed", "HTTPError", "RetryError", "UnskippedRow", "RetryLimitReached"]);
    }

    #[test]
    fn the_caught_exception_gets_a_name_when_it_has_none() {
        let source = "\
try:
    read()
except (KeyError, ValueError):
    raise Failed(
        'no'
    )
except (OSError):
    raise Failed
except A as one:
    raise app.Failed
";
        assert_eq!(found("raise-without-from", source), ["Failed", "Failed", "app.Failed"]);
        let expected = "\
try:
    read()
except (KeyError, ValueError) as err:
    raise Failed(
        'no'
    ) from err
except (OSError) as err:
    raise Failed from err
except A as one:
    raise app.Failed from one
";
        assert_eq!(fixed("raise-without-from", source), expected);
    }
}
