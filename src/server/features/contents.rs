//! `marginalia/contents`: the tables of contents of all open books.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tower_lsp::jsonrpc::Result;

use super::section::Name;
use crate::knowledge::Volume;
use crate::server::session::Session;

/// Nothing yet.
#[derive(Debug, Deserialize)]
pub struct Params {}

/// A book and its chapters.
#[derive(Debug, Serialize)]
pub struct Contents {
    /// The short name.
    book: String,
    title: String,
    chapters: Vec<Chapter>,
}

#[derive(Debug, Serialize)]
struct Chapter {
    number: u16,
    title: String,
    sections: Vec<Name>,
}

/// The books, the first one first.
pub async fn contents(session: &Arc<Session>, _: Params) -> Result<Vec<Contents>> {
    let contents = session.in_pool(|session| {
        let applied = session.config.workspace();
        applied.knowledge().volumes().iter().map(of).collect()
    });
    contents.await
}

fn of(volume: &Volume) -> Contents {
    let book = volume.book();
    let chapter = |chapter: &crate::book::Chapter| {
        let sections = book.sections.iter().filter(|section| section.number.chapter == chapter.number);
        Chapter {
            number: chapter.number,
            title: chapter.title.to_string(),
            sections: sections.map(|section| Name::new(volume, section)).collect(),
        }
    };
    Contents {
        book: book.id.to_string(),
        title: book.title.to_string(),
        chapters: book.chapters.iter().map(chapter).collect(),
    }
}
