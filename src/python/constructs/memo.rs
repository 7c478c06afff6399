//! Values that are computed once and kept by hand: dict caches and lazy properties.

use ruff_python_ast::{self as ast, CmpOp, Expr, Stmt, UnaryOp};
use ruff_text_size::Ranged;
use smallvec::SmallVec;

use crate::python::context::Context;
use crate::python::suites::{any_expr_in, own_statements, without_docstring};

/// How many statements of a function may come before the look-up: making the key, counting the call.
const LEAD: usize = 4;

/// Looks its argument up in a dict before it computes, and stores what it computed under the same key.
pub(super) fn is_manual_memo(context: &Context<'_>, def: &ast::StmtFunctionDef) -> bool {
    let body = without_docstring(&def.body);
    let lookups: SmallVec<[Lookup<'_>; 2]> =
        (0..body.len().min(LEAD)).filter_map(|at| lookup(context, &body[at..])).collect();
    if !lookups.iter().any(|lookup| is_argument(lookup.key, def, body)) {
        return false;
    }
    let same = |a: &Expr, b: &Expr| context.text(a) == context.text(b);
    let mut stored = false;
    let mut returned = lookups.iter().any(|lookup| lookup.returned);
    for stmt in own_statements(body) {
        match stmt {
            Stmt::Assign(assign) => {
                let places = assign.targets.iter().filter_map(Expr::as_subscript_expr);
                stored |= places.into_iter().any(|place| {
                    lookups.iter().any(|lookup| same(&place.value, lookup.cache) && same(&place.slice, lookup.key))
                });
            }
            Stmt::Return(stmt) => {
                returned |= stmt.value.as_deref().is_some_and(|value| {
                    lookups.iter().any(|lookup| is_entry(context, value, lookup.cache, lookup.key))
                });
            }
            _ => {}
        }
    }
    stored && returned
}

/// A look-up in a cache at the beginning of a function.
struct Lookup<'a> {
    cache: &'a Expr,
    key: &'a Expr,
    /// What was found is returned at once.
    returned: bool,
}

fn lookup<'a>(context: &Context<'_>, body: &'a [Stmt]) -> Option<Lookup<'a>> {
    match body.first()? {
        // `if key in cache: return cache[key]`, `if key not in cache: cache[key] = ...`
        Stmt::If(stmt) => {
            let Expr::Compare(compare) = stmt.test.as_ref() else { return None };
            let ([op], [cache]) = (compare.ops.as_ref(), compare.comparators.as_ref()) else { return None };
            let key = compare.left.as_ref();
            let returned = match (op, stmt.body.last()) {
                (CmpOp::In, Some(Stmt::Return(found))) => {
                    found.value.as_deref().is_some_and(|value| is_entry(context, value, cache, key))
                }
                _ => false,
            };
            (returned || *op == CmpOp::NotIn).then_some(Lookup { cache, key, returned })
        }
        // `try: return cache[key]`
        Stmt::Try(stmt) => match stmt.body.as_slice() {
            [Stmt::Return(found)] => {
                let entry = found.value.as_deref()?.as_subscript_expr()?;
                Some(Lookup { cache: &entry.value, key: &entry.slice, returned: true })
            }
            _ => None,
        },
        // `found = cache.get(key)` and `if found is not None: return found`
        Stmt::Assign(assign) => {
            let call = assign.value.as_call_expr()?;
            let method = call.func.as_attribute_expr().filter(|method| method.attr.as_str() == "get")?;
            let [Expr::Name(found)] = assign.targets.as_slice() else { return None };
            let Some(Stmt::If(test)) = body.get(1) else { return None };
            let Some(Stmt::Return(back)) = test.body.last() else { return None };
            let name = back.value.as_deref()?.as_name_expr()?;
            let key = call.arguments.args.first()?;
            (name.id == found.id).then_some(Lookup { cache: &method.value, key, returned: true })
        }
        _ => None,
    }
}

/// `cache[key]`
fn is_entry(context: &Context<'_>, value: &Expr, cache: &Expr, key: &Expr) -> bool {
    matches!(value, Expr::Subscript(entry)
        if context.text(&*entry.value) == context.text(cache) && context.text(&*entry.slice) == context.text(key))
}

/// Whether a key is made of the function's arguments.
fn is_argument(key: &Expr, def: &ast::StmtFunctionDef, body: &[Stmt]) -> bool {
    let is_parameter = |name: &str| {
        !matches!(name, "self" | "cls") && def.parameters.iter().any(|parameter| parameter.name().as_str() == name)
    };
    any_expr_in(key, |expr| match expr {
        Expr::Name(name) => {
            is_parameter(name.id.as_str())
                || body.iter().take(LEAD).any(|stmt| match stmt {
                    Stmt::Assign(assign) => {
                        assign.targets.iter().any(|target| matches!(target, Expr::Name(made) if made.id == name.id))
                    }
                    _ => false,
                })
        }
        _ => false,
    })
}

/// A property's body that computes its value on first access and keeps it on the instance.
pub(super) fn is_lazy(context: &Context<'_>, def: &ast::StmtFunctionDef) -> bool {
    let body = without_docstring(&def.body);
    let Some(Stmt::Return(last)) = body.last() else { return false };
    let Some(Expr::Attribute(kept)) = last.value.as_deref() else { return false };
    let Some(Stmt::If(stmt)) = body.first() else { return false };
    let stored = own_statements(body).any(|stmt| match stmt {
        Stmt::Assign(assign) => assign.targets.iter().any(|target| context.text(target) == context.text(kept)),
        _ => false,
    });
    stored && asks_for(context, &stmt.test, kept)
}

/// `not hasattr(self, "name")`, `self.name is None`, `self.name is not None`.
fn asks_for(context: &Context<'_>, test: &Expr, kept: &ast::ExprAttribute) -> bool {
    match test {
        Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => asks_for(context, &unary.operand, kept),
        Expr::Call(call) => {
            let [object, Expr::StringLiteral(name)] = call.arguments.args.as_ref() else { return false };
            context.is_builtin(&call.func, "hasattr")
                && context.text(object) == context.text(&*kept.value)
                && name.value.to_str() == kept.attr.as_str()
        }
        Expr::Compare(compare) => {
            let ([CmpOp::Is | CmpOp::IsNot], [Expr::NoneLiteral(_)]) =
                (compare.ops.as_ref(), compare.comparators.as_ref())
            else {
                return false;
            };
            compare.left.range() != kept.range() && context.text(&*compare.left) == context.text(kept)
        }
        _ => false,
    }
}
