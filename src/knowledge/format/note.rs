//! Reads the file of a section.

use super::front::{At, Fields, cut, parse};
use super::markdown::{Part, all_known, parts};
use super::{Declared, Faults, SourceFile, Toc, rule_of, stem};
use crate::book::{List, SectionNumber, Text};
use crate::knowledge::note::{Note, Trigger};

/// The summary is all that the short hover shows.
const LONGEST_SUMMARY: usize = 320;

const KEY_POINTS: std::ops::RangeInclusive<usize> = 2..=5;

const HEADINGS: [&str; 4] = ["Key points", "Pitfalls", "Example", "Erratum"];

/// The rules that a note's triggers name, each with its line.
type RuleLines = Vec<(String, usize)>;

/// Reads a note. `None` when it cannot be told which section it is about, or it says nothing.
pub(super) fn read(file: &SourceFile, toc: &Toc, faults: &mut Faults<'_>) -> Option<(Declared<Note>, RuleLines)> {
    let sheet = cut(&file.text, faults)?;
    let base = sheet.front.start;
    let table = parse(&file.text[sheet.front.clone()], base, faults)?;
    let mut fields = Fields::new(&table, base);
    let section = section(&mut fields, toc, faults);
    let since = fields.since(faults);
    let Triggers { all: triggers, asides, rules } = triggers(&mut fields, faults);
    let see_also = see_also(&mut fields, section.as_ref(), toc, faults);
    let codes = fields.codes("codes", false, faults);
    fields.finish(faults);
    if let Some(section) = &section {
        check_place(file, section.value, toc, faults);
    }

    let parts = parts(&sheet, &HEADINGS, faults);
    let part = |heading: &str| parts.iter().find(|part| part.heading == heading);
    let summary = part("").and_then(|part| summary(part, faults));
    let key_points = bullets(part("Key points"), faults);
    if let Some(part) = part("Key points").filter(|part| part.bullets() != 0 && !KEY_POINTS.contains(&part.bullets())) {
        faults.at_line(part.line, format!("`## Key points` has {} items; 2 to 5 are wanted", part.bullets()));
    }
    let pitfalls = bullets(part("Pitfalls"), faults);
    let example = part("Example").and_then(|part| example(part, faults));
    let erratum = part("Erratum").map(|part| flowing(part, faults)).unwrap_or_default();

    let At { value: section, range } = section?;
    let line = faults.line_of(range.start);
    let complete = all_known(&parts, &HEADINGS);
    if complete && part("Key points").is_none() {
        faults.at_line(line, "the note has no `## Key points`");
    }
    if complete && part("Example").is_none() && triggers.iter().any(|trigger| !matches!(trigger, Trigger::File { .. }))
    {
        faults.at_line(line, "the note has no `## Example`");
    }
    let note = Note {
        section,
        since,
        triggers: List::Owned(triggers),
        asides: List::Owned(asides),
        see_also: List::Owned(see_also),
        codes: List::Owned(codes),
        summary: Text::Owned(summary?),
        key_points: Text::Owned(key_points),
        pitfalls: Text::Owned(pitfalls),
        example: Text::Owned(example.unwrap_or_default()),
        erratum: Text::Owned(erratum),
    };
    Some((Declared { value: note, path: file.path.clone(), line }, rules))
}

/// Reads `section`, and holds it and `title` against the table of contents.
fn section(fields: &mut Fields<'_>, toc: &Toc, faults: &mut Faults<'_>) -> Option<At<SectionNumber>> {
    let number = fields.required_string("section", faults);
    let title = fields.required_string("title", faults);
    let At { value, range } = number?;
    let number: SectionNumber = match value.parse() {
        Ok(number) => number,
        Err(error) => {
            faults.at(&range, error.to_string());
            return None;
        }
    };
    if !toc.check(number, &range, faults) {
        return None;
    }
    if let (Some(title), Some(known)) = (title, toc.book.section(number))
        && title.value != known.title
    {
        faults.at(&title.range, format!("the title of {number} is \"{}\" in book.toml", known.title));
    }
    Some(At { value: number, range })
}

