//! Statements, each on its keyword.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::python::Construct;
use crate::python::context::Context;
use crate::python::names::span;
use crate::python::walk::Sink;

pub(super) fn note(context: &Context<'_>, stmt: &Stmt, sink: &mut Sink) {
    let start = stmt.start();
    match stmt {
        Stmt::For(stmt) => {
            keyword_or_async(context, stmt.is_async, start, stmt.target.start(), TokenKind::For, sink);
            if let Some(keyword) = else_keyword(context, &stmt.body, &stmt.orelse) {
                sink.construct(keyword, Construct::ForElse);
            }
        }
        Stmt::While(stmt) => {
            sink.construct(span(start, 5), Construct::While);
            if matches!(stmt.test.as_ref(), Expr::BooleanLiteral(literal) if literal.value) {
                sink.construct(span(start, 5), Construct::WhileTrue);
            }
            if let Some(keyword) = else_keyword(context, &stmt.body, &stmt.orelse) {
                sink.construct(keyword, Construct::WhileElse);
            }
        }
        Stmt::If(stmt) => {
            sink.construct(span(start, 2), Construct::If);
            for clause in &stmt.elif_else_clauses {
                if clause.test.is_some() {
                    sink.construct(span(clause.range.start(), 4), Construct::IfElif);
                } else {
                    sink.construct(span(clause.range.start(), 4), Construct::IfElse);
                }
            }
            if is_main_guard(&stmt.test) {
                sink.construct(stmt.test.range(), Construct::MainGuard);
            }
        }
        Stmt::With(stmt) => {
            let end = stmt.items.first().map_or(stmt.range.end(), Ranged::start);
            keyword_or_async(context, stmt.is_async, start, end, TokenKind::With, sink);
        }
        Stmt::Match(stmt) => {
            sink.construct(span(start, 5), Construct::Match);
            for case in &stmt.cases {
                sink.construct(span(case.range.start(), 4), Construct::Match);
                if let Some(guard) = &case.guard {
                    let between = TextRange::new(case.pattern.end(), guard.start());
                    sink.construct_at(context.token_in(between, TokenKind::If), Construct::PatternGuard);
                }
            }
        }
        Stmt::Raise(stmt) => raise(context, stmt, sink),
        Stmt::Try(stmt) => try_clauses(context, stmt, sink),
        Stmt::Assert(_) => {
            sink.construct(span(start, 6), Construct::Assert);
            if context.in_test() {
                sink.construct(span(start, 6), Construct::AssertInTest);
            }
        }
        Stmt::Return(_) => sink.construct(span(start, 6), Construct::Return),
        Stmt::Break(_) => sink.construct(stmt.range(), Construct::Break),
        Stmt::Continue(_) => sink.construct(stmt.range(), Construct::Continue),
        Stmt::Global(_) => sink.construct(span(start, 6), Construct::Global),
        Stmt::Nonlocal(_) => sink.construct(span(start, 8), Construct::Nonlocal),
        Stmt::TypeAlias(_) => sink.construct(span(start, 4), Construct::TypeAliasStatement),
        Stmt::ClassDef(class) => self::class(context, class, sink),
        Stmt::AnnAssign(assign) => {
            let between = TextRange::new(assign.target.end(), assign.annotation.start());
            sink.construct_at(context.token_in(between, TokenKind::Colon), Construct::AnnotationVariable);
        }
        _ => {}
    }
}

/// Notes `for`/`with`, or `async for`/`async with` as one.
fn keyword_or_async(
    context: &Context<'_>,
    is_async: bool,
    start: TextSize,
    end: TextSize,
    kind: TokenKind,
    sink: &mut Sink,
) {
    let Some(keyword) = context.token_in(TextRange::new(start, end), kind) else { return };
    let construct = match (kind, is_async) {
        (TokenKind::For, false) => Construct::For,
        (TokenKind::For, true) => Construct::AsyncFor,
        (_, false) => Construct::With,
        (_, true) => Construct::AsyncWith,
    };
    sink.construct(TextRange::new(start, keyword.end()), construct);
}

