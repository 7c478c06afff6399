//! A reader's own copy of a book: bytes in, sections with their lines out. Read at run time, never shipped.
//!
//! Copies are damaged as readers have them: UTF-8 that was taken for Windows-1252 and written as UTF-8 again, with the five
//! bytes that Windows-1252 does not know dropped on the way; numbers used twice; headings without blank lines around them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use super::{Book, SectionNumber};

/// The largest copy that is read; a book has a few hundred kilobytes.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;

/// A copy, its encoding repaired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookCopy {
    /// The repaired text.
    pub text: String,
    /// In the order of the file.
    pub sections: Vec<CopySection>,
    /// What was found besides.
    pub report: CopyReport,
}

/// Where a section stands in a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopySection {
    /// The number as the table of contents has it: the second section with one number carries its letter.
    pub number: SectionNumber,
    /// The heading's line, from 1. The repair moves no lines, so it is the line of the file too.
    pub line: u32,
    /// Bytes of the repaired text: what stands below the heading, up to the next one.
    pub body: Range<usize>,
}

/// What was noticed while a copy was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CopyReport {
    /// How many broken characters were made whole.
    pub repairs: usize,
    /// Sections of the table of contents that the copy lacks.
    pub missing: Vec<SectionNumber>,
    /// Numbered headings that the table of contents does not have: line from 1, and the heading.
    pub unknown: Vec<(u32, String)>,
    /// Numbers that stand more than once.
    pub duplicates: Vec<SectionNumber>,
    /// References to sections or chapters that do not exist: line from 1, and the reference as written.
    pub dangling: Vec<(u32, String)>,
}

/// Why a file cannot be read as a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CopyError {
    /// There is nothing in it.
    Empty,
    /// It is no text: the offset of the first byte that shows it.
    Binary(usize),
    /// It has more bytes than a book can have.
    TooLarge(u64),
    /// Not one section of the table of contents was found.
    NoSections,
}

impl fmt::Display for CopyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the file is empty"),
            Self::Binary(at) => {
                write!(f, "the file is not text (byte {at}); a copy is plain text or Markdown in UTF-8")
            }
            Self::TooLarge(bytes) => {
                write!(f, "the file has {bytes} bytes; a copy of the book has at most {MAX_BYTES}")
            }
            Self::NoSections => write!(f, "none of the book's numbered sections was found in the file"),
        }
    }
}

impl std::error::Error for CopyError {}

impl BookCopy {
    /// Reads a copy of a book.
    pub fn read(bytes: &[u8], book: &Book) -> Result<Self, CopyError> {
        if bytes.len() > MAX_BYTES {
            return Err(CopyError::TooLarge(bytes.len() as u64));
        }
        let text = std::str::from_utf8(bytes).map_err(|fault| CopyError::Binary(fault.valid_up_to()))?;
        if let Some(at) = memchr::memchr(0, bytes) {
            return Err(CopyError::Binary(at));
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.trim().is_empty() {
            return Err(CopyError::Empty);
        }
        let (text, repairs) = repair(text);
        let text = text.into_owned();
        let mut report = CopyReport { repairs, ..CopyReport::default() };
        let sections = find_sections(&text, book, &mut report);
        if sections.is_empty() {
            return Err(CopyError::NoSections);
        }
        find_dangling(&text, book, &mut report);
        Ok(Self { text, sections, report })
    }

    /// Where a section stands.
    pub fn section(&self, number: SectionNumber) -> Option<&CopySection> {
        self.sections.iter().find(|section| section.number == number)
    }

    /// A section's heading as it stands.
    pub fn heading(&self, section: &CopySection) -> &str {
        let before = self.text[..section.body.start].trim_end();
        before.rsplit('\n').next().unwrap_or(before)
    }

    /// What stands below a section's heading.
    pub fn body(&self, section: &CopySection) -> &str {
        &self.text[section.body.clone()]
    }
}

/// Undoes the double encoding, if there is one: the text, and how many characters were made whole.
///
/// A text that is clean stays as it is, byte for byte.
pub fn repair(text: &str) -> (Cow<'_, str>, usize) {
    if text.is_ascii() {
        return (Cow::Borrowed(text), 0);
    }
    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        match windows_1252(letter) {
            Some(byte) => bytes.push(byte),
            None => return (Cow::Borrowed(text), 0),
        }
    }
    match made_whole(&bytes) {
        Some((repaired, count)) => (Cow::Owned(repaired), count),
        None => (Cow::Borrowed(text), 0),
    }
}

