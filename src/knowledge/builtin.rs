//! The built-in book, as the build made it from the files under `knowledge/`.

// Which of the types the source names depends on what the notes and rules contain.
#![allow(unused_imports)]

use crate::book::{Book, Chapter, List, ReadingPath, Section, SectionKind, SectionNumber, Text};
use crate::knowledge::index::{Index, NoteId, RuleId};
use crate::knowledge::note::{Note, Trigger};
use crate::knowledge::rule::{
    ArgumentTest, Detection, FixKind, Match, Place, Rule, RuleDocs, Severity, Surrounding, Value, ValueTest,
};
use crate::python::{Construct, PythonVersion};

include!(concat!(env!("OUT_DIR"), "/builtin.rs"));
