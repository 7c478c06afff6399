//! Notebooks: which cells there are, in which order.

use tower_lsp::ls_types::{
    NotebookCell, NotebookCellKind, NotebookDocumentCellChange, NotebookDocumentCellChangeStructure, TextDocumentItem,
    Uri,
};

use super::convert::Encoding;
use super::documents::{Part, speaks_python};
use crate::python::is_python_cell;

/// The cells of a notebook that is opened.
pub(super) fn open(cells: &[NotebookCell], mut documents: Vec<TextDocumentItem>) -> Vec<Part> {
    cells.iter().map(|cell| opened(cell, &mut documents)).collect()
}

/// Changes the cells: which there are, what they are, what is in them. Those taken out go aside until they are closed.
pub(super) fn change(
    parts: &mut Vec<Part>,
    aside: &mut Vec<Part>,
    change: NotebookDocumentCellChange,
    encoding: Encoding,
) {
    if let Some(structure) = change.structure {
        rearrange(parts, aside, structure);
    }
    for cell in change.data.into_iter().flatten() {
        if let Some(part) = parts.iter_mut().find(|part| part.uri == cell.document) {
            part.python &= cell.kind == NotebookCellKind::CODE;
        }
    }
    for content in change.text_content.into_iter().flatten() {
        let document = content.document;
        match parts.iter_mut().find(|part| part.uri == document.uri) {
            Some(part) => part.change(document.version, content.changes, encoding),
            None => tracing::warn!("change of the cell {}, which is not open", document.uri.as_str()),
        }
    }
}

/// Whether there is Python in a cell.
pub(super) fn is_analysed(part: &Part) -> bool {
    part.python && is_python_cell(&part.text)
}

/// A cell that is moved is taken out and put in again with its text as it was; one whose language changes is closed and
/// opened again under the same name.
fn rearrange(parts: &mut Vec<Part>, aside: &mut Vec<Part>, structure: NotebookDocumentCellChangeStructure) {
    let NotebookDocumentCellChangeStructure { array, did_open, did_close } = structure;
    let start = (array.start as usize).min(parts.len());
    let end = start.saturating_add(array.delete_count as usize).min(parts.len());
    aside.extend(parts.splice(start..end, []));
    let mut documents = did_open.unwrap_or_default();
    let known = |aside: &mut Vec<Part>, uri: &Uri| {
        let at = aside.iter().position(|part| part.uri == *uri)?;
        Some(aside.remove(at))
    };
    let mut put_in = Vec::new();
    for cell in array.cells.iter().flatten() {
        let old = known(aside, &cell.document);
        let opens = documents.iter().any(|document| document.uri == cell.document);
        put_in.push(old.filter(|_| !opens).unwrap_or_else(|| opened(cell, &mut documents)));
    }
    parts.splice(start..start, put_in);
    for closed in did_close.into_iter().flatten() {
        aside.retain(|part| part.uri != closed.uri);
    }
}

/// A cell with the text that the client sent along; empty where it sent none.
fn opened(cell: &NotebookCell, documents: &mut Vec<TextDocumentItem>) -> Part {
    let at = documents.iter().position(|document| document.uri == cell.document);
    let document = at.map_or_else(
        || {
            tracing::warn!("the cell {} came without its text", cell.document.as_str());
            TextDocumentItem::new(cell.document.clone(), String::new(), 0, String::new())
        },
        |at| documents.swap_remove(at),
    );
    let python = cell.kind == NotebookCellKind::CODE && speaks_python(&document);
    Part::new(document, python)
}
