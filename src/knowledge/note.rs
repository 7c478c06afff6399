//! A note: what Marginalia says about one section, in its own words.

use std::fmt;
use std::str::FromStr;

use crate::book::{List, SectionNumber, Text};
use crate::python::{Construct, PythonVersion};

/// What in code leads to a note. Written in front matter as `syntax:with`, `symbol:asyncio.TaskGroup`, ...
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Trigger {
    /// `syntax:with`: a shape of the closed vocabulary.
    Syntax(Construct),
    /// `syntax:dunder.__enter__`: a special method, defined or used by name. Also `numeric_other` and `*`.
    Dunder(Text),
    /// `symbol:asyncio.TaskGroup`: exactly this qualified name.
    Symbol(Text),
    /// `symbol:asyncio.*`: the package or module itself and everything below it; the text is without `.*`.
    SymbolTree(Text),
    /// `method:asyncio.TaskGroup.create_task`: a method or attribute of an instance of the class or of a subclass.
    Method {
        /// Qualified name of the class.
        class: Text,
        /// Name of the method or attribute; `*` for every one that no note names.
        name: Text,
    },
    /// `kwarg:subprocess.run(shell=)`: this keyword in a call of this function.
    Keyword {
        /// Qualified name of the function or class called.
        callee: Text,
        /// The keyword's name.
        keyword: Text,
    },
    /// `rule:mutable-default-argument`: a finding of this rule.
    Rule(Text),
    /// `file:pyproject.toml#tool.mypy`: a file by name, optionally a table or key in it.
    File {
        /// Glob on the file's path.
        glob: Text,
        /// Table, key or instruction; empty for the file as a whole.
        path: Text,
    },
}

impl fmt::Display for Trigger {
    /// Writes the trigger as front matter does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(construct) => write!(f, "syntax:{}", construct.name()),
            Self::Dunder(name) => write!(f, "syntax:dunder.{name}"),
            Self::Symbol(name) => write!(f, "symbol:{name}"),
            Self::SymbolTree(name) => write!(f, "symbol:{name}.*"),
            Self::Method { class, name } => write!(f, "method:{class}.{name}"),
            Self::Keyword { callee, keyword } => write!(f, "kwarg:{callee}({keyword}=)"),
            Self::Rule(name) => write!(f, "rule:{name}"),
            Self::File { glob, path } if path.is_empty() => write!(f, "file:{glob}"),
            Self::File { glob, path } => write!(f, "file:{glob}#{path}"),
        }
    }
}

impl FromStr for Trigger {
    type Err = String;

    /// Reads a trigger as front matter writes it; the error is a sentence for the note's author.
    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, rest) = text.split_once(':').unwrap_or(("", text));
        match kind {
            "syntax" => syntax(rest),
            "symbol" => symbol(rest),
            "method" => method(rest),
            "kwarg" => keyword(rest),
            "rule" if is_rule_name(rest) => Ok(Self::Rule(owned(rest))),
            "rule" => Err(format!("`{rest}` is not a rule name: lower-case words joined by `-`")),
            "file" => file(rest),
            _ => Err(format!("unknown trigger `{text}`: expected syntax:, symbol:, method:, kwarg:, rule: or file:")),
        }
    }
}

fn owned(text: &str) -> Text {
    Text::Owned(text.to_owned())
}

fn syntax(shape: &str) -> Result<Trigger, String> {
    if let Some(name) = shape.strip_prefix("dunder.") {
        let special = name.len() > 4 && name.starts_with("__") && name.ends_with("__") && is_identifier(name);
        return if special || name == "numeric_other" || name == "*" {
            Ok(Trigger::Dunder(owned(name)))
        } else {
            Err(format!("`{name}` is no special method: expected `__name__`, `numeric_other` or `*`"))
        };
    }
    Construct::from_name(shape).map(Trigger::Syntax).ok_or_else(|| format!("unknown syntax shape `{shape}`"))
}

