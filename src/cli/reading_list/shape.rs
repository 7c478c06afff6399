//! The reading list as JSON; `docs/json.md` promises its shape.

use serde::Serialize;

use super::{Listing, Report, Wanted};
use crate::book::Book;

#[derive(Serialize)]
pub(super) struct Page<'r> {
    #[serde(flatten)]
    listing: List<'r>,
    vs: Option<List<'r>>,
}

#[derive(Serialize)]
struct List<'r> {
    name: &'r str,
    files: usize,
    paths: Vec<Path<'r>>,
    unused_chapters: Vec<u16>,
}

#[derive(Serialize)]
struct Path<'r> {
    path: Option<&'r str>,
    sections: Vec<Section<'r>>,
}

#[derive(Serialize)]
struct Section<'r> {
    book: &'r str,
    number: String,
    title: &'r str,
    uses: usize,
    findings: usize,
    files: usize,
    first: First<'r>,
}

#[derive(Serialize)]
struct First<'r> {
    path: &'r str,
    line: usize,
}

pub(super) fn page<'r>(report: &'r Report<'_>) -> Page<'r> {
    Page { listing: list(&report.listing, report.book), vs: report.vs.as_ref().map(|vs| list(vs, report.book)) }
}

fn list<'r>(listing: &'r Listing, book: &Book) -> List<'r> {
    let groups = listing.groups.iter();
    let paths = groups
        .map(|group| Path { path: group.path.as_deref(), sections: group.sections.iter().map(section).collect() })
        .collect();
    let unused_chapters = listing.unused_chapters(book).map(|(number, _)| number).collect();
    List { name: &listing.name, files: listing.files, paths, unused_chapters }
}

fn section(wanted: &Wanted) -> Section<'_> {
    Section {
        book: &wanted.book,
        number: wanted.number.to_string(),
        title: &wanted.title,
        uses: wanted.uses,
        findings: wanted.findings,
        files: wanted.files,
        first: First { path: &wanted.first.file, line: wanted.first.line },
    }
}
