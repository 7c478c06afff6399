//! The reading list as Markdown, with boxes to tick.

use std::io::{self, Write};

use super::{Report, Wanted, counted, heading, how_often};
use crate::cli::escape::markdown as text;

pub(super) fn write(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    let listing = &report.listing;
    writeln!(out, "# Reading list for {}\n", code(&listing.name))?;
    write!(out, "{}, explained by *{}*", counted(listing.files, "file"), text(&report.book.title))?;
    match &report.vs {
        Some(vs) => writeln!(out, ", beside {} ({}).", code(&vs.name), counted(vs.files, "file"))?,
        None => writeln!(out, ".")?,
    }
    for group in &listing.groups {
        writeln!(out, "\n## {}\n", heading(group.path.as_deref()))?;
        for wanted in &group.sections {
            let there = report.vs.as_ref().map(|vs| match vs.section(wanted) {
                Some(there) => format!("; there {}", how_often(there)),
                None => "; not there".to_owned(),
            });
            entry(wanted, &there.unwrap_or_default(), out)?;
        }
    }
    if let Some(vs) = &report.vs {
        let only: Vec<_> = vs.sections().filter(|wanted| listing.section(wanted).is_none()).collect();
        if !only.is_empty() {
            writeln!(out, "\n## Only in {}\n", code(&vs.name))?;
            only.into_iter().try_for_each(|wanted| entry(wanted, "", out))?;
        }
    }
    let unused: Vec<String> =
        listing.unused_chapters(report.book).map(|(number, title)| format!("- {number} {}", text(title))).collect();
    if !unused.is_empty() && !listing.groups.is_empty() {
        writeln!(out, "\n## Can wait\n\nNothing here asks for these chapters.\n\n{}", unused.join("\n"))?;
    }
    Ok(())
}

fn entry(wanted: &Wanted, there: &str, out: &mut impl Write) -> io::Result<()> {
    let place = code(&format!("{}:{}", wanted.first.file, wanted.first.line));
    let (reference, title, often) = (&wanted.reference, text(&wanted.title), how_often(wanted));
    writeln!(out, "- [ ] **{reference}** {title} ({often}{there}), first in {place}")
}

/// A name as code, whatever is in it.
fn code(name: &str) -> String {
    let fence = if name.contains('`') { "``" } else { "`" };
    let pad = if name.contains('`') { " " } else { "" };
    format!("{fence}{pad}{name}{pad}{fence}")
}
