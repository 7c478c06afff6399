//! Our rules against the field's: where ruff has a rule for the same thing, both find the same places, by line.
//!
//! The oracle is the `ruff` program, over `PyPI` packages and the local standard library. What differs for a reason is listed
//! with it in `ruff_agreement.tsv`. `MARGINALIA_BLESS=1` writes the table into docs/quality.md; every difference is written to
//! `target/quality/differences.tsv`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::{env, fs};

use marginalia::knowledge::{Knowledge, RuleId};
use marginalia::margin::{Analysis, Engine, Options};

use crate::support::corpus::{
    RUFF_VERSION, folder, in_parallel, packages, ruff, skip, standard_library_named, write_table,
};

/// A line of a file: the file's index, and the line from 1.
type Place = (usize, usize);
type Places = BTreeSet<Place>;

/// What ruff underlines: where it begins, and its last line.
type Ranges = BTreeMap<Place, usize>;

/// A reason for differences of one rule: `pattern` is matched with `path: line of code`; `tests` is any test file.
struct Reason {
    rule: &'static str,
    /// Who finds it: `ours` or `ruff`.
    side: &'static str,
    pattern: &'static str,
    /// It stands for so many places at most.
    most: usize,
    why: &'static str,
}

impl Reason {
    fn is_about(&self, path: &str, line: &str) -> bool {
        let in_test = || path.split('/').any(|part| ["test", "tests"].contains(&part) || part.starts_with("test_"));
        (self.pattern == "tests" && in_test()) || fits(self.pattern, &format!("{path}: {line}"))
    }
}

fn reasons() -> Vec<Reason> {
    let rows = include_str!("ruff_agreement.tsv").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    rows.map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        let &[rule, side, pattern, most, reason] = &fields[..] else { panic!("five fields, not: {line}") };
        assert!(["ours", "ruff"].contains(&side), "{line}");
        Reason { rule, side, pattern, most: most.parse().unwrap(), why: reason }
    })
    .collect()
}

/// Whether a text fits a pattern in which `*` stands for anything.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}

#[test]
fn patterns_stand_for_whole_lines() {
    assert!(fits("*", "") && fits("a*c", "abc") && fits("*b*", "abc") && fits("a*", "a"));
    assert!(!fits("a*c", "abcd") && !fits("b*", "abc") && !fits("a*b*a", "aba b") && !fits("", "a"));
}

/// A rule of ours that ruff has too.
struct Shared {
    id: RuleId,
    name: String,
    /// Ruff's codes for the same, and those that overlap in part.
    full: Vec<String>,
    partial: Vec<String>,
}

fn shared_rules(knowledge: &Knowledge) -> Vec<Shared> {
    let codes = |prefix: &str, all: &[&str]| -> Vec<String> {
        all.iter().filter_map(|code| code.strip_prefix(prefix)).map(String::from).collect()
    };
    let rules = knowledge.rules().map(|(id, rule)| {
        let all: Vec<&str> = rule.equivalents.iter().map(AsRef::as_ref).collect();
        Shared { id, name: rule.name.to_string(), full: codes("ruff:", &all), partial: codes("~ruff:", &all) }
    });
    rules.filter(|rule| !rule.full.is_empty()).collect()
}

/// What ruff finds: places by code, and the files that it cannot parse.
struct Theirs {
    ranges: BTreeMap<String, Ranges>,
    unparsed: BTreeSet<usize>,
}

fn ask_ruff(program: &Path, files: &[(PathBuf, String)], codes: &BTreeSet<&str>) -> Theirs {
    let mut theirs = Theirs { ranges: BTreeMap::new(), unparsed: BTreeSet::new() };
    let index: BTreeMap<String, usize> =
        files.iter().enumerate().map(|(at, (path, _))| (path.display().to_string(), at)).collect();
    let work = tempfile::tempdir().unwrap();
    let list = work.path().join("files");
    fs::write(&list, files.iter().map(|(path, _)| format!("{}\n", path.display())).collect::<String>()).unwrap();
    let rules = Command::new(program).args(["rule", "--all", "--output-format", "json"]).output().unwrap();
    let rules: Vec<serde_json::Value> = serde_json::from_slice(&rules.stdout).unwrap();
    let in_preview = |code: &str| rules.iter().any(|rule| rule["code"] == code && rule["preview"] == true);
    // In preview, rules go by their names.
    let code_of = |said: &str| {
        let named = rules.iter().find(|rule| rule["name"] == said).and_then(|rule| rule["code"].as_str());
        named.unwrap_or(said).to_owned()
    };
    let (preview, stable): (Vec<&str>, Vec<&str>) = codes.iter().copied().partition(|code| in_preview(code));
    // Preview changes stable rules too, so the two are asked apart.
    for (codes, preview) in [(stable, "--no-preview"), (preview, "--preview")] {
        if codes.is_empty() {
            continue;
        }
        let output = Command::new(program)
            .args(["check", "--isolated", "--no-cache", "--ignore-noqa", "--no-respect-gitignore", "--exit-zero"])
            .args(["--target-version", "py314", "--config", "exclude=[]", "--output-format", "json-lines", preview])
            .args(["--select", &codes.join(","), &format!("@{}", list.display())])
            .current_dir(work.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        for line in output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let said: serde_json::Value = serde_json::from_slice(line).unwrap();
            let path = said["filename"].as_str().unwrap();
            let Some(&file) = index.get(path) else { panic!("ruff speaks of {path}") };
            let row = |end: &str| usize::try_from(said[end]["row"].as_u64().unwrap()).unwrap();
            match said["code"].as_str() {
                None | Some("invalid-syntax" | "E902") => {
                    theirs.unparsed.insert(file);
                }
                Some(code) => {
                    let ranges = theirs.ranges.entry(code_of(code)).or_default();
                    ranges.insert((file, row("location")), row("end_location"));
                }
            }
        }
    }
    theirs
}

