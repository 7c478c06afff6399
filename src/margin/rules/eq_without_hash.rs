//! `eq-without-hash`: a class that compares by value and so cannot be a key.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::support::symbol;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "eq-without-hash", hooks: &[Hook::Class(check)] };

fn check<'a>(context: &Context<'a>, class: &'a ast::StmtClassDef, report: &mut Report<'_>) {
    // A decorator may add what is missing: `@dataclass(frozen=True)`, `@total_ordering` does not.
    let decorated = class
        .decorator_list
        .iter()
        .any(|decorator| symbol(context, &decorator.expression).is_none_or(|name| name != "functools.total_ordering"));
    if decorated || binds(&class.body, "__hash__") {
        return;
    }
    let equal = class.body.iter().find_map(|stmt| match stmt {
        Stmt::FunctionDef(def) if def.name.as_str() == "__eq__" => Some(def.name.range()),
        _ => None,
    });
    if let Some(range) = equal {
        let finding = report.at(class.name.range(), &[("class", class.name.as_str())]);
        finding.related.push((range, "this takes the hash away".to_owned()));
    }
}

/// Whether a class body binds a name, under conditions too.
fn binds(body: &[Stmt], name: &str) -> bool {
    body.iter().any(|stmt| match stmt {
        Stmt::FunctionDef(def) => def.name.as_str() == name,
        Stmt::Assign(assign) => {
            assign.targets.iter().any(|target| matches!(target, Expr::Name(target) if target.id == name))
        }
        Stmt::AnnAssign(assign) => matches!(assign.target.as_ref(), Expr::Name(target) if target.id == name),
        Stmt::If(stmt) => {
            binds(&stmt.body, name) || stmt.elif_else_clauses.iter().any(|clause| binds(&clause.body, name))
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    const RULE: &str = "eq-without-hash";

    #[test]
    fn classes_that_lose_their_hash_are_found() {
        let source = "
import functools
class A:
    def __eq__(self, other): ...
@functools.total_ordering
class B:
    def __eq__(self, other): ...
";
        assert_eq!(found(RULE, source), ["A", "B"]);
    }

    #[test]
    fn a_decision_about_the_hash_is_respected() {
        let source = "
class A:
    def __eq__(self, other): ...
    def __hash__(self): ...
class B:
    __hash__ = None
    def __eq__(self, other): ...
@dataclass(frozen=True)
class C:
    def __eq__(self, other): ...
class D:
    def __eq__(self, other): ...
    if x:
        __hash__ = A.__hash__
class E: ...
";
        assert!(found(RULE, source).is_empty());
    }
}
