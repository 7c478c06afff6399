//! The module table: every name bound at module level, with what it is.
//!
//! It is owned (no syntax tree is referred to), so that it can outlive the trees and be compared between versions of a
//! document: as long as an edit leaves an answer equal, the facts stay true of the statements that asked for it.

use std::sync::Arc;

use ruff_python_ast::name::Name;
use rustc_hash::{FxHashMap, FxHashSet};

use super::bindings::StatementBindings;
use super::infer::Type;
use super::older::Older;
use super::questions::{Changed, Notes, Question, is_from, package_of};

/// One binding of a name at module level.
#[derive(Clone, Debug, PartialEq)]
pub struct ModuleBinding {
    /// The name.
    pub name: Name,
    /// Bound inside a compound statement (`if`, `try`, ...), so that it may not happen.
    pub conditional: bool,
    /// Bound in an `except` clause or an `else` branch: the stand-in for what could not be imported.
    pub fallback: bool,
    /// Bound to a test of the Python that runs: where the older ones are when it is tested.
    pub older: Option<Older>,
    /// What it is bound to.
    pub kind: ModuleBindingKind,
}

/// What a module-level name is bound to.
#[derive(Clone, Debug, PartialEq)]
pub enum ModuleBindingKind {
    /// Imported; the qualified name begins with `.` for a relative import.
    Import(Name),
    /// A function.
    Function(Arc<FunctionInfo>),
    /// A class.
    Class(Arc<ClassInfo>),
    /// A value; its type where it can be told.
    Value(Option<Type>),
    /// Deleted, or bound in a way that says nothing.
    Unknown,
}

impl ModuleBindingKind {
    /// The functions of the module that a function or the methods of a class are decorated with.
    pub(super) fn decorators(&self) -> impl Iterator<Item = &str> {
        let (function, class) = match self {
            Self::Function(info) => (Some(info.as_ref()), None),
            Self::Class(info) => (None, Some(info.as_ref())),
            _ => (None, None),
        };
        let methods = class.into_iter().flat_map(|class| class.methods.values());
        let all = function.into_iter().chain(methods).flat_map(|function| &function.decorators);
        all.filter_map(|decorator| decorator.strip_prefix('@'))
    }
}

/// What other code can know of a function without reading it.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FunctionInfo {
    /// `async def`.
    pub is_async: bool,
    /// Contains `yield`.
    pub is_generator: bool,
    /// Type of what a call gives, from the annotation; for an `async def`, of what awaiting the call gives.
    pub returns: Option<Type>,
    /// Qualified or local names of the decorators, outermost first; empty text where one is no name.
    pub decorators: Vec<Name>,
    /// Names of the parameters in order, without `*` and `**`.
    pub parameters: Vec<Name>,
    /// Keeps the function that it is given in a registry and gives it back; or is a factory of such a decorator.
    pub registers: bool,
    /// Has a body, and no way out of it gives a value.
    pub returns_nothing: bool,
    /// How many of them can only be given by position.
    pub positional_only: u32,
    /// Takes any keyword: `**kwargs`.
    pub var_keyword: bool,
    /// Variables of the module that it changes by `x += 1` without holding anything.
    pub unguarded: Vec<Name>,
    /// Has a `finally`, or a `with` on something that it opens.
    pub cleans_up: bool,
}

/// What other code can know of a class without reading it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassInfo {
    /// The class's own name.
    pub name: Name,
    /// Its bases: qualified names, `@Name` for a class of this module, empty text where it cannot be told.
    pub bases: Vec<Name>,
    /// Qualified or local names of the decorators, outermost first.
    pub decorators: Vec<Name>,
    /// Qualified name given as `metaclass=`.
    pub metaclass: Option<Name>,
    /// Methods by name.
    pub methods: FxHashMap<Name, FunctionInfo>,
    /// Class attributes and `self.x`, with the type where it can be told and all assignments agree.
    pub attributes: FxHashMap<Name, Option<Type>>,
}

