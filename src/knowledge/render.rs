//! Notes and rules as Markdown, for hovers, pages and terminals. No HTML: not every editor shows it.
//!
//! A paragraph and a list item are one line each, because some editors keep line breaks.

use std::fmt::Write;

use super::{Knowledge, Note, NoteId, Rule, RuleId, Volume};
use crate::book::{Section, SectionNumber};
use crate::python::PythonVersion;

/// Where a section can be read; `None` where nothing can be opened.
pub type Link<'l> = &'l dyn Fn(SectionNumber) -> Option<String>;

/// How many other sections the short form names.
const SHORT_SEE_ALSO: usize = 2;

/// Title, summary and where to go on: what fits a hover.
pub fn short(knowledge: &Knowledge, id: NoteId, link: Link<'_>) -> String {
    let told = Told::new(knowledge, id, link);
    let mut out = told.heading();
    paragraph(&mut out, &told.note.summary);
    paragraph(&mut out, &told.further(SHORT_SEE_ALSO));
    out
}

/// All that is said about the section, with bold labels instead of headings.
pub fn full(knowledge: &Knowledge, id: NoteId, link: Link<'_>) -> String {
    let told = Told::new(knowledge, id, link);
    let mut out = told.heading();
    paragraph(&mut out, &told.note.summary);
    for (label, text) in told.parts() {
        labelled(&mut out, &format!("**{label}**"), &text);
    }
    paragraph(&mut out, &told.further(usize::MAX));
    out
}

/// Number, title, first sentence: for a reference that is not the first. One line.
pub fn one_line(knowledge: &Knowledge, id: NoteId, link: Link<'_>) -> String {
    let told = Told::new(knowledge, id, link);
    format!("{}: {}", told.volume.reference(told.note.section, link), first_sentence(&told.note.summary))
}

/// The page of a section of the first book; `None` when the book has no such section.
pub fn page(knowledge: &Knowledge, number: SectionNumber, link: Link<'_>) -> Option<String> {
    volume_page(knowledge.first_volume(), number, link)
}

/// The page of a section: what its note says, where it stands in the book, the rules that cite it.
pub fn volume_page(volume: &Volume, number: SectionNumber, link: Link<'_>) -> Option<String> {
    let book = volume.book();
    let section = book.section(number)?;
    let note = volume.note_of(number).map(|id| &volume.notes[usize::from(id.0 - volume.first_note)]);
    let mut out = format!("# {} {}", book.reference(number), escaped(&section.title));
    paragraph(&mut out, &standing(volume, section, note));
    if let Some(note) = note {
        let told = Told { volume, note, link };
        paragraph(&mut out, &note.summary);
        for (label, text) in told.parts() {
            labelled(&mut out, &format!("## {label}"), &text);
        }
    }
    let children: Vec<_> = book.children(number).map(|child| item(&volume.reference(child.number, link))).collect();
    labelled(&mut out, "## In this section", &children.join("\n"));
    let see_also = note.map(|note| &*note.see_also).unwrap_or_default();
    let see_also: Vec<_> = see_also.iter().map(|number| item(&volume.reference(*number, link))).collect();
    labelled(&mut out, "## See also", &see_also.join("\n"));
    let rules: Vec<_> = volume.rules_of(number).map(|(_, rule)| item(&rule_line(rule))).collect();
    labelled(&mut out, "## Rules", &rules.join("\n"));
    let (before, after) = book.neighbours(number);
    let neighbours: Vec<_> = [("Previous", before), ("Next", after)]
        .into_iter()
        .filter_map(|(label, section)| Some(format!("{label}: {}", volume.reference(section?.number, link))))
        .collect();
    labelled(&mut out, "---", &neighbours.join(" · "));
    out.push('\n');
    Some(out)
}

