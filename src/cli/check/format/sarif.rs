//! Findings as SARIF 2.1.0, for services that gather the results of many tools.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::Arc;

use serde_json::{Value, json};

use super::{Format, write_all};
use crate::cli::check::file::Checked;
use crate::cli::check::{Problem, Totals};
use crate::cli::json::{Places, Range};
use crate::cli::output::Output;
use crate::knowledge::{Knowledge, Rule, Severity, render};
use crate::margin::{Analysis, Finding, Fix};

pub(super) struct Sarif {
    /// Describes the rules that found something.
    knowledge: Arc<Knowledge>,
}

impl Sarif {
    pub fn new(knowledge: Arc<Knowledge>) -> Self {
        Self { knowledge }
    }
}

impl Format for Sarif {
    fn file(&self, checked: &Checked) -> String {
        let Checked { name, analysis, findings, .. } = checked;
        let places = checked.places();
        let result =
            |(finding, severity): &(Finding, Severity)| result(name, analysis, &places, finding, *severity).to_string();
        findings.iter().map(result).collect::<Vec<_>>().join(",\n")
    }

    fn write(&self, file: &str, first: bool, out: &mut Output) -> io::Result<()> {
        write_all(if first { "\n" } else { ",\n" }, out)?;
        write_all(file, out)
    }

    fn begin(&self, out: &mut Output) -> io::Result<()> {
        let schema = "https://json.schemastore.org/sarif-2.1.0.json";
        write_all(&format!("{{\"$schema\": \"{schema}\", \"version\": \"2.1.0\", \"runs\": [{{\"results\": ["), out)
    }

    fn end(&self, totals: &Totals, problems: &[Problem], out: &mut Output) -> io::Result<()> {
        let rules = totals.counts.rules().filter_map(|name| self.knowledge.rule_named(name));
        let rules: Vec<Value> = rules.map(|id| descriptor(&self.knowledge, self.knowledge.rule(id), id)).collect();
        let notifications: Vec<Value> = problems.iter().map(notification).collect();
        let run = json!({
            "columnKind": "unicodeCodePoints",
            "tool": { "driver": {
                "name": "marginalia",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "invocations": [{
                "executionSuccessful": problems.iter().all(|problem| problem.harmless),
                "toolExecutionNotifications": notifications,
            }],
        });
        let run = run.to_string();
        // The object goes on where the results ended.
        writeln!(out, "\n],\n{}]}}", run.strip_prefix('{').unwrap_or(&run))
    }
}

fn result(path: &str, analysis: &Analysis, places: &Places<'_>, finding: &Finding, severity: Severity) -> Value {
    let rule = analysis.knowledge().rule(finding.rule);
    let book = analysis.knowledge().rule_volume(finding.rule).book();
    let section = rule.sections.first().map_or_else(String::new, |number| format!(" ({})", book.reference(*number)));
    let mut result = json!({
        "ruleId": rule.name,
        "level": level(severity),
        "message": { "text": format!("{}{section}", finding.message) },
        "locations": [location(path, places.file_range(finding.range))],
    });
    let cell = places.cell(finding.range.start());
    if let Some(cell) = cell {
        result["locations"][0]["logicalLocations"] = json!([{ "name": format!("cell {cell}"), "kind": "cell" }]);
    }
    // What changes in a notebook is the code in its JSON, which a replacement of code is not.
    if let Some(fix) = finding.fix.as_ref().filter(|fix| fix.safe && cell.is_none()) {
        result["fixes"] = json!([changes(path, analysis, places, fix)]);
    }
    result
}

fn location(path: &str, range: Range) -> Value {
    json!({ "physicalLocation": { "artifactLocation": { "uri": uri(path) }, "region": region(range) } })
}

fn region(Range { start, end }: Range) -> Value {
    json!({ "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column })
}

fn changes(path: &str, analysis: &Analysis, places: &Places<'_>, fix: &Fix) -> Value {
    let edits = analysis.edits(fix).into_iter();
    let replacements = edits.map(
        |edit| json!({ "deletedRegion": region(places.range(edit.range)), "insertedContent": { "text": edit.text } }),
    );
    json!({
        "description": { "text": fix.title },
        "artifactChanges": [{
            "artifactLocation": { "uri": uri(path) },
            "replacements": replacements.collect::<Vec<_>>(),
        }],
    })
}

fn descriptor(knowledge: &Knowledge, rule: &Rule, id: crate::knowledge::RuleId) -> Value {
    json!({
        "id": rule.name,
        "shortDescription": { "text": render::first_sentence(&rule.docs.what) },
        "help": { "text": rule.docs.why, "markdown": render::rule_page(knowledge, id, &|_| None) },
        "defaultConfiguration": { "enabled": rule.default, "level": level(rule.severity) },
        "properties": { "tags": [rule.group] },
    })
}

fn notification(problem: &Problem) -> Value {
    let mut notification = json!({
        "level": if problem.harmless { "warning" } else { "error" },
        "message": { "text": problem.message },
    });
    if let (Some(path), Some(range), None) = (&problem.path, problem.range, problem.cell) {
        notification["locations"] = json!([location(path, range)]);
    }
    notification
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Hint | Severity::Information => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// A path as a relative URI: what may not stand in one is written in hexadecimal.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => uri.push(char::from(byte)),
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}
