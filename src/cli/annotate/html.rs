//! The margin as a page for a browser: the code in colours, the notes beside their lines, each of which opens. One file,
//! no scripts, nothing fetched.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};

use pulldown_cmark::{Event, Parser, Tag, TagEnd, html};
use ruff_source_file::OneIndexed;
use ruff_text_size::TextRange;
use unicode_width::UnicodeWidthChar;

use super::layout::{line_count, numbers};
use crate::cli::escape::html as escaped;
use crate::cli::output::picture;
use crate::cli::source::Source;
use crate::knowledge::{Knowledge, NoteId, RuleId, render};
use crate::margin::Analysis;
use crate::margin::view::Remark;
use crate::python::Colour;

const STYLE: &str = "\
:root { color-scheme: light dark; --ink: light-dark(#1f2328, #e3e6ea); --quiet: light-dark(#656d76, #8d96a0);
  --section: light-dark(#0b6e75, #6fd3da); --finding: light-dark(#8a5200, #f0b95a);
  --keyword: light-dark(#8250df, #c8a2ff); --string: light-dark(#0a6b33, #8fd6a3);
  --number: light-dark(#0550ae, #8cc4ff); --rule: light-dark(#d8dee4, #30363d); }
body { margin: 2rem; font: 14px/1.5 ui-monospace, Menlo, Consolas, monospace; color: var(--ink); }
h1 { font-size: 1.1rem; }
table { border-collapse: collapse; }
tr:target td.code { background: light-dark(#fff3c4, #3b3317); }
td { vertical-align: top; padding: 0; }
td.line { padding-right: 1.5em; text-align: right; color: var(--quiet); user-select: none; }
td.code { white-space: pre; tab-size: 8; }
td.cell { padding-top: 1em; color: var(--quiet); }
td.margin { padding-left: 2.5em; font: 13px/21px system-ui, sans-serif; min-width: 16rem; max-width: 34rem; }
.k { color: var(--keyword); } .s { color: var(--string); } .n { color: var(--number); } .c { color: var(--quiet); }
details { display: inline-block; vertical-align: top; margin-right: .8em; }
details[open] { display: block; border-left: 2px solid var(--rule); padding-left: .8em; margin-bottom: .6em; }
summary { cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
.section { color: var(--section); text-decoration: none; margin-right: .8em; }
.finding { color: var(--finding); margin-right: .8em; }
summary:hover, a.section:hover { text-decoration: underline; }
.note { color: var(--ink); } .note pre { overflow-x: auto; font: 12px/1.5 ui-monospace, Menlo, Consolas, monospace; }
@media (max-width: 60rem) {
  body { margin: .7rem; } table, tbody, tr, td { display: block; } tr { clear: both; overflow: hidden; min-height: 1.5em; }
  td.line { float: left; width: 2.6em; padding-right: .6em; }
  td.code { white-space: pre-wrap; overflow-wrap: anywhere; padding-left: 3.4em; }
  td.margin { padding-left: 3.4em; max-width: none; min-width: 0; }
}
@media print { body { margin: 0; font-size: 9pt; } td.code { white-space: pre-wrap; } td.margin { font-size: 8pt; } }";

/// Writes the whole file. A section's note stands where it first comes up; later mentions lead there.
pub(super) fn write(
    source: &Source,
    analysis: &Analysis,
    colours: &[(TextRange, Colour)],
    notes: &BTreeMap<usize, Vec<Remark>>,
    out: &mut impl Write,
) -> io::Result<()> {
    let title = escaped(&source.name);
    writeln!(out, "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>")?;
    writeln!(out, "<style>\n{STYLE}\n</style>\n<h1>{title}</h1>\n<table>")?;
    let mut places = numbers(source).into_iter();
    let mut painter = Painter { colours, next: 0 };
    let mut margin = Margin { knowledge: analysis.knowledge(), told: HashSet::new() };
    for at in 0..line_count(analysis) {
        let (number, cell) = places.next().unwrap_or((at + 1, None));
        if let Some(cell) = cell {
            writeln!(out, "<tr><td><td class=\"cell\">cell {cell}<td>")?;
        }
        let range = analysis.lines().line_range(OneIndexed::from_zero_indexed(at), analysis.text());
        let code = painter.line(analysis.text(), range);
        let remarks: Vec<String> = notes.get(&at).into_iter().flatten().map(|remark| margin.remark(remark)).collect();
        let (id, margin) = (at + 1, remarks.concat());
        writeln!(
            out,
            "<tr id=\"{id}\"><td class=\"line\">{number}<td class=\"code\">{code}<td class=\"margin\">{margin}"
        )?;
    }
    writeln!(out, "</table>\n</html>")
}

/// Writes lines of code in colours, one after the other.
struct Painter<'c> {
    colours: &'c [(TextRange, Colour)],
    /// The first stretch that does not end before the line.
    next: usize,
}

impl Painter<'_> {
    fn line(&mut self, text: &str, range: TextRange) -> String {
        let line = text[range].trim_end_matches(['\n', '\r']);
        let start = range.start().to_u32();
        let (mut out, mut column, mut class) = (String::with_capacity(line.len() * 2), 0, None);
        for (at, letter) in line.char_indices() {
            let offset = start + at as u32;
            while self.colours.get(self.next).is_some_and(|(range, _)| range.end().to_u32() <= offset) {
                self.next += 1;
            }
            let here = self.colours.get(self.next).filter(|(range, _)| range.contains(offset.into()));
            let here = here.map(|(_, colour)| class_of(*colour));
            if here != class {
                out.push_str(if class.is_some() { "</span>" } else { "" });
                out.push_str(&here.map_or_else(String::new, |here| format!("<span class=\"{here}\">")));
                class = here;
            }
            column += push(&mut out, letter, column);
        }
        out.push_str(if class.is_some() { "</span>" } else { "" });
        out
    }
}

fn class_of(colour: Colour) -> char {
    match colour {
        Colour::Keyword => 'k',
        Colour::String => 's',
        Colour::Number => 'n',
        Colour::Comment => 'c',
    }
}

/// Adds a character as it is to be seen; says how many columns it takes.
fn push(out: &mut String, letter: char, column: usize) -> usize {
    match letter {
        '\u{feff}' if column == 0 => return 0,
        '\t' => {
            let blanks = 8 - column % 8;
            out.extend(std::iter::repeat_n(' ', blanks));
            return blanks;
        }
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        letter => out.push(picture(letter)),
    }
    letter.width().unwrap_or(1)
}

/// What stands beside the code.
struct Margin<'k> {
    knowledge: &'k Knowledge,
    /// Sections and rules whose text stands on the page already.
    told: HashSet<String>,
}

impl Margin<'_> {
    fn remark(&mut self, remark: &Remark) -> String {
        let (gist, text) = (escaped(&remark.gist), escaped(&remark.text));
        match (remark.note, remark.rule) {
            (Some(note), _) => self.section(note, &gist, &text),
            (None, Some(rule)) => self.finding(rule, &gist, &text),
            (None, None) => format!("<span class=\"finding\" title=\"{gist}\">{text}</span>"),
        }
    }

    fn section(&mut self, note: NoteId, gist: &str, text: &str) -> String {
        let volume = self.knowledge.note_volume(note).book().id.to_string();
        let id = escaped(&format!("{volume}-{}", self.knowledge.note(note).section));
        if !self.told.insert(id.clone()) {
            return format!("<a class=\"section\" href=\"#{id}\" title=\"{gist}\">{text}</a>");
        }
        let body = rendered(&render::full(self.knowledge, note, &|_| None));
        format!(
            "<details id=\"{id}\"><summary class=\"section\" title=\"{gist}\">{text}</summary><div class=\"note\">{body}</div></details>"
        )
    }

    /// What a finding says is told each time, what the rule is about only once.
    fn finding(&mut self, rule: RuleId, gist: &str, text: &str) -> String {
        let rule = self.knowledge.rule(rule);
        let first = self.told.insert(format!("rule {}", rule.name));
        let about = if first { rendered(&format!("{}\n\n{}", rule.docs.what, rule.docs.why)) } else { String::new() };
        format!(
            "<details><summary class=\"finding\" title=\"{gist}\">{text}</summary><div class=\"note\"><p>{gist}</p>{about}</div></details>"
        )
    }
}

/// Markdown as HTML; HTML in it, of whoever wrote the book, is text, and nothing is fetched.
fn rendered(markdown: &str) -> String {
    let events = Parser::new(markdown).filter_map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::Image { .. } | Tag::Link { .. }) | Event::End(TagEnd::Image | TagEnd::Link) => None,
        event => Some(event),
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    out
}
