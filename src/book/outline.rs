//! The sections of any book, from its headings: with the numbers that they have, or numbered by how they are nested.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::manuscript::{Code, Content, Heading, HeadingNumber, Manuscript};
use super::{SectionKind, SectionNumber};

/// Longer titles are cut, in characters.
const LONGEST_TITLE: usize = 200;

/// Where the numbers of the sections come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// From the headings.
    Printed,
    /// From how the headings are nested: the book has none.
    Nesting,
}

/// The sections of a book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// The heading above all others, where there is one.
    pub title: Option<String>,
    /// Where the numbers come from.
    pub numbering: Numbering,
    /// In the order of their first sections.
    pub chapters: Vec<OutlineChapter>,
    /// In the order of the book. Every one is of one of the chapters.
    pub sections: Vec<OutlineSection>,
    /// What a reader might not expect: line from 1, and a sentence.
    pub remarks: Vec<(u32, String)>,
}

/// A chapter of an [`Outline`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlineChapter {
    /// Its number.
    pub number: u16,
    /// Its heading without the number.
    pub title: String,
}

/// A section of an [`Outline`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlineSection {
    /// Its number; the second section with one number has the letter `b`.
    pub number: SectionNumber,
    /// Its heading without the number; never empty.
    pub title: String,
    /// What the title says that it is for.
    pub kind: SectionKind,
    /// The line of its heading in the manuscript's text, from 1.
    pub line: u32,
    /// Its own blocks in the manuscript, without the heading and without the sections below it.
    pub blocks: Range<usize>,
}

impl Outline {
    /// Finds the sections of a book.
    pub fn of(manuscript: &Manuscript) -> Self {
        let blocks = manuscript.blocks.iter().enumerate();
        let mut headings: Vec<Found<'_>> = blocks
            .filter_map(|(at, block)| match &block.content {
                Content::Heading(heading) => Some(Found { heading, line: block.line, at }),
                _ => None,
            })
            .collect();
        let is_section = |found: &&Found<'_>| matches!(found.heading.number, Some(HeadingNumber::Section(_)));
        let numbered = headings.iter().filter(is_section).count();
        let numbering =
            if numbered > 0 && numbered * 3 >= headings.len() { Numbering::Printed } else { Numbering::Nesting };
        let title = title(&headings);
        if title.is_some() {
            headings.remove(0);
        }
        let places = match numbering {
            Numbering::Printed => headings.iter().map(Found::printed).collect(),
            Numbering::Nesting => nested(&headings),
        };
        let mut outline = Self { title, numbering, chapters: Vec::new(), sections: Vec::new(), remarks: Vec::new() };
        outline.fill(&headings, &places, manuscript);
        outline
    }

    fn fill(&mut self, headings: &[Found<'_>], places: &[Place], manuscript: &Manuscript) {
        let mut used = BTreeSet::new();
        let mut places_of_chapters = BTreeMap::new();
        let mut open = |chapters: &mut Vec<OutlineChapter>, number: u16, title: &str| {
            let at = *places_of_chapters.entry(number).or_insert(chapters.len());
            if at == chapters.len() {
                chapters.push(OutlineChapter { number, title: String::new() });
            }
            if chapters[at].title.is_empty() {
                chapters[at].title = clean(title);
            }
        };
        let mut introductions = Vec::new();
        let mut end = manuscript.blocks.len();
        let mut below = Vec::new();
        // From the end, so that where a section ends is known.
        let mut found_sections = Vec::new();
        for (found, place) in headings.iter().zip(places).rev() {
            let blocks = found.at + 1..end;
            match *place {
                Place::Below => below.push(found.line),
                Place::Chapter(_) | Place::Section(_) => {
                    end = found.at;
                    found_sections.push((found, *place, blocks));
                }
            }
        }
        for (found, place, blocks) in found_sections.into_iter().rev() {
            match place {
                Place::Chapter(number) => {
                    open(&mut self.chapters, number, &found.heading.title);
                    let number = SectionNumber { chapter: number, section: 0, subsection: None, repeat: None };
                    introductions.push(section(number, found, blocks));
                }
                Place::Section(number) => {
                    open(&mut self.chapters, number.chapter, "");
                    let Some(free) = free(number, &mut used) else {
                        self.remark(found.line, format!("section {number} stands too often; this one is left out"));
                        continue;
                    };
                    if free != number {
                        self.remark(found.line, format!("section {number} stands more than once; this one is {free}"));
                    }
                    self.sections.push(section(free, found, blocks));
                }
                Place::Below => {}
            }
        }
        if let Some(line) = below.last() {
            let what = match self.numbering {
                Numbering::Printed => "without a number",
                Numbering::Nesting => "more than three deep",
            };
            self.remark(*line, format!("{} headings {what} are part of the section above them", below.len()));
        }
        self.introduce(introductions, manuscript);
    }

    /// What stands between the heading of a chapter and its first section becomes section 0 where it has code, or when it is
    /// all there is of the chapter.
    fn introduce(&mut self, introductions: Vec<OutlineSection>, manuscript: &Manuscript) {
        let chapters: BTreeSet<u16> = self.sections.iter().map(|section| section.number.chapter).collect();
        let mut numbers: BTreeSet<SectionNumber> = self.sections.iter().map(|section| section.number).collect();
        for introduction in introductions {
            let blocks = &manuscript.blocks[introduction.blocks.clone()];
            let has_code =
                blocks.iter().any(|block| matches!(&block.content, Content::Code(code) if may_be_python(code)));
            let alone = !chapters.contains(&introduction.number.chapter);
            if (has_code || alone) && numbers.insert(introduction.number) {
                self.sections.push(introduction);
            }
        }
        self.sections.sort_by_key(|section| section.line);
        for chapter in self.chapters.iter_mut().filter(|chapter| chapter.title.is_empty()) {
            // The one chapter of a book whose headings are all on one level.
            let whole = self.title.clone().filter(|_| self.numbering == Numbering::Nesting);
            chapter.title = whole.unwrap_or_else(|| format!("Chapter {}", chapter.number));
        }
    }

    fn remark(&mut self, line: u32, text: String) {
        self.remarks.push((line, text));
    }
}

/// A heading in its place.
#[derive(Clone, Copy)]
struct Found<'m> {
    heading: &'m Heading,
    line: u32,
    /// Its place among the manuscript's blocks.
    at: usize,
}

