//! `alias-then-mutate`: two names for one object, of which one changes it.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextSize};

use super::variables::{Event, events};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "alias-then-mutate", hooks: &[Hook::Function(check)] };

fn check<'a>(_context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    let events = events(&def.body);
    for event in &events {
        let Event::Store(alias, range, Some(Expr::Name(source))) = event else { continue };
        let source_name = source.id.as_str();
        if *alias == source_name || named_so(alias) || in_loop(&events, range.start()) {
            continue;
        }
        let (Some(made), Some(_)) = (only_value(&events, source_name), only_value(&events, alias)) else { continue };
        if !is_mutable(made) {
            continue;
        }
        let behind = source.end();
        let changed = |one: &str, other: &str| {
            let first = events.iter().find_map(|event| match event {
                Event::Change(name, range) if *name == one && range.start() > behind => Some(range.end()),
                _ => None,
            });
            first.is_some_and(|first| reads(&events, other, first))
        };
        if changed(alias, source_name) || changed(source_name, alias) {
            let finding = report.at(source, &[("alias", alias), ("source", source_name)]);
            finding.fix = Some(Fix {
                title: format!("Copy `{source_name}`"),
                safe: false,
                edits: vec![Edit::insert(source.end(), ".copy()")],
                imports: Vec::new(),
            });
        }
    }
}

/// The name says that it is meant.
fn named_so(alias: &str) -> bool {
    ["ref", "alias", "view"].iter().any(|part| alias.ends_with(part))
}

/// Bound in a loop, a name stands for another object each time.
fn in_loop(events: &[Event<'_>], at: TextSize) -> bool {
    events.iter().any(|event| matches!(event, Event::Loop(range) if range.contains(at)))
}

/// The value of a variable that is bound once.
fn only_value<'e>(events: &[Event<'e>], name: &str) -> Option<&'e Expr> {
    let mut stores = events.iter().filter_map(|event| match event {
        Event::Store(stored, _, value) if *stored == name => Some(*value),
        _ => None,
    });
    let first = stores.next()?;
    if stores.next().is_some() { None } else { first }
}

fn reads(events: &[Event<'_>], name: &str, from: TextSize) -> bool {
    events.iter().any(|event| matches!(event, Event::Load(read, range) if *read == name && range.start() > from))
}

fn is_mutable(value: &Expr) -> bool {
    match value {
        Expr::List(_) | Expr::Dict(_) | Expr::Set(_) | Expr::ListComp(_) | Expr::DictComp(_) | Expr::SetComp(_) => true,
        Expr::Call(call) => {
            matches!(call.func.as_ref(), Expr::Name(name) if matches!(name.id.as_str(), "list" | "dict" | "set" | "bytearray"))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "alias-then-mutate";

    #[test]
    fn a_change_through_one_name_is_found() {
        let source = "
def f():
    a = [1, 2]
    b = a
    b.append(3)
    return a, b
def g():
    a = {}
    b = a
    a['k'] = 1
    return b
";
        assert_eq!(found(RULE, source), ["a", "a"]);
        assert!(fixed(RULE, source).contains("    b = a.copy()\n    b.append(3)\n"));
    }

    #[test]
    fn aliases_that_are_meant_or_harmless_are_not() {
        let source = "
def f(x):
    a = x
    a.append(1)
    return x
def g():
    root = node = {}
    for key in 'ab':
        node = node.setdefault(key, {})
    return root
def h():
    a = [1]
    b = a
    return a, b
def i():
    a = [1]
    b = a
    b.append(2)
    return b
def j():
    a = []
    b = a
    b = [1]
    b.append(2)
    return a
def k():
    a = []
    for x in y:
        b = a
        b.append(x)
    return a
";
        assert!(found(RULE, source).is_empty(), "{:?}", found(RULE, source));
    }
}
