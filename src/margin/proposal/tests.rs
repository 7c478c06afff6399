//! The proposals for the *Python Bible* beside the triggers that people chose for its notes. `MARGINALIA_BOOK` names a copy.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::uses::{Uses, uses};
use super::{Proposal, passages, propose};
use crate::book::SectionNumber;
use crate::book::manuscript::{Format, Manuscript};
use crate::book::outline::Outline;
use crate::knowledge::{Knowledge, Trigger};

/// Numbers that belong together: right of all.
#[derive(Clone, Copy, Default)]
struct Share {
    right: usize,
    all: usize,
}

impl Share {
    fn count(&mut self, right: bool) {
        self.right += usize::from(right);
        self.all += 1;
    }

    fn part(self) -> f64 {
        f64::from(self.right as u32) / f64::from(self.all.max(1) as u32)
    }
}

/// What is measured.
#[derive(Clone, Copy, Default)]
struct Agreement {
    /// Proposals that are curated triggers of the section.
    same: Share,
    /// Proposals that lead to the section by a curated trigger: of the same name, or of the module or class around it.
    precision: Share,
    /// Curated triggers that the section's code has, and that are proposed or led to.
    recall: Share,
    /// Sections with a curated trigger in their code for which one of them is proposed.
    sections: Share,
    /// Triggers that are both curated and proposed whose section with the best score is a curated one.
    top: Share,
}

/// One section, or one part of the other.
fn are_related(a: SectionNumber, b: SectionNumber) -> bool {
    let plain = |number: SectionNumber| SectionNumber { repeat: None, ..number };
    plain(a).is_within(plain(b)) || plain(b).is_within(plain(a))
}

/// Whether the code that the one stands for, or most of it, leads to the other: equal, or one around the other.
fn agree(a: &Trigger, b: &Trigger) -> bool {
    let path = |trigger: &Trigger| {
        let text = trigger.to_string();
        let (kind, name) = text.split_once(':').unwrap();
        let name = name.trim_end_matches(".*").split('(').next().unwrap();
        let kind = if kind == "syntax" { kind } else { "name" };
        format!("{kind}.{}.", name.trim_start_matches("builtins."))
    };
    let (a, b) = (path(a), path(b));
    a.starts_with(&b) || b.starts_with(&a)
}

type Triggers = BTreeMap<SectionNumber, BTreeSet<String>>;

/// The triggers of a section and of those that it is part of, or that are part of it.
fn around(number: SectionNumber, all: &Triggers) -> Vec<Trigger> {
    let related = all.iter().filter(|(other, _)| are_related(number, **other));
    related.flat_map(|(_, triggers)| triggers).map(|text| text.parse().unwrap()).collect()
}

fn curated(knowledge: &Knowledge) -> Triggers {
    let in_code = |trigger: &&Trigger| !matches!(trigger, Trigger::Rule(_) | Trigger::File { .. });
    let of_note = |triggers: &[Trigger]| triggers.iter().filter(in_code).map(ToString::to_string).collect();
    knowledge.notes().map(|(_, note)| (note.section, of_note(&note.triggers))).collect()
}

struct Imported {
    numbers: Vec<SectionNumber>,
    uses: Vec<Uses>,
    proposals: Vec<Vec<Proposal>>,
}

fn imported(bytes: &[u8]) -> Imported {
    let manuscript = Manuscript::read(bytes, Format::Text).unwrap();
    let outline = Outline::of(&manuscript);
    let passages = passages(&manuscript, &outline);
    let numbers = passages.iter().map(|passage| passage.number).collect();
    Imported { numbers, uses: uses(&passages, &|| {}), proposals: propose(&passages, &|| {}) }
}

