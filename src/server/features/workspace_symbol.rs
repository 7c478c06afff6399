//! `workspace/symbol`: sections and rules by number, title, symbol or words; their pages are what is opened.

use std::sync::Arc;

use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    Location, OneOf, Range, SymbolKind, WorkspaceSymbol, WorkspaceSymbolParams, WorkspaceSymbolResponse,
};

use crate::book::SectionNumber;
use crate::knowledge::search::{Target, search};
use crate::knowledge::{Knowledge, Volume};
use crate::server::session::Session;

/// The list is meant to be looked through.
const LIMIT: usize = 30;

/// Finds sections and rules. With nothing typed nothing is asked for.
pub async fn symbol(session: &Arc<Session>, params: WorkspaceSymbolParams) -> Result<Option<WorkspaceSymbolResponse>> {
    let found = session.in_pool(move |session| {
        let applied = session.config.workspace();
        let hits = search(applied.knowledge(), &params.query, LIMIT);
        hits.into_iter().filter_map(|hit| entry(session, applied.knowledge(), hit.target)).collect()
    });
    Ok(Some(WorkspaceSymbolResponse::Nested(found.await?)))
}

fn entry(session: &Arc<Session>, knowledge: &Knowledge, target: Target) -> Option<WorkspaceSymbol> {
    match target {
        Target::Section { volume, number } => {
            let volume = &knowledge.volumes()[volume];
            let book = volume.book();
            let name = format!("{} {}", book.reference(number), book.section(number)?.title);
            at_page(session, name, volume, number)
        }
        Target::Rule(id) => {
            let rule = knowledge.rule(id);
            at_page(session, rule.name.to_string(), knowledge.rule_volume(id), rule.sections[0])
        }
    }
}

fn at_page(session: &Arc<Session>, name: String, volume: &Volume, number: SectionNumber) -> Option<WorkspaceSymbol> {
    let location = Location { uri: session.page(volume, number)?, range: Range::default() };
    Some(WorkspaceSymbol {
        name,
        kind: SymbolKind::FILE,
        tags: None,
        container_name: volume.book().chapter(number.chapter).map(|chapter| chapter.title.to_string()),
        location: OneOf::Left(location),
        data: None,
    })
}
