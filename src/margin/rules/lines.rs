//! Blocks and lines, as the tokens tell them: for rules and fixes about indentation.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::support::last_line_end;
use crate::margin::Edit;
use crate::margin::fix::indentation;
use crate::python::Context;

/// An indented block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block<'s> {
    /// The white space before its first statement.
    pub start: TextRange,
    /// The lines of the block, from the start of its first statement's line.
    pub range: TextRange,
    /// Its indentation.
    pub indent: &'s str,
    /// The indentation of the block around it.
    pub outer: &'s str,
}

/// The indented blocks that begin in these tokens, in order.
pub(super) fn blocks<'s>(source: &'s str, tokens: &[Token]) -> Vec<Block<'s>> {
    let mut found: Vec<Block<'s>> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut last = TextSize::new(0);
    // Comments behind the last statement belong to the blocks that they are indented like.
    let mut comments: Vec<TextRange> = Vec::new();
    for token in tokens {
        match token.kind() {
            TokenKind::Indent => {
                let range = token.range();
                let outer = open.last().map_or("", |&at| found[at].indent);
                open.push(found.len());
                found.push(Block { start: range, range, indent: &source[range], outer });
            }
            TokenKind::Dedent => {
                let Some(at) = open.pop() else { continue };
                let width = found[at].indent.len();
                let belongs = |comment: &&TextRange| indentation(source, comment.start()).len() >= width;
                let end = comments.iter().take_while(belongs).last().map_or(last, Ranged::end);
                found[at].range = TextRange::new(found[at].start.start(), end);
            }
            TokenKind::Comment => comments.push(token.range()),
            TokenKind::NonLogicalNewline => {}
            _ => {
                last = token.end();
                comments.clear();
            }
        }
    }
    for at in open {
        found[at].range = TextRange::new(found[at].start.start(), last.max(found[at].start.end()));
    }
    found
}

/// Where the lines of a range begin, but for those that begin inside a string.
pub(super) fn line_starts(source: &str, tokens: &[Token], range: TextRange) -> Vec<TextSize> {
    let mut strings: Vec<TextRange> = Vec::new();
    let mut depth = 0_usize;
    for token in tokens {
        match token.kind() {
            TokenKind::String if depth == 0 => strings.push(token.range()),
            TokenKind::FStringStart | TokenKind::TStringStart => {
                if depth == 0 {
                    strings.push(token.range());
                }
                depth += 1;
            }
            TokenKind::FStringEnd | TokenKind::TStringEnd => {
                depth = depth.saturating_sub(1);
                if let Some(last) = strings.last_mut().filter(|_| depth == 0) {
                    *last = last.cover(token.range());
                }
            }
            _ => {}
        }
    }
    let mut found = vec![range.start()];
    let mut strings = strings.into_iter().peekable();
    for newline in memchr::memchr_iter(b'\n', source[range].as_bytes()) {
        let at = range.start() + TextSize::new(newline as u32 + 1);
        while strings.next_if(|string| string.end() < at).is_some() {}
        let in_string = strings.peek().is_some_and(|string| string.start() < at);
        if !in_string && at < range.end() {
            found.push(at);
        }
    }
    found
}

/// Takes a number of blanks from the start of every line of a range that begins a line, as far as it has them; lines
/// inside strings stay as they are.
pub(super) fn dedent(context: &Context<'_>, range: TextRange, width: usize) -> Vec<Edit> {
    line_starts(context.source, context.tokens_in(range), range)
        .into_iter()
        .filter_map(|at| {
            let line = &context.source[at.to_usize()..];
            let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
            let surplus = TextSize::new(blanks.min(width) as u32);
            (surplus.to_u32() > 0).then(|| Edit::delete(TextRange::at(at, surplus)))
        })
        .collect()
}

/// The range of a statement's lines: from its line's start to behind its line break.
pub(super) fn whole_lines(source: &str, range: impl Ranged) -> TextRange {
    let range = range.range();
    let start = source[..range.start().to_usize()].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let end = last_line_end(source, range.end());
    let behind = &source[end.to_usize()..];
    let line_break = if behind.starts_with("\r\n") { 2 } else { u32::from(!behind.is_empty()) };
    TextRange::new(TextSize::new(start as u32), end + TextSize::new(line_break))
}
