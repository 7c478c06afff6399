//! `dataframe-apply`: a Python function that is called for each row or value.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

use super::support::{Go, argument, is_instance_of, string, walk_expr};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "dataframe-apply", hooks: &[Hook::Call(check)] };

/// Built-ins that have a counterpart for whole columns.
const BUILTINS: [&str; 8] = ["abs", "bool", "float", "int", "len", "max", "min", "round"];

/// Methods of strings that columns have too, as `.str.upper()`.
const METHODS: [&str; 14] = [
    "capitalize",
    "casefold",
    "endswith",
    "find",
    "lower",
    "lstrip",
    "replace",
    "rstrip",
    "split",
    "startswith",
    "strip",
    "title",
    "upper",
    "zfill",
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(method) = call.func.as_ref() else { return };
    let name = method.attr.as_str();
    if !["apply", "applymap", "map"].contains(&name) {
        return;
    }
    let is_frame = is_instance_of(context, &method.value, &["pandas.DataFrame"]);
    if !is_frame && !is_instance_of(context, &method.value, &["pandas.Series"]) {
        return;
    }
    let by_row = is_frame && name == "apply" && argument(call, "axis", Some(1)).given().is_some_and(is_columns);
    let function = argument(call, "func", Some(0)).given();
    // Without an axis, `DataFrame.apply` gets whole columns.
    let by_value = !(is_frame && name == "apply");
    let plain = matches!(function, Some(Expr::Lambda(lambda)) if is_vectorizable(context, lambda));
    if by_row || by_value && plain {
        report.at(method.attr.range(), &[("method", name), ("what", if by_row { "row" } else { "value" })]);
    }
}

/// `axis=1`: the function gets rows.
fn is_columns(axis: &Expr) -> bool {
    match axis {
        Expr::NumberLiteral(ast::ExprNumberLiteral { value: ast::Number::Int(number), .. }) => {
            number.as_u8() == Some(1)
        }
        other => string(other) == Some("columns"),
    }
}

/// Whether a lambda does only what columns can do as a whole.
fn is_vectorizable(context: &Context<'_>, lambda: &ast::ExprLambda) -> bool {
    let mut plain = true;
    walk_expr(&lambda.body, |node| {
        plain &= match node {
            AnyNodeRef::ExprCall(call) => match call.func.as_ref() {
                Expr::Attribute(method) => METHODS.contains(&method.attr.as_str()),
                Expr::Name(name) => BUILTINS.contains(&name.id.as_str()) && context.is_builtin(&call.func, &name.id),
                _ => false,
            },
            AnyNodeRef::ExprListComp(_)
            | AnyNodeRef::ExprSetComp(_)
            | AnyNodeRef::ExprDictComp(_)
            | AnyNodeRef::ExprGenerator(_)
            | AnyNodeRef::ExprLambda(_)
            | AnyNodeRef::ExprFString(_)
            | AnyNodeRef::ExprAwait(_) => false,
            _ => true,
        };
        if plain { Go::In } else { Go::Stop }
    });
    plain
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn groups_columns_and_functions_of_their_own_are_fine() {
        let quiet = "\
import pandas as pd
frame = pd.read_csv('a.csv')
frame.apply(max)
frame['name'].apply(look_up)
frame['name'].map({'a': 1})
frame['name'].apply(lambda name: look_up(name))
frame.groupby('name').apply(lambda group: group.head(1))
list(map(lambda n: n + 1, frame))
other.apply(lambda n: n + 1, axis=1)
";
        assert!(found("dataframe-apply", quiet).is_empty());
    }

    #[test]
    fn rows_and_plain_lambdas_are_found() {
        let source = "\
import pandas as pd
def load(frame: pd.DataFrame):
    a = frame.apply(total, axis=1)
    b = frame['name'].apply(lambda name: name.strip().lower())
    c = frame[['a', 'b']].map(lambda n: abs(n) * 2 if n else 0)
    d = frame['n'].fillna(0).map(lambda n: n + 1)
";
        assert_eq!(found("dataframe-apply", source), ["apply", "apply", "map", "map"]);
    }
}
