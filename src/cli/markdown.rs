//! Markdown for a terminal: wrapped, with styles instead of marks.

use std::fmt::Write;

use anstyle::Style;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use unicode_width::UnicodeWidthStr;

use super::output::{FAINT, REFERENCE, STRONG, printable};

/// Longer lines are hard to read, however wide the terminal is.
const MAX_WIDTH: usize = 96;

/// The text for a terminal with this many columns, with escape codes.
pub(super) fn for_terminal(markdown: &str, width: usize) -> String {
    let mut page = Page { width: width.clamp(20, MAX_WIDTH), ..Page::default() };
    for event in Parser::new(markdown) {
        page.take(event);
    }
    page.out
}

/// A word, or part of one, in one style.
struct Piece {
    style: Style,
    text: String,
}

#[derive(Default)]
struct Page {
    out: String,
    width: usize,
    /// The paragraph that is being read: words with what blank stood before them.
    words: Vec<(bool, Vec<Piece>)>,
    /// A blank came last.
    blank: bool,
    /// How many headings and strong passages are open.
    bold: usize,
    /// In a code block.
    code: bool,
    /// Of each open list: the number of the next item, or nothing for bullets.
    lists: Vec<Option<u64>>,
    /// The first item of an outermost list comes next.
    list_begins: bool,
    /// What stands before the next paragraph's first line: a bullet.
    marker: String,
    /// How wide the last marker was: what its item is indented by.
    hang: usize,
}

impl Page {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.code => self.code_lines(&text),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&text, self.style()),
            Event::Code(text) => self.text_unbroken(&text, REFERENCE),
            Event::SoftBreak | Event::HardBreak => self.blank = true,
            Event::Rule => {
                self.gap();
                let _ = writeln!(self.out, "{FAINT}{}{FAINT:#}", "─".repeat(self.width));
            }
            _ => {}
        }
    }

    fn style(&self) -> Style {
        if self.bold > 0 { STRONG } else { Style::new() }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Heading { .. } | Tag::Strong => self.bold += 1,
            Tag::CodeBlock(_) => {
                self.flush();
                self.gap();
                self.code = true;
            }
            Tag::List(first) => {
                self.flush();
                self.list_begins = self.lists.is_empty();
                self.lists.push(*first);
            }
            Tag::Item => {
                self.flush();
                self.marker = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "• ".to_owned(),
                };
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.flush();
                self.bold -= 1;
            }
            TagEnd::Strong => self.bold -= 1,
            TagEnd::Paragraph | TagEnd::Item => self.flush(),
            TagEnd::CodeBlock => self.code = false,
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
            }
            _ => {}
        }
    }

    /// Words that may go to the next line each.
    fn text(&mut self, text: &str, style: Style) {
        for (at, word) in text.split(' ').enumerate() {
            self.blank |= at > 0;
            if !word.is_empty() {
                self.text_unbroken(word, style);
            }
        }
    }

    /// Text that stays on one line, joined to the word before it when no blank came between.
    fn text_unbroken(&mut self, text: &str, style: Style) {
        let piece = Piece { style, text: printable(text) };
        match self.words.last_mut() {
            Some((_, word)) if !self.blank => word.push(piece),
            _ => self.words.push((self.blank, vec![piece])),
        }
        self.blank = false;
    }

    /// Writes the paragraph that was read.
    fn flush(&mut self) {
        let words = std::mem::take(&mut self.words);
        self.blank = false;
        if words.is_empty() {
            return;
        }
        if self.lists.is_empty() || std::mem::take(&mut self.list_begins) {
            self.gap();
        }
        let marker = std::mem::take(&mut self.marker);
        if !marker.is_empty() {
            self.hang = marker.width();
        }
        let outer = 2 * self.lists.len().saturating_sub(1);
        let indent = if self.lists.is_empty() { 0 } else { outer + self.hang };
        let mut column = indent;
        self.out += &" ".repeat(indent - marker.width());
        self.out += &marker;
        for (at, (blank, word)) in words.iter().enumerate() {
            let wide: usize = word.iter().map(|piece| piece.text.width()).sum();
            let blank = usize::from(*blank && at > 0);
            if at > 0 && column + blank + wide > self.width {
                self.out.push('\n');
                self.out += &" ".repeat(indent);
                column = indent;
            } else {
                self.out += &" ".repeat(blank);
                column += blank;
            }
            for Piece { style, text } in word {
                let _ = write!(self.out, "{style}{text}{style:#}");
            }
            column += wide;
        }
        self.out.push('\n');
    }

    /// An empty line, unless it is the first.
    fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn code_lines(&mut self, code: &str) {
        for line in code.lines() {
            let line: String = line.chars().map(super::output::picture).collect();
            let _ = writeln!(self.out, "{}{line}", if line.is_empty() { "" } else { "    " });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(markdown: &str, width: usize) -> String {
        anstream::adapter::strip_str(&for_terminal(markdown, width)).to_string()
    }

    #[test]
    fn blocks_are_set_apart_and_items_are_not() {
        let text = "# Title\nA **bold** word, `code`.\n\n- one\n- two\n  - inner\n\n1. first\n\n```python\nx = 1\n\ny = 2\n```\nEnd.";
        assert_eq!(
            plain(text, 40),
            "Title\n\nA bold word, code.\n\n• one\n• two\n  • inner\n\n1. first\n\n    x = 1\n\n    y = 2\n\nEnd.\n"
        );
    }

    #[test]
    fn long_lines_are_wrapped_between_words_and_items_keep_their_indent() {
        assert_eq!(plain("- aaaa bbbb cccc dddd eeee ffff", 20), "• aaaa bbbb cccc\n  dddd eeee ffff\n");
        let code = "aaaaaaaaaaaaaaaa `bb cc`, d";
        assert_eq!(plain(code, 20), "aaaaaaaaaaaaaaaa\nbb cc, d\n", "code and the comma after it stay together");
    }

    #[test]
    fn wide_letters_count_as_two() {
        assert_eq!(plain("知識知識 知識知識 知識", 20), "知識知識 知識知識\n知識\n");
    }

    #[test]
    fn styles_end_where_they_should() {
        let styled = for_terminal("**a** b", 40);
        assert_eq!(styled, format!("{STRONG}a{STRONG:#} b\n"));
    }
}
