//! A book as a reader has it, whatever kind of file it is: the text, and headings, prose and code in their order.
//!
//! Plain text, Markdown and EPUB come out alike. The bytes are anybody's: nothing here recurses, what an archive unpacks to is
//! limited, and no path of it is followed anywhere.

use std::fmt;
use std::ops::Range;

use super::{SectionNumber, epub, markdown, repair::repair, text};

/// The largest file that is read, and the most text that an archive may unpack to, in bytes; a book has a few hundred
/// kilobytes.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;

/// What kind of file a book is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Plain text: headings are lines that begin with a number, code may stand unmarked.
    Text,
    /// Markdown as `CommonMark` has it, with tables and front matter.
    Markdown,
    /// EPUB 2 or 3.
    Epub,
}

impl Format {
    /// What a file's name says. The content has the last word: see [`Manuscript::read`].
    pub fn of_name(name: &str) -> Self {
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
        match extension.as_str() {
            "md" | "markdown" | "mdown" | "mkd" => Self::Markdown,
            "epub" => Self::Epub,
            _ => Self::Text,
        }
    }
}

/// A book that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manuscript {
    /// The kind of file that it was.
    pub format: Format,
    /// The text that lines and ranges of the blocks count in: that of the file, without a byte order mark and its encoding
    /// repaired, which moves no lines. An EPUB has no lines: its text is written down as Markdown.
    pub text: String,
    /// How many characters had lost a byte and were made whole.
    pub repairs: usize,
    /// What the text consists of, in order; ranges do not overlap.
    pub blocks: Vec<Block>,
}

/// A heading, a paragraph, or a piece of code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The line in the manuscript's text that it begins in, from 1.
    pub line: u32,
    /// Where it stands in the manuscript's text, in bytes, with its markup.
    pub range: Range<usize>,
    /// What it is.
    pub content: Content,
}

/// What a block is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// What follows is about something else.
    Heading(Heading),
    /// A paragraph, an item of a list, a row of a table; in plain text also several of them with no blank line between.
    /// Without markup; lines end in `\n`.
    Prose(String),
    /// Source code, output, a drawing.
    Code(Code),
}

/// A heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// How far down it is, from 1. In plain text a chapter is 1, `4.3` is 2, `4.3.1` is 3.
    pub level: u8,
    /// All of it, without markup, on one line.
    pub text: String,
    /// The number that it begins with.
    pub number: Option<HeadingNumber>,
    /// What stands behind the number.
    pub title: String,
}

/// What a heading numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadingNumber {
    /// `Chapter 4`, `4. Data`.
    Chapter(u16),
    /// `4.3`, `4.3.1`.
    Section(SectionNumber),
}

/// A piece of code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// What the book says, in lower case: `python`, `bash`; empty where it does not. Where plain text marks no code, only
    /// `python` and `bash` are told apart from the rest.
    pub language: String,
    /// The code, without fences; ends in a line feed unless it is empty.
    pub text: String,
    /// The line in the manuscript's text that the code itself begins in, behind a fence, from 1.
    pub line: u32,
}

/// Why a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is nothing in it.
    Empty,
    /// It is no text: the offset of the first byte that shows it.
    Binary(usize),
    /// It is a kind of file that is known and not read.
    Foreign(&'static str),
    /// It has more bytes than a book can have.
    TooLarge(u64),
    /// An archive unpacks to more than a book can have.
    Bomb,
    /// It is an archive, but no EPUB: what is missing.
    NoEpub(&'static str),
    /// An EPUB that is damaged or cut off: what is wrong.
    Damaged(&'static str),
    /// An EPUB that only its seller's programs can read.
    Protected,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the file is empty"),
            Self::Binary(at) => {
                write!(f, "the file is not text (byte {at}); a copy is an EPUB, or plain text or Markdown in UTF-8")
            }
            Self::Foreign(kind) => write!(f, "the file is {kind}; a copy is an EPUB, Markdown or plain text"),
            Self::TooLarge(bytes) => {
                write!(f, "the file has {bytes} bytes; a copy of the book has at most {MAX_BYTES}")
            }
            Self::Bomb => write!(f, "the EPUB unpacks to far more than a book has, and is not read"),
            Self::NoEpub(missing) => write!(f, "the file is a zip archive and no EPUB: {missing}"),
            Self::Damaged(what) => write!(f, "the EPUB is damaged or cut off: {what}"),
            Self::Protected => {
                write!(f, "the EPUB is protected (DRM) and cannot be read; a copy without protection can")
            }
        }
    }
}

