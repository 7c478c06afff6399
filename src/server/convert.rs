//! The one place where byte offsets become positions and back.
//!
//! Everything below the server counts bytes from the start of the document. A client counts lines from 0, and within a
//! line the units of the negotiated encoding: UTF-8 bytes, UTF-16 code units or UTF-32 code points. `\n`, `\r\n` and a
//! lone `\r` end a line, as in the protocol.

use std::cell::Cell;
use std::fmt;

use ruff_text_size::{TextRange, TextSize};
use tower_lsp::ls_types::{Position, PositionEncodingKind, Range};

/// What the client counts within a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// Code units; what the protocol prescribes where nothing is negotiated.
    #[default]
    Utf16,
    /// Code points.
    Utf32,
}

impl Encoding {
    /// Chooses from what the client offers: the cheapest first.
    pub fn negotiate(offered: Option<&[PositionEncodingKind]>) -> Self {
        let offers = |kind| offered.is_some_and(|offered| offered.contains(&kind));
        if offers(PositionEncodingKind::UTF8) {
            Self::Utf8
        } else if offers(PositionEncodingKind::UTF32) {
            Self::Utf32
        } else {
            Self::Utf16
        }
    }

    /// The name in the protocol.
    pub const fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    /// How many units a text is long.
    fn length(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16 if text.is_ascii() => text.len(),
            Self::Utf16 => text.chars().map(char::len_utf16).sum(),
            Self::Utf32 => text.chars().count(),
        }
    }

    /// The bytes before unit `units` of a text; the end where the text is shorter, the character's start where the unit
    /// is in the middle of a character.
    fn bytes(self, text: &str, units: usize) -> usize {
        match self {
            Self::Utf8 => text.floor_char_boundary(units),
            Self::Utf16 | Self::Utf32 => {
                let mut left = units;
                for (at, character) in text.char_indices() {
                    let width = if self == Self::Utf16 { character.len_utf16() } else { 1 };
                    if left < width {
                        return at;
                    }
                    left -= width;
                }
                text.len()
            }
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "utf-8",
            Self::Utf16 => "utf-16",
            Self::Utf32 => "utf-32",
        })
    }
}

/// Where the lines of a text begin, in bytes. Kept up to date edit by edit, so that a keystroke does not cost a scan of
/// the whole text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    /// Never empty; the first is 0.
    starts: Vec<u32>,
}

impl Lines {
    /// Finds the lines of a text.
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts_within(text.as_bytes(), 0, &mut starts);
        Self { starts }
    }

    /// Follows an edit: `text` is the text after `old` (byte offsets of the text before) was replaced by `inserted` bytes.
    pub fn edit(&mut self, old: std::ops::Range<usize>, inserted: usize, text: &str) {
        // A line break may join with or split from the byte before and the byte after the edit: look at those lines whole.
        let first = self.line_of(old.start.saturating_sub(1));
        let last = self.line_of(old.end.saturating_add(1));
        let shift = |start: u32| start - old.end as u32 + old.start as u32 + inserted as u32;
        let from = self.starts[first] as usize;
        let to = self.starts.get(last + 1).map_or(text.len(), |&start| shift(start) as usize);
        let mut fresh = Vec::new();
        starts_within(&text.as_bytes()[from..to], from as u32, &mut fresh);
        if last + 1 < self.starts.len() {
            // The start of the line after is in `fresh` as well, unless the text ends there.
            fresh.pop();
        }
        for start in &mut self.starts[last + 1..] {
            *start = shift(*start);
        }
        self.starts.splice(first + 1..=last, fresh);
    }

    /// How many lines there are; the one behind the last line break counts.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The bytes of a line (from 0), without the line break; `None` past the last line.
    pub fn line(&self, line: usize, text: &str) -> Option<TextRange> {
        let content = self.content(line, text)?;
        Some(TextRange::new(size(content.start), size(content.end)))
    }

    /// The line of a byte offset, from 0.
    fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start as usize <= offset) - 1
    }

    /// The bytes of a line, without the line break; `None` past the last line.
    fn content(&self, line: usize, text: &str) -> Option<std::ops::Range<usize>> {
        let start = *self.starts.get(line)? as usize;
        let end = self.starts.get(line + 1).map_or(text.len(), |&next| next as usize);
        let kept = text[start..end].trim_end_matches(['\r', '\n']).len();
        // Only the line's own break is cut: an empty line ended by `\r\r` cannot exist, each `\r` ends a line.
        Some(start..start + kept)
    }
}

