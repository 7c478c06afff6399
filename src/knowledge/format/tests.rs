use super::*;
use crate::book::{SectionKind, Text};
use crate::knowledge::rule::{ArgumentTest, Detection, FixKind, Match, Place, Severity, Surrounding, Value, ValueTest};
use crate::python::{Construct, PythonVersion};

const BOOK: &str = r#"id = "handbook"
title = "Handbook"
mark = "H §"

[[reading_paths]]
name = "newcomer"
chapters = [2, 1]

[[chapters]]
number = 1
title = "Files"
folder = "01-files"
sections = [
    { number = "1.1", title = "Opening", kind = "api" },
    { number = "1.2", title = "Closing" },
]

[[chapters]]
number = 2
title = "Talking"
prerequisites = [1]
sections = [
    { number = "2.1", title = "Loud", kind = "pitfalls" },
]
"#;

const NOTE: &str = r#"+++
section = "1.1"
title = "Opening"
since = "3.9"
triggers = ["symbol:acme.open", "rule:no-shouting"]
see_also = ["1.2"]
codes = ["ruff:SIM115"]
+++
Opens a file. Returns
it open.

## Key points
- First,
  and on.
- Second.

## Pitfalls
- It stays open.

## Example
```python
import acme

# ## no heading
acme.open()
```

## Erratum
Not since 1999.
"#;

const RULE: &str = r#"+++
rule = "no-shouting"
sections = ["2.1", "1.1"]
group = "style"
severity = "warning"
default = true
since = "3.10"
fix = "safe"
equivalents = ["~ruff:T201"]
message = "`{symbol}` shouts"
match = { call = "print" }
replace_with = "acme.whisper"
+++

## What it does
Finds shouting.

## Why the book warns
It hurts.

## Example
```python
print("A")
```

## Use instead
```python
import acme
acme.whisper("A")
```
"#;

const NOTE_PATH: &str = "01-files/1.1-opening.md";
const RULE_PATH: &str = "rules/no-shouting.md";

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), text: text.to_owned() }
}

fn problems(files: &[SourceFile]) -> Vec<String> {
    read(files).1.iter().map(ToString::to_string).collect()
}

/// The folder with one text replaced.
fn folder(path: &str, from: &str, to: &str) -> Vec<SourceFile> {
    let files = [("book.toml", BOOK), (NOTE_PATH, NOTE), (RULE_PATH, RULE)];
    let replaced = |(name, text): (&str, &str)| {
        if name == path {
            assert!(text.contains(from), "{from} is not in {path}");
            file(name, &text.replacen(from, to, 1))
        } else {
            file(name, text)
        }
    };
    files.map(replaced).to_vec()
}

/// Asserts that a replacement makes exactly one problem, which begins thus.
fn faulty(path: &str, cases: &[(&str, &str, &str)]) {
    for (from, to, wanted) in cases {
        let found = problems(&folder(path, from, to));
        assert!(
            found.len() == 1 && found[0].starts_with(&format!("{path}:{wanted}")),
            "{from:?} -> {to:?}\n wanted {path}:{wanted}\n found {found:#?}"
        );
    }
}

