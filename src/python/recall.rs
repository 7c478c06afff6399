//! What has been found out about the expressions around the place where the walk stands. Dozens of rules ask the same of a
//! call, one after the other.

use std::cell::RefCell;

use ruff_python_ast::name::Name;
use rustc_hash::FxHashMap;

use super::infer::Type;

/// So many answers of a kind are kept: those that are asked for again are among the latest.
const MOST: usize = 128;

/// Answers, each by the address of the node that it is about. They hold as long as the walk stays in the same suite of the same
/// scope, and for nodes of the tree that is walked: the address of another may be used again.
#[derive(Debug, Default)]
pub(super) struct Recall {
    pub names: Answers<Name>,
    pub public_names: Answers<Name>,
    pub callees: Answers<Name>,
    pub types: Answers<Type>,
}

impl Recall {
    /// The walk goes into a scope or suite, or out of it.
    pub fn forget(&self) {
        self.names.clear();
        self.public_names.clear();
        self.callees.clear();
        self.types.clear();
    }
}

/// Answers of one kind, most of which are "nothing is known".
#[derive(Debug)]
pub(super) struct Answers<T>(RefCell<FxHashMap<usize, Option<T>>>);

impl<T> Default for Answers<T> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<T: Clone> Answers<T> {
    /// The answer about a node, found once.
    pub fn of<N>(&self, node: &N, find: impl FnOnce() -> Option<T>) -> Option<T> {
        let key = std::ptr::from_ref(node).addr();
        if let Some(known) = self.0.borrow().get(&key) {
            return known.clone();
        }
        let found = find();
        let mut known = self.0.borrow_mut();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key, found.clone());
        found
    }

    fn clear(&self) {
        let mut known = self.0.borrow_mut();
        if !known.is_empty() {
            known.clear();
        }
    }
}
