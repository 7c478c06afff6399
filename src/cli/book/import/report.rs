//! What an import proposes: for people and for programs.

use std::io::Write;
use std::path::Path;

use serde::Serialize;

use super::Import;
use crate::book::outline::Numbering;
use crate::cli::failure::Failure;
use crate::cli::output::{FAINT, FLAG, Output, REFERENCE, STRONG, printable};

/// Prints the proposals as a table, section by section.
pub(super) fn print(import: &Import, out: &mut Output) -> Result<(), Failure> {
    let sections = &import.outline.sections;
    let with_code = import.passages.iter().filter(|passage| !passage.code.is_empty()).count();
    let count = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let (source, chapters) = (printable(&import.source), count(import.outline.chapters.len(), "chapter"));
    let sections_named = count(sections.len(), "section");
    writeln!(
        out,
        "{STRONG}{source}{STRONG:#}: {chapters}, {sections_named} ({with_code} with Python code), {}",
        import.numbering()
    )?;
    let all = || import.proposals.iter().flatten();
    let width = all().map(|proposal| proposal.trigger.to_string().chars().count()).max().unwrap_or(0).min(48);
    for (section, proposals) in sections.iter().zip(&import.proposals).filter(|(_, proposals)| !proposals.is_empty()) {
        let line = if import.has_lines { format!("  line {}", section.line) } else { String::new() };
        let (number, title) = (section.number, printable(&section.title));
        writeln!(out, "\n{REFERENCE}{}{number}{REFERENCE:#} {title}{FAINT}{line}{FAINT:#}", import.mark)?;
        for proposal in proposals {
            let trigger = printable(&proposal.trigger.to_string());
            writeln!(out, "  {trigger:width$}  {FAINT}{}{FAINT:#}", import.evidence(proposal))?;
        }
    }
    if all().next().is_none() {
        writeln!(out, "\nNo trigger is proposed: no section has Python code, or names a module in its heading.")?;
    }
    if !import.outline.remarks.is_empty() {
        writeln!(out, "\n{FLAG}To know{FLAG:#}")?;
    }
    for (line, remark) in &import.outline.remarks {
        let line = if import.has_lines { format!("line {line}: ") } else { String::new() };
        writeln!(out, "  {line}{}", printable(remark))?;
    }
    Ok(())
}

/// The JSON of an import.
#[derive(Serialize)]
pub(super) struct Report<'i> {
    title: &'i str,
    numbering: &'static str,
    /// `null` when nothing was written.
    folder: Option<String>,
    sections: Vec<Section<'i>>,
    remarks: Vec<Remark<'i>>,
}

#[derive(Serialize)]
struct Section<'i> {
    number: String,
    title: &'i str,
    kind: &'static str,
    /// `null` for an EPUB, here and below.
    line: Option<u32>,
    triggers: Vec<Proposed>,
}

#[derive(Serialize)]
struct Proposed {
    trigger: String,
    times: u32,
    elsewhere: u32,
    line: Option<u32>,
    heading: bool,
    score: f64,
}

#[derive(Serialize)]
struct Remark<'i> {
    line: Option<u32>,
    message: &'i str,
}

impl<'i> Report<'i> {
    /// `folder` is where the files were written.
    pub fn new(import: &'i Import, folder: Option<&Path>) -> Self {
        let line = |line: u32| import.has_lines.then_some(line);
        let sections = import.outline.sections.iter().zip(&import.proposals).map(|(section, proposals)| Section {
            number: section.number.to_string(),
            title: &section.title,
            kind: section.kind.name(),
            line: line(section.line),
            triggers: proposals
                .iter()
                .map(|proposal| Proposed {
                    trigger: proposal.trigger.to_string(),
                    times: proposal.times,
                    elsewhere: proposal.elsewhere,
                    line: line(proposal.line),
                    heading: proposal.in_heading,
                    score: (proposal.score * 10.0).round() / 10.0,
                })
                .collect(),
        });
        Self {
            title: &import.title,
            numbering: match import.outline.numbering {
                Numbering::Printed => "printed",
                Numbering::Nesting => "nesting",
            },
            folder: folder.map(|folder| folder.display().to_string()),
            sections: sections.collect(),
            remarks: import.outline.remarks.iter().map(|(at, message)| Remark { line: line(*at), message }).collect(),
        }
    }
}
