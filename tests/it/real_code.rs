//! Other people's code through the whole analysis: no fault, every range in the text, every fix leaves code that parses.
//!
//! `MARGINALIA_CORPUS` names a folder with a folder for each package; without it there is nothing to do. The standard
//! library is read with it. What came out is in docs/quality.md.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use marginalia::knowledge::Knowledge;
use marginalia::margin::{Analysis, Engine, Options, fixes};
use ruff_text_size::TextRange;

use crate::support::corpus::{in_parallel, packages, skip, standard_library_named};

/// How many fixes of one rule are tried in one file: thousands of the same kind tell nothing new.
const FIXES: usize = 5;

/// What was seen in one file.
#[derive(Default)]
struct Seen {
    lines: usize,
    references: usize,
    findings: usize,
    fixes: usize,
    faults: Vec<String>,
}

fn look_at(path: &Path, engine: &Arc<Engine>) -> Option<Seen> {
    // Test data in other encodings is for readers of bytes.
    let text = fs::read_to_string(path).ok()?;
    let options = Options { file_name: path.display().to_string(), ..Options::default() };
    let analysis = Analysis::new(Arc::from(text.as_str()), &options, engine);
    let mut seen = Seen { lines: text.lines().count(), ..Seen::default() };
    let inside = |range: TextRange| text.get(range.start().to_usize()..range.end().to_usize()).is_some();
    for reference in analysis.references() {
        seen.references += 1;
        if !inside(reference.range) {
            seen.faults.push(format!("a reference at {:?}", reference.range));
        }
    }
    let parses = |text: &str| ruff_python_parser::parse_module(text).is_ok();
    let sound = parses(&text);
    let mut tried: BTreeMap<_, usize> = BTreeMap::new();
    for finding in analysis.findings() {
        seen.findings += 1;
        let rule = &analysis.knowledge().rule(finding.rule).name;
        if !inside(finding.range) || finding.related.iter().any(|(range, _)| !inside(*range)) {
            seen.faults.push(format!("{rule} at {:?}", finding.range));
        }
        let Some(fix) = &finding.fix else { continue };
        let edits = analysis.edits(fix);
        if edits.iter().any(|edit| !inside(edit.range)) {
            seen.faults.push(format!("a fix of {rule} at {:?}", finding.range));
            continue;
        }
        let times = tried.entry(finding.rule).or_default();
        *times += 1;
        if sound && *times <= FIXES {
            seen.fixes += 1;
            if !parses(&fixes::apply(&text, &edits)) {
                seen.faults.push(format!("a fix of {rule} at {:?} leaves what does not parse", finding.range));
            }
        }
    }
    Some(seen)
}

#[test]
fn other_peoples_code_is_analysed_without_a_fault() {
    let files = match packages() {
        Ok(files) if env::var_os("MARGINALIA_CORPUS").is_some() => files,
        Ok(_) => return skip("other_peoples_code", "MARGINALIA_CORPUS names no folder; it takes minutes"),
        Err(reason) => return skip("other_peoples_code", &reason),
    };
    let packages: BTreeSet<_> = files.iter().filter_map(|(_, name)| name.split('/').next()).collect();
    let packages = packages.len();
    let files: Vec<_> = files.into_iter().chain(standard_library_named()).collect();
    let engine = Engine::new(Knowledge::builtin());
    let mut all = Seen::default();
    let (mut read, mut left_out) = (0, 0);
    for ((_, name), seen) in files.iter().zip(in_parallel(&files, |(path, _)| look_at(path, &engine))) {
        let Some(seen) = seen else {
            left_out += 1;
            continue;
        };
        read += 1;
        all.lines += seen.lines;
        all.references += seen.references;
        all.findings += seen.findings;
        all.fixes += seen.fixes;
        all.faults.extend(seen.faults.into_iter().map(|fault| format!("{name}: {fault}")));
    }
    println!(
        "{packages} packages and the standard library: {read} files, {} lines, {} references, {} findings, {} fixes tried; \
         {left_out} files that are not UTF-8 left out",
        all.lines, all.references, all.findings, all.fixes
    );
    assert!(all.faults.is_empty(), "{} faults\n{}", all.faults.len(), all.faults.join("\n"));
}
