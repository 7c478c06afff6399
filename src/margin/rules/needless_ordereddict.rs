//! `needless-ordereddict`: an `OrderedDict` that is used like a dict.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::support::{any_in, any_in_expr, is_large, is_name, symbol};
use super::{Detector, Hook, Report};
use crate::margin::fix::replace_symbol;
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "needless-ordereddict", hooks: &[Hook::Stmt(&[NodeKind::StmtAssign], check)] };

/// Methods that a dict has too, and with which it does the same.
const SHARED: [&str; 8] = ["get", "items", "keys", "values", "setdefault", "update", "pop", "clear"];

/// An `OrderedDict` under a local name that only meets what a dict can do as well, and never leaves the function.
fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Assign(assign) = stmt else { return };
    let ([Expr::Name(name)], Expr::Call(call)) = (assign.targets.as_slice(), assign.value.as_ref()) else { return };
    let Some(def) = context.enclosing_function().filter(|def| !is_large(*def)) else { return };
    if symbol(context, &call.func).is_none_or(|symbol| symbol != "collections.OrderedDict") {
        return;
    }
    let scope = context.scopes().last();
    let own = scope.is_some_and(|scope| scope.get(&name.id).len() == 1 && !scope.globals.contains(name.id.as_str()));
    if !own {
        return;
    }
    // Every place where the name stands must be one of those that are known to be harmless.
    let all = count(&def.body, |node| matches!(node, AnyNodeRef::ExprName(used) if used.id == name.id));
    let harmless = count(&def.body, |node| is_harmless(node, &name.id));
    if all == harmless + 1 {
        let fix = replace_symbol(context, call.func.range(), "builtins.dict", false);
        report.at(call.func.as_ref(), &[("name", name.id.as_str())]).fix = fix;
    }
}

fn count(body: &[Stmt], mut test: impl FnMut(AnyNodeRef<'_>) -> bool) -> usize {
    let mut count = 0;
    any_in(body, |node| {
        count += usize::from(test(node));
        false
    });
    count
}

/// The node holds the name in a way that works the same with a dict.
fn is_harmless(node: AnyNodeRef<'_>, name: &str) -> bool {
    match node {
        AnyNodeRef::ExprSubscript(item) => is_name(&item.value, name),
        AnyNodeRef::ExprCall(call) => match call.func.as_ref() {
            Expr::Attribute(method) => is_name(&method.value, name) && SHARED.contains(&method.attr.as_str()),
            Expr::Name(function) => {
                ["len", "list", "dict", "tuple", "sorted", "set", "sum", "max", "min", "enumerate", "bool", "iter"]
                    .contains(&function.id.as_str())
                    && call.arguments.args.first().is_some_and(|first| is_name(first, name))
            }
            _ => false,
        },
        AnyNodeRef::StmtFor(stmt) => is_name(&stmt.iter, name),
        AnyNodeRef::Comprehension(part) => is_name(&part.iter, name),
        AnyNodeRef::StmtIf(stmt) => is_name(&stmt.test, name),
        AnyNodeRef::ExprUnaryOp(unary) => unary.op == ast::UnaryOp::Not && is_name(&unary.operand, name),
        AnyNodeRef::ExprCompare(compare) => {
            matches!(compare.ops.as_ref(), [ast::CmpOp::In | ast::CmpOp::NotIn])
                && compare.comparators.first().is_some_and(|right| is_name(right, name))
                && !any_in_expr(&compare.left, |inner| matches!(inner, AnyNodeRef::ExprName(used) if used.id == name))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn what_needs_an_ordered_dict_or_leaves_is_left_alone() {
        let quiet = "\
from collections import OrderedDict
TABLE = OrderedDict()
def moved():
    cache = OrderedDict()
    cache['a'] = 1
    cache.move_to_end('a')
def popped():
    cache = OrderedDict()
    cache.popitem(last=False)
def compared(other):
    cache = OrderedDict()
    return cache == other
def returned():
    cache = OrderedDict()
    return cache
def passed():
    cache = OrderedDict()
    store(cache)
";
        assert!(found("needless-ordereddict", quiet).is_empty());
    }

    #[test]
    fn a_dict_does_as_well() {
        let source = "\
import collections
def count(words):
    seen = collections.OrderedDict()
    for word in words:
        if word not in seen:
            seen[word] = 0
        seen[word] += 1
    return list(seen.items())
";
        assert_eq!(fixed("needless-ordereddict", source), source.replace("collections.OrderedDict()", "dict()"));
    }
}