/// The page of a rule.
pub fn rule_page(knowledge: &Knowledge, id: RuleId, link: Link<'_>) -> String {
    let rule = knowledge.rule(id);
    let volume = knowledge.rule_volume(id);
    let mut out = format!("# {}", rule.name);
    paragraph(&mut out, &rule_standing(rule));
    labelled(&mut out, "## What it does", &rule.docs.what);
    labelled(&mut out, "## Why the book warns", &rule.docs.why);
    labelled(&mut out, "## Example", &fenced(&rule.docs.language, &rule.docs.example));
    labelled(&mut out, "## Use instead", &fenced(&rule.docs.language, &rule.docs.instead));
    let sections: Vec<_> = rule.sections.iter().map(|number| item(&volume.reference(*number, link))).collect();
    labelled(&mut out, "## In the book", &sections.join("\n"));
    let equivalents: Vec<_> = rule.equivalents.iter().map(|code| equivalent(code)).collect();
    labelled(&mut out, "## The same in other tools", &equivalents.join("\n"));
    out.push('\n');
    out
}

/// The first sentence of a text.
pub fn first_sentence(text: &str) -> &str {
    const ABBREVIATIONS: [&str; 5] = ["e.g", "i.e", "etc", "vs", "cf"];
    let mut code = false;
    for (at, letter) in text.char_indices() {
        match letter {
            '`' => code = !code,
            '.' | '?' if !code => {
                let (before, after) = (&text[..at], &text[at + 1..]);
                let word = before.rsplit([' ', '(']).next().unwrap_or_default();
                let goes_on = after.strip_prefix(' ').is_some_and(|next| next.starts_with(char::is_lowercase));
                let ends = after.is_empty() || after.starts_with([' ', '\n']);
                if ends && !goes_on && !ABBREVIATIONS.contains(&word) {
                    return &text[..=at];
                }
            }
            _ => {}
        }
    }
    text
}

/// A note with what is needed to tell it.
struct Told<'k> {
    volume: &'k Volume,
    note: &'k Note,
    link: Link<'k>,
}

impl<'k> Told<'k> {
    fn new(knowledge: &'k Knowledge, id: NoteId, link: Link<'k>) -> Self {
        Self { volume: knowledge.note_volume(id), note: knowledge.note(id), link }
    }

    /// `**§16.7.4 TaskGroup** · 3.11+`
    fn heading(&self) -> String {
        let book = self.volume.book();
        let number = self.note.section;
        let title = book.section(number).map_or("", |section| &section.title);
        let (title, printed) = without_version(title);
        let mut out = format!("**{} {}**", book.reference(number), escaped(title));
        if let Some(version) = self.note.since.or(printed.filter(|version| *version > PythonVersion::OLDEST)) {
            let _ = write!(out, " · {version}+");
        }
        out
    }

    /// The parts below the summary that the note has, with their labels.
    fn parts(&self) -> impl Iterator<Item = (&'static str, String)> {
        let Note { key_points, pitfalls, example, erratum, .. } = self.note;
        let example = if example.is_empty() { String::new() } else { fenced("python", example) };
        let parts = [
            ("Key points", key_points.to_string()),
            ("Pitfalls", pitfalls.to_string()),
            ("Example", example),
            ("Erratum", erratum.to_string()),
        ];
        parts.into_iter().filter(|(_, text)| !text.is_empty())
    }

    /// `[Open §16.7.4](…) · see also §16.8 Structured Concurrency`
    fn further(&self, most: usize) -> String {
        let number = self.note.section;
        let open =
            (self.link)(number).map(|url| linked(&format!("Open {}", self.volume.book().reference(number)), &url));
        let others: Vec<_> =
            self.note.see_also.iter().take(most).map(|number| self.volume.reference(*number, self.link)).collect();
        let others = (!others.is_empty()).then(|| format!("see also {}", others.join(", ")));
        open.into_iter().chain(others).collect::<Vec<_>>().join(" · ")
    }
}

impl Volume {
    /// `§16.8 Structured Concurrency`, linked where it can be opened.
    fn reference(&self, number: SectionNumber, link: Link<'_>) -> String {
        let title = self.book().section(number).map_or("", |section| without_version(&section.title).0);
        let text = format!("{} {}", self.book().reference(number), escaped(title));
        match link(number) {
            Some(url) => linked(&text, &url),
            None => text,
        }
    }
}

