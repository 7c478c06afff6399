//! What fixes would change, as a unified diff.

use std::fmt::Write;

use similar::{ChangeTag, TextDiff};

use crate::cli::output::{ADDED, FAINT, REMOVED, STRONG};
use crate::cli::source::Source;

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// What differs between two versions of a file; of a notebook, cell by cell.
pub(super) fn of_file(before: &Source, after: &Source) -> String {
    let parts = before.parts().into_iter().zip(after.parts());
    let diffs = parts.map(|((cell, before_text), (_, after_text))| {
        let name = cell.map_or_else(|| before.name.clone(), |cell| format!("{}:cell {cell}", before.name));
        unified(&name, before_text, after_text)
    });
    diffs.collect()
}

/// The diff of a text with escape codes; empty when nothing changes.
fn unified(name: &str, before: &str, after: &str) -> String {
    if before == after {
        return String::new();
    }
    let mut out = format!("{STRONG}--- {name}{STRONG:#}\n{STRONG}+++ {name}{STRONG:#}\n");
    let diff = TextDiff::from_lines(before, after);
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        let _ = writeln!(out, "{FAINT}{}{FAINT:#}", hunk.header());
        for change in hunk.iter_changes() {
            let style = match change.tag() {
                ChangeTag::Equal => anstyle::Style::new(),
                ChangeTag::Delete => REMOVED,
                ChangeTag::Insert => ADDED,
            };
            // The style ends before the line break; a carriage return is part of the line.
            let line = change.value().strip_suffix('\n').unwrap_or(change.value());
            let _ = writeln!(out, "{style}{}{line}{style:#}", change.tag());
            if change.missing_newline() {
                out += "\\ No newline at end of file\n";
            }
        }
    }
    out
}
