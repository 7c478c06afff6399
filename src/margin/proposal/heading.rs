//! What a heading names.

use crate::knowledge::Trigger;
use crate::python::{is_special, stdlib};

/// How clearly a heading names a trigger; 0 where it does not.
pub(super) type Clearness = f64;

/// The heading has the very name.
pub(super) const EXACT: Clearness = 2.0;

/// The heading has the name in another case or number: `Counters`.
pub(super) const NEARLY: Clearness = 1.5;

/// The heading has the word of a shape's name that says most, the last.
pub(super) const LAST: Clearness = 1.0;

/// The heading has one of the words of a shape's name.
const PARTLY: Clearness = 0.5;

/// A heading, cut into what may be names.
pub(super) struct Heading {
    /// Dotted names as they stand.
    names: Vec<String>,
    /// The parts of all names, in lower case, without the `s` of a plural.
    stems: Vec<String>,
    /// All letters in lower case: `f-string` as `fstring`.
    letters: String,
}

impl Heading {
    pub fn new(title: &str) -> Self {
        let names: Vec<String> = names(title).map(str::to_owned).collect();
        let stems = names.iter().map(|name| stem(name)).collect();
        let letters = title.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>().to_lowercase();
        Self { names, stems, letters }
    }

    /// How clearly it names the trigger.
    pub fn names(&self, trigger: &Trigger) -> Clearness {
        match trigger {
            Trigger::Syntax(construct) => self.shape(construct.name()),
            Trigger::Dunder(name) => exact(self.has(name) || self.has(name.trim_matches('_'))),
            Trigger::Keyword { keyword, .. } => exact(self.has(keyword)),
            Trigger::Symbol(name) => self.qualified(name, false),
            Trigger::SymbolTree(name) => self.qualified(name, true),
            Trigger::Method { class, name } => self.qualified(&format!("{class}.{name}"), false),
            Trigger::Rule(_) | Trigger::File { .. } => 0.0,
        }
    }

    fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    fn shape(&self, name: &str) -> Clearness {
        let parts: Vec<String> = name.split(['.', '_']).filter(|part| !part.is_empty()).map(stem).collect();
        let named =
            |part: &String| self.stems.contains(part) || (part.len() > 5 && self.letters.contains(part.as_str()));
        let all = parts.iter().all(named);
        match &*parts {
            // The more words there are, the less the one says: `class` in "Attributes of a class".
            [_] if all => 1.0 + 1.0 / f64::from(self.stems.len().max(1) as u32),
            _ if all => EXACT,
            [.., last] if last.len() > 5 && named(last) => LAST,
            parts if parts.iter().any(named) => PARTLY,
            _ => 0.0,
        }
    }

    fn qualified(&self, name: &str, module: bool) -> Clearness {
        let last = name.rsplit('.').next().unwrap_or(name);
        let is_part = |known: &String| known.split('.').any(|part| part == last);
        if self.has(name) || self.names.iter().any(is_part) {
            EXACT
        } else if module {
            exact(self.names.iter().any(|known| known.eq_ignore_ascii_case(last)))
        } else if last.len() > 3 && self.stems.contains(&stem(last)) {
            NEARLY
        } else {
            0.0
        }
    }
}

fn exact(named: bool) -> Clearness {
    if named { EXACT } else { 0.0 }
}

/// The words that may be names; with their dots.
fn names(title: &str) -> impl Iterator<Item = &str> {
    let words = title.split(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == '.'));
    words
        .map(|word| word.trim_matches('.'))
        .filter(|word| word.starts_with(|first: char| first.is_alphabetic() || first == '_'))
}

/// A word in lower case and the singular.
fn stem(word: &str) -> String {
    let mut word = word.to_lowercase();
    if word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") {
        word.pop();
        if word.ends_with("ie") {
            word.truncate(word.len() - 2);
            word.push('y');
        }
    }
    word
}

/// What a heading says that its section is about, whether its code has it or not: modules of the standard library (`gzip and
/// bz2`, `os & os.path: the old way`), their functions and classes by their full names, special methods.
pub(super) fn subjects(title: &str) -> Vec<Trigger> {
    let owned = |name: &str| name.to_owned().into();
    let mut found: Vec<Trigger> = modules(title).map(|module| Trigger::SymbolTree(owned(module))).collect();
    for name in names(title) {
        if is_special(name) {
            found.push(Trigger::Dunder(owned(name)));
        } else if name.contains('.') && is_known(name) {
            found.push(Trigger::Symbol(owned(name)));
        }
    }
    found
}

fn is_known(name: &str) -> bool {
    stdlib::is_class(name) || stdlib::function(name).is_some() || stdlib::variable(name).is_some()
}

/// The modules that a heading begins with, when it begins with nothing else.
fn modules(title: &str) -> impl Iterator<Item = &str> {
    let head = title.split([':', '—', '–', '(']).next().unwrap_or(title).trim();
    let words: Vec<&str> =
        head.split(['/', ',', '&', '+', ' ']).filter(|word| !word.is_empty() && *word != "and").collect();
    let is_module = |word: &&str| word.starts_with(|first: char| first.is_ascii_lowercase()) && stdlib::is_module(word);
    let all = words.iter().all(is_module);
    words.into_iter().filter(move |word| all && !is_known(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clearness(title: &str, trigger: &str) -> Clearness {
        Heading::new(title).names(&trigger.parse().unwrap())
    }

    #[test]
    fn a_heading_names_what_it_has_the_words_of() {
        for (title, trigger) in [
            ("TaskGroup (Python 3.11+)", "symbol:asyncio.TaskGroup"),
            ("asyncio: waiting for many things", "symbol:asyncio.*"),
            ("List comprehensions", "syntax:comprehension.list"),
            ("f-strings", "syntax:fstring"),
            ("What __enter__ does", "syntax:dunder.__enter__"),
            ("The shell argument", "kwarg:subprocess.run(shell=)"),
        ] {
            assert!(clearness(title, trigger) >= NEARLY, "{title}");
        }
        assert!((clearness("Counters", "symbol:collections.Counter") - NEARLY).abs() < 0.01);
        assert!((clearness("Comprehending lists", "syntax:comprehension.list") - PARTLY).abs() < 0.01);
        assert!(clearness("Waiting", "symbol:asyncio.TaskGroup") < 0.01);
    }

    #[test]
    fn modules_are_subjects_where_the_heading_is_about_nothing_else() {
        let subjects = |title: &str| subjects(title).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        assert_eq!(subjects("gzip, bz2 and lzma"), "symbol:gzip.* symbol:bz2.* symbol:lzma.*");
        assert_eq!(subjects("os & os.path: the old way"), "symbol:os.* symbol:os.path.*");
        assert_eq!(subjects("Where time goes"), "");
        assert_eq!(subjects("Time"), "");
        assert_eq!(subjects("Hashes with __hash__"), "syntax:dunder.__hash__");
        assert_eq!(subjects("The names of functools.partial"), "symbol:functools.partial");
    }
}
