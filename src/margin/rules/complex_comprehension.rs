//! `complex-comprehension`: more loops and conditions than one expression carries.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Comprehension, Expr, NodeKind};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector {
    rule: "complex-comprehension",
    hooks: &[Hook::Expr(
        &[NodeKind::ExprListComp, NodeKind::ExprSetComp, NodeKind::ExprDictComp, NodeKind::ExprGenerator],
        check,
    )],
};

/// This many loops, conditions or levels are still read at a glance.
const MOST: usize = 2;

fn check<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Some(generators) = generators(expr) else { return };
    let conditions = || generators.iter().flat_map(|generator| &generator.ifs);
    if let Some(third) = generators.get(MOST) {
        say(report, keyword(context, third.start(), TokenKind::For), generators.len(), "loops");
    } else if let Some(third) = conditions().nth(MOST) {
        let count = conditions().count();
        let place = context.token_before(third.start()).map(Ranged::range);
        say(report, place.unwrap_or(third.range()), count, "conditions");
    } else if levels(context) == MOST {
        say(report, keyword(context, generators[0].start(), TokenKind::For), MOST + 1, "levels");
    }
}

fn generators(expr: &Expr) -> Option<&[Comprehension]> {
    match expr {
        Expr::ListComp(comp) => Some(&comp.generators),
        Expr::SetComp(comp) => Some(&comp.generators),
        Expr::DictComp(comp) => Some(&comp.generators),
        Expr::Generator(comp) => Some(&comp.generators),
        _ => None,
    }
}

/// How many comprehensions stand around the one at hand.
fn levels(context: &Context<'_>) -> usize {
    context
        .ancestors()
        .take_while(|node| !matches!(node, Node::Stmt(_) | Node::Expr(Expr::Lambda(_))))
        .filter(|node| matches!(node, Node::Expr(expr) if generators(expr).is_some()))
        .count()
}

fn keyword(context: &Context<'_>, at: TextSize, kind: TokenKind) -> TextRange {
    let range = TextRange::at(at, TextSize::new(1));
    context.token_in(range, kind).unwrap_or(range)
}

fn say(report: &mut Report<'_>, place: TextRange, count: usize, what: &str) {
    report.at(place, &[("count", &count.to_string()), ("what", what)]);
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    const RULE: &str = "complex-comprehension";

    #[test]
    fn the_third_of_a_kind_is_found() {
        assert_eq!(found(RULE, "[a for b in c for d in b for a in d]"), ["for"]);
        assert_eq!(found(RULE, "[a for a in b if c if d if e]"), ["if"]);
        assert_eq!(found(RULE, "[[[c for c in b] for b in a] for a in z]"), ["for"]);
    }

    #[test]
    fn two_are_fine() {
        let source = "[a for b in c for a in b if d if e]\n[[b for b in a] for a in z]\n[f(lambda: [x for x in y]) for a in [b for b in c]]\n";
        assert!(found(RULE, source).is_empty());
    }
}
