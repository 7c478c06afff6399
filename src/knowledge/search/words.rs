//! The words of every section and rule, each with how much it says about it.

use std::collections::{BTreeMap, HashMap};

use super::super::{Knowledge, Note, Rule, Trigger};
use super::distance::distance;
use super::{NAMED, Target};
use crate::book::SectionKind;

/// A word tells more about a section where it stands in the title than in the text.
const TITLE: f32 = 12.0;
const SYMBOL: f32 = 6.0;
const SUMMARY: f32 = 3.0;
const POINTS: f32 = 2.0;
const DETAILS: f32 = 1.5;
const CODE: f32 = 0.5;

/// Words that questions are made of.
const NOISE: [&str; 20] = [
    "a", "an", "the", "of", "to", "how", "do", "does", "i", "what", "when", "why", "my", "it", "be", "can", "should",
    "you", "we", "there",
];

/// From words to what they tell about.
#[derive(Debug)]
pub(in super::super) struct Words {
    targets: Vec<(Target, f32)>,
    /// Sorted by word; for each target the weight of the word in it.
    words: Vec<(String, Vec<(usize, f32)>)>,
}

#[derive(Default)]
struct Builder {
    targets: Vec<(Target, f32)>,
    words: BTreeMap<String, BTreeMap<usize, f32>>,
}

impl Builder {
    fn target(&mut self, target: Target, weight: f32) {
        self.targets.push((target, weight));
    }

    /// Adds the words of a text to the newest target; a word's best place counts.
    fn text(&mut self, text: &str, weight: f32) {
        let target = self.targets.len() - 1;
        for word in pieces(text) {
            let known = self.words.entry(word).or_default().entry(target).or_default();
            *known = known.max(weight);
        }
    }

    fn title(&mut self, text: &str) {
        let (head, explanation) = cut(text);
        // A word is half of a title of two words, and little of one of eight.
        let length = split(head).len().max(1) as f32;
        self.text(head, TITLE * 0.5 + TITLE * 0.5 / length);
        self.text(explanation, TITLE * 0.5);
    }

    fn note(&mut self, note: &Note) {
        for trigger in &*note.triggers {
            match trigger {
                Trigger::Symbol(name) | Trigger::SymbolTree(name) | Trigger::Rule(name) | Trigger::Dunder(name) => {
                    self.text(name, SYMBOL);
                }
                Trigger::Method { class, name } => self.text(&format!("{class} {name}"), SYMBOL),
                Trigger::Keyword { callee, keyword } => self.text(&format!("{callee} {keyword}"), SYMBOL),
                Trigger::File { glob, path } => self.text(&format!("{glob} {path}"), SYMBOL),
                Trigger::Syntax(construct) => self.text(construct.name(), SUMMARY),
            }
        }
        self.text(&note.summary, SUMMARY);
        self.text(&note.key_points, POINTS);
        self.text(&note.pitfalls, DETAILS);
        self.text(&note.erratum, DETAILS);
        self.text(&note.example, CODE);
    }

    fn rule(&mut self, rule: &Rule) {
        self.title(&rule.name);
        self.text(&rule.message, SUMMARY);
        self.text(&rule.docs.what, POINTS);
        self.text(&rule.docs.why, DETAILS);
    }
}

impl Words {
    pub(in super::super) fn new(knowledge: &Knowledge) -> Self {
        let mut builder = Builder::default();
        for (volume, book) in knowledge.volumes().iter().enumerate() {
            for section in &*book.book().sections {
                let weight = match section.kind {
                    SectionKind::Overview | SectionKind::Summary | SectionKind::Next => 0.5,
                    SectionKind::Example | SectionKind::Pitfalls => 0.9,
                    _ => 1.0,
                };
                builder.target(Target::Section { volume, number: section.number }, weight);
                builder.title(&section.title);
                if let Some(note) = book.note_of(section.number) {
                    builder.note(knowledge.note(note));
                }
            }
            for (id, rule) in book.rules() {
                builder.target(Target::Rule(id), 1.0);
                builder.rule(rule);
            }
        }
        let words = builder.words.into_iter().map(|(word, targets)| (word, targets.into_iter().collect()));
        Self { targets: builder.targets, words: words.collect() }
    }

