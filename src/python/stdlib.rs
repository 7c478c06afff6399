//! What is known of the standard library (and a few packages) without reading it: classes, their bases and members,
//! what functions return. Data, made from the public type stubs; see `data/README.md`.
//!
//! Types are written as the stubs would, fully qualified: `builtins.list[builtins.str]`, `Self` for the class the member
//! was asked of, `$0`, `$1` for its type arguments, `await T` for what awaiting gives. Nothing is listed where the
//! stubs leave it open.

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

/// Looks a key up in a sorted table.
fn find<T: Copy>(table: &[(&'static str, T)], key: &str) -> Option<(&'static str, T)> {
    table.binary_search_by(|(name, _)| (*name).cmp(key)).ok().map(|at| table[at])
}

/// The direct bases of a class; `None` when the class is not known.
pub fn bases(class: &str) -> Option<&'static [&'static str]> {
    find(CLASSES, class).map(|(_, bases)| bases)
}

/// Whether the qualified name is a known class.
pub fn is_class(name: &str) -> bool {
    bases(name).is_some()
}

/// What a call of the function gives; `None` when not known.
pub fn function(name: &str) -> Option<&'static str> {
    find(FUNCTIONS, name).map(|(_, ty)| ty)
}

/// The type of a module's variable (`sys.argv`); `None` when not known.
pub fn variable(name: &str) -> Option<&'static str> {
    find(VARIABLES, name).map(|(_, ty)| ty)
}

/// The class and its known ancestors, nearest first, each once.
pub fn ancestry(class: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    let mut open: Vec<&'static str> = find(CLASSES, class).map(|(name, _)| name).into_iter().collect();
    while !open.is_empty() {
        let mut next = Vec::new();
        for name in open {
            if !found.contains(&name) {
                found.push(name);
                next.extend_from_slice(bases(name).unwrap_or_default());
            }
        }
        open = next;
    }
    found
}

/// The member of a class or of its nearest ancestor that has it.
pub fn member(class: &str, name: &str) -> Option<Member> {
    ancestry(class).into_iter().find_map(|owner| {
        let at = MEMBERS.binary_search_by(|(class, member, ..)| (*class, *member).cmp(&(owner, name))).ok()?;
        let (owner, _, callable, ty) = MEMBERS[at];
        Some(Member { owner, callable, ty })
    })
}

/// The name itself, if `from module import *` binds it.
pub fn exported(module: &str, name: &str) -> Option<&'static str> {
    let (_, names) = find(EXPORTS, module)?;
    names.binary_search(&name).ok().map(|at| names[at])
}

/// Whether this is a module of the standard library, by its full dotted name's first part.
pub fn is_module(name: &str) -> bool {
    let first = name.split('.').next().unwrap_or(name);
    ruff_python_stdlib::sys::is_known_standard_library(14, first)
}
