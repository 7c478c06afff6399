//! Which rules look at which nodes, and the run of them during the walk.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ruff_python_ast::token::Token;
use ruff_python_ast::{AnyNodeRef, ExceptHandlerExceptHandler, Expr, ExprCall, NodeKind, Stmt};
use ruff_text_size::TextRange;
use rustc_hash::{FxHashMap, FxHashSet};

use super::matching::Matcher;
use super::project::{Look, PROJECT_DETECTORS};
use super::report::Report;
use super::{DETECTORS, Hook};
use crate::knowledge::{Detection, Knowledge, Rule, RuleId, Severity};
use crate::margin::Finding;
use crate::python::{Context, Environment, Node, Observer, PythonVersion, canonical};

/// The rules that run, by what they look at.
pub(crate) struct Plan {
    /// By the number of the kind: looked up for every node.
    by_kind: Vec<Vec<(RuleId, Hook)>>,
    targets: Vec<(RuleId, Hook)>,
    types: Vec<(RuleId, Hook)>,
    /// By the last words of what is called: few calls in a program end in one of them.
    calls: FxHashMap<&'static str, Vec<(RuleId, Hook)>>,
    handlers: Vec<(RuleId, Hook)>,
    tokens: Vec<(RuleId, Hook)>,
    matcher: Matcher,
    /// The rules that need the files of a project.
    pub(crate) project: Vec<(RuleId, Look)>,
}

impl Plan {
    /// What looks at nodes of a kind.
    fn of_kind(&self, kind: NodeKind) -> &[(RuleId, Hook)] {
        self.by_kind.get(kind as usize).map_or(&[], Vec::as_slice)
    }

    /// What looks at calls of what this one may be of.
    fn of_callee<'p>(
        &'p self,
        context: &'p Context<'_>,
        call: &'p ExprCall,
    ) -> impl Iterator<Item = &'p [(RuleId, Hook)]> {
        let words = if self.calls.is_empty() { None } else { Some(context.last_words(&call.func)) };
        words.into_iter().flatten().filter_map(|word| self.calls.get(word)).map(Vec::as_slice)
    }
}

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plan").field("kinds", &self.by_kind.len()).finish_non_exhaustive()
    }
}

impl Plan {
    pub(crate) fn new(knowledge: &Knowledge, wanted: impl Fn(RuleId, &Rule) -> bool) -> Self {
        let mut plan = Self {
            by_kind: Vec::new(),
            targets: Vec::new(),
            types: Vec::new(),
            calls: FxHashMap::default(),
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
            Hook::CallOf(names, _) => return self.add_calls(id, hook, names),
            Hook::Target(_) => return self.targets.push((id, hook)),
            Hook::Type(_) => return self.types.push((id, hook)),
            Hook::Handler(_) => return self.handlers.push((id, hook)),
            Hook::Tokens(_) => return self.tokens.push((id, hook)),
        };
        for kind in kinds {
            let at = *kind as usize;
            if self.by_kind.len() <= at {
                self.by_kind.resize_with(at + 1, Vec::new);
            }
            self.by_kind[at].push((id, hook));
        }
    }

    fn add_calls(&mut self, id: RuleId, hook: Hook, names: &[&'static str]) {
        let words: FxHashSet<&str> = names.iter().map(|name| canonical::last_word(name)).collect();
        for word in words {
            self.calls.entry(word).or_default().push((id, hook));
        }
    }
}

/// Runs the rules of a plan while a module is walked; keeps the findings of each top-level statement apart.
pub(crate) struct Runner<'k> {
    plan: &'k Plan,
    knowledge: &'k Knowledge,
    /// The declared rules, where the document may break one.
    matcher: Option<&'k Matcher>,
    target: PythonVersion,
    /// The document is a test module: for what is not asked in a context.
    test_file: bool,
    /// Each rule, and where it looks in this document, by its number: found out once, as it is asked for every node.
    rules: Vec<(&'k Rule, Looks)>,
    /// The findings of each statement, in source coordinates.
    pub(crate) found: Vec<Vec<Finding>>,
    /// The detector of a rule has failed: it rests for the remainder of the document.
    failed: bool,
}

/// Where a rule looks in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Looks {
    Everywhere,
    OutsideTests,
    Nowhere,
}

impl Looks {
    fn new(rule: &Rule, environment: &Environment) -> Self {
        let too_new = rule.since.is_some_and(|since| since > environment.target);
        // What nobody here writes is told of dangers, and left alone by hints.
        let not_ours = environment.not_ours && rule.severity == Severity::Hint;
        if too_new || not_ours || !rule.tests && environment.test_file {
            Self::Nowhere
        } else if rule.tests {
            Self::Everywhere
        } else {
            Self::OutsideTests
        }
    }
}

