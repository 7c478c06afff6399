//! Reads a Markdown book into blocks.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::manuscript::{Block, Code, Content, Heading, Lines};

/// Whether some line is marked as a heading and numbered as a section is. A plain text has comments that look so, too.
pub(super) fn has_numbered_heading(text: &str) -> bool {
    text.lines().any(|line| {
        let title = line.trim_start_matches('#');
        title.len() < line.len() && title.trim_start().starts_with(|first: char| first.is_ascii_digit() || first == '§')
    })
}

/// The level and the text of a heading that is a line by itself: `## Title`.
pub(super) fn heading(line: &str) -> Option<(u8, &str)> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    let text = text.strip_prefix(' ').filter(|text| !text.contains('\n'))?;
    (1..=6).contains(&level).then_some((level as u8, text))
}

/// The blocks of a Markdown text.
pub(super) fn read(text: &str) -> Vec<Block> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let mut reader = Reader {
        text,
        lines: Lines::new(text),
        blocks: Vec::new(),
        inline: String::new(),
        range: None,
        state: State::Prose,
    };
    let mut depth = 0_usize;
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        match event {
            Event::Start(Tag::BlockQuote(_) | Tag::List(_) | Tag::Item) => {
                reader.end_paragraph();
                depth += 1;
            }
            Event::End(TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item) => {
                reader.end_paragraph();
                depth = depth.saturating_sub(1);
            }
            // What is quoted, or an item of a list, divides nothing.
            Event::Start(Tag::Heading { .. }) if depth == 0 => {
                reader.end_paragraph();
                reader.state = State::Heading;
            }
            Event::End(TagEnd::Heading(level)) if reader.state == State::Heading => {
                reader.end_heading(level as u8, range);
            }
            Event::Start(Tag::CodeBlock(kind)) => reader.start_code(&kind),
            Event::End(TagEnd::CodeBlock) => reader.end_code(range),
            Event::Start(Tag::MetadataBlock(_)) => reader.state = State::Metadata,
            Event::End(TagEnd::MetadataBlock(_)) => reader.state = State::Prose,
            Event::Start(Tag::TableCell) if !reader.inline.is_empty() => reader.say(" | ", range.start..range.start),
            Event::Text(text) | Event::Code(text) => reader.say(&text, range),
            Event::SoftBreak | Event::HardBreak => reader.say("\n", range),
            Event::InlineHtml(tag) if tag.starts_with("<br") => reader.say("\n", range),
            Event::Start(
                Tag::Paragraph | Tag::Heading { .. } | Tag::Table(_) | Tag::TableHead | Tag::TableRow | Tag::HtmlBlock,
            )
            | Event::End(
                TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::TableHead | TagEnd::TableRow | TagEnd::HtmlBlock,
            )
            | Event::Rule => reader.end_paragraph(),
            _ => {}
        }
    }
    reader.end_paragraph();
    reader.blocks
}

#[derive(Debug, PartialEq)]
enum State {
    Prose,
    Heading,
    Code(String),
    Metadata,
}

struct Reader<'a> {
    text: &'a str,
    lines: Lines<'a>,
    blocks: Vec<Block>,
    /// What has been said since the last block ended.
    inline: String,
    /// Where it stands.
    range: Option<Range<usize>>,
    state: State,
}

impl Reader<'_> {
    fn say(&mut self, text: &str, range: Range<usize>) {
        if self.state == State::Metadata || self.inline.is_empty() && text == "\n" && self.state == State::Prose {
            return;
        }
        self.inline += text;
        let known = self.range.take().unwrap_or_else(|| range.clone());
        self.range = Some(known.start..known.end.max(range.end));
    }

    fn end_paragraph(&mut self) {
        if self.state != State::Prose {
            return;
        }
        let said = std::mem::take(&mut self.inline);
        if let Some(range) = self.range.take().filter(|_| !said.trim().is_empty()) {
            let mut said = said.trim_end().to_owned();
            said.push('\n');
            self.push(range, Content::Prose(said));
        }
    }

    fn end_heading(&mut self, level: u8, range: Range<usize>) {
        self.state = State::Prose;
        self.range = None;
        let words: Vec<_> = self.inline.split_whitespace().collect();
        let heading = Heading::new(level, words.join(" "));
        self.inline.clear();
        // An empty heading is a line of markup, and nothing else.
        if !heading.text.is_empty() {
            self.push(range, Content::Heading(heading));
        }
    }

    fn start_code(&mut self, kind: &CodeBlockKind<'_>) {
        self.end_paragraph();
        self.state = State::Code(match kind {
            CodeBlockKind::Fenced(info) => language(info),
            CodeBlockKind::Indented => String::new(),
        });
    }

    fn end_code(&mut self, range: Range<usize>) {
        let State::Code(language) = std::mem::replace(&mut self.state, State::Prose) else { return };
        let text = std::mem::take(&mut self.inline);
        let line = match self.range.take() {
            Some(code) => self.lines.number(code.start),
            None => self.lines.number(range.start),
        };
        self.push(range, Content::Code(Code { language, text, line }));
    }

    fn push(&mut self, range: Range<usize>, content: Content) {
        let end = range.start + self.text[range.clone()].trim_end().len();
        self.blocks.push(Block { line: self.lines.number(range.start), range: range.start..end, content });
    }
}

