//! Which rules look at which nodes, and the run of them during the walk.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ruff_python_ast::token::Token;
use ruff_python_ast::{AnyNodeRef, ExceptHandlerExceptHandler, Expr, NodeKind, Stmt};
use ruff_text_size::TextRange;
use rustc_hash::FxHashMap;

use super::matching::Matcher;
use super::project::{Look, PROJECT_DETECTORS};
use super::report::Report;
use super::{DETECTORS, Hook};
use crate::knowledge::{Detection, Knowledge, Rule, RuleId};
use crate::margin::Finding;
use crate::python::{Context, Observer, PythonVersion};

/// The rules that run, by what they look at.
pub(crate) struct Plan {
    by_kind: FxHashMap<NodeKind, Vec<(RuleId, Hook)>>,
    handlers: Vec<(RuleId, Hook)>,
    tokens: Vec<(RuleId, Hook)>,
    matcher: Matcher,
    /// The rules that need the files of a project.
    pub(crate) project: Vec<(RuleId, Look)>,
}

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plan").field("kinds", &self.by_kind.len()).finish_non_exhaustive()
    }
}

impl Plan {
    pub(crate) fn new(knowledge: &Knowledge, wanted: impl Fn(RuleId, &Rule) -> bool) -> Self {
        let mut plan = Self {
            by_kind: FxHashMap::default(),
            handlers: Vec::new(),
            tokens: Vec::new(),
            matcher: Matcher::default(),
            project: Vec::new(),
        };
        for (id, rule) in knowledge.rules().filter(|(id, rule)| wanted(*id, rule)) {
            match &rule.detection {
                Detection::Match(matches) => plan.matcher.add(id, matches),
                Detection::Code => {
                    if let Some(detector) = DETECTORS.iter().find(|detector| detector.rule == rule.name) {
                        detector.hooks.iter().for_each(|hook| plan.add(id, *hook));
                    }
                }
                Detection::Project => {
                    if let Some(detector) = PROJECT_DETECTORS.iter().find(|detector| detector.rule == rule.name) {
                        detector.hooks.iter().for_each(|hook| plan.add(id, *hook));
                        plan.project.push((id, detector.look));
                    }
                }
            }
        }
        plan
    }

    fn add(&mut self, id: RuleId, hook: Hook) {
        let kinds: &[NodeKind] = match hook {
            Hook::Function(_) => &[NodeKind::StmtFunctionDef],
            Hook::Class(_) => &[NodeKind::StmtClassDef],
            Hook::Call(_) => &[NodeKind::ExprCall],
            Hook::Stmt(kinds, _) | Hook::Expr(kinds, _) => kinds,
            Hook::Handler(_) => return self.handlers.push((id, hook)),
            Hook::Tokens(_) => return self.tokens.push((id, hook)),
        };
        for kind in kinds {
            self.by_kind.entry(*kind).or_default().push((id, hook));
        }
    }
}

/// Runs the rules of a plan while a module is walked; keeps the findings of each top-level statement apart.
pub(crate) struct Runner<'k> {
    plan: &'k Plan,
    knowledge: &'k Knowledge,
    target: PythonVersion,
    /// The findings of each statement, in source coordinates.
    pub(crate) found: Vec<Vec<Finding>>,
    /// Rules whose detector has failed: they rest for the remainder of the document.
    failed: Vec<RuleId>,
}

impl<'k> Runner<'k> {
    pub(crate) fn new(plan: &'k Plan, knowledge: &'k Knowledge, target: PythonVersion) -> Self {
        Self { plan, knowledge, target, found: Vec::new(), failed: Vec::new() }
    }

    /// Runs one detector. A panic in it costs the findings of this rule for this document, nothing else.
    fn run(&mut self, id: RuleId, detect: impl FnOnce(&mut Report<'_>)) {
        if !self.failed.is_empty() && self.failed.contains(&id) {
            return;
        }
        let rule = self.knowledge.rule(id);
        if rule.since.is_some_and(|since| since > self.target) {
            return;
        }
        let Some(findings) = self.found.last_mut() else { return };
        let before = findings.len();
        let mut report = Report { id, rule, target: self.target, findings };
        if catch_unwind(AssertUnwindSafe(|| detect(&mut report))).is_err() {
            findings.truncate(before);
            self.failed.push(id);
            for findings in &mut self.found {
                findings.retain(|finding| finding.rule != id);
            }
            tracing::error!(rule = %rule.name, "the rule failed on this document and rests until it changes");
        }
    }
}

impl Observer for Runner<'_> {
    fn begin(&mut self, source: &str, tokens: &[Token], range: TextRange) {
        self.found.push(Vec::new());
        let plan = self.plan;
        for &(id, hook) in &plan.tokens {
            if let Hook::Tokens(detect) = hook {
                self.run(id, |report| detect(source, tokens, range, report));
            }
        }
    }

    fn stmt<'a>(&mut self, context: &Context<'a>, stmt: &'a Stmt) {
        let plan = self.plan;
        plan.matcher.stmt(context, stmt, |id, detect| self.run(id, |report| detect(report)));
        let Some(hooks) = plan.by_kind.get(&AnyNodeRef::from(stmt).kind()) else { return };
        for &(id, hook) in hooks {
            match (hook, stmt) {
                (Hook::Function(detect), Stmt::FunctionDef(def)) => self.run(id, |report| detect(context, def, report)),
                (Hook::Class(detect), Stmt::ClassDef(class)) => self.run(id, |report| detect(context, class, report)),
                (Hook::Stmt(_, detect), _) => self.run(id, |report| detect(context, stmt, report)),
                _ => {}
            }
        }
    }

    fn expr<'a>(&mut self, context: &Context<'a>, expr: &'a Expr) {
        let plan = self.plan;
        plan.matcher.expr(context, expr, |id, detect| self.run(id, |report| detect(report)));
        let Some(hooks) = plan.by_kind.get(&AnyNodeRef::from(expr).kind()) else { return };
        for &(id, hook) in hooks {
            match (hook, expr) {
                (Hook::Call(detect), Expr::Call(call)) => self.run(id, |report| detect(context, call, report)),
                (Hook::Expr(_, detect), _) => self.run(id, |report| detect(context, expr, report)),
                _ => {}
            }
        }
    }

    fn handler<'a>(&mut self, context: &Context<'a>, handler: &'a ExceptHandlerExceptHandler) {
        let plan = self.plan;
        plan.matcher.handler(context, handler, |id, detect| self.run(id, |report| detect(report)));
        for &(id, hook) in &plan.handlers {
            if let Hook::Handler(detect) = hook {
                self.run(id, |report| detect(context, handler, report));
            }
        }
    }
}
