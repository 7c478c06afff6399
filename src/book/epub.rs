//! Reads an EPUB: its text, written down as Markdown.
//!
//! An EPUB is a zip archive with a list of contents and XHTML pages. Of the archive only these are unpacked, into memory.

mod archive;
mod package;
mod page;

use super::manuscript::Fault;
use archive::Archive;
use page::Writer;

/// The text of an EPUB, as Markdown: headings, paragraphs, items of lists, code between fences.
pub(super) fn markdown(bytes: &[u8]) -> Result<String, Fault> {
    let mut archive = Archive::open(bytes)?;
    let mut writer = Writer::default();
    for page in package::pages(&mut archive)? {
        // Lists of contents name pages that were left out.
        if let Some(text) = archive.text(&page)? {
            writer.read(&text)?;
        }
    }
    let markdown = writer.finish();
    if markdown.is_empty() { Err(Fault::Empty) } else { Ok(markdown) }
}
