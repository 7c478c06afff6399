//! `python-loop-over-numbers`: arithmetic on a table, one cell at a time.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::support::{any_in_expr, walk_expr, Go};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector =
    Detector { rule: "python-loop-over-numbers", hooks: &[Hook::Stmt(&[NodeKind::StmtFor], check)] };

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::For(outer) = stmt else { return };
    // The outermost of nested loops is told.
    let nested = matches!(context.parent(), Some(Node::Stmt(Stmt::For(around))) if counter(context, around).is_some());
    if nested {
        return;
    }
    let works = match counter(context, outer) {
        Some(first) => inner_loops(context, outer, first),
        None => sums_array(context, outer),
    };
    if works {
        report.at(TextRange::at(outer.start(), TextSize::of("for")), &[]);
    }
}

/// The variable of `for i in range(...)`.
fn counter<'a>(context: &Context<'_>, stmt: &'a ast::StmtFor) -> Option<&'a str> {
    let (Expr::Name(target), Expr::Call(call)) = (stmt.target.as_ref(), stmt.iter.as_ref()) else { return None };
    context.is_builtin(&call.func, "range").then_some(target.id.as_str())
}

/// Whether loops over ranges stand inside each other, and all that happens inside is arithmetic on cells that the
/// counters name.
fn inner_loops(context: &Context<'_>, outer: &ast::StmtFor, first: &str) -> bool {
    let inner = outer.body.iter().find_map(|stmt| match stmt {
        Stmt::For(inner) => counter(context, inner).map(|second| (inner, second)),
        _ => None,
    });
    let Some((mut inner, mut second)) = inner else { return false };
    let mut counters = vec![first, second];
    // A third level: the product of two matrices.
    while let Some((deeper, third)) = inner.body.iter().find_map(|stmt| match stmt {
        Stmt::For(deeper) => counter(context, deeper).map(|third| (deeper, third)),
        _ => None,
    }) {
        (inner, second) = (deeper, third);
        counters.push(second);
    }
    !inner.body.is_empty()
        && inner.body.iter().all(|stmt| match stmt {
            Stmt::Assign(assign) => is_arithmetic(&assign.value) && assign.targets.iter().all(|target| is_cell(target, &counters)),
            Stmt::AugAssign(assign) => is_arithmetic(&assign.value) && (is_cell(&assign.target, &counters) || has_cell(&assign.value, &counters)),
            _ => false,
        })
}

/// `table[i][j]`, `table[i, j]` with two of the counters.
fn is_cell(expr: &Expr, counters: &[&str]) -> bool {
    matches!(expr, Expr::Subscript(subscript) if names_cell(subscript, counters))
}

fn names_cell(subscript: &ast::ExprSubscript, counters: &[&str]) -> bool {
    let mut used = Vec::new();
    walk_expr(&subscript.slice, |node| {
        if let AnyNodeRef::ExprName(name) = node {
            used.push(name.id.as_str());
        }
        Go::In
    });
    if let Expr::Subscript(row) = subscript.value.as_ref() {
        walk_expr(&row.slice, |node| {
            if let AnyNodeRef::ExprName(name) = node {
                used.push(name.id.as_str());
            }
            Go::In
        });
    }
    counters.iter().filter(|counter| used.contains(counter)).count() > 1
}

fn has_cell(expr: &Expr, counters: &[&str]) -> bool {
    any_in_expr(expr, |node| match node {
        AnyNodeRef::ExprSubscript(subscript) => names_cell(subscript, counters),
        _ => false,
    })
}

/// Made of names, numbers, cells and operators alone.
fn is_arithmetic(expr: &Expr) -> bool {
    !any_in_expr(expr, |node| {
        !matches!(
            node,
            AnyNodeRef::ExprName(_)
                | AnyNodeRef::ExprNumberLiteral(_)
                | AnyNodeRef::ExprSubscript(_)
                | AnyNodeRef::ExprAttribute(_)
                | AnyNodeRef::ExprTuple(_)
                | AnyNodeRef::ExprBinOp(_)
                | AnyNodeRef::ExprUnaryOp(_)
                | AnyNodeRef::Identifier(_)
        )
    })
}

/// `for x in array: total += x * x`.
fn sums_array(context: &Context<'_>, stmt: &ast::StmtFor) -> bool {
    let array = context.infer(&stmt.iter).is_some_and(|ty| {
        matches!(ty.class.as_str(), "numpy.ndarray" | "pandas.Series" | "polars.Series")
    });
    array
        && stmt.body.iter().all(|stmt| match stmt {
            Stmt::AugAssign(assign) => assign.target.is_name_expr() && is_arithmetic(&assign.value),
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    const RULE: &str = "python-loop-over-numbers";

    #[test]
    fn arithmetic_on_tables_is_found_once() {
        let source = "
for i in range(n):
    for j in range(m):
        c[i][j] = a[i][j] + 2 * b[i][j]
for i in range(n):
    for j in range(n):
        for k in range(n):
            c[i, j] += a[i, k] * b[k, j]
for i in range(n):
    row = a[i]
    for j in range(n):
        total += a[i][j]
";
        assert_eq!(found(RULE, source), ["for", "for", "for"]);
    }

    #[test]
    fn other_loops_are_not() {
        let source = "
for i in range(n):
    for j in range(m):
        c[i][j] = f(a[i][j])
for i in range(n):
    for j in range(m):
        print(a[i][j])
for i in range(n):
    total += a[i]
for i in a:
    for j in range(m):
        c[i][j] += 1
for i in range(n):
    for j in range(m):
        if a[i][j]:
            c[i][j] += 1
for i in range(n):
    for j in range(m):
        count += 1
";
        assert!(found(RULE, source).is_empty());
    }
}
