//! Where comments are, and where none can be put.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::{Ranged, TextRange, TextSize};

/// What tokens say about comments. Ranges are in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Each comment, from its `#` to the end of its line.
    pub comments: Vec<TextRange>,
    /// Stretches with line breaks in them at which no comment can stand: strings over several lines, and backslashes
    /// at the ends of lines.
    pub unbroken: Vec<TextRange>,
}

impl Layout {
    /// Reads the tokens of a region of the source; the ranges are relative to its start.
    pub(super) fn read(source: &str, tokens: &[Token], region: TextRange) -> Self {
        let mut layout = Self::default();
        let mut end = region.start();
        let mut interpolated = Vec::new();
        for token in tokens {
            let range = token.range();
            // Only a backslash hides a line break between tokens: that takes two bytes, and most tokens have a blank between them.
            if end + TextSize::new(1) < range.start() {
                layout.keep_if_broken(source, TextRange::new(end, range.start()));
            }
            match token.kind() {
                TokenKind::Comment => layout.comments.push(range),
                TokenKind::String => layout.keep_if_broken(source, range),
                TokenKind::FStringStart | TokenKind::TStringStart => interpolated.push(range.start()),
                TokenKind::FStringEnd | TokenKind::TStringEnd => {
                    if let Some(start) = interpolated.pop() {
                        layout.keep_if_broken(source, TextRange::new(start, range.end()));
                    }
                }
                _ => {}
            }
            end = range.end();
        }
        layout.shifted(|range| range - region.start())
    }

    /// The comments of a file that is no Python: from a `#` that begins a line or follows a blank to the end of the line.
    pub fn of_plain(text: &str) -> Self {
        let mut layout = Self::default();
        let mut start = 0;
        for line in text.split_inclusive(['\n', '\r']) {
            let ended = line.trim_end_matches(['\n', '\r']);
            let mut marks = ended.match_indices('#').map(|(at, _)| at);
            if let Some(at) = marks.find(|&at| ended[..at].chars().next_back().is_none_or(char::is_whitespace)) {
                let range = TextRange::new(((start + at) as u32).into(), ((start + ended.len()) as u32).into());
                layout.comments.push(range);
            }
            start += line.len();
        }
        layout
    }

    /// Adds the layout of what follows, which begins at an offset.
    pub(super) fn append(&mut self, next: &Self, offset: TextSize) {
        self.comments.extend(next.comments.iter().map(|range| *range + offset));
        self.unbroken.extend(next.unbroken.iter().map(|range| *range + offset));
    }

    fn shifted(mut self, shift: impl Fn(TextRange) -> TextRange) -> Self {
        self.comments.iter_mut().chain(&mut self.unbroken).for_each(|range| *range = shift(*range));
        self
    }

    fn keep_if_broken(&mut self, source: &str, range: TextRange) {
        if memchr::memchr2(b'\n', b'\r', source[range].as_bytes()).is_some() {
            self.unbroken.push(range);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Environment, Module, NoObserver};

    fn texts(source: &str, ranges: impl Fn(Layout) -> Vec<TextRange>) -> Vec<&str> {
        let module = Module::read(source, &Environment::default(), &mut NoObserver);
        ranges(module.layout()).into_iter().map(|range| &source[range]).collect()
    }

    #[test]
    fn comments_are_found_and_strings_are_not_comments() {
        let source = "x = '# no'  # yes\n'''\n# no\n'''\nf'{x} # no'  # also\n";
        assert_eq!(texts(source, |layout| layout.comments), ["# yes", "# also"]);
    }

    #[test]
    fn other_files_have_comments_too() {
        let text = "# one\nkey = 'a#b'  # two\r\nurl = x#y\n\t# three";
        let comments = Layout::of_plain(text).comments;
        let comments: Vec<_> = comments.into_iter().map(|range| &text[range]).collect();
        assert_eq!(comments, ["# one", "# two", "# three"]);
    }

    #[test]
    fn strings_and_backslashes_hide_line_breaks() {
        let source = "a = '''\n'''\nb = f'''{\n1}\n'''\nc = 1 + \\\n    2\nd = (1,\n 2)\n\n\n";
        assert_eq!(texts(source, |layout| layout.unbroken), ["'''\n'''", "f'''{\n1}\n'''", " \\\n    "]);
    }

    #[test]
    fn broken_code_is_read_as_far_as_it_goes() {
        assert_eq!(texts("x = ( # a\n'''\nopen", |layout| layout.comments), ["# a"]);
    }
}
