//! The margin as a page for a browser: one file, no scripts, nothing fetched.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::layout::{lines, numbers};
use crate::cli::source::Source;
use crate::margin::Analysis;
use crate::margin::view::Remark;

const STYLE: &str = "\
:root { color-scheme: light dark; }
body { margin: 2rem; font: 14px/1.5 ui-monospace, Menlo, Consolas, monospace; }
table { border-collapse: collapse; }
td { vertical-align: top; padding: 0; }
td.line { padding-right: 1.5em; text-align: right; opacity: .45; user-select: none; }
td.code { white-space: pre; }
td.cell { padding-top: 1em; opacity: .45; }
td.margin { padding-left: 2.5em; font-family: system-ui, sans-serif; font-size: 12px; line-height: 21px; }
span.section { color: light-dark(#0b6e75, #6fd3da); cursor: help; }
span.finding { color: light-dark(#9a5b00, #f0b95a); cursor: help; }";

/// Writes the whole file; what a remark says in a sentence appears when the mouse rests on it.
pub(super) fn write(
    source: &Source,
    analysis: &Analysis,
    notes: &BTreeMap<usize, Vec<Remark>>,
    out: &mut impl Write,
) -> io::Result<()> {
    let title = escaped(&source.name);
    writeln!(out, "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{title}</title>")?;
    writeln!(out, "<style>\n{STYLE}\n</style>\n<h1>{title}</h1>\n<table>")?;
    let mut places = numbers(source).into_iter();
    for (at, line) in lines(analysis).iter().enumerate() {
        let (number, cell) = places.next().unwrap_or((at + 1, None));
        if let Some(cell) = cell {
            writeln!(out, "<tr><td><td class=\"cell\">cell {cell}<td>")?;
        }
        let remarks = notes.get(&at).map_or(&[][..], Vec::as_slice);
        let margin: Vec<String> = remarks.iter().map(remark).collect();
        let (id, code, margin) = (at + 1, escaped(line), margin.join(" · "));
        writeln!(
            out,
            "<tr id=\"{id}\"><td class=\"line\">{number}<td class=\"code\">{code}<td class=\"margin\">{margin}"
        )?;
    }
    writeln!(out, "</table>\n</html>")
}

fn remark(remark: &Remark) -> String {
    let class = if remark.note.is_none() { "finding" } else { "section" };
    format!("<span class=\"{class}\" title=\"{}\">{}</span>", escaped(&remark.gist), escaped(&remark.text))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
