//! The book's own code must lead to the book's own sections. Needs `MARGINALIA_BOOK`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use marginalia::book::copy::BookCopy;
use marginalia::book::manuscript::Format;
use marginalia::book::{SectionKind, SectionNumber};
use marginalia::knowledge::{Knowledge, Trigger};
use marginalia::margin::{Analysis, Engine, Options};
use ruff_python_ast::{Expr, PySourceType, Stmt};

use crate::book_copy::real_book;
use crate::support::on_big_stack;

/// Whether a paragraph is Python, and says more than prose that happens to parse.
fn is_code(text: &str) -> bool {
    let parsed = ruff_python_parser::parse_unchecked_source(text, PySourceType::Python);
    if parsed.has_invalid_syntax() || parsed.suite().is_empty() {
        return false;
    }
    parsed.suite().iter().any(|stmt| match stmt {
        Stmt::Expr(stmt) => matches!(
            stmt.value.as_ref(),
            Expr::Call(_) | Expr::Await(_) | Expr::ListComp(_) | Expr::DictComp(_) | Expr::SetComp(_) | Expr::Yield(_)
        ),
        Stmt::AnnAssign(assign) => assign.value.is_some(),
        Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) => false,
        _ => true,
    })
}

/// The Python code of a section: fenced blocks, and the longest runs of lines that are code.
fn code_of(body: &str) -> Vec<String> {
    let mut found = Vec::new();
    let lines: Vec<&str> = body.lines().collect();
    let mut at = 0;
    while at < lines.len() {
        if let Some(language) = lines[at].strip_prefix("```") {
            let end =
                lines[at + 1..].iter().position(|line| line.starts_with("```")).map_or(lines.len(), |end| at + 1 + end);
            if language.trim() == "python" {
                found.push(lines[at + 1..end].join("\n"));
            }
            at = end + 1;
            continue;
        }
        if lines[at].trim().is_empty() {
            at += 1;
            continue;
        }
        // The longest run from here that is Python, up to a limit that keeps the search short.
        let run = (at + 1..=lines.len().min(at + 40)).rev().find(|&end| {
            !lines[end - 1].trim().is_empty()
                && !lines[at..end].iter().any(|line| line.starts_with("```"))
                && is_code(&lines[at..end].join("\n"))
        });
        match run {
            Some(end) => {
                found.push(lines[at..end].join("\n"));
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

/// The imports of some code, by the name that each binds.
fn imports_of(code: &str, found: &mut BTreeMap<String, String>) {
    let parsed = ruff_python_parser::parse_unchecked_source(code, PySourceType::Python);
    for stmt in parsed.suite() {
        match stmt {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let bound =
                        alias.asname.as_ref().map_or(alias.name.split('.').next().unwrap(), |name| name.as_str());
                    let line = match &alias.asname {
                        Some(name) => format!("import {} as {name}", alias.name.as_str()),
                        None => format!("import {}", alias.name.as_str()),
                    };
                    found.entry(bound.to_owned()).or_insert(line);
                }
            }
            Stmt::ImportFrom(import) if import.level == 0 => {
                let Some(module) = &import.module else { continue };
                for alias in import.names.iter().filter(|alias| alias.name.as_str() != "*") {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    let line = format!("from {module} import {} as {bound}", alias.name.as_str());
                    found.entry(bound.to_owned()).or_insert(line);
                }
            }
            _ => {}
        }
    }
}

/// The import that the book left out of a fragment: of what the section is about, when the fragment uses its name.
fn missing_import(trigger: &Trigger, code: &str, imports: &mut BTreeMap<String, String>) {
    let uses =
        |name: &str| code.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|word| word == name);
    let qualified = match trigger {
        Trigger::Symbol(name) | Trigger::SymbolTree(name) => name,
        Trigger::Method { class, .. } => class,
        Trigger::Keyword { callee, .. } => callee,
        _ => return,
    };
    let root = qualified.split('.').next().unwrap_or(qualified);
    if root != "builtins" && uses(root) {
        imports.entry(root.to_owned()).or_insert_with(|| format!("import {root}"));
    }
    if let Some((module, name)) = qualified.rsplit_once('.')
        && module != "builtins"
        && uses(name)
    {
        imports.entry(name.to_owned()).or_insert_with(|| format!("from {module} import {name}"));
    }
}

/// Whether a shown section answers for the wanted one: itself, one below it, and for examples and lists of pitfalls their
/// subject, one of the same section.
fn answers(shown: SectionNumber, wanted: SectionNumber, kind: SectionKind) -> bool {
    let subject = wanted.parent().unwrap_or(wanted);
    match kind {
        SectionKind::Example => shown.is_within(subject) || shown.chapter == wanted.chapter,
        SectionKind::Pitfalls => shown.chapter == wanted.chapter,
        _ => shown.is_within(wanted),
    }
}

#[test]
fn the_books_code_leads_to_its_sections() {
    let Some(bytes) = real_book() else { return };
    let (table, missed, share) = on_big_stack(move || {
        let engine = Engine::new(Knowledge::builtin());
        let knowledge = engine.knowledge();
        let book = knowledge.first_volume().book();
        let copy = BookCopy::read(&bytes, Format::Text, book).unwrap();
        // The book shows fragments: what they use was imported on another page, of the chapter or of the book.
        let mut book_imports = BTreeMap::new();
        let mut chapter_imports: BTreeMap<u16, BTreeMap<String, String>> = BTreeMap::new();
        let code: Vec<Vec<String>> = copy.sections.iter().map(|section| code_of(copy.body(section))).collect();
        for (section, blocks) in copy.sections.iter().zip(&code) {
            for block in blocks {
                imports_of(block, chapter_imports.entry(section.number.chapter).or_default());
                imports_of(block, &mut book_imports);
            }
        }
        let packages: Vec<String> = knowledge
            .notes()
            .flat_map(|(_, note)| note.triggers.iter())
            .filter_map(|trigger| match trigger {
                Trigger::SymbolTree(name) if !name.contains('.') => Some(name.to_string()),
                _ => None,
            })
            .collect();
        let mut chapters: BTreeMap<u16, (usize, usize)> = BTreeMap::new();
        let mut missed = Vec::new();
        for (at, (section, own_code)) in copy.sections.iter().zip(&code).enumerate() {
            let kind = book.section(section.number).unwrap().kind;
            // Sections without a trigger in code are out of reach by design.
            let Some(id) = knowledge.note_of(section.number) else { continue };
            let note = knowledge.note(id);
            if own_code.is_empty()
                || !note.triggers.iter().any(|trigger| !matches!(trigger, Trigger::Rule(_) | Trigger::File { .. }))
            {
                continue;
            }
            let joined = own_code.join("\n");
            let mut own = BTreeMap::new();
            imports_of(&joined, &mut own);
            let mut imports = chapter_imports.get(&section.number.chapter).cloned().unwrap_or_default();
            for (name, line) in &book_imports {
                imports.entry(name.clone()).or_insert_with(|| line.clone());
            }
            for trigger in note.triggers.iter() {
                missing_import(trigger, &joined, &mut imports);
            }
            for package in &packages {
                if joined.contains(&format!("{package}.")) {
                    imports.entry(package.clone()).or_insert_with(|| format!("import {package}"));
                }
            }
            imports.retain(|name, _| !own.contains_key(name));
            let mut prelude: String = imports.values().map(|line| format!("{line}\n")).collect();
            // What a section uses was made in the ones before it.
            for (before, blocks) in copy.sections[..at].iter().zip(&code) {
                if before.number.chapter == section.number.chapter {
                    prelude.extend(blocks.iter().flat_map(|block| [block.as_str(), "\n"]));
                }
            }
            let options = Options { file_name: "test_example.py".to_owned(), ..Options::default() };
            let reached = [joined].iter().chain(own_code).any(|code| {
                let text = format!("{prelude}{code}\n");
                let analysis = Analysis::new(Arc::from(text), &options, &engine);
                let shown = analysis.references().into_iter().filter(|it| it.range.start().to_usize() >= prelude.len());
                shown.flat_map(|it| it.notes).any(|it| answers(knowledge.note(it).section, section.number, kind))
            });
            if !reached {
                missed.push(section.number);
            }
            if reached || !REASONS.lines().any(|line| line.starts_with(&format!("{}\tno code\t", section.number))) {
                let (all, hit) = chapters.entry(section.number.chapter).or_default();
                *all += 1;
                *hit += usize::from(reached);
            }
        }
        let mut table = String::from("chapter  with code  reached\n");
        let (mut all, mut hit) = (0, 0);
        for (chapter, (with_code, reached)) in &chapters {
            writeln!(table, "{chapter:>7}  {with_code:>9}  {reached:>7}").unwrap();
            all += with_code;
            hit += reached;
        }
        writeln!(table, "    all  {all:>9}  {hit:>7}").unwrap();
        let missed: Vec<(String, String)> = missed
            .iter()
            .map(|number| (number.to_string(), book.section(*number).map_or("", |section| &section.title).to_owned()))
            .collect();
        (table, missed, hit as f64 / all.max(1) as f64)
    });
    println!("{table}");
    let mut page = format!("{HEAD}\n```text\n{table}```\n\n## Not reached\n\n| section | why |\n| --- | --- |\n");
    for (number, title) in &missed {
        let reason =
            REASONS.lines().find_map(|line| line.strip_prefix(&format!("{number}\t"))).unwrap_or("?\tnot known");
        let (class, reason) = reason.split_once('\t').unwrap();
        writeln!(page, "| §{number} {title} | {class}: {reason} |").unwrap();
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/coverage.md");
    if std::env::var_os("MARGINALIA_BLESS").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    assert!(!page.contains("not known"), "give each miss its reason in tests/it/book_coverage.tsv\n{page}");
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), page, "run the test once with MARGINALIA_BLESS=1");
    assert!(share >= 0.95, "{:.1} % of the sections with code are reached", share * 100.0);
}

/// Why sections are not reached: number, class, reason. `no code` does not count.
const REASONS: &str = include_str!("book_coverage.tsv");

const HEAD: &str = "# Coverage of the book's own code

Made by a test (`tests/it/book_coverage.rs`) from a reader's copy of the book: the code of each section, read with the chapter's code
before it and with the imports that the book leaves out, must lead to that section, to one below it, or, for examples and lists
of pitfalls, to one of their subject. Only sections with a trigger in code count.
";
