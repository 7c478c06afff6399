//! Statements, each on its keywords.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, Expr, Number, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::closures::is_mutator;
use super::{conditions, layout, loops};
use crate::python::Construct;
use crate::python::context::{Context, Lookup, is_main_guard};
use crate::python::names::span;
use crate::python::suites::own_statements;
use crate::python::table::ModuleBindingKind;
use crate::python::walk::Sink;

pub(super) fn note(context: &Context<'_>, stmt: &Stmt, sink: &mut Sink) {
    let start = stmt.start();
    values(stmt, |value| layout::implicit(context, value, sink));
    match stmt {
        Stmt::For(each) => {
            let head = TextRange::new(start, each.target.start());
            if let Some(keyword) = context.token_in(head, TokenKind::For) {
                let (construct, keyword) = if each.is_async {
                    (Construct::AsyncFor, TextRange::new(start, keyword.end()))
                } else {
                    (Construct::For, keyword)
                };
                sink.construct(keyword, construct);
                let between = TextRange::new(each.target.end(), each.iter.start());
                sink.construct_at(context.token_in(between, TokenKind::In), construct);
                loops::note(context, stmt, keyword, sink);
                top_level_loop(context, &each.body, keyword, sink);
            }
            sink.construct_at(else_keyword(context, &each.body, &each.orelse), Construct::ForElse);
        }
        Stmt::While(again) => {
            let keyword = span(start, 5);
            sink.construct(keyword, Construct::While);
            if is_true(&again.test) {
                sink.construct(keyword, Construct::WhileTrue);
            }
            conditions::truth_test(context, keyword, &again.test, sink);
            loops::note(context, stmt, keyword, sink);
            top_level_loop(context, &again.body, keyword, sink);
            sink.construct_at(else_keyword(context, &again.body, &again.orelse), Construct::WhileElse);
        }
        Stmt::If(stmt) => self::if_chain(context, stmt, sink),
        Stmt::With(stmt) => with(context, stmt, sink),
        Stmt::Match(stmt) => self::match_cases(context, stmt, sink),
        Stmt::Raise(stmt) => raise(context, stmt, sink),
        Stmt::Try(attempt) => {
            try_clauses(context, attempt, sink);
            if loops::is_body_of_loop(context, stmt) {
                sink.construct(span(start, 3), Construct::LoopTry);
            }
        }
        Stmt::Assert(stmt) => {
            sink.construct(span(start, 6), Construct::Assert);
            if context.in_test() {
                sink.construct(span(start, 6), Construct::AssertInTest);
            }
            conditions::narrowing(context, &stmt.test, sink);
        }
        Stmt::Return(stmt) => self::returned(stmt, sink),
        Stmt::Break(_) => sink.construct(stmt.range(), Construct::Break),
        Stmt::Continue(_) => sink.construct(stmt.range(), Construct::Continue),
        Stmt::Global(_) => sink.construct(span(start, 6), Construct::Global),
        Stmt::Nonlocal(_) => sink.construct(span(start, 8), Construct::Nonlocal),
        Stmt::TypeAlias(stmt) => {
            sink.construct(span(start, 4), Construct::TypeAliasStatement);
            super::functions::type_params(stmt.type_params.as_deref(), sink);
        }
        Stmt::AnnAssign(assign) => {
            let between = TextRange::new(assign.target.end(), assign.annotation.start());
            let colon = context.token_in(between, TokenKind::Colon);
            sink.construct_at(colon, Construct::AnnotationVariable);
            sink.construct_at(colon, Construct::Annotation);
        }
        Stmt::Expr(stmt) => top_level_call(context, &stmt.value, sink),
        _ => {}
    }
}

/// The expressions that a statement is made of and that could stand without brackets.
fn values(stmt: &Stmt, mut each: impl FnMut(&Expr)) {
    match stmt {
        Stmt::Assign(stmt) => each(&stmt.value),
        Stmt::AugAssign(stmt) => each(&stmt.value),
        Stmt::AnnAssign(stmt) => stmt.value.iter().for_each(|value| each(value)),
        Stmt::Return(stmt) => stmt.value.iter().for_each(|value| each(value)),
        Stmt::Expr(stmt) => each(&stmt.value),
        Stmt::While(stmt) => each(&stmt.test),
        Stmt::For(stmt) => each(&stmt.iter),
        Stmt::Raise(stmt) => stmt.exc.iter().for_each(|value| each(value)),
        Stmt::If(stmt) => {
            each(&stmt.test);
            stmt.elif_else_clauses.iter().filter_map(|clause| clause.test.as_ref()).for_each(each);
        }
        Stmt::Assert(stmt) => {
            each(&stmt.test);
            stmt.msg.iter().for_each(|value| each(value));
        }
        _ => {}
    }
}

