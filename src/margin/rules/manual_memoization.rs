//! `manual-memoization`: a cache put together by hand.

use ruff_python_ast::{self as ast, AnyNodeRef, CmpOp, Expr, Stmt};
use ruff_text_size::Ranged;

use super::support::{any_in, any_in_own, is_large, is_name, without_docstring};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "manual-memoization", hooks: &[Hook::Function(check)] };

fn check<'a>(_: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    // A cached coroutine could be awaited only once.
    if def.is_async || is_large(def) {
        return;
    }
    let body = without_docstring(&def.body);
    let Some(Stmt::If(stmt)) = body.first().filter(|_| body.len() > 1) else { return };
    let Some((cache, found)) = looked_up(&stmt.test) else { return };
    let fits = if found {
        // if key in cache: return cache[key]
        stmt.elif_else_clauses.is_empty() && returns_item(&stmt.body, cache) && stores(&body[1..], cache)
    } else {
        // if key not in cache: cache[key] = ...; return cache[key]
        stmt.elif_else_clauses.is_empty() && stores(&stmt.body, cache) && returns_item(&body[1..], cache)
    };
    let is_own = def.parameters.includes(cache);
    if fits && !is_own && !forgets(&def.body, cache) {
        report.at(stmt.test.range(), &[("cache", cache)]);
    }
}

/// The name of the collection that a test looks something up in, and whether it asks for it to be there.
fn looked_up(test: &Expr) -> Option<(&str, bool)> {
    let Expr::Compare(compare) = test else { return None };
    let ([operator], [Expr::Name(cache)]) = (&*compare.ops, &*compare.comparators) else { return None };
    match operator {
        CmpOp::In => Some((&cache.id, true)),
        CmpOp::NotIn => Some((&cache.id, false)),
        _ => None,
    }
}

/// `return cache[key]` and nothing else.
fn returns_item(body: &[Stmt], cache: &str) -> bool {
    match body {
        [Stmt::Return(ast::StmtReturn { value: Some(value), .. })] => is_item(value, cache),
        _ => false,
    }
}

fn is_item(expr: &Expr, cache: &str) -> bool {
    matches!(expr, Expr::Subscript(item) if is_name(&item.value, cache))
}

/// Whether something is put into the cache.
fn stores(body: &[Stmt], cache: &str) -> bool {
    any_in_own(body, |node| match node {
        AnyNodeRef::StmtAssign(assign) => assign.targets.iter().any(|target| is_item(target, cache)),
        _ => false,
    })
}

/// Whether the cache is kept small, or looked at as a whole.
fn forgets(body: &[Stmt], cache: &str) -> bool {
    any_in(body, |node| match node {
        AnyNodeRef::ExprAttribute(attribute) => is_name(&attribute.value, cache),
        AnyNodeRef::StmtDelete(delete) => delete.targets.iter().any(|target| is_item(target, cache)),
        AnyNodeRef::ExprCall(call) => call.arguments.args.iter().any(|argument| is_name(argument, cache)),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    const RULE: &str = "manual-memoization";

    #[test]
    fn other_look_ups_are_fine() {
        let quiet = "\
def given(key, cache):
    if key in cache:
        return cache[key]
    cache[key] = work(key)
    return cache[key]
def limited(key):
    if key in CACHE:
        return CACHE[key]
    if len(CACHE) > 99:
        CACHE.clear()
    CACHE[key] = work(key)
    return CACHE[key]
def own(key):
    if key in NAMES:
        return NAMES[key]
    return key
async def later(key):
    if key in CACHE:
        return CACHE[key]
    CACHE[key] = await work(key)
    return CACHE[key]
def skip(key):
    if key in SEEN:
        return
    SEEN[key] = work(key)
";
        assert!(found(RULE, quiet).is_empty());
    }

    #[test]
    fn both_ways_to_write_it_are_found() {
        let source = "\
CACHE = {}
def one(key):
    '''Docs.'''
    if key not in CACHE:
        CACHE[key] = work(key)
    return CACHE[key]
def memoize(function):
    results = {}
    def wrapper(*args):
        if args in results:
            return results[args]
        value = function(*args)
        results[args] = value
        return value
    return wrapper
";
        assert_eq!(found(RULE, source), ["key not in CACHE", "args in results"]);
    }
}
