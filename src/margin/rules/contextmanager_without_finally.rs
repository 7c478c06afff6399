//! `contextmanager-without-finally`: a context manager whose cleanup an exception skips.

use ruff_python_ast::comparable::ComparableExpr;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::lines::whole_lines;
use super::support::{indent_lines, owns_its_lines, symbol};
use super::{Detector, Hook, Report};
use crate::margin::fix::indentation;
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "contextmanager-without-finally", hooks: &[Hook::Function(check)] };

/// Methods and functions that give something back or put something away. Others behind a `yield` may be meant for the
/// good case only: a commit, a check, a message.
const CLEANUP: [&str; 32] = [
    "aclose",
    "chdir",
    "cleanup",
    "close",
    "deactivate",
    "decref",
    "detach",
    "disable",
    "disconnect",
    "join",
    "kill",
    "pop",
    "quit",
    "release",
    "remove",
    "removedirs",
    "reset",
    "restore",
    "rmdir",
    "rmtree",
    "server_close",
    "setlocale",
    "shutdown",
    "stop",
    "tearDown",
    "teardown",
    "terminate",
    "undo",
    "uninstall",
    "unlink",
    "unlock",
    "unsubscribe",
];

fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    let is_manager = def.decorator_list.iter().any(|decorator| {
        symbol(context, &decorator.expression).is_some_and(|name| {
            matches!(name.as_str(), "contextlib.contextmanager" | "contextlib.asynccontextmanager")
        })
    });
    if is_manager {
        suite(context, &def.body, &[], report);
    }
}

/// Looks for a bare `yield` in a suite that no `try` protects. `before` are the statements that have run.
fn suite<'a>(context: &Context<'_>, body: &'a [Stmt], before: &[&'a Stmt], report: &mut Report<'_>) {
    for (at, stmt) in body.iter().enumerate() {
        let behind = &body[at + 1..];
        match stmt {
            Stmt::With(with) => {
                let mut seen = before.to_vec();
                seen.extend(&body[..at]);
                suite(context, &with.body, &seen, report);
            }
            _ if yields(stmt) => {
                let mut seen = before.to_vec();
                seen.extend(&body[..at]);
                if behind.iter().any(|stmt| cleans_up(stmt, &seen)) {
                    let fix = protect(context, stmt, behind);
                    let place = TextRange::at(yield_of(stmt).unwrap_or(stmt.start()), TextSize::of("yield"));
                    report.at(place, &[]).fix = fix;
                }
            }
            _ => {}
        }
    }
}

/// A statement that is a `yield`, or assigns what it gives.
fn yields(stmt: &Stmt) -> bool {
    yield_of(stmt).is_some()
}

fn yield_of(stmt: &Stmt) -> Option<TextSize> {
    let value = match stmt {
        Stmt::Expr(stmt) => stmt.value.as_ref(),
        Stmt::Assign(stmt) => stmt.value.as_ref(),
        _ => return None,
    };
    matches!(value, Expr::Yield(_)).then(|| value.start())
}

/// Gives something back: calls a function of [`CLEANUP`], or stores what was kept before the `yield`.
fn cleans_up(stmt: &Stmt, before: &[&Stmt]) -> bool {
    match stmt {
        Stmt::Expr(stmt) => {
            let call = match stmt.value.as_ref() {
                Expr::Await(awaited) => awaited.value.as_ref(),
                other => other,
            };
            let Expr::Call(call) = call else { return false };
            let name = match call.func.as_ref() {
                Expr::Attribute(attribute) => attribute.attr.as_str(),
                Expr::Name(name) => name.id.as_str(),
                _ => return false,
            };
            CLEANUP.contains(&name)
        }
        Stmt::Assign(assign) => match (assign.targets.as_slice(), assign.value.as_ref()) {
            ([target @ (Expr::Attribute(_) | Expr::Subscript(_))], Expr::Name(kept)) => {
                before.iter().any(|stmt| keeps(stmt, kept.id.as_str(), target))
            }
            _ => false,
        },
        Stmt::If(stmt) => {
            stmt.body.iter().any(|stmt| cleans_up(stmt, before))
                || stmt.elif_else_clauses.iter().flat_map(|clause| &clause.body).any(|stmt| cleans_up(stmt, before))
        }
        _ => false,
    }
}

