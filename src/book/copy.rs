//! A reader's own copy of a book: a file's bytes in, sections with their lines out. Read at run time, never shipped.
//!
//! Copies are damaged as readers have them: letters that lost a byte, numbers used twice, headings without blank lines around
//! them, code that nothing marks.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use memchr::memmem;

use super::manuscript::{Block, Code, Content, Fault, Format, Heading, HeadingNumber, Lines, Manuscript};
use super::{Book, SectionNumber};

/// A copy, its encoding repaired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookCopy {
    /// What is in the file.
    pub manuscript: Manuscript,
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
    /// The heading's line in the manuscript's text, from 1; for text and Markdown the line of the file, too.
    pub line: u32,
    /// Bytes of the manuscript's text: the heading with its markup.
    pub heading: Range<usize>,
    /// Bytes of the manuscript's text: what stands below the heading, up to the next one.
    pub body: Range<usize>,
    /// The manuscript's blocks below the heading, up to the next one.
    pub blocks: Range<usize>,
}

/// How a section begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Excerpt<'a> {
    /// The first paragraph; empty where the section begins with code. Lines end in `\n`.
    pub prose: &'a str,
    /// The code that the section begins with, or to which the paragraph leads: it ends with a colon.
    pub code: Option<&'a Code>,
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
    /// The file cannot be read as a book at all.
    Unreadable(Fault),
    /// Not one section of the table of contents was found.
    NoSections,
}

impl From<Fault> for CopyError {
    fn from(fault: Fault) -> Self {
        Self::Unreadable(fault)
    }
}

impl fmt::Display for CopyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(fault) => fault.fmt(f),
            Self::NoSections => write!(f, "none of the book's numbered sections was found in the file"),
        }
    }
}

impl std::error::Error for CopyError {}

impl BookCopy {
    /// Reads a copy of a book; `format` is what the file's name says.
    pub fn read(bytes: &[u8], format: Format, book: &Book) -> Result<Self, CopyError> {
        Self::of(Manuscript::read(bytes, format)?, book)
    }

    /// Finds the sections of a book in a file that was read.
    pub fn of(manuscript: Manuscript, book: &Book) -> Result<Self, CopyError> {
        let mut report = CopyReport { repairs: manuscript.repairs, ..CopyReport::default() };
        let sections = find_sections(&manuscript, book, &mut report);
        if sections.is_empty() {
            return Err(CopyError::NoSections);
        }
        find_dangling(&manuscript.text, book, &mut report);
        Ok(Self { manuscript, sections, report })
    }

    /// Where a section stands.
    pub fn section(&self, number: SectionNumber) -> Option<&CopySection> {
        self.sections.iter().find(|section| section.number == number)
    }

    /// A section's heading without markup, on one line.
    pub fn heading_text(&self, section: &CopySection) -> &str {
        let block = section.blocks.start.checked_sub(1).map(|at| &self.manuscript.blocks[at].content);
        if let Some(Content::Heading(heading)) = block { &heading.text } else { "" }
    }

    /// A section's heading as it stands.
    pub fn heading(&self, section: &CopySection) -> &str {
        &self.manuscript.text[section.heading.clone()]
    }

    /// What stands below a section's heading.
    pub fn body(&self, section: &CopySection) -> &str {
        &self.manuscript.text[section.body.clone()]
    }

    /// How a section begins; `None` where nothing stands below its heading.
    pub fn excerpt(&self, section: &CopySection) -> Option<Excerpt<'_>> {
        let mut blocks = self.manuscript.blocks[section.blocks.clone()].iter();
        let words = |block: &'_ Block| !matches!(block.content, Content::Heading(_));
        match &blocks.find(|block| words(block))?.content {
            Content::Prose(prose) => {
                let code = match blocks.next().map(|next| &next.content) {
                    Some(Content::Code(code)) if prose.trim_end().ends_with(':') => Some(code),
                    _ => None,
                };
                Some(Excerpt { prose, code })
            }
            Content::Code(code) => Some(Excerpt { prose: "", code: Some(code) }),
            Content::Heading(_) => None,
        }
    }
}