/// Pushes the offset after each line break of `bytes`, which begin at offset `base`.
fn starts_within(bytes: &[u8], base: u32, starts: &mut Vec<u32>) {
    for (at, byte) in bytes.iter().enumerate() {
        let breaks = match byte {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        if breaks {
            starts.push(base + at as u32 + 1);
        }
    }
}

/// Converts between a text's byte offsets and a client's positions. Nothing is out of range: what lies past the end of a
/// line or of the text is taken as its end, what lies inside a character as the character's start.
#[derive(Debug)]
pub struct Converter<'a> {
    text: &'a str,
    lines: &'a Lines,
    encoding: Encoding,
    /// The offset that the text's start is given; what lies before it is taken as its start.
    base: TextSize,
    /// The last answer of `position`, as line, byte offset and column: the next place is mostly a little further on, and
    /// a line may be megabytes long.
    last: Cell<(usize, usize, usize)>,
}

impl<'a> Converter<'a> {
    /// For one text, whose lines these are.
    pub fn new(text: &'a str, lines: &'a Lines, encoding: Encoding) -> Self {
        Self { text, lines, encoding, base: TextSize::new(0), last: Cell::new((0, 0, 0)) }
    }

    /// For a text that is part of another one, whose offsets are meant: it begins at this one.
    #[must_use]
    pub fn from(self, base: TextSize) -> Self {
        Self { base, ..self }
    }

    /// The byte offset of a position.
    pub fn offset(&self, position: Position) -> TextSize {
        let line = self.lines.content(position.line as usize, self.text);
        let offset = line.map_or(self.text.len(), |line| {
            line.start + self.encoding.bytes(&self.text[line.clone()], position.character as usize)
        });
        self.base + size(offset)
    }

    /// The position of a byte offset.
    pub fn position(&self, offset: TextSize) -> Position {
        let offset = offset.checked_sub(self.base).unwrap_or_default();
        let offset = self.text.floor_char_boundary(offset.to_usize());
        let line = self.lines.line_of(offset);
        let (last_line, last_offset, last_column) = self.last.get();
        let (from, before) = if line == last_line && offset >= last_offset {
            (last_offset, last_column)
        } else {
            (self.lines.starts[line] as usize, 0)
        };
        let column = before + self.encoding.length(&self.text[from..offset]);
        self.last.set((line, offset, column));
        Position::new(line as u32, column as u32)
    }

    /// The bytes of a range. A client that names the end first means the same.
    pub fn text_range(&self, range: Range) -> TextRange {
        let (start, end) = (self.offset(range.start), self.offset(range.end));
        TextRange::new(start.min(end), start.max(end))
    }

    /// The range of some bytes.
    pub fn range(&self, range: TextRange) -> Range {
        let start = self.position(range.start());
        Range::new(start, self.position(range.end()))
    }
}