/// Where a section stands: `Python Bible · Chapter 16: Concurrency & Parallelism · Python 3.11+`.
fn standing(volume: &Volume, section: &Section, note: Option<&Note>) -> String {
    let book = volume.book();
    let mut parts = vec![escaped(&book.title)];
    if let Some(chapter) = book.chapter(section.number.chapter) {
        parts.push(format!("Chapter {}: {}", chapter.number, escaped(&chapter.title)));
    }
    if let Some(since) = note.and_then(|note| note.since) {
        parts.push(format!("Python {since}+"));
    }
    parts.join(" · ")
}

/// `security · warning · on by default · fix: unsafe · Python 3.9+`
fn rule_standing(rule: &Rule) -> String {
    let on = if rule.default { "on by default" } else { "off by default" };
    let mut parts = vec![rule.group.to_string(), rule.severity.to_string(), on.to_owned()];
    if rule.fix != super::FixKind::None {
        parts.push(format!("{} fix", rule.fix.name()));
    }
    if let Some(since) = rule.since {
        parts.push(format!("Python {since}+"));
    }
    parts.join(" · ")
}

fn rule_line(rule: &Rule) -> String {
    format!("`{}`: {}", rule.name, first_sentence(&rule.docs.what))
}

/// `ruff B006`; a leading `~` marks a rule that is only partly the same.
fn equivalent(code: &str) -> String {
    let (code, partly) = code.strip_prefix('~').map_or((code, ""), |code| (code, " (in part)"));
    let (tool, code) = code.split_once(':').unwrap_or(("", code));
    format!("- {tool} `{code}`{partly}")
}

/// A title without a closing `(Python 3.11+)` or `(3.11+)`, and that version.
pub fn without_version(title: &str) -> (&str, Option<PythonVersion>) {
    let stripped = title.strip_suffix("+)").and_then(|rest| rest.rsplit_once(" (")).and_then(|(title, version)| {
        let version = version.strip_prefix("Python ").unwrap_or(version);
        Some((title, Some(version.parse().ok()?)))
    });
    stripped.unwrap_or((title, None))
}

fn item(text: &str) -> String {
    format!("- {text}")
}

fn paragraph(out: &mut String, text: &str) {
    if !text.is_empty() {
        out.push_str("\n\n");
        out.push_str(text);
    }
}

/// A label and a text below it; nothing when the text is empty.
fn labelled(out: &mut String, label: &str, text: &str) {
    if !text.is_empty() {
        paragraph(out, label);
        paragraph(out, text);
    }
}

/// A code block; its fence is longer than any in the code.
pub(super) fn fenced(language: &str, code: &str) -> String {
    let mut fence = "```".to_owned();
    while code.contains(&fence) {
        fence.push('`');
    }
    format!("{fence}{language}\n{}\n{fence}", code.trim_end_matches('\n'))
}

fn linked(text: &str, url: &str) -> String {
    let plain = !url.contains(['(', ')', ' ', '<', '>']);
    if plain {
        format!("[{text}]({url})")
    } else {
        format!("[{text}](<{}>)", url.replace('<', "%3C").replace('>', "%3E"))
    }
}

