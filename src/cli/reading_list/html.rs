//! The reading list as a page with a map of the book: a row of tiles for each chapter, a tile for each section, the
//! darker the more the code asks for it. One file, no scripts, nothing fetched.

use std::io::{self, Write};

use super::{Listing, Report, Wanted, counted, heading, how_often};
use crate::book::{Book, Chapter, Section, SectionNumber};
use crate::cli::escape::html as escaped;

const STYLE: &str = "\
:root { color-scheme: light dark; --page: light-dark(#fff, #121212); --ink: light-dark(#1f2328, #e6e6e6); --quiet: light-dark(#636c76, #9198a1);
  --empty: light-dark(#eceef0, #23272e); --full: light-dark(#0b6e75, #4fd0d8); }
body { margin: 2rem auto; max-width: 76rem; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif;
  color: var(--ink); background: var(--page); }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin-top: 2rem; }
.quiet { color: var(--quiet); }
.map { display: grid; grid-template-columns: minmax(8rem, 21rem) 1fr; gap: .35rem 1rem; align-items: start; }
.map .chapter { font-size: .85rem; overflow-wrap: anywhere; }
.tiles { display: flex; flex-wrap: wrap; gap: 3px; padding-top: .25rem; }
.tile { width: 14px; height: 14px; border-radius: 2px; background: var(--empty); }
.u1 { background: color-mix(in srgb, var(--full) 30%, var(--empty)); }
.u2 { background: color-mix(in srgb, var(--full) 50%, var(--empty)); }
.u3 { background: color-mix(in srgb, var(--full) 75%, var(--empty)); }
.u4 { background: var(--full); }
a.tile:focus, a.tile:hover { outline: 2px solid var(--ink); }
.legend { display: flex; gap: .4rem; align-items: center; font-size: .85rem; margin: .6rem 0 0; }
table { border-collapse: collapse; table-layout: fixed; width: 100%; }
td { padding: .2rem .8rem .2rem 0; vertical-align: top; overflow-wrap: anywhere; }
td.number { width: 8rem; color: var(--full); font-variant-numeric: tabular-nums; }
td.place { width: 38%; font: 12px/1.8 ui-monospace, Menlo, Consolas, monospace; }
tr:target { background: var(--empty); }
@media (max-width: 40rem) { h1 { font-size: 1.25rem; } .map { grid-template-columns: 1fr; row-gap: 0; }
  .map .chapter { margin-top: .9rem; } .tile { width: 18px; height: 18px; }
  td.number { width: 5.5rem; } td.place { display: none; } }
