//! How much speaks for a trigger in a section, and which triggers are proposed.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::everyday::{is_everyday, is_made_up};
use super::heading::{Clearness, EXACT, Heading, LAST, NEARLY, subjects};
use super::uses::{Use, Uses};
use super::{Passage, Proposal};
use crate::book::SectionKind;
use crate::knowledge::Trigger;
use crate::python::{Construct, is_special};

/// Less than this speaks for nothing.
const ENOUGH: f64 = 3.0;

/// For a section for which nothing better speaks, this is enough.
const LEAST: f64 = 2.0;

/// A trigger goes to so many sections; to more where their headings name it.
const MOST_SECTIONS: usize = 2;
const MOST_NAMED_SECTIONS: usize = 5;

/// A further section must have this part of what the first has.
const NEAR_THE_FIRST: f64 = 0.45;

/// So many triggers are proposed for a section.
const MOST_TRIGGERS: usize = 5;

/// Sections of other books that all numbers are seen beside.
const OTHER_SECTIONS: f64 = 60.0;

/// What is of all code counts as if this part of the sections had it.
const EVERYDAY_SHARE: f64 = 0.06;

/// The passages with what they use.
pub(super) struct Weighed<'p> {
    passages: &'p [Passage],
    uses: Vec<Uses>,
    headings: Vec<Heading>,
    /// The heading of the section that a passage is part of.
    parents: Vec<Option<usize>>,
    /// The heading names something that the passage uses.
    named: Vec<bool>,
    /// For each trigger, how many passages have it and how often in all.
    totals: FxHashMap<Trigger, (u32, u32)>,
    /// How many passages have anything.
    filled: u32,
}

/// What speaks for a trigger in a passage.
struct Candidate<'w> {
    passage: usize,
    trigger: &'w Trigger,
    used: Use,
    score: f64,
}

impl<'p> Weighed<'p> {
    pub fn new(passages: &'p [Passage], mut uses: Vec<Uses>) -> Self {
        for (passage, uses) in passages.iter().zip(&mut uses) {
            uses.retain(|trigger, _| is_worth_a_look(trigger));
            for subject in subjects(&passage.title) {
                uses.entry(subject).or_insert(Use { times: 0, line: passage.line });
            }
        }
        let headings: Vec<Heading> = passages.iter().map(|passage| Heading::new(&passage.title)).collect();
        let numbers: FxHashMap<_, _> = passages.iter().enumerate().map(|(at, passage)| (passage.number, at)).collect();
        let parents = passages.iter().map(|passage| numbers.get(&passage.number.parent()?).copied()).collect();
        let named = |(heading, uses): (&Heading, &Uses)| uses.keys().any(|trigger| heading.names(trigger) >= NEARLY);
        let named = headings.iter().zip(&uses).map(named).collect();
        let mut totals: FxHashMap<Trigger, (u32, u32)> = FxHashMap::default();
        for (trigger, used) in uses.iter().flatten() {
            let (sections, times) = totals.entry(trigger.clone()).or_default();
            *sections += 1;
            *times += used.times;
        }
        let filled = uses.iter().filter(|uses| !uses.is_empty()).count() as u32;
        Self { passages, uses, headings, parents, named, totals, filled }
    }

