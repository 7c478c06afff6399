//! Where the link to a section leads.
//!
//! A `links.base` of the user's wins; then the editor extension's own handler, which shows the page beside the code; any
//! other client gets a page in the cache folder.

use std::sync::Arc;

use tower_lsp::ls_types::Uri;

use super::config::Applied;
use super::session::Session;
use crate::book::SectionNumber;
use crate::knowledge::Volume;

impl Session {
    /// The link to a section of a book; `None` where there is nothing to open. May write the page: for the analysis
    /// threads.
    pub fn link(self: &Arc<Self>, applied: &Applied, volume: &Volume, number: SectionNumber) -> Option<Uri> {
        volume.book().section(number)?;
        // Both know the first book only.
        let base = || applied.settings.links_base.clone().or_else(|| self.config.uri_handler());
        let base = volume.is_first().then(base).flatten();
        match base {
            Some(base) => format!("{base}{number}").parse().ok(),
            None => self.page(volume, number),
        }
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