/// Decodes UTF-8 in which a character may lack the one byte that was dropped; `None` when it is no such text.
fn made_whole(bytes: &[u8]) -> Option<(String, usize)> {
    let mut whole = Vec::with_capacity(bytes.len() + 256);
    let mut repairs = 0;
    let mut at = 0;
    while let Some(&lead) = bytes.get(at) {
        let len = match lead {
            0x00..=0x7F => 1,
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            _ => return None,
        };
        let continuation = bytes[at + 1..].iter().take(len - 1).take_while(|byte| matches!(byte, 0x80..=0xBF)).count();
        let found = &bytes[at..=at + continuation];
        if continuation == len - 1 {
            whole.extend_from_slice(found);
        } else {
            whole.extend_from_slice(stump(found)?);
            repairs += 1;
        }
        at += 1 + continuation;
    }
    Some((String::from_utf8(whole).ok()?, repairs))
}

/// The character that a sequence was before it lost a byte.
fn stump(found: &[u8]) -> Option<&'static [u8]> {
    Some(match found {
        [0xE2, 0x94] => "┐".as_bytes(),
        [0xE2, 0x8C] => "❌".as_bytes(),
        [0xEF, 0xB8] => "\u{fe0f}".as_bytes(),
        [0xE2, 0x80] => "”".as_bytes(),
        [0xE2, 0x86] => "←".as_bytes(),
        [0xE2, 0x97] => "●".as_bytes(),
        _ => return None,
    })
}

/// The byte that Windows-1252 has for a character.
fn windows_1252(letter: char) -> Option<u8> {
    const UPPER: [(char, u8); 27] = [
        ('€', 0x80),
        ('‚', 0x82),
        ('ƒ', 0x83),
        ('„', 0x84),
        ('…', 0x85),
        ('†', 0x86),
        ('‡', 0x87),
        ('ˆ', 0x88),
        ('‰', 0x89),
        ('Š', 0x8A),
        ('‹', 0x8B),
        ('Œ', 0x8C),
        ('Ž', 0x8E),
        ('‘', 0x91),
        ('’', 0x92),
        ('“', 0x93),
        ('”', 0x94),
        ('•', 0x95),
        ('–', 0x96),
        ('—', 0x97),
        ('˜', 0x98),
        ('™', 0x99),
        ('š', 0x9A),
        ('›', 0x9B),
        ('œ', 0x9C),
        ('ž', 0x9E),
        ('Ÿ', 0x9F),
    ];
    match u32::from(letter) {
        code @ (0..=0x7F | 0xA0..=0xFF) => u8::try_from(code).ok(),
        _ => UPPER.iter().find(|(known, _)| *known == letter).map(|(_, byte)| *byte),
    }
}

/// A line that may be a heading: its number and title.
fn heading(line: &str) -> Option<(SectionNumber, &str)> {
    let line = line.trim_start_matches('#').strip_prefix(' ').unwrap_or(line);
    let (number, title) = line.split_once(char::is_whitespace)?;
    let number: SectionNumber = number.parse().ok().filter(|number: &SectionNumber| number.repeat.is_none())?;
    let title = title.trim();
    // `3.11 introduced:` opens a list; a heading does not end so.
    (!title.is_empty() && !title.ends_with(':')).then_some((number, title))
}

/// The chapter that a line opens.
fn chapter(line: &str) -> Option<u16> {
    let words = line.trim_start_matches(['#', ' ', '📘']);
    let rest = words.strip_prefix("CHAPTER ").or_else(|| words.strip_prefix("Chapter "))?;
    let digits = rest.len() - rest.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    let after = rest[digits..].trim_start();
    // A chapter's line has a dash and a title; a sentence that begins with a chapter's name has not.
    (after.starts_with('—') || after.starts_with('-') || after.starts_with(':')).then(|| rest[..digits].parse().ok())?
}

