//! `unseeded-random-in-tests`: a test that tests something else each time.

use ruff_python_ast::{self as ast, AnyNodeRef};
use ruff_text_size::Ranged;

use super::support::{any_in, symbol, words};
use super::{Detector, Hook, Report};
use crate::python::{Context, ScopeKind};

pub(super) const DETECTOR: Detector = Detector { rule: "unseeded-random-in-tests", hooks: &[Hook::Call(check)] };

const DRAWS: [&str; 17] = [
    "random",
    "randint",
    "randrange",
    "choice",
    "choices",
    "shuffle",
    "sample",
    "uniform",
    "gauss",
    "normalvariate",
    "getrandbits",
    "randbytes",
    "rand",
    "randn",
    "normal",
    "permutation",
    "random_sample",
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(name) = symbol(context, &call.func) else { return };
    let draws = name
        .strip_prefix("random.")
        .or_else(|| name.strip_prefix("numpy.random."))
        .is_some_and(|function| DRAWS.contains(&function));
    if !draws || is_seeded(context) {
        return;
    }
    report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]);
}

/// Whether the place is outside a test function, or the test or its class seeds something, or is given a seed.
fn is_seeded(context: &Context<'_>) -> bool {
    let mut in_test = false;
    for scope in context.scopes() {
        match scope.kind {
            ScopeKind::Function(def) if def.name.starts_with("test") => {
                in_test = true;
                let given = def.parameters.iter().any(|parameter| {
                    let words = words(parameter.name());
                    words.iter().any(|word| matches!(word.as_str(), "seed" | "seeded" | "rng" | "random"))
                });
                if given || seeds(context, &def.body) {
                    return true;
                }
            }
            ScopeKind::Class(class) if seeds(context, &class.body) => return true,
            _ => {}
        }
    }
    !in_test
}

/// Whether the text of a body has a call of `seed` in it. Huge ones are not read for each draw.
fn seeds(context: &Context<'_>, body: &[ast::Stmt]) -> bool {
    let (Some(first), Some(last)) = (body.first(), body.last()) else { return false };
    let text = &context.source[first.start().to_usize()..last.end().to_usize()];
    text.len() > 64 * 1024
        || text.contains("seed")
            && any_in(body, |node| match node {
                AnyNodeRef::ExprCall(call) => match call.func.as_ref() {
                    ast::Expr::Attribute(function) => function.attr.as_str() == "seed",
                    ast::Expr::Name(function) => words(&function.id).iter().any(|word| word == "seed"),
                    _ => false,
                },
                _ => false,
            })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn a_seed_makes_the_test_repeatable() {
        let quiet = "\
import random
import unittest
def test_sort():
    random.seed(3)
    assert sort(random.sample(range(9), 9)) == list(range(9))
def test_given(seed):
    random.random()
def test_own():
    random.Random(3).random()
class TestAll(unittest.TestCase):
    def setUp(self):
        random.seed(3)
    def test_one(self):
        random.random()
def helper():
    return random.random()
";
        assert!(found("unseeded-random-in-tests", quiet).is_empty());
    }
}