impl<'k> Runner<'k> {
    pub(crate) fn new(plan: &'k Plan, knowledge: &'k Knowledge, environment: &Environment, text: &str) -> Self {
        let Environment { target, test_file, .. } = *environment;
        let rules = knowledge.rules().map(|(_, rule)| (rule, Looks::new(rule, environment))).collect();
        let matcher = Some(&plan.matcher).filter(|matcher| matcher.may_match(text));
        Self { plan, knowledge, matcher, target, test_file, rules, found: Vec::new(), failed: false }
    }

    /// Whether a detector has failed: then what its rule had found elsewhere in the document does not count either.
    pub(crate) fn has_failed(&self) -> bool {
        self.failed
    }

    /// Runs detectors one after the other. A panic in one costs the findings of its rule for this document, nothing else.
    fn run_all(
        &mut self,
        hooks: &[(RuleId, Hook)],
        context: Option<&Context<'_>>,
        detect: impl Fn(&Hook, &mut Report<'_>),
    ) {
        if hooks.is_empty() {
            return;
        }
        let mut left = hooks.iter();
        let mut under_way = None;
        // Guarded together, as a node has dozens and most find nothing: those behind one that fails are guarded anew.
        while let Err(_panic) = catch_unwind(AssertUnwindSafe(|| {
            for (id, hook) in left.by_ref() {
                under_way = Some(*id);
                self.run(*id, context, |report| detect(hook, report));
            }
        })) {
            if let Some(id) = under_way {
                self.put_to_rest(id);
            }
        }
    }

    /// Runs one detector as [`Runner::run_all`] does.
    fn run_one(&mut self, id: RuleId, context: &Context<'_>, detect: impl FnOnce(&mut Report<'_>)) {
        let ran = catch_unwind(AssertUnwindSafe(|| self.run(id, Some(context), detect)));
        if ran.is_err() {
            self.put_to_rest(id);
        }
    }

    /// Runs one detector, unless the rule leaves this place alone.
    fn run(&mut self, id: RuleId, context: Option<&Context<'_>>, detect: impl FnOnce(&mut Report<'_>)) {
        let (rule, looks) = self.rules[usize::from(id.0)];
        match looks {
            Looks::Nowhere => return,
            Looks::OutsideTests if context.is_some_and(Context::in_test) => return,
            Looks::OutsideTests | Looks::Everywhere => {}
        }
        let Some(findings) = self.found.last_mut() else { return };
        let before = findings.len();
        let mut report =
            Report { id, rule, knowledge: self.knowledge, target: self.target, test_file: self.test_file, findings };
        detect(&mut report);
        // Advice for newer versions is none for code that older ones run. Asked last: few places are found.
        if findings.len() > before
            && let (Some(since), Some(context)) = (rule.since, context)
            && (context.is_for_python_2() || context.in_branch_before(since))
        {
            findings.truncate(before);
        }
    }

    /// The detector of a rule has failed: the rule says nothing of this document.
    fn put_to_rest(&mut self, id: RuleId) {
        let (rule, looks) = &mut self.rules[usize::from(id.0)];
        *looks = Looks::Nowhere;
        tracing::error!(rule = %rule.name, "the rule failed on this document and rests until it changes");
        self.failed = true;
        for findings in &mut self.found {
            findings.retain(|finding| finding.rule != id);
        }
    }
}

impl Observer for Runner<'_> {
    fn begin(&mut self, source: &str, tokens: &[Token], range: TextRange) {
        self.found.push(Vec::new());
        self.run_all(&self.plan.tokens, None, |hook, report| {
            if let Hook::Tokens(detect) = hook {
                detect(source, tokens, range, report);
            }
        });
    }

    fn stmt<'a>(&mut self, context: &Context<'a>, stmt: &'a Stmt) {
        let plan = self.plan;
        if let Some(matcher) = self.matcher {
            matcher.stmt(context, stmt, |id, detect| self.run_one(id, context, |report| detect(report)));
        }
        let hooks = plan.of_kind(AnyNodeRef::from(stmt).kind());
        self.run_all(hooks, Some(context), |hook, report| match (hook, stmt) {
            (Hook::Function(detect), Stmt::FunctionDef(def)) => detect(context, def, report),
            (Hook::Class(detect), Stmt::ClassDef(class)) => detect(context, class, report),
            (Hook::Stmt(_, detect), _) => detect(context, stmt, report),
            _ => {}
        });
    }

    fn expr<'a>(&mut self, context: &Context<'a>, expr: &'a Expr) {
        let plan = self.plan;
        if let Some(matcher) = self.matcher {
            matcher.expr(context, expr, |id, detect| self.run_one(id, context, |report| detect(report)));
        }
        let hooks = plan.of_kind(AnyNodeRef::from(expr).kind());
        self.run_all(hooks, Some(context), |hook, report| match (hook, expr) {
            (Hook::Call(detect), Expr::Call(call)) => detect(context, call, report),
            (Hook::Expr(_, detect), _) => detect(context, expr, report),
            _ => {}
        });
        match expr {
            Expr::Name(name) if name.ctx.is_store() => {
                self.run_all(&plan.targets, Some(context), |hook, report| {
                    if let Hook::Target(detect) = hook {
                        detect(context, name, report);
                    }
                });
            }
            Expr::Name(_) | Expr::Attribute(_) if !plan.types.is_empty() && may_be_type(context, expr) => {
                self.run_all(&plan.types, Some(context), |hook, report| {
                    if let Hook::Type(detect) = hook {
                        detect(context, expr, report);
                    }
                });
            }
            Expr::Call(call) => {
                for hooks in plan.of_callee(context, call) {
                    self.run_all(hooks, Some(context), |hook, report| {
                        if let Hook::CallOf(_, detect) = hook {
                            detect(context, call, report);
                        }
                    });
                }
            }
            _ => {}
        }
    }

    fn handler<'a>(&mut self, context: &Context<'a>, handler: &'a ExceptHandlerExceptHandler) {
        let plan = self.plan;
        if let Some(matcher) = self.matcher {
            matcher.handler(context, handler, |id, detect| self.run_one(id, context, |report| detect(report)));
        }
        self.run_all(&plan.handlers, Some(context), |hook, report| {
            if let Hook::Handler(detect) = hook {
                detect(context, handler, report);
            }
        });
    }
}