/// The agreement of each chapter; `misses` is told what a person would look at.
fn measure(imported: &Imported, curated: &Triggers, misses: &mut String) -> BTreeMap<u16, Agreement> {
    let mut found: BTreeMap<u16, Agreement> = BTreeMap::new();
    let mut proposed = Triggers::new();
    for (number, proposals) in imported.numbers.iter().zip(&imported.proposals) {
        proposed.insert(*number, proposals.iter().map(|proposal| proposal.trigger.to_string()).collect());
    }
    let mut best: BTreeMap<String, (f64, SectionNumber)> = BTreeMap::new();
    for ((&number, proposals), uses) in imported.numbers.iter().zip(&imported.proposals).zip(&imported.uses) {
        let chapter = found.entry(number.chapter).or_default();
        let wanted = around(number, curated);
        for proposal in proposals {
            chapter.same.count(wanted.contains(&proposal.trigger));
            let right = wanted.iter().any(|wanted| agree(wanted, &proposal.trigger));
            chapter.precision.count(right);
            if !right {
                writeln!(misses, "not curated {number} {} {:.1}", proposal.trigger, proposal.score).unwrap();
            }
            let known = best.entry(proposal.trigger.to_string()).or_insert((0.0, number));
            if proposal.score > known.0 {
                *known = (proposal.score, number);
            }
        }
        let offered = around(number, &proposed);
        let own = curated.get(&number).into_iter().flatten().map(|text| text.parse::<Trigger>().unwrap());
        let in_code: Vec<Trigger> = own.filter(|trigger| uses.contains_key(trigger)).collect();
        let hits = in_code.iter().map(|wanted| offered.iter().any(|offered| agree(wanted, offered)));
        let hits: Vec<bool> = hits.collect();
        for (wanted, &hit) in in_code.iter().zip(&hits) {
            chapter.recall.count(hit);
            if !hit {
                writeln!(misses, "not proposed {number} {wanted}").unwrap();
            }
        }
        if !hits.is_empty() {
            chapter.sections.count(hits.contains(&true));
        }
    }
    for (trigger, (_, number)) in best {
        let mut wanted = curated.iter().filter(|(_, triggers)| triggers.contains(&trigger)).peekable();
        if wanted.peek().is_some() {
            let right = wanted.any(|(wanted, _)| are_related(*wanted, number));
            found.entry(number.chapter).or_default().top.count(right);
        }
    }
    found
}

fn row(name: &str, it: &Agreement) -> String {
    let shares = [it.same, it.precision, it.recall, it.sections, it.top];
    let cells: Vec<_> = shares
        .iter()
        .map(|share| format!("{:>4}/{:<4}{:>4.0} %", share.right, share.all, share.part() * 100.0))
        .collect();
    format!("{name:>7}  {}\n", cells.join("  "))
}

#[test]
fn the_proposals_are_what_people_chose() {
    let Some(path) = std::env::var_os("MARGINALIA_BOOK") else {
        println!("MARGINALIA_BOOK is not set: the real book is not read");
        return;
    };
    let bytes = std::fs::read(path).unwrap();
    let run = move || {
        let mut misses = String::new();
        let found = measure(&imported(&bytes), &curated(&Knowledge::builtin()), &mut misses);
        (found, misses)
    };
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(run).unwrap();
    let (found, misses) = thread.join().unwrap();
    let mut all = Agreement::default();
    let mut table =
        "chapter       same trigger        precision           recall         sections      top section\n".to_owned();
    for (chapter, part) in &found {
        table += &row(&chapter.to_string(), part);
        for (sum, part) in [
            (&mut all.same, part.same),
            (&mut all.precision, part.precision),
            (&mut all.recall, part.recall),
            (&mut all.sections, part.sections),
            (&mut all.top, part.top),
        ] {
            sum.right += part.right;
            sum.all += part.all;
        }
    }
    println!("{table}{}\n{misses}", row("all", &all));
    assert!(all.precision.all > 450, "{} proposals", all.precision.all);
    assert!(all.recall.all > 400, "{} curated triggers in the code", all.recall.all);
    for (what, share, least) in [
        ("same trigger", all.same, 0.61),
        ("precision", all.precision, 0.77),
        ("recall", all.recall, 0.78),
        ("sections", all.sections, 0.88),
        ("top section", all.top, 0.8),
    ] {
        assert!(share.part() >= least, "{what}: {:.1} %\n{table}", share.part() * 100.0);
    }
}
