//! Fixes on other people's code: what comes out is Python, nothing is left to fix, and no comment is lost.
//!
//! Runs over the packages that were prepared, if any, and the local standard library: every tenth file, or all of them with
//! `MARGINALIA_ALL_FILES=1`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::{env, fs};

use marginalia::knowledge::Knowledge;
use marginalia::margin::{Analysis, Edit, Engine, Options, fixes};
use ruff_python_parser::parse_module;
use ruff_text_size::{Ranged, TextRange};

use crate::support::corpus::{in_parallel, packages, skip, standard_library_named};

/// How often fixes may call for more fixes.
const ROUNDS: usize = 20;

fn files(test: &str) -> Vec<(PathBuf, String)> {
    let mut files = packages().unwrap_or_else(|reason| {
        skip(&format!("{test} over packages"), &reason);
        Vec::new()
    });
    files.extend(standard_library_named());
    let step = if env::var_os("MARGINALIA_ALL_FILES").is_some() { 1 } else { 10 };
    files.into_iter().step_by(step).collect()
}

/// The comments of a text that parses, each with how often it is there; `None` where it does not parse.
fn comments(text: &str) -> Option<BTreeMap<String, usize>> {
    let parsed = parse_module(text).ok()?;
    let mut comments = BTreeMap::new();
    for token in parsed.tokens().iter().filter(|token| token.kind().is_comment()) {
        *comments.entry(text[token.range()].trim_end().to_owned()).or_default() += 1;
    }
    Some(comments)
}

fn analyse(text: String, name: &str, engine: &Arc<Engine>) -> Analysis {
    Analysis::new(Arc::from(text), &Options { file_name: name.to_owned(), ..Options::default() }, engine)
}

/// The edits of all safe fixes that can be made at once.
fn safe_edits(analysis: &Analysis) -> Vec<Edit> {
    let findings = analysis.findings();
    let safe = findings.iter().filter_map(|finding| finding.fix.as_ref()).filter(|fix| fix.safe);
    fixes::combine(safe.map(|fix| analysis.edits(fix)))
}

/// What is wrong with the safe fixes of a file, and how many edits they made.
fn fix_all(text: String, name: &str, engine: &Arc<Engine>) -> (usize, Vec<String>) {
    let Some(before) = comments(&text) else { return (0, Vec::new()) };
    let mut analysis = analyse(text, name, engine);
    let mut count = 0;
    for _ in 0..ROUNDS {
        let edits = safe_edits(&analysis);
        if edits.is_empty() {
            return match comments(analysis.text()) {
                Some(after) if after == before => (count, Vec::new()),
                Some(_) => (count, vec![format!("{name}: the comments are others")]),
                None => (count, vec![format!("{name}: does not parse")]),
            };
        }
        count += edits.len();
        analysis = analyse(fixes::apply(analysis.text(), &edits), name, engine);
    }
    (count, vec![format!("{name}: there is no end of fixes")])
}

#[test]
fn safe_fixes_leave_python_and_every_comment() {
    let engine = Engine::new(Knowledge::builtin());
    let files = files("safe_fixes_leave_python_and_every_comment");
    let results = in_parallel(&files, |(path, name)| {
        fs::read_to_string(path).map_or_else(|_| (0, Vec::new()), |text| fix_all(text, name, &engine))
    });
    let edits: usize = results.iter().map(|(count, _)| count).sum();
    let problems: Vec<String> = results.into_iter().flat_map(|(_, problems)| problems).collect();
    println!("{edits} edits of safe fixes in {} files", files.len());
    assert!(edits > 100, "only {edits} edits");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// What is wrong with the fixes of a file, each made alone: of each rule the first three.
fn fix_each(text: String, name: &str, engine: &Arc<Engine>) -> (usize, Vec<String>) {
    let Some(before) = comments(&text) else { return (0, Vec::new()) };
    let analysis = analyse(text, name, engine);
    let mut seen: BTreeMap<_, usize> = BTreeMap::new();
    let mut problems = Vec::new();
    for finding in analysis.findings() {
        let Some(fix) = &finding.fix else { continue };
        let times = seen.entry((finding.rule, fix.safe)).or_default();
        *times += 1;
        if *times > 3 {
            continue;
        }
        let mut problem = |what: &str| {
            let line = analysis.lines().line_index(finding.range.start());
            problems.push(format!("{name}:{line}: {}: {what}", analysis.knowledge().rule(finding.rule).name));
        };
        // A fix stays in the top-level statement of its finding, comments before it included; imports are apart.
        let statement = analysis
            .module()
            .statements
            .iter()
            .map(|placed| placed.range)
            .find(|range| range.contains_range(TextRange::empty(finding.range.start())));
        if fix.edits.iter().any(|edit| statement.is_some_and(|range| !range.contains_range(edit.range))) {
            problem("an edit outside the statement");
        }
        match comments(&fixes::apply(analysis.text(), &analysis.edits(fix))) {
            Some(after) if after == before => {}
            Some(_) => problem("the comments are others"),
            None => problem("does not parse"),
        }
    }
    (seen.values().sum(), problems)
}

#[test]
fn every_fix_leaves_python_and_every_comment() {
    let engine = Engine::new(Knowledge::builtin());
    let files = files("every_fix_leaves_python_and_every_comment");
    let results = in_parallel(&files, |(path, name)| match fs::read_to_string(path) {
        // Each fix costs a parse of the file.
        Ok(text) if text.len() < 200_000 => fix_each(text, name, &engine),
        _ => (0, Vec::new()),
    });
    let count: usize = results.iter().map(|(count, _)| count).sum();
    let problems: Vec<String> = results.into_iter().flat_map(|(_, problems)| problems).collect();
    println!("findings with fixes: {count}, in {} files", files.len());
    assert!(count > 1_000, "only {count} fixes");
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}