fn symbol(name: &str) -> Result<Trigger, String> {
    let (name, tree) = name.strip_suffix(".*").map_or((name, false), |name| (name, true));
    qualified(name)?;
    Ok(if tree { Trigger::SymbolTree(owned(name)) } else { Trigger::Symbol(owned(name)) })
}

fn method(path: &str) -> Result<Trigger, String> {
    qualified(path.strip_suffix(".*").unwrap_or(path))?;
    match path.rsplit_once('.') {
        Some((class, name)) if class.contains('.') => Ok(Trigger::Method { class: owned(class), name: owned(name) }),
        _ => Err(format!("`{path}` names no class of a module: expected `module.Class.name` (`builtins.list.sort`)")),
    }
}

fn keyword(call: &str) -> Result<Trigger, String> {
    let parts = call.strip_suffix("=)").and_then(|call| call.split_once('('));
    let Some((callee, keyword)) = parts.filter(|(_, keyword)| is_identifier(keyword)) else {
        return Err(format!("`{call}` is no keyword of a call: expected `module.function(keyword=)`"));
    };
    qualified(callee)?;
    Ok(Trigger::Keyword { callee: owned(callee), keyword: owned(keyword) })
}

fn file(pattern: &str) -> Result<Trigger, String> {
    let (glob, path) = pattern.split_once('#').unwrap_or((pattern, ""));
    if glob.is_empty() || glob.contains(char::is_whitespace) {
        return Err(format!("`{pattern}` names no file: expected `name`, `glob` or `name#table`"));
    }
    Ok(Trigger::File { glob: owned(glob), path: owned(path) })
}

fn qualified(name: &str) -> Result<(), String> {
    if is_qualified(name) {
        Ok(())
    } else {
        Err(format!("`{name}` is not a qualified name such as `asyncio.TaskGroup`"))
    }
}

/// Whether the text is a dotted name: identifiers joined by dots.
pub fn is_qualified(name: &str) -> bool {
    name.split('.').all(is_identifier)
}

/// Whether the text can be a Python name.
pub fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && letters.all(|letter| letter == '_' || letter.is_alphanumeric())
}

/// Whether the text can be a rule's name: lower-case words joined by `-`.
pub fn is_rule_name(name: &str) -> bool {
    let word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    name.split('-').all(word)
}

/// What is said about one section.
///
/// The texts are Markdown, without surrounding blank lines; empty where the note has no such part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The section.
    pub section: SectionNumber,
    /// First Python version that has what the section is about, where it is younger than 3.8.
    pub since: Option<PythonVersion>,
    /// What in code leads here.
    pub triggers: List<Trigger>,
    /// Those of the triggers that the section is not mainly about: other sections about the same come first.
    pub asides: List<Trigger>,
    /// Sections worth reading with this one.
    pub see_also: List<SectionNumber>,
    /// Other tools' diagnostics that the section explains: `ruff:RUF006`.
    pub codes: List<Text>,
    /// Two to four sentences that stand alone.
    pub summary: Text,
    /// Bullets.
    pub key_points: Text,
    /// Bullets.
    pub pitfalls: Text,
    /// Python source, without the fence.
    pub example: Text,
    /// Where the book is wrong or outdated, and what is right.
    pub erratum: Text,
}

impl Note {
    /// Whether the section is mainly about something else than what led to it. The text is a trigger as references
    /// name it: of a name below a package, the name itself.
    pub fn is_aside(&self, trigger: &str) -> bool {
        self.asides.iter().any(|aside| match aside {
            Trigger::Symbol(name) | Trigger::SymbolTree(name) => {
                let led = trigger.strip_prefix("symbol:").or_else(|| trigger.strip_prefix("method:"));
                let rest = led.and_then(|led| led.strip_prefix(&**name));
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            }
            other => other.to_string() == trigger,
        })
    }
}
