//! A reader's own copy of the book. `MARGINALIA_BOOK` names one; without it the tests read a small book of our own that has
//! the same diseases: damaged letters, code without fences, a number that stands twice, headings without blank lines.

use std::path::{Path, PathBuf};

use marginalia::book::copy::{BookCopy, CopyError};
use marginalia::book::manuscript::{Fault, Format};
use marginalia::knowledge::Knowledge;

/// The small book of our own.
pub fn small() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/book_copy/small.txt")
}

/// The real book, when this machine has one.
pub fn real_book() -> Option<Vec<u8>> {
    let Some(path) = std::env::var_os("MARGINALIA_BOOK").map(PathBuf::from) else {
        println!("MARGINALIA_BOOK is not set: the real book is not read");
        return None;
    };
    Some(std::fs::read(&path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display())))
}

/// What a copy is known to have.
struct Known {
    sections: usize,
    missing: usize,
    unknown: &'static [&'static str],
    duplicates: &'static [&'static str],
    repairs: usize,
    dangling: (u32, &'static str),
}

fn the_copy() -> (Vec<u8>, Known) {
    let real = real_book();
    let known = if real.is_some() {
        Known {
            sections: 783,
            missing: 0,
            unknown: &[],
            duplicates: &["2.4.1", "5.5.1"],
            repairs: 136,
            dangling: (50, "Ch. 2.2.3"),
        }
    } else {
        Known {
            sections: 6,
            missing: 777,
            unknown: &["16.7.99 A nap that the book does not know"],
            duplicates: &["2.4.1"],
            repairs: 7,
            dangling: (9, "Ch. 2.9.9"),
        }
    };
    (real.unwrap_or_else(|| std::fs::read(small()).unwrap()), known)
}

#[test]
fn every_section_of_a_copy_is_found_and_every_character_made_whole() {
    let (bytes, known) = the_copy();
    let knowledge = Knowledge::builtin();
    let book = knowledge.first_volume().book();
    let copy = BookCopy::read(&bytes, Format::Text, book).unwrap();
    let report = &copy.report;
    assert_eq!((copy.sections.len(), report.missing.len()), (known.sections, known.missing));
    assert_eq!(report.repairs, known.repairs);
    let unknown: Vec<_> = report.unknown.iter().map(|(_, heading)| heading.as_str()).collect();
    assert_eq!(unknown, known.unknown);
    let duplicates: Vec<_> = report.duplicates.iter().map(ToString::to_string).collect();
    assert_eq!(duplicates, known.duplicates);
    let (line, reference) = known.dangling;
    assert!(report.dangling.contains(&(line, reference.to_owned())), "{:?}", report.dangling);

    // A copy that is clean already is read the same, and nothing in it is repaired.
    let clean = BookCopy::read(copy.manuscript.text.as_bytes(), Format::Text, book).unwrap();
    assert_eq!(clean.report.repairs, 0);
    assert_eq!(clean.manuscript.text, copy.manuscript.text);
    assert_eq!(clean.manuscript.blocks, copy.manuscript.blocks);
    assert_eq!(clean.sections, copy.sections);
}

#[test]
fn what_stands_below_a_heading_is_its_sections() {
    let bytes = std::fs::read(small()).unwrap();
    let knowledge = Knowledge::builtin();
    let copy = BookCopy::read(&bytes, Format::Text, knowledge.first_volume().book()).unwrap();
    let section = |number: &str| copy.section(number.parse().unwrap()).unwrap();
    assert_eq!(copy.heading(section("2.1")), "2.1 Words about code");
    assert!(copy.body(section("2.1")).starts_with("A page says “less” than it could — and"));
    assert!(copy.body(section("2.2")).contains("┌────────┐\n│ 2.3 in │ ← this"), "a fence has no headings");
    assert!(copy.body(section("2.4.1")).contains("def unfenced(x):\n    return x\n"));
    assert!(copy.body(section("2.4.1b")).starts_with("● the second telling"));
    assert!(copy.body(section("16.7")).ends_with("two blank lines.\n"));
}

#[test]
fn what_is_no_copy_is_said_in_one_line() {
    let knowledge = Knowledge::builtin();
    let book = knowledge.first_volume().book();
    let fault = |bytes: &[u8]| BookCopy::read(bytes, Format::Text, book).unwrap_err();
    assert_eq!(fault(b""), Fault::Empty.into());
    assert_eq!(fault(b" \n\n"), Fault::Empty.into());
    assert_eq!(fault(b"text\0more"), Fault::Binary(4).into());
    assert_eq!(fault(b"ok \xff"), Fault::Binary(3).into());
    assert_eq!(fault(b"A letter to a friend.\n"), CopyError::NoSections);
}

#[test]
fn headings_are_told_from_what_looks_like_them() {
    let knowledge = Knowledge::builtin();
    let book = knowledge.first_volume().book();
    let text = "\
CHAPTER 2 — OURS
2.1 First
text
2.2 Second
3.11 introduced:
more
```
2.3 in a fence
```
2.4.1 Once
2.4.1 Twice
CHAPTER 3 — OURS
3.13+ is no number
3.1 Third
";
    let copy = BookCopy::read(text.as_bytes(), Format::Text, book).unwrap();
    let found: Vec<_> = copy.sections.iter().map(|section| (section.number.to_string(), section.line)).collect();
    let expected = [("2.1", 2), ("2.2", 4), ("2.4.1", 10), ("2.4.1b", 11), ("3.1", 14)];
    assert_eq!(found, expected.map(|(number, line)| (number.to_owned(), line)));
    assert_eq!(copy.body(&copy.sections[0]), "text\n");
    assert_eq!(copy.body(&copy.sections[4]), "");
    assert_eq!(copy.body(&copy.sections[3]), "");
}
