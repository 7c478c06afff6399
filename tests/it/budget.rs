//! How much the default rules say about good code: few enough to leave them on. Each package counts with the Python that it
//! asks for, as in its own repository.
//!
//! `MARGINALIA_BLESS=1` writes the table into docs/quality.md; `MARGINALIA_SAMPLE=SEED` writes two times 150 findings drawn at
//! random for a person to read: as users meet them to `target/quality/sample.md`, and at most twelve of a rule, so that
//! rare rules come up, to `target/quality/sample-by-rule.md`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;
use std::{env, fs};

use marginalia::knowledge::{Knowledge, Severity};
use marginalia::margin::project::lowest_classifier;
use marginalia::margin::settings::Settings;
use marginalia::margin::{Analysis, Engine, Options, visible_findings};
use marginalia::python::PythonVersion;

use crate::support::Random;
use crate::support::corpus::{folder, in_parallel, packages, skip, standard_library_named, write_table};

/// Per 1,000 lines.
const MOST_HINTS: f64 = 5.0;
const MOST_WARNINGS: f64 = 0.7;

/// A finding as it is shown to a person who judges it.
struct Found {
    rule: String,
    severity: Severity,
    place: String,
    message: String,
    code: String,
}

/// The oldest Python that the package of a file runs on. A wheel says it in its metadata, not in `pyproject.toml`; the
/// standard library is for the version that it comes with.
fn lowest_python(path: &Path, name: &str) -> PythonVersion {
    let depth = name.split('/').count();
    if name.starts_with("Lib/") {
        let folder = path.ancestors().nth(depth - 1).and_then(Path::file_name).and_then(|folder| folder.to_str());
        let version = folder.and_then(|folder| folder.strip_prefix("python")).and_then(|version| version.parse().ok());
        return version.unwrap_or(PythonVersion::NEWEST);
    }
    let package = path.ancestors().nth(depth - 1).expect("the file is in the folder of its package");
    let mut entries = fs::read_dir(package).into_iter().flatten().flatten();
    let metadata = entries.find_map(|entry| fs::read_to_string(entry.path().join("METADATA")).ok());
    let wanted =
        metadata.as_deref().and_then(|text| text.lines().find_map(|line| line.strip_prefix("Requires-Python:")));
    let lowest = wanted.and_then(|wanted| {
        let mut bounds = wanted.split(',').map(str::trim);
        bounds.find_map(|bound| [">=", "~=", "=="].iter().find_map(|operator| bound.strip_prefix(operator)))
    });
    let digits = lowest.and_then(|lowest| {
        let mut parts = lowest.trim().split('.');
        format!("{}.{}", parts.next()?, parts.next().unwrap_or("0")).parse().ok()
    });
    let classifiers =
        metadata.iter().flat_map(|text| text.lines()).filter_map(|line| line.strip_prefix("Classifier: "));
    digits.or_else(|| lowest_classifier(classifiers)).unwrap_or(PythonVersion::NEWEST)
}

/// What the default settings show of a file, and how many lines it has.
fn shown(path: &Path, name: &str, engine: &Arc<Engine>, settings: &Settings) -> (usize, Vec<Found>) {
    let Ok(text) = fs::read_to_string(path) else { return (0, Vec::new()) };
    let target = lowest_python(path, name);
    let options = Options { target, file_name: name.to_owned(), ..Options::default() };
    let analysis = Analysis::new(Arc::from(text), &options, engine);
    let lines: Vec<&str> = analysis.text().lines().collect();
    let found = visible_findings(&analysis, settings).into_iter().map(|(finding, severity)| {
        let line = analysis.lines().line_index(finding.range.start()).get();
        let around = line.saturating_sub(6)..(line + 5).min(lines.len());
        let mark = |at| if at + 1 == line { ">" } else { " " };
        Found {
            rule: analysis.knowledge().rule(finding.rule).name.to_string(),
            severity,
            place: format!("{name}:{line}"),
            message: finding.message,
            code: around.map(|at| format!("{}{:5} {}\n", mark(at), at + 1, lines[at])).collect(),
        }
    });
    (lines.len(), found.collect())
}

#[test]
fn the_defaults_are_quiet_on_good_code() {
    let mut files = match packages() {
        Ok(files) => files,
        Err(reason) => return skip("the_defaults_are_quiet_on_good_code", &reason),
    };
    files.extend(standard_library_named());
    let settings = Settings::default();
    let engine = Engine::with_rules(Knowledge::builtin(), |_, rule| settings.rule_severity(rule).is_some());
    let results = in_parallel(&files, |(path, name)| shown(path, name, &engine, &settings));
    let lines: usize = results.iter().map(|(lines, _)| lines).sum();
    let mut found: Vec<Found> = results.into_iter().flat_map(|(_, found)| found).collect();

    let mut counts: BTreeMap<(&str, Severity), usize> = BTreeMap::new();
    for finding in &found {
        *counts.entry((&finding.rule, finding.severity)).or_default() += 1;
    }
    let per_thousand = |count: usize| 1_000.0 * count as f64 / lines as f64;
    let total = |warnings: bool| -> f64 {
        let of = counts.iter().filter(|((_, severity), _)| (*severity >= Severity::Warning) == warnings);
        per_thousand(of.map(|(_, count)| count).sum())
    };
    let (hints, warnings) = (total(false), total(true));
    let mut rows: Vec<_> = counts.iter().collect();
    rows.sort_by_key(|(key, count)| (std::cmp::Reverse(**count), **key));
    let mut page = format!(
        "Over {} files, {lines} lines: {hints:.2} hints and {warnings:.2} warnings per 1,000 lines.\n\n\
         | rule | severity | findings | per 1,000 lines |\n| --- | --- | --- | --- |\n",
        files.len()
    );
    for ((rule, severity), count) in rows {
        let _ = writeln!(page, "| {rule} | {severity} | {count} | {:.3} |", per_thousand(*count));
    }
    println!("{page}");
    if env::var_os("MARGINALIA_BLESS").is_some() {
        write_table("budget", &page);
    }
    if let Some(seed) = env::var("MARGINALIA_SAMPLE").ok().and_then(|seed| seed.parse().ok()) {
        shuffle(&mut found, seed);
        fs::write(folder().join("sample.md"), sample(&found, seed, usize::MAX)).unwrap();
        fs::write(folder().join("sample-by-rule.md"), sample(&found, seed, 12)).unwrap();
    }
    assert!(hints <= MOST_HINTS, "{hints:.2} hints per 1,000 lines");
    assert!(warnings <= MOST_WARNINGS, "{warnings:.2} warnings per 1,000 lines");
}

fn shuffle(found: &mut [Found], seed: u64) {
    let mut random = Random::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    for at in (1..found.len()).rev() {
        found.swap(at, random.below(at + 1));
    }
}

/// The first 150 of the findings, so many of a rule at most.
fn sample(found: &[Found], seed: u64, most: usize) -> String {
    let mut drawn: BTreeMap<&str, usize> = BTreeMap::new();
    let few = found.iter().filter(|finding| {
        let times = drawn.entry(&finding.rule).or_default();
        *times += 1;
        *times <= most
    });
    let mut text = format!("Seed {seed}\n");
    for (at, finding) in few.take(150).enumerate() {
        let Found { rule, place, message, code, .. } = finding;
        let _ = write!(text, "\n## {}. {rule}: {place}\n{message}\n```\n{code}```\n", at + 1);
    }
    text
}
