//! What several detectors need: what is called with what, walks over a body, the text around a node.

#![allow(dead_code, reason = "detectors that use them follow")]

use ruff_python_ast::name::Name;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::source_order::{self, SourceOrderVisitor, TraversalSignal};
use ruff_python_ast::{self as ast, AnyNodeRef, Expr, OperatorPrecedence, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::python::{Context, Node, ScopeKind, canonical};

// Names and calls

/// The public qualified name of a name or dotted name that was imported or is built in.
pub(super) fn symbol(context: &Context<'_>, expr: &Expr) -> Option<Name> {
    context.resolve(expr).map(|name| Name::new(canonical::public(&name)))
}

/// Whether an expression is one of these public qualified names (`builtins.open`, `subprocess.run`).
pub(super) fn is_symbol(context: &Context<'_>, expr: &Expr, names: &[&str]) -> bool {
    symbol(context, expr).is_some_and(|symbol| names.contains(&symbol.as_str()))
}

/// Whether an expression is a call of one of these functions, classes or methods (`io.StringIO.close`).
pub(super) fn is_call_of(context: &Context<'_>, expr: &Expr, names: &[&str]) -> bool {
    match expr {
        Expr::Call(call) => context.callee(call).is_some_and(|callee| names.contains(&callee.as_str())),
        _ => false,
    }
}

/// What a call gives for one of its callee's parameters.
#[derive(Clone, Copy, Debug)]
pub(super) enum Argument<'a> {
    /// This.
    Given(&'a Expr),
    /// Surely nothing: the default counts.
    Absent,
    /// An unpacked `*args` or `**kwargs` may give it.
    Unknown,
}

impl<'a> Argument<'a> {
    pub(super) fn given(self) -> Option<&'a Expr> {
        match self {
            Self::Given(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn is_absent(self) -> bool {
        matches!(self, Self::Absent)
    }
}

/// The argument of a call for a parameter with this name and (when it can be given so) position from 0.
pub(super) fn argument<'a>(call: &'a ast::ExprCall, keyword: &str, position: Option<usize>) -> Argument<'a> {
    if let Some(given) = call.arguments.find_keyword(keyword) {
        return Argument::Given(&given.value);
    }
    let args = &call.arguments.args;
    let starred = args.iter().position(Expr::is_starred_expr);
    if let Some(at) = position
        && at < starred.unwrap_or(args.len())
    {
        return Argument::Given(&args[at]);
    }
    let by_position = starred.is_some() && position.is_some();
    let by_keyword = call.arguments.keywords.iter().any(|keyword| keyword.arg.is_none());
    if by_position || by_keyword { Argument::Unknown } else { Argument::Absent }
}

/// Whether an expression is the literal `True`.
pub(super) fn is_true(expr: &Expr) -> bool {
    matches!(expr, Expr::BooleanLiteral(literal) if literal.value)
}

/// Whether an expression is the literal `False`.
pub(super) fn is_false(expr: &Expr) -> bool {
    matches!(expr, Expr::BooleanLiteral(literal) if !literal.value)
}

/// Whether the value of the node at hand is thrown away: it is a statement of its own.
pub(super) fn is_discarded(context: &Context<'_>) -> bool {
    matches!(context.parent(), Some(Node::Stmt(Stmt::Expr(_))))
}

/// Whether the node at hand stands directly under `await`.
pub(super) fn is_awaited(context: &Context<'_>) -> bool {
    matches!(context.parent(), Some(Node::Expr(Expr::Await(_))))
}

/// Whether the place is directly in a class body or in a method of a class (not in a function inside the method).
pub(super) fn is_method(context: &Context<'_>) -> bool {
    context
        .scopes()
        .windows(2)
        .last()
        .is_some_and(|pair| matches!((pair[0].kind, pair[1].kind), (ScopeKind::Class(_), ScopeKind::Function(_))))
}

// Walks

/// How a walk goes on from a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Go {
    /// Into it.
    In,
    /// Past it.
    Over,
    /// The walk has seen enough.
    Stop,
}

/// Shows the nodes of a body in order of place. Deep trees are safe.
///
/// Mind that a context resolves names as seen from the node at hand: names inside a nested function have to be
/// compared by spelling, or looked at from a hook inside it.
pub(super) fn walk<'a>(body: &'a [Stmt], mut visit: impl FnMut(AnyNodeRef<'a>) -> Go) {
    let mut walker = Walker { visit: &mut visit, stopped: false };
    walker.visit_body(body);
}

/// [`walk`] over one expression.
pub(super) fn walk_expr<'a>(expr: &'a Expr, mut visit: impl FnMut(AnyNodeRef<'a>) -> Go) {
    let mut walker = Walker { visit: &mut visit, stopped: false };
    walker.visit_expr(expr);
}

