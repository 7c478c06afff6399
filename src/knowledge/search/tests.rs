use std::sync::Arc;

use super::super::format::{SourceFile, read};
use super::*;

fn name(knowledge: &Knowledge, target: Target) -> String {
    match target {
        Target::Section { volume, number } => knowledge.volumes()[volume].book().reference(number),
        Target::Rule(id) => knowledge.rule(id).name.to_string(),
    }
}

fn hits(knowledge: &Knowledge, query: &str, limit: usize) -> Vec<String> {
    search(knowledge, query, limit).into_iter().map(|hit| name(knowledge, hit.target)).collect()
}

/// Asserts what the first hit of each query is.
fn table(knowledge: &Knowledge, table: &[(&str, &str)]) {
    let wrong: Vec<_> = table
        .iter()
        .map(|(query, wanted)| (query, wanted, hits(knowledge, query, 3)))
        .filter(|(_, wanted, found)| found.first().map(String::as_str) != Some(**wanted))
        .collect();
    assert!(wrong.is_empty(), "query, first hit wanted, hits found: {wrong:#?}");
}

/// A small book of the reader's own beside the built-in one, so that what its notes say is known here.
fn handbook() -> Arc<Knowledge> {
    let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
    let note = |number: &str, title: &str, front: &str, summary: &str| {
        let text = format!(
            "+++\nsection = \"{number}\"\ntitle = \"{title}\"\n{front}\n+++\n{summary}\n\n\
             ## Key points\n- One.\n- Two.\n\n## Example\n```python\nx = 1\n```\n"
        );
        file(&format!("{number}.md"), &text)
    };
    let (contents, problems) = read(&[
        file(
            "book.toml",
            r#"
id = "handbook"
title = "Handbook"
mark = "H §"
[[chapters]]
number = 90
title = "Zebras"
sections = [
    { number = "90.1", title = "Zebra stables" },
    { number = "90.1.1", title = "Opening (with care)" },
    { number = "90.1.2", title = "Feeding" },
    { number = "90.2", title = "Grooming" },
    { number = "90.10", title = "Riding" },
]
"#,
        ),
        note("90.1", "Zebra stables", r#"triggers = ["symbol:zebra.*"]"#, "Where zebras live."),
        note(
            "90.1.1",
            "Opening (with care)",
            r#"triggers = ["symbol:zebra.Stable", "kwarg:zebra.Stable.unlock(silent=)"]"#,
            "Gates first.",
        ),
        note(
            "90.1.2",
            "Feeding",
            r#"triggers = ["method:zebra.Stable.feed_all", "syntax:dunder.__zebra__"]
codes = ["acme:Z123"]"#,
            "Hay beats mulberries.",
        ),
        note("90.2", "Grooming", r#"triggers = ["file:zebra.toml#stripes"]"#, "Stripes need a curry comb."),
        file(
            "rules/stripe-loop.md",
            r#"+++
rule = "stripe-loop"
sections = ["90.2"]
group = "style"
equivalents = ["~acme:Z900", "acme:Z123"]
message = "No"
match = { call = "zebra.paint" }
+++
## What it does
Finds paint.
## Why the book warns
Because.
## Example
```python
import zebra
zebra.paint()
```
## Use instead
```python
pass
```
"#,
        ),
    ]);
    assert_eq!(problems, []);
    Knowledge::with_books([contents]).0
}

#[test]
fn numbers_find_sections() {
    let knowledge = Knowledge::builtin();
    assert_eq!(hits(&knowledge, "16.7.4", 9), ["§16.7.4"]);
    assert_eq!(hits(&knowledge, "§5.4", 3), ["§5.4", "§5.4.1", "§5.4.2"]);
    assert_eq!(hits(&knowledge, "§ 5.4.", 2), ["§5.4.1", "§5.4.2"]);
    assert_eq!(hits(&knowledge, "2.4.1", 9), ["§2.4.1", "§2.4.1b"]);
    assert_eq!(hits(&knowledge, "2.4.1b", 9), ["§2.4.1b"]);
    assert_eq!(hits(&knowledge, "16", 2), ["§16.0", "§16.1"], "a chapter, in the order of the book");
    assert_eq!(hits(&knowledge, "16.1", 2), ["§16.1", "§16.10"], "the number itself before what begins alike");
    assert_eq!(hits(&knowledge, "99.9", 9), [""; 0]);
}

#[test]
fn titles_find_sections() {
    table(
        &Knowledge::builtin(),
        &[
            ("TaskGroup", "§16.7.4"),
            ("taskgroup", "§16.7.4"),
            ("pattern matching", "§5.4"),
            ("Exception Groups", "§10.13"),
            ("exception group", "§10.13"),
            ("race conditions", "§16.5.3"),
            ("closures", "§6.6"),
            ("decorators", "§6.9"),
            ("dataclasses", "§7.11"),
            ("keyword-only", "§6.3.3"),
            ("dict comprehension", "§5.3.2"),
            ("global interpreter lock", "§16.2"),
            ("asyncio", "§16.7"),
            ("shutil", "§9.1.3"),
        ],
    );
}

#[test]
fn typing_errors_are_forgiven() {
    table(
        &Knowledge::builtin(),
        &[
            ("taskgruop", "§16.7.4"),
            ("TaskGruop", "§16.7.4"),
            ("closuers", "§6.6"),
            ("race conditon", "§16.5.3"),
            ("contxt manager", "§4.6.8"),
            ("pattren matching", "§5.4"),
            ("dict comprehnsion", "§5.3.2"),
            ("tskgrp", "§16.7.4"),
            ("mktemp-usgae", "mktemp-usage"),
        ],
    );
    assert_eq!(hits(&Knowledge::builtin(), "qqzzxxyy", 9), [""; 0], "not everything is a typing error");
}

#[test]
fn rules_and_codes_are_found() {
    table(
        &Knowledge::builtin(),
        &[
            ("mktemp-usage", "mktemp-usage"),
            ("mktemp_usage", "mktemp-usage"),
            ("Mktemp Usage", "mktemp-usage"),
            ("S306", "mktemp-usage"),
            ("ruff:S306", "mktemp-usage"),
            ("ruff s306", "mktemp-usage"),
        ],
    );
    let knowledge = handbook();
    assert_eq!(hits(&knowledge, "Z123", 9), ["stripe-loop", "H §90.1.2"], "the rule, and what explains the code");
    assert_eq!(hits(&knowledge, "acme:Z900", 1), ["stripe-loop"]);
}

#[test]
fn symbols_are_found_in_full_by_their_end_and_by_an_alias() {
    table(
        &handbook(),
        &[
            ("zebra.Stable", "H §90.1.1"),
            ("Stable", "H §90.1.1"),
            ("`stable`", "H §90.1.1"),
            ("zebra.Stable()", "H §90.1.1"),
            ("zebra.Stable.feed_all", "H §90.1.2"),
            ("Stable.feed_all", "H §90.1.2"),
            ("feed_all", "H §90.1.2"),
            ("barn.feed_all", "H §90.1.2"),
            ("barn.feed_all(hay)", "H §90.1.2"),
            ("zebra", "H §90.1"),
            ("zebra.unknown", "H §90.1"),
            ("zebra.Stable.unlock(silent=True)", "H §90.1.1"),
            ("silent=True", "H §90.1.1"),
            ("silent=", "H §90.1.1"),
            ("__zebra__", "H §90.1.2"),
            ("zebra.toml", "H §90.2"),
        ],
    );
}

#[test]
fn words_of_a_note_find_it() {
    table(
        &handbook(),
        &[
            ("mulberry", "H §90.1.2"),
            ("how do i use a curry comb", "H §90.2"),
            ("curry", "H §90.2"),
            ("mulbe", "H §90.1.2"),
            ("feed all", "H §90.1.2"),
            ("paint", "stripe-loop"),
        ],
    );
}

#[test]
fn the_built_in_notes_are_found_by_what_they_are_about() {
    table(
        &Knowledge::builtin(),
        &[
            ("asyncio.TaskGroup", "§16.7.4"),
            ("TaskGroup.create_task", "§16.7.4"),
            ("with", "§5.6"),
            ("async with", "§16.9"),
            ("yield from", "§6.8.1"),
            ("lambda", "§6.2"),
            ("except*", "§10.13.2"),
            ("os.path.join", "§9.1.2"),
            ("tempfile.NamedTemporaryFile", "§9.1.4"),
            ("typing.Optional", "§4.5.3"),
            ("Optional[int]", "§4.5.3"),
            ("@property", "§7.10"),
            ("subprocess.run(shell=True)", "§13.2.1"),
            ("jwt", "§19.8"),
            ("numpy", "§20.2"),
        ],
    );
}

#[test]
fn the_best_come_first_and_no_more_than_asked_for() {
    let knowledge = Knowledge::builtin();
    let hits = search(&knowledge, "decorator", 7);
    assert_eq!(hits.len(), 7);
    assert!(hits.is_sorted_by(|a, b| a.score >= b.score), "{hits:?}");
    assert_eq!(search(&knowledge, "  ", 7), []);
    assert_eq!(search(&knowledge, "decorator", 0), []);
}

#[test]
fn a_long_query_is_cut_and_answered() {
    let query = format!("closures {}", "é ".repeat(100_000));
    assert_eq!(hits(&Knowledge::builtin(), &query, 1), ["§6.6"]);
}
