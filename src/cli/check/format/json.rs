//! Findings for programs. One finding a line, so that two runs can be compared line by line.

use std::io::{self, Write};

use serde::Serialize;

use super::{Format, write_all};
use crate::cli::check::file::Checked;
use crate::cli::check::{Problem, Totals};
use crate::cli::json::{Places, Range};
use crate::cli::output::Output;
use crate::knowledge::Severity;
use crate::margin::{Analysis, Edit, Finding, Fix};

pub(super) struct Json;

#[derive(Serialize)]
struct Entry<'a> {
    path: &'a str,
    /// Of a notebook.
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<usize>,
    rule: &'a str,
    sections: Vec<String>,
    severity: &'a str,
    message: &'a str,
    range: Range,
    fix: Option<FixEntry<'a>>,
}

#[derive(Serialize)]
struct FixEntry<'a> {
    kind: &'a str,
    title: &'a str,
    edits: Vec<EditEntry>,
}

#[derive(Serialize)]
struct EditEntry {
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<usize>,
    range: Range,
    text: String,
}

impl Format for Json {
    fn file(&self, checked: &Checked) -> String {
        let Checked { name, analysis, findings, .. } = checked;
        let places = checked.places();
        let lines = findings.iter().map(|(finding, severity)| {
            let entry = entry(name, analysis, &places, finding, *severity);
            serde_json::to_string(&entry).expect("strings, numbers and lists can be written as JSON")
        });
        lines.collect::<Vec<_>>().join(",\n")
    }

    fn write(&self, file: &str, first: bool, out: &mut Output) -> io::Result<()> {
        write_all(if first { "\n" } else { ",\n" }, out)?;
        out.write_plain(file)
    }

    fn begin(&self, out: &mut Output) -> io::Result<()> {
        write_all("{\"findings\": [", out)
    }

    fn end(&self, _totals: &Totals, problems: &[Problem], out: &mut Output) -> io::Result<()> {
        write_all("\n],\n\"problems\": ", out)?;
        serde_json::to_writer(&mut *out, problems)?;
        writeln!(out, "}}")
    }
}

fn entry<'a>(
    path: &'a str,
    analysis: &'a Analysis,
    places: &Places<'_>,
    finding: &'a Finding,
    severity: Severity,
) -> Entry<'a> {
    let rule = analysis.knowledge().rule(finding.rule);
    Entry {
        path,
        cell: places.cell(finding.range.start()),
        rule: &rule.name,
        sections: rule.sections.iter().map(ToString::to_string).collect(),
        severity: severity.name(),
        message: &finding.message,
        range: places.range(finding.range),
        fix: finding.fix.as_ref().map(|fix| fix_entry(fix, analysis, places)),
    }
}

fn fix_entry<'a>(fix: &'a Fix, analysis: &Analysis, places: &Places<'_>) -> FixEntry<'a> {
    let edits = analysis.edits(fix).into_iter();
    FixEntry {
        kind: if fix.safe { "safe" } else { "unsafe" },
        title: &fix.title,
        edits: edits.map(|edit| edit_entry(edit, places)).collect(),
    }
}

fn edit_entry(edit: Edit, places: &Places<'_>) -> EditEntry {
    EditEntry { cell: places.cell(edit.range.start()), range: places.range(edit.range), text: edit.text }
}
