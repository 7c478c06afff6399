//! Sections that people name in comments: `# see §16.7.4`, `# book: 7.11`, `# Handbook §3.2`.

use std::ops::Range;

use ruff_text_size::{TextRange, TextSize};

use crate::book::SectionNumber;
use crate::knowledge::Knowledge;

/// How a section of the first book may be named without its mark.
const BOOK: &str = "book: ";

/// A section that a comment names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Citation {
    /// Mark and number, in the source.
    pub range: TextRange,
    /// Which of [`Knowledge::volumes`].
    pub volume: usize,
    /// The number, which the book may not have.
    pub number: SectionNumber,
}

impl Citation {
    /// Whether the book has the section.
    pub fn is_known(&self, knowledge: &Knowledge) -> bool {
        knowledge.volumes()[self.volume].book().section(self.number).is_some()
    }
}

/// The beginning of a citation that is being typed: a mark, and what stands behind it so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Started<'t> {
    /// From the mark to the cursor.
    pub range: TextRange,
    /// Whose mark it is; `None` for the mark alone, which any book's may become.
    pub volume: Option<usize>,
    /// Behind the mark: part of a number, or words.
    pub query: &'t str,
}

/// The citations of these comments, in order.
pub fn citations(knowledge: &Knowledge, text: &str, comments: &[TextRange]) -> Vec<Citation> {
    let marks = Marks::of(knowledge);
    comments.iter().flat_map(|&comment| in_comment(&marks, &text[comment], comment.start())).collect()
}

/// The citation that is being typed at an offset; `None` outside of comments and where none has begun.
pub fn started<'t>(
    knowledge: &Knowledge,
    text: &'t str,
    comments: &[TextRange],
    offset: TextSize,
) -> Option<Started<'t>> {
    /// What is longer is a sentence that goes on behind a citation.
    const WORDS: usize = 4;
    let comment = comments.iter().find(|comment| comment.start() < offset && offset <= comment.end())?;
    let before = &text[TextRange::new(comment.start(), offset)];
    let marks = Marks::of(knowledge);
    let at = before.rfind('§')?;
    let query = &before[at + '§'.len_utf8()..];
    let (begin, owner) = match marks.ending_at(before, at + '§'.len_utf8())? {
        (begin, 0) if is_foreign(&before[..begin]) => return None,
        (begin, 0) => (begin, None),
        (begin, volume) => (begin, Some(volume)),
    };
    let finished = query.trim_start().split_once(' ').is_some_and(|(word, _)| word.parse::<SectionNumber>().is_ok());
    if finished || query.split_whitespace().count() > WORDS {
        return None;
    }
    let range = TextRange::new(comment.start() + size(begin), offset);
    Some(Started { range, volume: owner, query: query.trim() })
}

/// The marks of all books, the longest first: `Handbook §` ends in `§`.
struct Marks<'k>(Vec<(&'k str, usize)>);

impl<'k> Marks<'k> {
    fn of(knowledge: &'k Knowledge) -> Self {
        let mut marks: Vec<_> =
            knowledge.volumes().iter().enumerate().map(|(at, volume)| (&*volume.book().mark, at)).collect();
        marks.retain(|(mark, _)| !mark.trim().is_empty());
        // Of two books with one mark the first has it.
        marks.sort_by_key(|(mark, at)| (std::cmp::Reverse(mark.len()), *at));
        Self(marks)
    }

    /// The longest mark that ends at an offset of a text: where it begins, and whose it is.
    fn ending_at(&self, text: &str, end: usize) -> Option<(usize, usize)> {
        let before = &text[..end];
        self.0.iter().find_map(|(mark, volume)| {
            let begin = before.len() - before.strip_suffix(mark).map(|_| mark.len())?;
            let joined = mark.starts_with(char::is_alphanumeric) && before[..begin].ends_with(char::is_alphanumeric);
            (!joined).then_some((begin, *volume))
        })
    }
}

fn in_comment(marks: &Marks<'_>, comment: &str, start: TextSize) -> Vec<Citation> {
    let mut found: Vec<Citation> = Vec::new();
    // Where the last number ended, and whose it was: `Handbook §3.2, §3.1` names two sections of the handbook.
    let mut last: Option<(usize, Option<usize>)> = None;
    for (at, number) in numbers(comment) {
        let blanks = comment[..at.start].len() - comment[..at.start].trim_end_matches(' ').len();
        let Some((begin, owner)) = owner(marks, comment, at.start, blanks) else { continue };
        let plain = owner == 0 && comment[begin..].starts_with('§');
        let owner = match last {
            Some((end, of_last)) if plain && is_list(&comment[end..begin]) => of_last,
            _ if plain && (is_foreign(&comment[..begin]) || comment[at.end..].starts_with(" of ")) => None,
            _ => Some(owner),
        };
        last = Some((at.end, owner));
        if let Some(volume) = owner {
            let range = TextRange::new(start + size(begin), start + size(at.end));
            found.push(Citation { range, volume, number });
        }
    }
    found
}

/// What stands before a number and makes it a citation: where that begins, and which book's it is.
fn owner(marks: &Marks<'_>, comment: &str, number: usize, blanks: usize) -> Option<(usize, usize)> {
    if let Some((begin, volume)) = marks.ending_at(comment, number - blanks) {
        return Some((begin, volume));
    }
    let before = comment[..number].strip_suffix(BOOK)?;
    (!before.ends_with(char::is_alphanumeric)).then_some((before.len(), 0))
}

