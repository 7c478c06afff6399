//! The shapes of JSON that several subcommands share. They are promised: what is here does not change its meaning.

use std::cell::Cell;
use std::io::{self, Write};

use ruff_source_file::LineIndex;
use ruff_text_size::{TextRange, TextSize};
use serde::Serialize;

/// Writes a value as indented JSON and a line break.
pub(super) fn write(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Position {
    /// From 1.
    pub line: usize,
    /// From 1, in characters. A byte order mark is none.
    pub column: usize,
    /// In bytes from the file's start.
    pub offset: u32,
}

/// Part of a text; the end is behind the last character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Range {
    pub start: Position,
    pub end: Position,
}

/// Turns offsets into lines and columns.
pub(super) struct Places<'t> {
    text: &'t str,
    lines: &'t LineIndex,
    /// The last answer: places are asked for in order, and a line may be megabytes long.
    last: Cell<Position>,
}

impl<'t> Places<'t> {
    pub fn new(text: &'t str, lines: &'t LineIndex) -> Self {
        Self { text, lines, last: Cell::new(Position { line: 0, column: 0, offset: 0 }) }
    }

    pub fn range(&self, range: TextRange) -> Range {
        Range { start: self.position(range.start()), end: self.position(range.end()) }
    }

    pub fn position(&self, offset: TextSize) -> Position {
        let line = self.lines.line_index(offset);
        let last = self.last.get();
        let (from, column) = if last.line == line.get() && last.offset <= offset.to_u32() {
            (last.offset as usize, last.column)
        } else {
            (self.lines.line_start(line, self.text).to_usize(), 1)
        };
        let between = &self.text[from..offset.to_usize()];
        let marks = usize::from(from == 0 && between.starts_with('\u{feff}'));
        let column = column + between.chars().count() - marks;
        let position = Position { line: line.get(), column, offset: offset.to_u32() };
        self.last.set(position);
        position
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters_from_one_in_any_order() {
        let text = "\u{feff}é = '𝒙知'\r\nb\rc";
        let lines = LineIndex::from_source_text(text);
        let places = Places::new(text, &lines);
        let position = |part: &str| {
            let Position { line, column, .. } = places.position(TextSize::of(text.split(part).next().unwrap()));
            (line, column)
        };
        for (part, expected) in
            [("é", (1, 1)), ("知", (1, 7)), ("=", (1, 3)), ("c", (3, 1)), ("b", (2, 1)), ("𝒙", (1, 6))]
        {
            assert_eq!(position(part), expected, "{part}");
        }
    }
}