impl std::error::Error for Fault {}

impl Manuscript {
    /// Reads a book. The format is what the file's name says; an EPUB is known by its content, and of text and Markdown the
    /// reading that finds more numbered headings is taken.
    pub fn read(bytes: &[u8], named: Format) -> Result<Self, Fault> {
        if bytes.len() > MAX_BYTES {
            return Err(Fault::TooLarge(bytes.len() as u64));
        }
        if bytes.is_empty() {
            return Err(Fault::Empty);
        }
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
            let (text, repairs) = epub::markdown(bytes)?;
            return Ok(Self::new(text, repairs, Format::Epub));
        }
        let (text, repairs) = repair(plain(bytes)?);
        let named = if named == Format::Markdown { named } else { Format::Text };
        Ok(Self::new(text.into_owned(), repairs, named))
    }

    fn new(text: String, repairs: usize, format: Format) -> Self {
        let as_text = text::read(&text);
        let (read_as, mut blocks) = if format == Format::Text && !markdown::has_numbered_heading(&text) {
            (Format::Text, as_text)
        } else {
            let as_markdown = markdown::read(&text);
            let (in_text, in_markdown) = (numbered(&as_text), numbered(&as_markdown));
            if in_text > in_markdown || in_text == in_markdown && format == Format::Text {
                (Format::Text, as_text)
            } else {
                (Format::Markdown, as_markdown)
            }
        };
        if format == Format::Epub && read_as == Format::Text {
            // Not all headings are marked as such; what is marked has the marks of Markdown.
            blocks.iter_mut().for_each(unmark);
        }
        let format = if format == Format::Epub { format } else { read_as };
        Self { format, text, repairs, blocks }
    }
}

/// Takes the marks of Markdown away: of headings, and the backslashes that keep letters from being markup.
fn unmark(block: &mut Block) {
    let plain = |text: &str| {
        let mut letters = text.chars().peekable();
        let mut plain = String::with_capacity(text.len());
        while let Some(letter) = letters.next() {
            let escaped = (letter == '\\').then(|| letters.next_if(char::is_ascii_punctuation)).flatten();
            plain.push(escaped.unwrap_or(letter));
        }
        plain
    };
    let heading = match &block.content {
        Content::Prose(text) | Content::Code(Code { text, .. }) => markdown::heading(text.trim_end()),
        Content::Heading(_) => None,
    };
    if let Some((level, text)) = heading {
        block.content = Content::Heading(Heading::new(level, plain(text)));
        return;
    }
    match &mut block.content {
        Content::Heading(heading) => {
            heading.text = plain(&heading.text);
            heading.title = plain(&heading.title);
        }
        Content::Prose(prose) => *prose = plain(prose),
        // Between fences every letter is itself.
        Content::Code(code) if code.line == block.line => code.text = plain(&code.text),
        Content::Code(_) => {}
    }
}

