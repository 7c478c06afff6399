//! `textDocument/documentLink`: the sections that comments name.

use std::sync::Arc;

use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{DocumentLink, DocumentLinkParams};

use crate::margin::citations::Citation;
use crate::server::checked::Checked;
use crate::server::documents::View;
use crate::server::session::Session;

/// A link for each section that the comments of a document name and that its book has.
pub async fn document_link(session: &Arc<Session>, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
    let links = session.on_document(&params.text_document.uri, |session, view| {
        let checked = session.check(view)?;
        let within = view.place().range();
        let citations = checked.citations().iter().filter(|citation| within.contains_range(citation.range));
        Some(citations.filter_map(|citation| link(session, view, checked, citation)).collect())
    });
    links.await
}

fn link(session: &Arc<Session>, view: &View, checked: &Checked, citation: &Citation) -> Option<DocumentLink> {
    let volume = &checked.applied.knowledge().volumes()[citation.volume];
    let section = volume.book().section(citation.number)?;
    let target = session.link(&checked.applied, volume, citation.number)?.with_fragment();
    let tooltip = format!("{} {}", volume.book().reference(citation.number), section.title);
    let range = view.converter(session.capabilities().encoding).range(citation.range);
    Some(DocumentLink { range, target: Some(target), tooltip: Some(tooltip), data: None })
}
