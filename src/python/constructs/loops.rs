//! What a loop is made of, on its keyword or on the token that makes it so.

use ruff_python_ast::{self as ast, Expr, Operator, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::closures::binds;
use crate::python::Construct;
use crate::python::context::{Context, Lookup, Node};
use crate::python::scope::BindingKind;
use crate::python::suites::{any_expr, any_expr_in, own_statements};
use crate::python::walk::Sink;

/// Deeper nested loops are not looked into: Python refuses them, and each look reads the body.
const MAX_NESTED: usize = 20;

/// Notes the shapes of a loop on its keyword.
pub(super) fn note(context: &Context<'_>, stmt: &Stmt, keyword: TextRange, sink: &mut Sink) {
    if context.loops().nth(MAX_NESTED).is_some() {
        return;
    }
    let body = match stmt {
        Stmt::For(stmt) => {
            if let Some(range) = range_of_len(context, &stmt.iter) {
                sink.construct(range, Construct::ForRangeLen);
            }
            if !stmt.is_async && stmt.orelse.is_empty() {
                if is_append_only(stmt) {
                    sink.construct(keyword, Construct::LoopAppendOnly);
                }
                if is_numeric(context, stmt) {
                    sink.construct(keyword, Construct::LoopNumeric);
                }
            }
            &stmt.body
        }
        Stmt::While(stmt) => &stmt.body,
        _ => return,
    };
    if is_retry(context, stmt, body) {
        sink.construct(keyword, Construct::LoopRetry);
        if let Some(sleep) = growing_sleep(context, body) {
            sink.construct(keyword, Construct::LoopRetryBackoff);
            sink.construct(sleep, Construct::LoopRetryBackoff);
        }
    }
}

/// `range` of `range(len(x))`.
pub(super) fn range_of_len(context: &Context<'_>, iterable: &Expr) -> Option<TextRange> {
    let range = iterable.as_call_expr()?;
    let [Expr::Call(len)] = range.arguments.args.as_ref() else { return None };
    (context.is_builtin(&range.func, "range") && context.is_builtin(&len.func, "len") && len.arguments.args.len() == 1)
        .then(|| range.func.range())
}

/// One `append`, `add` or `x[key] = value`, perhaps under one `if`: what a comprehension does.
fn is_append_only(stmt: &ast::StmtFor) -> bool {
    let body = match stmt.body.as_slice() {
        [Stmt::If(filter)] if filter.elif_else_clauses.is_empty() => filter.body.as_slice(),
        body => body,
    };
    match body {
        [Stmt::Expr(stmt)] => match stmt.value.as_ref() {
            Expr::Call(call) => match call.func.as_ref() {
                Expr::Attribute(method) => {
                    matches!(method.attr.as_str(), "append" | "add") && call.arguments.args.len() == 1
                }
                _ => false,
            },
            _ => false,
        },
        [Stmt::Assign(assign)] => {
            matches!(assign.targets.as_slice(), [Expr::Subscript(target)] if !target.slice.is_slice_expr())
        }
        _ => false,
    }
}

/// Nothing but arithmetic on numbers.
fn is_numeric(context: &Context<'_>, stmt: &ast::StmtFor) -> bool {
    let over_numbers = match stmt.iter.as_ref() {
        Expr::Name(_) | Expr::Attribute(_) => true,
        Expr::Call(call) => ["range", "zip", "enumerate"].iter().any(|builtin| context.is_builtin(&call.func, builtin)),
        _ => false,
    };
    let mut computes = false;
    over_numbers
        && stmt.body.iter().all(|stmt| match stmt {
            Stmt::AugAssign(assign) => {
                let numeric = is_number(context, &assign.target) || has_arithmetic(&assign.value);
                computes |= numeric && is_operation(assign.op);
                is_place(&assign.target) && is_arithmetic(&assign.value)
            }
            Stmt::Assign(assign) => {
                computes |= has_arithmetic(&assign.value);
                assign.targets.iter().all(is_place) && is_arithmetic(&assign.value)
            }
            _ => false,
        })
        && computes
}

/// Where a number can be put: a name or an element.
fn is_place(target: &Expr) -> bool {
    match target {
        Expr::Name(_) => true,
        Expr::Subscript(target) => target.value.is_name_expr() && is_arithmetic(&target.slice),
        _ => false,
    }
}

fn is_number(context: &Context<'_>, expr: &Expr) -> bool {
    context.infer(expr).is_some_and(|ty| ty.is_builtin("int") || ty.is_builtin("float"))
}

fn is_operation(op: Operator) -> bool {
    matches!(
        op,
        Operator::Add
            | Operator::Sub
            | Operator::Mult
            | Operator::Div
            | Operator::FloorDiv
            | Operator::Mod
            | Operator::Pow
    )
}

/// Made of names, elements, numbers and arithmetic.
fn is_arithmetic(expr: &Expr) -> bool {
    !any_expr_in(expr, |expr| match expr {
        Expr::BinOp(binary) => !is_operation(binary.op),
        Expr::Subscript(subscript) => subscript.slice.is_slice_expr(),
        Expr::Name(_) | Expr::NumberLiteral(_) | Expr::UnaryOp(_) | Expr::Tuple(_) => false,
        _ => true,
    })
}

/// Has an operation that is not only how text is put together.
fn has_arithmetic(expr: &Expr) -> bool {
    any_expr_in(expr, |expr| match expr {
        Expr::BinOp(binary) => {
            !matches!(binary.op, Operator::Add | Operator::Mod)
                || binary.left.is_number_literal_expr()
                || binary.right.is_number_literal_expr()
        }
        _ => false,
    })
}

/// Makes an attempt that ends the loop when it succeeds, and goes on when it fails.
fn is_retry(context: &Context<'_>, stmt: &Stmt, body: &[Stmt]) -> bool {
    let Some(at) = body.iter().position(Stmt::is_try_stmt) else { return false };
    let Stmt::Try(attempt) = &body[at] else { return false };
    let repeats = match stmt {
        // A loop over candidates tries another thing each time, not the same again.
        Stmt::For(stmt) if counts(context, &stmt.iter) => !is_called_with(&attempt.body, &stmt.target),
        Stmt::For(stmt) => !uses(body, &stmt.target),
        _ => true,
    };
    let succeeds = leaves(&attempt.body) || leaves(&attempt.orelse);
    let leaves_after = leaves(&body[at + 1..]);
    repeats
        && attempt.handlers.iter().any(|ast::ExceptHandler::ExceptHandler(handler)| match handler.body.last() {
            Some(Stmt::Return(_) | Stmt::Break(_) | Stmt::Raise(_)) | None => false,
            Some(Stmt::Continue(_)) => succeeds || leaves_after,
            Some(_) => succeeds,
        })
}

/// `range(...)` or `itertools.count(...)`.
fn counts(context: &Context<'_>, iterable: &Expr) -> bool {
    let Expr::Call(call) = iterable else { return false };
    context.is_builtin(&call.func, "range")
        || context.resolve(&call.func).is_some_and(|name| name.as_str() == "itertools.count")
}

/// Whether code uses a loop's variable, other than to wait or to tell of it.
fn uses(body: &[Stmt], target: &Expr) -> bool {
    let mut all = 0;
    let mut aside = 0;
    // Calls inside a call are counted with it.
    let mut counted = TextSize::new(0);
    any_expr(body, |expr| {
        match expr {
            Expr::Name(name) => all += usize::from(binds(target, &name.id)),
            Expr::Call(call) if is_aside(&call.func) && counted <= expr.start() => {
                aside += mentions(call, target);
                counted = expr.end();
            }
            _ => {}
        }
        false
    });
    all > aside
}

/// Whether a call is made with a loop's variable, other than to wait or to tell of it.
fn is_called_with(body: &[Stmt], target: &Expr) -> bool {
    let mut looked_into = TextSize::new(0);
    any_expr(body, |expr| match expr {
        Expr::Call(call) if looked_into <= expr.start() => {
            looked_into = expr.end();
            !is_aside(&call.func) && mentions(call, target) > 0
        }
        _ => false,
    })
}

/// How often the arguments of a call name a loop's variable.
fn mentions(call: &ast::ExprCall, target: &Expr) -> usize {
    let mut count = 0;
    for argument in call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|it| &it.value)) {
        any_expr_in(argument, |expr| {
            count += usize::from(matches!(expr, Expr::Name(name) if binds(target, &name.id)));
            false
        });
    }
    count
}