#[test]
fn a_good_folder_is_read_in_full() {
    let (contents, problems) = read(&folder(NOTE_PATH, "", ""));
    assert_eq!(problems, []);
    let Contents { book, notes, rules, missing_rules } = contents;
    assert_eq!((&*book.id, &*book.title, &*book.mark), ("handbook", "Handbook", "H §"));
    assert_eq!(book.chapters.iter().map(|chapter| &*chapter.title).collect::<Vec<_>>(), ["Files", "Talking"]);
    assert_eq!(*book.chapters[1].prerequisites, [1]);
    assert_eq!(*book.reading_path("newcomer").unwrap().chapters, [2, 1]);
    let kinds: Vec<_> = book.sections.iter().map(|section| section.kind).collect();
    assert_eq!(kinds, [SectionKind::Api, SectionKind::Concept, SectionKind::Pitfalls]);

    let [note] = &*notes else { panic!("{notes:?}") };
    assert_eq!(note.section.to_string(), "1.1");
    assert_eq!(note.since, Some(PythonVersion::three(9)));
    assert_eq!(*note.triggers, [Trigger::Symbol("acme.open".into()), Trigger::Rule("no-shouting".into())]);
    assert_eq!(*note.asides, []);
    assert_eq!(note.see_also.iter().map(ToString::to_string).collect::<Vec<_>>(), ["1.2"]);
    assert_eq!(*note.codes, ["ruff:SIM115"]);
    assert_eq!(note.summary, "Opens a file. Returns it open.");
    assert_eq!(note.key_points, "- First, and on.\n- Second.");
    assert_eq!(note.pitfalls, "- It stays open.");
    assert_eq!(note.example, "import acme\n\n# ## no heading\nacme.open()\n");
    assert_eq!(note.erratum, "Not since 1999.");

    let [rule] = &*rules else { panic!("{rules:?}") };
    assert_eq!((&*rule.name, &*rule.group, rule.severity), ("no-shouting", "style", Severity::Warning));
    assert_eq!((rule.default, rule.since, rule.fix), (true, Some(PythonVersion::three(10)), FixKind::Safe));
    assert_eq!(rule.sections.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2.1", "1.1"]);
    assert_eq!((&*rule.replace_with, rule.unnecessary, rule.deprecated), ("acme.whisper", false, false));
    assert!(rule.tests);
    assert_eq!((&*rule.docs.what, &*rule.docs.why), ("Finds shouting.", "It hurts."));
    assert_eq!((&*rule.docs.example, &*rule.docs.instead), ("print(\"A\")\n", "import acme\nacme.whisper(\"A\")\n"));
    assert_eq!(missing_rules, []);
}

#[test]
fn a_tilde_marks_what_a_note_only_touches_on() {
    let (contents, problems) = read(&folder(NOTE_PATH, "\"symbol:acme.open\"", "\"~symbol:acme.*\""));
    assert_eq!(problems, []);
    let note = &contents.notes[0];
    assert_eq!(note.triggers.len(), 2);
    assert_eq!(*note.asides, [Trigger::SymbolTree("acme".into())]);
    assert!(note.is_aside("symbol:acme.open") && note.is_aside("symbol:acme"));
    assert!(!note.is_aside("symbol:acmeous") && !note.is_aside("rule:no-shouting"));
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_change_nothing() {
    let (plain, _) = read(&folder(NOTE_PATH, "", ""));
    let mut files = folder(NOTE_PATH, "", "");
    for file in &mut files {
        file.text = format!("\u{feff}{}", file.text.replace('\n', "\r\n"));
    }
    let (windows, problems) = read(&files);
    assert_eq!(problems, []);
    assert_eq!(windows.notes, plain.notes);
    assert_eq!(windows.rules, plain.rules);
    files[1].text = files[1].text.replace("codes =", "kodes =");
    assert_eq!(read(&files).1[0].line, 7);
}

#[test]
fn every_fault_of_a_note_names_its_line() {
    let long = format!("{}.", "x".repeat(320));
    faulty(
        NOTE_PATH,
        &[
            (
                "codes =",
                "kodes =",
                "7: unknown key `kodes`; known are: section, title, since, triggers, see_also, codes",
            ),
            ("\"1.2\"", "\"9.9\"", "6: section 9.9 is not in book.toml"),
            ("\"1.2\"", "\"1.1\"", "6: `see_also` names the section itself"),
            ("\"1.2\"", "\"1.2\", \"1.2\"", "6: `see_also` names section 1.2 twice"),
            ("\"1.2\"", "\"one\"", "6: `one` is not a section number"),
            ("section = \"1.1\"", "section = \"1.9\"", "2: section 1.9 is not in book.toml"),
            ("section = \"1.1\"", "section = \"x\"", "2: `x` is not a section number"),
            ("section = \"1.1\"", "section = 1.1", "2: `section` must be in quotes, not a number"),
            ("section = \"1.1\"\n", "", "2: the key `section` is missing"),
            ("title = \"Opening\"\n", "", "2: the key `title` is missing"),
            ("\"Opening\"", "\"Openings\"", "3: the title of 1.1 is \"Opening\" in book.toml"),
            ("\"3.9\"", "\"3\"", "4: `3` is not a Python version"),
            ("\"3.9\"", "\"2.7\"", "4: `2.7` is not a Python version"),
            ("\"3.9\"", "3.9", "4: `since` must be in quotes, not a number"),
            ("symbol:acme.open", "symbl:acme.open", "5: unknown trigger `symbl:acme.open`"),
            ("symbol:acme.open", "acme.open", "5: unknown trigger `acme.open`"),
            ("symbol:acme.open", "syntax:wiht", "5: unknown syntax shape `wiht`"),
            ("symbol:acme.open", "syntax:dunder.enter", "5: `enter` is no special method"),
            ("symbol:acme.open", "symbol:acme..open", "5: `acme..open` is not a qualified name"),
            ("symbol:acme.open", "method:close", "5: `close` names no class of a module"),
            ("symbol:acme.open", "kwarg:acme.open(mode)", "5: `acme.open(mode)` is no keyword of a call"),
            ("symbol:acme.open", "rule:No_Shouting", "5: `No_Shouting` is not a rule name"),
            ("symbol:acme.open", "file:", "5: `` names no file"),
            ("symbol:acme.open", "rule:no-shouting", "5: the trigger `rule:no-shouting` is listed twice"),
            ("triggers = [", "triggers = [1, ", "5: `triggers` must be in quotes, not a number"),
            ("[\"ruff:SIM115\"]", "\"ruff:SIM115\"", "7: `codes` must be a list, not a string"),
            ("ruff:SIM115", "SIM115", "7: `SIM115` is not another tool's code"),
            ("since = \"3.9\"", "since = \"3.9", "4: "),
            ("Opens a file. Returns\nit open.\n", "", "9: the summary is missing"),
            ("Returns\n", "Returns\n\n", "9: the summary must be one paragraph"),
            ("Opens a file. Returns\nit open.", &long, "9: the summary has 321 characters; at most 320 fit a hover"),
            ("## Pitfalls", "## Pitfals", "17: unknown heading `## Pitfals`; known are `## Key points`"),
            ("- Second.\n", "", "12: `## Key points` has 1 items; 2 to 5 are wanted"),
            ("## Key points", "## Points", "12: unknown heading `## Points`"),
            ("## Pitfalls", "### Pitfalls", "17: unknown heading `### Pitfalls`"),
            ("## Pitfalls\n- It", "## Key points\n- It", "17: the heading `## Key points` comes twice"),
            ("- It stays open.", "It stays open.", "17: `## Pitfalls` must be a list"),
            ("- It stays open.\n", "", "17: `## Pitfalls` is empty"),
            ("## Key points\n- First,\n  and on.\n- Second.\n", "", "2: the note has no `## Key points`"),
            ("```python", "```", "21: the example's code block must begin with ```python"),
            ("```\n", "```\nMore.\n", "27: `## Example` holds one code block and nothing else"),
            ("```\n", "```\n```python\n```\n", "27: `## Example` has more than one code block"),
            ("Not since 1999.\n", "```\nNot since 1999.\n", "29: the code fence is never closed"),
            ("+++\nsection", "section", "1: the file does not begin with a `+++` line"),
            ("+++\nOpens", "Opens", "1: the front matter has no closing `+++` line"),
        ],
    );
}

#[test]
fn a_note_stands_in_its_chapters_folder_under_its_number() {
    let mut files = folder(NOTE_PATH, "", "");
    for (path, wanted) in [
        ("01-files/opening.md", "the file's name must begin with the section's number: `1.1-...md`"),
        ("01-files/1.10-opening.md", "the file's name must begin with the section's number: `1.1-...md`"),
        ("02-talking/1.1-opening.md", "notes of chapter 1 belong into the folder `01-files`"),
        ("1.1.md", "notes of chapter 1 belong into the folder `01-files`"),
    ] {
        path.clone_into(&mut files[1].path);
        assert_eq!(problems(&files), [format!("{path}:1: {wanted}")]);
    }
    files[1].path = "01-files/1.1.md".to_owned();
    assert_eq!(problems(&files), [""; 0]);
}

#[test]
fn a_section_has_one_note() {
    let mut files = folder(NOTE_PATH, "", "");
    files.push(file("01-files/1.1-again.md", NOTE));
    assert_eq!(
        problems(&files),
        ["01-files/1.1-again.md:2: section 1.1 has a file already: 01-files/1.1-opening.md:2"]
    );
    assert_eq!(read(&files).0.notes.len(), 1);
}

#[test]
fn only_notes_about_files_do_without_an_example() {
    let example = &NOTE[NOTE.find("## Example").unwrap()..NOTE.find("## Erratum").unwrap()];
    faulty(NOTE_PATH, &[(example, "", "2: the note has no `## Example`")]);
    let mut files = folder(NOTE_PATH, example, "");
    files[1].text = files[1].text.replace("\"symbol:acme.open\", \"rule:no-shouting\"", "\"file:acme.toml#tool\"");
    assert_eq!(problems(&files), [""; 0]);
}

#[test]
fn all_faults_are_reported_at_once_in_order() {
    let mut files = folder(NOTE_PATH, "symbol:acme.open", "syntax:wiht");
    files[1].text = files[1].text.replace("## Pitfalls", "## Pitfals").replace("codes", "kodes");
    files[2].text = files[2].text.replace("\"style\"", "\"styl\"").replace("\"warning\"", "\"loud\"");
    let lines: Vec<_> = read(&files).1.iter().map(|problem| (problem.path.clone(), problem.line)).collect();
    let at = |path: &str, line| (path.to_owned(), line);
    assert_eq!(lines, [at(NOTE_PATH, 5), at(NOTE_PATH, 7), at(NOTE_PATH, 17), at(RULE_PATH, 4), at(RULE_PATH, 5)]);
}

#[test]
fn a_rule_that_comes_later_is_no_fault() {
    let files = folder(NOTE_PATH, "rule:no-shouting", "rule:no-whispering");
    let (contents, problems) = read(&files);
    assert_eq!(problems, []);
    let missing = MissingRule { rule: "no-whispering".to_owned(), path: NOTE_PATH.to_owned(), line: 5 };
    assert_eq!(contents.missing_rules, [missing]);
}

#[test]
fn every_fault_of_a_rule_names_its_line() {
    faulty(
        RULE_PATH,
        &[
            ("default = true", "defualt = true", "6: unknown key `defualt`; known are: rule, sections, group"),
            (
                "rule = \"no-shouting\"",
                "rule = \"no-noise\"",
                "2: the file must be named after the rule: `no-noise.md`",
            ),
            ("rule = \"no-shouting\"", "rule = \"No Noise\"", "2: `No Noise` is not a rule name"),
            ("rule = \"no-shouting\"\n", "", "2: the key `rule` is missing"),
            ("\"1.1\"", "\"9.9\"", "3: section 9.9 is not in book.toml"),
            ("[\"2.1\", \"1.1\"]", "[]", "2: `sections` names no section"),
            ("sections = [\"2.1\", \"1.1\"]\n", "", "2: the key `sections` is missing"),
            ("\"style\"", "\"stile\"", "4: unknown group `stile`; known are: correctness, security"),
            ("group = \"style\"\n", "", "2: the key `group` is missing"),
            ("\"warning\"", "\"fatal\"", "5: `fatal` is not a severity (hint, information, warning, error)"),
            ("default = true", "default = \"on\"", "6: `default` must be true or false, not a string"),
            ("\"3.10\"", "\"new\"", "7: `new` is not a Python version"),
            ("\"safe\"", "\"sure\"", "8: unknown fix `sure`; known are: none, safe, unsafe"),
            ("~ruff:T201", "T201", "9: `T201` is not another tool's code"),
            ("message = \"`{symbol}` shouts\"\n", "", "2: the key `message` is missing"),
            ("shouts\"", "shouts.\"", "10: the message ends without a full stop"),
            ("{symbol}", "{function}", "10: `{function}` is not filled in"),
            ("shouts\"", "\\nshouts\"", "10: the message must be one line"),
            ("match = { call = \"print\" }\n", "", "2: the rule needs a `match` or `detector = \"code\"`"),
            ("replace_with", "detector = \"code\"\nreplace_with", "12: a rule has a `match` or a `detector`, not both"),
            ("fix = \"safe\"\n", "", "11: `replace_with` is a fix: say `fix = \"safe\"`"),
            ("replace_with = \"acme.whisper\"\n", "", "8: a rule with a `match` can fix only by `replace_with`"),
            ("replace_with = \"acme.whisper\"", "add_argument = \"end\"", "12: `end` is not a keyword argument"),
            ("replace_with", "add_argument = \"end=''\"\nreplace_with", "12: a rule fixes by `replace_with` or by"),
            ("match = { call = \"print\" }", "detector = \"code\"", "12: `replace_with` is for rules with a `match`"),
            ("acme.whisper\"\n+++", "whisper()\"\n+++", "12: `whisper()` is not a qualified name"),
            ("\n## What", "Text.\n## What", "14: text before the first heading"),
            ("## What it does\nFinds shouting.\n", "", "14: the rule has no `## What it does`"),
            ("## Why the book warns\nIt hurts.\n", "", "14: the rule has no `## Why the book warns`"),
            ("## Why the book warns\nIt hurts.\n", "## Why the book warns\n", "18: `## Why the book warns` is empty"),
            ("## Example\n```python\nprint(\"A\")\n```\n", "", "14: the rule has no `## Example`"),
            ("## Use instead", "## Use", "26: unknown heading `## Use`"),
            ("```python", "```text", "22: the code block of `## Example` must begin with ```python"),
            ("## Why", "# Why", "18: unknown heading `# Why the book warns`"),
        ],
    );
}

/// The matches that a value of `match` is read as.
fn matches(value: &str) -> Vec<Match> {
    let mut files = folder(RULE_PATH, "{ call = \"print\" }", value);
    files[2].text = files[2].text.replace("fix = \"safe\"\n", "").replace("replace_with = \"acme.whisper\"\n", "");
    let (contents, problems) = read(&files);
    assert_eq!(problems, [], "{value}");
    match &contents.rules[0].detection {
        Detection::Match(found) => found.to_vec(),
        other => panic!("{other:?}"),
    }
}

fn names(found: &Match) -> Vec<&str> {
    found.names.iter().map(|name| &**name).collect()
}

#[test]
fn every_place_can_be_matched_by_name() {
    for place in Place::ALL {
        let found = matches(&format!("{{ {} = \"acme.Thing\" }}", place.name()));
        assert_eq!((found.len(), found[0].place, names(&found[0])), (1, place, vec!["acme.Thing"]));
    }
}

#[test]
fn names_are_one_or_several_and_builtins_need_no_module() {
    assert_eq!(
        names(&matches(r#"{ call = ["acme.a", "acme.b.*", "print"] }"#)[0]),
        ["acme.a", "acme.b.*", "builtins.print"]
    );
    assert_eq!(names(&matches(r#"{ import = "telnetlib" }"#)[0]), ["telnetlib"]);
}

#[test]
fn a_list_of_matches_is_a_list_of_alternatives() {
    let found = matches(r#"[{ call = "acme.a" }, { attribute = "acme.b", inside = "loop" }]"#);
    assert_eq!(found.iter().map(|found| found.place).collect::<Vec<_>>(), [Place::Call, Place::Attribute]);
}

#[test]
fn every_test_of_an_argument_is_read() {
    let test =
        |keyword: &str, position, test| ArgumentTest { keyword: Text::Owned(keyword.to_owned()), position, test };
    let found = matches(
        r#"{ call = "acme.run", arguments = [
    { keyword = "shell", position = 1, is = true },
    { keyword = "a", is = 0x10 },
    { keyword = "b", is = "rb" },
    { keyword = "c", is = { none = true } },
    { keyword = "d", is_not = { symbol = "ssl.CERT_REQUIRED" } },
    { keyword = "e", is = { symbol = "dict" } },
    { keyword = "f", absent = true },
    { position = 0, present = true },
    { position = 2, literal = true },
    { position = 3, literal = false },
] }"#,
    );
    assert_eq!(
        *found[0].arguments,
        [
            test("shell", Some(1), ValueTest::Is(Value::Bool(true))),
            test("a", None, ValueTest::Is(Value::Integer(16))),
            test("b", None, ValueTest::Is(Value::String("rb".into()))),
            test("c", None, ValueTest::Is(Value::None)),
            test("d", None, ValueTest::IsNot(Value::Symbol("ssl.CERT_REQUIRED".into()))),
            test("e", None, ValueTest::Is(Value::Symbol("builtins.dict".into()))),
            test("f", None, ValueTest::Absent),
            test("", Some(0), ValueTest::Present),
            test("", Some(2), ValueTest::Literal),
            test("", Some(3), ValueTest::NotLiteral),
        ]
    );
}

#[test]
fn every_surrounding_is_read() {
    for surrounding in Surrounding::ALL {
        let found = matches(&format!("{{ call = \"acme.a\", inside = \"{}\" }}", surrounding.name()));
        assert_eq!(*found[0].inside, [surrounding]);
    }
    let found = matches(r#"{ call = "acme.a", inside = ["async-function", "loop"], not_inside = ["test"] }"#);
    assert_eq!(*found[0].inside, [Surrounding::AsyncFunction, Surrounding::Loop]);
    assert_eq!(*found[0].not_inside, [Surrounding::Test]);
}

#[test]
fn every_fault_of_a_match_names_its_line() {
    let cases = [
        (r#""print""#, "11: a match must be a table, not a string"),
        ("[]", "11: `match` is an empty list"),
        ("{ }", "11: a match looks at exactly one of: call, attribute, import"),
        (r#"{ call = "a", import = "b" }"#, "11: a match looks at exactly one of"),
        (r#"{ calls = "a" }"#, "11: a match looks at exactly one of"),
        (r#"{ call = "a", when = "b" }"#, "11: unknown key `when`; known are: call, attribute"),
        ("{ call = [] }", "11: `call` names nothing"),
        (r#"{ call = "a b" }"#, "11: `a b` is not a qualified name"),
        (r#"{ call = "*" }"#, "11: `*` is not a qualified name"),
        (r#"{ call = "a.*.b" }"#, "11: `a.*.b` is not a qualified name"),
        (r#"{ call = "a", inside = "swamp" }"#, "11: unknown surrounding `swamp`; known are: async-function"),
        (
            r#"{ call = "a", inside = "loop", not_inside = "loop" }"#,
            "11: `loop` is both in `inside` and in `not_inside`",
        ),
        (r#"{ import = "a", arguments = [{ keyword = "b", is = 1 }] }"#, "11: `import` has no arguments to test"),
        (r#"{ call = "a", arguments = [{ is = 1 }] }"#, "11: an argument needs a `keyword` or a `position`"),
        (r#"{ call = "a", arguments = [{ keyword = "b" }] }"#, "11: an argument needs exactly one of: is, is_not"),
        (
            r#"{ call = "a", arguments = [{ keyword = "b", is = 1, absent = true }] }"#,
            "11: an argument needs exactly one of: is, is_not",
        ),
        (r#"{ call = "a", arguments = [{ keyword = "b", absent = false }] }"#, "11: write `absent = true`"),
        (r#"{ call = "a", arguments = [{ keyword = "b", is = 1.5 }] }"#, "11: a value is true, false, a whole number"),
        (r#"{ call = "a", arguments = [{ keyword = "b", is = { sym = "c" } }] }"#, "11: unknown key `sym`"),
        (r#"{ call = "a", arguments = [{ keyword = "b", is = { none = false } }] }"#, "11: a value in braces is"),
        (r#"{ call = "a", arguments = [{ position = -1, is = 1 }] }"#, "11: `position` must be a number from 0 to 255"),
        ("[\n{ call = \"a\" },\n{ call = \"a b\" },\n]", "13: `a b` is not a qualified name"),
    ];
    for (value, wanted) in cases {
        let found = problems(&folder(RULE_PATH, "{ call = \"print\" }", value));
        assert!(
            found.iter().any(|problem| problem.starts_with(&format!("{RULE_PATH}:{wanted}"))),
            "{value}\n{found:#?}"
        );
    }
}

#[test]
fn every_fault_of_the_table_of_contents_names_its_line() {
    faulty(
        "book.toml",
        &[
            ("id = \"handbook\"\n", "", "1: the key `id` is missing"),
            ("mark =", "marks =", "3: unknown key `marks`; known are: id, title, mark, chapters, reading_paths"),
            ("[2, 1]", "[2, 3]", "7: there is no chapter 3"),
            ("[2, 1]", "\"all\"", "7: `chapters` must be a list, not a string"),
            ("kind = \"api\"", "sort = \"api\"", "14: unknown key `sort`; known are: number, title, kind"),
            ("prerequisites = [1]", "prerequisites = [5]", "21: there is no chapter 5"),
            ("number = \"1.2\"", "number = \"1.1\"", "15: section 1.1 is listed twice"),
            ("number = \"1.2\"", "number = \"3.2\"", "15: section 3.2 is listed in chapter 1"),
            ("number = \"1.2\"", "number = \"1\"", "15: `1` is not a section number"),
            ("\"pitfalls\"", "\"traps\"", "23: unknown kind `traps`; known are: api, concept"),
        ],
    );
    let files = folder("book.toml", "", "");
    assert!(problems(&files[1..])[0].starts_with("book.toml:1: the file is missing"));
}

#[test]
fn a_broken_table_of_contents_is_not_held_against_the_notes() {
    let found = problems(&folder("book.toml", "number = 1\n", "number = = 1\n"));
    assert!(!found.is_empty() && found.iter().all(|problem| problem.starts_with("book.toml:10: ")), "{found:#?}");
}

#[test]
fn other_files_of_the_folder_are_left_alone() {
    let mut files = folder(NOTE_PATH, "", "");
    files.extend(
        ["README.md", "01-files/readme.md", "01-files/.draft.md", "01-files/notes.txt"].map(|path| file(path, "Hi")),
    );
    assert_eq!(problems(&files), [""; 0]);
}

/// The words of the trigger language, read and written.
#[test]
fn triggers_are_written_as_they_are_read() {
    for text in [
        "syntax:with",
        "syntax:pattern.capture",
        "syntax:dunder.__enter__",
        "syntax:dunder.numeric_other",
        "syntax:dunder.*",
        "symbol:asyncio.TaskGroup",
        "symbol:os.path.*",
        "method:asyncio.TaskGroup.create_task",
        "kwarg:subprocess.run(shell=)",
        "rule:mutable-default-argument",
        "file:**/conftest.py",
        "file:pyproject.toml#tool.mypy",
    ] {
        assert_eq!(text.parse::<Trigger>().unwrap().to_string(), text);
    }
    assert_eq!("syntax:with".parse(), Ok(Trigger::Syntax(Construct::With)));
    assert_eq!("symbol:os.path.*".parse(), Ok(Trigger::SymbolTree("os.path".into())));
}

#[test]
fn a_file_cut_off_anywhere_is_read_or_found_faulty() {
    for (path, text) in [("book.toml", BOOK), (NOTE_PATH, NOTE), (RULE_PATH, RULE)] {
        for (end, _) in text.char_indices() {
            let mut files = folder(path, "", "");
            files.iter_mut().find(|file| file.path == path).unwrap().text.truncate(end);
            let (contents, problems) = read(&files);
            assert!(!problems.is_empty() || contents.notes.len() == 1 && contents.rules.len() == 1, "{path} at {end}");
        }
    }
}
