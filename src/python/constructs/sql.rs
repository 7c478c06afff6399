//! SQL put together from pieces of text, on what puts it together: the f-string's opening, `%`, `+`, `format`.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, Expr, FStringPart, InterpolatedStringElement, Operator};
use ruff_text_size::{Ranged, TextRange};

use crate::python::Construct;
use crate::python::context::Context;
use crate::python::walk::Sink;

/// How much of a text is looked at.
const MOST: usize = 4096;

pub(super) fn note(context: &Context<'_>, expr: &Expr, sink: &mut Sink) {
    match expr {
        Expr::FString(string) if is_sql(&literal_text(string)) => {
            sink.construct_at(interpolated(context, expr), Construct::StringSqlInterpolated);
        }
        Expr::BinOp(binary) => {
            if let Expr::StringLiteral(left) = binary.left.as_ref()
                && is_sql(left.value.to_str())
            {
                sink.construct_at(interpolated(context, expr), Construct::StringSqlInterpolated);
            }
        }
        Expr::Call(call) => self::call(context, call, sink),
        _ => {}
    }
}

fn call(context: &Context<'_>, call: &ast::ExprCall, sink: &mut Sink) {
    let Expr::Attribute(method) = call.func.as_ref() else { return };
    match method.attr.as_str() {
        "format" => {
            if let Expr::StringLiteral(template) = method.value.as_ref()
                && is_sql(template.value.to_str())
            {
                sink.construct(method.attr.range, Construct::StringSqlInterpolated);
            }
        }
        "execute" | "executemany" | "executescript" => {
            if let Some(first) = call.arguments.args.first() {
                sink.construct_at(interpolated(context, first), Construct::StringSqlInterpolated);
            }
        }
        _ => {}
    }
}

/// Where values are put into a text: nothing for a text without any.
fn interpolated(context: &Context<'_>, expr: &Expr) -> Option<TextRange> {
    match expr {
        Expr::FString(string) => {
            string.value.elements().any(InterpolatedStringElement::is_interpolation).then_some(())?;
            let part = string.value.iter().find_map(|part| match part {
                FStringPart::FString(part) => Some(part.range),
                FStringPart::Literal(_) => None,
            })?;
            context.tokens_in(part).first().map(Ranged::range)
        }
        Expr::BinOp(binary) => {
            let token = match binary.op {
                Operator::Mod => TokenKind::Percent,
                Operator::Add => TokenKind::Plus,
                _ => return None,
            };
            // The innermost operand of a chain is the leftmost; a chain of literals is one text.
            let mut binary = binary;
            for _ in 0..64 {
                match binary.left.as_ref() {
                    Expr::BinOp(inner) if inner.op == binary.op => binary = inner,
                    _ => break,
                }
            }
            let literal = binary.left.is_string_literal_expr() || binary.left.is_f_string_expr();
            if !literal || binary.right.is_string_literal_expr() && binary.op == Operator::Add {
                return None;
            }
            context.token_in(TextRange::new(binary.left.end(), binary.right.start()), token)
        }
        Expr::Call(call) => match call.func.as_ref() {
            Expr::Attribute(method) if method.attr.as_str() == "format" && method.value.is_string_literal_expr() => {
                Some(method.attr.range)
            }
            _ => None,
        },
        _ => None,
    }
}

fn literal_text(string: &ast::ExprFString) -> String {
    let mut text = String::new();
    for part in &string.value {
        if text.len() > MOST {
            break;
        }
        match part {
            FStringPart::Literal(literal) => text.push_str(literal),
            FStringPart::FString(part) => {
                for element in &part.elements {
                    match element {
                        InterpolatedStringElement::Literal(literal) => text.push_str(&literal.value),
                        // A value stands for one word.
                        InterpolatedStringElement::Interpolation(_) => text.push('x'),
                    }
                }
            }
        }
    }
    text
}

/// Whether a text is an SQL statement: its verb alone could begin any sentence, so a second keyword must follow.
fn is_sql(text: &str) -> bool {
    let text = text.trim_start().trim_start_matches('(');
    let end = text.char_indices().map(|(at, _)| at).take_while(|&at| at <= MOST).last().unwrap_or(0);
    let text = if text.len() > MOST { &text[..end] } else { text };
    let mut words = text.split_ascii_whitespace();
    let Some(verb) = words.next() else { return false };
    let is = |word: &str, keyword: &str| word.trim_start_matches('(').eq_ignore_ascii_case(keyword);
    let next = |wanted: &[&str]| {
        text.split_ascii_whitespace().nth(1).is_some_and(|word| wanted.iter().any(|wanted| is(word, wanted)))
    };
    let mut later = |wanted: &str| words.any(|word| is(word, wanted));
    match verb.to_ascii_uppercase().as_str() {
        "SELECT" => verb == "SELECT" || later("FROM"),
        "INSERT" | "REPLACE" | "MERGE" => later("INTO"),
        "UPDATE" => later("SET"),
        "DELETE" => next(&["FROM"]),
        "CREATE" | "DROP" | "ALTER" | "TRUNCATE" => {
            next(&["TABLE", "INDEX", "VIEW", "DATABASE", "SCHEMA", "UNIQUE", "TEMPORARY", "TEMP", "TRIGGER", "USER"])
        }
        "WITH" => later("AS") && later("SELECT"),
        _ => false,
    }
}
