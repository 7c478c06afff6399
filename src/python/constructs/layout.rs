//! What the tokens and the space between them show: line continuations, tabs, letters beyond ASCII, soft keywords, and
//! keywords of which nothing closer is known.

use ruff_python_ast::Expr;
use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_parser::{LexicalErrorType, ParseError, ParseErrorType};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::python::Construct;
use crate::python::context::Context;
use crate::python::fact::FactKind;
use crate::python::names::span;
use crate::python::walk::Sink;

/// Notes what the tokens of a region show by themselves.
pub(in crate::python) fn tokens(source: &str, tokens: &[Token], sink: &mut Sink) {
    let mut tab = false;
    for token in tokens {
        let text = || &source[token.range()];
        match token.kind() {
            TokenKind::Name if !text().is_ascii() => sink.construct(token.range(), Construct::IdentifierNonAscii),
            // One place in a statement is enough to say it.
            TokenKind::Indent if !tab && text().contains('\t') => {
                tab = true;
                sink.construct(token.range(), Construct::IndentationTab);
            }
            kind if kind.is_soft_keyword() => sink.construct(token.range(), Construct::KeywordSoft),
            _ => {}
        }
    }
    backslashes(source, tokens, sink);
}

/// Notes the backslashes between tokens that join two lines.
fn backslashes(source: &str, tokens: &[Token], sink: &mut Sink) {
    for pair in tokens.windows(2) {
        let between = TextRange::new(pair[0].end(), pair[1].start().max(pair[0].end()));
        if between.len() < TextSize::new(2) {
            continue;
        }
        let text = source[between].as_bytes();
        for at in memchr::memchr_iter(b'\\', text) {
            if matches!(text.get(at + 1), Some(b'\n' | b'\r')) {
                let start = between.start() + TextSize::new(at as u32);
                sink.construct(span(start, 1), Construct::LineContinuationBackslash);
            }
        }
    }
}

/// Notes hard keywords on which nothing else stands. The facts must be sorted by place.
pub(in crate::python) fn other_keywords(tokens: &[Token], sink: &mut Sink) {
    let mut end = TextSize::new(0);
    let mut found = Vec::new();
    let mut facts = sink.facts.iter().peekable();
    for token in tokens.iter().filter(|token| token.kind().is_non_soft_keyword()) {
        while let Some(fact) = facts.next_if(|fact| fact.range.start() <= token.start()) {
            if matches!(fact.kind, FactKind::Construct(_)) {
                end = end.max(fact.range.end());
            }
        }
        // `None`, `True` and `False` are values.
        if end < token.end() && !token.kind().is_singleton() {
            found.push(token.range());
        }
    }
    for range in found {
        sink.construct(range, Construct::Keyword);
    }
}

/// Notes an error of the indentation on the first token of its line.
pub(in crate::python) fn problem(source: &str, tokens: &[Token], error: &ParseError, sink: &mut Sink) {
    let indentation = match &error.error {
        ParseErrorType::Lexical(LexicalErrorType::IndentationError) | ParseErrorType::UnexpectedIndentation => true,
        ParseErrorType::OtherError(message) => message.starts_with("Expected an indented block"),
        _ => false,
    };
    if !indentation {
        return;
    }
    // The error lies in the white space, or behind it.
    let line = source[error.location.start().to_usize()..].len()
        - source[error.location.start().to_usize()..].trim_start_matches([' ', '\t', '\x0c', '\r', '\n']).len();
    let start = error.location.start() + TextSize::new(line as u32);
    let at = tokens.partition_point(|token| token.start() < start);
    let first = tokens[at..]
        .iter()
        .find(|token| !matches!(token.kind(), TokenKind::Indent | TokenKind::Dedent | TokenKind::Newline));
    if let Some(first) = first {
        sink.construct(first.range(), Construct::IndentationInconsistent);
    }
}

/// Notes the bracket that lets a value go over several lines and does nothing else.
pub(super) fn implicit(context: &Context<'_>, value: &Expr, sink: &mut Sink) {
    let needed = match value {
        Expr::Tuple(tuple) => tuple.parenthesized,
        Expr::Generator(generator) => generator.parenthesized,
        Expr::Yield(_) | Expr::YieldFrom(_) | Expr::Named(_) | Expr::Starred(_) => true,
        _ => false,
    };
    if needed {
        return;
    }
    let Some(open) = context.token_before(value.start()).filter(|token| token.kind() == TokenKind::Lpar) else {
        return;
    };
    let Some(close) = context.token_after(value.end()).filter(|token| token.kind() == TokenKind::Rpar) else { return };
    let spanned = TextRange::new(open.end(), close.start());
    if memchr::memchr2(b'\n', b'\r', context.text(spanned).as_bytes()).is_some() {
        sink.construct(open.range(), Construct::LineContinuationImplicit);
    }
}
