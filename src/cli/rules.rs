//! `marginalia rules`: what is found in code, and what each rule wants to be read.

use std::io::Write;

use serde::Serialize;

use super::failure::{Failure, Outcome, Status};
use super::output::{FAINT, Output, REFERENCE, STRONG};
use super::project::Projects;
use super::{Format, json, selection};
use crate::book::Book;
use crate::knowledge::{FixKind, Rule, Volume};

/// List the rules that `marginalia check` and the editor follow.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  marginalia rules                      a table of all rules
  marginalia rules security             of one group
  marginalia rules 16                   of one chapter; a section will do, too
  marginalia rules --format json        the same for a program
  marginalia explain mktemp-usage       what one rule finds, why, and what to write instead")]
pub(super) struct Arguments {
    /// Only these: groups (`security`), chapters and sections (`16`, `4.3`), rules.
    #[arg(value_name = "RULE")]
    wanted: Vec<String>,
    /// How to print them.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Outcome {
    let knowledge = Projects::new().knowledge_here();
    let wanted = selection::read(&arguments.wanted, std::slice::from_ref(&knowledge))?;
    let is_wanted = |rule: &Rule| wanted.is_empty() || wanted.iter().any(|selector| selector.matches(rule).is_some());
    let volumes = knowledge.volumes().iter();
    let rules: Vec<(&Volume, &Rule)> = volumes
        .flat_map(|volume| volume.rules().map(move |(_, rule)| (volume, rule)))
        .filter(|(_, rule)| is_wanted(rule))
        .collect();
    match arguments.format {
        Format::Text => text(&rules, out)?,
        Format::Json => json::write(out, &rules.iter().map(|(_, rule)| Entry::from(*rule)).collect::<Vec<_>>())?,
    }
    Ok(Status::Clean)
}

fn text(rules: &[(&Volume, &Rule)], out: &mut Output) -> Result<(), Failure> {
    let mut groups: Vec<&str> = rules.iter().map(|(_, rule)| &*rule.group).collect();
    groups.sort_unstable();
    groups.dedup();
    if rules.is_empty() {
        writeln!(out, "No rules about this yet; `marginalia rules` lists what there is.")?;
    }
    let width = rules.iter().map(|(_, rule)| rule.name.len()).max().unwrap_or(0);
    for (at, group) in groups.iter().enumerate() {
        let gap = if at > 0 { "\n" } else { "" };
        writeln!(out, "{gap}{STRONG}{group}{STRONG:#}")?;
        for (volume, rule) in rules.iter().filter(|(_, rule)| rule.group == *group) {
            let sections = references(volume.book(), rule);
            let fix = match rule.fix {
                FixKind::None => "",
                FixKind::Safe => ", fix",
                FixKind::Unsafe => ", unsafe fix",
            };
            let off = if rule.default { "" } else { ", off by default" };
            writeln!(
                out,
                "  {:width$}  {:11}  {REFERENCE}{sections}{REFERENCE:#}{FAINT}{fix}{off}{FAINT:#}",
                rule.name, rule.severity
            )?;
        }
    }
    Ok(())
}

/// How many of a rule's sections the table names; its page names all.
const MOST_SECTIONS: usize = 3;

fn references(book: &Book, rule: &Rule) -> String {
    let shown = rule.sections.iter().take(MOST_SECTIONS).map(|section| book.reference(*section));
    let more = (rule.sections.len() > MOST_SECTIONS).then(|| "…".to_owned());
    shown.chain(more).collect::<Vec<_>>().join(" ")
}

#[derive(Serialize)]
struct Entry<'k> {
    rule: &'k str,
    sections: Vec<String>,
    group: &'k str,
    severity: &'k str,
    default: bool,
    fix: &'k str,
    equivalents: Vec<&'k str>,
}

impl<'k> From<&'k Rule> for Entry<'k> {
    fn from(rule: &'k Rule) -> Self {
        Self {
            rule: &rule.name,
            sections: rule.sections.iter().map(ToString::to_string).collect(),
            group: &rule.group,
            severity: rule.severity.name(),
            default: rule.default,
            fix: rule.fix.name(),
            equivalents: rule.equivalents.iter().map(|code| &**code).collect(),
        }
    }
}