fn find_sections(manuscript: &Manuscript, book: &Book, report: &mut CopyReport) -> Vec<CopySection> {
    let mut sections: Vec<CopySection> = Vec::new();
    let mut seen = BTreeMap::new();
    // How far down the last section is.
    let mut level = 0;
    for (index, block) in manuscript.blocks.iter().enumerate() {
        let Content::Heading(heading) = &block.content else { continue };
        let opens = match heading.number {
            Some(HeadingNumber::Section(found)) => section(manuscript, book, block, heading, found, &mut seen, report),
            // What stands behind a heading further up is no part of the section.
            Some(HeadingNumber::Chapter(_)) => None,
            None if heading.level < level => None,
            None => continue,
        };
        if opens.is_none() && matches!(heading.number, Some(HeadingNumber::Section(_))) {
            continue;
        }
        close(&mut sections, block.range.start, index);
        if let Some(number) = opens {
            level = heading.level;
            let body = behind_line(&manuscript.text, block.range.end)..OPEN;
            let (line, heading) = (block.line, block.range.clone());
            sections.push(CopySection { number, line, heading, body, blocks: index + 1..OPEN });
        }
    }
    close(&mut sections, manuscript.text.len(), manuscript.blocks.len());
    let found: BTreeSet<SectionNumber> = sections.iter().map(|section| section.number).collect();
    let expected = book.sections.iter().map(|section| section.number);
    report.missing = expected.filter(|number| !found.contains(number)).collect();
    sections
}

/// The section that a heading opens.
fn section(
    manuscript: &Manuscript,
    book: &Book,
    block: &Block,
    heading: &Heading,
    found: SectionNumber,
    seen: &mut BTreeMap<SectionNumber, usize>,
    report: &mut CopyReport,
) -> Option<SectionNumber> {
    let Some(section) = book.section(found) else {
        let line = manuscript.text[block.range.clone()].lines().next().unwrap_or_default();
        report.unknown.push((block.line, line.to_owned()));
        return None;
    };
    // `3.14: What is new` is about a Python of this number, unless the section has this title.
    let is_version = heading.text.contains(&format!("{found}:")) && !is_same_title(&heading.title, &section.title);
    if is_version { None } else { numbered(book, found, seen, report) }
}

/// Whether two titles are the same but for signs and capitals.
fn is_same_title(one: &str, other: &str) -> bool {
    let letters = |title: &str| -> String {
        title.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    letters(one) == letters(other)
}

/// The end of a body that is still being read.
const OPEN: usize = usize::MAX;

/// Ends the last section, once: at this byte, and before this block.
fn close(sections: &mut [CopySection], end: usize, block: usize) {
    if let Some(last) = sections.last_mut().filter(|last| last.body.end == OPEN) {
        last.body.end = end.max(last.body.start);
        last.blocks.end = block;
    }
}

/// Where the line behind this byte begins.
fn behind_line(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let rest = &rest[blank..];
    at + blank + if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with(['\n', '\r'])) }
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
    let lines = Lines::new(text);
    let mut dangles = |at: usize, reference: String| report.dangling.push((lines.number(at), reference));
    for at in memmem::find_iter(text.as_bytes(), "Ch. ") {
        let reference = &text[at + 4..];
        let len = reference.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(reference.len());
        let reference = reference[..len].trim_end_matches('.');
        let exists = match reference.parse::<SectionNumber>() {
            Ok(section) => book.section(section).is_some(),
            Err(_) => reference.parse().is_ok_and(|chapter| book.chapter(chapter).is_some()),
        };
        if !exists && !reference.is_empty() {
            dangles(at, format!("Ch. {reference}"));
        }
    }
    for at in memmem::find_iter(text.as_bytes(), "Appendix ") {
        if let Some(letter) = text[at + 9..].chars().next().filter(char::is_ascii_uppercase) {
            dangles(at, format!("Appendix {letter}"));
        }
    }
    report.dangling.sort_by_key(|(line, _)| *line);
}