/// `sleep`, `print`, a logger's methods: what an attempt does not consist of.
fn is_aside(callee: &Expr) -> bool {
    let name = match callee {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(method) => method.attr.as_str(),
        _ => return false,
    };
    matches!(name, "sleep" | "wait" | "print" | "debug" | "info" | "warning" | "error" | "exception")
}

/// Ends, on its way or at the end of an `if` or `with`, in a `return` or `break`.
fn leaves(body: &[Stmt]) -> bool {
    let mut last = body.last();
    while let Some(stmt) = last {
        last = match stmt {
            Stmt::Return(_) | Stmt::Break(_) => return true,
            Stmt::With(stmt) => stmt.body.last(),
            Stmt::If(stmt) => stmt.body.last(),
            _ => return false,
        };
    }
    false
}

/// The name of the `sleep` that is called with a delay that grows from attempt to attempt.
fn growing_sleep(context: &Context<'_>, body: &[Stmt]) -> Option<TextRange> {
    let mut sleeps: Vec<(&Expr, &Expr)> = Vec::new();
    any_expr(body, |expr| {
        if let Expr::Call(call) = expr
            && let [delay] = call.arguments.args.as_ref()
            && context.resolve(&call.func).is_some_and(|name| name.rsplit('.').next() == Some("sleep"))
        {
            sleeps.push((&call.func, delay));
        }
        false
    });
    let (sleep, _) = sleeps.into_iter().find(|(_, delay)| grows(body, delay))?;
    Some(sleep.range())
}

