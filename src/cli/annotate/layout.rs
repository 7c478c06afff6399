//! Lines of code with a margin to their right.

use std::collections::BTreeMap;
use std::io::{self, Write};

use ruff_source_file::{LineIndex, OneIndexed};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::cli::output::{FAINT, FLAG, REFERENCE, picture, shortened};
use crate::cli::source::Source;
use crate::margin::Analysis;
use crate::margin::view::Remark;

/// Below this width the notes stand under the lines.
const NARROW: usize = 72;
/// Columns between the code and its margin.
const GUTTER: usize = 3;
/// So many lines tell how the columns are best divided.
const SAMPLE: usize = 1000;
const SEPARATOR: &str = " · ";

/// Writes the whole file.
pub(super) fn write(
    source: &Source,
    analysis: &Analysis,
    notes: &BTreeMap<usize, Vec<Remark>>,
    width: usize,
    out: &mut impl Write,
) -> io::Result<()> {
    let lines: Vec<String> = lines(analysis);
    let rows: Vec<_> = notes.iter().filter_map(|(at, remarks)| Some((lines.get(*at)?.width(), &**remarks))).collect();
    let sheet = Sheet::new(lines.len(), &rows, width);
    let mut places = numbers(source).into_iter();
    for (at, line) in lines.iter().enumerate() {
        let (number, cell) = places.next().unwrap_or((at + 1, None));
        if let Some(cell) = cell {
            writeln!(out, "{}{FAINT}cell {cell}{FAINT:#}", if at > 0 { "\n" } else { "" })?;
        }
        let remarks = notes.get(&at).map_or(&[][..], Vec::as_slice);
        sheet.line(number, line, remarks, out)?;
    }
    Ok(())
}

/// Of every line of a notebook its number in its cell, and the number of the cell that it begins.
pub(super) fn numbers(source: &Source) -> Vec<(usize, Option<usize>)> {
    let cells = source.parts().into_iter().filter_map(|(cell, text)| Some((cell?, text)));
    let numbers = cells.flat_map(|(cell, text)| {
        let count = LineIndex::from_source_text(text).line_count();
        (1..=count).map(move |line| (line, (line == 1).then_some(cell)))
    });
    numbers.collect()
}

/// The lines as they are shown: without their breaks, with tabs expanded and control characters made visible.
pub(super) fn lines(analysis: &Analysis) -> Vec<String> {
    (0..line_count(analysis)).map(|at| shown(line(analysis, at))).collect()
}

/// How many lines are shown: not the empty one behind the last line break.
pub(super) fn line_count(analysis: &Analysis) -> usize {
    let count = analysis.lines().line_count();
    count - usize::from(count > 0 && line(analysis, count - 1).is_empty())
}

/// A line, counted from 0, without its break and the mark that a file may begin with.
fn line(analysis: &Analysis, at: usize) -> &str {
    let range = analysis.lines().line_range(OneIndexed::from_zero_indexed(at), analysis.text());
    analysis.text()[range].trim_end_matches(['\n', '\r']).trim_start_matches('\u{feff}')
}

fn shown(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut column = 0;
    for letter in line.chars() {
        if letter == '\t' {
            let blanks = 8 - column % 8;
            out.extend(std::iter::repeat_n(' ', blanks));
            column += blanks;
        } else {
            let letter = picture(letter);
            column += letter.width().unwrap_or(0);
            out.push(letter);
        }
    }
    out
}

/// How the columns are divided.
struct Sheet {
    /// Digits of the last line's number.
    digits: usize,
    /// Columns of code before the margin; `None` where the notes stand under the lines.
    code: Option<usize>,
    /// Columns of the margin, or of the notes under the lines.
    margin: usize,
}

impl Sheet {
    /// For a file with this many lines; `noted`: the lines with notes, how wide each is and what stands beside it.
    fn new(lines: usize, noted: &[(usize, &[Remark])], width: usize) -> Self {
        let digits = lines.to_string().len().max(2);
        let room = width.saturating_sub(digits + 2);
        if width < NARROW {
            return Self { digits, code: None, margin: room.max(20) };
        }
        let noted = &noted[..noted.len().min(SAMPLE)];
        let cost = |code: usize| -> usize {
            let cost = |(line, remarks): &(usize, &[Remark])| {
                // A note below its line is harder to find than the second row of one.
                let below = usize::from(line + GUTTER > code);
                let cut = remarks.iter().filter(|remark| remark.text.width() > room - code);
                let cut: usize = cut.map(|remark| if remark.note.is_none() { 5 } else { 1 }).sum();
                2 * below + cut + rows(remarks, room - code).len()
            };
            noted.iter().map(cost).sum()
        };
        // The margin begins where it fits best, and no farther to the right than that.
        let code = (room / 4..=room * 3 / 4).min_by_key(|code| cost(*code)).unwrap_or(room / 2);
        Self { digits, code: Some(code), margin: room - code }
    }

    fn line(&self, number: usize, line: &str, remarks: &[Remark], out: &mut impl Write) -> io::Result<()> {
        let digits = self.digits;
        let start = if line.is_empty() { "" } else { "  " };
        write!(out, "{FAINT}{number:>digits$}{FAINT:#}{start}{line}")?;
        let Some(code) = self.code else {
            writeln!(out)?;
            let indent = digits + 2 + line.width() - line.trim_start().width();
            return self.under(indent, remarks, out);
        };
        let mut column = if line.is_empty() { 0 } else { 2 + line.width() };
        for row in rows(remarks, self.margin) {
            if column + GUTTER > code + 2 {
                write!(out, "\n{:digits$}", "")?;
                column = 0;
            }
            write!(out, "{:1$}", "", code + 2 - column)?;
            write_row(&row, self.margin, out)?;
            column = usize::MAX - GUTTER;
        }
        writeln!(out)
    }

    /// The notes on lines of their own, indented as the code is.
    fn under(&self, indent: usize, remarks: &[Remark], out: &mut impl Write) -> io::Result<()> {
        let indent = indent.min(self.digits + 2 + self.margin / 2);
        let width = (self.digits + self.margin).saturating_sub(indent);
        for row in rows(remarks, width) {
            write!(out, "{:indent$}{FAINT}↳{FAINT:#} ", "")?;
            write_row(&row, width, out)?;
            writeln!(out)?;
        }
        Ok(())
    }
}

/// Puts remarks into rows of this width; one that is wider has a row of its own.
fn rows(remarks: &[Remark], width: usize) -> Vec<Vec<&Remark>> {
    let mut rows: Vec<Vec<&Remark>> = Vec::new();
    let mut filled = 0;
    for remark in remarks {
        let wide = remark.text.width();
        match rows.last_mut() {
            Some(row) if filled + SEPARATOR.width() + wide <= width => {
                row.push(remark);
                filled += SEPARATOR.width() + wide;
            }
            _ => {
                rows.push(vec![remark]);
                filled = wide;
            }
        }
    }
    rows
}

fn write_row(row: &[&Remark], width: usize, out: &mut impl Write) -> io::Result<()> {
    for (at, remark) in row.iter().enumerate() {
        let style = if remark.note.is_none() { FLAG } else { REFERENCE };
        let separator = if at > 0 { SEPARATOR } else { "" };
        write!(out, "{FAINT}{separator}{FAINT:#}{style}{}{style:#}", shortened(&remark.text, width))?;
    }
    Ok(())
}
