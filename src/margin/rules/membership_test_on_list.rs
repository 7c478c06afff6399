//! `membership-test-on-list`: a list that is searched in every round.

use ruff_python_ast::{CmpOp, Expr, NodeKind};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::surroundings::{leaves_alone, repeated_in};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::{Binding, BindingKind, Context, Lookup};

pub(super) const DETECTOR: Detector =
    Detector { rule: "membership-test-on-list", hooks: &[Hook::Expr(&[NodeKind::ExprCompare], check)] };

/// Fewer elements are compared as fast as one is hashed.
const FEW: usize = 4;

fn check<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Expr::Compare(compare) = expr else { return };
    let ([CmpOp::In | CmpOp::NotIn], [list]) = (&*compare.ops, &*compare.comparators) else { return };
    let fix = match list {
        Expr::List(display) if display.elts.len() >= FEW && display.elts.iter().all(Expr::is_literal_expr) => {
            if repeated_in(context).is_none() {
                return;
            }
            Some(as_set(display.range))
        }
        Expr::Name(name) => {
            let Lookup::Local { bindings: [binding], immediate: true } = context.lookup(&name.id, name.start()) else {
                return;
            };
            let Some(repeated) = repeated_in(context) else { return };
            let from_before = binding.from <= repeated.start();
            if !from_before || !is_list(context, binding) || !leaves_alone(context, repeated, &name.id) {
                return;
            }
            None
        }
        _ => return,
    };
    report.at(list, &[("list", context.text(list))]).fix = fix;
}

/// Whether a variable is bound to a list that takes shape there and then: one that is empty at first is filled later.
fn is_list(context: &Context<'_>, binding: &Binding<'_>) -> bool {
    match binding.kind {
        BindingKind::Value(Expr::ListComp(_)) => true,
        BindingKind::Value(Expr::List(list)) => list.elts.len() >= FEW,
        BindingKind::Value(Expr::Call(call)) => {
            !call.arguments.is_empty()
                && (context.is_builtin(&call.func, "list") || context.is_builtin(&call.func, "sorted"))
        }
        _ => false,
    }
}

fn as_set(list: TextRange) -> Fix {
    let one = TextSize::new(1);
    Fix {
        title: "Use a set".to_owned(),
        safe: false,
        edits: vec![
            Edit::replace(TextRange::at(list.start(), one), "{"),
            Edit::replace(TextRange::at(list.end() - one, one), "}"),
        ],
        imports: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "membership-test-on-list";

    #[test]
    fn single_tests_and_lists_that_change_are_fine() {
        let quiet = "\
def f(words, given):
    known = list(words)
    if 'a' in known or 'a' in ['a', 'b', 'c', 'd']:
        return known
    for word in words:
        if word in given or word in ['a', 'b'] or word in ('a', 'b', 'c', 'd'):
            continue
        fresh = [w for w in word]
        if word in fresh:
            continue
    seen = []
    grown = list(words)
    for word in words:
        if word not in seen and word not in grown:
            grown.append(word)
    passed = list(words)
    for word in words:
        if word not in passed:
            fill(passed)
    return [word for word in words if word in {1, 2, 3, 4}], [w for w in (1 in known, 2)]
";
        assert!(found(RULE, quiet).is_empty());
    }

    #[test]
    fn lists_become_sets() {
        let source = "\
def f(words):
    known = [word.lower() for word in words]
    while words:
        if words.pop() not in known:
            print([w for w in words if w in ['a', 'b', 'c', 'd']])
";
        assert_eq!(found(RULE, source), ["known", "['a', 'b', 'c', 'd']"]);
        assert_eq!(fixed(RULE, source), source.replace("['a', 'b', 'c', 'd']", "{'a', 'b', 'c', 'd'}"));
    }
}
