//! Where the link to a section leads.
//!
//! A `links.base` of the user's wins; then the editor extension's own handler, which shows the page beside the code; any
//! other client gets a page in the cache folder.

use std::sync::Arc;

use tower_lsp::ls_types::Uri;

use super::session::Session;
use crate::book::SectionNumber;
use crate::knowledge::Volume;
use crate::margin::settings::Settings;

impl Session {
    /// The link to a section of a book; `None` where there is nothing to open. May write the page: for the analysis
    /// threads.
    pub fn link(self: &Arc<Self>, settings: &Settings, volume: &Volume, number: SectionNumber) -> Option<Uri> {
        volume.book().section(number)?;
        let is_first = volume.book().id == self.knowledge.first_volume().book().id;
        // Both know the first book only.
        let base = settings.links_base.clone().or_else(|| self.config.uri_handler()).filter(|_| is_first);
        match base {
            Some(base) => format!("{base}{number}").parse().ok(),
            None => self.page(volume, number),
        }
    }

    /// The page of a section in the cache folder. Those that it links to follow when no request waits.
    pub fn page(self: &Arc<Self>, volume: &Volume, number: SectionNumber) -> Option<Uri> {
        let page = self.pages.page(volume, number)?;
        if self.pages.first_use() {
            self.in_background("pages", |session| {
                for volume in session.knowledge.volumes() {
                    session.pages.all(volume);
                }
            });
        }
        Uri::from_file_path(page)
    }

    /// The book that a command names, or the first one.
    pub fn volume(&self, book: Option<&str>) -> Option<&Volume> {
        let Some(book) = book else { return Some(self.knowledge.first_volume()) };
        self.knowledge.volumes().iter().find(|volume| volume.book().id == book)
    }
}