/// The numbers of a text that can be sections', with their ranges.
fn numbers(text: &str) -> impl Iterator<Item = (Range<usize>, SectionNumber)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let begin = at + text[at..].find(|letter: char| letter.is_ascii_digit())?;
            let part = |letter: char| !(letter.is_ascii_alphanumeric() || letter == '.');
            let end = text[begin..].find(part).map_or(text.len(), |length| begin + length);
            at = end;
            let number = text[begin..end].trim_end_matches('.');
            if let Ok(parsed) = number.parse() {
                return Some((begin..begin + number.len(), parsed));
            }
        }
    })
}

/// Whether a `§` behind this text is another document's: `RFC 9110 §4.2`, `Handbook §3.2` where no such book is open.
fn is_foreign(before: &str) -> bool {
    let before = before.trim_end();
    let word = &before[before.trim_end_matches(char::is_alphanumeric).len()..];
    let plain = ["", "See", "Cf", "Read", "From", "In", "By", "As", "Per"];
    let mark = before.char_indices().next_back().is_some_and(|(_, letter)| "])'\"".contains(letter));
    mark || (!plain.contains(&word) && !word.starts_with(char::is_lowercase))
}

/// Whether two citations with this between them belong together.
fn is_list(between: &str) -> bool {
    matches!(between.trim(), "," | ";" | "and" | "or" | "/" | "&" | "to" | "-" | "–" | ", and" | ", or")
}

fn size(offset: usize) -> TextSize {
    TextSize::new(offset as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::format::{self, SourceFile};

    fn knowledge() -> std::sync::Arc<Knowledge> {
        let text = "id = 'handbook'\ntitle = 'Handbook'\nmark = 'Handbook §'\n[[chapters]]\nnumber = 3\ntitle = 'Three'\n\
                    sections = [{ number = '3.1', title = 'One' }, { number = '3.2', title = 'Two' }]\n";
        let file = SourceFile { path: "book.toml".to_owned(), text: text.to_owned() };
        Knowledge::with_books([format::read(&[file]).0]).0
    }

    /// What is cited in one comment: text, volume, number.
    fn cited(comment: &str) -> Vec<(&str, usize, String)> {
        let range = TextRange::up_to(TextSize::of(comment));
        let found = citations(&knowledge(), comment, &[range]);
        found.into_iter().map(|it| (&comment[it.range], it.volume, it.number.to_string())).collect()
    }

    fn bible<'t>(text: &'t str, number: &str) -> (&'t str, usize, String) {
        (text, 0, number.to_owned())
    }

    #[test]
    fn sections_are_named_by_mark_or_word() {
        assert_eq!(cited("# see §16.7.4."), [bible("§16.7.4", "16.7.4")]);
        assert_eq!(cited("# See § 5.4 (and §2.4.1b)"), [bible("§ 5.4", "5.4"), bible("§2.4.1b", "2.4.1b")]);
        assert_eq!(cited("# book: 7.11"), [bible("book: 7.11", "7.11")]);
        assert_eq!(cited("# Handbook §3.2"), [("Handbook §3.2", 1, "3.2".to_owned())]);
        for before in ["", "ünï ", "😀 ", "é", "—", "(", "\u{feff}", "e\u{301} "] {
            assert_eq!(cited(&format!("# {before}§16.7")).len(), 1, "{before}");
        }
    }

    #[test]
    fn a_list_is_of_one_book() {
        let ours = |text, number: &str| (text, 1, number.to_owned());
        assert_eq!(cited("# Handbook §3.2, §3.1"), [ours("Handbook §3.2", "3.2"), ours("§3.1", "3.1")]);
        assert_eq!(cited("# Handbook §3.2; but see §5.4"), [ours("Handbook §3.2", "3.2"), bible("§5.4", "5.4")]);
        assert_eq!(cited("# RFC 9110 §4.2, §4.3"), []);
    }

    #[test]
    fn other_documents_and_numbers_are_left_alone() {
        for comment in [
            "# RFC 9110 §4.2",
            "# Guide §3.2",
            "# §3.1 of RFC 2822",
            "# see [XML] §2.3",
            "# version 3.11, python 3.12",
            "# notebook: 7.11",
            "# §16",
            "# §",
            "# book: soon",
            "# §1.2.3.4",
        ] {
            assert_eq!(cited(comment), [], "{comment}");
        }
    }

    /// What is being typed where the text has a `|`.
    fn typed(text: &str) -> Option<(String, Option<usize>, String)> {
        let at = text.find('|').unwrap();
        let text = text.replace('|', "");
        let comment = TextRange::new(size(text.find('#').unwrap()), size(text.len()));
        let started = started(&knowledge(), &text, &[comment], size(at))?;
        Some((text[started.range].to_owned(), started.volume, started.query.to_owned()))
    }

    #[test]
    fn a_citation_begins_with_a_mark_in_a_comment() {
        let some = |text: &str, volume, query: &str| Some((text.to_owned(), volume, query.to_owned()));
        assert_eq!(typed("x = 1  # see §|"), some("§", None, ""));
        assert_eq!(typed("# see §16.7| too"), some("§16.7", None, "16.7"));
        assert_eq!(typed("# §task gr|"), some("§task gr", None, "task gr"));
        assert_eq!(typed("# Handbook §http|"), some("Handbook §http", Some(1), "http"));
        for text in
            ["'§|' # x", "# see|", "# see §5.4 for |", "# RFC 9110 §|", "# § these words are a sentence |", "|# §"]
        {
            assert_eq!(typed(text), None, "{text}");
        }
    }
}
