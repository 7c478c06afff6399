//! `shallow-copy-of-nested`: a copy whose inside is still the original's.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::variables::{Event, events};
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "shallow-copy-of-nested", hooks: &[Hook::Function(check)] };

fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    let events = events(&def.body);
    for event in &events {
        let Event::Store(copy, _, Some(value)) = event else { continue };
        let Some(source) = copied(value) else { continue };
        let nested = events.iter().any(|event| {
            matches!(event, Event::Store(name, range, Some(made))
                if *name == source && range.start() < value.start() && holds_mutable(made))
        });
        let stored = |wanted: &str| events.iter().filter(|event| matches!(event, Event::Store(name, ..) if *name == wanted)).count();
        if !nested || stored(source) != 1 || stored(copy) != 1 {
            continue;
        }
        let changed = events.iter().find_map(|event| match event {
            Event::ChangeElement(name, range) if name == copy && range.start() > value.end() => Some(*range),
            _ => None,
        });
        let Some(changed) = changed.filter(|changed| is_read_behind(&events, source, *changed)) else { continue };
        let fix = spelling(context, "copy.deepcopy", value.start()).map(|(deepcopy, import)| Fix {
            title: format!("Use `{deepcopy}()`"),
            safe: false,
            edits: vec![Edit::replace(*value, format!("{deepcopy}({source})"))],
            imports: import.into_iter().collect(),
        });
        let finding = report.at(*value, &[("source", source), ("copy", copy)]);
        finding.fix = fix;
        finding.related.push((changed, format!("changes an element of `{source}` too")));
    }
}

fn is_read_behind(events: &[Event<'_>], name: &str, place: TextRange) -> bool {
    events.iter().any(|event| matches!(event, Event::Load(read, range) if *read == name && range.start() > place.end()))
}

/// The variable that an expression copies one level deep.
fn copied(value: &Expr) -> Option<&str> {
    match value {
        Expr::Subscript(subscript) => match subscript.slice.as_ref() {
            Expr::Slice(ast::ExprSlice { lower: None, upper: None, step: None, .. }) => {
                Some(subscript.value.as_name_expr()?.id.as_str())
            }
            _ => None,
        },
        Expr::Call(call) => match (call.func.as_ref(), call.arguments.args.as_ref()) {
            (Expr::Attribute(attribute), []) if attribute.attr.as_str() == "copy" => {
                Some(attribute.value.as_name_expr()?.id.as_str())
            }
            (Expr::Attribute(attribute), [only]) if attribute.attr.as_str() == "copy" => {
                let module = attribute.value.as_name_expr()?;
                if module.id == "copy" { Some(only.as_name_expr()?.id.as_str()) } else { None }
            }
            (Expr::Name(function), [only]) if matches!(function.id.as_str(), "list" | "dict") => {
                Some(only.as_name_expr()?.id.as_str())
            }
            _ => None,
        },
        _ => None,
    }
}

/// A display with a display in it.
fn holds_mutable(made: &Expr) -> bool {
    let mutable = |expr: &Expr| matches!(expr, Expr::List(_) | Expr::Dict(_) | Expr::Set(_));
    match made {
        Expr::List(list) => list.elts.iter().any(mutable),
        Expr::Dict(dict) => dict.items.iter().any(|item| mutable(&item.value)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "shallow-copy-of-nested";

    #[test]
    fn a_change_below_the_surface_is_found() {
        for copy in ["a.copy()", "a[:]", "list(a)", "copy.copy(a)"] {
            let source = format!("import copy\ndef f():\n    a = [[1], [2]]\n    b = {copy}\n    b[0].append(3)\n    return a, b\n");
            assert_eq!(found(RULE, &source), [copy]);
            assert!(fixed(RULE, &source).contains("b = copy.deepcopy(a)"));
        }
        let source = "def f():\n    a = {'k': {}}\n    b = dict(a)\n    b['k']['x'] = 1\n    return a\n";
        assert_eq!(found(RULE, source), ["dict(a)"]);
    }

    #[test]
    fn changes_that_do_not_reach_the_original_are_not() {
        for body in [
            "a = [[1]]\n    b = a.copy()\n    b.append([2])\n    return a",
            "a = [1, 2]\n    b = a.copy()\n    b[0].append(3)\n    return a",
            "a = [[1]]\n    b = a.copy()\n    b[0].append(2)\n    return b",
            "a = [[1]]\n    b = copy.deepcopy(a)\n    b[0].append(2)\n    return a",
            "a = [[1]]\n    b = a.copy()\n    b = [[2]]\n    b[0].append(2)\n    return a",
        ] {
            let source = format!("import copy\ndef f():\n    {body}\n");
            assert!(found(RULE, &source).is_empty(), "{source}");
        }
    }
}