/// The language that the words behind a fence name: `python`, `{.python .numberLines}`, `python title="a.py"`.
fn language(info: &str) -> String {
    let words = info.trim().trim_start_matches(['{', '.']);
    let end = words.find(|letter: char| letter.is_whitespace() || ",{}".contains(letter)).unwrap_or(words.len());
    words[..end].to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::super::manuscript::HeadingNumber;
    use super::*;

    /// Line, and what it is.
    fn told(text: &str) -> Vec<(u32, String)> {
        let tell = |block: Block| {
            assert!(!text[block.range.clone()].is_empty());
            let what = match block.content {
                Content::Heading(heading) => {
                    let number = match heading.number {
                        Some(HeadingNumber::Section(section)) => section.to_string(),
                        Some(HeadingNumber::Chapter(chapter)) => chapter.to_string(),
                        None => "-".to_owned(),
                    };
                    format!("h{} {number} {}", heading.level, heading.title)
                }
                Content::Prose(text) => format!("p {}", text.trim_end().replace('\n', "/")),
                Content::Code(code) => format!("{}@{} {}", code.language, code.line, code.text.replace('\n', "/")),
            };
            (block.line, what)
        };
        read(text).into_iter().map(tell).collect()
    }

    fn expect(text: &str, expected: &[(u32, &str)]) {
        let expected: Vec<_> = expected.iter().map(|(line, what)| (*line, (*what).to_owned())).collect();
        assert_eq!(told(text), expected, "{text}");
    }

    #[test]
    fn headings_of_every_kind_are_found() {
        expect(
            "---\ntitle: 1.1 No heading\n---\n# Chapter 4: Data\n\n4.1 Underlined\n==============\n\n4.2. With `code`, *stress*\n----\n\
             ### 4.3. [A link](https://example.org/) {#anchor}\n#### 4.4 Closed ####\n#4.5 no heading\n> ## 4.6 quoted\n",
            &[
                (4, "h1 4 Data"),
                (6, "h1 4.1 Underlined"),
                (9, "h2 4.2 With code, stress"),
                (11, "h3 4.3 A link"),
                (12, "h4 4.4 Closed"),
                (13, "p #4.5 no heading"),
                (14, "p 4.6 quoted"),
            ],
        );
    }

    #[test]
    fn code_is_told_from_prose() {
        expect(
            "Words\nand more.\n```python\n## 4.3 a comment\n\nx = 1\n```\n~~~ {.Bash #run}\nls\n~~~\n\n    indented()\n\n- an *item*\n- another\n  line\n\n| a | b |\n|---|---|\n| c | d |\n",
            &[
                (1, "p Words/and more."),
                (3, "python@4 ## 4.3 a comment//x = 1/"),
                (8, "bash@9 ls/"),
                (12, "@12 indented()/"),
                (14, "p an item"),
                (15, "p another/line"),
                (18, "p a | b"),
                (20, "p c | d"),
            ],
        );
    }

    #[test]
    fn lines_end_as_they_do_on_other_systems() {
        expect("a\r\n\r\n## 4.3 Title\r\n\r\n```\r\nx\r\n```\r\n", &[(1, "p a"), (3, "h2 4.3 Title"), (5, "@6 x/")]);
    }

    #[test]
    fn markup_without_words_is_nothing() {
        expect("#\n\n---\n\n<div>\n\n<br>\n\n![](a.png)\n", &[]);
    }
}
