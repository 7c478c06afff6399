//! `list-as-queue`: a list that is emptied from the front.

use ruff_python_ast::{self as ast, AnyNodeRef, CmpOp, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{any_in, is_large, is_name, literal_number, symbol};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "list-as-queue", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(callee) = call.func.as_ref() else { return };
    let arguments = &call.arguments.args;
    let (at_front, method) = match callee.attr.as_str() {
        "pop" => (arguments.len() == 1, "popleft"),
        "insert" => (arguments.len() == 2, "appendleft"),
        _ => return,
    };
    // The command line is short.
    if !at_front || !is_zero(&arguments[0]) || !context.in_loop() || symbol(context, &callee.value).is_some() {
        return;
    }
    if is_queue(context, &callee.value, callee.attr.as_str())
        && !is_kept_short(context, &callee.value)
        && context.infer(&callee.value).is_some_and(|ty| ty.is_builtin("list"))
    {
        let place = TextRange::new(callee.attr.start(), call.end());
        report.at(place, &[("call", context.text(place)), ("method", method)]);
    }
}

/// Whether a loop around the place puts in at one end what it takes out at the other. A list that is only worked off is
/// as short as it was: its items moving up is nothing to worry about.
fn is_queue(context: &Context<'_>, list: &Expr, method: &str) -> bool {
    let text = context.text(list);
    let is_list = |expr: &Expr| context.text(expr) == text;
    let other_end: &[&str] = if method == "pop" { &["append", "extend"] } else { &["pop"] };
    for node in context.ancestors() {
        let body = match node {
            Node::Stmt(Stmt::FunctionDef(_) | Stmt::ClassDef(_)) | Node::Expr(Expr::Lambda(_)) => return false,
            Node::Stmt(stmt @ (Stmt::While(_) | Stmt::For(_))) if is_large(stmt) => return false,
            Node::Stmt(Stmt::While(stmt)) => &stmt.body,
            Node::Stmt(Stmt::For(stmt)) => &stmt.body,
            _ => continue,
        };
        if any_in(body, |node| needs_list(node, is_list)) {
            return false;
        }
        let both_ends = any_in(body, |node| match node {
            AnyNodeRef::ExprCall(call) => match call.func.as_ref() {
                Expr::Attribute(callee) => {
                    is_list(&callee.value)
                        && other_end.contains(&callee.attr.as_str())
                        && !call.arguments.args.first().is_some_and(is_zero)
                        && (method == "pop" || call.arguments.is_empty())
                }
                _ => false,
            },
            AnyNodeRef::StmtAugAssign(stmt) => method == "pop" && is_list(&stmt.target),
            _ => false,
        });
        if both_ends {
            return true;
        }
    }
    false
}

/// What a deque cannot do: it has no slices and cannot be sorted, and a function may ask for a list.
fn needs_list(node: AnyNodeRef<'_>, is_list: impl Fn(&Expr) -> bool) -> bool {
    const READING: [&str; 10] =
        ["any", "bool", "enumerate", "iter", "len", "list", "print", "reversed", "sorted", "tuple"];
    match node {
        AnyNodeRef::ExprSubscript(item) => item.slice.is_slice_expr() && is_list(&item.value),
        AnyNodeRef::ExprCall(call) => match call.func.as_ref() {
            Expr::Attribute(callee) if is_list(&callee.value) => callee.attr.as_str() == "sort",
            Expr::Name(function) if READING.contains(&function.id.as_str()) => false,
            _ => {
                let keywords = call.arguments.keywords.iter().map(|keyword| &keyword.value);
                call.arguments.args.iter().chain(keywords).any(is_list)
            }
        },
        _ => false,
    }
}

/// `if len(names) > 2: names.pop(0)`: the list is kept at a few items.
fn is_kept_short(context: &Context<'_>, list: &Expr) -> bool {
    const FEW: u32 = 100;
    let Some(Node::Stmt(Stmt::If(branch))) = context.ancestors().find(|node| matches!(node, Node::Stmt(Stmt::If(_) | Stmt::While(_))))
    else {
        return false;
    };
    let Expr::Compare(compare) = branch.test.as_ref() else { return false };
    let ([CmpOp::Gt | CmpOp::GtE | CmpOp::Eq], [most]) = (compare.ops.as_ref(), compare.comparators.as_ref()) else { return false };
    let is_length = matches!(compare.left.as_ref(), Expr::Call(call)
        if is_name(&call.func, "len") && matches!(call.arguments.args.as_ref(), [of] if context.text(of) == context.text(list)));
    is_length && literal_number(most).is_some_and(|most| most < f64::from(FEW))
}

fn is_zero(expr: &Expr) -> bool {
    matches!(expr, Expr::NumberLiteral(ast::ExprNumberLiteral { value: ast::Number::Int(value), .. }) if *value == 0)
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn other_ends_other_types_and_single_uses_are_fine() {
        let quiet = "\
import sys
from collections import deque
def f(unknown, table: dict, names: list[str]):
    names.pop(0)
    while names:
        names.pop()
        names.insert(1, 'x')
        unknown.pop(0)
        table.pop(0)
        sys.argv.pop(0)
    queue = deque(names)
    while queue:
        queue.pop(0)
    for line in unknown:
        parts = line.split()
        parts.pop(0)
        names.insert(0, parts[0])
    words = names[0].split()
    while words:
        words.pop(0)
    ready = [3, 1]
    while ready:
        ready.sort()
        ready.append(ready.pop(0) + 1)
    path = names[0].split()
    while path:
        path.append(path.pop(0) + find(way=path))
    words = names[0].split()
    while words:
        words.append(words.pop(0))
        parts = words[1:]
    rows = [[]]
    for name in sorted(names):
        if len(rows) > 2:
            rows.pop(0)
        rows.append([name])
    for at, name in enumerate(names):
        rows.insert(0, rows.pop(at))
";
        assert!(found("list-as-queue", quiet).is_empty());
    }

    #[test]
    fn lists_that_are_worked_off_from_the_front_are_found() {
        let source = "\
def f(names: list[str]):
    todo = [1, 2]
    while len(todo) > 0:
        todo.extend(more(todo.pop(0)))
    while True:
        names.append(names.pop(0))
    for name in sorted(names):
        names.insert(0, names.pop())
";
        assert_eq!(found("list-as-queue", source), ["pop(0)", "pop(0)", "insert(0, names.pop())"]);
    }
}
