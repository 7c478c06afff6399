//! `textDocument/inlayHint`: the sections of a line, at its end.

use std::sync::Arc;

use ruff_text_size::{TextRange, TextSize};
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{InlayHint, InlayHintLabel, InlayHintLabelPart, InlayHintParams};

use super::execute_command::open_section;
use crate::knowledge::NoteId;
use crate::margin::view::Remark;
use crate::server::checked::Checked;
use crate::server::documents::View;
use crate::server::session::Session;

/// The hints of the lines in a range, when they are switched on.
pub async fn inlay_hint(session: &Arc<Session>, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
    let [from, to] = [params.range.start.line, params.range.end.line].map(|line| line as usize);
    let hints = session.on_document(&params.text_document.uri, move |session, view| {
        let checked = session.check(view).filter(|checked| checked.applied.settings.inlay_hints)?;
        // The lines of a cell are some of the notebook's.
        let first = view.first_line(view.place());
        let count = view.place().lines().count();
        let (from, to) = (from.min(count), to.saturating_add(1).min(count).max(from.min(count)));
        let noted = checked.notes_by_line().range(first + from..first + to);
        Some(noted.filter_map(|(line, remarks)| hint(session, view, checked, line - first, remarks)).collect())
    });
    hints.await
}

/// Findings are left out: they are diagnostics already.
fn hint(session: &Session, view: &View, checked: &Checked, line: usize, remarks: &[Remark]) -> Option<InlayHint> {
    let notes = remarks.iter().filter_map(|remark| Some((remark.note?, &remark.text)));
    let mut parts: Vec<_> = notes.flat_map(|(note, text)| [separator(), part(checked, note, text)]).collect();
    if parts.is_empty() {
        return None;
    }
    parts.remove(0);
    Some(InlayHint {
        position: view.converter(session.capabilities().encoding).position(end_of_line(view, line)?),
        label: InlayHintLabel::LabelParts(parts),
        kind: None,
        text_edits: None,
        tooltip: None,
        padding_left: Some(true),
        padding_right: None,
        data: None,
    })
}

fn separator() -> InlayHintLabelPart {
    InlayHintLabelPart { value: " · ".to_owned(), ..InlayHintLabelPart::default() }
}

fn part(checked: &Checked, note: NoteId, text: &str) -> InlayHintLabelPart {
    let knowledge = checked.applied.knowledge();
    let command = open_section(knowledge.note_volume(note), knowledge.note(note).section);
    InlayHintLabelPart { value: text.to_owned(), command: Some(command), ..InlayHintLabelPart::default() }
}

/// Behind the last letter of a line of the text document.
fn end_of_line(view: &View, line: usize) -> Option<TextSize> {
    let place = view.place();
    let text = &view.text[place.range()];
    let range: TextRange = place.lines().line(line, text)?;
    Some(place.range().start() + range.start() + TextSize::of(text[range].trim_end()))
}