#[derive(Default)]
struct Triggers {
    all: Vec<Trigger>,
    /// Those written with a `~`.
    asides: Vec<Trigger>,
    rules: RuleLines,
}

fn triggers(fields: &mut Fields<'_>, faults: &mut Faults<'_>) -> Triggers {
    let mut read = Triggers::default();
    for At { value, range } in fields.strings("triggers", faults) {
        let aside = value.strip_prefix('~');
        match aside.unwrap_or(value).parse::<Trigger>() {
            Ok(trigger) if read.all.contains(&trigger) => {
                faults.at(&range, format!("the trigger `{value}` is listed twice"));
            }
            Ok(trigger) => {
                read.rules.extend(rule_of(&trigger).map(|rule| (rule.to_owned(), faults.line_of(range.start))));
                if aside.is_some() {
                    read.asides.push(trigger.clone());
                }
                read.all.push(trigger);
            }
            Err(message) => faults.at(&range, message),
        }
    }
    read
}

fn see_also(
    fields: &mut Fields<'_>,
    section: Option<&At<SectionNumber>>,
    toc: &Toc,
    faults: &mut Faults<'_>,
) -> Vec<SectionNumber> {
    let mut numbers = fields.sections("see_also", faults);
    numbers.retain(|At { value, range }| {
        if section.is_some_and(|section| section.value == *value) {
            faults.at(range, "`see_also` names the section itself");
            return false;
        }
        toc.check(*value, range, faults)
    });
    numbers.into_iter().map(|number| number.value).collect()
}

/// A note's file is `NN-chapter/<number>.md` or `NN-chapter/<number>-<words>.md`.
fn check_place(file: &SourceFile, section: SectionNumber, toc: &Toc, faults: &mut Faults<'_>) {
    let number = section.to_string();
    let named = stem(&file.path).strip_prefix(&number);
    if !named.is_some_and(|rest| rest.is_empty() || rest.starts_with('-')) {
        faults.at_line(1, format!("the file's name must begin with the section's number: `{number}-...md`"));
    }
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    if let Some(wanted) = toc.folders.get(&section.chapter)
        && wanted != folder
    {
        faults.at_line(1, format!("notes of chapter {} belong into the folder `{wanted}`", section.chapter));
    }
}

fn summary(part: &Part<'_>, faults: &mut Faults<'_>) -> Option<String> {
    let text = part.flowing();
    let line = part.first_line();
    if text.is_empty() {
        faults.at_line(line, "the summary is missing: the note begins with two to four sentences without a heading");
        return None;
    }
    if text.contains('\n') {
        faults.at_line(line, "the summary must be one paragraph");
    }
    let length = text.chars().count();
    if length > LONGEST_SUMMARY {
        faults.at_line(line, format!("the summary has {length} characters; at most {LONGEST_SUMMARY} fit a hover"));
    }
    Some(text)
}

fn bullets(part: Option<&Part<'_>>, faults: &mut Faults<'_>) -> String {
    let Some(part) = part else { return String::new() };
    let text = flowing(part, faults);
    if !text.is_empty() && part.bullets() == 0 {
        faults.at_line(part.line, format!("`## {}` must be a list of `- ` items", part.heading));
    }
    text
}

fn flowing(part: &Part<'_>, faults: &mut Faults<'_>) -> String {
    let text = part.flowing();
    if text.is_empty() {
        faults.at_line(part.line, format!("`## {}` is empty", part.heading));
    }
    text
}

fn example(part: &Part<'_>, faults: &mut Faults<'_>) -> Option<String> {
    let (language, code) = part.code(faults)?;
    if language != "python" {
        faults.at_line(part.first_line(), "the example's code block must begin with ```python");
    }
    Some(code)
}