/// Looks for one expression inside another.
struct Reads<'e> {
    target: ComparableExpr<'e>,
    found: bool,
}
impl<'v> Visitor<'v> for Reads<'_> {
    fn visit_expr(&mut self, expr: &'v Expr) {
        self.found |= ComparableExpr::from(expr) == self.target;
        if !self.found {
            stacker::maybe_grow(64 * 1024, 1024 * 1024, || visitor::walk_expr(self, expr));
        }
    }
}

/// `name = <target>`: the value that is to be put back.
fn keeps(stmt: &Stmt, name: &str, target: &Expr) -> bool {
    let Stmt::Assign(assign) = stmt else { return false };
    let names_it = assign.targets.iter().any(|one| matches!(one, Expr::Name(one) if one.id == name));
    if !names_it {
        return false;
    }
    let mut reads = Reads { target: target.into(), found: false };
    reads.visit_expr(&assign.value);
    reads.found
}

/// `try:` before the `yield`, `finally:` before the rest of the suite.
fn protect(context: &Context<'_>, stmt: &Stmt, behind: &[Stmt]) -> Option<Fix> {
    let source = context.source;
    let (first, last) = (behind.first()?, behind.last()?);
    if !owns_its_lines(source, stmt) || !owns_its_lines(source, first) || !owns_its_lines(source, last) {
        return None;
    }
    // A `return` in the `finally` would swallow the exception.
    if super::support::any_in_own(behind, |node| node.is_stmt_return()) {
        return None;
    }
    let outer = indentation(source, stmt.start());
    let line_break = context.newline();
    let (body, rest) = (whole_lines(source, stmt), whole_lines(source, TextRange::new(first.start(), last.end())));
    let mut edits = vec![Edit::insert(body.start(), format!("{outer}try:{line_break}"))];
    edits.extend(indent_lines(context, body));
    edits.push(Edit::insert(rest.start(), format!("{outer}finally:{line_break}")));
    edits.extend(indent_lines(context, rest));
    merge(&mut edits);
    Some(Fix {
        title: "Put the cleanup into a `finally`".to_owned(),
        safe: false,
        edits,
        imports: Vec::new(),
    })
}

/// Joins insertions at the same place, in order.
fn merge(edits: &mut Vec<Edit>) {
    edits.dedup_by(|second, first| {
        let same = first.range == second.range;
        if same {
            first.text.push_str(&second.text);
        }
        same
    });
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "contextmanager-without-finally";

    fn manager(body: &str) -> String {
        let body = body.replace('\n', "\n    ");
        format!("from contextlib import contextmanager\n@contextmanager\ndef f(a):\n    {body}\n")
    }

    #[test]
    fn cleanup_behind_the_yield_is_found() {
        for body in [
            "yield a\na.close()",
            "with a:\n    yield\n    a.release()",
            "old = os.getcwd()\nyield\nos.chdir(old)",
            "old = a.b\na.b = 1\nyield\na.b = old",
            "old = a.get('x', a['y'])\nb = yield\na['y'] = old",
            "yield\nif a:\n    a.stop()",
        ] {
            assert_eq!(found(RULE, &manager(body)), ["yield"], "{body}");
        }
    }

    #[test]
    fn what_is_protected_or_for_the_good_case_is_not() {
        for body in [
            "try:\n    yield\nfinally:\n    a.close()",
            "with a:\n    yield",
            "yield\na.commit()",
            "yield\nassert a.closed",
            "a.b = 1\nyield\na.b = 2",
            "yield",
            "try:\n    yield\nexcept E:\n    pass\na.close()",
        ] {
            assert!(found(RULE, &manager(body)).is_empty(), "{body}");
        }
        assert!(found(RULE, "def f(a):\n    yield\n    a.close()\n").is_empty());
    }

    #[test]
    fn the_rest_moves_into_the_finally() {
        let before = manager("yield f(\n    a)\n# done\na.close()\nb()");
        let after = manager("try:\n    yield f(\n        a)\n# done\nfinally:\n    a.close()\n    b()");
        assert_eq!(fixed(RULE, &before), after);
    }
}
