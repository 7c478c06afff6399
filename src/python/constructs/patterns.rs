//! Patterns of `match`, each on its own token: the operator, the bracket, the name.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, Expr, Pattern};
use ruff_text_size::{Ranged, TextRange};

use crate::python::Construct;
use crate::python::context::Context;
use crate::python::names::span;
use crate::python::walk::Sink;

pub(super) fn note(context: &Context<'_>, pattern: &Pattern, sink: &mut Sink) {
    match pattern {
        Pattern::MatchValue(value) => {
            if matches!(value.value.as_ref(), Expr::Attribute(_)) {
                sink.construct(value.range, Construct::PatternValue);
            } else {
                sink.construct(value.range, Construct::PatternLiteral);
            }
        }
        Pattern::MatchSingleton(singleton) => sink.construct(singleton.range, Construct::PatternLiteral),
        Pattern::MatchSequence(sequence) => note_sequence(context, sequence, sink),
        Pattern::MatchStar(star) => sink.construct(star.range, Construct::PatternStar),
        Pattern::MatchMapping(mapping) => {
            sink.construct(span(mapping.range.start(), 1), Construct::PatternMapping);
            if let Some(rest) = &mapping.rest {
                let before = TextRange::new(mapping.range.start(), rest.range.start());
                let stars = context.tokens_in(before).iter().rev().find(|token| token.kind() == TokenKind::DoubleStar);
                let from = stars.map_or(rest.range.start(), Ranged::start);
                sink.construct(TextRange::new(from, rest.range.end()), Construct::PatternDoubleStar);
            }
        }
        Pattern::MatchClass(class) => sink.construct(class.cls.range(), Construct::PatternClass),
        Pattern::MatchOr(or) => {
            for pair in or.patterns.windows(2) {
                let between = TextRange::new(pair[0].end(), pair[1].start());
                sink.construct_at(context.token_in(between, TokenKind::Vbar), Construct::PatternOr);
            }
        }
        Pattern::MatchAs(pattern) => note_as(context, pattern, sink),
    }
}

fn note_sequence(context: &Context<'_>, sequence: &ast::PatternMatchSequence, sink: &mut Sink) {
    let opened = context.text(sequence.range).starts_with(['[', '(']);
    if opened {
        sink.construct(span(sequence.range.start(), 1), Construct::PatternSequence);
    } else if let Some(first) = sequence.patterns.first() {
        // `case a, b:` is a sequence by its comma.
        let after = TextRange::new(first.end(), sequence.range.end());
        sink.construct_at(context.token_in(after, TokenKind::Comma), Construct::PatternSequence);
    }
}

fn note_as(context: &Context<'_>, pattern: &ast::PatternMatchAs, sink: &mut Sink) {
    match (&pattern.pattern, &pattern.name) {
        (Some(inner), Some(name)) => {
            let between = TextRange::new(inner.end(), name.range.start());
            let keyword = context.tokens_in(between).iter().rev().find(|token| token.kind() == TokenKind::As);
            if let Some(keyword) = keyword {
                sink.construct(keyword.range(), Construct::PatternAs);
            }
        }
        (None, Some(name)) => sink.construct(name.range, Construct::PatternCapture),
        (None, None) => {
            sink.construct(pattern.range, Construct::PatternWildcard);
            sink.construct(pattern.range, Construct::KeywordSoft);
        }
        (Some(_), None) => {}
    }
}
