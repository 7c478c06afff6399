//! How often each rule found something.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::Problem;
use crate::cli::output::{FAINT, Output, REFERENCE, STRONG};
use crate::knowledge::Rule;

/// Findings by rule: how many, and how many of them have a safe fix.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts(BTreeMap<String, Count>);

#[derive(Clone, Debug, Default)]
struct Count {
    sections: Vec<String>,
    findings: usize,
    fixable: usize,
}

#[derive(Serialize)]
struct Entry<'c> {
    rule: &'c str,
    sections: &'c [String],
    findings: usize,
    fixable: usize,
}

impl Counts {
    /// Counts a finding.
    pub fn add(&mut self, rule: &Rule, fixable: bool) {
        let count = self.0.entry(rule.name.to_string()).or_insert_with(|| Count {
            sections: rule.sections.iter().map(ToString::to_string).collect(),
            ..Count::default()
        });
        count.findings += 1;
        count.fixable += usize::from(fixable);
    }

    pub fn extend(&mut self, other: Self) {
        for (rule, more) in other.0 {
            let count = self.0.entry(rule).or_default();
            count.findings += more.findings;
            count.fixable += more.fixable;
            count.sections = more.sections;
        }
    }

    /// The rules with the most findings first.
    fn entries(&self) -> Vec<Entry<'_>> {
        let entry = |(rule, count)| {
            let (rule, Count { sections, findings, fixable }): (&String, &Count) = (rule, count);
            Entry { rule, sections, findings: *findings, fixable: *fixable }
        };
        let mut entries: Vec<_> = self.0.iter().map(entry).collect();
        entries.sort_by_key(|entry| (std::cmp::Reverse(entry.findings), entry.rule));
        entries
    }

    /// Writes a table.
    pub fn text(&self, out: &mut Output) -> io::Result<()> {
        let entries = self.entries();
        let digits = entries.iter().map(|entry| entry.findings.to_string().len()).max().unwrap_or(0);
        let width = entries.iter().map(|entry| entry.rule.len()).max().unwrap_or(0);
        for Entry { rule, sections, findings, fixable } in &entries {
            let section = sections.first().map_or("", String::as_str);
            let fix = if *fixable > 0 { format!("  {FAINT}{fixable} by `--fix`{FAINT:#}") } else { String::new() };
            writeln!(
                out,
                "{STRONG}{findings:>digits$}{STRONG:#}  {rule:width$}  {REFERENCE}§{section}{REFERENCE:#}{fix}"
            )?;
        }
        Ok(())
    }

    /// Writes JSON, shaped as the findings are.
    pub fn json(&self, problems: &[Problem], out: &mut Output) -> io::Result<()> {
        #[derive(Serialize)]
        struct Statistics<'a> {
            statistics: Vec<Entry<'a>>,
            problems: &'a [Problem],
        }
        crate::cli::json::write(out, &Statistics { statistics: self.entries(), problems })
    }
}
