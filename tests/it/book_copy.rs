//! A reader's own copy of the book. `MARGINALIA_BOOK` names one; without it the tests of the real book say so and pass.

use std::path::PathBuf;

use marginalia::book::copy::{BookCopy, CopyError};
use marginalia::knowledge::Knowledge;

/// The real book, when this machine has one.
pub fn real_book() -> Option<Vec<u8>> {
    let Some(path) = std::env::var_os("MARGINALIA_BOOK").map(PathBuf::from) else {
        println!("MARGINALIA_BOOK is not set: the real book is not tested");
        return None;
    };
    Some(std::fs::read(&path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display())))
}

#[test]
fn every_section_of_the_real_book_is_found_and_every_character_made_whole() {
    let Some(bytes) = real_book() else { return };
    let knowledge = Knowledge::builtin();
    let book = knowledge.first_volume().book();
    let copy = BookCopy::read(&bytes, book).unwrap();
    println!("{} sections, {} repairs", copy.sections.len(), copy.report.repairs);
    assert_eq!(copy.report.missing, []);
    assert_eq!(copy.report.unknown, []);
    assert_eq!(copy.sections.len(), 783);
    assert_eq!(copy.report.repairs, 136);
    let duplicates: Vec<_> = copy.report.duplicates.iter().map(ToString::to_string).collect();
    assert_eq!(duplicates, ["2.4.1", "5.5.1"]);
    assert!(copy.report.dangling.iter().any(|(line, reference)| *line == 50 && reference == "Ch. 2.2.3"));

    // A copy that is clean already is read the same, and nothing in it is repaired.
    let clean = BookCopy::read(copy.text.as_bytes(), book).unwrap();
    assert_eq!(clean.report.repairs, 0);
    assert_eq!(clean.text, copy.text);
    assert_eq!(clean.sections, copy.sections);
}

#[test]
fn what_is_no_copy_is_said_in_one_line() {
    let knowledge = Knowledge::builtin();
    let book = knowledge.first_volume().book();
    let fault = |bytes: &[u8]| BookCopy::read(bytes, book).unwrap_err();
    assert_eq!(fault(b""), CopyError::Empty);
    assert_eq!(fault(b" \n\n"), CopyError::Empty);
    assert_eq!(fault(b"text\0more"), CopyError::Binary(4));
    assert_eq!(fault(b"ok \xff"), CopyError::Binary(3));
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
    let copy = BookCopy::read(text.as_bytes(), book).unwrap();
    let found: Vec<_> = copy.sections.iter().map(|section| (section.number.to_string(), section.line)).collect();
    let expected = [("2.1", 2), ("2.2", 4), ("2.4.1", 10), ("2.4.1b", 11), ("3.1", 14)];
    assert_eq!(found, expected.map(|(number, line)| (number.to_owned(), line)));
    assert_eq!(copy.body(&copy.sections[0]), "text\n");
    assert_eq!(copy.body(&copy.sections[4]), "");
    assert_eq!(copy.body(&copy.sections[3]), "");
}
