//! Findings as SARIF 2.1.0, for services that gather the results of many tools: what the schema asks for, and what GitHub's
//! code scanning wants besides.

mod fingerprint;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::{Format, write_all};
use crate::cli::check::file::Checked;
use crate::cli::check::{Problem, Totals};
use crate::cli::json::{Places, Range};
use crate::cli::output::Output;
use crate::knowledge::{Knowledge, RuleId, Severity, render};
use crate::margin::settings::Links;
use crate::margin::{Analysis, Finding, Fix};

pub(super) struct Sarif {
    /// Where the program runs: files below it are named from there.
    folder: PathBuf,
    /// Describes the rules that found something, by name. Other folders may have books of their own.
    rules: Mutex<BTreeMap<String, Value>>,
}

impl Sarif {
    pub fn new() -> Self {
        Self { folder: std::env::current_dir().unwrap_or_default(), rules: Mutex::default() }
    }

    /// Describes the rules that found something in a file.
    fn describe(&self, Checked { analysis, findings, links, .. }: &Checked) {
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        for (finding, _) in findings {
            let rule = analysis.knowledge().rule(finding.rule);
            if !rules.contains_key(&*rule.name) {
                rules.insert(rule.name.to_string(), descriptor(analysis.knowledge(), finding.rule, links));
            }
        }
    }
}

impl Format for Sarif {
    fn file(&self, checked: &Checked) -> String {
        self.describe(checked);
        let Checked { name, analysis, findings, .. } = checked;
        let (uri, places) = (uri(name, &self.folder), checked.places());
        let fingerprints = fingerprint::of_lines(checked.content());
        let result = |(finding, severity): &(Finding, Severity)| {
            result(&uri, analysis, &places, finding, *severity, &fingerprints).to_string()
        };
        findings.iter().map(result).collect::<Vec<_>>().join(",\n")
    }

    fn write(&self, file: &str, first: bool, out: &mut Output) -> io::Result<()> {
        write_all(if first { "\n" } else { ",\n" }, out)?;
        out.write_plain(file)
    }

    fn begin(&self, out: &mut Output) -> io::Result<()> {
        let schema = "https://json.schemastore.org/sarif-2.1.0.json";
        write_all(&format!("{{\"$schema\": \"{schema}\", \"version\": \"2.1.0\", \"runs\": [{{\"results\": ["), out)
    }

    fn end(&self, _totals: &Totals, problems: &[Problem], out: &mut Output) -> io::Result<()> {
        let rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        let rules: Vec<&Value> = rules.values().collect();
        let notifications: Vec<Value> = problems.iter().map(|problem| notification(problem, &self.folder)).collect();
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

fn result(
    uri: &str,
    analysis: &Analysis,
    places: &Places<'_>,
    finding: &Finding,
    severity: Severity,
    fingerprints: &[String],
) -> Value {
    let rule = analysis.knowledge().rule(finding.rule);
    let book = analysis.knowledge().rule_volume(finding.rule).book();
    let section = rule.sections.first().map_or_else(String::new, |number| format!(" ({})", book.reference(*number)));
    let range = places.file_range(finding.range);
    let mut result = json!({
        "ruleId": rule.name,
        "level": level(severity),
        "message": { "text": format!("{}{section}", finding.message) },
        "locations": [location(uri, range)],
    });
    if let Some(fingerprint) = fingerprints.get(range.start.line - 1) {
        result["partialFingerprints"] = json!({ "primaryLocationLineHash": fingerprint });
    }
    let cell = places.cell(finding.range.start());
    if let Some(cell) = cell {
        result["locations"][0]["logicalLocations"] = json!([{ "name": format!("cell {cell}"), "kind": "cell" }]);
    }
    // What changes in a notebook is the code in its JSON, which a replacement of code is not.
    if let Some(fix) = finding.fix.as_ref().filter(|fix| fix.safe && cell.is_none()) {
        result["fixes"] = json!([changes(uri, analysis, places, fix)]);
    }
    result
}

fn location(uri: &str, range: Range) -> Value {
    json!({ "physicalLocation": { "artifactLocation": { "uri": uri }, "region": region(range) } })
}

fn region(Range { start, end }: Range) -> Value {
    json!({ "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column })
}

fn changes(uri: &str, analysis: &Analysis, places: &Places<'_>, fix: &Fix) -> Value {
    let edits = analysis.edits(fix).into_iter();
    let replacements = edits.map(
        |edit| json!({ "deletedRegion": region(places.range(edit.range)), "insertedContent": { "text": edit.text } }),
    );
    json!({
        "description": { "text": fix.title },
        "artifactChanges": [{
            "artifactLocation": { "uri": uri },
            "replacements": replacements.collect::<Vec<_>>(),
        }],
    })
}

fn descriptor(knowledge: &Knowledge, id: RuleId, links: &Links) -> Value {
    let rule = knowledge.rule(id);
    let mut descriptor = json!({
        "id": rule.name,
        "shortDescription": { "text": render::first_sentence(&rule.docs.what) },
        "fullDescription": { "text": rule.docs.what },
        "help": { "text": rule.docs.why, "markdown": render::rule_page(knowledge, id, &|_| None) },
        "defaultConfiguration": { "enabled": rule.default, "level": level(rule.severity) },
        "properties": { "tags": [rule.group] },
    });
    if let Some(page) = links.rule(knowledge.rule_volume(id), rule) {
        descriptor["helpUri"] = page.into();
    }
    descriptor
}

fn notification(problem: &Problem, folder: &Path) -> Value {
    let mut notification = json!({
        "level": if problem.harmless { "warning" } else { "error" },
        "message": { "text": problem.message },
    });
    if let (Some(path), Some(range), None) = (&problem.path, problem.range, problem.cell) {
        notification["locations"] = json!([location(&uri(path, folder), range)]);
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

/// A path as a URI: relative below the folder, which services take for the repository's; what may not stand in one is written
/// in hexadecimal.
fn uri(path: &str, folder: &Path) -> String {
    let path = Path::new(path).strip_prefix(folder).map_or(path.into(), Path::to_string_lossy);
    let start = if Path::new(&*path).is_relative() {
        ""
    } else if path.starts_with('/') {
        "file://"
    } else {
        "file:///"
    };
    let mut uri = String::with_capacity(start.len() + path.len());
    uri.push_str(start);
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => uri.push(char::from(byte)),
            b':' if !start.is_empty() => uri.push(':'),
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}
