//! What the code of each section uses, in the language of triggers.

use std::collections::BTreeMap;

use ruff_source_file::LineIndex;
use rustc_hash::FxHashMap;

use super::Passage;
use crate::knowledge::{Trigger, is_identifier, is_qualified};
use crate::python::{
    Cells, Environment, FactKind, Module, ModuleBindingKind, NoObserver, Placed, is_python_cell, stdlib,
};

/// How often a section uses something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Use {
    /// How many times.
    pub times: u32,
    /// The first line of the source that does, from 1.
    pub line: u32,
}

/// Everything that a section uses.
pub(super) type Uses = FxHashMap<Trigger, Use>;

/// A name and the qualified name that a book's imports bind it to.
type Imports = BTreeMap<String, String>;

/// What each passage uses. The passages of a chapter are read as the cells of one notebook: books show fragments, and what
/// one uses was made or imported in another before it. `step` is called when a chapter is done.
pub(super) fn uses(passages: &[Passage], step: &dyn Fn()) -> Vec<Uses> {
    let chapters: Vec<&[Passage]> = passages.chunk_by(|a, b| a.number.chapter == b.number.chapter).collect();
    let own: Vec<Imports> = chapters.iter().map(|chapter| imports(chapter)).collect();
    let mut book = Imports::new();
    for (name, qualified) in own.iter().flatten() {
        book.entry(name.clone()).or_insert_with(|| qualified.clone());
    }
    let mut found = Vec::with_capacity(passages.len());
    for (chapter, own) in chapters.iter().zip(own) {
        let prelude = prelude(chapter, own, &book);
        found.extend(uses_of(chapter, &prelude));
        step();
    }
    found
}

/// The code of a chapter, and for each cell the passage that it is of and the line before its first.
struct Notebook {
    text: String,
    cells: Cells,
    places: Vec<(usize, u32)>,
}

/// `prelude` becomes a cell of its own.
fn notebook(chapter: &[Passage], prelude: &str) -> Notebook {
    let mut texts = vec![prelude.to_owned()];
    let mut places = vec![(usize::MAX, 0)];
    for (at, passage) in chapter.iter().enumerate() {
        for block in &passage.code {
            let (text, added) = standing(&block.text);
            if is_python_cell(&text) {
                texts.push(text);
                places.push((at, block.line.saturating_sub(added)));
            }
        }
    }
    let (text, cells) = Cells::join(texts.iter().map(String::as_str));
    Notebook { text, cells, places }
}

/// A fragment as code that stands on its own, and how many lines that has put before it: books show a `case` without its
/// `match` and an `except` without its `try`, and sessions of the interpreter.
fn standing(text: &str) -> (String, u32) {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if first.trim_start().starts_with(">>> ") {
        let typed = |line: &str| {
            let line = line.trim_start();
            let code = line.strip_prefix(">>> ").or_else(|| line.strip_prefix("... ")).unwrap_or_default();
            format!("{code}\n")
        };
        return (text.lines().map(typed).collect(), 0);
    }
    let begins = |words: &[&str]| words.iter().any(|word| first.starts_with(word));
    if begins(&["case "]) {
        let inner: String = text.lines().map(|line| format!("    {line}\n")).collect();
        return (format!("match _:\n{inner}"), 1);
    }
    if begins(&["except ", "except:", "except*", "finally:"]) {
        return (format!("try:\n    ...\n{text}"), 2);
    }
    if begins(&["elif ", "else:"]) {
        return (format!("if _:\n    ...\n{text}"), 2);
    }
    (text.to_owned(), 0)
}

fn read(notebook: &Notebook, test_file: bool) -> Module {
    let environment = Environment { test_file, ..Environment::default() };
    Module::read_cells(&notebook.text, notebook.cells.clone(), &environment, &mut NoObserver)
}

/// The names that a chapter imports, each as it is imported first.
fn imports(chapter: &[Passage]) -> Imports {
    let module = read(&notebook(chapter, ""), false);
    let mut found = Imports::new();
    for binding in module.table.bindings() {
        if let ModuleBindingKind::Import(qualified) = &binding.kind
            && !qualified.starts_with('.')
        {
            found.entry(binding.name.to_string()).or_insert_with(|| qualified.to_string());
        }
    }
    found
}

