//! `tail-recursive-call`: a function that ends by calling itself.

use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::support::calls_itself;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "tail-recursive-call", hooks: &[Hook::Stmt(&[NodeKind::StmtReturn], check)] };

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Return(ast::StmtReturn { value: Some(value), .. }) = stmt else { return };
    let Expr::Call(call) = value.as_ref() else { return };
    if calls_itself(context, call) {
        report.at(call.func.range(), &[("function", context.text(call.func.as_ref()))]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    const RULE: &str = "tail-recursive-call";

    #[test]
    fn the_call_itself_is_found() {
        let source = "
def f(n):
    return f(n - 1)
class C:
    def g(self, n):
        return self.g(n)
def outer():
    def h(n):
        return h(n)
";
        assert_eq!(found(RULE, source), ["f", "self.g", "h"]);
    }

    #[test]
    fn other_calls_are_not() {
        let source = "
def f(n):
    return 1 + f(n)
def g(g):
    return g(1)
class C:
    def h(self):
        return h()
    def i(self):
        return super().i()
    def j(self):
        return self.child.j()
    @staticmethod
    def k(self):
        return self.k()
def l():
    return lambda: l()
def m():
    return m
";
        assert!(found(RULE, source).is_empty());
    }
}
