//! `shuffle-result-used`: the `None` of a method that works in place.

use ruff_python_ast::{self as ast, Expr, OperatorPrecedence, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{has_comment, operand, symbol};
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::{Edit, Fix};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "shuffle-result-used", hooks: &[Hook::Call(check)] };

const IN_PLACE: [&str; 5] = ["sort", "reverse", "append", "extend", "insert"];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if !is_used(context, call) {
        return;
    }
    let fix = if symbol(context, &call.func).is_some_and(|symbol| symbol == "random.shuffle") {
        as_sample(context, call)
    } else {
        let Expr::Attribute(method) = call.func.as_ref() else { return };
        let fits = match method.attr.as_str() {
            "shuffle" => context.infer(&method.value).is_some_and(|ty| ty.class == "random.Random"),
            name => {
                IN_PLACE.contains(&name) && context.infer(&method.value).is_some_and(|ty| ty.is_builtin("list"))
            }
        };
        if !fits {
            return;
        }
        as_sorted(context, call, method)
    };
    report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]).fix = fix;
}

/// Whether somebody wants the result. A callback's, a condition's (`seen.add(x) or ...`) and a comprehension's are
/// thrown away by those who know.
fn is_used(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    match context.parent() {
        Some(Node::Stmt(Stmt::Return(_))) => match call.func.as_ref() {
            Expr::Attribute(method) => matches!(method.attr.as_str(), "sort" | "reverse" | "shuffle"),
            _ => false,
        },
        Some(
            Node::Stmt(Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::AugAssign(_) | Stmt::For(_))
            | Node::Expr(Expr::Call(_) | Expr::Attribute(_) | Expr::Subscript(_) | Expr::Named(_))
            | Node::Keyword(_)
            | Node::Generator(_),
        ) => true,
        _ => false,
    }
}

fn as_sample(context: &Context<'_>, call: &ast::ExprCall) -> Option<Fix> {
    let ([items @ (Expr::Name(_) | Expr::Attribute(_))], []) = (&*call.arguments.args, &*call.arguments.keywords)
    else {
        return None;
    };
    let (sample, import) = spelling(context, "random.sample", call.start())?;
    let items = context.text(items);
    let text = format!("{sample}({items}, len({items}))");
    (!has_comment(context, call.range())).then(|| Fix {
        title: "Take a shuffled copy with `random.sample`".to_owned(),
        safe: false,
        edits: vec![Edit::replace(call.range(), text)],
        imports: import.into_iter().collect(),
    })
}

fn as_sorted(context: &Context<'_>, call: &ast::ExprCall, method: &ast::ExprAttribute) -> Option<Fix> {
    if method.attr.as_str() != "sort" || !call.arguments.args.is_empty() || has_comment(context, call.func.range()) {
        return None;
    }
    let (sorted, _) = spelling(context, "builtins.sorted", call.start())?;
    let items = operand(context, &method.value, OperatorPrecedence::Assign);
    let comma = if call.arguments.is_empty() { "" } else { ", " };
    let head = TextRange::new(call.start(), call.arguments.start() + ruff_text_size::TextSize::new(1));
    Some(Fix {
        title: "Take a sorted copy with `sorted`".to_owned(),
        safe: false,
        edits: vec![Edit::replace(head, format!("{sorted}({items}{comma}"))],
        imports: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn a_result_that_nobody_wants_is_fine() {
        let quiet = "\
import random
names = ['b', 'a']
random.shuffle(names)
names.sort()
seen = []
fresh = [x for x in names if x in seen or seen.append(x)]
button.on_click(lambda: seen.append(1))
def add(name):
    return seen.append(name)
frame = frame.sort()
frame = frame.append(row)
";
        assert!(found("shuffle-result-used", quiet).is_empty());
    }

    #[test]
    fn a_list_times_something_may_be_none() {
        let source = "\
import numpy as np
import units as u
def lengths(n, unit):
    q = [1, 2] * u.m
    p = [1] * u.m
    r = (1, 2) * unit
    s = 2.0 * unit
    return q.insert(0, 3), p.insert(0, 3), r.insert(0, 3), s.insert(0, 3)
def zeros(n, names):
    a = [0] * n
    b = [0, 1] * 4
    c = [0, 1] * len(names)
    print(a.append(1), b.append(1), c.append(1))
";
        assert_eq!(found("shuffle-result-used", source), ["a.append", "b.append", "c.append"]);
    }

    #[test]
    fn the_fix_takes_a_copy() {
        let source = "\
import random
names = ['b', 'a']
first = names.sort(key=len)
print(random.shuffle(names))
for name in names.reverse():
    pass
";
        assert_eq!(found("shuffle-result-used", source), ["names.sort", "random.shuffle", "names.reverse"]);
        let expected = "\
import random
names = ['b', 'a']
first = sorted(names, key=len)
print(random.sample(names, len(names)))
for name in names.reverse():
    pass
";
        assert_eq!(fixed("shuffle-result-used", source), expected);
    }
}
