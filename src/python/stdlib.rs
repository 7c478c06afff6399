//! What is known of the standard library (and a few packages) without reading it: classes, their bases and members,
//! what functions return. Data, made from the public type stubs; see `data/README.md`.
//!
//! Types are written as the stubs would, fully qualified: `builtins.list[builtins.str]`, `Self` for the class the member
//! was asked of, `$0`, `$1` for its type arguments, `await T` for what awaiting gives. Nothing is listed where the
//! stubs leave it open.

use super::PythonVersion;

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

struct Class {
    name: &'static str,
    bases: &'static [&'static str],
    /// Has members that are not listed.
    open: bool,
    /// Place in `MEMBER_NAMES`, called, place in `TYPES`; sorted.
    members: &'static [(u16, bool, u16)],
}

include!(concat!(env!("OUT_DIR"), "/stdlib.rs"));

/// Looks a key up in a sorted table.
fn find(table: &[(&'static str, &'static str)], key: &str) -> Option<&'static str> {
    table.binary_search_by(|(name, _)| (*name).cmp(key)).ok().map(|at| table[at].1)
}

/// Looks a key up, or the name that it is another name for.
fn find_any(table: &[(&'static str, &'static str)], key: &str) -> Option<&'static str> {
    find(table, key).or_else(|| find(table, alias(key)?))
}

fn class(name: &str) -> Option<&'static Class> {
    let find = |name: &str| CLASSES.binary_search_by(|class| class.name.cmp(name)).ok().map(|at| &CLASSES[at]);
    find(name).or_else(|| find(alias(name)?))
}

/// The public name of what is also known by this one: `json.JSONDecodeError` for `json.decoder.JSONDecodeError`.
pub fn alias(name: &str) -> Option<&'static str> {
    find(ALIASES, name)
}

/// The direct bases of a class; `None` when the class is not known.
pub fn bases(name: &str) -> Option<&'static [&'static str]> {
    class(name).map(|class| class.bases)
}

/// Whether the qualified name is a known class.
pub fn is_class(name: &str) -> bool {
    class(name).is_some()
}

/// What a call of the function gives; `None` when not known.
pub fn function(name: &str) -> Option<&'static str> {
    find_any(FUNCTIONS, name)
}

/// The type of a module's variable (`sys.argv`); `None` when not known.
pub fn variable(name: &str) -> Option<&'static str> {
    find_any(VARIABLES, name)
}

/// The class and its known ancestors, nearest first, each once.
fn lineage(name: &str) -> Vec<&'static Class> {
    let mut found: Vec<&'static Class> = class(name).into_iter().collect();
    let mut next = 0;
    while let Some(class) = found.get(next) {
        for base in class.bases.iter().filter_map(|base| self::class(base)) {
            if !found.iter().any(|known| std::ptr::eq(*known, base)) {
                found.push(base);
            }
        }
        next += 1;
    }
    found
}

/// The class and its known ancestors, nearest first, each once.
pub fn ancestry(class: &str) -> Vec<&'static str> {
    lineage(class).into_iter().map(|class| class.name).collect()
}

/// The member of a class or of its nearest ancestor that has it.
pub fn member(class: &str, name: &str) -> Option<Member> {
    let name = MEMBER_NAMES.binary_search(&name).ok()?;
    lineage(class).into_iter().find_map(|owner| {
        let at = owner.members.binary_search_by(|(member, ..)| usize::from(*member).cmp(&name)).ok()?;
        let (_, callable, ty) = owner.members[at];
        Some(Member { owner: owner.name, callable, ty: TYPES[usize::from(ty)] })
    })
}

/// Whether it is certain that the class has no such member: class and ancestors are known with all their members.
pub fn lacks(class: &str, name: &str) -> bool {
    let lineage = lineage(class);
    !lineage.is_empty() && lineage.iter().all(|class| !class.open) && member(class, name).is_none()
}

/// The name itself, if `from module import *` binds it.
pub fn exported(module: &str, name: &str) -> Option<&'static str> {
    find(EXPORTS, module)?.split(' ').find(|exported| *exported == name)
}

/// Whether this is a module of the standard library, by its full dotted name's first part.
pub fn is_module(name: &str) -> bool {
    let first = name.split('.').next().unwrap_or(name);
    ruff_python_stdlib::sys::is_known_standard_library(14, first)
}

/// The version that brought a module, a name of one, a method (`pathlib.Path.walk`) or a keyword argument
/// (`builtins.zip(strict)`); `None` for what Python 3.8 had, and for what is not known.
pub fn since(name: &str) -> Option<PythonVersion> {
    let at = SINCE.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
    Some(PythonVersion::three(SINCE[at].1))
}

/// Whether [`since`] knows a name that ends like this: a quick look before the name is put together.
pub fn may_be_new(word: &str) -> bool {
    SINCE_WORDS.binary_search(&word).is_ok()
}

/// Whether every module can use the name without an import: `print`, `ValueError`.
pub fn is_builtin(name: &str) -> bool {
    ruff_python_stdlib::builtins::is_python_builtin(name, 14, false)
}