/// The imports of a chapter, and those that the book leaves out in it: what other pages import, and modules of the standard
/// library that are used by their names.
fn prelude(chapter: &[Passage], mut imports: Imports, book: &Imports) -> String {
    for (word, before_dot) in chapter.iter().flat_map(|passage| &passage.code).flat_map(|block| words(&block.text)) {
        let elsewhere = book.get(word).map(String::as_str);
        let module = (before_dot && stdlib::is_module(word)).then_some(word);
        if let Some(qualified) = elsewhere.or(module)
            && !imports.contains_key(word)
        {
            imports.insert(word.to_owned(), qualified.to_owned());
        }
    }
    let good = imports.iter().filter(|(name, qualified)| is_identifier(name) && is_qualified(qualified));
    good.map(|(name, qualified)| match qualified.rsplit_once('.') {
        Some((module, last)) => format!("from {module} import {last} as {name}\n"),
        None => format!("import {qualified} as {name}\n"),
    })
    .collect()
}

/// The words that may be names, or begin a dotted name: then with `true`.
fn words(text: &str) -> impl Iterator<Item = (&str, bool)> {
    text.split(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == '.'))
        .map(|dotted| dotted.split_once('.').map_or((dotted, false), |(first, _)| (first, true)))
        .filter(|(first, _)| !first.is_empty())
}

fn uses_of(chapter: &[Passage], prelude: &str) -> Vec<Uses> {
    let mut found = vec![Uses::default(); chapter.len()];
    let notebook = notebook(chapter, prelude);
    let test_file = notebook.text.contains("def test_");
    let lines = LineIndex::from_source_text(&notebook.text);
    let module = read(&notebook, test_file);
    for Placed { range, statement } in &module.statements {
        let Some(cell) = notebook.cells.at(range.start()) else { continue };
        let (passage, before) = notebook.places[cell];
        let Some(uses) = found.get_mut(passage) else { continue };
        let start = lines.line_index(notebook.cells.content(cell).start()).to_zero_indexed();
        for fact in &statement.facts {
            let offset = range.start() + fact.range.start();
            let line = before + (lines.line_index(offset).to_zero_indexed() - start) as u32;
            for trigger in triggers(&fact.kind) {
                let known = uses.entry(trigger).or_insert(Use { times: 0, line });
                known.times += 1;
                known.line = known.line.min(line);
            }
        }
    }
    found
}

/// The triggers that a fact would answer to: the fact itself, and the modules around a name.
fn triggers(fact: &FactKind) -> Vec<Trigger> {
    let text = |name: &str| name.to_owned().into();
    match fact {
        FactKind::Construct(construct) => vec![Trigger::Syntax(*construct)],
        FactKind::Dunder(name) => vec![Trigger::Dunder(text(name))],
        // Half a name, in code that does not parse.
        FactKind::Symbol(name) if name.ends_with('.') || name.contains("..") => Vec::new(),
        FactKind::Symbol(name) => {
            let mut found = vec![Trigger::Symbol(text(name))];
            found.extend(trees(name));
            found
        }
        FactKind::Member { class, name } if class.contains('.') => {
            vec![Trigger::Method { class: text(class), name: text(name) }]
        }
        FactKind::Keyword { callee, keyword } => {
            vec![Trigger::Keyword { callee: text(callee), keyword: text(keyword) }]
        }
        FactKind::Member { .. } => Vec::new(),
    }
}

/// The modules around a qualified name; a name without dots is a module itself.
fn trees(name: &str) -> impl Iterator<Item = Trigger> {
    let whole = (!name.contains('.')).then_some(name.len());
    let ends = name.match_indices('.').map(|(at, _)| at).chain(whole);
    ends.map(|end| &name[..end])
        .filter(|part| *part != "builtins" && !part.starts_with("builtins."))
        .take_while(|part| part.rsplit('.').next().is_some_and(|last| !last.starts_with(char::is_uppercase)))
        .map(|part| Trigger::SymbolTree(part.to_owned().into()))
}