    /// See [`super::propose`].
    pub fn proposals(&self) -> Vec<Vec<Proposal>> {
        let mut by_trigger: FxHashMap<&Trigger, Vec<Candidate<'_>>> = FxHashMap::default();
        for (passage, uses) in self.uses.iter().enumerate() {
            for (trigger, &used) in uses {
                let score = self.score(passage, trigger, used);
                by_trigger.entry(trigger).or_default().push(Candidate { passage, trigger, used, score });
            }
        }
        let mut good: Vec<Vec<&Candidate<'_>>> = vec![Vec::new(); self.passages.len()];
        let mut best: Vec<Option<&Candidate<'_>>> = vec![None; self.passages.len()];
        for candidates in by_trigger.values_mut() {
            candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.passage.cmp(&b.passage)));
        }
        for candidates in by_trigger.values() {
            let first = candidates[0].score;
            for (rank, candidate) in candidates.iter().enumerate() {
                let Candidate { passage, trigger, score, .. } = *candidate;
                let near = rank < MOST_SECTIONS && score >= NEAR_THE_FIRST * first;
                let named = rank < MOST_NAMED_SECTIONS && self.headings[passage].names(trigger) >= NEARLY;
                if score >= ENOUGH && (near || named) {
                    good[passage].push(candidate);
                }
                let better = |known: &Candidate<'_>| order(candidate, known).is_lt();
                if score >= LEAST && best[passage].is_none_or(better) {
                    best[passage] = Some(candidate);
                }
            }
        }
        good.into_iter()
            .zip(best)
            .map(|(mut good, best)| {
                good.sort_by(|a, b| order(a, b));
                if good.is_empty() {
                    good.extend(best);
                }
                self.chosen(&good)
            })
            .collect()
    }

    /// How rare it is in other sections, how often it is here, and whether the heading names it.
    fn score(&self, passage: usize, trigger: &Trigger, used: Use) -> f64 {
        let (sections, times) = self.totals[trigger];
        // In a small book nearly everything is rare: as if there were others beside it that have none of it.
        let all = f64::from(self.filled) + OTHER_SECTIONS;
        // What is of all code is neither rare nor does it say much that it comes often, and more than elsewhere.
        let everyday = is_everyday(trigger);
        let (at_least, often) = if everyday { (EVERYDAY_SHARE * all, 0.5) } else { (0.0, 1.0) };
        let rareness = (all / at_least.max(f64::from(sections))).ln();
        let frequency = 1.0 + often * f64::from(used.times.max(1)).ln();
        let share = (f64::from(used.times) / f64::from(times.max(1))).min(if everyday { 0.3 } else { 1.0 });
        let own = self.headings[passage].names(trigger);
        let parent = self.parents[passage].map_or(0.0, |parent| self.headings[parent].names(trigger));
        let heading: Clearness = own.max(parent / 2.0);
        // A heading that names something else says what the section is about.
        let beside = if self.named[passage] && own < NEARLY { 0.5 } else { 1.0 };
        let score = rareness * frequency * (0.5 + 0.5 * share) * (1.0 + 1.5 * heading) * beside;
        score * weight_of_kind(trigger) * weight_of_section(self.passages[passage].kind)
    }

    /// Leaves out what others say already, and what is too much. The best come first.
    fn chosen(&self, candidates: &[&Candidate<'_>]) -> Vec<Proposal> {
        let mut chosen: Vec<&Candidate<'_>> = Vec::new();
        for candidate in candidates {
            if chosen.len() < MOST_TRIGGERS && self.adds_something(candidate, &chosen, candidates) {
                chosen.push(candidate);
            }
        }
        chosen.into_iter().map(|candidate| self.proposal(candidate)).collect()
    }

    fn adds_something(&self, candidate: &Candidate<'_>, chosen: &[&Candidate<'_>], all: &[&Candidate<'_>]) -> bool {
        let clearness = self.headings[candidate.passage].names(candidate.trigger);
        if chosen.iter().any(|known| known.used == candidate.used && are_one_token(known.trigger, candidate.trigger)) {
            return false;
        }
        let modules = chosen.iter().filter_map(|known| module(known.trigger));
        match candidate.trigger {
            Trigger::SymbolTree(name) => {
                let overlaps = modules.into_iter().any(|other| is_below(other, name) || is_below(name, other));
                let below = |trigger: &Trigger| matches!(trigger, Trigger::Symbol(symbol) if is_below(symbol, name));
                let used = self.uses[candidate.passage].keys().filter(|trigger| below(trigger)).count();
                let offered = all.iter().any(|other| below(other.trigger));
                // The one name that is used of a module says more than the module.
                (clearness >= EXACT || used != 1 || !offered) && !overlaps
            }
            Trigger::Symbol(name) => clearness > 0.0 || !modules.into_iter().any(|module| is_below(name, module)),
            Trigger::Method { class: owner, .. } | Trigger::Keyword { callee: owner, .. } => {
                let told = |known: &&Candidate<'_>| matches!(known.trigger, Trigger::Symbol(name) if name == owner);
                let in_module = modules.into_iter().any(|module| is_below(owner, module));
                clearness >= EXACT || !(in_module || chosen.iter().any(told))
            }
            _ => true,
        }
    }

    fn proposal(&self, candidate: &Candidate<'_>) -> Proposal {
        let Candidate { passage, trigger, used, score } = *candidate;
        Proposal {
            trigger: trigger.clone(),
            times: used.times,
            elsewhere: self.totals[trigger].0 - 1,
            line: used.line,
            in_heading: self.headings[passage].names(trigger) >= LAST,
            score,
        }
    }
}

