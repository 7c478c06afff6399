//! `dataframe-row-loop`: a data frame that Python goes through row by row.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::support::{any_in_own, is_instance_of, is_name};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector {
    rule: "dataframe-row-loop",
    hooks: &[Hook::Call(check_call), Hook::Stmt(&[NodeKind::StmtFor], check_index_loop)],
};

/// Looks at `frame.iterrows()` and its like. The names are pandas' own; `iter_rows` has other owners besides Polars.
fn check_call<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(method) = call.func.as_ref() else { return };
    let is_loop = match method.attr.as_str() {
        "iterrows" | "itertuples" => context
            .infer(&method.value)
            .is_none_or(|ty| ty.class == "pandas.DataFrame" || ty.class == "geopandas.GeoDataFrame"),
        "iter_rows" => is_instance_of(context, &method.value, &["polars.DataFrame"]),
        _ => return,
    };
    // `super().itertuples()` is the method's own; `next(...)` takes one row.
    let is_part =
        matches!(context.parent(), Some(Node::Expr(Expr::Call(outer))) if context.is_builtin(&outer.func, "next"));
    let is_own = is_name(&method.value, "self")
        || matches!(method.value.as_ref(), Expr::Call(call) if context.is_builtin(&call.func, "super"));
    if is_loop && !is_part && !is_own {
        report.at(method.attr.range(), &[]);
    }
}

/// Looks at `for i in range(len(frame)):` with `frame.iloc[i]` in the body.
fn check_index_loop<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::For(each) = stmt else { return };
    let (Expr::Name(index), Some(frame)) = (each.target.as_ref(), ranged_over(context, &each.iter)) else { return };
    let reads_row = any_in_own(&each.body, |node| match node {
        AnyNodeRef::ExprSubscript(part) => match part.value.as_ref() {
            Expr::Attribute(indexer) => {
                let at =
                    if let Expr::Tuple(tuple) = part.slice.as_ref() { tuple.elts.first() } else { Some(&*part.slice) };
                ["iloc", "loc", "iat", "at"].contains(&indexer.attr.as_str())
                    && is_name(&indexer.value, frame)
                    && at.is_some_and(|at| is_name(at, &index.id))
            }
            _ => false,
        },
        _ => false,
    });
    if reads_row {
        report.at(each.iter.range(), &[]);
    }
}

/// `frame` of `range(len(frame))`.
fn ranged_over<'a>(context: &Context<'_>, iter: &'a Expr) -> Option<&'a str> {
    let Expr::Call(range) = iter else { return None };
    let [Expr::Call(len)] = &*range.arguments.args else { return None };
    let [Expr::Name(frame)] = &*len.arguments.args else { return None };
    (context.is_builtin(&range.func, "range") && context.is_builtin(&len.func, "len")).then_some(frame.id.as_str())
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn other_rows_and_other_indexes_are_fine() {
        let quiet = "\
import pandas as pd
def read(sheet, frame: pd.DataFrame, names):
    for row in sheet.iter_rows():
        print(row)
    first = next(frame.itertuples())
    for i in range(len(names)):
        print(names[i])
    for i in range(len(frame)):
        print(i)
    for name in frame:
        print(frame[name].sum())
class Table:
    def itertuples(self): ...
def own():
    return list(Table().itertuples())
";
        assert!(found("dataframe-row-loop", quiet).is_empty());
    }

    #[test]
    fn every_way_to_go_row_by_row_is_found() {
        let source = "\
import polars as pl
def read(frame):
    for index, row in frame.iterrows():
        print(row)
    names = [row.name for row in frame.itertuples()]
    for i in range(len(frame)):
        print(frame.iloc[i, 0], frame.loc[i])
    for row in pl.read_csv('a.csv').iter_rows():
        print(row)
    table = pl.read_csv('a.csv')
    for row in table.iter_rows(named=True):
        print(row)
";
        assert_eq!(
            found("dataframe-row-loop", source),
            ["iterrows", "itertuples", "range(len(frame))", "iter_rows", "iter_rows"]
        );
    }
}
