//! `needless-list-for-statistics`: a list made for a function that takes any iterable.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::support::{has_comment, symbol};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "needless-list-for-statistics", hooks: &[Hook::Call(check)] };

/// Those of the module's functions that read one iterable; the others want a sequence (`harmonic_mean` of one value).
const FUNCTIONS: [&str; 14] = [
    "mean",
    "fmean",
    "geometric_mean",
    "median",
    "median_low",
    "median_high",
    "median_grouped",
    "mode",
    "multimode",
    "pstdev",
    "pvariance",
    "stdev",
    "variance",
    "quantiles",
];

/// What every version of these functions takes.
const PLAIN: [&str; 7] = [
    "builtins.list",
    "builtins.tuple",
    "builtins.set",
    "builtins.frozenset",
    "builtins.dict",
    "builtins.range",
    "collections.abc.Generator",
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(Expr::Call(list)) = call.arguments.args.first() else { return };
    let ([values], []) = (&*list.arguments.args, &*list.arguments.keywords) else { return };
    if values.is_starred_expr() || !context.is_builtin(&list.func, "list") {
        return;
    }
    let Some(function) = symbol(context, &call.func) else { return };
    if !function.strip_prefix("statistics.").is_some_and(|name| FUNCTIONS.contains(&name)) {
        return;
    }
    let bare = matches!(values, Expr::Generator(generator) if !generator.parenthesized);
    // A generator expression among other arguments needs its parentheses.
    let edits = if bare && call.arguments.len() > 1 {
        vec![Edit::delete(list.func.range())]
    } else {
        vec![
            Edit::delete(TextRange::new(list.start(), values.start())),
            Edit::delete(TextRange::new(values.end(), list.end())),
        ]
    };
    let known = context.infer(values).is_some_and(|ty| PLAIN.contains(&ty.class.as_str()));
    let comment = edits.iter().any(|edit| has_comment(context, edit.range));
    let fix = Fix { title: "Pass the values as they are".to_owned(), safe: known, edits, imports: Vec::new() };
    report.at(list.func.range(), &[("function", context.text(call.func.as_ref()))]).fix = (!comment).then_some(fix);
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn functions_that_want_a_sequence_keep_their_list() {
        let quiet = "import statistics\nstatistics.correlation(list(a), list(b))\nstatistics.mean(sorted(a))\nstatistics.harmonic_mean(list(a))\nmean(list(a))\nstatistics.mean(list())\n";
        assert!(found("needless-list-for-statistics", quiet).is_empty());
    }

    #[test]
    fn the_values_stay_as_they_are_written() {
        let source = "from statistics import mean, quantiles\nmean(list(data))\nmean(list(x for x in y))\nquantiles(list(x for x in y), n=4)\nmean(list((a, b)))\n";
        let expected = "from statistics import mean, quantiles\nmean(data)\nmean(x for x in y)\nquantiles((x for x in y), n=4)\nmean((a, b))\n";
        assert_eq!(fixed("needless-list-for-statistics", source), expected);
    }
}