/// `True` or a number other than zero.
fn is_true(test: &Expr) -> bool {
    match test {
        Expr::BooleanLiteral(literal) => literal.value,
        Expr::NumberLiteral(number) => matches!(&number.value, Number::Int(int) if *int == 1_u8),
        _ => false,
    }
}

fn if_chain(context: &Context<'_>, stmt: &ast::StmtIf, sink: &mut Sink) {
    let keyword = span(stmt.range.start(), 2);
    sink.construct(keyword, Construct::If);
    condition(context, keyword, &stmt.test, sink);
    for clause in &stmt.elif_else_clauses {
        let keyword = span(clause.range.start(), 4);
        match &clause.test {
            Some(test) => {
                sink.construct(keyword, Construct::IfElif);
                condition(context, keyword, test, sink);
            }
            None => sink.construct(keyword, Construct::IfElse),
        }
    }
    if is_main_guard(&stmt.test)
        && let Expr::Compare(compare) = stmt.test.as_ref()
    {
        sink.construct(span(stmt.range.start(), 2), Construct::MainGuard);
        sink.construct(compare.left.range(), Construct::MainGuard);
        sink.construct(compare.comparators[0].range(), Construct::MainGuard);
    }
}

fn condition(context: &Context<'_>, keyword: TextRange, test: &Expr, sink: &mut Sink) {
    conditions::truth_test(context, keyword, test, sink);
    conditions::narrowing(context, test, sink);
}

fn with(context: &Context<'_>, stmt: &ast::StmtWith, sink: &mut Sink) {
    let start = stmt.range.start();
    let end = stmt.items.first().map_or(stmt.range.end(), Ranged::start);
    let Some(keyword) = context.token_in(TextRange::new(start, end), TokenKind::With) else { return };
    let construct = if stmt.is_async { Construct::AsyncWith } else { Construct::With };
    sink.construct(TextRange::new(start, keyword.end()), construct);
    for item in &stmt.items {
        if let Some(target) = &item.optional_vars {
            let between = TextRange::new(item.context_expr.end(), target.start());
            sink.construct_at(context.token_in(between, TokenKind::As), construct);
        }
    }
}

fn match_cases(context: &Context<'_>, stmt: &ast::StmtMatch, sink: &mut Sink) {
    sink.construct(span(stmt.range.start(), 5), Construct::Match);
    for case in &stmt.cases {
        sink.construct(span(case.range.start(), 4), Construct::Match);
        if let Some(guard) = &case.guard {
            let between = TextRange::new(case.pattern.end(), guard.start());
            sink.construct_at(context.token_in(between, TokenKind::If), Construct::PatternGuard);
            conditions::narrowing(context, guard, sink);
        }
    }
}

fn returned(stmt: &ast::StmtReturn, sink: &mut Sink) {
    let keyword = span(stmt.range.start(), 6);
    sink.construct(keyword, Construct::Return);
    match stmt.value.as_deref() {
        None => sink.construct(keyword, Construct::ReturnImplicitNone),
        Some(Expr::Tuple(_)) => sink.construct(keyword, Construct::ReturnTuple),
        Some(_) => {}
    }
}

/// The `else` between two suites.
fn else_keyword(context: &Context<'_>, before: &[Stmt], after: &[Stmt]) -> Option<TextRange> {
    between_suites(context, before.last()?.end(), after, TokenKind::Else)
}

fn between_suites(context: &Context<'_>, from: TextSize, after: &[Stmt], kind: TokenKind) -> Option<TextRange> {
    let to = after.first()?.start();
    context.token_in(TextRange::new(from, to.max(from)), kind)
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
        (Some(exc), None) => {
            let caught = |handler: &ast::ExceptHandlerExceptHandler| match (exc.as_ref(), &handler.name) {
                (Expr::Name(raised), Some(caught)) => raised.id == caught.id,
                _ => false,
            };
            // To raise what was caught chains nothing.
            if context.enclosing_handler().is_some_and(|handler| !caught(handler)) {
                sink.construct(keyword, Construct::RaiseInExcept);
            }
        }
    }
}

