//! `textDocument/hover`: what the book says about the token under the cursor.

use std::sync::Arc;

use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{Hover, HoverContents, HoverParams, MarkupContent, MarkupKind, Position};

use crate::knowledge::{NoteId, render};
use crate::margin::settings::{HoverDetail, Settings};
use crate::server::documents::Snapshot;
use crate::server::session::Session;

/// Answers for the token under the cursor, not for what encloses it; nothing where there is nothing to say.
pub async fn hover(session: &Arc<Session>, params: HoverParams) -> Result<Option<Hover>> {
    let at = params.text_document_position_params;
    let position = at.position;
    session.on_document(&at.text_document.uri, move |session, snapshot| answer(session, snapshot, position)).await
}

fn answer(session: &Arc<Session>, snapshot: &Snapshot, position: Position) -> Option<Hover> {
    let applied = session.applied(snapshot);
    let settings = &applied.settings;
    if settings.hover.detail == HoverDetail::Off {
        return None;
    }
    let analysis = session.analysis(snapshot, &applied)?;
    let converter = snapshot.converter(session.capabilities().encoding);
    let at = analysis.at(converter.offset(position))?;
    if at.keyword_only && !settings.hover.keywords {
        return None;
    }
    let kind = if session.capabilities().markdown_hovers { MarkupKind::Markdown } else { MarkupKind::PlainText };
    let value = text(session, settings, &at.notes)?;
    Some(Hover {
        contents: HoverContents::Markup(MarkupContent { kind, value }),
        range: Some(converter.range(at.range)),
    })
}

/// The first note as the settings say, the others as one line each.
fn text(session: &Arc<Session>, settings: &Settings, notes: &[NoteId]) -> Option<String> {
    let (&first, others) = notes.split_first()?;
    let knowledge = &session.knowledge;
    let link = |id| {
        let volume = knowledge.note_volume(id);
        move |number| session.link(settings, volume, number).map(|uri| uri.as_str().to_owned())
    };
    let tell = if settings.hover.detail == HoverDetail::Full { render::full } else { render::short };
    let mut text = tell(knowledge, first, &link(first)).trim_end().to_owned();
    for (at, &id) in others.iter().enumerate() {
        text += if at == 0 { "\n\n- " } else { "\n- " };
        text += render::one_line(knowledge, id, &link(id)).trim_end();
    }
    Some(text)
}
