//! TOML with places: every value knows its range in the file, so that every fault can name its line.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Faults;
use crate::book::{SectionNumber, Text};
use crate::python::PythonVersion;

/// A value with its range of bytes in the file.
pub(super) struct At<T> {
    pub value: T,
    pub range: Range<usize>,
}

/// A file cut at its `+++` lines.
pub(super) struct Sheet<'f> {
    /// The front matter, TOML.
    pub front: Range<usize>,
    /// What follows, Markdown.
    pub body: &'f str,
    /// The line on which the body begins, from 1.
    pub body_line: usize,
}

/// Cuts a file at its `+++` lines.
pub(super) fn cut<'f>(text: &'f str, faults: &mut Faults<'_>) -> Option<Sheet<'f>> {
    let mut at = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut front = None;
    for (index, line) in text[at..].split_inclusive('\n').enumerate() {
        let fence = line.trim_end() == "+++";
        let next = at + line.len();
        match front {
            None if fence => front = Some(next),
            None => {
                faults.at_line(1, "the file does not begin with a `+++` line and front matter");
                return None;
            }
            Some(begin) if fence => {
                return Some(Sheet { front: begin..at, body: &text[next..], body_line: index + 2 });
            }
            Some(_) => {}
        }
        at = next;
    }
    faults.at_line(1, if front.is_some() { "the front matter has no closing `+++` line" } else { "the file is empty" });
    None
}

/// Parses TOML that stands at `base` of the file, and says what is wrong with it. Nothing is read of what is no TOML:
/// what a misplaced quote makes of the rest would only mislead.
pub(super) fn parse<'t>(toml: &'t str, base: usize, faults: &mut Faults<'_>) -> Option<DeTable<'t>> {
    let (table, errors) = DeTable::parse_recoverable(toml);
    let clean = errors.is_empty();
    for error in errors {
        let range = error.span().unwrap_or_default();
        let message = error.message().lines().map(str::trim).collect::<Vec<_>>().join(" ");
        faults.at(&(base + range.start..base + range.end), message);
    }
    clean.then(|| table.into_inner())
}

/// Reads the keys of a table one by one; what was not asked for by the end is an unknown key.
pub(super) struct Fields<'t> {
    table: &'t DeTable<'t>,
    range: Range<usize>,
    base: usize,
    known: Vec<&'static str>,
}

impl<'t> Fields<'t> {
    /// The keys of a whole TOML text; `base` is its place in the file.
    pub fn new(table: &'t DeTable<'t>, base: usize) -> Self {
        Self { table, range: base..base, base, known: Vec::new() }
    }

    /// The keys of a value that must be a table.
    pub fn of(value: &At<&'t DeValue<'t>>, base: usize, what: &str, faults: &mut Faults<'_>) -> Option<Self> {
        if let DeValue::Table(table) = value.value {
            Some(Self { table, range: value.range.clone(), base, known: Vec::new() })
        } else {
            faults.at(&value.range, format!("{what} must be a table, not {}", kind(value.value)));
            None
        }
    }

    /// Where the table stands.
    pub fn range(&self) -> &Range<usize> {
        &self.range
    }

    /// Whether the table has a key.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The value of a key, whatever it is.
    pub fn value(&mut self, key: &'static str) -> Option<At<&'t DeValue<'t>>> {
        self.known.push(key);
        self.table.get(key).map(|value| self.locate(value))
    }

    fn locate(&self, value: &'t Spanned<DeValue<'t>>) -> At<&'t DeValue<'t>> {
        let range = value.span();
        At { value: value.get_ref(), range: self.base + range.start..self.base + range.end }
    }

    /// A key that must be there: says so when it is not.
    pub fn required<T>(&self, key: &str, value: Option<T>, faults: &mut Faults<'_>) -> Option<T> {
        if value.is_none() && !self.has(key) {
            faults.at(&self.range, format!("the key `{key}` is missing"));
        }
        value
    }

