//! `textDocument/completion`: sections by number, title and words, behind a `§` in a comment and nowhere else.

use std::sync::Arc;

use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    CompletionItem, CompletionItemKind, CompletionList, CompletionParams, CompletionResponse, CompletionTextEdit,
    Documentation, Position, Range, TextEdit,
};

use crate::book::SectionNumber;
use crate::knowledge::search::{Target, search};
use crate::knowledge::{Knowledge, Volume, render};
use crate::margin::citations::{Started, started};
use crate::server::documents::View;
use crate::server::session::Session;

/// How many sections are offered at a time; the client asks again while the reader types.
const MOST: usize = 40;

/// Offers sections where a comment begins to name one.
pub async fn completion(session: &Arc<Session>, params: CompletionParams) -> Result<Option<CompletionResponse>> {
    let at = params.text_document_position;
    let found = session.on_document(&at.text_document.uri, move |session, view| answer(session, view, at.position));
    found.await
}

fn answer(session: &Arc<Session>, view: &View, position: Position) -> Option<CompletionResponse> {
    let checked = session.check(view)?;
    let knowledge = checked.applied.knowledge();
    let converter = view.converter(session.capabilities().encoding);
    let offset = converter.offset(position);
    let comments = checked.analysis.layout().comments;
    let started = started(knowledge, &view.text, &comments, offset)?;
    let range = converter.range(started.range);
    // The client would sort and sift by its own idea of a match: everything that was found matches what was typed.
    let typed = &view.text[started.range];
    let sections = sections(knowledge, &started).into_iter().enumerate();
    let items = sections.filter_map(|(rank, (volume, number))| item(knowledge, volume, number, rank, typed, range));
    Some(CompletionResponse::List(CompletionList { is_incomplete: true, items: items.collect() }))
}

/// The sections to offer, the best first.
fn sections<'k>(knowledge: &'k Knowledge, started: &Started<'_>) -> Vec<(&'k Volume, SectionNumber)> {
    let wanted = |volume: usize| started.volume.is_none_or(|wanted| wanted == volume);
    let volumes = knowledge.volumes();
    if started.query.is_empty() {
        let open = volumes.iter().enumerate().filter(|(at, _)| wanted(*at));
        let all = open.flat_map(|(_, volume)| volume.book().sections.iter().map(move |it| (volume, it.number)));
        return all.take(MOST).collect();
    }
    let hits = search(knowledge, started.query, usize::MAX).into_iter();
    let found = hits.filter_map(|hit| match hit.target {
        Target::Section { volume, number } if wanted(volume) => Some((&volumes[volume], number)),
        _ => None,
    });
    found.take(MOST).collect()
}

fn item(
    knowledge: &Knowledge,
    volume: &Volume,
    number: SectionNumber,
    rank: usize,
    typed: &str,
    range: Range,
) -> Option<CompletionItem> {
    let book = volume.book();
    let section = book.section(number)?;
    let reference = book.reference(number);
    let gist = volume.note_of(number).map(|id| render::first_sentence(&knowledge.note(id).summary).to_owned());
    Some(CompletionItem {
        label: format!("{reference} {}", section.title),
        kind: Some(CompletionItemKind::REFERENCE),
        detail: book.chapter(number.chapter).map(|chapter| chapter.title.to_string()),
        documentation: gist.map(Documentation::String),
        sort_text: Some(format!("{rank:03}")),
        filter_text: Some(typed.to_owned()),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit { range, new_text: reference })),
        ..CompletionItem::default()
    })
}
