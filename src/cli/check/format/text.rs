//! Findings for people: what, where, the code with what is meant underlined, where to read on.

use std::io;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use ruff_text_size::TextRange;

use super::{Format, write_all};
use crate::cli::check::file::Checked;
use crate::cli::check::{Problem, Totals, plural};
use crate::cli::json::{Places, Position};
use crate::cli::output::{FAINT, Output, STRONG};
use crate::knowledge::{Severity, render};
use crate::margin::{Analysis, Finding};

/// An excerpt of the source has at most so many lines ...
const MOST_LINES: usize = 8;
/// ... and bytes: a line can be megabytes long.
const MOST_BYTES: usize = 1200;

pub(super) struct Text {
    renderer: Renderer,
}

impl Text {
    pub fn new(width: usize) -> Self {
        Self { renderer: Renderer::styled().term_width(width) }
    }
}

impl Format for Text {
    fn file(&self, checked: &Checked) -> String {
        let places = checked.places();
        let mut out = String::new();
        for (finding, severity) in &checked.findings {
            out += &self.finding(checked, &places, finding, *severity);
            out += "\n\n";
        }
        out
    }

    fn write(&self, file: &str, _first: bool, out: &mut Output) -> io::Result<()> {
        write_all(file, out)
    }

    fn begin(&self, _out: &mut Output) -> io::Result<()> {
        Ok(())
    }

    fn end(&self, totals: &Totals, problems: &[Problem], out: &mut Output) -> io::Result<()> {
        // That nothing was found where nothing could be looked at would be no news.
        if totals.files == 0 && problems.iter().any(|problem| !problem.harmless) {
            return Ok(());
        }
        let files = plural(totals.files, "file");
        let fixed =
            if totals.fixed > 0 { format!("Fixed {}. ", plural(totals.fixed, "finding")) } else { String::new() };
        let found = match totals.findings {
            0 if totals.fixed > 0 => format!("None left in {files}."),
            0 => format!("No findings in {files}."),
            many => format!("{STRONG}{}{STRONG:#} in {files}.", plural(many, "finding")),
        };
        let fixable = match totals.fixable {
            0 => String::new(),
            many => format!(" {FAINT}`--fix` puts {many} right.{FAINT:#}"),
        };
        write_all(&format!("{fixed}{found}{fixable}\n"), out)
    }
}

impl Text {
    fn finding(&self, checked: &Checked, places: &Places<'_>, finding: &Finding, severity: Severity) -> String {
        let Checked { name: file, analysis, .. } = checked;
        let rule = analysis.knowledge().rule(finding.rule);
        let book = analysis.knowledge().rule_volume(finding.rule).book();
        let first = rule.sections.first();
        let section = first.map_or_else(String::new, |section| format!(" ({})", book.reference(*section)));
        let Position { line, column, .. } = places.position(finding.range.start());
        let name = places.name(file, finding.range.start());
        let excerpt = Excerpt::new(analysis, finding.range);
        let mut snippet = Snippet::source(excerpt.text)
            .line_start(line)
            .fold(false)
            .annotation(AnnotationKind::Primary.span(excerpt.span));
        let title = level(severity).primary_title(format!("{}{section}", finding.message)).id(&*rule.name);
        let mut group = Group::with_title(title);
        if excerpt.whole {
            snippet = snippet.path(&name);
        } else {
            // The column cannot be told from the excerpt.
            group = group.element(Origin::path(&name).line(line).char_column(column));
        }
        group = group.element(snippet);
        for (range, message) in &finding.related {
            let Position { line, column, .. } = places.position(range.start());
            let name = places.name(file, range.start());
            group = group.element(Level::NOTE.message(format!("{message} ({name}:{line}:{column})")));
        }
        let titles = rule.sections.iter().filter_map(|section| book.section(*section));
        for section in titles.take(1) {
            let title = render::without_version(&section.title).0;
            group = group
                .element(Level::INFO.with_name("read").message(format!("{} {title}", book.reference(section.number))));
        }
        if let Some(fix) = &finding.fix {
            let how =
                if fix.safe { "`--fix` does it" } else { "may change what the program does: not done by `--fix`" };
            group = group.element(Level::HELP.message(format!("{} ({how})", fix.title)));
        }
        self.renderer.render(&[group])
    }
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Hint => Level::NOTE.with_name("hint"),
        Severity::Information => Level::INFO.with_name("information"),
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    }
}

/// The lines that a finding is on, or as much of them as can be shown.
struct Excerpt<'a> {
    text: &'a str,
    /// What is meant, in bytes of the excerpt.
    span: std::ops::Range<usize>,
    /// It begins where its first line does.
    whole: bool,
}

impl<'a> Excerpt<'a> {
    fn new(analysis: &'a Analysis, range: TextRange) -> Self {
        let (text, lines) = (&**analysis.text(), analysis.lines());
        let first = lines.line_index(range.start());
        let last = lines.line_index(range.end()).min(first.saturating_add(MOST_LINES - 1));
        let (from, to) = (range.start().to_usize(), range.end().to_usize());
        let line = lines.line_start(first, text).to_usize();
        let start = line.max(from.saturating_sub(MOST_BYTES / 4));
        let end = lines.line_end(last, text).to_usize().min(from + MOST_BYTES);
        let (start, end) = (text.ceil_char_boundary(start), text.floor_char_boundary(end));
        let excerpt = text[start..end].trim_end_matches(['\n', '\r']);
        let (excerpt, mark) =
            excerpt.strip_prefix('\u{feff}').map_or((excerpt, 0), |rest| (rest, '\u{feff}'.len_utf8()));
        let within = |offset: usize| offset.saturating_sub(start + mark).min(excerpt.len());
        Self { text: excerpt, span: within(from)..within(to), whole: start == line }
    }
}
