//! One analysis per document version: computed once, immutable, read by every feature.

use std::sync::Arc;

use ruff_source_file::LineIndex;
use ruff_text_size::TextSize;

use super::{At, Finding, Reference};
use crate::knowledge::Knowledge;
use crate::python::PythonVersion;

/// What an analysis depends on besides the text.
#[derive(Clone, Debug)]
pub struct Options {
    /// No advice that this version cannot follow.
    pub target: PythonVersion,
    /// The file's name tells a test file; empty for an untitled buffer.
    pub file_name: String,
    /// `.pyi`: constructs that are normal in stubs are not remarked on.
    pub stub: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { target: PythonVersion::NEWEST, file_name: String::new(), stub: false }
    }
}

/// Everything that is known about one version of a document.
#[derive(Debug)]
pub struct Analysis {
    knowledge: Arc<Knowledge>,
    text: Arc<str>,
    lines: LineIndex,
}

impl Analysis {
    /// Analyses a whole text. Must run on a thread with a large stack: see `on_big_stack`.
    pub fn new(text: Arc<str>, _options: &Options, knowledge: &Arc<Knowledge>) -> Self {
        let lines = LineIndex::from_source_text(&text);
        Self { knowledge: Arc::clone(knowledge), text, lines }
    }

    /// The document.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Where its lines begin.
    pub fn lines(&self) -> &LineIndex {
        &self.lines
    }

    /// The notes and rules it was made with.
    pub fn knowledge(&self) -> &Arc<Knowledge> {
        &self.knowledge
    }

    /// What a hover at this offset answers; `None` where there is nothing to say.
    pub fn at(&self, _offset: TextSize) -> Option<At> {
        None
    }

    /// Every reference of the document, in order of place.
    pub fn references(&self) -> Vec<Reference> {
        Vec::new()
    }

    /// Every finding of every rule, in order of place: neither settings nor suppression comments are applied.
    pub fn findings(&self) -> Vec<Finding> {
        Vec::new()
    }
}