/// Whether a name or dotted name stands where types do.
fn may_be_type(context: &Context<'_>, name: &Expr) -> bool {
    context.in_annotation()
        || matches!(context.parent(), Some(Node::Expr(Expr::Subscript(item))) if std::ptr::eq(item.value.as_ref(), name))
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use ruff_python_ast::ExprCall;
    use ruff_text_size::Ranged;

    use super::*;
    use crate::margin::{Analysis, Engine, Options};

    /// A detector with a fault: it finds every call, and panics at those with an argument.
    fn faulty(_: &Context<'_>, call: &ExprCall, report: &mut Report<'_>) {
        assert!(call.arguments.args.is_empty(), "planted");
        report.say(call.range(), "a call".to_owned());
    }

    const RULE: &str = "weak-hash";

    /// Two rules, of which one is made faulty.
    fn engine() -> Arc<Engine> {
        let mut engine =
            Engine::with_rules(Knowledge::builtin(), |_, rule| [RULE, "bare-except"].contains(&&*rule.name));
        let id = engine.knowledge().rule_named(RULE).unwrap();
        Arc::get_mut(&mut engine).unwrap().plan.add(id, Hook::Call(faulty));
        engine
    }

    fn found(analysis: &Analysis) -> Vec<String> {
        let name = |finding: Finding| analysis.knowledge().rule(finding.rule).name.to_string();
        analysis.findings().into_iter().map(name).collect()
    }

    const SOUND: &str = "f()\ntry:\n    f()\nexcept:\n    pass\ng()\n";
    const ALL: [&str; 4] = [RULE, RULE, "bare-except", RULE];

    /// What was logged.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Does some work; its result, and what was logged. Whatever logs the same lines at the same time must do it in here:
    /// where nobody listens, it is decided once for all threads that nobody does.
    fn logged<T>(work: impl FnOnce() -> T) -> (T, String) {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
        let result = tracing::subscriber::with_default(subscriber, work);
        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        (result, log)
    }

    #[test]
    fn a_panic_in_a_rule_costs_its_findings_and_a_line_in_the_log() {
        let engine = engine();
        let analyse = |text: &str| Analysis::new(Arc::from(text), &Options::default(), &engine);
        assert_eq!(found(&analyse(SOUND)), ALL);

        let (faulty, log) = logged(|| analyse(&SOUND.replace("g()", "g(1)")));
        assert_eq!(found(&faulty), ["bare-except"]);
        assert!(!faulty.references().is_empty(), "hovers stay");
        assert_eq!(log.lines().count(), 1, "{log}");
        assert!(log.contains(RULE), "{log}");
    }

    #[test]
    fn an_edit_that_makes_a_rule_panic_gives_what_reading_anew_gives_and_so_does_its_undoing() {
        let engine = engine();
        let options = Options::default();
        let update = |analysis: &Analysis, text: &str| analysis.update(Arc::from(text), &options, &engine);
        let sound = Analysis::new(Arc::from(SOUND), &options, &engine);
        let (faulty, _) = logged(|| update(&sound, &SOUND.replace("g()", "g(1)")));
        assert_eq!(found(&faulty), ["bare-except"]);
        let again = SOUND.replace("g()", "g(1)").replace("f()\ntry", "f( )\ntry");
        let (still, _) = logged(|| update(&faulty, &again));
        assert_eq!(found(&still), ["bare-except"]);
        assert_eq!(found(&update(&still, SOUND)), ALL);
    }
}
