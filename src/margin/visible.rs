//! The findings that the user gets to see: settings and comments applied.

use rustc_hash::FxHashMap;

use super::settings::Settings;
use super::suppress::Suppressions;
use super::{Analysis, Finding};
use crate::knowledge::Severity;

/// Fewer findings than this are shown of one file.
pub const MAX_FINDINGS: usize = 5_000;

/// The findings of a document to show, in order of place, and how.
pub fn visible_findings(analysis: &Analysis, settings: &Settings) -> Vec<(Finding, Severity)> {
    let findings = analysis.findings();
    if findings.is_empty() || !settings.diagnostics.enabled {
        return Vec::new();
    }
    let suppressions = Suppressions::read(analysis.text(), || analysis.lines(), &analysis.layout());
    let mut severities = FxHashMap::default();
    let visible = findings.into_iter().filter_map(|finding| {
        let rule = analysis.knowledge().rule(finding.rule);
        let severity = (*severities.entry(finding.rule).or_insert_with(|| settings.rule_severity(rule)))?;
        let silenced = suppressions.silences(finding.range, rule, || analysis.lines());
        (!silenced).then_some((finding, severity))
    });
    visible.take(MAX_FINDINGS - 1).collect()
}
