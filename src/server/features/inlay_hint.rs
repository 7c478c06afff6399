//! `textDocument/inlayHint`: the sections of a line, at its end.

use std::sync::Arc;

use ruff_text_size::{TextRange, TextSize};
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{InlayHint, InlayHintLabel, InlayHintLabelPart, InlayHintParams};

use super::execute_command::open_section;
use crate::knowledge::NoteId;
use crate::margin::view::Remark;
use crate::server::checked::Checked;
use crate::server::documents::Snapshot;
use crate::server::session::Session;

/// The hints of the lines in a range, when they are switched on.
pub async fn inlay_hint(session: &Arc<Session>, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
    let lines = params.range.start.line as usize..=params.range.end.line as usize;
    let hints = session.on_document(&params.text_document.uri, move |session, snapshot| {
        let checked = session.check(snapshot).filter(|checked| checked.applied.settings.inlay_hints)?;
        let noted = checked.notes_by_line().range(lines);
        Some(noted.filter_map(|(&line, remarks)| hint(session, snapshot, checked, line, remarks)).collect())
    });
    hints.await
}

/// Findings are left out: they are diagnostics already.
fn hint(
    session: &Session,
    snapshot: &Snapshot,
    checked: &Checked,
    line: usize,
    remarks: &[Remark],
) -> Option<InlayHint> {
    let notes = remarks.iter().filter_map(|remark| Some((remark.note?, &remark.text)));
    let mut parts: Vec<_> = notes.flat_map(|(note, text)| [separator(), part(checked, note, text)]).collect();
    if parts.is_empty() {
        return None;
    }
    parts.remove(0);
    Some(InlayHint {
        position: snapshot.converter(session.capabilities().encoding).position(end_of_line(snapshot, line)?),
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

/// Behind the last letter of a line.
fn end_of_line(snapshot: &Snapshot, line: usize) -> Option<TextSize> {
    let range: TextRange = snapshot.lines.line(line, &snapshot.text)?;
    Some(range.start() + TextSize::of(snapshot.text[range].trim_end()))
}
