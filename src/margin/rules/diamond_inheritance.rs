//! `diamond-inheritance`

use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange};

use super::mro::{Order, class_of, order};
use super::{Detector, Hook, Report};
use crate::python::{Context, stdlib};

pub(super) const DETECTOR: Detector = Detector { rule: "diamond-inheritance", hooks: &[Hook::Class(class)] };

fn class<'a>(context: &Context<'a>, class: &'a ast::StmtClassDef, report: &mut Report<'_>) {
    let bases = class.bases();
    let (Some(first), Some(last)) = (bases.first(), bases.last()) else { return };
    if bases.len() < 2 || !context.at_module_level() {
        return;
    }
    let Some(info) = class_of(context, &format!("@{}", class.name)) else { return };
    let orders: Vec<Vec<_>> = info.bases.iter().filter_map(|base| known(context, base)).collect();
    let shared = orders.iter().enumerate().find_map(|(at, order)| {
        let later = || orders[at + 1..].iter();
        // A base that is above another one is no second way.
        order[1..].iter().find(|class| later().any(|other| other[1..].contains(class)) && has_state(context, class))
    });
    if let Some(shared) = shared {
        let shared = shared.trim_start_matches('@');
        report.at(TextRange::new(first.start(), last.end()), &[("class", class.name.as_str()), ("shared", shared)]);
    }
}

fn known(context: &Context<'_>, base: &str) -> Option<Vec<ruff_python_ast::name::Name>> {
    match order(context, base) {
        Order::Known(order) if base.starts_with('@') => Some(order),
        _ => None,
    }
}

/// Whether the order matters for a class of the file: it sets something up, and is no interface, mixin or exception.
fn has_state(context: &Context<'_>, name: &str) -> bool {
    let Some(info) = class_of(context, name) else { return false };
    let outside = |base: &ruff_python_ast::name::Name| !base.starts_with('@') && base.as_str() != "builtins.object";
    let is_error = || info.bases.iter().any(|base| stdlib::descends(base, "builtins.BaseException"));
    info.methods.contains_key("__init__")
        && !info.name.ends_with("Mixin")
        && !info.bases.iter().any(outside)
        && !is_error()
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    const BASE: &str = "class Base:\n    def __init__(self): self.x = 1\nclass A(Base): ...\nclass B(Base): ...\n";

    #[test]
    fn two_ways_to_one_class() {
        assert_eq!(found("diamond-inheritance", &format!("{BASE}class C(A, B): ...\n")), ["A, B"]);
    }

    #[test]
    fn one_way_and_ways_that_do_no_harm() {
        for source in [
            format!("{BASE}class C(A): ...\nclass D(A, Base): ...\n"),
            "class Base: ...\nclass A(Base): ...\nclass B(Base): ...\nclass C(A, B): ...\n".to_owned(),
            "class E(Exception):\n    def __init__(self): ...\nclass A(E): ...\nclass B(E): ...\nclass C(A, B): ...\n".to_owned(),
            "import abc\nclass I(abc.ABC):\n    def __init__(self): ...\nclass A(I): ...\nclass B(I): ...\nclass C(A, B): ...\n".to_owned(),
        ] {
            assert_eq!(found("diamond-inheritance", &source), Vec::<String>::new(), "{source}");
        }
    }
}