fn our_places(files: &[(PathBuf, String)], rules: &[Shared]) -> (BTreeMap<String, Places>, Vec<Arc<str>>) {
    let wanted: BTreeMap<RuleId, &str> = rules.iter().map(|rule| (rule.id, rule.name.as_str())).collect();
    let engine = Engine::with_rules(Knowledge::builtin(), |id, _| wanted.contains_key(&id));
    let results = in_parallel(files, |(path, name)| {
        // What is no UTF-8 is for readers of bytes.
        let Ok(text) = fs::read_to_string(path) else { return (Arc::from(""), Vec::new()) };
        let options = Options { file_name: name.clone(), ..Options::default() };
        let analysis = Analysis::new(Arc::from(text), &options, &engine);
        let line = |at| analysis.lines().line_index(at).get();
        let found = analysis.findings().iter().map(|finding| (finding.rule, line(finding.range.start()))).collect();
        (Arc::clone(analysis.text()), found)
    });
    let mut places: BTreeMap<String, Places> = BTreeMap::new();
    let mut texts = Vec::new();
    for (file, (text, found)) in results.into_iter().enumerate() {
        texts.push(text);
        for (rule, line) in found {
            places.entry(wanted[&rule].to_owned()).or_default().insert((file, line));
        }
    }
    (places, texts)
}

/// How many places are the same, and what only we and only ruff find.
///
/// The same is what starts on the same line, or what of all that is left over of ruff's underlines our line.
fn compare(ours: &Places, theirs: &Ranges) -> (usize, Places, Places) {
    let mut only_ruff: Ranges =
        theirs.iter().filter(|(place, _)| !ours.contains(place)).map(|(place, last)| (*place, *last)).collect();
    let mut only_ours = Places::new();
    for place in ours.iter().filter(|place| !theirs.contains_key(place)) {
        let around = only_ruff.range((place.0, 0)..=*place).rev().find(|(_, last)| **last >= place.1);
        match around.map(|(around, _)| *around) {
            Some(around) => {
                only_ruff.remove(&around);
            }
            None => {
                only_ours.insert(*place);
            }
        }
    }
    (ours.len() - only_ours.len(), only_ours, only_ruff.into_keys().collect())
}

#[test]
fn places_are_the_same_once() {
    let ours = Places::from([(0, 1), (0, 4), (0, 5), (0, 9)]);
    let theirs = Ranges::from([((0, 1), 1), ((0, 3), 6), ((1, 9), 9)]);
    assert_eq!(compare(&ours, &theirs), (2, Places::from([(0, 5), (0, 9)]), Places::from([(1, 9)])));
}

/// What came out for one rule.
#[derive(Default)]
struct Row {
    both: usize,
    only_ours: usize,
    only_ruff: usize,
    unexplained: usize,
}

impl Row {
    fn raw(&self) -> f64 {
        share(self.both, self.only_ours + self.only_ruff)
    }

    fn explained(&self) -> f64 {
        share(self.both, self.unexplained)
    }

    fn cells(&self) -> String {
        let Self { both, only_ours, only_ruff, unexplained } = self;
        format!("{both} | {only_ours} | {only_ruff} | {unexplained} | {:.1} % | {:.1} %", self.raw(), self.explained())
    }
}

fn share(agreed: usize, apart: usize) -> f64 {
    if agreed + apart == 0 { 100.0 } else { 100.0 * agreed as f64 / (agreed + apart) as f64 }
}

