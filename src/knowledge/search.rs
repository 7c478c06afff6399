//! Finds sections and rules by number, title, symbol, rule name, another tool's code, or words; forgives typing errors.

// Scores only order the hits: no count comes near the limit of what an `f32` can hold.
#![expect(clippy::cast_precision_loss)]

mod distance;
mod words;

use std::collections::HashMap;

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

pub(super) use words::Words;

use super::index::preference;
use super::{Knowledge, Note, Rule, RuleId, Trigger};
use crate::book::SectionNumber;
use crate::python::Construct;

/// What a hit leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// A section, with or without a note.
    Section {
        /// Which of [`Knowledge::volumes`].
        volume: usize,
        /// The section's number in that book.
        number: SectionNumber,
    },
    /// A rule.
    Rule(RuleId),
}

/// Something that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// What.
    pub target: Target,
    /// How well it answers, from 0. Above [`NAMED`] the query names it, below it only shares words.
    pub score: f32,
}

/// Hits above this score were named by the query: by number, title, symbol, rule name or code.
pub const NAMED: f32 = 400.0;

/// Characters of a query that are read: nobody types more, and every word costs a look at every other.
const LONGEST_QUERY: usize = 200;

/// A hit that scores less than this share of the best one is none.
const NOISE: f32 = 0.04;

// What a query names counts more than any number of words that it shares; among names, the more exact first.
const NUMBER: f32 = 1200.0;
const RULE_NAME: f32 = 1100.0;
const TITLE: f32 = 1000.0;
const TITLE_HEAD: f32 = 950.0;
const CODE: f32 = 900.0;
const SYMBOL: f32 = 800.0;
const SYNTAX: f32 = 750.0;
const SYMBOL_END: f32 = 700.0;
const SYNTAX_END: f32 = 600.0;
const PACKAGE: f32 = 550.0;
const LAST_NAME: f32 = 500.0;

/// Names under which everybody imports a package.
const ALIASES: [(&str, &str); 5] =
    [("np", "numpy"), ("pa", "pyarrow"), ("pd", "pandas"), ("pl", "polars"), ("sa", "sqlalchemy")];

/// The best `limit` hits, the best first.
pub fn search(knowledge: &Knowledge, query: &str, limit: usize) -> Vec<Hit> {
    let end = query.char_indices().nth(LONGEST_QUERY).map_or(query.len(), |(at, _)| at);
    let query = query[..end].trim();
    if query.is_empty() {
        return Vec::new();
    }
    let mut found = Found::default();
    if let Some(numbers) = NumberQuery::read(query) {
        by_number(knowledge, &numbers, &mut found);
    } else {
        let words = knowledge.words();
        words.search(query, &mut |target, score| found.add(target, score));
        by_name(knowledge, &Named::read(query), &mut found);
        if found.0.is_empty() {
            by_letters(knowledge, query, &mut found);
        }
    }
    found.best(knowledge, limit)
}

/// Scores by target: the best name counts, and shared words on top of it.
#[derive(Default)]
struct Found(HashMap<Target, (f32, f32)>);

impl Found {
    /// Shared words.
    fn add(&mut self, target: Target, score: f32) {
        self.0.entry(target).or_default().1 += score;
    }

    /// A name; of several the best counts.
    fn name(&mut self, target: Target, score: f32) {
        let named = &mut self.0.entry(target).or_default().0;
        *named = named.max(score);
    }

    fn best(self, knowledge: &Knowledge, limit: usize) -> Vec<Hit> {
        let mut hits: Vec<_> =
            self.0.into_iter().map(|(target, (name, words))| Hit { target, score: name + words }).collect();
        hits.sort_by(|a, b| {
            let order = |hit: &Hit| place(knowledge, hit.target);
            b.score.total_cmp(&a.score).then_with(|| order(a).cmp(&order(b)))
        });
        let best = hits.first().map_or(0.0, |hit| hit.score);
        hits.retain(|hit| hit.score >= best * NOISE);
        hits.truncate(limit);
        hits
    }
}

/// The order of hits that answer equally well.
fn place(knowledge: &Knowledge, target: Target) -> impl Ord + use<> {
    match target {
        Target::Section { volume, number } => {
            (0, volume, Some(preference(knowledge.volumes()[volume].book(), number)), target)
        }
        Target::Rule(_) => (1, 0, None, target),
    }
}

/// A query that is a section number, or the beginning of one.
struct NumberQuery {
    /// With the dot at its end when the query had one.
    text: String,
}

