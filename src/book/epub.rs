//! Reads an EPUB: its text, written down as Markdown.
//!
//! An EPUB is a zip archive with a list of contents and XHTML pages. Of the archive only these are unpacked, into memory.

mod archive;
mod package;
mod page;

use std::borrow::Cow;

use super::manuscript::Fault;
use super::repair::repair;
use archive::Archive;
use page::Writer;

/// The text of an EPUB, as Markdown: headings, paragraphs, items of lists, code between fences. And how many characters were
/// made whole.
pub(super) fn markdown(bytes: &[u8]) -> Result<(String, usize), Fault> {
    let mut archive = Archive::open(bytes)?;
    let mut writer = Writer::default();
    for page in package::pages(&mut archive)? {
        // Lists of contents name pages that were left out.
        if let Some(text) = archive.text(&page)? {
            writer.read(&text)?;
        }
    }
    let (markdown, repairs) = repaired(&writer.finish());
    if markdown.is_empty() { Err(Fault::Empty) } else { Ok((markdown, repairs)) }
}

/// Makes characters whole, line by line: entities that the converter of a damaged text added are clean. Spaces that do not
/// break become spaces; before that, they may be a part of a character.
fn repaired(markdown: &str) -> (String, usize) {
    let is_plain = |line: &str| line.chars().all(|letter| letter.is_ascii() || "\u{a0}\u{feff}".contains(letter));
    // A byte order mark is no letter, wherever it stands.
    let spaced = |line: &str| line.replace('\u{a0}', " ").replace('\u{feff}', "");
    let (mut whole, mut repairs) = (String::with_capacity(markdown.len()), 0);
    let (mut damaged, mut clean) = (0, 0);
    for line in markdown.split_inclusive('\n') {
        let again = spaced(line);
        let found = [line, &again].into_iter().find_map(|line| match repair(line) {
            (Cow::Owned(line), count) => Some((line, count)),
            (Cow::Borrowed(_), _) => None,
        });
        match found {
            _ if is_plain(line) => whole += &again,
            Some((line, count)) => {
                damaged += 1;
                repairs += count;
                whole += &spaced(&line);
            }
            None => {
                clean += 1;
                whole += &again;
            }
        }
    }
    // A clean book may have a line about damage.
    if damaged > clean { (whole, repairs) } else { (spaced(markdown), 0) }
}
