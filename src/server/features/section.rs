//! `marginalia/section`: a section as a structured page, for clients that show it themselves.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::Uri;

use crate::book::{Section, SectionNumber};
use crate::knowledge::{Note, Volume, render};
use crate::server::config::Applied;
use crate::server::session::Session;

/// Which section.
#[derive(Debug, Deserialize)]
pub struct Params {
    /// `16.7.4`, with or without the mark.
    number: String,
    /// The book's short name; the first book where there is none.
    book: Option<String>,
}

/// How a section is called.
#[derive(Debug, PartialEq, Serialize)]
pub struct Name {
    pub number: String,
    /// The book's short name.
    pub book: String,
    /// `§16.7.4`
    pub reference: String,
    /// As printed, without the Python version.
    pub title: String,
}

impl Name {
    /// The name of a section of this book.
    pub fn new(volume: &Volume, section: &Section) -> Self {
        let book = volume.book();
        Self {
            number: section.number.to_string(),
            book: book.id.to_string(),
            reference: book.reference(section.number),
            title: render::without_version(&section.title).0.to_owned(),
        }
    }

    /// The name of the section with this number, when the book has it.
    pub fn of(volume: &Volume, number: SectionNumber) -> Option<Self> {
        Some(Self::new(volume, volume.book().section(number)?))
    }
}

/// A section's page. Texts are Markdown; empty where the section has no such part.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    #[serde(flatten)]
    name: Name,
    book_title: String,
    chapter: Option<Chapter>,
    /// The first Python with what the section is about.
    since: Option<String>,
    summary: String,
    key_points: String,
    pitfalls: String,
    /// Python, without a fence.
    example: String,
    erratum: String,
    parent: Option<Name>,
    previous: Option<Name>,
    next: Option<Name>,
    children: Vec<Name>,
    see_also: Vec<Name>,
    rules: Vec<Rule>,
    /// Where the section stands in the reader's own copy.
    copy: Option<Copy>,
    /// Where the user wants sections opened instead: `links.base` and the number.
    link: Option<String>,
}

#[derive(Debug, Serialize)]
struct Chapter {
    number: u16,
    title: String,
}

/// A rule that cites the section.
#[derive(Debug, Serialize)]
struct Rule {
    name: String,
    gist: String,
}

#[derive(Debug, Serialize)]
struct Copy {
    uri: Uri,
    /// From 0, as in positions.
    line: u32,
}

/// The page; null when there is no such section.
pub async fn section(session: &Arc<Session>, params: Params) -> Result<Option<Page>> {
    let number: SectionNumber = params.number.parse().map_err(|fault| Error::invalid_params(format!("{fault}")))?;
    let page = session.in_pool(move |session| {
        let applied = session.config.workspace();
        let knowledge = match &params.book {
            Some(book) => session.config.with_book(book)?,
            None => Arc::clone(applied.knowledge()),
        };
        let mut volumes = knowledge.volumes().iter();
        let volume = match &params.book {
            Some(book) => volumes.find(|volume| volume.book().id == *book)?,
            None => volumes.next()?,
        };
        page(session, &applied, volume, number)
    });
    page.await
}

fn page(session: &Session, applied: &Applied, volume: &Volume, number: SectionNumber) -> Option<Page> {
    let book = volume.book();
    let section = book.section(number)?;
    let note = volume.note_of(number).and_then(|id| volume.notes().find(|(known, _)| *known == id)).map(|(_, it)| it);
    let text = |part: fn(&Note) -> &str| note.map(part).unwrap_or_default().to_owned();
    let printed = render::without_version(&section.title).1;
    let (previous, next) = book.neighbours(number);
    let name = |section: &Section| Name::new(volume, section);
    Some(Page {
        name: name(section),
        book_title: book.title.to_string(),
        chapter: book
            .chapter(number.chapter)
            .map(|chapter| Chapter { number: chapter.number, title: chapter.title.to_string() }),
        since: note.and_then(|note| note.since).or(printed).map(|version| version.to_string()),
        summary: text(|note| &note.summary),
        key_points: text(|note| &note.key_points),
        pitfalls: text(|note| &note.pitfalls),
        example: text(|note| &note.example),
        erratum: text(|note| &note.erratum),
        parent: number.parent().and_then(|parent| Name::of(volume, parent)),
        previous: previous.map(name),
        next: next.map(name),
        children: book.children(number).map(name).collect(),
        see_also: note
            .map(|note| &*note.see_also)
            .unwrap_or_default()
            .iter()
            .filter_map(|it| Name::of(volume, *it))
            .collect(),
        rules: volume
            .rules_of(number)
            .map(|(_, rule)| Rule {
                name: rule.name.to_string(),
                gist: render::first_sentence(&rule.docs.what).to_owned(),
            })
            .collect(),
        copy: copy(session, applied, volume, number),
        link: applied.settings.links.section(volume, number),
    })
}

fn copy(session: &Session, applied: &Applied, volume: &Volume, number: SectionNumber) -> Option<Copy> {
    // Who asks to read can wait for the copy.
    applied.copy.as_ref()?.read().ok()?;
    let link = session.in_copy(applied, volume, number)?;
    Some(Copy { uri: link.uri, line: link.line?.saturating_sub(1) })
}
