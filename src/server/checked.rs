//! All that is known of one version of a document: the settings it was read with, its analysis, its findings.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};

use ruff_text_size::TextSize;

use super::config::Applied;
use super::documents::Snapshot;
use super::guard::panic_message;
use crate::knowledge::Severity;
use crate::margin::citations::{Citation, citations};
use crate::margin::view::Remark;
use crate::margin::{Analysis, Finding, view, visible_findings};

/// A version that was read. Made once for each, by the first feature that needs it.
#[derive(Debug)]
pub(super) struct Checked {
    /// The settings that applied.
    pub applied: Arc<Applied>,
    /// The analysis.
    pub analysis: Arc<Analysis>,
    findings: OnceLock<Vec<(Finding, Severity)>>,
    notes: OnceLock<BTreeMap<usize, Vec<Remark>>>,
    citations: OnceLock<Vec<Citation>>,
}

impl Checked {
    /// Reads a version. For the analysis threads.
    pub fn new(snapshot: &Snapshot, applied: Arc<Applied>) -> Self {
        let analysis = analyse(snapshot, &applied);
        Self { applied, analysis, findings: OnceLock::new(), notes: OnceLock::new(), citations: OnceLock::new() }
    }

    /// The findings to show, in order of place.
    pub fn findings(&self) -> &[(Finding, Severity)] {
        self.findings.get_or_init(|| visible_findings(&self.analysis, &self.applied.settings))
    }

    /// The sections that comments name, in order of place; some may not exist.
    pub fn citations(&self) -> &[Citation] {
        let read = || citations(self.applied.knowledge(), self.analysis.text(), &self.analysis.layout().comments);
        self.citations.get_or_init(read)
    }

    /// The section that a comment names at an offset.
    pub fn citation_at(&self, offset: TextSize) -> Option<Citation> {
        // Of that comment alone: most versions of a text are asked about one place.
        let comment = self.analysis.comment_at(offset)?;
        let citations = citations(self.applied.knowledge(), self.analysis.text(), &[comment]);
        citations.into_iter().find(|citation| citation.range.contains(offset))
    }

    /// What the margin says beside each line, by line from 0.
    pub fn notes_by_line(&self) -> &BTreeMap<usize, Vec<Remark>> {
        self.notes.get_or_init(|| view::by_line(&self.analysis, self.findings(), false))
    }
}

/// Analyses a version, from an earlier one of the same document where there is one.
fn analyse(snapshot: &Snapshot, applied: &Applied) -> Arc<Analysis> {
    let path = snapshot.path().unwrap_or_default();
    let cells = || snapshot.cells.clone();
    let options = applied.options(&path, snapshot.notebook);
    let text = || Arc::clone(&snapshot.text);
    let updated = snapshot.earlier().and_then(|earlier| {
        let update = AssertUnwindSafe(|| earlier.update_cells(text(), cells(), &options, &applied.engine));
        let fault = |panic: &Box<dyn Any + Send>| tracing::error!("update panicked: {}", panic_message(&**panic));
        catch_unwind(update).inspect_err(fault).ok()
    });
    let analysis = Arc::new(updated.unwrap_or_else(|| Analysis::of_cells(text(), cells(), &options, &applied.engine)));
    snapshot.keep_for_later(&analysis);
    analysis
}
