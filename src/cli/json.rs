//! The shapes of JSON that several subcommands share. They are promised: what is here does not change its meaning.

use std::cell::{Cell, OnceCell};
use std::io::{self, Write};

use ruff_source_file::LineIndex;
use ruff_text_size::{TextRange, TextSize};
use serde::Serialize;

use crate::disk::Notebook;
use crate::margin::Analysis;
use crate::python::Cells;

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
    /// In bytes from the start of the file or cell.
    pub offset: u32,
}

/// Part of a text; the end is behind the last character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Range {
    pub start: Position,
    pub end: Position,
}

/// Turns offsets into lines and columns: of the file, or of a notebook's cell.
pub(super) struct Places<'t> {
    text: &'t str,
    lines: &'t LineIndex,
    notebook: Option<(&'t Cells, &'t Notebook)>,
    /// The lines of the notebook's file.
    file_lines: OnceCell<LineIndex>,
    /// The last answer: places are asked for in order, and a line may be megabytes long.
    last: Cell<Position>,
}

impl<'t> Places<'t> {
    pub fn new(text: &'t str, lines: &'t LineIndex) -> Self {
        let last = Cell::new(Position { line: 0, column: 0, offset: 0 });
        Self { text, lines, notebook: None, file_lines: OnceCell::new(), last }
    }

    /// Of a text that was analysed, and the notebook that it comes from.
    pub fn of(analysis: &'t Analysis, notebook: Option<&'t Notebook>) -> Self {
        let notebook = notebook.map(|notebook| (&analysis.module().cells, notebook));
        Self { notebook, ..Self::new(analysis.text(), analysis.lines()) }
    }

    pub fn range(&self, range: TextRange) -> Range {
        let range = self.notebook.and_then(|(cells, _)| cells.contained(range)).unwrap_or(range);
        Range { start: self.position(range.start()), end: self.position(range.end()) }
    }

    /// Which cell of the notebook, from 1.
    pub fn cell(&self, offset: TextSize) -> Option<usize> {
        let (cells, notebook) = self.notebook?;
        Some(notebook.number(cells.at(offset)?))
    }

    /// How a place's file is called: `a.ipynb:cell 3`.
    pub fn name(&self, file: &str, offset: TextSize) -> String {
        self.cell(offset).map_or_else(|| file.to_owned(), |cell| format!("{file}:cell {cell}"))
    }

    /// Where a range is in the file itself, even if that is a notebook's JSON.
    pub fn file_range(&self, range: TextRange) -> Range {
        let Some((cells, notebook)) = self.notebook else { return self.range(range) };
        let lines = self.file_lines.get_or_init(|| LineIndex::from_source_text(notebook.json()));
        let file = Places::new(notebook.json(), lines);
        let place = |offset: TextSize| {
            let Some(cell) = cells.at(offset) else { return file.position(TextSize::new(0)) };
            let within = (offset - cells.content(cell).start()).to_usize();
            file.position(TextSize::new(notebook.offset(cell, within) as u32))
        };
        let range = cells.contained(range).unwrap_or(range);
        Range { start: place(range.start()), end: place(range.end()) }
    }

    pub fn position(&self, offset: TextSize) -> Position {
        let position = self.in_text(offset);
        let Some(start) = self.notebook.map(|(cells, _)| cells.start_of(offset)) else { return position };
        let before = self.lines.line_index(start).to_zero_indexed();
        Position { line: position.line - before, offset: position.offset - start.to_u32(), ..position }
    }

    fn in_text(&self, offset: TextSize) -> Position {
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
