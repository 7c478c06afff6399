//! `manual-list-comprehension`: a loop that does nothing but fill a list or a dict.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind, OperatorPrecedence, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{any_in_expr, has_comment, is_name, operand, owns_its_lines, suite_of};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "manual-list-comprehension", hooks: &[Hook::Stmt(&[NodeKind::StmtFor], check)] };

/// What a round adds.
enum Added<'a> {
    Element(&'a Expr),
    Item(&'a Expr, &'a Expr),
}

/// A loop that only fills `name`.
struct Filling<'a> {
    name: &'a str,
    place: TextRange,
    added: Added<'a>,
    condition: Option<&'a Expr>,
}

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::For(each) = stmt else { return };
    let Some(filling) = filling(each) else { return };
    let Some((suite, at)) = suite_of(context, stmt) else { return };
    let Some(before) = at.checked_sub(1).and_then(|at| suite.get(at)) else { return };
    if !makes_empty(context, before, &filling) || !is_plain(each, &filling) {
        return;
    }
    let fix = comprehension(context, before, each, &filling)
        .map(|text| report.fix("Use a comprehension", before.range().cover(stmt.range()), text));
    report.at(filling.place, &[("name", filling.name)]).fix = fix;
}

fn filling(each: &ast::StmtFor) -> Option<Filling<'_>> {
    if each.is_async || !each.orelse.is_empty() {
        return None;
    }
    let [only] = each.body.as_slice() else { return None };
    let (condition, only) = match only {
        Stmt::If(stmt) if stmt.elif_else_clauses.is_empty() => {
            let [only] = stmt.body.as_slice() else { return None };
            (Some(stmt.test.as_ref()), only)
        }
        other => (None, other),
    };
    match only {
        Stmt::Expr(stmt) => {
            let Expr::Call(call) = stmt.value.as_ref() else { return None };
            let Expr::Attribute(method) = call.func.as_ref() else { return None };
            let (Expr::Name(list), "append") = (method.value.as_ref(), method.attr.as_str()) else { return None };
            let ([element], []) = (&*call.arguments.args, &*call.arguments.keywords) else { return None };
            (!element.is_starred_expr()).then_some(())?;
            Some(Filling { name: &list.id, place: method.range, added: Added::Element(element), condition })
        }
        Stmt::Assign(assign) => {
            let [Expr::Subscript(item)] = assign.targets.as_slice() else { return None };
            let Expr::Name(dict) = item.value.as_ref() else { return None };
            (!item.slice.is_slice_expr()).then_some(())?;
            let added = Added::Item(&item.slice, &assign.value);
            Some(Filling { name: &dict.id, place: item.range, added, condition })
        }
        _ => None,
    }
}

/// `x = []` or `x = {}`, as it is filled.
fn makes_empty(context: &Context<'_>, stmt: &Stmt, filling: &Filling<'_>) -> bool {
    let (target, value) = match stmt {
        Stmt::Assign(assign) => match assign.targets.as_slice() {
            [target] => (target, assign.value.as_ref()),
            _ => return false,
        },
        Stmt::AnnAssign(assign) => match assign.value.as_deref() {
            Some(value) => (assign.target.as_ref(), value),
            None => return false,
        },
        _ => return false,
    };
    let called = |name| matches!(value, Expr::Call(call) if call.arguments.is_empty() && context.is_builtin(&call.func, name));
    let is_empty = match &filling.added {
        Added::Element(_) => matches!(value, Expr::List(list) if list.elts.is_empty()) || called("list"),
        Added::Item(..) => matches!(value, Expr::Dict(dict) if dict.items.is_empty()) || called("dict"),
    };
    is_empty && is_name(target, filling.name)
}

/// Whether all that the loop evaluates can stand in a comprehension and does not look at what is being filled.
fn is_plain(each: &ast::StmtFor, filling: &Filling<'_>) -> bool {
    let mut parts = vec![each.iter.as_ref(), each.target.as_ref()];
    match &filling.added {
        Added::Element(element) => parts.push(element),
        Added::Item(key, value) => parts.extend([*key, *value]),
    }
    parts.extend(filling.condition);
    !parts.into_iter().any(|part| {
        any_in_expr(part, |node| match node {
            AnyNodeRef::ExprName(name) => name.id == filling.name,
            AnyNodeRef::ExprAwait(_)
            | AnyNodeRef::ExprYield(_)
            | AnyNodeRef::ExprYieldFrom(_)
            | AnyNodeRef::ExprNamed(_) => true,
            _ => false,
        })
    })
}

/// The statement that takes the place of both: on one line, or not at all.
fn comprehension(
    context: &Context<'_>,
    before: &Stmt,
    each: &ast::StmtFor,
    filling: &Filling<'_>,
) -> Option<String> {
    let value = match before {
        Stmt::Assign(assign) => assign.value.range(),
        Stmt::AnnAssign(assign) => assign.value.as_ref()?.range(),
        _ => return None,
    };
    let whole = before.range().cover(each.range());
    if has_comment(context, whole) || !owns_its_lines(context.source, before) || !owns_its_lines(context.source, each) {
        return None;
    }
    let plain = |expr: &Expr| operand(context, expr, OperatorPrecedence::Or);
    let target = context.text(each.target.as_ref());
    let mut text = context.text(TextRange::new(before.start(), value.start())).to_owned();
    let (open, added, close) = match &filling.added {
        Added::Element(element) => ('[', operand(context, element, OperatorPrecedence::Lambda), ']'),
        Added::Item(key, value) => {
            let key = operand(context, key, OperatorPrecedence::Lambda);
            ('{', format!("{key}: {}", operand(context, value, OperatorPrecedence::Lambda)), '}')
        }
    };
    text.push(open);
    text.push_str(&format!("{added} for {target} in {}", plain(&each.iter)));
    if let Some(condition) = filling.condition {
        text.push_str(&format!(" if {}", plain(condition)));
    }
    text.push(close);
    (!text.contains(['\n', '\r']) && text.len() <= 100).then_some(text)
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "manual-list-comprehension";

    #[test]
    fn loops_that_do_more_are_fine() {
        for rest in [
            "for x in y:\n        print(x)\n        out.append(x)",
            "for x in y:\n        if x:\n            out.append(x)\n        else:\n            break",
            "for x in y:\n        out.append(len(out))",
            "for x in y:\n        out.append(await x)",
            "async for x in y:\n        out.append(x)",
            "for x in y:\n        other.append(x)",
            "for x in y:\n        out.append(x)\n    else:\n        pass",
            "for x in y:\n        out[x] = 1",
            "print()\n    for x in y:\n        out.append(x)",
        ] {
            assert!(found(RULE, &format!("async def f(y):\n    out = []\n    {rest}\n    return out\n")).is_empty(), "{rest}");
        }
        assert!(found(RULE, "def f(y):\n    out = [1]\n    for x in y:\n        out.append(x)\n").is_empty());
    }

    #[test]
    fn loops_become_comprehensions() {
        let source = "\
def f(y):
    out: list[int] = []
    for a, b in y:
        if a or b:
            out.append((a, b))
    names = {}
    for x in y if y else z:
        names[x.name] = lambda: x
    kept = []
    for x in y:  # all of it
        kept.append(x)
";
        let expected = "\
def f(y):
    out: list[int] = [(a, b) for a, b in y if a or b]
    names = {x.name: lambda: x for x in (y if y else z)}
    kept = []
    for x in y:  # all of it
        kept.append(x)
";
        assert_eq!(found(RULE, source), ["out.append", "names[x.name]", "kept.append"]);
        assert_eq!(fixed(RULE, source), expected);
    }
}
