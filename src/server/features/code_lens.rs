//! `textDocument/codeLens`: above a function or class of the module, the sections that it leads to.

use std::sync::Arc;

use ruff_text_size::TextRange;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{CodeLens, CodeLensParams, Command};

use super::execute_command::open_section;
use crate::knowledge::NoteId;
use crate::margin::{Analysis, view};
use crate::python::{Construct, FactKind, Placed};
use crate::server::checked::Checked;
use crate::server::documents::View;
use crate::server::session::Session;

/// More would not be read.
const MAX_SECTIONS: usize = 3;

/// The lenses of the document, when they are switched on.
pub async fn code_lens(session: &Arc<Session>, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
    let lenses = session.on_document(&params.text_document.uri, |session, view| {
        let checked = session.check(view).filter(|checked| checked.applied.settings.code_lens)?;
        let here = checked.analysis.module().statements.iter().filter(|it| view.place().holds(it.range.start()));
        let definitions = here.filter_map(|it| Some((definition(checked, it)?, it)));
        Some(definitions.flat_map(|(keyword, it)| lenses(session, view, checked, keyword, it.range)).collect())
    });
    lenses.await
}

/// The `def`, `async` or `class` of a statement that is a definition.
fn definition(checked: &Checked, placed: &Placed) -> Option<TextRange> {
    let defines =
        |kind: &FactKind| matches!(kind, FactKind::Construct(Construct::Def | Construct::AsyncDef | Construct::Class));
    let fact = placed.statement.facts.iter().find(|fact| defines(&fact.kind))?;
    let keyword = fact.range + placed.range.start();
    // A definition inside another statement is indented.
    let before = &checked.analysis.text()[..keyword.start().to_usize()];
    (before.is_empty() || before.ends_with(['\n', '\r'])).then_some(keyword)
}

fn lenses<'c>(
    session: &Session,
    view: &View,
    checked: &'c Checked,
    keyword: TextRange,
    definition: TextRange,
) -> impl Iterator<Item = CodeLens> + use<'c> {
    let range = view.converter(session.capabilities().encoding).range(keyword);
    let notes = view::within(&checked.analysis, definition).into_iter().take(MAX_SECTIONS);
    notes.map(move |note| CodeLens { range, command: Some(command(&checked.analysis, note)), data: None })
}

fn command(analysis: &Analysis, note: NoteId) -> Command {
    let knowledge = analysis.knowledge();
    let command = open_section(knowledge.note_volume(note), knowledge.note(note).section);
    Command { title: view::name(analysis, note), ..command }
}
