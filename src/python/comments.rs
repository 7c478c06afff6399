//! Facts in comments: marks for other tools.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::Ranged;

use super::Construct;
use super::walk::Sink;

/// Notes the marks in the comments of a region.
///
/// A shebang is one only at the start of the document.
pub(super) fn note(source: &str, tokens: &[Token], is_first: bool, sink: &mut Sink) {
    for comment in tokens.iter().filter(|token| token.kind() == TokenKind::Comment) {
        let text = &source[comment.range()];
        if is_first && comment.start().to_u32() == 0 && text.starts_with("#!") {
            sink.construct(comment.range(), Construct::Shebang);
            continue;
        }
        let body = text.trim_start_matches('#').trim_start();
        let construct = if body.starts_with("type: ignore") {
            Construct::CommentTypeIgnore
        } else if starts_with_ignoring_case(body, "noqa") || body.starts_with("ruff:") {
            Construct::CommentNoqa
        } else if ["fmt: off", "fmt: on", "fmt: skip"].iter().any(|mark| body.starts_with(mark)) {
            Construct::CommentFmtOff
        } else if body.starts_with("isort:") {
            Construct::CommentIsortSkip
        } else if body.starts_with("pragma: no cover") {
            Construct::CommentPragmaNoCover
        } else {
            continue;
        };
        sink.construct(comment.range(), construct);
    }
}

fn starts_with_ignoring_case(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
