//! What analyses need besides the document: the knowledge, and the rules that are switched on, ready to run.

use std::sync::Arc;

use crate::knowledge::{Knowledge, Rule, RuleId};

use super::rules::{Plan, project};

/// The knowledge and the rules that run. Made once per set of settings, shared by all analyses.
#[derive(Debug)]
pub struct Engine {
    knowledge: Arc<Knowledge>,
    pub(super) plan: Plan,
}

impl Engine {
    /// With every rule.
    pub fn new(knowledge: Arc<Knowledge>) -> Arc<Self> {
        Self::with_rules(knowledge, |_, _| true)
    }

    /// With the rules that `wanted` says yes to: a rule that does not run costs nothing.
    pub fn with_rules(knowledge: Arc<Knowledge>, wanted: impl Fn(RuleId, &Rule) -> bool) -> Arc<Self> {
        let plan = Plan::new(&knowledge, wanted);
        Arc::new(Self { knowledge, plan })
    }

    /// Whether any of its rules looks at a file of this name that is no Python: `pyproject.toml`.
    pub fn looks_at(&self, name: &str) -> bool {
        project::looks_at(&self.plan, name)
    }

    /// Whether any of its rules asks for the files around a Python file.
    pub fn needs_files(&self) -> bool {
        project::needs_files(&self.plan)
    }

    /// Whether any of its rules asks for the imports of a Python file, wherever they stand.
    pub fn needs_imports(&self) -> bool {
        project::needs_imports(&self.plan)
    }

    /// The notes and rules.
    pub fn knowledge(&self) -> &Arc<Knowledge> {
        &self.knowledge
    }
}
