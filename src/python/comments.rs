//! Facts in comments: marks for other tools.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::{Ranged, TextRange, TextSize};

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
        for (at, mark) in marks(text) {
            if let Some(construct) = construct(mark) {
                let start = comment.start() + TextSize::new(at as u32);
                sink.construct(TextRange::at(start, TextSize::new(mark.len() as u32)), construct);
            }
        }
    }
}

/// The parts of a comment, each from its own `#`: `# type: ignore  # noqa` has two.
fn marks(comment: &str) -> impl Iterator<Item = (usize, &str)> {
    let starts = comment.match_indices('#').map(|(at, _)| at);
    starts.map(|at| {
        let end = comment[at + 1..].find('#').map_or(comment.len(), |next| at + 1 + next);
        (at, comment[at..end].trim_end())
    })
}

fn construct(mark: &str) -> Option<Construct> {
    let body = mark.trim_start_matches('#').trim_start();
    let says = |tool: &str, words: &[&str]| {
        body.strip_prefix(tool).is_some_and(|rest| words.iter().any(|word| rest.trim_start().starts_with(word)))
    };
    if says("type:", &["ignore"]) {
        Some(Construct::CommentTypeIgnore)
    } else if starts_with_ignoring_case(body, "noqa") || body.starts_with("ruff:") || says("flake8:", &["noqa"]) {
        Some(Construct::CommentNoqa)
    } else if says("fmt:", &["off", "on", "skip"]) {
        Some(Construct::CommentFmtOff)
    } else if says("isort:", &["skip", "off", "on", "split", "dont-add-import"]) {
        Some(Construct::CommentIsortSkip)
    } else if says("pragma:", &["no cover", "no branch"]) {
        Some(Construct::CommentPragmaNoCover)
    } else {
        None
    }
}

fn starts_with_ignoring_case(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
