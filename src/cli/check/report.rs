//! What is known of a file when it has been checked, and of all files at the end.

use std::sync::Arc;

use serde::Serialize;

use super::file::Checked;
use super::statistics::Counts;
use crate::cli::json::Range;
use crate::cli::source::Unread;

/// Something that could not be done, or was done differently than the user may think.
#[derive(Clone, Debug, Serialize)]
pub(in crate::cli) struct Problem {
    /// `unreadable`, `syntax`, `settings`, `too-large`, `cut`, `fix` or `internal`.
    pub kind: &'static str,
    /// The file, as it was named.
    pub path: Option<String>,
    pub message: String,
    /// The cell of a notebook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<usize>,
    /// Where in the file, or in the cell.
    pub range: Option<Range>,
    /// Worth saying, but no reason to fail.
    #[serde(skip)]
    pub harmless: bool,
}

impl Problem {
    /// A file that is not read.
    pub fn unread(path: &str, unread: Unread) -> Self {
        Self { harmless: unread.harmless, ..Self::new("unreadable", Some(path), unread.message) }
    }

    pub fn new(kind: &'static str, path: Option<&str>, message: impl Into<String>) -> Self {
        Self { kind, path: path.map(str::to_owned), message: message.into(), cell: None, range: None, harmless: false }
    }
}

/// What was found in some files.
#[derive(Debug, Default)]
pub(super) struct Totals {
    pub files: usize,
    pub findings: usize,
    /// Findings with a safe fix.
    pub fixable: usize,
    /// Findings that are gone.
    pub fixed: usize,
    pub counts: Counts,
}

impl Totals {
    pub fn of(checked: &Checked, fixed: usize) -> Self {
        // Of the files that are no Python only those count in which something was found.
        let files = usize::from(checked.analysis.is_python() || !checked.findings.is_empty());
        let mut totals = Self { files, findings: checked.findings.len(), fixed, ..Self::default() };
        for (finding, _) in &checked.findings {
            let fixable = finding.fix.as_ref().is_some_and(|fix| fix.safe);
            totals.fixable += usize::from(fixable);
            totals.counts.add(checked.analysis.knowledge().rule(finding.rule), fixable);
        }
        totals
    }

    pub fn add(&mut self, other: Self) {
        self.files += other.files;
        self.findings += other.findings;
        self.fixable += other.fixable;
        self.fixed += other.fixed;
        self.counts.extend(other.counts);
    }
}

/// What is kept of a file when it has been checked.
#[derive(Default)]
pub(super) struct Report {
    /// What to print of it: findings, or a diff.
    pub output: String,
    pub totals: Totals,
    pub problems: Vec<Problem>,
    /// The text, after fixes where they were asked for.
    pub text: Arc<str>,
    /// Fixes changed it.
    pub changed: bool,
}

impl Report {
    /// Of a file that could not be checked; `text` as far as it could be read.
    pub fn failed(problem: Problem, text: &Arc<str>) -> Self {
        Self {
            output: String::new(),
            totals: Totals::default(),
            problems: vec![problem],
            text: Arc::clone(text),
            changed: false,
        }
    }

    /// Of a file that could not be read.
    pub fn unread(problem: Problem) -> Self {
        Self::failed(problem, &Arc::default())
    }
}
