//! `polars-groupby-removed`: names that Polars has given up.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "polars-groupby-removed", hooks: &[Hook::Call(check)] };

const FRAMES: [&str; 2] = ["polars.DataFrame", "polars.LazyFrame"];
const COLUMNS: [&str; 2] = ["polars.Series", "polars.Expr"];
const GROUPS: [&str; 2] = ["polars.dataframe.group_by.GroupBy", "polars.lazyframe.group_by.LazyGroupBy"];

/// A method that is gone, of which classes, and the method that is there in its place.
const GONE: [(&str, &[&str], &str); 11] = [
    ("groupby", &FRAMES, "group_by"),
    ("groupby_dynamic", &FRAMES, "group_by_dynamic"),
    ("groupby_rolling", &FRAMES, "rolling"),
    ("with_column", &FRAMES, "with_columns"),
    ("apply", &["polars.DataFrame"], "map_rows"),
    ("apply", &COLUMNS, "map_elements"),
    ("apply", &GROUPS, "map_groups"),
    ("cumsum", &COLUMNS, "cum_sum"),
    ("cumprod", &COLUMNS, "cum_prod"),
    ("cummax", &COLUMNS, "cum_max"),
    ("cummin", &COLUMNS, "cum_min"),
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(method) = call.func.as_ref() else { return };
    let name = method.attr.as_str();
    if !GONE.iter().any(|(gone, ..)| *gone == name) {
        return;
    }
    let Some(receiver) = context.infer(&method.value) else { return };
    let now = GONE.iter().find(|(gone, classes, _)| *gone == name && classes.contains(&receiver.class.as_str()));
    if let Some((_, _, now)) = now {
        // Installed may be a version from before the new name.
        let fix = Fix {
            title: format!("Use `{now}`"),
            safe: false,
            edits: vec![Edit::replace(method.attr.range(), *now)],
            imports: Vec::new(),
        };
        report.at(method.attr.range(), &[("method", name), ("now", now)]).fix = Some(fix);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn pandas_and_the_names_of_today_are_fine() {
        let quiet = "\
import pandas as pd
import polars as pl
pd.read_csv('a.csv').groupby('a').apply(f)
pl.read_csv('a.csv').group_by('a').map_groups(f)
pl.read_csv('a.csv').to_pandas().groupby('a')
frame.groupby('a')
";
        assert!(found("polars-groupby-removed", quiet).is_empty());
    }

    #[test]
    fn each_name_gets_its_successor() {
        let source = "\
import polars as pl
def load(path, frame: pl.LazyFrame):
    pl.read_csv(path).groupby('a').agg(pl.lit(1))
    pl.read_csv(path).group_by('a').apply(f)
    frame.with_column(pl.lit(2).apply(f))
    frame.select(pl.col('n').cumsum())
";
        let expected = "\
import polars as pl
def load(path, frame: pl.LazyFrame):
    pl.read_csv(path).group_by('a').agg(pl.lit(1))
    pl.read_csv(path).group_by('a').map_groups(f)
    frame.with_columns(pl.lit(2).map_elements(f))
    frame.select(pl.col('n').cum_sum())
";
        assert_eq!(fixed("polars-groupby-removed", source), expected);
    }
}