/// A byte offset of a document, all of which are below 4 GiB.
fn size(offset: usize) -> TextSize {
    TextSize::new(offset as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Encoding; 3] = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32];

    fn position_of(text: &str, offset: usize, encoding: Encoding) -> (u32, u32) {
        let lines = Lines::new(text);
        let position = Converter::new(text, &lines, encoding).position(size(offset));
        (position.line, position.character)
    }

    fn offset_of(text: &str, line: u32, character: u32, encoding: Encoding) -> usize {
        let lines = Lines::new(text);
        Converter::new(text, &lines, encoding).offset(Position::new(line, character)).to_usize()
    }

    #[test]
    fn columns_count_the_units_of_the_encoding() {
        let text = "é漢😀x";
        let x = text.len() - 1;
        assert_eq!(position_of(text, x, Encoding::Utf8), (0, 9));
        assert_eq!(position_of(text, x, Encoding::Utf16), (0, 4));
        assert_eq!(position_of(text, x, Encoding::Utf32), (0, 3));
    }

    #[test]
    fn every_offset_survives_the_round_trip() {
        let text = "é = 1\r\n漢 = '😀'\rx = 2\n\n# \u{feff}end";
        let lines = Lines::new(text);
        for encoding in ALL {
            for offset in (0..=text.len()).filter(|&offset| text.is_char_boundary(offset)) {
                if offset > 0
                    && &text.as_bytes()[offset - 1..] != b""
                    && text[..offset].ends_with('\r')
                    && text[offset..].starts_with('\n')
                {
                    continue; // Between `\r` and `\n` no position exists.
                }
                let converter = Converter::new(text, &lines, encoding);
                let position = converter.position(size(offset));
                assert_eq!(converter.offset(position).to_usize(), offset, "{encoding} {position:?}");
            }
        }
    }

    #[test]
    fn positions_in_any_order_agree_with_positions_one_by_one() {
        let text = "a😀b😀c\nd😀e";
        let lines = Lines::new(text);
        let shared = Converter::new(text, &lines, Encoding::Utf16);
        for offset in [6, 1, 11, 5, 6, 13, 12, 0] {
            let alone = Converter::new(text, &lines, Encoding::Utf16);
            assert_eq!(shared.position(size(offset)), alone.position(size(offset)), "{offset}");
        }
    }

    #[test]
    fn all_three_line_ends_begin_a_line() {
        let text = "a\nb\r\nc\rd";
        for (letter, line) in [('a', 0), ('b', 1), ('c', 2), ('d', 3)] {
            assert_eq!(position_of(text, text.find(letter).unwrap(), Encoding::Utf16), (line, 0));
        }
    }

    #[test]
    fn past_the_end_is_the_end() {
        for encoding in ALL {
            assert_eq!(offset_of("ab\r\ncd", 0, 99, encoding), 2, "before the line break");
            assert_eq!(offset_of("ab\ncd", 1, u32::MAX, encoding), 5);
            assert_eq!(offset_of("ab\ncd", 7, 0, encoding), 5);
            assert_eq!(offset_of("", 3, 3, encoding), 0);
        }
        assert_eq!(position_of("ab", 99, Encoding::Utf16), (0, 2));
    }

    #[test]
    fn inside_a_character_is_its_start() {
        assert_eq!(offset_of("😀x", 0, 1, Encoding::Utf16), 0, "between the two surrogates");
        assert_eq!(offset_of("é", 0, 1, Encoding::Utf8), 0);
        assert_eq!(position_of("a😀", 3, Encoding::Utf32), (0, 1));
    }

    #[test]
    fn a_range_may_be_given_backwards() {
        let lines = Lines::new("abcdef");
        let converter = Converter::new("abcdef", &lines, Encoding::Utf16);
        let range = converter.text_range(Range::new(Position::new(0, 4), Position::new(0, 1)));
        assert_eq!(range, TextRange::new(size(1), size(4)));
    }

    #[test]
    fn the_cheapest_encoding_on_offer_is_chosen() {
        use PositionEncodingKind as Kind;
        assert_eq!(Encoding::negotiate(None), Encoding::Utf16);
        assert_eq!(Encoding::negotiate(Some(&[])), Encoding::Utf16);
        assert_eq!(Encoding::negotiate(Some(&[Kind::UTF16, Kind::UTF32])), Encoding::Utf32);
        assert_eq!(Encoding::negotiate(Some(&[Kind::UTF16, Kind::UTF32, Kind::UTF8])), Encoding::Utf8);
    }

    #[test]
    fn lines_follow_every_edit() {
        let texts = ["", "a", "a\nb\r\nc\rd", "\r\n\r\n", "\r\r\n\n", "one\ntwo\nthree"];
        let insertions = ["", "x", "\n", "\r", "\r\n", "x\ry\nz", "\n\r"];
        for text in texts {
            for start in 0..=text.len() {
                for end in start..=text.len() {
                    for inserted in insertions {
                        let mut lines = Lines::new(text);
                        let mut edited = text.to_owned();
                        edited.replace_range(start..end, inserted);
                        lines.edit(start..end, inserted.len(), &edited);
                        assert_eq!(lines, Lines::new(&edited), "{text:?} {start}..{end} -> {inserted:?}");
                    }
                }
            }
        }
    }
}