    /// Calls `found` for everything that shares words with the query, with a score below [`NAMED`].
    pub(super) fn search(&self, query: &str, found: &mut dyn FnMut(Target, f32)) {
        let all = split(query);
        let mut wanted: Vec<&str> = all.iter().map(String::as_str).filter(|word| !NOISE.contains(word)).collect();
        if wanted.is_empty() {
            wanted = all.iter().map(String::as_str).collect();
        }
        let mut totals: HashMap<usize, (f32, f32)> = HashMap::new();
        for word in &wanted {
            for (target, score) in self.scores(word) {
                let total = totals.entry(target).or_default();
                total.0 += score;
                total.1 += 1.0;
            }
        }
        for (target, (score, matched)) in totals {
            let (target, weight) = self.targets[target];
            // All words of a query together mean more than one of them many times over.
            let share = matched / wanted.len() as f32;
            let score = score * share * share * weight;
            found(target, 0.99 * NAMED * score / (score + 100.0));
        }
    }

    /// How much a word of the query says about each target: by itself, by its parts, as a beginning, or mistyped.
    fn scores(&self, word: &str) -> HashMap<usize, f32> {
        let mut scores = HashMap::new();
        let mut add = |(_, targets): &(String, Vec<(usize, f32)>), factor: f32| {
            // A word that stands everywhere says little.
            let rarity = (1.0 + self.targets.len() as f32 / targets.len() as f32).ln();
            for (target, weight) in targets {
                let score = scores.entry(*target).or_insert(0.0_f32);
                *score = score.max(weight * rarity * factor);
            }
        };
        let exact = self.words.binary_search_by(|(known, _)| known.as_str().cmp(word));
        if let Ok(at) = exact {
            add(&self.words[at], 1.0);
        }
        let letters: Vec<char> = word.chars().collect();
        if letters.len() >= 3 {
            let from = self.words.partition_point(|(known, _)| known.as_str() < word);
            for entry in self.words[from..].iter().take_while(|(known, _)| known.starts_with(word)) {
                add(entry, 0.8 * word.len() as f32 / entry.0.len() as f32);
            }
        }
        let most = match letters.len() {
            // Nobody means another number.
            _ if word.contains(|letter: char| letter.is_ascii_digit()) => 0,
            0..=3 => 0,
            4..=6 => 1,
            _ => 2,
        };
        if exact.is_err() && most > 0 {
            for entry in &self.words {
                let known: Vec<char> = entry.0.chars().collect();
                match distance(&letters, &known, most) {
                    Some(0 | 1) => add(entry, 0.7),
                    Some(_) => add(entry, 0.4),
                    None => {}
                }
            }
        }
        scores
    }
}

/// The words of a text in lower case, in the singular; identifiers stay whole.
pub(super) fn split(text: &str) -> Vec<String> {
    raw(text).map(singular).collect()
}

/// A title, and what is printed behind it in brackets, after a dash or a colon.
pub(super) fn cut(title: &str) -> (&str, &str) {
    let end = [" (", " — ", ": "].iter().filter_map(|mark| title.find(mark)).min();
    title.split_at(end.unwrap_or(title.len()))
}

fn raw(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).filter(|word| !word.is_empty())
}

/// The words of a text, and the parts of its identifiers: `TaskGroup` is also `task` and `group`.
fn pieces(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for word in raw(text) {
        words.push(singular(word));
        let mut part = String::new();
        let mut lower = false;
        let mut parts = Vec::new();
        for letter in word.chars() {
            if letter == '_' || (lower && letter.is_uppercase()) {
                parts.push(std::mem::take(&mut part));
            }
            if letter != '_' {
                part.push(letter);
            }
            lower = letter.is_lowercase();
        }
        parts.push(part);
        if parts.len() > 1 {
            words.extend(parts.iter().filter(|part| !part.is_empty()).map(|part| singular(part)));
        }
    }
    words
}

fn singular(word: &str) -> String {
    let lower = word.to_lowercase();
    if lower.len() <= 3 || !lower.ends_with('s') || lower.ends_with("ss") {
        return lower;
    }
    if let Some(stem) = lower.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    let long = ["sses", "shes", "ches", "xes"].iter().any(|ending| lower.ends_with(ending));
    lower[..lower.len() - if long { 2 } else { 1 }].to_owned()
}