/// Every name bound at module level, in order of binding.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModuleTable {
    bindings: Vec<ModuleBinding>,
    by_name: FxHashMap<Name, Vec<u32>>,
    /// A function or class is among the bindings.
    defines: bool,
    /// Classes of this module that are one of several bases of another.
    mixed: FxHashSet<Name>,
    /// Modules that are star-imported, in order.
    star_imports: Vec<Name>,
    /// `from __future__ import annotations` is present.
    future_annotations: bool,
    /// A statement asks for a Python that has no `|` between types.
    old_pythons: bool,
    /// A statement says that the module may run in Python 2.
    python_2: bool,
    /// A statement is more than an import or a docstring.
    acts: bool,
}

/// How much of a table is to be seen: that many of the first bindings and star imports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Limit {
    pub bindings: u32,
    pub star_imports: u32,
}

impl Limit {
    /// With what a statement binds that comes next.
    pub fn behind(self, found: &StatementBindings) -> Self {
        Self {
            bindings: self.bindings + found.bindings.len() as u32,
            star_imports: self.star_imports + found.star_imports.len() as u32,
        }
    }
}

impl ModuleTable {
    /// Adds what one statement binds.
    pub fn extend(&mut self, found: &StatementBindings) {
        self.star_imports.extend_from_slice(&found.star_imports);
        self.future_annotations |= found.future_annotations;
        self.old_pythons |= found.old_pythons;
        self.python_2 |= found.python_2;
        self.acts |= found.acts;
        for binding in &found.bindings {
            let ordinal = self.bindings.len() as u32;
            self.defines |= matches!(binding.kind, ModuleBindingKind::Function(_) | ModuleBindingKind::Class(_));
            if let ModuleBindingKind::Class(info) = &binding.kind
                && info.bases.len() > 1
            {
                self.mixed.extend(info.bases.iter().filter_map(|base| base.strip_prefix('@')).map(Name::new));
            }
            self.by_name.entry(binding.name.clone()).or_default().push(ordinal);
            self.bindings.push(binding.clone());
        }
    }

    /// All bindings, in order.
    pub fn bindings(&self) -> &[ModuleBinding] {
        &self.bindings
    }

    /// All bindings of a name, in order.
    pub fn bindings_of(&self, name: &str) -> impl DoubleEndedIterator<Item = &ModuleBinding> {
        self.bindings_before(name, None)
    }

    /// The bindings of a name among the first `before` (`None`: all), in order.
    fn bindings_before<'s>(
        &'s self,
        name: &str,
        before: Option<u32>,
    ) -> impl DoubleEndedIterator<Item = &'s ModuleBinding> + use<'s> {
        let ordinals = self.by_name.get(name).map_or(&[][..], Vec::as_slice);
        let end = before.map_or(ordinals.len(), |limit| ordinals.partition_point(|&at| at < limit));
        ordinals[..end].iter().map(|&at| &self.bindings[at as usize])
    }

    /// Adds the questions about the table as a whole that an older one answers differently. Those about names follow from
    /// the bindings that differ.
    pub(super) fn compare(&self, older: &Self, changed: &mut Changed) {
        for class in self.mixed.symmetric_difference(&older.mixed) {
            changed.add(Question::Mixed(class));
        }
        let answers = [
            (Question::Defines, self.defines == older.defines),
            (Question::FutureAnnotations, self.future_annotations == older.future_annotations),
            (Question::OldPythons, self.old_pythons == older.old_pythons),
            (Question::Python2, self.python_2 == older.python_2),
            (Question::Acts, self.acts == older.acts),
        ];
        answers.into_iter().filter(|(_, same)| !same).for_each(|(question, _)| changed.add(question));
    }
}

/// The module table as the code at a place sees it. What is asked of it is noted, so that an edit that changes an answer
/// finds those who got it: there is no other way to the table while a statement is read.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    table: &'a ModuleTable,
    notes: Option<&'a Notes>,
}

impl<'a> Names<'a> {
    /// Of a table; with a place for the questions, unless nothing is kept of the answers.
    pub(super) fn new(table: &'a ModuleTable, notes: Option<&'a Notes>) -> Self {
        Self { table, notes }
    }

    fn note(self, question: Question<'_>) {
        if let Some(notes) = self.notes {
            notes.note(question);
        }
    }

    /// All bindings of a name, in order.
    pub fn bindings_of(self, name: &str) -> impl DoubleEndedIterator<Item = &'a ModuleBinding> + use<'a> {
        self.bindings_before(name, None)
    }

