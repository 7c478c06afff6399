//! Proposes triggers for the sections of any book from the code in it: what a section uses and others use less, and what
//! its heading names. Each comes with its evidence, for a person to decide.

mod everyday;
mod heading;
mod passages;
mod score;
#[cfg(test)]
mod tests;
mod uses;

pub use passages::{is_whole, passages};

use crate::book::{SectionKind, SectionNumber};
use crate::knowledge::Trigger;

/// A section of a book with its code.
#[derive(Clone, Debug)]
pub struct Passage {
    /// Its number.
    pub number: SectionNumber,
    /// Its heading, without the number.
    pub title: String,
    /// What it is for.
    pub kind: SectionKind,
    /// The line of its heading in the source, from 1.
    pub line: u32,
    /// Its Python code.
    pub code: Vec<Code>,
}

/// A block of Python code.
#[derive(Clone, Debug)]
pub struct Code {
    /// The line of the source at which it begins, from 1.
    pub line: u32,
    /// The code.
    pub text: String,
}

/// A trigger for a section, and what speaks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// The trigger.
    pub trigger: Trigger,
    /// How often the section's code has it; 0 where only the heading names it.
    pub times: u32,
    /// How many other sections have it.
    pub elsewhere: u32,
    /// The first line of the source that has it, from 1; of the heading where no code has it.
    pub line: u32,
    /// Whether the heading names it.
    pub in_heading: bool,
    /// How much speaks for it; to be compared with others of the same book.
    pub score: f64,
}

/// Proposals for each passage, in the passages' order, the best first. Passages must be in the order of the book; `step` is
/// called for each of their chapters.
///
/// Must run on a thread with a large stack: dropping a deep tree recurses.
pub fn propose(passages: &[Passage], step: &dyn Fn()) -> Vec<Vec<Proposal>> {
    let uses = uses::uses(passages, step);
    score::Weighed::new(passages, uses).proposals()
}
