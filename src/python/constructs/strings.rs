//! String literals: prefixes and opening quotes, escapes, the fields of f-strings. An ordinary string is nothing.

use ruff_python_ast::str_prefix::AnyStringPrefix;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, AnyStringFlags, Expr, FStringPart, InterpolatedStringElement, Stmt, StringFlags};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::python::Construct;
use crate::python::context::{Context, Node};
use crate::python::names::span;
use crate::python::walk::Sink;

pub(super) fn note(context: &Context<'_>, expr: &Expr, sink: &mut Sink) {
    // A string that stands alone is a docstring or a comment.
    let alone = matches!(context.parent(), Some(Node::Stmt(Stmt::Expr(_))));
    match expr {
        Expr::StringLiteral(string) => {
            for (at, part) in string.value.iter().enumerate() {
                let literal = Literal::of(context, part.range, part.flags);
                if !alone {
                    // One joint is enough to say that neighbours are joined.
                    opening(&literal, at == 1, sink);
                }
                escapes(context, &literal, sink);
            }
        }
        Expr::BytesLiteral(bytes) => {
            for part in &bytes.value {
                let literal = Literal::of(context, part.range, part.flags);
                if literal.is_raw() {
                    sink.construct(literal.opening, Construct::StringRaw);
                }
                escapes(context, &literal, sink);
            }
        }
        Expr::FString(string) => fstring(context, string, sink),
        _ => {}
    }
}

/// One literal of the source.
struct Literal {
    /// The prefix and the opening quotes.
    opening: TextRange,
    /// What is between the quotes.
    content: TextRange,
    flags: AnyStringFlags,
}

impl Literal {
    fn of(context: &Context<'_>, range: TextRange, flags: impl StringFlags) -> Self {
        let flags = flags.as_any_string_flags();
        let inside = context.inside_quotes(range, flags);
        Self { opening: TextRange::new(range.start(), inside.start()), content: inside, flags }
    }

    fn is_raw(&self) -> bool {
        self.flags.prefix().is_raw()
    }

    fn is_bytes(&self) -> bool {
        matches!(self.flags.prefix(), AnyStringPrefix::Bytes(_))
    }
}

/// Notes what is special about the way a literal is opened: triple quotes, a prefix, a neighbour that it is joined to.
fn opening(literal: &Literal, joined: bool, sink: &mut Sink) {
    if literal.flags.is_triple_quoted() {
        sink.construct(literal.opening, Construct::StringTripleQuoted);
    }
    if literal.is_raw() {
        sink.construct(literal.opening, Construct::StringRaw);
    }
    if literal.flags.is_triple_quoted() || !literal.flags.prefix().as_str().is_empty() || joined {
        sink.construct(literal.opening, Construct::String);
    }
}

/// Notes the escapes of a literal that is not raw.
fn escapes(context: &Context<'_>, literal: &Literal, sink: &mut Sink) {
    if !literal.is_raw() {
        escapes_in(context, literal.content, literal.is_bytes(), sink);
    }
}

fn escapes_in(context: &Context<'_>, inside: TextRange, bytes: bool, sink: &mut Sink) {
    let text = context.text(inside);
    let mut from = 0;
    while let Some(found) = memchr::memchr(b'\\', &text.as_bytes()[from..]) {
        let at = from + found;
        let Some(next) = text[at + 1..].chars().next() else { return };
        let (len, known) = escape(&text[at + 1..], next, bytes);
        let range = span(inside.start() + TextSize::new(at as u32), 1 + len);
        sink.construct(range, if known { Construct::StringBackslashEscape } else { Construct::StringInvalidEscape });
        from = at + 1 + len;
    }
}

/// The length of an escape behind its backslash, and whether Python knows it.
fn escape(rest: &str, first: char, bytes: bool) -> (usize, bool) {
    let digits = |most: usize, valid: fn(&char) -> bool| rest.chars().skip(1).take(most).take_while(valid).count();
    let hex: fn(&char) -> bool = char::is_ascii_hexdigit;
    match first {
        '\\' | '\'' | '"' | 'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '\n' | '\r' => (1, true),
        '0'..='7' => (1 + digits(2, |digit| matches!(digit, '0'..='7')), true),
        'x' => (1 + digits(2, hex), true),
        'u' if !bytes => (1 + digits(4, hex), true),
        'U' if !bytes => (1 + digits(8, hex), true),
        'N' if !bytes => (rest.find('}').map_or(1, |end| end + 1), true),
        other => (other.len_utf8(), false),
    }
}

fn fstring(context: &Context<'_>, string: &ast::ExprFString, sink: &mut Sink) {
    for (at, part) in string.value.iter().enumerate() {
        match part {
            FStringPart::Literal(part) => {
                let literal = Literal::of(context, part.range, part.flags);
                opening(&literal, at == 1, sink);
                escapes(context, &literal, sink);
            }
            FStringPart::FString(part) => {
                let literal = Literal::of(context, part.range, part.flags);
                // The prefix and the opening quotes: what tells that it is an f-string.
                sink.construct(literal.opening, Construct::Fstring);
                if literal.is_raw() {
                    sink.construct(literal.opening, Construct::StringRaw);
                }
                for element in &part.elements {
                    match element {
                        InterpolatedStringElement::Literal(text) if !literal.is_raw() => {
                            escapes_in(context, text.range, false, sink);
                        }
                        InterpolatedStringElement::Literal(_) => {}
                        InterpolatedStringElement::Interpolation(field) => self::field(context, field, sink),
                    }
                }
            }
        }
    }
}

/// `=` and `:spec` of a field.
fn field(context: &Context<'_>, field: &ast::InterpolatedElement, sink: &mut Sink) {
    if field.debug_text.is_some() {
        let after = TextRange::new(field.expression.end(), field.range.end());
        sink.construct_at(context.token_in(after, TokenKind::Equal), Construct::FstringDebug);
    }
    let Some(spec) = &field.format_spec else { return };
    let colon = span(spec.range.start() - TextSize::new(1), 1);
    let nested = spec.elements.iter().any(InterpolatedStringElement::is_interpolation);
    // Names inside the specification are names.
    let range = if nested { colon } else { colon.cover(spec.range) };
    sink.construct(range, Construct::FstringFormatSpec);
}

/// The docstring of a definition: its opening quotes, and the prompts of the examples in it.
pub(super) fn docstring(context: &Context<'_>, body: &[Stmt], sink: &mut Sink) {
    let Some(Stmt::Expr(first)) = body.first() else { return };
    let Expr::StringLiteral(string) = first.value.as_ref() else { return };
    let Some(part) = string.value.iter().next() else { return };
    let literal = Literal::of(context, part.range, part.flags);
    sink.construct(literal.opening, Construct::Docstring);
    let text = context.text(literal.content);
    for prompt in memchr::memmem::find_iter(text.as_bytes(), ">>> ") {
        let line = text[..prompt].rfind('\n').map_or(0, |end| end + 1);
        if text[line..prompt].trim_start().is_empty() {
            let start = literal.content.start() + TextSize::new(prompt as u32);
            sink.construct(span(start, 3), Construct::DocstringDoctest);
        }
    }
}
