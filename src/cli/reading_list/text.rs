//! The reading list for a terminal.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::{Listing, Report, Wanted, counted, heading, how_often};
use crate::cli::output::{FAINT, Output, REFERENCE, STRONG, printable, shortened};

pub(super) fn write(report: &Report<'_>, out: &mut Output) -> io::Result<()> {
    let listing = &report.listing;
    writeln!(out, "{STRONG}{}{STRONG:#}  {}", listing.name, counted(listing.files, "file"))?;
    if let Some(vs) = &report.vs {
        writeln!(out, "{FAINT}beside{FAINT:#} {STRONG}{}{STRONG:#}  {}", vs.name, counted(vs.files, "file"))?;
    }
    for group in &listing.groups {
        writeln!(out, "\n{STRONG}{}{STRONG:#}", heading(group.path.as_deref()))?;
        let rows = group.sections.iter().map(|wanted| Row::new(listing, wanted, report.vs.as_ref()));
        table(rows.collect(), out)?;
    }
    if listing.groups.is_empty() {
        writeln!(out, "\nNothing here asks for more than everyday Python.")?;
    }
    if let Some(vs) = &report.vs {
        let only = vs.sections().filter(|wanted| listing.section(wanted).is_none());
        let rows: Vec<_> = only.map(|wanted| Row::new(vs, wanted, None)).collect();
        if !rows.is_empty() {
            writeln!(out, "\n{STRONG}Only in {}{STRONG:#}", vs.name)?;
            table(rows, out)?;
        }
    }
    skip(report, out)
}

/// A section with what is said of it.
struct Row<'r> {
    reference: &'r str,
    title: &'r str,
    often: String,
    place: String,
}

impl<'r> Row<'r> {
    fn new(listing: &Listing, wanted: &'r Wanted, vs: Option<&Listing>) -> Self {
        let mut often = how_often(wanted);
        if let Some(vs) = vs {
            let there = vs.section(wanted).map(how_often);
            often += &there.map_or_else(|| "; not there".to_owned(), |there| format!("; there {there}"));
        }
        // The folder stands above already.
        let file = &wanted.first.file;
        let below = file.strip_prefix(&listing.name).and_then(|rest| rest.strip_prefix('/')).unwrap_or(file);
        Row {
            reference: &wanted.reference,
            title: &wanted.title,
            often,
            place: format!("{}:{}", printable(below), wanted.first.line),
        }
    }
}

/// Writes rows in columns; titles are cut where there is no room for them.
fn table(rows: Vec<Row<'_>>, out: &mut Output) -> io::Result<()> {
    let widest = |width: fn(&Row<'_>) -> usize| rows.iter().map(width).max().unwrap_or(0);
    let (often, place) = (widest(|row| row.often.width()), widest(|row| row.place.width()));
    let room = out.width().saturating_sub(2 + 9 + 2 + often + 2 + place).clamp(20, 48);
    let title_width = widest(|row| row.title.width()).min(room);
    for Row { reference, title, often: count, place } in rows {
        let title = shortened(title, title_width);
        let gap = " ".repeat(title_width.saturating_sub(title.width()));
        writeln!(
            out,
            "  {REFERENCE}{reference:<8}{REFERENCE:#} {title}{gap}  {count:<often$}  {FAINT}{place}{FAINT:#}"
        )?;
    }
    Ok(())
}

/// What can wait.
fn skip(report: &Report<'_>, out: &mut Output) -> io::Result<()> {
    let unused: Vec<String> =
        report.listing.unused_chapters(report.book).map(|(number, title)| format!("{number} {title}")).collect();
    if unused.is_empty() || report.listing.groups.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{STRONG}Can wait{STRONG:#} {FAINT}(nothing here asks for these chapters){FAINT:#}")?;
    unused.iter().try_for_each(|chapter| writeln!(out, "  {chapter}"))
}
