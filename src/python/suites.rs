//! The statements and expressions of a function's own body: nested functions and classes are not entered.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, Stmt};
use smallvec::{SmallVec, smallvec};

/// Every statement of a body and of the suites inside it, in order, without recursion.
pub(super) fn own_statements(body: &[Stmt]) -> OwnStatements<'_> {
    OwnStatements { open: smallvec![body.iter()] }
}

/// See [`own_statements`].
pub(super) struct OwnStatements<'a> {
    open: SmallVec<[std::slice::Iter<'a, Stmt>; 8]>,
}

impl<'a> Iterator for OwnStatements<'a> {
    type Item = &'a Stmt;

    fn next(&mut self) -> Option<&'a Stmt> {
        loop {
            let innermost = self.open.last_mut()?;
            if let Some(stmt) = innermost.next() {
                if is_compound(stmt) {
                    self.open.extend(suites(stmt).into_iter().rev().map(<[Stmt]>::iter));
                }
                return Some(stmt);
            }
            self.open.pop();
        }
    }
}

/// Whether a statement has [`suites`]. Most have none, and every statement of every function is asked several times.
fn is_compound(stmt: &Stmt) -> bool {
    matches!(stmt, Stmt::For(_) | Stmt::While(_) | Stmt::If(_) | Stmt::With(_) | Stmt::Match(_) | Stmt::Try(_))
}

/// The suites of a compound statement that run as part of the function they stand in.
pub fn suites(stmt: &Stmt) -> SmallVec<[&[Stmt]; 4]> {
    let mut suites: SmallVec<[&[Stmt]; 4]> = SmallVec::new();
    match stmt {
        Stmt::For(stmt) => suites.extend([stmt.body.as_slice(), stmt.orelse.as_slice()]),
        Stmt::While(stmt) => suites.extend([stmt.body.as_slice(), stmt.orelse.as_slice()]),
        Stmt::If(stmt) => {
            suites.push(&stmt.body);
            suites.extend(stmt.elif_else_clauses.iter().map(|clause| clause.body.as_slice()));
        }
        Stmt::With(stmt) => suites.push(&stmt.body),
        Stmt::Match(stmt) => suites.extend(stmt.cases.iter().map(|case| case.body.as_slice())),
        Stmt::Try(stmt) => {
            suites.push(&stmt.body);
            for ast::ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
                suites.push(&handler.body);
            }
            suites.extend([stmt.orelse.as_slice(), stmt.finalbody.as_slice()]);
        }
        _ => {}
    }
    suites
}

/// Whether any expression of a body passes the test.
pub(super) fn any_expr<'v>(body: &'v [Stmt], test: impl FnMut(&'v Expr) -> bool) -> bool {
    let mut search = Search { test, found: false };
    search.visit_body(body);
    search.found
}

/// Whether an expression, or one inside it, passes the test.
pub(super) fn any_expr_in<'v>(expr: &'v Expr, test: impl FnMut(&'v Expr) -> bool) -> bool {
    let mut search = Search { test, found: false };
    search.visit_expr(expr);
    search.found
}

struct Search<F> {
    test: F,
    found: bool,
}

impl<'v, F: FnMut(&'v Expr) -> bool> Visitor<'v> for Search<F> {
    fn visit_stmt(&mut self, stmt: &'v Stmt) {
        if !self.found && !matches!(stmt, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
            stacker::maybe_grow(64 * 1024, 1024 * 1024, || visitor::walk_stmt(self, stmt));
        }
    }

    fn visit_expr(&mut self, expr: &'v Expr) {
        if self.found {
            return;
        }
        self.found = (self.test)(expr);
        if !self.found && !matches!(expr, Expr::Lambda(_)) {
            stacker::maybe_grow(64 * 1024, 1024 * 1024, || visitor::walk_expr(self, expr));
        }
    }
}

/// The body without its docstring.
pub fn without_docstring(body: &[Stmt]) -> &[Stmt] {
    match body.split_first() {
        Some((Stmt::Expr(first), rest)) if first.value.is_string_literal_expr() => rest,
        _ => body,
    }
}

/// The body does nothing: `pass`, `...`, or a docstring alone.
pub(super) fn is_stub(body: &[Stmt]) -> bool {
    without_docstring(body).iter().all(|stmt| match stmt {
        Stmt::Pass(_) => true,
        Stmt::Expr(stmt) => stmt.value.is_ellipsis_literal_expr(),
        _ => false,
    })
}
