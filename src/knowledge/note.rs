//! A note: what Marginalia says about one section, in its own words.

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
        /// Name of the method or attribute.
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
