//! What a statement has asked of the module's names.
//!
//! What is known of a statement follows from its own text and from the answers that it got. So the questions are noted
//! while it is read: when an edit changes the answers of some, the statements that asked them are read again, and no
//! other.

use std::cell::RefCell;
use std::hash::{BuildHasher, Hash};

use rustc_hash::{FxBuildHasher, FxHashSet};

use super::bindings::StatementBindings;
use super::canonical;
use super::table::{ModuleBinding, ModuleBindingKind};

/// A question to the module table.
#[derive(Clone, Copy, Debug, Hash)]
pub(super) enum Question<'q> {
    /// What a name is bound to, once or more often.
    Name(&'q str),
    /// Whether a class of the module is one of several bases of another.
    Mixed(&'q str),
    /// What is imported from a package: the first part of its dotted name.
    ImportedFrom(&'q str),
    /// All imports.
    Imports,
    /// All classes.
    Classes,
    /// Whether there are functions or classes.
    Defines,
    /// Which modules are star-imported.
    StarImports,
    /// Whether annotations stay unevaluated.
    FutureAnnotations,
    /// Whether the module asks for a Python that has no `|` between types.
    OldPythons,
    /// Whether the module may run in Python 2, as one of its statements says.
    Python2,
    /// Whether the module does more than to import.
    Acts,
    /// Whether a function or method is decorated with a name.
    Decorates(&'q str),
}

impl Question<'_> {
    /// A number for it. Two questions may have the same: then a statement is read again without need.
    fn key(self) -> u32 {
        (FxBuildHasher.hash_one(self) >> 16) as u32
    }
}

/// Notes the questions that are asked while a statement is read.
#[derive(Debug, Default)]
pub(super) struct Notes(RefCell<FxHashSet<u32>>);

impl Notes {
    pub fn note(&self, question: Question<'_>) {
        self.0.borrow_mut().insert(question.key());
    }

    /// What was noted.
    pub fn questions(self) -> Questions {
        let mut keys: Box<[u32]> = self.0.into_inner().into_iter().collect();
        keys.sort_unstable();
        Questions(keys)
    }
}

/// The questions that a statement has asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Questions(Box<[u32]>);

/// The questions whose answers an edit has changed.
#[derive(Debug, Default)]
pub(super) struct Changed(FxHashSet<u32>);

impl Changed {
    pub fn add(&mut self, question: Question<'_>) {
        self.0.insert(question.key());
    }

    /// Whether a statement that asked these has got other answers by now.
    pub fn meets(&self, questions: &Questions) -> bool {
        !self.0.is_empty() && questions.0.iter().any(|key| self.0.contains(key))
    }

    /// Adds what depends on what some statements bind, which was `old` and is `new`.
    pub fn add_bindings(&mut self, old: &StatementBindings, new: &StatementBindings) {
        if old.star_imports != new.star_imports {
            self.add(Question::StarImports);
        }
        let (old, new) = (&old.bindings[..], &new.bindings[..]);
        let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
        let (old, new) = (&old[same..], &new[same..]);
        let same = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
        for binding in old[..old.len() - same].iter().chain(&new[..new.len() - same]) {
            self.add_binding(binding);
        }
    }

    fn add_binding(&mut self, binding: &ModuleBinding) {
        self.add(Question::Name(&binding.name));
        for decorator in binding.kind.decorators() {
            self.add(Question::Decorates(decorator));
        }
        match &binding.kind {
            ModuleBindingKind::Import(target) => {
                self.add(Question::Imports);
                self.add(Question::ImportedFrom(package_of(target)));
                self.add(Question::ImportedFrom(package_of(&canonical::public(target))));
            }
            ModuleBindingKind::Class(_) => self.add(Question::Classes),
            _ => {}
        }
    }
}

/// Whether an import is from a package: by the name that it has in the code, or by its public name.
pub(super) fn is_from(package: &str, target: &str) -> bool {
    package_of(target) == package || package_of(&canonical::public(target)) == package
}

/// The first part of a dotted name.
pub(super) fn package_of(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}
