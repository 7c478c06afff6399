use std::fmt::Write;

use super::format::{SourceFile, read};
use super::*;

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), text: text.to_owned() }
}

/// A note with what every note must have.
fn note(section: &str, title: &str, triggers: &str) -> SourceFile {
    let text = format!(
        "+++\nsection = \"{section}\"\ntitle = \"{title}\"\ntriggers = [{triggers}]\n+++\n\
         About {title}. More.\n\n## Key points\n- One.\n- Two.\n\n## Example\n```python\nx = 1\n```\n"
    );
    file(&format!("{section}.md"), &text)
}

fn rule(name: &str, equivalent: &str) -> SourceFile {
    let text = format!(
        "+++\nrule = \"{name}\"\nsections = [\"1.2\"]\ngroup = \"style\"\nmessage = \"No\"\n\
         equivalents = [\"{equivalent}\"]\nmatch = {{ call = \"print\" }}\n+++\n\
         ## What it does\nA.\n## Why the book warns\nB.\n## Example\n```python\nprint()\n```\n\
         ## Use instead\n```python\npass\n```\n"
    );
    file(&format!("rules/{name}.md"), &text)
}

/// The built-in book and a small one of the reader's own.
fn with_handbook() -> Arc<Knowledge> {
    let book = r#"
id = "handbook"
title = "Handbook"
mark = "Handbook §"
[[chapters]]
number = 1
title = "House rules"
sections = [
    { number = "1.1", title = "Files" },
    { number = "1.1.1", title = "Opening", kind = "pitfalls" },
    { number = "1.1.2", title = "Closing" },
    { number = "1.2", title = "Talking" },
]
"#;
    let files = [
        file("book.toml", book),
        note(
            "1.1",
            "Files",
            r#""symbol:acme.*", "syntax:dunder.__enter__", "symbol:acme.files.open", "rule:no-shouting""#,
        ),
        note("1.1.1", "Opening", r#""symbol:acme.files.open", "kwarg:acme.files.open(mode=)""#),
        note("1.1.2", "Closing", r#""symbol:acme.files.open", "method:acme.files.File.close", "symbol:acme.files.*""#),
        rule("no-shouting", "~ruff:T201"),
        rule("mktemp-usage", "acme:A1"),
    ];
    let (contents, problems) = read(&files);
    assert_eq!(problems, []);
    let (knowledge, refused) = Knowledge::with_books([contents]);
    assert_eq!(refused, ["mktemp-usage"], "a rule's name is its key, and the built-in book has it");
    knowledge
}

/// The sections that notes are about, with their books' marks.
fn sections(knowledge: &Knowledge, notes: &[NoteId]) -> Vec<String> {
    notes.iter().map(|id| knowledge.note_volume(*id).book().reference(knowledge.note(*id).section)).collect()
}

#[test]
fn the_exact_name_leads_to_its_notes_the_best_first() {
    let knowledge = with_handbook();
    assert_eq!(
        sections(&knowledge, knowledge.for_symbol("acme.files.open")),
        ["Handbook §1.1.2", "Handbook §1.1", "Handbook §1.1.1"],
        "a section before the one it is part of, pitfalls last"
    );
    assert_eq!(knowledge.for_symbol("acme.files"), []);
    assert_eq!(knowledge.for_symbol("acme"), []);
}

#[test]
fn the_longest_package_that_covers_a_name_wins() {
    let knowledge = with_handbook();
    let tree = |name| knowledge.for_symbol_tree(name).map(|(prefix, notes)| (prefix, sections(&knowledge, notes)));
    assert_eq!(tree("acme.files.open"), Some(("acme.files", vec!["Handbook §1.1.2".to_owned()])));
    assert_eq!(tree("acme.files"), Some(("acme.files", vec!["Handbook §1.1.2".to_owned()])));
    assert_eq!(tree("acme.network.x"), Some(("acme", vec!["Handbook §1.1".to_owned()])));
    assert_eq!(tree("acmed.files"), None);
}

#[test]
fn methods_keywords_dunders_and_rules_lead_to_notes() {
    let knowledge = with_handbook();
    assert_eq!(sections(&knowledge, knowledge.for_method("acme.files.File", "close")), ["Handbook §1.1.2"]);
    assert_eq!(knowledge.for_method("acme.files.File", "open"), []);
    assert_eq!(sections(&knowledge, knowledge.for_keyword("acme.files.open", "mode")), ["Handbook §1.1.1"]);
    assert_eq!(knowledge.for_keyword("acme.files.open", "encoding"), []);
    assert!(sections(&knowledge, knowledge.for_dunder("__enter__")).contains(&"Handbook §1.1".to_owned()));
    assert_eq!(sections(&knowledge, knowledge.for_rule("no-shouting")), ["Handbook §1.1"]);
    assert_eq!(knowledge.for_rule("no-whispering"), []);
}

#[test]
fn another_tools_code_leads_to_rules_also_where_they_only_overlap() {
    let knowledge = with_handbook();
    let (notes, rules) = knowledge.for_code("ruff:T201");
    assert_eq!(notes, []);
    assert_eq!(rules.iter().map(|id| &*knowledge.rule(*id).name).collect::<Vec<_>>(), ["no-shouting"]);
    let (_, rules) = knowledge.for_code("ruff:S306");
    assert_eq!(rules.iter().map(|id| &*knowledge.rule(*id).name).collect::<Vec<_>>(), ["mktemp-usage"]);
    assert_eq!(knowledge.for_code("ruff:X999"), (&[][..], &[][..]));
}

#[test]
fn ids_lead_back_to_where_they_came_from() {
    let knowledge = with_handbook();
    for (id, note) in knowledge.notes() {
        assert_eq!(knowledge.note(id), note);
        assert_eq!(knowledge.note_volume(id).note_of(note.section), Some(id));
    }
    for (id, rule) in knowledge.rules() {
        assert_eq!(knowledge.rule(id), rule);
        assert_eq!(knowledge.rule_named(&rule.name), Some(id));
    }
    assert_eq!(knowledge.volumes().len(), 2);
    let first_rule = knowledge.rule_named("mktemp-usage").map(|id| &*knowledge.rule_volume(id).book().id);
    assert_eq!(first_rule, Some("python-bible"));
}

#[test]
fn the_built_in_book_is_there() {
    let knowledge = Knowledge::builtin();
    let number = "16.7.4".parse().unwrap();
    assert_eq!(knowledge.section_title(number), Some("TaskGroup (Python 3.11+)"));
    assert_eq!(knowledge.section_title("99.1".parse().unwrap()), None);
    let rule = knowledge.rule(knowledge.rule_named("missing-functools-wraps").unwrap());
    assert_eq!(rule.detection, Detection::Code);
    assert!(rule.docs.example.starts_with("def logged(func):\n    def wrapper("));
}

/// What the build indexed is what the program would index.
#[test]
fn the_compiled_index_finds_every_trigger_of_every_note() {
    let knowledge = Knowledge::builtin();
    for (id, note) in knowledge.notes() {
        for trigger in &*note.triggers {
            let found = match trigger {
                Trigger::Syntax(construct) => knowledge.for_syntax(*construct),
                Trigger::Dunder(name) if name == "*" => knowledge.for_dunder_any(),
                Trigger::Dunder(name) if name == "numeric_other" => knowledge.for_dunder_numeric_other(),
                Trigger::Dunder(name) => knowledge.for_dunder(name),
                Trigger::Symbol(name) => knowledge.for_symbol(name),
                Trigger::SymbolTree(name) => knowledge.for_symbol_tree(name).unwrap().1,
                Trigger::Method { class, name } => knowledge.for_method(class, name),
                Trigger::Keyword { callee, keyword } => knowledge.for_keyword(callee, keyword),
                Trigger::Rule(name) => knowledge.for_rule(name),
                Trigger::File { glob, path } => {
                    knowledge.file_triggers().find(|(g, p, _)| g == glob && p == path).unwrap().2
                }
            };
            assert!(found.contains(&id), "{trigger} of {}", note.section);
        }
    }
}

#[test]
fn rules_that_notes_wait_for_are_no_rules_yet() {
    let knowledge = Knowledge::builtin();
    let missing: std::collections::BTreeSet<_> = builtin::MISSING_RULES.iter().map(|(rule, _)| rule).collect();
    println!("{} rules are named by notes and not declared yet", missing.len());
    for (rule, place) in builtin::MISSING_RULES {
        assert_eq!(knowledge.rule_named(rule), None, "{place}");
        assert!(!knowledge.for_rule(rule).is_empty(), "{place}");
    }
}

/// The text of a page under `docs/`.
fn page(name: &str) -> String {
    std::fs::read_to_string(format!("{}/docs/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The built-in folder with nothing in it but one file: the first block of four backticks of a page.
fn read_sample(page: &str, path: &str) -> (format::Contents, Vec<format::Problem>) {
    let sample = page.split("````markdown\n").nth(1).unwrap().split("````").next().unwrap();
    let book = include_str!("../../knowledge/python-bible/book.toml");
    read(&[file("book.toml", book), file(path, sample)])
}

#[test]
fn the_samples_of_the_guides_are_without_fault() {
    let (contents, problems) = read_sample(&page("writing-notes.md"), "16-concurrency/16.7.4-taskgroup.md");
    assert_eq!(problems, []);
    assert_eq!(contents.notes.len(), 1);
    let (contents, problems) = read_sample(&page("writing-rules.md"), "rules/mktemp-usage.md");
    assert_eq!(problems, []);
    assert_eq!(contents.rules.len(), 1);
}

#[test]
fn every_match_of_the_guide_is_one() {
    let guide = page("writing-rules.md");
    let mut tried = 0;
    for block in guide.split("```toml\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for value in block.split("match = ").skip(1) {
            let mut sample = rule("no-shouting", "ruff:T201");
            sample.text = sample.text.replace("{ call = \"print\" }", value.trim());
            let book = "id = \"b\"\ntitle = \"B\"\n[[chapters]]\nnumber = 1\ntitle = \"C\"\n\
                        sections = [{ number = \"1.2\", title = \"T\" }]\n";
            assert_eq!(read(&[file("book.toml", book), sample]).1, [], "{value}");
            tried += 1;
        }
    }
    assert!(tried >= 7, "{tried}");
}

#[test]
fn the_guide_to_rules_names_every_word_of_the_language() {
    let guide = page("writing-rules.md");
    let words = Place::ALL.iter().map(|place| place.name());
    let words = words.chain(Surrounding::ALL.iter().map(|around| around.name())).chain(GROUPS);
    let words = words.chain(Severity::ALL.iter().map(|severity| severity.name()));
    for word in words.chain(FixKind::ALL.iter().map(|fix| fix.name())) {
        assert!(guide.contains(&format!("`{word}`")), "{word}");
    }
}

/// Set `MARGINALIA_BLESS=1` to write the list anew.
#[test]
fn the_guide_to_notes_lists_every_shape() {
    let guide = page("writing-notes.md");
    let (head, rest) = guide.split_once("src/knowledge/tests.rs -->\n").unwrap();
    let (list, tail) = rest.split_once("<!-- end of shapes -->").unwrap();
    let mut wanted = "\n| shape | what it is |\n| --- | --- |\n".to_owned();
    for construct in Construct::ALL {
        let meaning = construct.meaning().replace('|', "\\|");
        writeln!(wanted, "| `{}` | {meaning} |", construct.name()).unwrap();
    }
    wanted.push('\n');
    if std::env::var_os("MARGINALIA_BLESS").is_some() {
        let text = format!("{head}src/knowledge/tests.rs -->\n{wanted}<!-- end of shapes -->{tail}");
        std::fs::write(format!("{}/docs/writing-notes.md", env!("CARGO_MANIFEST_DIR")), text).unwrap();
    } else {
        assert_eq!(list, wanted, "run the tests with MARGINALIA_BLESS=1");
    }
}