/// The text in the bytes of a file.
fn plain(bytes: &[u8]) -> Result<&str, Fault> {
    if bytes.starts_with(b"%PDF") {
        return Err(Fault::Foreign("a PDF"));
    }
    if bytes.get(60..68) == Some(b"BOOKMOBI") {
        return Err(Fault::Foreign("a Kindle book"));
    }
    let text = std::str::from_utf8(bytes).map_err(|fault| Fault::Binary(fault.valid_up_to()))?;
    if let Some(at) = memchr::memchr(0, bytes) {
        return Err(Fault::Binary(at));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() { Err(Fault::Empty) } else { Ok(text) }
}

/// How many headings have the number of a section.
fn numbered(blocks: &[Block]) -> usize {
    let sections = blocks.iter().filter(|block| {
        matches!(&block.content, Content::Heading(Heading { number: Some(HeadingNumber::Section(_)), .. }))
    });
    sections.count()
}

impl Heading {
    /// Reads what a heading says: its text without markup.
    pub(super) fn new(level: u8, text: String) -> Self {
        let (number, title) = split_number(&text, level);
        let title = title.to_owned();
        Self { level, text, number, title }
    }
}

/// The number that a heading begins with, and the rest.
fn split_number(text: &str, level: u8) -> (Option<HeadingNumber>, &str) {
    let words = text.trim_start_matches(|letter: char| letter == '📘' || letter == '§' || letter.is_whitespace());
    let first = words.split_whitespace().next().unwrap_or("");
    if first.eq_ignore_ascii_case("chapter") {
        let rest = words[first.len()..].trim_start();
        let (digits, after) = rest.split_at(digits(rest));
        return match digits.parse() {
            Ok(chapter) => (Some(HeadingNumber::Chapter(chapter)), title_behind(after)),
            Err(_) => (None, text),
        };
    }
    let (number, after) = words.split_at(first.len());
    let number = number.trim_end_matches(['.', ':']);
    if let Ok(section) = number.parse::<SectionNumber>() {
        let number = section.repeat.is_none().then_some(HeadingNumber::Section(section));
        return (number, if number.is_some() { title_behind(after) } else { text });
    }
    // `4 Data`, `4. Data`; not `10 things to know`.
    let title = title_behind(after);
    let is_title = level <= 2 && title.starts_with(char::is_uppercase);
    match number.parse() {
        Ok(chapter) if is_title && digits(number) == number.len() => (Some(HeadingNumber::Chapter(chapter)), title),
        _ => (None, text),
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn title_behind(text: &str) -> &str {
    text.trim_start_matches(|letter: char| letter.is_whitespace() || ":.—–-".contains(letter)).trim_end()
}

/// Where the lines of a text begin. Lines end in `\n`, `\r\n` or `\r`, as editors have it.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let ends = memchr::memchr2_iter(b'\n', b'\r', bytes);
        let is_end = |at: &usize| bytes[*at] == b'\n' || bytes.get(at + 1) != Some(&b'\n');
        let starts = std::iter::once(0).chain(ends.filter(is_end).map(|at| at + 1)).filter(|at| *at < bytes.len());
        Self { text, starts: starts.collect() }
    }

    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Where the line with this index, from 0, begins; of the line behind the last, the end of the text.
    pub fn start(&self, index: usize) -> usize {
        self.starts.get(index).copied().unwrap_or(self.text.len())
    }

    /// The line with this index, from 0, without white space at its end.
    pub fn line(&self, index: usize) -> &'a str {
        self.text[self.start(index)..self.start(index + 1)].trim_end()
    }

    /// The number of the line, from 1, with this byte.
    pub fn number(&self, offset: usize) -> u32 {
        self.starts.partition_point(|start| *start <= offset).max(1) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_may_be_numbered_in_many_ways() {
        let section = |text: &str| Some(HeadingNumber::Section(text.parse().unwrap()));
        for (text, number, title) in [
            ("4.3 Title", section("4.3"), "Title"),
            ("4.3. Title", section("4.3"), "Title"),
            ("§4.3.1 — Title", section("4.3.1"), "Title"),
            ("4.3: Title", section("4.3"), "Title"),
            ("4.3", section("4.3"), ""),
            ("Chapter 4: Title", Some(HeadingNumber::Chapter(4)), "Title"),
            ("📘 CHAPTER 4 — Title", Some(HeadingNumber::Chapter(4)), "Title"),
            ("4. Title", Some(HeadingNumber::Chapter(4)), "Title"),
            ("Chapter summary", None, "Chapter summary"),
            ("10 things to know", None, "10 things to know"),
            ("3.13+ tiered", None, "3.13+ tiered"),
            ("1.2.3.4 deep", None, "1.2.3.4 deep"),
            ("", None, ""),
        ] {
            assert_eq!(split_number(text, 1), (number, title), "{text}");
        }
    }

    #[test]
    fn lines_are_those_of_editors() {
        let lines = Lines::new("a\nb\r\nc\rd\n\n");
        let all: Vec<_> = (0..lines.len()).map(|index| lines.line(index)).collect();
        assert_eq!(all, ["a", "b", "c", "d", ""]);
        assert_eq!([0, 1, 2, 4, 5, 7].map(|offset| lines.number(offset)), [1, 1, 2, 2, 3, 4]);
    }
}