impl NumberQuery {
    /// `16`, `16.`, `§5.4`, `16.7.4`, `2.4.1b`.
    fn read(query: &str) -> Option<Self> {
        let text = query.trim_start_matches('§').trim_start();
        let digits = text.strip_suffix(|letter: char| letter.is_ascii_lowercase()).unwrap_or(text);
        let plain = digits.starts_with(|letter: char| letter.is_ascii_digit())
            && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
            && (digits.len() == text.len() || digits.contains('.'));
        plain.then(|| Self { text: text.to_owned() })
    }

    /// How well a number answers: itself first, then what is below it, then what only begins alike (`16.1` and `16.10`).
    fn score(&self, number: SectionNumber) -> Option<f32> {
        let text = number.to_string();
        let rest = text.strip_prefix(&self.text)?;
        let below = self.text.ends_with('.') || rest.starts_with('.');
        Some(match rest.bytes().next() {
            None => NUMBER,
            Some(_) if below => NUMBER - 10.0,
            Some(letter) if letter.is_ascii_lowercase() => NUMBER - 5.0,
            Some(_) => NUMBER - 20.0,
        })
    }
}

fn by_number(knowledge: &Knowledge, query: &NumberQuery, found: &mut Found) {
    // A family of sections is listed as the book has it, not by preference: a hair less for each that follows.
    for (volume, book) in knowledge.volumes().iter().map(super::Volume::book).enumerate() {
        for (at, section) in book.sections.iter().enumerate() {
            if let Some(score) = query.score(section.number) {
                let order = (volume + 1) as f32 * at as f32 / 1000.0;
                found.name(Target::Section { volume, number: section.number }, score - order.min(4.0));
            }
        }
    }
}

/// A query that may be the name of something.
struct Named {
    /// In lower case, without quotes, brackets, `@` and what stands between brackets of a call.
    text: String,
    /// `text` at its dots.
    path: Vec<String>,
    /// The keyword of `run(shell=True)` or `shell=`.
    keyword: Option<String>,
    /// The words of the text.
    words: Vec<String>,
}

impl Named {
    fn read(query: &str) -> Self {
        let lower = query.to_lowercase();
        let bare = lower.trim_matches(['`', '\'', '"', ' ']).trim_start_matches('@');
        let (head, inner) = bare.split_once(['(', '[']).unwrap_or((bare, ""));
        let (head, inner) = if inner.is_empty() && head.contains('=') { ("", head) } else { (head, inner) };
        let keyword = inner.split_once('=').map(|(keyword, _)| keyword.trim().to_owned());
        let keyword = keyword.filter(|keyword| super::is_identifier(keyword));
        // Brackets that follow no name belong to the text: `Keyword-only (*)`.
        let text = if super::is_qualified(head) || keyword.is_some() { head } else { bare };
        let mut text = text.trim().trim_end_matches('.').to_owned();
        if let Some((alias, rest)) = text.split_once('.')
            && let Some((_, package)) = ALIASES.iter().find(|(known, _)| *known == alias)
        {
            text = format!("{package}.{rest}");
        }
        let path = if super::is_qualified(&text) { text.split('.').map(str::to_owned).collect() } else { Vec::new() };
        Self { words: words::split(&text), text, path, keyword }
    }

    /// How well the query names something with this dotted path.
    fn score_path(&self, path: &str) -> f32 {
        if self.path.is_empty() {
            return 0.0;
        }
        let path = path.to_lowercase();
        let mut theirs = path.rsplit('.');
        let common = self.path.iter().rev().take_while(|name| theirs.next() == Some(name)).count();
        if path == self.text {
            SYMBOL
        } else if common == self.path.len() {
            SYMBOL_END
        } else if common > 0 {
            LAST_NAME
        } else {
            0.0
        }
    }

    /// How well the query names a syntax shape: `async with`, `f-string`, `except*`.
    fn score_syntax(&self, construct: Construct) -> f32 {
        let plain = |text: &str| text.replace('*', "star").replace([' ', '_', '-'], "");
        let (query, name) = (plain(&self.text), construct.name());
        if query == plain(name) {
            SYNTAX
        } else if name.rsplit_once('.').is_some_and(|(_, end)| query == plain(end)) {
            SYNTAX_END
        } else {
            0.0
        }
    }

