//! `sample-larger-than-population`: more to draw than there is.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::support::{Argument, argument, literal_number, string, symbol, value_of};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "sample-larger-than-population", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(population) = argument(call, "population", Some(0)).given() else { return };
    if symbol(context, &call.func).is_none_or(|symbol| symbol != "random.sample") {
        return;
    }
    if context.infer(population).is_some_and(|ty| ty.is_builtin("set") || ty.is_builtin("frozenset")) {
        let message = "`random.sample` wants a sequence: since Python 3.11 a set raises `TypeError`";
        report.say(population.range(), message.to_owned());
        return;
    }
    let Argument::Given(wanted) = argument(call, "k", Some(1)) else { return };
    if !argument(call, "counts", None).is_absent() {
        return;
    }
    let (Some(size), Some(count)) = (size_of(context, population), literal_number(wanted)) else { return };
    if count > size {
        report.at(wanted.range(), &[("wanted", context.text(wanted)), ("size", &size.to_string())]);
    }
}

/// How many items a population has, where the code shows it.
fn size_of<'a>(context: &Context<'a>, population: &'a Expr) -> Option<f64> {
    let display = |elements: &[Expr]| {
        if elements.iter().any(Expr::is_starred_expr) { None } else { count(elements.len()) }
    };
    // A list that has a name may have grown.
    match population {
        Expr::List(list) => return display(&list.elts),
        Expr::Tuple(tuple) => return display(&tuple.elts),
        _ => {}
    }
    match value_of(context, population) {
        Expr::Tuple(tuple) => display(&tuple.elts),
        Expr::Call(call) if context.is_builtin(&call.func, "range") && call.arguments.keywords.is_empty() => {
            match &*call.arguments.args {
                [stop] => Some(literal_number(stop)?.max(0.0)),
                [start, stop] => Some((literal_number(stop)? - literal_number(start)?).max(0.0)),
                _ => None,
            }
        }
        text => string(text).and_then(|text| count(text.chars().count())),
    }
}

/// A number of items.
fn count(items: usize) -> Option<f64> {
    u32::try_from(items).ok().map(f64::from)
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn a_population_that_may_be_large_enough_is_fine() {
        let quiet = "\
import random
random.sample(range(10), 10)
random.sample([1, *rest], 5)
random.sample(['red', 'blue'], counts=[4, 2], k=5)
random.sample(items, 5)
def draw():
    cards = [1]
    cards.append(2)
    return random.sample(cards, 2)
";
        assert!(found("sample-larger-than-population", quiet).is_empty());
    }

    #[test]
    fn sets_and_small_populations_are_found() {
        let source = "\
import random
random.sample(range(1, 7), k=7)
random.sample('abc', 4)
random.sample({1, 2}, 1)
random.sample(set(items), 1)
";
        assert_eq!(found("sample-larger-than-population", source), ["7", "4", "{1, 2}", "set(items)"]);
    }
}
