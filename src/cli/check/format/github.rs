//! Findings as annotations of a GitHub workflow: they show up beside the changed lines.

use std::io;

use super::{Format, write_all};
use crate::cli::check::file::Checked;
use crate::cli::check::{Problem, Totals};
use crate::cli::json::Range;
use crate::cli::output::Output;
use crate::knowledge::Severity;

pub(super) struct Github;

impl Format for Github {
    fn file(&self, checked: &Checked) -> String {
        let Checked { name, analysis, findings, .. } = checked;
        let places = checked.places();
        let line = |(finding, severity): &(crate::margin::Finding, Severity)| {
            let rule = analysis.knowledge().rule(finding.rule);
            let book = analysis.knowledge().rule_volume(finding.rule).book();
            let Range { start, end } = places.file_range(finding.range);
            let cell = places.cell(finding.range.start()).map_or_else(String::new, |cell| format!(" (cell {cell})"));
            let section =
                rule.sections.first().map_or_else(String::new, |number| format!(" ({})", book.reference(*number)));
            format!(
                "::{level} file={file},line={},endLine={},col={},endColumn={},title={}::{}\n",
                start.line,
                end.line,
                start.column,
                end.column,
                property(&rule.name),
                data(&format!("{}{section}{cell}", finding.message)),
                level = level(*severity),
                file = property(name),
            )
        };
        findings.iter().map(line).collect()
    }

    fn write(&self, file: &str, _first: bool, out: &mut Output) -> io::Result<()> {
        write_all(file, out)
    }

    fn begin(&self, _out: &mut Output) -> io::Result<()> {
        Ok(())
    }

    fn end(&self, _totals: &Totals, problems: &[Problem], out: &mut Output) -> io::Result<()> {
        for Problem { path, message, cell, range, harmless, .. } in problems {
            let level = if *harmless { "warning" } else { "error" };
            let file = path.as_deref().map_or_else(String::new, |path| format!(" file={}", property(path)));
            let line = range
                .filter(|_| cell.is_none())
                .map_or_else(String::new, |range| format!(",line={}", range.start.line));
            write_all(&format!("::{level}{file}{line}::{}\n", data(message)), out)?;
        }
        Ok(())
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Hint | Severity::Information => "notice",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// Text after the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