/// A printed title as Markdown text: what would be markup is escaped, and no more, since some editors show the escapes.
pub(super) fn escaped(title: &str) -> String {
    let letters: Vec<char> = title.chars().collect();
    let mut out = String::with_capacity(title.len());
    for (at, letter) in letters.iter().enumerate() {
        let word = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(|letter| letter.is_alphanumeric());
        let markup = match letter {
            '*' | '`' | '[' | ']' | '<' | '\\' | '~' => true,
            '_' => !(word(at.checked_sub(1)) && word(Some(at + 1))),
            _ => false,
        };
        if markup {
            out.push('\\');
        }
        out.push(*letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::format::{SourceFile, read};
    use super::*;
    use std::sync::Arc;

    const NONE: Link<'static> = &|_| None;
    const SITE: Link<'static> = &|number| Some(format!("https://example.org/{number}"));

    fn handbook() -> Arc<Knowledge> {
        let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
        let (contents, problems) = read(&[
            file(
                "book.toml",
                r#"
id = "handbook"
title = "Handbook"
mark = "H §"
[[chapters]]
number = 1
title = "Files & Folders"
sections = [
    { number = "1.1", title = "Files" },
    { number = "1.1.1", title = "Opening (Python 3.11+)" },
    { number = "1.1.2", title = "The __exit__ Method (*args)" },
    { number = "1.2", title = "Talking" },
    { number = "1.3", title = "Waiting" },
]
"#,
            ),
            file(
                "1.1.1-opening.md",
                r#"+++
section = "1.1.1"
title = "Opening (Python 3.11+)"
since = "3.11"
triggers = ["symbol:acme.open"]
see_also = ["1.2", "1.1.2", "1.3"]
+++
Opens a file, e.g. one of
`acme.open("a. B")`. Closes it too.

## Key points
- One thing that
  goes on.
- Two things.

## Pitfalls
- It fails.

## Example
```python
"""```"""
x = 1
```

## Erratum
The book is wrong.
"#,
            ),
            file(
                "1.2-talking.md",
                "+++\nsection = \"1.2\"\ntitle = \"Talking\"\n+++\nTalk.\n## Key points\n- One.\n- Two.\n",
            ),
            file(
                "rules/no-shouting.md",
                r#"+++
rule = "no-shouting"
sections = ["1.1.1", "1.2"]
group = "style"
equivalents = ["ruff:T201", "~pylint:W1"]
message = "Not so loud"
match = { call = "print" }
+++
## What it does
Finds shouting. Loud shouting.
## Why the book warns
It hurts.
## Example
```python
print("A")
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

    fn note(knowledge: &Knowledge, number: &str) -> NoteId {
        knowledge.volumes()[1].note_of(number.parse().unwrap()).unwrap()
    }

    #[test]
    fn short_is_title_summary_and_where_to_go_on() {
        let knowledge = handbook();
        assert_eq!(
            short(&knowledge, note(&knowledge, "1.1.1"), SITE),
            "**H §1.1.1 Opening** · 3.11+\n\n\
             Opens a file, e.g. one of `acme.open(\"a. B\")`. Closes it too.\n\n\
             [Open H §1.1.1](https://example.org/1.1.1) · see also [H §1.2 Talking](https://example.org/1.2), \
             [H §1.1.2 The \\_\\_exit\\_\\_ Method (\\*args)](https://example.org/1.1.2)"
        );
    }

    #[test]
    fn without_links_nothing_pretends_to_be_one() {
        let knowledge = handbook();
        let text = short(&knowledge, note(&knowledge, "1.1.1"), NONE);
        assert!(
            text.ends_with("\n\nsee also H §1.2 Talking, H §1.1.2 The \\_\\_exit\\_\\_ Method (\\*args)"),
            "{text}"
        );
        assert_eq!(short(&knowledge, note(&knowledge, "1.2"), NONE), "**H §1.2 Talking**\n\nTalk.");
    }

    #[test]
    fn full_adds_every_part_the_note_has() {
        let knowledge = handbook();
        assert_eq!(
            full(&knowledge, note(&knowledge, "1.1.1"), NONE),
            "**H §1.1.1 Opening** · 3.11+\n\n\
             Opens a file, e.g. one of `acme.open(\"a. B\")`. Closes it too.\n\n\
             **Key points**\n\n- One thing that goes on.\n- Two things.\n\n\
             **Pitfalls**\n\n- It fails.\n\n\
             **Example**\n\n````python\n\"\"\"```\"\"\"\nx = 1\n````\n\n\
             **Erratum**\n\nThe book is wrong.\n\n\
             see also H §1.2 Talking, H §1.1.2 The \\_\\_exit\\_\\_ Method (\\*args), H §1.3 Waiting"
        );
        assert_eq!(
            full(&knowledge, note(&knowledge, "1.2"), NONE),
            "**H §1.2 Talking**\n\nTalk.\n\n**Key points**\n\n- One.\n- Two."
        );
    }

    #[test]
    fn one_line_ends_with_the_first_sentence() {
        let knowledge = handbook();
        let id = note(&knowledge, "1.1.1");
        assert_eq!(
            one_line(&knowledge, id, NONE),
            "H §1.1.1 Opening: Opens a file, e.g. one of `acme.open(\"a. B\")`."
        );
        assert!(one_line(&knowledge, id, SITE).starts_with("[H §1.1.1 Opening](https://example.org/1.1.1): Opens"));
    }

    #[test]
    fn sentences_end_where_readers_see_an_end() {
        for (text, first) in [
            ("One. Two.", "One."),
            ("Use `a. B` here. Then there.", "Use `a. B` here."),
            ("See e.g. Python. Then.", "See e.g. Python."),
            ("Version 3.11 has it. Earlier has not.", "Version 3.11 has it."),
            ("Why? Because.", "Why?"),
            ("It returns early (cf. Chapter 3). More.", "It returns early (cf. Chapter 3)."),
            ("No end", "No end"),
        ] {
            assert_eq!(first_sentence(text), first);
        }
    }

    #[test]
    fn a_page_tells_the_note_and_where_it_stands() {
        let knowledge = handbook();
        let volume = &knowledge.volumes()[1];
        let text = volume_page(volume, "1.1.1".parse().unwrap(), NONE).unwrap();
        assert!(text.starts_with(
            "# H §1.1.1 Opening (Python 3.11+)\n\nHandbook · Chapter 1: Files & Folders · Python 3.11+\n\nOpens a file"
        ));
        for part in [
            "\n\n## Key points\n\n- One thing that goes on.\n- Two things.\n\n## Pitfalls\n\n- It fails.\n\n## Example\n\n````",
            "\n\n## Erratum\n\nThe book is wrong.\n\n## See also\n\n- H §1.2 Talking\n",
            "\n\n## Rules\n\n- `no-shouting`: Finds shouting.\n\n---\n\nPrevious: H §1.1 Files · Next: H §1.1.2 The",
        ] {
            assert!(text.contains(part), "{part}\n---\n{text}");
        }
        assert!(text.ends_with("Method (\\*args)\n"));
    }

    #[test]
    fn a_section_without_a_note_has_a_page_too() {
        let knowledge = handbook();
        let volume = &knowledge.volumes()[1];
        assert_eq!(
            volume_page(volume, "1.1".parse().unwrap(), SITE).unwrap(),
            "# H §1.1 Files\n\nHandbook · Chapter 1: Files & Folders\n\n## In this section\n\n\
             - [H §1.1.1 Opening](https://example.org/1.1.1)\n\
             - [H §1.1.2 The \\_\\_exit\\_\\_ Method (\\*args)](https://example.org/1.1.2)\n\n---\n\n\
             Next: [H §1.1.1 Opening](https://example.org/1.1.1)\n"
        );
        assert_eq!(volume_page(volume, "1.9".parse().unwrap(), SITE), None);
    }

    #[test]
    fn every_section_of_the_built_in_book_has_a_page() {
        let knowledge = Knowledge::builtin();
        for section in &*knowledge.first_volume().book().sections {
            let page = page(&knowledge, section.number, NONE).unwrap();
            assert!(page.starts_with(&format!("# §{} ", section.number)), "{page}");
            assert!(page.contains("Python Bible · Chapter "), "{page}");
        }
    }

    #[test]
    fn a_rule_has_a_page() {
        let knowledge = handbook();
        assert_eq!(
            rule_page(&knowledge, knowledge.rule_named("no-shouting").unwrap(), NONE),
            "# no-shouting\n\nstyle · hint · off by default\n\n## What it does\n\nFinds shouting. Loud shouting.\n\n\
             ## Why the book warns\n\nIt hurts.\n\n## Example\n\n```python\nprint(\"A\")\n```\n\n\
             ## Use instead\n\n```python\npass\n```\n\n## In the book\n\n- H §1.1.1 Opening\n- H §1.2 Talking\n\n\
             ## The same in other tools\n\n- ruff `T201`\n- pylint `W1` (in part)\n"
        );
        let rule = knowledge.rule_named("missing-functools-wraps").unwrap();
        assert!(rule_page(&knowledge, rule, NONE).contains("\n\ncorrectness · hint · on by default · unsafe fix\n\n"));
    }

    #[test]
    fn a_link_with_brackets_does_not_end_early() {
        assert_eq!(linked("a", "file:///x/(1).md"), "[a](<file:///x/(1).md>)");
    }
}