    /// How well the query names a title: all of it, or what stands before an explanation in it.
    fn score_title(&self, title: &str) -> f32 {
        let (head, _) = words::cut(title);
        if self.path.len() > 1 {
            // A dotted name is no phrase: `zebra.Stable` is not about "Zebra stables".
            return if head.to_lowercase() == self.text { TITLE_HEAD } else { 0.0 };
        }
        if self.words.is_empty() {
            0.0
        } else if words::split(title) == self.words {
            TITLE
        } else if words::split(head) == self.words {
            TITLE_HEAD
        } else {
            0.0
        }
    }

    /// How well the query is named by a trigger.
    fn score(&self, trigger: &Trigger) -> f32 {
        match trigger {
            Trigger::Syntax(construct) => self.score_syntax(*construct),
            Trigger::Dunder(name) if **name == *self.text => SYNTAX,
            Trigger::Symbol(name) => self.score_path(name),
            // The package as such; a name inside of it is looked for once, not per note.
            Trigger::SymbolTree(name) => match self.score_path(name) {
                score if score > LAST_NAME => score,
                _ => 0.0,
            },
            Trigger::Method { class, name } => self.score_path(&format!("{class}.{name}")),
            Trigger::Keyword { callee, keyword } => self.score_keyword(callee, keyword),
            Trigger::File { glob, .. } if glob.to_lowercase() == self.text => SYMBOL,
            Trigger::Dunder(_) | Trigger::Rule(_) | Trigger::File { .. } => 0.0,
        }
    }

    fn score_keyword(&self, callee: &str, keyword: &str) -> f32 {
        match &self.keyword {
            Some(wanted) if *wanted != keyword.to_lowercase() => 0.0,
            Some(_) if self.path.is_empty() => SYMBOL_END,
            Some(_) => match self.score_path(callee) {
                score if score > LAST_NAME => score + 20.0,
                _ => 0.0,
            },
            None if self.path.len() == 1 && self.text == keyword.to_lowercase() => LAST_NAME,
            None => 0.0,
        }
    }

    /// `B006`, `ruff:B006`, `ruff B006`.
    fn is_code(&self, code: &str) -> bool {
        let code = code.trim_start_matches('~').to_lowercase();
        let bare = code.split_once(':').map_or(&*code, |(_, bare)| bare);
        self.text == bare || self.text == code || self.text == code.replace(':', " ")
    }
}

fn by_name(knowledge: &Knowledge, query: &Named, found: &mut Found) {
    for (volume, book) in knowledge.volumes().iter().enumerate() {
        let section = |number| Target::Section { volume, number };
        for known in &*book.book().sections {
            found.name_if(section(known.number), query.score_title(&known.title));
        }
        for (_, note) in book.notes() {
            found.name_if(section(note.section), score_note(query, note));
        }
        for (id, rule) in book.rules() {
            found.name_if(Target::Rule(id), score_rule(query, rule));
        }
        if query.path.len() > 1
            && let Some((_, notes)) = knowledge.for_symbol_tree(&query.text)
        {
            for note in notes.iter().map(|id| knowledge.note(*id)).filter(|note| book.note_of(note.section).is_some()) {
                found.name(section(note.section), PACKAGE);
            }
        }
    }
}

impl Found {
    fn name_if(&mut self, target: Target, score: f32) {
        if score > 0.0 {
            self.name(target, score);
        }
    }
}

fn score_note(query: &Named, note: &Note) -> f32 {
    let code = if note.codes.iter().any(|code| query.is_code(code)) { CODE } else { 0.0 };
    note.triggers.iter().map(|trigger| query.score(trigger)).fold(code, f32::max)
}

fn score_rule(query: &Named, rule: &Rule) -> f32 {
    if query.text.replace(['_', ' '], "-") == rule.name {
        RULE_NAME
    } else if rule.equivalents.iter().any(|code| query.is_code(code)) {
        CODE + 20.0
    } else {
        0.0
    }
}

/// The last resort: letters in the right order (`tskgrp`).
fn by_letters(knowledge: &Knowledge, query: &str, found: &mut Found) {
    let pattern = Pattern::new(query, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut score =
        |text: &str| pattern.score(Utf32Str::new(text, &mut buffer), &mut matcher).map(|score| score as f32);
    for (volume, book) in knowledge.volumes().iter().enumerate() {
        for section in &*book.book().sections {
            if let Some(score) = score(&section.title) {
                found.add(Target::Section { volume, number: section.number }, score.min(NAMED));
            }
        }
        for (id, rule) in book.rules() {
            if let Some(score) = score(&rule.name) {
                found.add(Target::Rule(id), score.min(NAMED));
            }
        }
    }
}

#[cfg(test)]
mod tests;
