//! Where the link to a section leads.
//!
//! A `links.base` of the user's wins; then the editor extension's own handler, which shows the page beside the code. Any
//! other client gets the line in the reader's own copy, or a page in the cache folder.

use std::sync::Arc;

use tower_lsp::ls_types::Uri;

use super::config::Applied;
use super::session::Session;
use crate::book::SectionNumber;
use crate::book::manuscript::Format;
use crate::knowledge::{Rule, Volume};

/// Where a section can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// The document.
    pub uri: Uri,
    /// The line in it, from 1; `None` for the document as a whole.
    pub line: Option<u32>,
}

impl Link {
    /// With the line as editors understand it behind a URI: `#L12`.
    pub fn with_fragment(self) -> Uri {
        let Some(line) = self.line else { return self.uri };
        format!("{}#L{line}", self.uri.as_str()).parse().unwrap_or(self.uri)
    }
}

impl Session {
    /// The link to a section of a book; `None` where there is nothing to open. May write the page: for the analysis
    /// threads.
    pub fn link(self: &Arc<Self>, applied: &Applied, volume: &Volume, number: SectionNumber) -> Option<Link> {
        volume.book().section(number)?;
        let published = applied.settings.links.section(volume, number);
        if let Some(uri) = published.or_else(|| self.in_editor(volume, number)) {
            return Some(Link { uri: uri.parse().ok()?, line: None });
        }
        self.file(applied, volume, number)
    }

    /// The link to what a rule is about: its page where it is published, its section elsewhere.
    pub fn rule_link(self: &Arc<Self>, applied: &Applied, volume: &Volume, rule: &Rule) -> Option<Link> {
        match applied.settings.links.rule(volume, rule) {
            Some(uri) => Some(Link { uri: uri.parse().ok()?, line: None }),
            None => self.link(applied, volume, *rule.sections.first()?),
        }
    }

    /// The file in which a section can be read, wherever links lead: the line in the reader's own copy, or the page.
    pub fn file(self: &Arc<Self>, applied: &Applied, volume: &Volume, number: SectionNumber) -> Option<Link> {
        let in_copy = self.in_copy(applied, volume, number);
        in_copy.or_else(|| Some(Link { uri: self.page(volume, number)?, line: None }))
    }

    /// The line in the reader's own copy, once that has been read. Of an EPUB, which no editor opens, it is the line in its
    /// text, written down in the cache folder.
    pub fn in_copy(&self, applied: &Applied, volume: &Volume, number: SectionNumber) -> Option<Link> {
        let copy = applied.copy.as_ref().filter(|_| volume.is_first())?;
        let found = copy.text()?;
        let line = found.section(number)?.line;
        let written = match found.manuscript.format {
            Format::Text | Format::Markdown => None,
            Format::Epub => Some(self.pages.of_copy(copy, &found.manuscript.text)?),
        };
        Some(Link { uri: Uri::from_file_path(written.as_ref().unwrap_or(&copy.path))?, line: Some(line) })
    }

    /// What has the editor's extension show a section, where it does that.
    fn in_editor(&self, volume: &Volume, number: SectionNumber) -> Option<String> {
        let base = self.config.uri_handler()?;
        let book = volume.book();
        Some(if volume.is_first() { format!("{base}{number}") } else { format!("{base}{number}?book={}", book.id) })
    }

    /// The page of a section in the cache folder. Those that it links to follow when no request waits.
    pub fn page(self: &Arc<Self>, volume: &Volume, number: SectionNumber) -> Option<Uri> {
        let page = self.pages.page(volume, number)?;
        let id = volume.book().id.to_string();
        if self.pages.first_use(&id) {
            self.in_background(&format!("pages of {id}"), move |session| {
                let knowledge = session.config.with_book(&id);
                let volumes = knowledge.iter().flat_map(|knowledge| knowledge.volumes());
                volumes.filter(|volume| volume.book().id == id).for_each(|volume| session.pages.all(volume));
            });
        }
        Uri::from_file_path(page)
    }
}
