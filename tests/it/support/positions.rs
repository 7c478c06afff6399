//! A client's own view of a text: it counts its own lines and columns, tells of changes as clients do, and looks at every
//! range that it is sent.

use std::ops::Range;
use std::sync::Arc;

use serde_json::{Value, json};

use super::Random;
use super::typing::floor;

/// What a client counts within a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Byte,
    Utf16,
    Letter,
}

impl Unit {
    pub fn name(self) -> &'static str {
        match self {
            Self::Byte => "utf-8",
            Self::Utf16 => "utf-16",
            Self::Letter => "utf-32",
        }
    }

    pub fn width(self, letter: char) -> usize {
        match self {
            Self::Byte => letter.len_utf8(),
            Self::Utf16 => letter.len_utf16(),
            Self::Letter => 1,
        }
    }
}

/// The lines of a text without their ends: `\n`, `\r\n` and `\r`, and no others.
pub fn lines(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let (mut lines, mut start, mut at) = (Vec::new(), 0, 0);
    while at < bytes.len() {
        let end = match bytes[at..] {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
        if end > 0 {
            lines.push(start..at);
            start = at + end;
        }
        at += end.max(1);
    }
    lines.push(start..bytes.len());
    lines
}

/// The line and column of an offset, which is not between `\r` and `\n`.
pub fn position(text: &str, offset: usize, unit: Unit) -> (usize, usize) {
    let lines = lines(text);
    let line = lines.partition_point(|line| line.start <= offset) - 1;
    (line, text[lines[line].start..offset].chars().map(|letter| unit.width(letter)).sum())
}

/// Whether a text has a position: its column is that of a letter or of the end of the line.
pub fn has(text: &str, at: &Value, unit: Unit) -> bool {
    let (Some(line), Some(column)) = (at["line"].as_u64(), at["character"].as_u64()) else { return false };
    let Some(line) = lines(text).get(line as usize).cloned() else { return false };
    let mut left = column as usize;
    let mut letters = text[line].chars();
    while left > 0 {
        let Some(rest) = letters.next().and_then(|letter| left.checked_sub(unit.width(letter))) else { return false };
        left = rest;
    }
    true
}

/// Looks at every range and position in what the server says of a document, and of others that it names: they must be in
/// the text that the client had then. Documents whose text is not known, such as a settings file, are passed over.
pub fn check_ranges(said: &Value, uri: &str, unit: Unit, text_of: &dyn Fn(&str) -> Option<Arc<str>>) {
    let uri = said["uri"].as_str().or(said["textDocument"]["uri"].as_str()).unwrap_or(uri);
    match said {
        Value::Array(items) => items.iter().for_each(|item| check_ranges(item, uri, unit, text_of)),
        Value::Object(fields) => {
            let Some(text) = text_of(uri) else { return };
            if fields.contains_key("start") && fields.contains_key("end") {
                assert!(has(&text, &said["start"], unit) && has(&text, &said["end"], unit), "{said} in {text:?}");
                let key = |at: &Value| (at["line"].as_u64(), at["character"].as_u64());
                assert!(key(&said["start"]) <= key(&said["end"]), "{said}");
                return;
            }
            assert!(!fields.contains_key("line") || has(&text, said, unit), "{said} in {text:?}");
            for (name, value) in fields {
                // The edits of a document stand under its URI.
                check_ranges(value, if name.contains("://") { name } else { uri }, unit, text_of);
            }
        }
        _ => {}
    }
}

/// What is asked of a text: of some places in it, and of all of it.
pub fn questions(uri: &str, text: &str, unit: Unit, places: &[usize]) -> Vec<(&'static str, Value)> {
    let document = json!({"uri": uri});
    let at = |offset: usize| {
        let (line, character) = position(text, on_letter(text, offset), unit);
        json!({"line": line, "character": character})
    };
    let range = |start: usize, end: usize| json!({"start": at(start), "end": at(end)});
    let whole = range(0, text.len());
    let context = json!({"diagnostics": []});
    let mut questions = vec![
        ("textDocument/diagnostic", json!({"textDocument": document})),
        ("textDocument/codeLens", json!({"textDocument": document})),
        ("textDocument/documentLink", json!({"textDocument": document})),
        ("textDocument/inlayHint", json!({"textDocument": document, "range": whole})),
        ("textDocument/codeAction", json!({"textDocument": document, "range": whole, "context": context})),
        ("marginalia/margin", json!({"textDocument": document})),
    ];
    for &place in places {
        let here = json!({"textDocument": document, "position": at(place)});
        let end = (place + 40).min(text.len());
        questions.push(("textDocument/hover", here.clone()));
        questions.push(("textDocument/completion", here));
        questions.push((
            "textDocument/codeAction",
            json!({"textDocument": document, "range": range(place, end), "context": context}),
        ));
    }
    questions
}

/// The start of a letter that a client can name: there is no place between `\r` and `\n`.
pub fn on_letter(text: &str, offset: usize) -> usize {
    let offset = floor(text, offset);
    if text[..offset].ends_with('\r') && text[offset..].starts_with('\n') { offset - 1 } else { offset }
}

/// A change as the client tells of it: these bytes of a text replaced. Sometimes it is told as only some clients do.
pub fn told(text: &str, replaced: Range<usize>, inserted: &str, unit: Unit, random: &mut Random) -> Value {
    let is_end = |at: usize| text[at..].is_empty() || text[at..].starts_with(['\r', '\n']);
    let place = |at: usize, random: &mut Random| {
        let (line, mut column) = position(text, at, unit);
        match random.below(24) {
            // Beyond the end of the line is its end.
            0 if is_end(at) => column += 1 + random.below(3_000_000_000),
            // The second half of a letter belongs to its start.
            1 => column += usize::from(text[at..].chars().next().is_some_and(|letter| unit.width(letter) > 1)),
            _ => {}
        }
        json!({"line": line, "character": column})
    };
    let (start, end) = (place(replaced.start, random), place(replaced.end, random));
    // Some name the end first.
    let range = match random.below(16) {
        0 => json!({"start": end, "end": start}),
        _ => json!({"start": start, "end": end}),
    };
    json!({"range": range, "text": inserted})
}

/// The bytes that differ between two texts, and what is there instead; sometimes with more around them that does not.
pub fn difference<'t>(old: &str, new: &'t str, random: &mut Random) -> (Range<usize>, &'t str) {
    let (a, b) = (old.as_bytes(), new.as_bytes());
    let spare = [0, 0, 0, 1, 30][random.below(5)];
    let prefix = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    // What the two have in common before this, they have in common letter by letter.
    let start = on_letter(old, on_letter(new, prefix.saturating_sub(spare)).min(prefix));
    let suffix = a[start..].iter().rev().zip(b[start..].iter().rev()).take_while(|(a, b)| a == b).count();
    let mut suffix = suffix.saturating_sub(spare);
    while on_letter(old, old.len() - suffix) != old.len() - suffix || !new.is_char_boundary(new.len() - suffix) {
        suffix -= 1;
    }
    (start..old.len() - suffix, &new[start..new.len() - suffix])
}

/// The notification that turns one text into another: one change, or several that follow each other, or all anew.
pub fn changes(old: &str, new: &str, unit: Unit, random: &mut Random) -> Vec<Value> {
    if random.below(16) == 0 {
        return vec![json!({"text": new})];
    }
    let (replaced, inserted) = difference(old, new, random);
    if random.below(3) > 0 || inserted.is_empty() {
        return vec![told(old, replaced, inserted, unit, random)];
    }
    // First some text in between, then the rest.
    let half = floor(inserted, random.below(inserted.len() + 1));
    let between = format!("{}{}{}", &old[..replaced.start], &inserted[..half], &old[replaced.end..]);
    let first = told(old, replaced, &inserted[..half], unit, random);
    let (replaced, inserted) = difference(&between, new, random);
    vec![first, told(&between, replaced, inserted, unit, random)]
}
