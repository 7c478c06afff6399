//! The reader's level: which sections come early on their path through the book, and which lie beyond it.
//!
//! It orders and badges; it never hides an exact answer.

use crate::book::Book;
use crate::knowledge::{Knowledge, NoteId};

/// Puts the sections on the reader's path before the others; the first, the closest answer, stays the first.
pub fn in_readers_order(knowledge: &Knowledge, path: &str, notes: &mut [NoteId]) {
    if let Some((_, others)) = notes.split_first_mut() {
        others.sort_by_key(|&note| beyond(knowledge, path, note).is_some());
    }
}

/// The name of the path that a section belongs to, when the reader's path does not go that far yet.
pub fn beyond<'k>(knowledge: &'k Knowledge, path: &str, note: NoteId) -> Option<&'k str> {
    let book = knowledge.note_volume(note).book();
    let reader = book.reading_paths.iter().position(|known| known.name == path)?;
    let at = level(book, knowledge.note(note).section.chapter)?;
    (at > reader).then(|| &*book.reading_paths[at].name)
}

/// The first path that a chapter is on, by its place; `None` for a chapter on no path.
pub(super) fn level(book: &Book, chapter: u16) -> Option<usize> {
    book.reading_paths.iter().position(|path| path.chapters.contains(&chapter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(knowledge: &Knowledge, section: &str) -> NoteId {
        knowledge.note_of(section.parse().expect("a section number")).expect("the section has a note")
    }

    #[test]
    fn sections_beyond_the_path_carry_the_name_of_theirs() {
        let knowledge = Knowledge::builtin();
        let task_group = note(&knowledge, "16.7.4");
        assert_eq!(beyond(&knowledge, "beginner", task_group), Some("advanced"));
        assert_eq!(beyond(&knowledge, "intermediate", task_group), Some("advanced"));
        assert_eq!(beyond(&knowledge, "advanced", task_group), None);
        assert_eq!(beyond(&knowledge, "", task_group), None);
        assert_eq!(beyond(&knowledge, "beginner", note(&knowledge, "5.4.1")), None);
    }

    #[test]
    fn the_closest_answer_stays_first() {
        let knowledge = Knowledge::builtin();
        let (deque, late, early) = (note(&knowledge, "16.7.4"), note(&knowledge, "12.5.3"), note(&knowledge, "5.4.1"));
        let mut notes = [deque, late, early];
        in_readers_order(&knowledge, "beginner", &mut notes);
        assert_eq!(notes, [deque, early, late]);
    }
}
