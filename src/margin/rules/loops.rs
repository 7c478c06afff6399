//! Loops: which statements run in a round, and whether another round follows.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};

use crate::python::suites;

/// Shows the statements of a loop's body, with those of the suites inside them (not of functions and classes), in order
/// of place. The flag says that the loop is surely left once the statement has run, before another round.
pub(super) fn each_statement<'a>(body: &'a [Stmt], visit: &mut dyn FnMut(&'a Stmt, bool)) {
    suite(body, After { suite: false, brk: true }, visit);
}

/// What is known of the loop at a place.
#[derive(Clone, Copy)]
struct After {
    /// It is left when control runs past the end of the suite.
    suite: bool,
    /// It is left by `break` (in an inner loop: `break` leads to code that leaves it).
    brk: bool,
}

fn suite<'a>(body: &'a [Stmt], after: After, visit: &mut dyn FnMut(&'a Stmt, bool)) {
    // From the end: what follows each statement.
    let mut left = after.suite;
    let mut follows = vec![false; body.len()];
    for (at, stmt) in body.iter().enumerate().rev() {
        follows[at] = left;
        left = match stmt {
            Stmt::Return(_) | Stmt::Raise(_) => true,
            Stmt::Break(_) => after.brk,
            Stmt::Continue(_) => false,
            other if may_continue(other) => false,
            other => left || always_leaves(other, after.brk),
        };
    }
    for (stmt, follows) in body.iter().zip(follows) {
        visit(stmt, follows || matches!(stmt, Stmt::Return(_) | Stmt::Raise(_)));
        let inner = After { suite: follows, brk: after.brk };
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || match stmt {
            Stmt::For(ast::StmtFor { body, orelse, .. }) | Stmt::While(ast::StmtWhile { body, orelse, .. }) => {
                suite(body, After { suite: false, brk: follows }, visit);
                suite(orelse, inner, visit);
            }
            _ => suites(stmt).into_iter().for_each(|body| suite(body, inner, visit)),
        });
    }
}

/// The suites of a statement that run as part of the round that it runs in: those of an inner loop are not among them.
fn suites_of_round(stmt: &Stmt) -> impl Iterator<Item = &[Stmt]> {
    let is_loop = matches!(stmt, Stmt::For(_) | Stmt::While(_));
    (!is_loop).then(|| suites(stmt)).into_iter().flatten()
}

/// Whether a statement may end the round without ending the loop.
fn may_continue(stmt: &Stmt) -> bool {
    stmt.is_continue_stmt()
        || stacker::maybe_grow(64 * 1024, 1024 * 1024, || suites_of_round(stmt).flatten().any(may_continue))
}

/// An `if` with `else`, or a `with`, that leaves the loop on every way.
fn always_leaves(stmt: &Stmt, by_break: bool) -> bool {
    let ends = |body: &[Stmt]| match body.last() {
        Some(Stmt::Return(_) | Stmt::Raise(_)) => true,
        Some(Stmt::Break(_)) => by_break,
        Some(last) => stacker::maybe_grow(64 * 1024, 1024 * 1024, || always_leaves(last, by_break)),
        None => false,
    };
    match stmt {
        Stmt::If(stmt) => {
            stmt.elif_else_clauses.last().is_some_and(|clause| clause.test.is_none())
                && ends(&stmt.body)
                && stmt.elif_else_clauses.iter().all(|clause| ends(&clause.body))
        }
        Stmt::With(stmt) => ends(&stmt.body),
        _ => false,
    }
}

/// The expressions that a statement itself evaluates, without its suites.
pub(super) fn heads(stmt: &Stmt) -> Vec<&Expr> {
    match stmt {
        Stmt::Expr(stmt) => vec![&stmt.value],
        Stmt::Assign(stmt) => stmt.targets.iter().chain([stmt.value.as_ref()]).collect(),
        Stmt::AugAssign(stmt) => vec![&stmt.target, &stmt.value],
        Stmt::AnnAssign(stmt) => stmt.value.as_deref().into_iter().chain([stmt.target.as_ref()]).collect(),
        Stmt::Return(stmt) => stmt.value.as_deref().into_iter().collect(),
        Stmt::Raise(stmt) => stmt.exc.iter().chain(&stmt.cause).map(AsRef::as_ref).collect(),
        Stmt::Assert(stmt) => std::iter::once(stmt.test.as_ref()).chain(stmt.msg.as_deref()).collect(),
        Stmt::Delete(stmt) => stmt.targets.iter().collect(),
        Stmt::If(stmt) => {
            let others = stmt.elif_else_clauses.iter().filter_map(|clause| clause.test.as_ref());
            std::iter::once(stmt.test.as_ref()).chain(others).collect()
        }
        Stmt::While(stmt) => vec![&stmt.test],
        Stmt::For(stmt) => vec![&stmt.iter],
        Stmt::With(stmt) => stmt.items.iter().map(|item| &item.context_expr).collect(),
        Stmt::Match(stmt) => {
            let guards = stmt.cases.iter().filter_map(|case| case.guard.as_deref());
            std::iter::once(stmt.subject.as_ref()).chain(guards).collect()
        }
        _ => Vec::new(),
    }
}

/// The names that a target binds.
pub(super) fn target_names(target: &Expr) -> Vec<&str> {
    let mut names = Vec::new();
    super::support::walk_expr(target, |node| match node {
        AnyNodeRef::ExprName(name) => {
            names.push(name.id.as_str());
            super::support::Go::Over
        }
        AnyNodeRef::ExprTuple(_) | AnyNodeRef::ExprList(_) | AnyNodeRef::ExprStarred(_) => super::support::Go::In,
        _ => super::support::Go::Over,
    });
    names
}