impl Found<'_> {
    /// What it opens by the number that it has.
    fn printed(&self) -> Place {
        match self.heading.number {
            Some(HeadingNumber::Chapter(number)) => Place::Chapter(number),
            Some(HeadingNumber::Section(number)) => Place::Section(number),
            None => Place::Below,
        }
    }
}

/// What a heading opens.
#[derive(Clone, Copy)]
enum Place {
    Chapter(u16),
    Section(SectionNumber),
    /// Nothing: it is part of what is open.
    Below,
}

/// The first heading, when it has no number and no other is as far up.
fn title(headings: &[Found<'_>]) -> Option<String> {
    let (first, others) = headings.split_first()?;
    let alone = first.heading.number.is_none() && others.iter().all(|other| other.heading.level > first.heading.level);
    (alone && !others.is_empty()).then(|| clean(&first.heading.title)).filter(|title| !title.is_empty())
}

/// Numbers headings by how they are nested. Where all are on one level, they are the sections of one chapter.
fn nested(headings: &[Found<'_>]) -> Vec<Place> {
    let flat = headings.windows(2).all(|pair| pair[0].heading.level == pair[1].heading.level);
    // The levels that are open; the chapter of a flat book is above all.
    let mut open: Vec<u8> = if flat { vec![0] } else { Vec::new() };
    let mut last = [u16::from(flat), 0, 0];
    let place = |found: &Found<'_>| {
        while open.last().is_some_and(|level| *level >= found.heading.level) {
            open.pop();
        }
        let depth = open.len();
        open.push(found.heading.level);
        let Some(number) = last.get_mut(depth) else { return Place::Below };
        *number = match found.heading.number {
            Some(HeadingNumber::Chapter(printed)) if depth == 0 && printed > *number => printed,
            _ => number.saturating_add(1),
        };
        last[depth + 1..].fill(0);
        let [chapter, section, subsection] = last;
        match depth {
            0 => Place::Chapter(chapter),
            depth => Place::Section(SectionNumber {
                chapter,
                section,
                subsection: (depth == 2).then_some(subsection),
                repeat: None,
            }),
        }
    };
    headings.iter().map(place).collect()
}

/// The number, or with the first letter that is free; `None` when all are taken.
fn free(number: SectionNumber, used: &mut BTreeSet<SectionNumber>) -> Option<SectionNumber> {
    let letters = std::iter::once(number.repeat).chain(('b'..='z').map(Some));
    letters.map(|repeat| SectionNumber { repeat, ..number }).find(|number| used.insert(*number))
}

fn section(number: SectionNumber, found: &Found<'_>, blocks: Range<usize>) -> OutlineSection {
    let title = clean(&found.heading.title);
    let title = if title.is_empty() { format!("Section {number}") } else { title };
    OutlineSection { number, kind: kind_of(&title), title, line: found.line, blocks }
}

/// Whether code is Python by what the book says, or, where it says nothing, by how a line begins.
fn may_be_python(code: &Code) -> bool {
    let begins =
        |line: &str| [">>> ", "import ", "from ", "def ", "class ", "@"].iter().any(|word| line.starts_with(word));
    code.language.starts_with("py") || (code.language.is_empty() && code.text.lines().any(begins))
}

/// A title on one line, without control characters, and not too long.
fn clean(title: &str) -> String {
    let printable: String = title.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let words: Vec<_> = printable.split_whitespace().collect();
    words.join(" ").chars().take(LONGEST_TITLE).collect::<String>().trim_end().to_owned()
}

/// What a section is for, where its title leaves no doubt.
fn kind_of(title: &str) -> SectionKind {
    let title = title.to_lowercase().replace('’', "'");
    let has = |words: &[&str]| words.iter().any(|word| title.contains(word));
    let is = |words: &[&str]| words.contains(&&*title);
    if has(&["summary", "key takeaways", "recap"]) || is(&["conclusion", "conclusions"]) {
        SectionKind::Summary
    } else if has(&["next chapter", "what's next", "next steps", "further reading"]) {
        SectionKind::Next
    } else if has(&["chapter overview", "prerequisites"]) || is(&["overview", "preface", "introduction", "contents"]) {
        SectionKind::Overview
    } else if has(&["pitfall", "common mistakes", "gotchas", "anti-pattern", "antipattern"]) {
        SectionKind::Pitfalls
    } else if has(&["example", "exercise", "case study", "walkthrough"]) {
        SectionKind::Example
    } else {
        SectionKind::Concept
    }
}
