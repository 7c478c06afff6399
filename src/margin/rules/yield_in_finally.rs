//! `yield-in-finally`: a generator that goes on yielding while it is being closed.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{any_in_own, is_large, is_symbol, last_name};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector {
    rule: "yield-in-finally",
    hooks: &[Hook::Expr(&[NodeKind::ExprYield, NodeKind::ExprYieldFrom], check)],
};

/// Climbs from a `yield` to the function, past the clauses that run when the generator is closed.
fn check<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    if context.enclosing_function().is_some_and(|def| def.decorator_list.iter().any(may_drive)) {
        return;
    }
    let mut clause = None;
    for node in context.ancestors() {
        match node {
            Node::Stmt(Stmt::FunctionDef(_) | Stmt::ClassDef(_)) | Node::Expr(Expr::Lambda(_)) => return,
            Node::Handler(handler) => clause = Some(handler),
            Node::Stmt(Stmt::Try(stmt)) if !is_large(stmt) => {
                let place = match clause.take() {
                    Some(handler) => in_exit_handler(context, stmt, handler).then_some("except GeneratorExit"),
                    None => in_finally(context, stmt, expr.range()).then_some("finally"),
                };
                if let Some(place) = place {
                    let keyword = if expr.is_yield_from_expr() { "yield from" } else { "yield" };
                    report.at(expr, &[("keyword", keyword), ("place", place)]);
                    return;
                }
            }
            _ => {}
        }
    }
}

/// Whether a decorator may run the generator to its end, as `inlineCallbacks` does, for which a `yield` waits: any one of which it
/// is not known that it leaves the generator to its caller, or closes it like `contextmanager`.
fn may_drive(decorator: &ast::Decorator) -> bool {
    const PLAIN: [&str; 10] = [
        "abstractmethod", "asynccontextmanager", "classmethod", "contextmanager", "final", "fixture", "override", "property",
        "staticmethod", "wraps",
    ];
    let callee = if let Expr::Call(call) = &decorator.expression { &call.func } else { &decorator.expression };
    !last_name(callee).is_some_and(|name| PLAIN.contains(&name))
}

/// The clause takes the exit that `close()` raises at a `yield` of the `try` body.
fn in_exit_handler(
    context: &Context<'_>,
    stmt: &ast::StmtTry,
    handler: &ast::ExceptHandlerExceptHandler,
) -> bool {
    let first = stmt.handlers.iter().map(|ast::ExceptHandler::ExceptHandler(one)| one).find(|one| {
        one.type_.as_deref().is_none_or(|ty| {
            let types = if let Expr::Tuple(tuple) = ty { tuple.elts.as_slice() } else { std::slice::from_ref(ty) };
            types.iter().any(|ty| is_symbol(context, ty, &["builtins.GeneratorExit", "builtins.BaseException"]))
        })
    });
    first.is_some_and(|first| first.range == handler.range) && yields(&stmt.body)
}

/// The place is in the `finally` of a `try` that yields before it.
fn in_finally(context: &Context<'_>, stmt: &ast::StmtTry, place: TextRange) -> bool {
    let (Some(first), Some(last)) = (stmt.finalbody.first(), stmt.finalbody.last()) else { return false };
    if !TextRange::new(first.start(), last.end()).contains_range(place) {
        return false;
    }
    let handlers = || stmt.handlers.iter().map(|ast::ExceptHandler::ExceptHandler(handler)| handler);
    // A clause of its own for the exit can tell the `finally` that nobody listens any more.
    let knows = handlers().any(|handler| {
        handler.type_.as_deref().is_some_and(|ty| is_symbol(context, ty, &["builtins.GeneratorExit"]))
    });
    !knows && (yields(&stmt.body) || yields(&stmt.orelse) || handlers().any(|handler| yields(&handler.body)))
}

fn yields(body: &[Stmt]) -> bool {
    any_in_own(body, |node| matches!(node, AnyNodeRef::ExprYield(_) | AnyNodeRef::ExprYieldFrom(_)))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn a_yield_that_close_cannot_reach_is_fine() {
        let quiet = "\
def fixture():
    try:
        prepare()
    finally:
        yield
def rows():
    try:
        yield 1
    except GeneratorExit:
        raise
    except BaseException:
        yield 2
def told():
    closing = False
    try:
        yield 1
    except GeneratorExit:
        closing = True
        raise
    finally:
        if not closing:
            yield 2
def inner():
    try:
        yield 1
    finally:
        def later():
            yield 2
        use(later)
def handled():
    try:
        yield 1
    except ValueError:
        yield 2
@defer.inlineCallbacks
def stop(self):
    try:
        yield self.lock.acquire()
    finally:
        yield self.lock.release()
";
        assert!(found("yield-in-finally", quiet).is_empty());
    }

    #[test]
    fn every_clause_that_runs_on_close_is_seen() {
        let source = "\
def a():
    try:
        yield 1
    finally:
        with lock:
            yield 2
def b():
    try:
        yield 1
    except (ValueError, BaseException):
        yield 3
async def c():
    try:
        yield 1
    except:
        yield 4
@contextlib.contextmanager
def d():
    try:
        yield 1
    finally:
        yield 5
@pytest.fixture(scope='module')
async def e():
    try:
        yield 1
    finally:
        yield 6
";
        assert_eq!(found("yield-in-finally", source), ["yield 2", "yield 3", "yield 4", "yield 5", "yield 6"]);
    }
}
