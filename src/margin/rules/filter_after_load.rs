//! `filter-after-load`: rows that are read, only to be dropped in the next line.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind, Operator, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{any_in_expr, argument, is_constant, is_name, string, suite_of, symbol};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "filter-after-load",
    hooks: &[Hook::Stmt(&[NodeKind::StmtAssign, NodeKind::StmtReturn], check), Hook::Call(check_chain)],
};

/// Looks at `frame = read(...)` with `frame[frame["x"] > 1]` in the statement behind it.
fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let value = match stmt {
        Stmt::Assign(assign) => assign.value.as_ref(),
        Stmt::Return(ast::StmtReturn { value: Some(value), .. }) => value.as_ref(),
        _ => return,
    };
    let Some((frame, place)) = filtered(context, value) else { return };
    let Some((suite, at)) = suite_of(context, stmt) else { return };
    let Some(Stmt::Assign(before)) = at.checked_sub(1).and_then(|at| suite.get(at)) else { return };
    let ([target], Expr::Call(loader)) = (before.targets.as_slice(), before.value.as_ref()) else { return };
    if is_name(target, frame)
        && let Some(way) = way_to_filter(context, loader)
    {
        report.at(place, &[("loader", context.text(loader.func.as_ref())), ("way", way)]);
    }
}

/// Looks at `read(...).query("x > 1")`.
fn check_chain<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(method) = call.func.as_ref() else { return };
    let Expr::Call(loader) = method.value.as_ref() else { return };
    if method.attr.as_str() == "query"
        && call.arguments.args.first().is_some_and(Expr::is_string_literal_expr)
        && let Some(way) = way_to_filter(context, loader)
    {
        report.at(method.attr.range(), &[("loader", context.text(loader.func.as_ref())), ("way", way)]);
    }
}

/// The frame that an expression takes some rows of by comparing a column with constants, and where it does.
fn filtered<'a>(context: &Context<'_>, value: &'a Expr) -> Option<(&'a str, TextRange)> {
    match value {
        Expr::Subscript(part) => {
            let frame = match part.value.as_ref() {
                Expr::Attribute(loc) if loc.attr.as_str() == "loc" => loc.value.as_ref(),
                other => other,
            };
            let Expr::Name(name) = frame else { return None };
            is_mask(context, &part.slice, &name.id).then(|| (name.id.as_str(), part.slice.range()))
        }
        Expr::Call(call) => {
            let Expr::Attribute(method) = call.func.as_ref() else { return None };
            let Expr::Name(name) = method.value.as_ref() else { return None };
            let [Expr::StringLiteral(_)] = &*call.arguments.args else { return None };
            (method.attr.as_str() == "query").then(|| (name.id.as_str(), method.attr.range()))
        }
        _ => None,
    }
}

/// Whether an expression compares columns of a frame with constants.
fn is_mask(context: &Context<'_>, mask: &Expr, frame: &str) -> bool {
    match mask {
        Expr::Compare(compare) => {
            let of_frame =
                any_in_expr(&compare.left, |node| matches!(node, AnyNodeRef::ExprName(name) if name.id == frame));
            of_frame && compare.comparators.iter().all(|one| is_constant(context, one))
        }
        Expr::BinOp(ast::ExprBinOp { left, op: Operator::BitAnd | Operator::BitOr, right, .. }) => [left, right]
            .into_iter()
            .all(|side| stacker::maybe_grow(64 * 1024, 1024 * 1024, || is_mask(context, side, frame))),
        _ => false,
    }
}

/// How a function that loads rows can be told which.
fn way_to_filter(context: &Context<'_>, loader: &ast::ExprCall) -> Option<&'static str> {
    match symbol(context, &loader.func)?.as_str() {
        "pandas.read_parquet" if argument(loader, "filters", None).is_absent() => Some("`filters`"),
        "pandas.read_sql_table" => Some("a query with `WHERE`"),
        "pandas.read_sql" | "pandas.read_sql_query" => {
            let query = argument(loader, "sql", Some(0)).given().and_then(string)?.to_ascii_uppercase();
            let is_plain = query.trim_start().starts_with("SELECT") && !query.contains("WHERE");
            is_plain.then_some("`WHERE` in the query")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn masks_of_other_data_and_filtered_loads_are_fine() {
        let quiet = "\
import pandas as pd
def load(path, connection, limit, other):
    a = pd.read_parquet(path, filters=[('n', '>', 1)])
    a = a[a['n'] > 1]
    b = pd.read_parquet(path)
    b = b[b['n'] > limit]
    c = pd.read_sql('SELECT * FROM t WHERE n > 1', connection)
    c = c[c['n'] < 9]
    d = pd.read_parquet(path)
    d = d[other['n'] > 1]
    e = pd.read_parquet(path)
    print(e)
    e = e[e['n'] > 1]
    f = pd.read_csv(path)
    f = f[f['n'] > 1]
    return d['n']
";
        assert!(found("filter-after-load", quiet).is_empty());
    }

    #[test]
    fn a_filter_right_behind_the_load_is_found() {
        let source = "\
import pandas as pd
def load(path, connection):
    a = pd.read_parquet(path)
    a = a[(a['n'] > 1) & (a.kind == 'x')]
    b = pd.read_sql('select * from t', connection)
    c = b.query('n > 1')
    d = pd.read_parquet(path)
    return d.loc[d['n'] > 1]
rows = pd.read_parquet('a').query('n > 1')
";
        assert_eq!(
            found("filter-after-load", source),
            ["(a['n'] > 1) & (a.kind == 'x')", "query", "d['n'] > 1", "query"]
        );
    }
}
