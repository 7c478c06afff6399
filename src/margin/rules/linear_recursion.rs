//! `linear-recursion`: one level of the stack for each element.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Number, Operator, Stmt};
use ruff_text_size::Ranged;

use super::support::{Go, calls_itself, walk};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node, ScopeKind};

pub(super) const DETECTOR: Detector = Detector { rule: "linear-recursion", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if call.arguments.args.is_empty() || !calls_itself(context, call) {
        return;
    }
    let Some(def) = context.enclosing_function() else { return };
    let steps = call.arguments.args.iter().any(|argument| is_step(def, argument));
    // What is returned as it is belongs to the rule about tail calls.
    let is_tail = matches!(context.parent(), Some(Node::Stmt(Stmt::Return(_))));
    if steps && !is_tail && !context.in_loop() && !in_comprehension(context) && is_only_call(def, call) {
        report.at(call.func.range(), &[("function", context.text(call.func.as_ref()))]);
    }
}

fn in_comprehension(context: &Context<'_>) -> bool {
    matches!(context.scopes().last().map(|scope| scope.kind), Some(ScopeKind::Comprehension))
}

/// `n - 1` or `items[1:]` of a parameter.
fn is_step(def: &ast::StmtFunctionDef, argument: &Expr) -> bool {
    let is_parameter = |expr: &Expr| match expr {
        Expr::Name(name) => def.parameters.iter_non_variadic_params().any(|parameter| parameter.name().as_str() == name.id),
        _ => false,
    };
    match argument {
        Expr::BinOp(ast::ExprBinOp { left, op: Operator::Sub, right, .. }) => {
            is_parameter(left)
                && matches!(right.as_ref(), Expr::NumberLiteral(ast::ExprNumberLiteral { value: Number::Int(_), .. }))
        }
        Expr::Subscript(subscript) => match subscript.slice.as_ref() {
            Expr::Slice(ast::ExprSlice { lower: Some(lower), upper: None, step: None, .. }) => {
                is_parameter(&subscript.value) && lower.is_number_literal_expr()
            }
            _ => false,
        },
        _ => false,
    }
}

/// With a second call of itself the function divides the work.
fn is_only_call(def: &ast::StmtFunctionDef, call: &ast::ExprCall) -> bool {
    let mut others = false;
    walk(&def.body, |node| {
        if let AnyNodeRef::ExprCall(other) = node {
            let same = match (other.func.as_ref(), call.func.as_ref()) {
                (Expr::Name(other), Expr::Name(own)) => other.id == own.id,
                (Expr::Attribute(other), Expr::Attribute(own)) => other.attr.as_str() == own.attr.as_str(),
                _ => false,
            };
            others |= same && other.range() != call.range();
        }
        if others { Go::Stop } else { Go::In }
    });
    !others
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    const RULE: &str = "linear-recursion";

    #[test]
    fn one_call_for_each_element_is_found() {
        let source = "
def f(n):
    return 1 if n == 0 else n * f(n - 1)
def g(items):
    if items:
        h(items[0])
        g(items[1:])
class C:
    def i(self, n):
        return 1 + self.i(n - 2)
";
        assert_eq!(found(RULE, source), ["f", "g", "self.i"]);
    }

    #[test]
    fn trees_and_tail_calls_are_not() {
        let source = "
def f(n):
    return f(n - 1) + f(n - 2)
def g(n):
    return g(n - 1)
def h(node, depth):
    for child in node:
        h(child, depth - 1)
def i(node, depth):
    return [i(child, depth - 1) for child in node]
def j(n):
    return 1 + j(n // 2)
def k(n):
    return 1 + k(m - 1)
";
        assert!(found(RULE, source).is_empty());
    }
}