    /// The bindings of a name among the first `before` (`None`: all), in order.
    pub fn bindings_before(
        self,
        name: &str,
        before: Option<u32>,
    ) -> impl DoubleEndedIterator<Item = &'a ModuleBinding> + use<'a> {
        self.note(Question::Name(name));
        self.table.bindings_before(name, before)
    }

    /// What a name is for code that runs when `before` bindings have happened (`None`: after all of them).
    ///
    /// A stand-in bound in `except ImportError` does not hide the import that it stands in for.
    pub fn lookup(self, name: &str, before: Option<u32>) -> Option<&'a ModuleBinding> {
        standing(self.bindings_before(name, before).rev())
    }

    /// The imports, in order.
    pub fn imports(self) -> impl Iterator<Item = &'a ModuleBinding> {
        self.note(Question::Imports);
        self.of_imports()
    }

    /// The imports from the package that a dotted name begins with, and of the package, in order.
    pub fn imports_from<'n>(self, name: &'n str) -> impl Iterator<Item = &'a ModuleBinding> + use<'a, 'n> {
        let package = package_of(name);
        self.note(Question::ImportedFrom(package));
        self.of_imports().filter(move |binding| match &binding.kind {
            ModuleBindingKind::Import(target) => is_from(package, target),
            _ => false,
        })
    }

    fn of_imports(self) -> impl Iterator<Item = &'a ModuleBinding> + use<'a> {
        self.table.bindings.iter().filter(|binding| matches!(binding.kind, ModuleBindingKind::Import(_)))
    }

    /// The classes, in order.
    pub fn classes(self) -> impl Iterator<Item = &'a Arc<ClassInfo>> {
        self.note(Question::Classes);
        self.table.bindings.iter().filter_map(|binding| match &binding.kind {
            ModuleBindingKind::Class(info) => Some(info),
            _ => None,
        })
    }

    /// The modules that are star-imported, in order, as far as they are to be seen.
    pub(super) fn star_imports(self, limit: Option<Limit>) -> &'a [Name] {
        self.note(Question::StarImports);
        let seen = limit.map_or(self.table.star_imports.len(), |limit| limit.star_imports as usize);
        &self.table.star_imports[..seen.min(self.table.star_imports.len())]
    }

    /// Whether annotations stay unevaluated: `from __future__ import annotations`.
    pub fn future_annotations(self) -> bool {
        self.note(Question::FutureAnnotations);
        self.table.future_annotations
    }

    /// Whether the module asks for a Python that has no `|` between types: it may run there.
    pub fn is_for_old_pythons(self) -> bool {
        self.note(Question::OldPythons);
        self.table.old_pythons
    }

    /// Whether the module asks somewhere if it runs in Python 2, has a name for that, or imports what is only there.
    pub fn is_for_python_2(self) -> bool {
        self.note(Question::Python2);
        self.table.python_2
    }

    /// Whether the module does nothing but import: it is another name for what it imports.
    pub fn only_imports(self) -> bool {
        self.note(Question::Acts);
        !self.table.acts
    }

    /// Whether a function or method of the module is decorated with this name.
    pub fn decorates(self, name: &str) -> bool {
        self.note(Question::Decorates(name));
        self.table.bindings.iter().any(|binding| binding.kind.decorators().any(|decorator| decorator == name))
    }

    /// Whether the module has functions or classes of its own: it is more than a script.
    pub fn defines(self) -> bool {
        self.note(Question::Defines);
        self.table.defines
    }

    /// Whether a class of this module has this one as one of several bases.
    pub fn is_mixed(self, class: &str) -> bool {
        self.note(Question::Mixed(class));
        self.table.mixed.contains(class)
    }

    /// The class of this module with this name.
    pub fn class(self, name: &str) -> Option<&'a Arc<ClassInfo>> {
        match &self.lookup(name, None)?.kind {
            ModuleBindingKind::Class(info) => Some(info),
            _ => None,
        }
    }
}

/// The binding that holds, of those of one name, latest first.
pub(super) fn standing<'b>(mut latest_first: impl Iterator<Item = &'b ModuleBinding>) -> Option<&'b ModuleBinding> {
    let last = latest_first.next()?;
    if last.fallback
        && let Some(earlier) = latest_first.next()
        && earlier.conditional
        && matches!(earlier.kind, ModuleBindingKind::Import(_))
    {
        return Some(earlier);
    }
    Some(last)
}