fn find_sections(text: &str, book: &Book, report: &mut CopyReport) -> Vec<CopySection> {
    let mut sections: Vec<CopySection> = Vec::new();
    let mut seen: BTreeMap<SectionNumber, usize> = BTreeMap::new();
    let mut current = None;
    let mut fenced = false;
    let mut offset = 0;
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let start = offset;
        offset += line.len();
        let number = at as u32 + 1;
        let line = line.trim_end();
        if line.starts_with("```") {
            fenced = !fenced;
            continue;
        }
        if fenced {
            continue;
        }
        if let Some(opened) = chapter(line) {
            close(&mut sections, start);
            current = Some(opened);
            continue;
        }
        let Some((found, _)) = heading(line) else { continue };
        if current.is_some_and(|chapter| chapter != found.chapter) {
            continue;
        }
        let Some(known) = numbered(book, found, &mut seen, report) else {
            if book.section(found).is_none() {
                report.unknown.push((number, line.to_owned()));
            }
            continue;
        };
        close(&mut sections, start);
        sections.push(CopySection { number: known, line: number, body: offset..OPEN });
    }
    close(&mut sections, text.len());
    let found: BTreeSet<SectionNumber> = sections.iter().map(|section| section.number).collect();
    let expected = book.sections.iter().map(|section| section.number);
    report.missing = expected.filter(|number| !found.contains(number)).collect();
    sections
}

/// The end of a body that is still being read.
const OPEN: usize = usize::MAX;

/// Ends the last section's body, once.
fn close(sections: &mut [CopySection], end: usize) {
    if let Some(last) = sections.last_mut().filter(|last| last.body.end == OPEN) {
        last.body.end = end;
    }
}

/// The number under which the table of contents has the heading: with its letter when it stands for the second time.
fn numbered(
    book: &Book,
    found: SectionNumber,
    seen: &mut BTreeMap<SectionNumber, usize>,
    report: &mut CopyReport,
) -> Option<SectionNumber> {
    book.section(found)?;
    let count = seen.entry(found).or_default();
    *count += 1;
    if *count == 1 {
        return Some(found);
    }
    let letter = u32::from('a') + u32::try_from(*count - 1).ok()?;
    let repeated = SectionNumber { repeat: char::from_u32(letter), ..found };
    if !report.duplicates.contains(&found) {
        report.duplicates.push(found);
    }
    book.section(repeated).map(|section| section.number)
}

/// Notes references (`Ch. 2.2.3`, `Appendix G`) to what the book does not have.
fn find_dangling(text: &str, book: &Book, report: &mut CopyReport) {
    for (at, line) in text.lines().enumerate() {
        let number = at as u32 + 1;
        for (start, _) in line.match_indices("Ch. ") {
            let reference = &line[start + 4..];
            let len =
                reference.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(reference.len());
            let reference = reference[..len].trim_end_matches('.');
            let exists = match reference.parse::<SectionNumber>() {
                Ok(section) => book.section(section).is_some(),
                Err(_) => reference.parse().is_ok_and(|chapter| book.chapter(chapter).is_some()),
            };
            if !exists && !reference.is_empty() {
                report.dangling.push((number, format!("Ch. {reference}")));
            }
        }
        for (start, _) in line.match_indices("Appendix ") {
            if let Some(letter) = line[start + 9..].chars().next().filter(char::is_ascii_uppercase) {
                report.dangling.push((number, format!("Appendix {letter}")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::repair;

    /// Damages a text as the copies are damaged.
    fn damaged(text: &str) -> String {
        let mut letters = String::new();
        for byte in text.bytes() {
            match byte {
                0x81 | 0x8D | 0x8F | 0x90 | 0x9D => {}
                0x80..=0x9F => letters.push(
                    (0..=0x2122)
                        .filter_map(char::from_u32)
                        .find(|letter| super::windows_1252(*letter) == Some(byte))
                        .unwrap(),
                ),
                other => letters.push(char::from(other)),
            }
        }
        letters
    }

    #[test]
    fn lost_bytes_come_back() {
        let text = "a “quoted” arrow ← ● ┌──┐ ⚠\u{fe0f} ❌ — 📘 é";
        let broken = damaged(text);
        let (repaired, count) = repair(&broken);
        assert_eq!(repaired, text);
        assert_eq!(count, 6);
    }

    #[test]
    fn clean_text_stays_as_it_is() {
        for text in ["plain", "a “quoted” word — and é, 漢, 😀", "naïve café", "½ ×"] {
            assert_eq!(repair(text), (text.into(), 0), "{text}");
        }
    }
}
