//! What is known of the standard library (and a few packages) without reading it: classes, their bases and members,
//! what functions return. Data, made from the public type stubs; see `data/README.md`.
//!
//! Types are written as the stubs would, fully qualified: `builtins.list[builtins.str]`, `Self` for the class the member
//! was asked of, `$0`, `$1` for its type arguments, `await T` for what awaiting gives. Nothing is listed where the
//! stubs leave it open.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::PythonVersion;
use super::packed::{Names, Texts};

/// A member of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Qualified name of the class that defines it.
    pub owner: &'static str,
    /// Called, or read.
    pub callable: bool,
    /// Type of what a call gives, or of the attribute; empty when open.
    pub ty: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/stdlib.rs"));

/// The place of a class in the tables.
#[derive(Clone, Copy)]
struct Class(usize);

impl Class {
    /// A class, also by another name of it.
    fn named(name: &str) -> Option<Self> {
        CLASS_NAMES.find(name).or_else(|| CLASS_NAMES.find(alias(name)?)).map(Self)
    }

    fn name(self) -> &'static str {
        CLASS_NAMES.get(self.0)
    }

    /// Has members that are not listed.
    fn is_open(self) -> bool {
        CLASSES[self.0].0
    }

    /// The class and its known ancestors, nearest first, each once: its bases come right behind it.
    fn lineage(self) -> impl Iterator<Item = Self> {
        let [(_, _, from, _), (_, _, to, _)] = [CLASSES[self.0], CLASSES[self.0 + 1]];
        LINEAGES[usize::from(from)..usize::from(to)].iter().map(|class| Self(usize::from(*class)))
    }

    /// The place in `MEMBER_NAMES` of each member, whether it is called, and the place of its type in `TYPES`; sorted.
    fn members(self) -> &'static [(u16, bool, u16)] {
        let [(_, _, _, from), (_, _, _, to)] = [CLASSES[self.0], CLASSES[self.0 + 1]];
        &MEMBERS[usize::from(from)..usize::from(to)]
    }
}

/// The public name of what is also known by this one: `json.JSONDecodeError` for `json.decoder.JSONDecodeError`.
pub fn alias(name: &str) -> Option<&'static str> {
    ALIASES.find(name).map(|at| ALIASED.get(at))
}

/// Every name that [`alias`] knows.
#[cfg(test)]
pub fn aliases() -> impl Iterator<Item = &'static str> {
    (0..ALIASES.names.starts.len() - 1).map(|at| ALIASES.get(at))
}

/// Looks a name up, or the one that it is another name for.
fn find_any(table: &Names, name: &str) -> Option<usize> {
    table.find(name).or_else(|| table.find(alias(name)?))
}

/// The direct bases of a class; `None` when the class is not known.
pub fn bases(name: &str) -> Option<impl Iterator<Item = &'static str>> {
    let class = Class::named(name)?;
    Some(class.lineage().skip(1).take(usize::from(CLASSES[class.0].1)).map(Class::name))
}

/// Whether the qualified name is a known class.
pub fn is_class(name: &str) -> bool {
    Class::named(name).is_some()
}

/// What a call of the function gives; `None` when not known.
pub fn function(name: &str) -> Option<&'static str> {
    find_any(&FUNCTIONS, name).map(|at| TYPES.get(usize::from(FUNCTION_TYPES[at])))
}

/// The type of a module's variable (`sys.argv`); `None` when not known.
pub fn variable(name: &str) -> Option<&'static str> {
    find_any(&VARIABLES, name).map(|at| TYPES.get(usize::from(VARIABLE_TYPES[at])))
}

/// The class and its known ancestors, nearest first, each once.
pub fn ancestry(class: &str) -> impl Iterator<Item = &'static str> {
    Class::named(class).into_iter().flat_map(Class::lineage).map(Class::name)
}

/// Whether a class is this one or one of its descendants.
pub fn descends(class: &str, from: &str) -> bool {
    ancestry(class).any(|ancestor| ancestor == from)
}

/// The member of a class or of its nearest ancestor that has it.
pub fn member(class: &str, name: &str) -> Option<Member> {
    let name = MEMBER_NAMES.find(name)?;
    Class::named(class)?.lineage().find_map(|owner| {
        let members = owner.members();
        let at = members.binary_search_by(|(member, ..)| usize::from(*member).cmp(&name)).ok()?;
        let (_, callable, ty) = members[at];
        Some(Member { owner: owner.name(), callable, ty: TYPES.get(usize::from(ty)) })
    })
}

/// Whether it is certain that the class has no such member: class and ancestors are known with all their members.
pub fn lacks(class: &str, name: &str) -> bool {
    Class::named(class).is_some_and(|class| class.lineage().all(|class| !class.is_open()))
        && member(class, name).is_none()
}

/// The name itself, if `from module import *` binds it.
pub fn exported(module: &str, name: &str) -> Option<&'static str> {
    EXPORTED.get(EXPORTS.find(module)?).split(' ').find(|exported| *exported == name)
}

/// Whether this is a module of the standard library, by its full dotted name's first part.
pub fn is_module(name: &str) -> bool {
    let first = name.split('.').next().unwrap_or(name);
    ruff_python_stdlib::sys::is_known_standard_library(14, first)
}

/// The version that brought a module, a name of one, a method (`pathlib.Path.walk`) or a keyword argument
/// (`builtins.zip(strict)`); `None` for what Python 3.8 had, and for what is not known.
pub fn since(name: &str) -> Option<PythonVersion> {
    SINCE.find(name).map(|at| PythonVersion::three(SINCE_MINOR[at]))
}

/// Whether [`since`] knows a name that ends like this: a quick look before the name is put together.
pub fn may_be_new(word: &str) -> bool {
    SINCE_WORDS.find(word).is_some()
}

/// Whether every module can use the name without an import: `print`, `ValueError`.
pub fn is_builtin(name: &str) -> bool {
    static BUILTINS: LazyLock<FxHashSet<&'static str>> =
        LazyLock::new(|| ruff_python_stdlib::builtins::python_builtins(14, false).collect());
    BUILTINS.contains(name)
}