/// Whether any node of a body passes the test; nested functions and classes are looked into.
pub(super) fn any_in(body: &[Stmt], mut test: impl FnMut(AnyNodeRef<'_>) -> bool) -> bool {
    let mut found = false;
    walk(body, |node| {
        found = found || test(node);
        if found { Go::Stop } else { Go::In }
    });
    found
}

/// Whether any node of a body that runs when the body runs passes the test: nested functions, classes and lambdas are
/// left out.
pub(super) fn any_in_own(body: &[Stmt], mut test: impl FnMut(AnyNodeRef<'_>) -> bool) -> bool {
    let mut found = false;
    walk(body, |node| {
        found = found || test(node);
        match node {
            _ if found => Go::Stop,
            AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_) | AnyNodeRef::ExprLambda(_) => Go::Over,
            _ => Go::In,
        }
    });
    found
}

/// Whether any node of an expression passes the test.
pub(super) fn any_in_expr(expr: &Expr, mut test: impl FnMut(AnyNodeRef<'_>) -> bool) -> bool {
    let mut found = false;
    walk_expr(expr, |node| {
        found = found || test(node);
        if found { Go::Stop } else { Go::In }
    });
    found
}

struct Walker<'f, 'a> {
    visit: &'f mut dyn FnMut(AnyNodeRef<'a>) -> Go,
    stopped: bool,
}

impl<'a> SourceOrderVisitor<'a> for Walker<'_, 'a> {
    fn enter_node(&mut self, node: AnyNodeRef<'a>) -> TraversalSignal {
        if self.stopped {
            return TraversalSignal::Skip;
        }
        match (self.visit)(node) {
            Go::In => TraversalSignal::Traverse,
            Go::Over => TraversalSignal::Skip,
            Go::Stop => {
                self.stopped = true;
                TraversalSignal::Skip
            }
        }
    }

    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || source_order::walk_stmt(self, stmt));
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || source_order::walk_expr(self, expr));
    }
}

// Shapes of statements

/// A body without its docstring.
pub(super) fn without_docstring(body: &[Stmt]) -> &[Stmt] {
    match body {
        [Stmt::Expr(first), rest @ ..] if first.value.is_string_literal_expr() => rest,
        _ => body,
    }
}

/// Whether control never runs past the end of a body, as far as its last statement tells: `return`, `raise`, `break`,
/// `continue`, or an `if` all of whose branches end so.
pub(super) fn leaves(body: &[Stmt]) -> bool {
    match body.last() {
        Some(Stmt::Return(_) | Stmt::Raise(_) | Stmt::Break(_) | Stmt::Continue(_)) => true,
        Some(Stmt::If(stmt)) => {
            stmt.elif_else_clauses.last().is_some_and(|clause| clause.test.is_none())
                && leaves(&stmt.body)
                && stmt.elif_else_clauses.iter().all(|clause| leaves(&clause.body))
        }
        Some(Stmt::With(stmt)) => leaves(&stmt.body),
        _ => false,
    }
}

// Text

/// The line break that the document uses.
pub(super) fn newline(source: &str) -> &'static str {
    if source.contains("\r\n") { "\r\n" } else { "\n" }
}

/// Whether there is a comment in a range: a fix that rewrites the range would lose it.
pub(super) fn has_comment(context: &Context<'_>, range: impl Ranged) -> bool {
    context.tokens_in(range.range()).iter().any(|token| token.kind() == TokenKind::Comment)
}

/// Whether only white space stands before an offset on its line.
pub(super) fn starts_line(source: &str, at: TextSize) -> bool {
    let before = &source[..at.to_usize()];
    let line = before.rfind(['\n', '\r']).map_or(before, |end| &before[end + 1..]);
    line.trim().is_empty()
}

/// Whether only white space or a comment stands behind an offset on its line.
pub(super) fn ends_line(source: &str, at: TextSize) -> bool {
    let after = &source[at.to_usize()..];
    let line = after.find(['\n', '\r']).map_or(after, |end| &after[..end]).trim_start();
    line.is_empty() || line.starts_with('#')
}

/// Whether a statement has its lines for itself: nothing before it, no `; other` behind it.
pub(super) fn owns_its_lines(source: &str, stmt: impl Ranged) -> bool {
    starts_line(source, stmt.start()) && ends_line(source, stmt.end())
}

/// The range of an expression with the parentheses around it, its own range when there are none. `within` is the
/// parent's range without parentheses of its own (of a call: its arguments without the outer pair).
pub(super) fn with_parentheses(context: &Context<'_>, expr: impl Ranged, within: TextRange) -> TextRange {
    let mut range = expr.range();
    loop {
        let before = context.token_before(range.start()).filter(|token| token.start() >= within.start());
        let after = context
            .tokens_in(TextRange::new(range.end(), within.end().max(range.end())))
            .iter()
            .find(|token| !token.kind().is_trivia());
        match (before, after) {
            (Some(open), Some(close)) if open.kind() == TokenKind::Lpar && close.kind() == TokenKind::Rpar => {
                range = TextRange::new(open.start(), close.end());
            }
            _ => return range,
        }
    }
}

/// The text of an expression, in parentheses when it binds weaker than the place asks for.
pub(super) fn operand(context: &Context<'_>, expr: &Expr, place: OperatorPrecedence) -> String {
    let text = context.text(expr);
    let bare_tuple = matches!(expr, Expr::Tuple(tuple) if !tuple.parenthesized);
    let bare_generator = matches!(expr, Expr::Generator(generator) if !generator.parenthesized);
    if bare_tuple || bare_generator || OperatorPrecedence::from_expr(expr) < place {
        format!("({text})")
    } else {
        text.to_owned()
    }
}
