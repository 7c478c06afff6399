//! The module table: every name bound at module level, with what it is.
//!
//! It is owned (no syntax tree is referred to), so that it can outlive the trees and be compared between versions of a
//! document: as long as an edit leaves it equal, the facts of the statements that were not edited stay true.

use std::sync::Arc;

use ruff_python_ast::name::Name;
use rustc_hash::{FxHashMap, FxHashSet};

use super::bindings::StatementBindings;
use super::infer::Type;

/// One binding of a name at module level.
#[derive(Clone, Debug, PartialEq)]
pub struct ModuleBinding {
    /// The name.
    pub name: Name,
    /// Bound inside a compound statement (`if`, `try`, ...), so that it may not happen.
    pub conditional: bool,
    /// Bound in an `except` clause or an `else` branch: the stand-in for what could not be imported.
    pub fallback: bool,
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
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModuleTable {
    bindings: Vec<ModuleBinding>,
    by_name: FxHashMap<Name, Vec<u32>>,
    /// A function or class is among the bindings.
    defines: bool,
    /// Classes of this module that are one of several bases of another.
    mixed: FxHashSet<Name>,
    /// Modules that are star-imported, in order, each with the number of bindings before it.
    pub star_imports: Vec<(u32, Name)>,
    /// `from __future__ import annotations` is present.
    pub future_annotations: bool,
}

impl ModuleTable {
    /// Adds what one statement binds.
    pub fn extend(&mut self, found: &StatementBindings) {
        let before = self.len();
        self.star_imports.extend(found.star_imports.iter().map(|module| (before, module.clone())));
        self.future_annotations |= found.future_annotations;
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

    /// How many bindings there are; the ordinal of the next.
    pub fn len(&self) -> u32 {
        self.bindings.len() as u32
    }

    /// Whether nothing is bound.
    pub fn is_empty(&self) -> bool {
        self.bindings.is_empty()
    }

    /// All bindings in order.
    pub fn bindings(&self) -> &[ModuleBinding] {
        &self.bindings
    }

    /// All bindings of a name, in order.
    pub fn bindings_of<'s>(&'s self, name: &str) -> impl DoubleEndedIterator<Item = &'s ModuleBinding> + use<'s> {
        self.by_name.get(name).into_iter().flatten().map(|&at| &self.bindings[at as usize])
    }

    /// The bindings of a name among the first `before` (`None`: all), in order.
    pub fn bindings_before<'s>(
        &'s self,
        name: &str,
        before: Option<u32>,
    ) -> impl DoubleEndedIterator<Item = &'s ModuleBinding> + use<'s> {
        let ordinals = self.by_name.get(name).map_or(&[][..], Vec::as_slice);
        let end = before.map_or(ordinals.len(), |limit| ordinals.partition_point(|&at| at < limit));
        ordinals[..end].iter().map(|&at| &self.bindings[at as usize])
    }

    /// What a name is for code that runs when `before` bindings have happened (`None`: after all of them).
    ///
    /// A stand-in bound in `except ImportError` does not hide the import that it stands in for.
    pub fn lookup(&self, name: &str, before: Option<u32>) -> Option<&ModuleBinding> {
        let ordinals = self.by_name.get(name)?;
        let seen = before.map_or(ordinals.len(), |limit| ordinals.partition_point(|&at| at < limit));
        standing(ordinals[..seen].iter().rev().map(|&at| &self.bindings[at as usize]))
    }

    /// Whether the module has functions or classes of its own: it is more than a script.
    pub fn defines(&self) -> bool {
        self.defines
    }

    /// Whether a class of this module has this one as one of several bases.
    pub fn is_mixed(&self, class: &str) -> bool {
        self.mixed.contains(class)
    }

    /// The class of this module with this name.
    pub fn class(&self, name: &str) -> Option<&Arc<ClassInfo>> {
        match &self.lookup(name, None)?.kind {
            ModuleBindingKind::Class(info) => Some(info),
            _ => None,
        }
    }

    /// The function of this module with this name.
    pub fn function(&self, name: &str) -> Option<&Arc<FunctionInfo>> {
        match &self.lookup(name, None)?.kind {
            ModuleBindingKind::Function(info) => Some(info),
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
