//! Edits as the client takes them.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use tower_lsp::ls_types::{
    CreateFile, CreateFileOptions, DocumentChangeOperation, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, ResourceOp, TextDocumentEdit, TextEdit, Uri, WorkspaceEdit,
};

use super::config::Applied;
use super::convert::{Converter, Lines};
use super::documents::{Place, Snapshot};
use super::session::Session;
use crate::margin::{Edit, configure};

/// Edits of an open document, for exactly the version that they were made from.
pub(super) fn of_document(session: &Session, snapshot: &Snapshot, edits: &[Edit]) -> WorkspaceEdit {
    let mut changed: Vec<(&Place, Vec<TextEdit>)> = Vec::new();
    for edit in edits {
        let Some(place) = snapshot.place_at(edit.range.start()) else { continue };
        let edit = text_edit(&snapshot.converter(place, session.capabilities().encoding), edit);
        match changed.iter_mut().find(|(known, _)| std::ptr::eq(*known, place)) {
            Some((_, edits)) => edits.push(edit),
            None => changed.push((place, vec![edit])),
        }
    }
    let changed = changed.into_iter().map(|(place, edits)| (place.uri.clone(), Some(place.version), edits));
    of_files(session, changed.collect())
}

/// Whether there is a file, or can be one, to disable a rule in.
pub(super) fn can_disable(session: &Session, snapshot: &Snapshot, applied: &Applied) -> bool {
    applied.file.is_some() || new_file(session, snapshot).is_some()
}

/// The edit that disables a rule in the file with the project's settings, or in a new `marginalia.toml`. Reads the file.
pub(super) fn disable_rule(
    session: &Session,
    snapshot: &Snapshot,
    applied: &Applied,
    rule: &str,
) -> Option<WorkspaceEdit> {
    let file = applied.file.clone().or_else(|| new_file(session, snapshot))?;
    let uri = Uri::from_file_path(&file)?;
    let old = if applied.file.is_some() { fs::read_to_string(&file).ok()? } else { String::new() };
    let in_pyproject = file.file_name().is_some_and(|name| name == "pyproject.toml");
    let new = configure::ignore_rule(&old, in_pyproject, rule)?;
    let lines = Lines::new(&old);
    let converter = Converter::new(&old, &lines, session.capabilities().encoding);
    let edits = vec![text_edit(&converter, &Edit::between(&old, &new)?)];
    if applied.file.is_some() {
        return Some(of_files(session, vec![(uri, None, edits)]));
    }
    let options = CreateFileOptions { overwrite: Some(false), ignore_if_exists: Some(true) };
    let create = CreateFile { uri: uri.clone(), options: Some(options), annotation_id: None };
    let first = document_edit(uri, None, edits);
    let operations =
        vec![DocumentChangeOperation::Op(ResourceOp::Create(create)), DocumentChangeOperation::Edit(first)];
    Some(WorkspaceEdit { document_changes: Some(DocumentChanges::Operations(operations)), ..WorkspaceEdit::default() })
}

/// Where a project without settings gets its first: at the root of the workspace's folder, or beside the document.
fn new_file(session: &Session, snapshot: &Snapshot) -> Option<PathBuf> {
    let capabilities = session.capabilities();
    let beside = || snapshot.path()?.parent().map(PathBuf::from);
    let folder = session
        .config
        .root_of(snapshot.path().as_deref())
        .or_else(beside)
        .filter(|_| capabilities.create_files && capabilities.versioned_edits)?;
    Some(folder.join("marginalia.toml"))
}

fn of_files(session: &Session, files: Vec<(Uri, Option<i32>, Vec<TextEdit>)>) -> WorkspaceEdit {
    let files = files.into_iter();
    if session.capabilities().versioned_edits {
        let changes = files.map(|(uri, version, edits)| document_edit(uri, version, edits));
        let changes = DocumentChanges::Edits(changes.collect());
        return WorkspaceEdit { document_changes: Some(changes), ..WorkspaceEdit::default() };
    }
    let changes: HashMap<_, _> = files.map(|(uri, _, edits)| (uri, edits)).collect();
    WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
}

fn document_edit(uri: Uri, version: Option<i32>, edits: Vec<TextEdit>) -> TextDocumentEdit {
    TextDocumentEdit {
        text_document: OptionalVersionedTextDocumentIdentifier { uri, version },
        edits: edits.into_iter().map(OneOf::Left).collect(),
    }
}

fn text_edit(converter: &Converter<'_>, edit: &Edit) -> TextEdit {
    TextEdit { range: converter.range(edit.range), new_text: edit.text.clone() }
}