    /// A string.
    pub fn string(&mut self, key: &'static str, faults: &mut Faults<'_>) -> Option<At<&'t str>> {
        let value = self.value(key)?;
        string(&value, key, faults)
    }

    /// A string that must be there.
    pub fn required_string(&mut self, key: &'static str, faults: &mut Faults<'_>) -> Option<At<&'t str>> {
        let value = self.string(key, faults);
        self.required(key, value, faults)
    }

    /// `true` or `false`; false where the key is absent.
    pub fn flag(&mut self, key: &'static str, faults: &mut Faults<'_>) -> bool {
        self.flag_or(key, false, faults)
    }

    /// `true` or `false`; `otherwise` where the key is absent.
    pub fn flag_or(&mut self, key: &'static str, otherwise: bool, faults: &mut Faults<'_>) -> bool {
        let Some(At { value, range }) = self.value(key) else { return otherwise };
        value.as_bool().unwrap_or_else(|| {
            faults.at(&range, format!("`{key}` must be true or false, not {}", kind(value)));
            otherwise
        })
    }

    /// A list; empty where the key is absent.
    pub fn list(&mut self, key: &'static str, faults: &mut Faults<'_>) -> Vec<At<&'t DeValue<'t>>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        if let DeValue::Array(items) = value.value {
            items.iter().map(|item| self.locate(item)).collect()
        } else {
            faults.at(&value.range, format!("`{key}` must be a list, not {}", kind(value.value)));
            Vec::new()
        }
    }

    /// A list of strings.
    pub fn strings(&mut self, key: &'static str, faults: &mut Faults<'_>) -> Vec<At<&'t str>> {
        let items = self.list(key, faults);
        items.iter().filter_map(|item| string(item, key, faults)).collect()
    }

    /// A string, or a list of strings.
    pub fn string_or_list(&mut self, key: &'static str, faults: &mut Faults<'_>) -> Vec<At<&'t str>> {
        match self.value(key) {
            Some(value) if value.value.is_str() => string(&value, key, faults).into_iter().collect(),
            _ => self.strings(key, faults),
        }
    }

    /// A list of small numbers.
    pub fn numbers(&mut self, key: &'static str, faults: &mut Faults<'_>) -> Vec<At<u16>> {
        let items = self.list(key, faults);
        items.iter().filter_map(|item| number(item, key, faults)).collect()
    }

    /// A small number that must be there.
    pub fn required_number(&mut self, key: &'static str, faults: &mut Faults<'_>) -> Option<At<u16>> {
        let value = self.value(key).and_then(|value| number(&value, key, faults));
        self.required(key, value, faults)
    }

    /// `since = "3.11"`.
    pub fn since(&mut self, faults: &mut Faults<'_>) -> Option<PythonVersion> {
        let At { value, range } = self.string("since", faults)?;
        let exact = value.split('.').count() == 2;
        match value.parse::<PythonVersion>() {
            Ok(version) if exact && version.major == 3 => Some(version),
            _ => {
                faults.at(&range, format!("`{value}` is not a Python version such as \"3.11\""));
                None
            }
        }
    }

    /// Other tools' codes, such as `ruff:B006`.
    pub fn codes(&mut self, key: &'static str, partial: bool, faults: &mut Faults<'_>) -> Vec<Text> {
        let mut codes = Vec::new();
        for At { value, range } in self.strings(key, faults) {
            let bare = if partial { value.strip_prefix('~').unwrap_or(value) } else { value };
            let good = bare.split_once(':').is_some_and(|(tool, code)| {
                !tool.is_empty()
                    && tool.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
                    && !code.is_empty()
                    && !code.contains(|letter: char| letter.is_whitespace() || letter == ':')
            });
            if !good {
                faults.at(&range, format!("`{value}` is not another tool's code such as \"ruff:B006\""));
            } else if codes.iter().any(|code| code == value) {
                faults.at(&range, format!("`{value}` is listed twice"));
            } else {
                codes.push(Text::Owned(value.to_owned()));
            }
        }
        codes
    }

    /// Section numbers, each once.
    pub fn sections(&mut self, key: &'static str, faults: &mut Faults<'_>) -> Vec<At<SectionNumber>> {
        let mut numbers: Vec<At<SectionNumber>> = Vec::new();
        for At { value, range } in self.strings(key, faults) {
            match value.parse() {
                Ok(number) if numbers.iter().any(|known| known.value == number) => {
                    faults.at(&range, format!("`{key}` names section {number} twice"));
                }
                Ok(number) => numbers.push(At { value: number, range }),
                Err(error) => faults.at(&range, error.to_string()),
            }
        }
        numbers
    }

    /// Every key that was not asked for is a fault.
    pub fn finish(self, faults: &mut Faults<'_>) {
        for key in self.table.keys() {
            if !self.known.contains(&key.get_ref().as_ref()) {
                let range = self.base + key.span().start..self.base + key.span().end;
                faults.at(&range, format!("unknown key `{}`; known are: {}", key.get_ref(), self.known.join(", ")));
            }
        }
    }
}

fn string<'t>(value: &At<&'t DeValue<'t>>, key: &str, faults: &mut Faults<'_>) -> Option<At<&'t str>> {
    let range = value.range.clone();
    let Some(text) = value.value.as_str() else {
        faults.at(&range, format!("`{key}` must be in quotes, not {}", kind(value.value)));
        return None;
    };
    if text.trim().is_empty() {
        faults.at(&range, format!("`{key}` is empty"));
        return None;
    }
    Some(At { value: text, range })
}

fn number(value: &At<&DeValue<'_>>, key: &str, faults: &mut Faults<'_>) -> Option<At<u16>> {
    let number = value.value.as_integer().and_then(|number| integer(number.as_str(), number.radix()));
    let Some(number) = number.and_then(|number| u16::try_from(number).ok()) else {
        faults.at(&value.range, format!("`{key}` must be a number from 0 to 65535"));
        return None;
    };
    Some(At { value: number, range: value.range.clone() })
}

/// The value of a TOML integer.
pub(super) fn integer(digits: &str, radix: u32) -> Option<i64> {
    i64::from_str_radix(digits, radix).ok()
}

/// What a value is, for a message.
pub(super) fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
