//! `marginalia/margin`: what stands in the margin of a document, in order of place.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{Range, TextDocumentIdentifier};

use super::section::Name;
use crate::knowledge::{Knowledge, render};
use crate::margin::view::{self, Remark};
use crate::server::checked::Checked;
use crate::server::documents::View;
use crate::server::session::Session;

/// Which document.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    text_document: TextDocumentIdentifier,
}

/// The margin of one version.
#[derive(Debug, Serialize)]
pub struct Margin {
    version: i32,
    /// In order of place.
    remarks: Vec<Entry>,
}

/// A section, or a finding with the section that it leads to.
#[derive(Debug, Serialize)]
pub struct Entry {
    #[serde(flatten)]
    section: Name,
    /// The code it stands beside.
    range: Range,
    /// The rule, where something was found.
    rule: Option<String>,
    /// What it is about, in a sentence or two.
    gist: String,
}

/// The margin; null when the document is not open, not Python, or too large.
pub async fn margin(session: &Arc<Session>, params: Params) -> Result<Option<Margin>> {
    let margin = session.on_document(&params.text_document.uri, |session, view| {
        let checked = session.check(view)?;
        let all = checked.notes_by_line().values().flatten();
        let mut remarks: Vec<_> = all.filter(|remark| view.place().holds(remark.range.start())).collect();
        remarks.sort_by_key(|remark| remark.range.start());
        let remarks = remarks.into_iter().filter_map(|remark| entry(session, view, checked, remark)).collect();
        Some(Margin { version: view.place().version, remarks })
    });
    margin.await
}

fn entry(session: &Session, view: &View, checked: &Checked, remark: &Remark) -> Option<Entry> {
    let knowledge: &Knowledge = checked.applied.knowledge();
    let (volume, number, gist) = match (remark.note, remark.rule) {
        (Some(note), _) => {
            (knowledge.note_volume(note), knowledge.note(note).section, render::first_sentence(&remark.gist))
        }
        (None, Some(rule)) => (knowledge.rule_volume(rule), *knowledge.rule(rule).sections.first()?, &*remark.gist),
        (None, None) => return None,
    };
    Some(Entry {
        section: Name { title: view::title(volume.book(), number).to_owned(), ..Name::of(volume, number)? },
        range: view.converter(session.capabilities().encoding).range(remark.range),
        rule: remark.rule.map(|rule| knowledge.rule(rule).name.to_string()),
        gist: gist.to_owned(),
    })
}