#[test]
fn our_rules_find_what_ruff_finds() {
    let test = "our_rules_find_what_ruff_finds";
    let (program, mut files) = match (ruff(), packages()) {
        (Ok(program), Ok(files)) => (program, files),
        (Err(reason), _) | (_, Err(reason)) => return skip(test, &reason),
    };
    files.extend(standard_library_named());
    for (path, _) in &mut files {
        *path = path.canonicalize().unwrap();
    }
    let rules = shared_rules(&Knowledge::builtin());
    let codes: BTreeSet<&str> =
        rules.iter().flat_map(|rule| rule.full.iter().chain(&rule.partial)).map(String::as_str).collect();
    let mut theirs = ask_ruff(&program, &files, &codes);
    let (mut ours, texts) = our_places(&files, &rules);
    theirs.ranges.values_mut().for_each(|ranges| ranges.retain(|(file, _), _| !theirs.unparsed.contains(file)));
    for places in ours.values_mut() {
        places.retain(|(file, _)| !theirs.unparsed.contains(file));
    }
    let lines: usize = texts.iter().map(|text| text.lines().count()).sum();

    let reasons = reasons();
    let limited = env::var_os("MARGINALIA_CORPUS").is_none();
    let mut used = vec![0; reasons.len()];
    let mut partly = 0;
    let mut differences = String::new();
    let mut table = String::from(
        "| rule | ruff | both | only ours | only ruff | without a reason | agreement | with reasons |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    let mut total = Row::default();
    for rule in &rules {
        let found = ours.remove(&rule.name).unwrap_or_default();
        let of = |codes: &[String]| -> Ranges {
            let ranges = codes.iter().filter_map(|code| theirs.ranges.get(code)).flatten();
            ranges.map(|(place, last)| (*place, *last)).collect()
        };
        let (full, partial) = (of(&rule.full), of(&rule.partial));
        let (both, only_ours, only_ruff) = compare(&found, &full);
        let mut row = Row { both, ..Row::default() };
        let only_ours = only_ours.iter().map(|place| ("ours", place));
        let only_ruff = only_ruff.iter().map(|place| ("ruff", place));
        for (side, place) in only_ours.chain(only_ruff) {
            *(if side == "ours" { &mut row.only_ours } else { &mut row.only_ruff }) += 1;
            let line = texts[place.0].lines().nth(place.1 - 1).unwrap_or_default().trim();
            let listed = reasons.iter().zip(&used).position(|(known, used)| {
                known.rule == rule.name
                    && known.side == side
                    && known.is_about(&files[place.0].1, line)
                    && (*used < known.most || !limited)
            });
            let reason = if let Some(at) = listed {
                used[at] += 1;
                reasons[at].why
            } else if side == "ours" && partial.contains_key(place) {
                partly += 1;
                "a code of ruff's that overlaps in part"
            } else {
                row.unexplained += 1;
                ""
            };
            let _ = writeln!(
                differences,
                "{}\t{side}\t{}:{}\t{line}\t{reason}",
                rule.name,
                files[place.0].0.display(),
                place.1
            );
        }
        let _ = writeln!(table, "| {} | {} | {} |", rule.name, rule.full.join(" "), row.cells());
        total.both += row.both;
        total.only_ours += row.only_ours;
        total.only_ruff += row.only_ruff;
        total.unexplained += row.unexplained;
    }
    let _ = writeln!(table, "| **all** | | {} |", total.cells());
    let mut page = format!(
        "Ruff {RUFF_VERSION} over {} files, {lines} lines; {} files that ruff cannot parse are left out.\n\n{table}\n",
        files.len() - theirs.unparsed.len(),
        theirs.unparsed.len()
    );
    page.push_str("Why places differ:\n\n| rule | found by | places | reason |\n| --- | --- | --- | --- |\n");
    for (reason, count) in reasons.iter().zip(&used).filter(|(_, count)| **count > 0) {
        let Reason { rule, side, why, .. } = reason;
        let _ = writeln!(page, "| {rule} | {side} | {count} | {why} |");
    }
    if partly > 0 {
        let _ = writeln!(page, "| (several) | ours | {partly} | ruff reports it under a code that overlaps in part |");
    }
    println!("{page}");
    fs::create_dir_all(folder()).unwrap();
    fs::write(folder().join("differences.tsv"), differences).unwrap();
    if env::var_os("MARGINALIA_BLESS").is_some() {
        write_table("agreement", &page);
    }
    assert!(total.both > 5_000, "only {} places were compared", total.both);
    assert!(total.explained() >= 98.0, "agreement of {:.2} %; see target/quality/differences.tsv", total.explained());
}
