//! Writes what was read as Rust source: expressions that the compiler places into the program's data.

use std::fmt::Write;

use crate::book::{Book, Chapter, ReadingPath, Section, SectionNumber};
use crate::knowledge::format::{Contents, MissingRule};
use crate::knowledge::index::{Index, Indexed, NoteId, RuleId};
use crate::knowledge::note::{Note, Trigger};
use crate::knowledge::rule::{ArgumentTest, Detection, Match, Rule, RuleDocs, Value, ValueTest};
use crate::python::{Construct, PythonVersion};

/// The source of the file that `src/knowledge/builtin.rs` includes.
pub fn source(contents: &Contents) -> String {
    let Contents { book, notes, rules, missing_rules } = contents;
    let index = Index::new([Indexed { book, notes, rules }]);
    let mut out = String::new();
    item(&mut out, "The table of contents.", "BOOK: Book", book);
    item(&mut out, "Sorted by section.", "NOTES: &[Note]", &Slice(notes));
    item(&mut out, "Sorted by name.", "RULES: &[Rule]", &Slice(rules));
    item(&mut out, "From trigger to notes.", "INDEX: Index", &index);
    out.push_str("#[cfg(test)]\n");
    item(
        &mut out,
        "Rules that notes wait for: name and place.",
        "MISSING_RULES: &[(&str, &str)]",
        &Slice(missing_rules),
    );
    out
}

fn item(out: &mut String, docs: &str, item: &str, value: &dyn Source) {
    let _ = write!(out, "/// {docs}\npub static {item} = ");
    value.write(out);
    out.push_str(";\n");
}

/// Something that can be written as a constant expression.
trait Source {
    fn write(&self, out: &mut String);
}

/// A borrowed slice.
struct Slice<'a, T>(&'a [T]);

impl<T: Source> Source for Slice<'_, T> {
    fn write(&self, out: &mut String) {
        out.push_str("&[");
        for item in self.0 {
            item.write(out);
            out.push(',');
        }
        out.push(']');
    }
}

impl<T: Source + Clone> Source for std::borrow::Cow<'_, [T]> {
    fn write(&self, out: &mut String) {
        out.push_str("List::Borrowed(");
        Slice(self).write(out);
        out.push(')');
    }
}

impl Source for std::borrow::Cow<'_, str> {
    fn write(&self, out: &mut String) {
        let _ = write!(out, "Text::Borrowed({self:?})");
    }
}

impl<T: Source> Source for Option<T> {
    fn write(&self, out: &mut String) {
        match self {
            None => out.push_str("None"),
            Some(value) => {
                out.push_str("Some(");
                value.write(out);
                out.push(')');
            }
        }
    }
}

impl<A: Source, B: Source> Source for (A, B) {
    fn write(&self, out: &mut String) {
        out.push('(');
        self.0.write(out);
        out.push(',');
        self.1.write(out);
        out.push(')');
    }
}

/// Types whose `Debug` form is the expression itself.
macro_rules! debug_is_source {
    ($($type:ty)*) => {
        $(impl Source for $type {
            fn write(&self, out: &mut String) {
                let _ = write!(out, "{self:?}");
            }
        })*
    };
}

debug_is_source! { u8 u16 bool char SectionNumber PythonVersion NoteId RuleId }

/// Enumerations without payload: the variant's name with its type.
macro_rules! variant_is_source {
    ($($type:ident in $path:path;)*) => {
        $(impl Source for $path {
            fn write(&self, out: &mut String) {
                let _ = write!(out, concat!(stringify!($type), "::{:?}"), self);
            }
        })*
    };
}

variant_is_source! {
    Construct in Construct;
    SectionKind in crate::book::SectionKind;
    Severity in crate::knowledge::rule::Severity;
    FixKind in crate::knowledge::rule::FixKind;
    Place in crate::knowledge::rule::Place;
    Surrounding in crate::knowledge::rule::Surrounding;
}

/// Structs: every field by name.
macro_rules! fields_are_source {
    ($($type:ident { $($field:ident),* })*) => {
        $(impl Source for $type {
            fn write(&self, out: &mut String) {
                out.push_str(concat!(stringify!($type), "{"));
                $(
                    out.push_str(concat!(stringify!($field), ":"));
                    self.$field.write(out);
                    out.push(',');
                )*
                out.push_str("}\n");
            }
        })*
    };
}

fields_are_source! {
    Book { id, title, mark, chapters, reading_paths, sections }
    Chapter { number, title, prerequisites }
    ReadingPath { name, chapters }
    Section { number, title, kind }
    Note { section, since, triggers, asides, see_also, codes, summary, key_points, pitfalls, example, erratum }
    Rule {
        name, sections, group, severity, default, since, fix, equivalents, message, detection, replace_with,
        add_argument, unnecessary, deprecated, tests, docs
    }
    RuleDocs { what, why, language, example, instead }
    Match { place, names, arguments, inside, not_inside }
    ArgumentTest { keyword, position, test }
    Index { syntax, dunders, symbols, trees, methods, keywords, rules, files, codes }
}

/// Writes `Type::Variant(payload)`.
fn variant(name: &str, payload: &dyn Source, out: &mut String) {
    out.push_str(name);
    out.push('(');
    payload.write(out);
    out.push(')');
}

impl Source for Trigger {
    fn write(&self, out: &mut String) {
        match self {
            Self::Syntax(construct) => variant("Trigger::Syntax", construct, out),
            Self::Dunder(name) => variant("Trigger::Dunder", name, out),
            Self::Symbol(name) => variant("Trigger::Symbol", name, out),
            Self::SymbolTree(name) => variant("Trigger::SymbolTree", name, out),
            Self::Method { class, name } => pair("Trigger::Method", ("class", class), ("name", name), out),
            Self::Keyword { callee, keyword } => {
                pair("Trigger::Keyword", ("callee", callee), ("keyword", keyword), out);
            }
            Self::Rule(name) => variant("Trigger::Rule", name, out),
            Self::File { glob, path } => pair("Trigger::File", ("glob", glob), ("path", path), out),
        }
    }
}

/// Writes `Type::Variant { first, second }`.
fn pair(name: &str, first: (&str, &dyn Source), second: (&str, &dyn Source), out: &mut String) {
    out.push_str(name);
    out.push('{');
    for (field, value) in [first, second] {
        out.push_str(field);
        out.push(':');
        value.write(out);
        out.push(',');
    }
    out.push('}');
}

impl Source for Detection {
    fn write(&self, out: &mut String) {
        match self {
            Self::Match(matches) => variant("Detection::Match", matches, out),
            Self::Code => out.push_str("Detection::Code"),
            Self::Project => out.push_str("Detection::Project"),
        }
    }
}

impl Source for ValueTest {
    fn write(&self, out: &mut String) {
        match self {
            Self::Is(value) => variant("ValueTest::Is", value, out),
            Self::IsNot(value) => variant("ValueTest::IsNot", value, out),
            Self::Present | Self::Absent | Self::Literal | Self::NotLiteral => {
                let _ = write!(out, "ValueTest::{self:?}");
            }
        }
    }
}

impl Source for Value {
    fn write(&self, out: &mut String) {
        match self {
            Self::String(text) => variant("Value::String", text, out),
            Self::Symbol(name) => variant("Value::Symbol", name, out),
            Self::Bool(_) | Self::Integer(_) | Self::None => {
                let _ = write!(out, "Value::{self:?}");
            }
        }
    }
}

impl Source for MissingRule {
    fn write(&self, out: &mut String) {
        let _ = write!(out, "({:?}, {:?})", self.rule, format!("{}:{}", self.path, self.line));
    }
}
