//! How often each rule found something.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::Problem;
use crate::cli::output::{FAINT, Output, REFERENCE, STRONG};
use crate::knowledge::{Knowledge, RuleId};

/// Findings by rule: how many, and how many of them have a safe fix.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts(BTreeMap<RuleId, (usize, usize)>);

#[derive(Serialize)]
struct Entry<'k> {
    rule: &'k str,
    sections: Vec<String>,
    findings: usize,
    fixable: usize,
}

impl Counts {
    pub fn add(&mut self, rule: RuleId, findings: usize, fixable: usize) {
        let counts = self.0.entry(rule).or_default();
        counts.0 += findings;
        counts.1 += fixable;
    }

    pub fn extend(&mut self, other: &Self) {
        for (&rule, &(findings, fixable)) in &other.0 {
            self.add(rule, findings, fixable);
        }
    }

    /// The rules with the most findings first.
    fn entries<'k>(&self, knowledge: &'k Knowledge) -> Vec<Entry<'k>> {
        let entry = |(&id, &(findings, fixable)): (&RuleId, &(usize, usize))| {
            let rule = knowledge.rule(id);
            let sections = rule.sections.iter().map(ToString::to_string).collect();
            Entry { rule: &rule.name, sections, findings, fixable }
        };
        let mut entries: Vec<_> = self.0.iter().map(entry).collect();
        entries.sort_by_key(|entry| (std::cmp::Reverse(entry.findings), entry.rule));
        entries
    }

    /// Writes a table.
    pub fn text(&self, knowledge: &Knowledge, out: &mut Output) -> io::Result<()> {
        let entries = self.entries(knowledge);
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
    pub fn json(&self, knowledge: &Knowledge, problems: &[Problem], out: &mut Output) -> io::Result<()> {
        #[derive(Serialize)]
        struct Statistics<'a> {
            statistics: Vec<Entry<'a>>,
            problems: &'a [Problem],
        }
        crate::cli::json::write(out, &Statistics { statistics: self.entries(knowledge), problems })
    }
}
