//! The built-in book as the build hands it to the program: numbers and one text, one after the other, without a pointer to
//! each piece. Pointers take three words each, and are put right whenever the program starts, also when nobody asks for a note.
//!
//! The build writes, the program reads: so that both do it in the same order, each type says it once.

#![allow(dead_code, reason = "the build has no use for what reads, and the program none for what writes")]

use crate::book::{Book, Chapter, List, ReadingPath, Section, SectionKind, SectionNumber, Text};
use crate::knowledge::index::{Index, NoteId, RuleId};
use crate::knowledge::note::{Note, Trigger};
use crate::knowledge::rule::{
    ArgumentTest, Detection, FixKind, Match, Place, Rule, RuleDocs, Severity, Surrounding, Value, ValueTest,
};
use crate::python::{Construct, PythonVersion};

/// What is written.
#[derive(Debug, Default)]
pub struct Writer {
    /// Seven bits to a byte, the lowest first; the eighth says that more follow.
    pub numbers: Vec<u8>,
    /// All texts.
    pub text: String,
}

impl Writer {
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.numbers.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.numbers.push(number as u8);
    }
}

/// What is not yet read.
#[derive(Debug)]
pub struct Reader {
    numbers: std::slice::Iter<'static, u8>,
    text: &'static str,
}

impl Reader {
    fn number(&mut self) -> u64 {
        let (mut number, mut shift) = (0, 0);
        for byte in self.numbers.by_ref() {
            number |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if *byte < 0x80 {
                break;
            }
        }
        number
    }
}

/// Reads what a [`Writer`] has written.
pub fn unpack<T: Pack>(numbers: &'static [u8], text: &'static str) -> T {
    T::read(&mut Reader { numbers: numbers.iter(), text })
}

/// Something that the build writes and the program reads.
pub trait Pack: Sized {
    /// Writes it.
    fn write(&self, to: &mut Writer);
    /// Reads what [`Pack::write`] has written.
    fn read(from: &mut Reader) -> Self;
}

macro_rules! numbers {
    ($($type:ident)*) => {
        $(impl Pack for $type {
            fn write(&self, to: &mut Writer) {
                to.number(u64::from(*self));
            }

            fn read(from: &mut Reader) -> Self {
                from.number() as Self
            }
        })*
    };
}

numbers! { u8 u16 }

impl Pack for bool {
    fn write(&self, to: &mut Writer) {
        to.number(u64::from(*self));
    }

    fn read(from: &mut Reader) -> Self {
        from.number() != 0
    }
}

impl Pack for char {
    fn write(&self, to: &mut Writer) {
        to.number(u64::from(*self));
    }

    fn read(from: &mut Reader) -> Self {
        char::from_u32(from.number() as u32).unwrap_or_default()
    }
}

impl Pack for i64 {
    fn write(&self, to: &mut Writer) {
        to.number(self.cast_unsigned());
    }

    fn read(from: &mut Reader) -> Self {
        from.number().cast_signed()
    }
}

impl Pack for Text {
    fn write(&self, to: &mut Writer) {
        to.number(self.len() as u64);
        to.text.push_str(self);
    }

    fn read(from: &mut Reader) -> Self {
        let (text, rest) = from.text.split_at(from.number() as usize);
        from.text = rest;
        Self::Borrowed(text)
    }
}

impl<T: Pack + Clone + 'static> Pack for List<T> {
    fn write(&self, to: &mut Writer) {
        to.number(self.len() as u64);
        self.iter().for_each(|item| item.write(to));
    }

    fn read(from: &mut Reader) -> Self {
        let items: Vec<T> = (0..from.number()).map(|_| T::read(from)).collect();
        // Read once, and there until the program ends.
        Self::Borrowed(items.leak())
    }
}

impl<T: Pack> Pack for Option<T> {
    fn write(&self, to: &mut Writer) {
        self.is_some().write(to);
        if let Some(value) = self {
            value.write(to);
        }
    }

    fn read(from: &mut Reader) -> Self {
        bool::read(from).then(|| T::read(from))
    }
}

impl<A: Pack, B: Pack> Pack for (A, B) {
    fn write(&self, to: &mut Writer) {
        self.0.write(to);
        self.1.write(to);
    }

    fn read(from: &mut Reader) -> Self {
        (A::read(from), B::read(from))
    }
}

/// Enumerations without payload, by their place among all.
macro_rules! variants {
    ($($type:ident)*) => {
        $(impl Pack for $type {
            fn write(&self, to: &mut Writer) {
                let place = Self::ALL.iter().position(|one| one == self);
                to.number(place.expect("it is one of all") as u64);
            }

            fn read(from: &mut Reader) -> Self {
                Self::ALL[from.number() as usize]
            }
        })*
    };
}

variants! { Construct SectionKind Severity FixKind Place Surrounding }

/// Structs, field by field.
macro_rules! fields {
    ($($type:ident { $($field:tt),* })*) => {
        $(impl Pack for $type {
            fn write(&self, to: &mut Writer) {
                $(self.$field.write(to);)*
            }

            fn read(from: &mut Reader) -> Self {
                // Fields are read in the order in which they stand here.
                Self { $($field: Pack::read(from)),* }
            }
        })*
    };
}

fields! {
    NoteId { 0 }
    RuleId { 0 }
    SectionNumber { chapter, section, subsection, repeat }
    PythonVersion { major, minor }
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

/// Enumerations with payload: a number for each variant, and its fields.
macro_rules! payloads {
    ($($type:ident { $($number:tt => $variant:ident { $($field:tt: $name:ident),* })* })*) => {
        $(impl Pack for $type {
            fn write(&self, to: &mut Writer) {
                match self {
                    $(Self::$variant { $($field: $name),* } => {
                        to.number($number);
                        $($name.write(to);)*
                    })*
                }
            }

            fn read(from: &mut Reader) -> Self {
                match from.number() {
                    $($number => Self::$variant { $($field: Pack::read(from)),* },)*
                    other => unreachable!("the build has written variant {other}"),
                }
            }
        })*
    };
}

payloads! {
    Trigger {
        0 => Syntax { 0: construct }
        1 => Dunder { 0: name }
        2 => Symbol { 0: name }
        3 => SymbolTree { 0: name }
        4 => Method { class: class, name: name }
        5 => Keyword { callee: callee, keyword: keyword }
        6 => Rule { 0: name }
        7 => File { glob: glob, path: path }
    }
    Detection {
        0 => Match { 0: matches }
        1 => Code {}
        2 => Project {}
    }
    ValueTest {
        0 => Present {}
        1 => Absent {}
        2 => Is { 0: value }
        3 => IsNot { 0: value }
        4 => Literal {}
        5 => NotLiteral {}
    }
    Value {
        0 => Bool { 0: value }
        1 => Integer { 0: value }
        2 => String { 0: value }
        3 => None {}
        4 => Symbol { 0: name }
    }
}
