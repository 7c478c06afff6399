//! The margin as a page for a browser: the code in colours, the notes beside their lines, each of which opens. One file,
//! no scripts, nothing fetched.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};

use pulldown_cmark::{Event, Parser, Tag, TagEnd, html};
use ruff_source_file::OneIndexed;
use ruff_text_size::TextRange;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::layout::{line_count, lines, numbers};
use crate::cli::escape::html as escaped;
use crate::cli::output::picture;
use crate::cli::source::Source;
use crate::knowledge::{Knowledge, NoteId, RuleId, render};
use crate::margin::Analysis;
use crate::margin::view::Remark;
use crate::python::Colour;

/// The columns have fixed widths, so that a page of ten thousand lines is laid out as it comes; `--code` is that of the code.
/// An open note lies over the margin: the code stays where it is.
const STYLE: &str = "\
:root { color-scheme: light dark; --ink: light-dark(#1f2328, #e3e6ea); --quiet: light-dark(#656d76, #8d96a0);
  --page: light-dark(#fff, #121212); --section: light-dark(#0b6e75, #6fd3da); --finding: light-dark(#8a5200, #f0b95a);
  --keyword: light-dark(#8250df, #c8a2ff); --string: light-dark(#0a6b33, #8fd6a3);
  --number: light-dark(#0550ae, #8cc4ff); --rule: light-dark(#d8dee4, #30363d); }
body { margin: 2rem; font: 14px/1.5 ui-monospace, Menlo, Consolas, monospace; color: var(--ink); background: var(--page); }
h1 { font-size: 1.1rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; table-layout: fixed; width: 100%; }
col.line { width: 5ch; } col.code { width: min(var(--code), 100vw - 22rem); }
tr:target td.code { background: light-dark(#fff3c4, #3b3317); }
td { vertical-align: top; padding: 0; }
td.line { padding-right: 1.5ch; text-align: right; color: var(--quiet); user-select: none; }
td.code { white-space: pre-wrap; overflow-wrap: anywhere; }
td.cell { padding-top: 1em; color: var(--quiet); }
td.margin { position: relative; padding-left: 2rem; font: 13px/21px system-ui, sans-serif; }
.k { color: var(--keyword); } .s { color: var(--string); } .n { color: var(--number); } .c { color: var(--quiet); }
details, a.section, span.finding { display: inline-block; margin-right: 1em; }
summary { cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
.section { color: var(--section); text-decoration: none; } .finding { color: var(--finding); }
summary:hover, a.section:hover, details[open] summary { text-decoration: underline; }
.note { position: absolute; z-index: 1; left: 2rem; box-sizing: border-box; width: min(34rem, 100% - 2rem); max-height: 75vh;
  overflow-y: auto; padding: .2rem 1rem; border: 1px solid var(--rule); border-radius: 6px; color: var(--ink);
  background: var(--page); box-shadow: 0 6px 24px light-dark(#0003, #000b); overflow-wrap: anywhere; }
.note p, .note ul, .note ol, .note pre { margin: .6rem 0; } .note ul, .note ol { padding-left: 1.3rem; }
.note pre { overflow-x: auto; font: 12px/1.5 ui-monospace, Menlo, Consolas, monospace; }
@media screen and (max-width: 60rem) {
  body { margin: .7rem; } table, tbody, tr, td { display: block; } tr { clear: both; overflow: hidden; min-height: 1.5em; }
  colgroup { display: none; }
  td.line { float: left; width: 36px; padding-right: 10px; }
  td.code, td.margin { padding-left: 46px; }
  td.cell { padding-left: 0; }
  .note { position: static; width: auto; max-height: none; margin: .3rem 0 .6rem; box-shadow: none; }
  details[open] { display: block; margin-right: 0; }
}
@media print {
  :root { color-scheme: light; }
  body { margin: 0; font-size: 7.5pt; } td.margin { padding-left: 1rem; font: 7pt/11.25pt system-ui, sans-serif; }
  col.line { width: 4ch; } col.code { width: 68%; } tr { break-inside: avoid; }
  .note { position: static; width: auto; max-height: none; box-shadow: none; }
}";

/// The code's column is no wider than so many characters: longer lines are wrapped.
const WIDEST: usize = 88;

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
    let widest = lines(analysis).iter().map(|line| line.width()).max().unwrap_or(0).min(WIDEST);
    writeln!(out, "<style>\n{STYLE}\n</style>\n<h1>{title}</h1>\n<table style=\"--code: {widest}ch\">")?;
    writeln!(out, "<colgroup><col class=\"line\"><col class=\"code\"><col></colgroup>")?;
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

    /// A link to a note opens it, since its anchor is inside of what opens.
    fn section(&mut self, note: NoteId, gist: &str, text: &str) -> String {
        let volume = self.knowledge.note_volume(note).book().id.to_string();
        let id = escaped(&format!("{volume}-{}", self.knowledge.note(note).section));
        if !self.told.insert(id.clone()) {
            return format!("<a class=\"section\" href=\"#{id}\" title=\"{gist}\">{text}</a>");
        }
        let body = rendered(&render::full(self.knowledge, note, &|_| None));
        format!(
            "<details name=\"note\"><summary class=\"section\" title=\"{gist}\">{text}</summary><div class=\"note\" id=\"{id}\">{body}</div></details>"
        )
    }

    /// What a finding says is told each time, what the rule is about only once.
    fn finding(&mut self, rule: RuleId, gist: &str, text: &str) -> String {
        let rule = self.knowledge.rule(rule);
        let first = self.told.insert(format!("rule {}", rule.name));
        let about = if first { rendered(&format!("{}\n\n{}", rule.docs.what, rule.docs.why)) } else { String::new() };
        format!(
            "<details name=\"note\"><summary class=\"finding\" title=\"{gist}\">{text}</summary><div class=\"note\"><p>{gist}</p>{about}</div></details>"
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
