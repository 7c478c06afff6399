//! Reads a plain text into blocks: what is a heading, and where code begins and ends, shows only in how the lines look.

mod code;

use super::SectionNumber;
use super::manuscript::{Block, Code, Content, Heading, HeadingNumber, Lines};

/// The blocks of a plain text.
pub(super) fn read(text: &str) -> Vec<Block> {
    let mut reader = Reader { lines: Lines::new(text), blocks: Vec::new() };
    let mut chapter = None;
    // The first line of what was not told yet.
    let mut from = 0;
    let mut index = 0;
    while index < reader.lines.len() {
        let line = reader.lines.line(index);
        let end = if line.starts_with("```") {
            reader.passage(from, index);
            reader.fenced(index)
        } else if let Some(heading) = heading(line, &mut chapter) {
            reader.passage(from, index);
            reader.push(index, index + 1, Content::Heading(heading));
            index + 1
        } else {
            index += 1;
            continue;
        };
        (index, from) = (end, end);
    }
    reader.passage(from, index);
    reader.blocks
}

/// A line that is a heading. `chapter` is the one that was opened last.
fn heading(line: &str, chapter: &mut Option<u16>) -> Option<Heading> {
    // Most lines are none, and begin with a letter.
    let new = |level, number, title: &str| Heading {
        level,
        text: line.to_owned(),
        number: Some(number),
        title: title.to_owned(),
    };
    if let Some((number, title)) = opened(line) {
        *chapter = Some(number);
        return Some(new(1, HeadingNumber::Chapter(number), title));
    }
    if !line.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let (number, title) = line.split_once(char::is_whitespace)?;
    let number: SectionNumber = number.parse().ok()?;
    let title = title.trim();
    let other = number.repeat.is_some() || chapter.is_some_and(|chapter| chapter != number.chapter);
    // `3.11 introduced:` opens a list; a heading does not end so.
    let is_heading = !other && !title.is_empty() && !title.ends_with(':');
    is_heading.then(|| new(number.depth(), HeadingNumber::Section(number), title))
}

/// The chapter that a line opens, and its title.
fn opened(line: &str) -> Option<(u16, &str)> {
    let words = line.trim_start_matches([' ', '📘']);
    let rest = words.strip_prefix("CHAPTER ").or_else(|| words.strip_prefix("Chapter "))?;
    let digits = rest.len() - rest.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    // A chapter's line has a dash and a title; a sentence that begins with a chapter's name has not.
    let title = rest[digits..].trim_start().strip_prefix(['—', '-', ':'])?;
    Some((rest[..digits].parse().ok()?, title.trim()))
}

struct Reader<'a> {
    lines: Lines<'a>,
    blocks: Vec<Block>,
}

impl Reader<'_> {
    fn push(&mut self, from: usize, to: usize, content: Content) {
        let start = self.lines.start(from);
        let end = self.lines.start(to - 1) + self.lines.line(to - 1).len();
        self.blocks.push(Block { line: from as u32 + 1, range: start..end.max(start), content });
    }

    /// Reads code between fences; the line behind it.
    fn fenced(&mut self, from: usize) -> usize {
        let fence = self.lines.line(from);
        let language = fence.trim_start_matches('`').split_whitespace().next().unwrap_or("").to_ascii_lowercase();
        let close = (from + 1..self.lines.len()).find(|index| self.lines.line(*index).starts_with("```"));
        let end = close.unwrap_or(self.lines.len());
        let content = self.code(language, from + 1, end);
        let behind = close.map_or(end, |close| close + 1);
        self.push(from, behind, content);
        behind
    }

    /// Tells what stands between headings and fences.
    fn passage(&mut self, from: usize, to: usize) {
        let below_heading = from > 0 && matches!(self.blocks.last(), Some(Block { content: Content::Heading(_), .. }));
        for piece in code::pieces(&self.lines, from, to, below_heading) {
            let content = match piece.language {
                Some(language) => self.code(language.to_owned(), piece.from, piece.to),
                None => Content::Prose(self.joined(piece.from, piece.to)),
            };
            self.push(piece.from, piece.to, content);
        }
    }

    fn code(&self, language: String, from: usize, to: usize) -> Content {
        Content::Code(Code { language, text: self.joined(from, to), line: from as u32 + 1 })
    }

    fn joined(&self, from: usize, to: usize) -> String {
        (from..to).flat_map(|index| [self.lines.line(index), "\n"]).collect()
    }
}