@media print { :root { color-scheme: light; } .tile { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }";

pub(super) fn write(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    let name = escaped(&report.listing.name);
    writeln!(out, "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
    writeln!(out, "<title>Reading list for {name}</title>\n<style>\n{STYLE}\n</style>")?;
    writeln!(out, "<h1>Reading list for {name}</h1>")?;
    map(report.book, &report.listing, &|_| "", out)?;
    if let Some(vs) = &report.vs {
        writeln!(out, "<h2>Beside it: {}</h2>", escaped(&vs.name))?;
        // What both ask for stands in one table.
        let prefix = |wanted: &Wanted| if report.listing.section(wanted).is_some() { "" } else { "vs-" };
        map(report.book, vs, &prefix, out)?;
    }
    for group in &report.listing.groups {
        writeln!(out, "<h2>{}</h2>", escaped(&heading(group.path.as_deref())))?;
        table(&group.sections, "", report.vs.as_ref(), out)?;
    }
    if let Some(vs) = &report.vs {
        let only: Vec<Wanted> =
            vs.sections().filter(|wanted| report.listing.section(wanted).is_none()).cloned().collect();
        writeln!(out, "<h2>Only in {}</h2>", escaped(&vs.name))?;
        table(&only, "vs-", None, out)?;
    }
    let unused: Vec<String> =
        report.listing.unused_chapters(report.book).map(|(number, title)| format!("{number} {title}")).collect();
    if !unused.is_empty() {
        let unused = escaped(&unused.join(" · "));
        writeln!(
            out,
            "<h2>Can wait</h2>\n<p class=\"quiet\">Nothing here asks for these chapters.</p>\n<p>{unused}</p>"
        )?;
    }
    writeln!(out, "</html>")
}

/// What the anchor of a section begins with.
type Prefix<'p> = &'p dyn Fn(&Wanted) -> &'static str;

/// The book as tiles.
fn map(book: &Book, listing: &Listing, prefix: Prefix<'_>, out: &mut impl Write) -> io::Result<()> {
    let sections = listing.sections().filter(|wanted| wanted.book == *book.id).count();
    let (files, sections) = (counted(listing.files, "file"), counted(sections, "section"));
    writeln!(out, "<p class=\"quiet\">{files}, explained by {sections} of <i>{}</i></p>", escaped(&book.title))?;
    writeln!(out, "<div class=\"map\">")?;
    for chapter in book.chapters.iter() {
        row(book, chapter, listing, prefix, out)?;
    }
    writeln!(out, "</div>")?;
    writeln!(
        out,
        "<p class=\"legend quiet\"><span class=\"tile\"></span> not asked for <span class=\"tile u1\"></span> once \
         <span class=\"tile u2\"></span> a few times <span class=\"tile u3\"></span> often \
         <span class=\"tile u4\"></span> 100 times and more</p>"
    )
}

fn row(book: &Book, chapter: &Chapter, listing: &Listing, prefix: Prefix<'_>, out: &mut impl Write) -> io::Result<()> {
    let title = escaped(&chapter.title);
    write!(out, "<div class=\"chapter\">{} {title}</div><div class=\"tiles\">", chapter.number)?;
    for section in book.sections.iter().filter(|section| section.number.chapter == chapter.number) {
        let wanted = listing.sections().find(|wanted| wanted.book == *book.id && wanted.number == section.number);
        tile(book, section, wanted, prefix, out)?;
    }
    writeln!(out, "</div>")
}

fn tile(
    book: &Book,
    section: &Section,
    wanted: Option<&Wanted>,
    prefix: Prefix<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    let name = escaped(&format!("{} {}", book.reference(section.number), section.title));
    match wanted {
        None => write!(out, "<span class=\"tile\" title=\"{name}\"></span>"),
        Some(wanted) => {
            let (shade, often, id) = (shade(wanted), how_often(wanted), id(prefix(wanted), section.number));
            write!(
                out,
                "<a class=\"tile u{shade}\" href=\"#{id}\" title=\"{name}: {often}\" aria-label=\"{name}: {often}\"></a>"
            )
        }
    }
}

/// 1 to 4: once, a few times, often, very often.
fn shade(wanted: &Wanted) -> u8 {
    match wanted.uses + wanted.findings {
        0..=1 => 1,
        2..=9 => 2,
        10..=99 => 3,
        _ => 4,
    }
}

fn table(sections: &[Wanted], prefix: &str, vs: Option<&Listing>, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "<table>")?;
    for wanted in sections {
        let mut often = how_often(wanted);
        if let Some(vs) = vs {
            often += &vs
                .section(wanted)
                .map_or_else(|| "; not there".to_owned(), |there| format!("; there {}", how_often(there)));
        }
        let (id, number, title) = (id(prefix, wanted.number), escaped(&wanted.reference), escaped(&wanted.title));
        let place = escaped(&format!("{}:{}", wanted.first.file, wanted.first.line));
        writeln!(
            out,
            "<tr id=\"{id}\"><td class=\"number\">{number}<td>{title}<td class=\"quiet\">{often}<td class=\"quiet place\">{place}"
        )?;
    }
    writeln!(out, "</table>")
}

/// The anchor of a section.
fn id(prefix: &str, number: SectionNumber) -> String {
    format!("{prefix}{number}")
}