/// The better first; of equals always the same.
fn order(a: &Candidate<'_>, b: &Candidate<'_>) -> std::cmp::Ordering {
    b.score.total_cmp(&a.score).then_with(|| a.trigger.to_string().cmp(&b.trigger.to_string()))
}

/// Whether a reader could know what it is: no name of the example itself, no private one.
fn is_worth_a_look(trigger: &Trigger) -> bool {
    let public = |name: &str| !name.starts_with('_') && !name.contains("._") && !is_made_up(name);
    match trigger {
        Trigger::Symbol(name) => {
            let special = name.strip_prefix("builtins.").is_some_and(|name| name.starts_with("__"));
            // Of a module alone, the trigger is the module with all its names.
            name.contains('.') && !special && (public(name) || name.starts_with("__future__."))
        }
        Trigger::SymbolTree(name) | Trigger::Method { class: name, .. } => public(name),
        // These take any keyword.
        Trigger::Keyword { callee, .. } => {
            public(callee) && !["builtins.dict", "builtins.str.format"].contains(&&**callee)
        }
        Trigger::Dunder(name) => is_special(name),
        _ => true,
    }
}

/// People write triggers for names sooner than for methods.
fn weight_of_kind(trigger: &Trigger) -> f64 {
    match trigger {
        Trigger::SymbolTree(_) => 0.8,
        Trigger::Keyword { .. } => 0.6,
        Trigger::Method { .. } => 0.55,
        Trigger::Syntax(construct) if FALLBACKS.contains(construct) => 0.4,
        _ => 1.0,
    }
}

/// Shapes that are there for want of a closer one.
const FALLBACKS: [Construct; 8] = [
    Construct::Annotation,
    Construct::ComprehensionAny,
    Construct::Decorator,
    Construct::Import,
    Construct::Keyword,
    Construct::KeywordSoft,
    Construct::ParamAny,
    Construct::String,
];

/// Examples use what other sections explain.
fn weight_of_section(kind: SectionKind) -> f64 {
    match kind {
        SectionKind::Example => 0.6,
        SectionKind::Pitfalls => 0.5,
        // Never shown as a reference.
        SectionKind::Overview | SectionKind::Summary | SectionKind::Next => 0.0,
        SectionKind::Api | SectionKind::Concept | SectionKind::Tooling | SectionKind::Architecture => 1.0,
    }
}

/// Two facts of one token: `isinstance` is a built-in and makes a narrowing.
fn are_one_token(a: &Trigger, b: &Trigger) -> bool {
    let words = |trigger: &Trigger| -> BTreeSet<String> {
        let text = trigger.to_string();
        let words = text.split(['.', ':', '(', '=', ')', '*']).skip(1);
        words.filter(|word| !["", "builtins", "dunder"].contains(word)).map(str::to_owned).collect()
    };
    let shapes = [a, b].into_iter().filter(|trigger| matches!(trigger, Trigger::Syntax(_))).count();
    shapes == 1 && !words(a).is_disjoint(&words(b))
}

fn module(trigger: &Trigger) -> Option<&str> {
    if let Trigger::SymbolTree(name) = trigger { Some(name) } else { None }
}

/// Whether a qualified name is the module's or of something in it.
fn is_below(name: &str, module: &str) -> bool {
    name.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
