//! A reader's own copy of the book. `MARGINALIA_BOOK` names one; without it the tests read a small book of our own that has
//! the same diseases: damaged letters, code without fences, a number that stands twice, headings without blank lines. It comes
//! as text, as Markdown and as EPUB.

mod broken;
mod converted;

use std::path::{Path, PathBuf};

use marginalia::book::copy::{BookCopy, CopyError};
use marginalia::book::manuscript::{Fault, Format};
use marginalia::knowledge::Knowledge;

use crate::support::epub;

/// The small book of our own.
pub fn small() -> PathBuf {
    fixture("small.txt")
}

/// A file of the small book.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/book_copy").join(name)
}

/// The small book in every form that is read: as text, as Markdown, as an EPUB, and as one that `pandoc` 2.17 made of the Markdown:
/// `pandoc -f markdown -t epub3 -M title='The small book' -M lang=en small.md -o pandoc.epub`.
pub fn forms() -> [(&'static str, Vec<u8>); 4] {
    let file = |name| std::fs::read(fixture(name)).unwrap();
    let (text, markdown, pandoc) = (file("small.txt"), file("small.md"), file("pandoc.epub"));
    [("small.txt", text), ("small.md", markdown), ("small.epub", epub::small()), ("pandoc.epub", pandoc)]
}

/// Reads a file as a copy of the built-in book.
fn read(name: &str, bytes: &[u8]) -> Result<BookCopy, CopyError> {
    BookCopy::read(bytes, Format::of_name(name), Knowledge::builtin().first_volume().book())
}

/// A section's excerpt: prose, and code.
fn excerpt(copy: &BookCopy, number: &str) -> (String, String) {
    let section = copy.section(number.parse().unwrap()).unwrap_or_else(|| panic!("{number} is missing"));
    let excerpt = copy.excerpt(section);
    let words = excerpt.map(|excerpt| excerpt.prose.split_whitespace().collect::<Vec<_>>().join(" "));
    let code = excerpt.and_then(|excerpt| excerpt.code).map(|code| code.text.trim_end().to_owned());
    (words.unwrap_or_default(), code.unwrap_or_default())
}

#[test]
fn a_copy_is_the_same_whatever_its_form() {
    for (name, bytes) in forms() {
        let copy = read(name, &bytes).unwrap();
        let found: Vec<_> = copy.sections.iter().map(|section| section.number.to_string()).collect();
        assert_eq!(found, ["2.1", "2.2", "2.4.1", "2.4.1b", "16.7", "16.7.4"], "{name}");
        let report = &copy.report;
        assert_eq!(report.repairs, 7, "{name}");
        let unknown: Vec<_> =
            report.unknown.iter().map(|(_, heading)| heading.trim_start_matches('#').trim()).collect();
        assert_eq!(unknown, ["16.7.99 A nap that the book does not know"], "{name}");
        let duplicates: Vec<_> = report.duplicates.iter().map(ToString::to_string).collect();
        assert_eq!(duplicates, ["2.4.1"], "{name}");
        let dangling: Vec<_> = report.dangling.iter().map(|(_, reference)| reference.as_str()).collect();
        assert_eq!(dangling, ["Ch. 2.9.9", "Appendix G"], "{name}");

        let says = "A page says “less” than it could — and that is how it should be. See Ch. 2.9.9 for nothing, and Appendix G.";
        let prose = |number| excerpt(&copy, number).0;
        let code = |number| excerpt(&copy, number).1;
        assert_eq!((&*prose("2.1"), &*code("2.1")), (says, ""), "{name}");
        assert_eq!(code("2.2"), "┌────────┐\n│ 2.3 in │ ← this is no heading\n└────────┘", "{name}");
        let function = "f = \"{} and {}\".format(1, 2)\n\n\ndef unfenced(x):\n    return x";
        assert_eq!((&*prose("2.4.1"), &*code("2.4.1")), ("", function), "{name}");
        assert!(prose("2.4.1b").starts_with("● the second telling of the same"), "{name}");
        assert!(code("16.7").starts_with("import asyncio\n") && code("16.7").ends_with("asyncio.sleep(0)"), "{name}");
        let naps = "Naps that were begun together end together, <b>or not</b> at all: [see](command:evil) `naps`.";
        assert!(prose("16.7.4").starts_with(naps), "{name}: {}", prose("16.7.4"));
        let warned = copy.body(copy.section("16.7.4".parse().unwrap()).unwrap()).to_owned();
        assert!(warned.contains("⚠\u{fe0f} Nobody wakes a sleeper."), "{name}: {warned}");
        assert!(!warned.contains("alert(1)"), "{name}");
    }
}

#[test]
fn the_line_of_a_section_is_that_of_its_heading() {
    for (name, bytes) in forms() {
        let copy = read(name, &bytes).unwrap();
        let lines: Vec<_> = copy.manuscript.text.lines().collect();
        for section in &copy.sections {
            let number = section.number.to_string().trim_end_matches('b').to_owned();
            let line = lines[section.line as usize - 1];
            assert!(line.trim_start_matches(['#', ' ', '[']).starts_with(&number), "{name}: {number} is not in {line}");
        }
        if !name.ends_with("epub") {
            let file = String::from_utf8(bytes).unwrap();
            assert_eq!(lines.len(), file.lines().count(), "{name}: the repair moves no lines");
        }
    }
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
