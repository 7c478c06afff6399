//! The Markdown of a file, cut at its headings. Of Markdown itself only headings, fences and list items are understood.

use super::Faults;
use super::front::Sheet;

/// A part of the Markdown: the text before the first heading, or a heading with what follows it.
pub(super) struct Part<'f> {
    /// Empty for the text before the first heading.
    pub heading: &'f str,
    /// The line of the heading (of the first line for the text before), from 1.
    pub line: usize,
    /// The lines below the heading.
    pub lines: Vec<&'f str>,
}

/// Cuts at `##` headings. Any heading that is not one of `known` is a fault, and so is one that comes twice.
pub(super) fn parts<'f>(sheet: &Sheet<'f>, known: &[&str], faults: &mut Faults<'_>) -> Vec<Part<'f>> {
    let mut parts = vec![Part { heading: "", line: sheet.body_line, lines: Vec::new() }];
    let mut fence: Option<(&str, usize)> = None;
    for (index, line) in sheet.body.lines().enumerate() {
        let line_number = sheet.body_line + index;
        match fence {
            Some((open, _)) if closes(line, open) => fence = None,
            Some(_) => {}
            None => fence = opens(line).map(|open| (open, line_number)),
        }
        let heading = line.trim_start_matches('#');
        let level = line.len() - heading.len();
        if fence.is_none() && (1..=6).contains(&level) && heading.starts_with([' ', '\t']) {
            let heading = heading.trim();
            if level != 2 || !known.contains(&heading) {
                let mut list = known.join("`, `## ");
                list.insert_str(0, "`## ");
                faults.at_line(line_number, format!("unknown heading `{}`; known are {list}`", line.trim_end()));
            } else if parts.iter().any(|part| part.heading == heading) {
                faults.at_line(line_number, format!("the heading `## {heading}` comes twice"));
            }
            parts.push(Part { heading, line: line_number, lines: Vec::new() });
        } else if let Some(part) = parts.last_mut() {
            part.lines.push(line);
        }
    }
    if let Some((_, line)) = fence {
        faults.at_line(line, "the code fence is never closed");
    }
    parts
}

/// Whether no heading is misspelt. Otherwise what seems to be missing may be there.
pub(super) fn all_known(parts: &[Part<'_>], known: &[&str]) -> bool {
    parts.iter().all(|part| part.heading.is_empty() || known.contains(&part.heading))
}

/// The fence that a line opens: its backticks or tildes.
fn opens(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let mark = line.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let length = line.len() - line.trim_start_matches(mark).len();
    let inline = mark == '`' && line[length..].contains('`');
    (length >= 3 && !inline).then(|| &line[..length])
}

fn closes(line: &str, open: &str) -> bool {
    let line = line.trim();
    line.starts_with(open) && line.trim_start_matches(&open[..1]).is_empty()
}

impl<'f> Part<'f> {
    /// The text with hard line breaks taken out: a paragraph and a list item are one line each.
    pub fn flowing(&self) -> String {
        let mut text = String::new();
        let mut fence = None;
        let mut joinable = false;
        for line in &self.lines {
            let inside = fence.is_some();
            match fence {
                Some(open) if closes(line, open) => fence = None,
                Some(_) => {}
                None => fence = opens(line),
            }
            let code = inside || fence.is_some();
            let line = line.trim_end();
            if joinable && !code && !line.is_empty() && !begins_block(line) {
                text.push(' ');
                text.push_str(line.trim_start());
            } else {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(line);
                joinable = !code && !line.is_empty();
            }
        }
        text.trim_matches('\n').to_owned()
    }

    /// The line of the first line that is not blank, from 1; the heading's line when there is none.
    pub fn first_line(&self) -> usize {
        let blank = self.lines.iter().take_while(|line| line.trim().is_empty()).count();
        let below = self.line + usize::from(!self.heading.is_empty());
        if blank == self.lines.len() { self.line } else { below + blank }
    }

    /// How many list items of the outermost level there are.
    pub fn bullets(&self) -> usize {
        self.lines.iter().filter(|line| line.starts_with("- ")).count()
    }

    /// The one fenced block that the part must consist of: its language and its text.
    pub fn code(&self, faults: &mut Faults<'_>) -> Option<(&'f str, String)> {
        let mut found: Option<(&str, String)> = None;
        let mut fence = None;
        for (index, line) in self.lines.iter().enumerate() {
            let at = self.line + 1 + index;
            if let Some(open) = fence {
                if closes(line, open) {
                    fence = None;
                } else if let Some((_, code)) = &mut found {
                    code.push_str(line.trim_end_matches('\r'));
                    code.push('\n');
                }
                continue;
            }
            fence = opens(line);
            if let Some(open) = fence {
                if found.is_some() {
                    faults.at_line(at, format!("`## {}` has more than one code block", self.heading));
                    return found;
                }
                found = Some((line.trim_start()[open.len()..].trim(), String::new()));
            } else if !line.trim().is_empty() {
                faults.at_line(at, format!("`## {}` holds one code block and nothing else", self.heading));
                return found;
            }
        }
        if found.is_none() {
            faults.at_line(self.line, format!("`## {}` has no code block", self.heading));
        }
        found
    }
}

/// Whether a line begins something of its own, rather than going on with the paragraph above.
fn begins_block(line: &str) -> bool {
    let line = line.trim_start();
    let digits = line.len() - line.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    ["- ", "* ", "+ ", "> ", "|"].iter().any(|mark| line.starts_with(mark))
        || (digits > 0 && line[digits..].starts_with(". "))
}