/// The `else` (or `finally`) between two suites.
fn else_keyword(context: &Context<'_>, before: &[Stmt], after: &[Stmt]) -> Option<TextRange> {
    between_suites(context, before.last()?.end(), after, TokenKind::Else)
}

fn between_suites(context: &Context<'_>, from: TextSize, after: &[Stmt], kind: TokenKind) -> Option<TextRange> {
    let to = after.first()?.start();
    context.token_in(TextRange::new(from, to.max(from)), kind)
}

fn is_main_guard(test: &Expr) -> bool {
    let Expr::Compare(compare) = test else { return false };
    let names = |expr: &Expr| matches!(expr, Expr::Name(name) if name.id == "__name__");
    let main = |expr: &Expr| matches!(expr, Expr::StringLiteral(text) if text.value.to_str() == "__main__");
    matches!(compare.ops.as_ref(), [ast::CmpOp::Eq])
        && (names(&compare.left) && main(&compare.comparators[0])
            || main(&compare.left) && names(&compare.comparators[0]))
}

fn raise(context: &Context<'_>, stmt: &ast::StmtRaise, sink: &mut Sink) {
    let keyword = span(stmt.range.start(), 5);
    sink.construct(keyword, Construct::Raise);
    match (&stmt.exc, &stmt.cause) {
        (None, _) => sink.construct(keyword, Construct::RaiseBare),
        (Some(exc), Some(cause)) => {
            let between = TextRange::new(exc.end(), cause.start());
            let from = context.token_in(between, TokenKind::From);
            sink.construct_at(from, Construct::RaiseFrom);
            if cause.is_none_literal_expr() {
                sink.construct_at(from, Construct::RaiseFromNone);
            }
        }
        (Some(_), None) => {
            if context.enclosing_handler().is_some() {
                sink.construct(keyword, Construct::RaiseInExcept);
            }
        }
    }
}

fn try_clauses(context: &Context<'_>, stmt: &ast::StmtTry, sink: &mut Sink) {
    sink.construct(span(stmt.range.start(), 3), Construct::Try);
    let mut end = stmt.body.last().map_or(stmt.range.start(), Ranged::end);
    for ast::ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
        let keyword = span(handler.range.start(), 6);
        if stmt.is_star {
            let head =
                TextRange::new(keyword.end(), handler.type_.as_ref().map_or(handler.range.end(), |ty| ty.start()));
            let star = context.token_in(head, TokenKind::Star).map_or(keyword, |star| keyword.cover(star));
            sink.construct(star, Construct::ExceptStar);
        } else {
            sink.construct(keyword, Construct::Except);
        }
        if let Some(Expr::Tuple(tuple)) = handler.type_.as_deref() {
            sink.construct(span(tuple.range.start(), 1), Construct::ExceptTuple);
        }
        end = handler.range.end();
    }
    if let Some(keyword) = between_suites(context, end, &stmt.orelse, TokenKind::Else) {
        sink.construct(keyword, Construct::TryElse);
    }
    if let Some(last) = stmt.orelse.last() {
        end = last.end();
    }
    if let Some(keyword) = between_suites(context, end, &stmt.finalbody, TokenKind::Finally) {
        sink.construct(keyword, Construct::Finally);
    }
}

fn class(context: &Context<'_>, class: &ast::StmtClassDef, sink: &mut Sink) {
    let from = class.decorator_list.last().map_or(class.range.start(), Ranged::end);
    let head = TextRange::new(from, class.name.range.start());
    sink.construct_at(context.token_in(head, TokenKind::Class), Construct::Class);
    if let Some(params) = &class.type_params {
        sink.construct(params.range, Construct::TypeParams);
    }
    let Some(arguments) = &class.arguments else { return };
    if arguments.args.len() > 1
        && let Some(second) = arguments.args.get(1)
    {
        let between = TextRange::new(arguments.args[0].end(), second.start());
        sink.construct_at(context.token_in(between, TokenKind::Comma), Construct::ClassMultipleBases);
    }
    if let Some(keyword) = arguments.find_keyword("metaclass")
        && let Some(name) = &keyword.arg
    {
        sink.construct(name.range, Construct::ClassMetaclass);
    }
}