fn try_clauses(context: &Context<'_>, stmt: &ast::StmtTry, sink: &mut Sink) {
    sink.construct(span(stmt.range.start(), 3), Construct::Try);
    let mut end = stmt.body.last().map_or(stmt.range.start(), Ranged::end);
    for ast::ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
        except(context, stmt, handler, sink);
        end = handler.range.end();
    }
    sink.construct_at(between_suites(context, end, &stmt.orelse, TokenKind::Else), Construct::TryElse);
    end = stmt.orelse.last().map_or(end, Ranged::end);
    sink.construct_at(between_suites(context, end, &stmt.finalbody, TokenKind::Finally), Construct::Finally);
}

fn except(context: &Context<'_>, stmt: &ast::StmtTry, handler: &ast::ExceptHandlerExceptHandler, sink: &mut Sink) {
    let keyword = span(handler.range.start(), 6);
    let ty = handler.type_.as_deref();
    let construct = if stmt.is_star {
        let head = TextRange::new(keyword.end(), ty.map_or(handler.range.end(), Ranged::start));
        let star = context.token_in(head, TokenKind::Star).map_or(keyword, |star| keyword.cover(star));
        sink.construct(star, Construct::ExceptStar);
        Construct::ExceptStar
    } else {
        sink.construct(keyword, Construct::Except);
        Construct::Except
    };
    if let (Some(ty), Some(name)) = (ty, &handler.name) {
        let between = TextRange::new(ty.end(), name.range.start());
        sink.construct_at(context.token_in(between, TokenKind::As), construct);
    }
    if let Some(Expr::Tuple(tuple)) = ty {
        sink.construct(keyword, Construct::ExceptTuple);
        let range = match tuple.elts.first() {
            // `except A, B:` (3.14) is a tuple by its comma.
            Some(first) if !tuple.parenthesized => {
                context.token_in(TextRange::new(first.end(), tuple.range.end()), TokenKind::Comma)
            }
            _ => Some(span(tuple.range.start(), 1)),
        };
        sink.construct_at(range, Construct::ExceptTuple);
    }
}

/// Whether the place runs when a module that defines something is imported.
fn runs_on_import(context: &Context<'_>) -> bool {
    context.scopes().is_empty() && context.table.defines() && !context.in_main_guard() && !context.in_type_checking()
}

/// A call that does a program's work on import: of a function of this file, or one that runs or ends a program.
fn top_level_call(context: &Context<'_>, value: &Expr, sink: &mut Sink) {
    let Expr::Call(call) = value else { return };
    if !runs_on_import(context) {
        return;
    }
    let own = match call.func.as_ref() {
        Expr::Name(name) => match context.lookup(name.id.as_str(), name.range.start()) {
            Lookup::Module(binding) => matches!(binding.kind, ModuleBindingKind::Function(_)),
            _ => false,
        },
        _ => false,
    };
    let program = || {
        context.resolve(&call.func).is_some_and(|symbol| {
            matches!(
                symbol.as_str(),
                "asyncio.run" | "sys.exit" | "unittest.main" | "trio.run" | "anyio.run" | "uvicorn.run"
            )
        })
    };
    // `main()` does something; a row of `define("x", 1)` defines something.
    let acts = || {
        let argv = |argument: &Expr| context.resolve(argument).is_some_and(|symbol| symbol.starts_with("sys.argv"));
        call.arguments.is_empty() || call.arguments.args.iter().any(argv)
    };
    if own && acts() || program() {
        sink.construct(call.func.range(), Construct::ModuleTopLevelEffect);
    }
}

/// A loop that calls something on import.
fn top_level_loop(context: &Context<'_>, body: &[Stmt], keyword: TextRange, sink: &mut Sink) {
    if !runs_on_import(context) || context.in_loop() {
        return;
    }
    let calls = own_statements(body).any(|stmt| match stmt {
        Stmt::Expr(stmt) => match stmt.value.as_ref() {
            Expr::Call(call) => {
                !matches!(call.func.as_ref(), Expr::Attribute(method) if is_mutator(method.attr.as_str()))
            }
            _ => false,
        },
        _ => false,
    });
    if calls {
        sink.construct(keyword, Construct::ModuleTopLevelEffect);
    }
}
