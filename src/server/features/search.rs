//! `marginalia/search`: sections and rules by number, title, symbol, another tool's code, or words.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tower_lsp::jsonrpc::Result;

use super::section::Name;
use crate::knowledge::search::{Target, search as find};
use crate::knowledge::{Knowledge, Volume, render};
use crate::server::session::Session;

/// The list is meant to be looked through.
const LIMIT: usize = 30;

/// What is looked for.
#[derive(Debug, Deserialize)]
pub struct Params {
    query: String,
}

/// Something found, the best first.
#[derive(Debug, Serialize)]
pub struct Hit {
    #[serde(flatten)]
    section: Name,
    chapter: Option<String>,
    /// The rule that was found; its first section is the one named.
    rule: Option<String>,
    /// What it is about, in one sentence.
    gist: String,
}

/// Finds sections and rules. With nothing typed nothing is asked for.
pub async fn search(session: &Arc<Session>, params: Params) -> Result<Vec<Hit>> {
    let hits = session.in_pool(move |session| {
        let applied = session.config.workspace();
        let knowledge = applied.knowledge();
        find(knowledge, &params.query, LIMIT).into_iter().filter_map(|hit| entry(knowledge, hit.target)).collect()
    });
    hits.await
}

fn entry(knowledge: &Knowledge, target: Target) -> Option<Hit> {
    let (volume, number, rule): (&Volume, _, _) = match target {
        Target::Section { volume, number } => (&knowledge.volumes()[volume], number, None),
        Target::Rule(id) => {
            let rule = knowledge.rule(id);
            (knowledge.rule_volume(id), *rule.sections.first()?, Some(rule))
        }
    };
    let summary = || volume.note_of(number).map_or("", |note| &*knowledge.note(note).summary);
    let gist = rule.map_or_else(summary, |rule| &rule.docs.what);
    Some(Hit {
        section: Name::of(volume, number)?,
        chapter: volume.book().chapter(number.chapter).map(|chapter| chapter.title.to_string()),
        rule: rule.map(|rule| rule.name.to_string()),
        gist: render::first_sentence(gist).to_owned(),
    })
}