/// Whether a delay is computed with a power or product, or from a name that the loop makes larger.
fn grows(body: &[Stmt], delay: &Expr) -> bool {
    let multiplies = |op: Operator| matches!(op, Operator::Pow | Operator::Mult | Operator::LShift);
    let product = |expr: &Expr| matches!(expr, Expr::BinOp(binary) if multiplies(binary.op));
    if any_expr_in(delay, product) {
        return true;
    }
    let mut names: Vec<&str> = Vec::new();
    any_expr_in(delay, |expr| {
        names.extend(expr.as_name_expr().map(|name| name.id.as_str()));
        false
    });
    let is_delay = |target: &Expr| matches!(target, Expr::Name(target) if names.contains(&target.id.as_str()));
    own_statements(body).any(|stmt| match stmt {
        Stmt::AugAssign(assign) => is_delay(&assign.target) && (multiplies(assign.op) || assign.op == Operator::Add),
        Stmt::Assign(assign) => assign.targets.iter().any(is_delay) && any_expr_in(&assign.value, product),
        _ => false,
    })
}

/// `try` directly in the body of a loop.
pub(super) fn is_body_of_loop(context: &Context<'_>, stmt: &Stmt) -> bool {
    let body = match context.parent() {
        Some(Node::Stmt(Stmt::For(around))) => &around.body,
        Some(Node::Stmt(Stmt::While(around))) => &around.body,
        _ => return false,
    };
    body.last().is_some_and(|last| stmt.end() <= last.end())
}

/// The method of `push = result.append`, when the local name is called in a loop that comes after.
pub(super) fn hoisted_method(context: &Context<'_>, callee: &ast::ExprName) -> Option<TextRange> {
    let outermost = context.loops().last()?;
    let Lookup::Local { bindings: [binding], immediate: true } = context.lookup(&callee.id, callee.range.start())
    else {
        return None;
    };
    let BindingKind::Value(Expr::Attribute(method)) = binding.kind else { return None };
    (binding.from <= outermost.start()).then_some(method.attr.range)
}

/// Whether the place is in an inner loop of a function: the code that runs most often.
pub(super) fn in_nested_loop(context: &Context<'_>) -> bool {
    context.enclosing_function().is_some() && context.loops().nth(1).is_some()
}
