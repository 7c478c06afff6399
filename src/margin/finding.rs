//! What the margin says about a place: findings and their fixes.

use std::fmt;

use ruff_python_ast::name::Name;
use ruff_text_size::TextRange;

use crate::knowledge::RuleId;

/// A place where a rule of the book is broken. Offsets are bytes of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: RuleId,
    /// What to underline.
    pub range: TextRange,
    /// One sentence, without the section at its end.
    pub message: String,
    /// Other places that matter, each with what to say there.
    pub related: Vec<(TextRange, String)>,
    /// The repair, where there is one.
    pub fix: Option<Fix>,
}

/// A repair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an order: "Add `@functools.wraps(func)`".
    pub title: String,
    /// Keeps the program's meaning.
    pub safe: bool,
    /// Sorted by place, not overlapping.
    pub edits: Vec<Edit>,
    /// What must be imported for it; added in the right place, once, when the fix is applied.
    pub imports: Vec<Import>,
}

/// An import that a fix needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The module, by its full name.
    pub module: Name,
    /// What is imported from it; the module itself when there is nothing.
    pub name: Option<Name>,
}

impl fmt::Display for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "from {} import {name}", self.module),
            None => write!(f, "import {}", self.module),
        }
    }
}

/// Replace a range of the document by a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What goes.
    pub range: TextRange,
    /// What comes.
    pub text: String,
}

impl Edit {
    /// The one edit that turns a text into another; `None` when they are the same.
    pub fn between(old: &str, new: &str) -> Option<Self> {
        if old == new {
            return None;
        }
        let same = |(one, other): &((usize, char), char)| one.1 == *other;
        let start =
            old.char_indices().zip(new.chars()).take_while(same).map(|((_, it), _)| it.len_utf8()).sum::<usize>();
        let (old_rest, new_rest) = (&old[start..], &new[start..]);
        let backwards = old_rest.chars().rev().zip(new_rest.chars().rev());
        let end = backwards.take_while(|(one, other)| one == other).map(|(it, _)| it.len_utf8()).sum::<usize>();
        let range = TextRange::new((start as u32).into(), ((old.len() - end) as u32).into());
        Some(Self { range, text: new_rest[..new_rest.len() - end].to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::margin::fixes::apply;

    #[test]
    fn the_edit_between_two_texts_is_small_and_turns_one_into_the_other() {
        for (old, new, inserted) in
            [("ab", "aXb", "X"), ("", "x", "x"), ("aa", "a", ""), ("é1", "é2", "2"), ("aba", "ababa", "ba")]
        {
            let edit = Edit::between(old, new).unwrap();
            assert_eq!(apply(old, std::slice::from_ref(&edit)), new);
            assert_eq!(edit.text, inserted, "{old} -> {new}");
        }
        assert_eq!(Edit::between("a", "a"), None);
    }
}
