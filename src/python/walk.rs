//! The one walk over a statement's syntax tree: facts are noted down, and an observer (the rules) is shown every node
//! with the context that it stands in.

use std::sync::Arc;

use ruff_python_ast::token::Token;
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::bindings::class_info;
use super::constructs;
use super::context::{Context, Loop, Node};
use super::fact::{Fact, FactKind};
use super::names;
use super::recall::Recall;
use super::scope::Scope;

/// How deep the walk follows a tree. What lies deeper goes without facts; nobody reads code at this depth.
const MAX_DEPTH: u32 = 5_000;

/// Is shown every node of the walk, parents before children.
pub trait Observer {
    /// A top-level statement begins (or several on one line): its source, its tokens, its lines. The nodes that follow
    /// belong to it.
    fn begin(&mut self, _source: &str, _tokens: &[Token], _range: TextRange) {}
    /// A statement; [`Context::nodes`] ends with it.
    fn stmt<'a>(&mut self, _context: &Context<'a>, _stmt: &'a Stmt) {}
    /// An expression; [`Context::nodes`] ends with it.
    fn expr<'a>(&mut self, _context: &Context<'a>, _expr: &'a Expr) {}
    /// An `except` clause; [`Context::nodes`] ends with it.
    fn handler<'a>(&mut self, _context: &Context<'a>, _handler: &'a ast::ExceptHandlerExceptHandler) {}
}

/// Observes nothing.
#[derive(Debug)]
pub struct NoObserver;

impl Observer for NoObserver {}

/// Takes facts down while walking.
#[derive(Debug, Default)]
pub struct Sink {
    /// In source coordinates.
    pub facts: Vec<Fact>,
}

impl Sink {
    /// Notes what a place is.
    pub fn add(&mut self, range: TextRange, kind: FactKind) {
        if !range.is_empty() {
            self.facts.push(Fact { range, kind });
        }
    }

    /// Notes a construct.
    pub fn construct(&mut self, range: impl Ranged, construct: super::Construct) {
        self.add(range.range(), FactKind::Construct(construct));
    }

    /// Sorts the facts by place, a longer one before those inside it, and drops what was noted twice.
    pub(super) fn sort(&mut self) {
        self.facts.sort_by_key(|fact| (fact.range.start(), std::cmp::Reverse(fact.range.end())));
        let mut kept: Vec<Fact> = Vec::with_capacity(self.facts.len());
        for fact in self.facts.drain(..) {
            let same_place = kept.iter().rev().take_while(|other| other.range == fact.range);
            if !same_place.into_iter().any(|other| other.kind == fact.kind) {
                kept.push(fact);
            }
        }
        self.facts = kept;
    }

    /// Notes a construct where its token was found.
    pub fn construct_at(&mut self, range: Option<TextRange>, construct: super::Construct) {
        if let Some(range) = range {
            self.construct(range, construct);
        }
    }
}

/// Walks one top-level statement.
pub(super) fn statement<'a>(context: &mut Context<'a>, stmt: &'a Stmt, sink: &mut Sink, observer: &mut dyn Observer) {
    context.recall = Some(Recall::default());
    // Nearly always enough: the way down grows by one node at a time.
    context.nodes.reserve(32);
    let notes = context.environment.facts;
    let mut walker = Walker { context, sink, observer, depth: 0, focus: None, notes };
    walker.stmt(stmt);
}

/// Walks what touches a range of one top-level statement. No facts are noted down.
pub(super) fn focused<'a>(context: &mut Context<'a>, stmt: &'a Stmt, focus: TextRange, observer: &mut dyn Observer) {
    context.recall = Some(Recall::default());
    let mut walker =
        Walker { context, sink: &mut Sink::default(), observer, depth: 0, focus: Some(focus), notes: false };
    walker.stmt(stmt);
}

struct Walker<'w, 'a> {
    context: &'w mut Context<'a>,
    sink: &'w mut Sink,
    observer: &'w mut dyn Observer,
    depth: u32,
    /// Only what touches this range is walked.
    focus: Option<TextRange>,
    /// Facts are noted down: the walk is not for the observer alone.
    notes: bool,
}

impl<'a> Walker<'_, 'a> {
    /// Descends one level: the stack grows as needed, and below the depth limit nothing is walked.
    fn descend(&mut self, node: Node<'a>, walk: impl FnOnce(&mut Self)) {
        if self.depth >= MAX_DEPTH {
            return;
        }
        self.depth += 1;
        self.context.nodes.push(node);
        stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || walk(self));
        self.context.nodes.pop();
        self.depth -= 1;
    }

    fn forget(&self) {
        self.context.last_word.set(None);
        if let Some(recall) = &self.context.recall {
            recall.forget();
        }
    }

    fn suite(&mut self, body: &'a [Stmt]) {
        let Some(first) = body.first() else { return };
        self.context.suites.push(first.start());
        self.forget();
        for stmt in body {
            self.stmt(stmt);
        }
        self.context.suites.pop();
        self.forget();
    }

    fn in_scope(&mut self, scope: Scope<'a>, walk: impl FnOnce(&mut Self)) {
        let (frame, test) = (u32::from(scope.is_frame()), u32::from(scope.is_test));
        self.context.scopes.push(scope);
        self.context.frame += frame;
        self.context.tests += test;
        self.forget();
        walk(self);
        self.context.frame -= frame;
        self.context.tests -= test;
        let scope = self.context.scopes.pop();
        self.forget();
        if let Some(scope) = scope
            && self.notes
        {
            constructs::leave(self.context, &scope, self.sink);
        }
    }

    fn in_loop(&mut self, stmt: &'a Stmt, walk: impl FnOnce(&mut Self)) {
        let frame = self.context.frame;
        self.context.loops.push(Loop { stmt, frame });
        walk(self);
        self.context.loops.pop();
    }

    fn is_out_of_focus(&self, range: TextRange) -> bool {
        self.focus.is_some_and(|focus| focus.intersect(range).is_none())
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        if self.is_out_of_focus(stmt.range()) {
            return;
        }
        self.descend(Node::Stmt(stmt), |walker| {
            if walker.notes {
                constructs::statement(walker.context, stmt, walker.sink);
                names::statement(walker.context, stmt, walker.sink);
            }
            walker.observer.stmt(walker.context, stmt);
            walker.children_of_stmt(stmt);
        });
    }

    fn exprs(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) {
        exprs.into_iter().for_each(|expr| self.expr(expr));
    }

    fn annotation(&mut self, annotation: &'a Expr) {
        self.context.annotations += 1;
        self.descend(Node::Annotation, |walker| walker.expr(annotation));
        self.context.annotations -= 1;
    }

    fn decorators(&mut self, decorators: &'a [ast::Decorator]) {
        for decorator in decorators {
            self.descend(Node::Decorator(decorator), |walker| walker.expr(&decorator.expression));
        }
    }

    fn type_params(&mut self, params: Option<&'a ast::TypeParams>) {
        let Some(params) = params else { return };
        for param in &params.type_params {
            match param {
                ast::TypeParam::TypeVar(param) => {
                    self.exprs(param.bound.as_deref());
                    self.exprs(param.default.as_deref());
                }
                ast::TypeParam::TypeVarTuple(param) => self.exprs(param.default.as_deref()),
                ast::TypeParam::ParamSpec(param) => self.exprs(param.default.as_deref()),
            }
        }
    }

    /// Defaults are evaluated, and annotations read, outside the function.
    fn parameters(&mut self, parameters: &'a ast::Parameters) {
        for parameter in parameters.iter_source_order() {
            if let Some(annotation) = parameter.annotation() {
                self.annotation(annotation);
            }
            if let Some(default) = parameter.default() {
                self.descend(Node::Default, |walker| walker.expr(default));
            }
        }
    }

    fn children_of_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => self.function(def),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::Return(stmt) => self.exprs(stmt.value.as_deref()),
            Stmt::Delete(stmt) => self.exprs(&stmt.targets),
            Stmt::TypeAlias(alias) => {
                self.expr(&alias.name);
                let walk = |walker: &mut Self| {
                    walker.type_params(alias.type_params.as_deref());
                    walker.annotation(&alias.value);
                };
                match &alias.type_params {
                    Some(params) => self.in_scope(Scope::of_type_params(params), walk),
                    None => walk(self),
                }
            }
            Stmt::Assign(stmt) => {
                self.exprs(&stmt.targets);
                self.expr(&stmt.value);
            }
            Stmt::AugAssign(stmt) => {
                self.expr(&stmt.target);
                self.expr(&stmt.value);
            }
            Stmt::AnnAssign(stmt) => {
                self.expr(&stmt.target);
                self.annotation(&stmt.annotation);
                self.exprs(stmt.value.as_deref());
            }
            Stmt::For(each) => {
                self.expr(&each.target);
                self.expr(&each.iter);
                self.in_loop(stmt, |walker| walker.suite(&each.body));
                self.suite(&each.orelse);
            }
            Stmt::While(again) => {
                self.in_loop(stmt, |walker| {
                    walker.expr(&again.test);
                    walker.suite(&again.body);
                });
                self.suite(&again.orelse);
            }
            Stmt::If(stmt) => {
                self.expr(&stmt.test);
                self.suite(&stmt.body);
                for clause in &stmt.elif_else_clauses {
                    self.descend(Node::ElifElse(clause), |walker| {
                        walker.exprs(&clause.test);
                        walker.suite(&clause.body);
                    });
                }
            }
            Stmt::With(stmt) => {
                for item in &stmt.items {
                    self.descend(Node::WithItem(item), |walker| {
                        walker.expr(&item.context_expr);
                        walker.exprs(item.optional_vars.as_deref());
                    });
                }
                self.suite(&stmt.body);
            }
            Stmt::Match(stmt) => {
                self.expr(&stmt.subject);
                for case in &stmt.cases {
                    self.descend(Node::Case(case), |walker| {
                        walker.pattern(&case.pattern);
                        walker.exprs(case.guard.as_deref());
                        walker.suite(&case.body);
                    });
                }
            }
            Stmt::Raise(stmt) => {
                self.exprs(stmt.exc.as_deref());
                self.exprs(stmt.cause.as_deref());
            }
            Stmt::Try(stmt) => {
                self.suite(&stmt.body);
                for ast::ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
                    self.descend(Node::Handler(handler), |walker| {
                        walker.observer.handler(walker.context, handler);
                        walker.exprs(handler.type_.as_deref());
                        walker.suite(&handler.body);
                    });
                }
                self.suite(&stmt.orelse);
                self.suite(&stmt.finalbody);
            }
            Stmt::Assert(stmt) => {
                self.expr(&stmt.test);
                self.exprs(stmt.msg.as_deref());
            }
            Stmt::Expr(stmt) => self.expr(&stmt.value),
            Stmt::Import(_)
            | Stmt::ImportFrom(_)
            | Stmt::Global(_)
            | Stmt::Nonlocal(_)
            | Stmt::Pass(_)
            | Stmt::Break(_)
            | Stmt::Continue(_)
            | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    fn function(&mut self, def: &'a ast::StmtFunctionDef) {
        self.decorators(&def.decorator_list);
        let outside = |walker: &mut Self| {
            walker.type_params(def.type_params.as_deref());
            walker.parameters(&def.parameters);
            if let Some(returns) = def.returns.as_deref() {
                walker.annotation(returns);
            }
            let scope = Scope::of_function(def, walker.context.source);
            walker.in_scope(scope, |walker| walker.suite(&def.body));
        };
        match &def.type_params {
            Some(params) => self.in_scope(Scope::of_type_params(params), outside),
            None => outside(self),
        }
    }

    fn class(&mut self, class: &'a ast::StmtClassDef) {
        self.decorators(&class.decorator_list);
        let walk = |walker: &mut Self| {
            walker.type_params(class.type_params.as_deref());
            if let Some(arguments) = class.arguments.as_deref() {
                walker.arguments(arguments);
            }
            let info = match walker.context.module_class(class.name.as_str()) {
                Some(info) if walker.context.at_module_level() => Arc::clone(info),
                _ => Arc::new(class_info(class, walker.context)),
            };
            if walker.notes {
                constructs::class(walker.context, class, &info, walker.sink);
            }
            let scope = Scope::of_class(class, info, walker.context.source);
            walker.in_scope(scope, |walker| walker.suite(&class.body));
        };
        match &class.type_params {
            Some(params) => self.in_scope(Scope::of_type_params(params), walk),
            None => walk(self),
        }
    }

    fn arguments(&mut self, arguments: &'a ast::Arguments) {
        self.exprs(arguments.args.iter());
        for keyword in &arguments.keywords {
            self.descend(Node::Keyword(keyword), |walker| walker.expr(&keyword.value));
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        if self.is_out_of_focus(expr.range()) {
            return;
        }
        self.descend(Node::Expr(expr), |walker| {
            if walker.notes {
                constructs::expression(walker.context, expr, walker.sink);
                names::expression(walker.context, expr, walker.sink);
            }
            walker.observer.expr(walker.context, expr);
            walker.children_of_expr(expr);
        });
    }

    fn comprehension(&mut self, generators: &'a [ast::Comprehension], elements: [Option<&'a Expr>; 2]) {
        // The first iterable is evaluated outside; that it is walked inside matters only for a name that hides itself.
        let scope = Scope::of_comprehension(generators);
        self.in_scope(scope, |walker| {
            walker.exprs(elements.into_iter().flatten());
            for generator in generators {
                walker.descend(Node::Generator(generator), |walker| {
                    walker.expr(&generator.target);
                    walker.expr(&generator.iter);
                    walker.exprs(&generator.ifs);
                });
            }
        });
    }

    fn interpolations(&mut self, elements: &'a ast::InterpolatedStringElements) {
        for element in elements {
            if let ast::InterpolatedStringElement::Interpolation(interpolation) = element {
                self.expr(&interpolation.expression);
                if let Some(spec) = &interpolation.format_spec {
                    self.interpolations(&spec.elements);
                }
            }
        }
    }

    fn children_of_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::BoolOp(expr) => self.exprs(&expr.values),
            Expr::Named(expr) => {
                self.expr(&expr.target);
                self.expr(&expr.value);
            }
            Expr::BinOp(expr) => {
                self.expr(&expr.left);
                self.expr(&expr.right);
            }
            Expr::UnaryOp(expr) => self.expr(&expr.operand),
            Expr::Lambda(lambda) => {
                if let Some(parameters) = &lambda.parameters {
                    self.parameters(parameters);
                }
                self.in_scope(Scope::of_lambda(lambda), |walker| walker.expr(&lambda.body));
            }
            Expr::If(expr) => {
                self.expr(&expr.body);
                self.expr(&expr.test);
                self.expr(&expr.orelse);
            }
            Expr::Dict(dict) => {
                for item in &dict.items {
                    self.exprs(&item.key);
                    self.expr(&item.value);
                }
            }
            Expr::Set(set) => self.exprs(&set.elts),
            Expr::List(list) => self.exprs(&list.elts),
            Expr::Tuple(tuple) => self.exprs(&tuple.elts),
            Expr::ListComp(comp) => self.comprehension(&comp.generators, [Some(&comp.elt), None]),
            Expr::SetComp(comp) => self.comprehension(&comp.generators, [Some(&comp.elt), None]),
            Expr::Generator(comp) => self.comprehension(&comp.generators, [Some(&comp.elt), None]),
            Expr::DictComp(comp) => self.comprehension(&comp.generators, [comp.key.as_deref(), Some(&comp.value)]),
            Expr::Await(expr) => self.expr(&expr.value),
            Expr::Yield(expr) => self.exprs(expr.value.as_deref()),
            Expr::YieldFrom(expr) => self.expr(&expr.value),
            Expr::Compare(expr) => {
                self.expr(&expr.left);
                self.exprs(expr.comparators.iter());
            }
            Expr::Call(call) => {
                self.expr(&call.func);
                self.arguments(&call.arguments);
            }
            Expr::FString(string) => {
                for part in &string.value {
                    if let ast::FStringPart::FString(part) = part {
                        self.interpolations(&part.elements);
                    }
                }
            }
            Expr::TString(string) => {
                for part in &string.value {
                    self.interpolations(&part.elements);
                }
            }
            Expr::Attribute(expr) => self.expr(&expr.value),
            Expr::Subscript(expr) => {
                self.expr(&expr.value);
                self.expr(&expr.slice);
            }
            Expr::Starred(expr) => self.expr(&expr.value),
            Expr::Slice(slice) => {
                self.exprs(slice.lower.as_deref());
                self.exprs(slice.upper.as_deref());
                self.exprs(slice.step.as_deref());
            }
            Expr::Name(_)
            | Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::IpyEscapeCommand(_) => {}
        }
    }

    fn pattern(&mut self, pattern: &'a ast::Pattern) {
        if self.depth >= MAX_DEPTH {
            return;
        }
        self.depth += 1;
        if self.notes {
            constructs::pattern(self.context, pattern, self.sink);
        }
        stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || match pattern {
            ast::Pattern::MatchValue(pattern) => self.expr(&pattern.value),
            ast::Pattern::MatchSingleton(_) | ast::Pattern::MatchStar(_) => {}
            ast::Pattern::MatchSequence(pattern) => pattern.patterns.iter().for_each(|part| self.pattern(part)),
            ast::Pattern::MatchMapping(pattern) => {
                self.exprs(&pattern.keys);
                pattern.patterns.iter().for_each(|part| self.pattern(part));
            }
            ast::Pattern::MatchClass(pattern) => {
                self.expr(&pattern.cls);
                pattern.arguments.patterns.iter().for_each(|part| self.pattern(part));
                pattern.arguments.keywords.iter().for_each(|keyword| self.pattern(&keyword.pattern));
            }
            ast::Pattern::MatchAs(pattern) => pattern.pattern.iter().for_each(|part| self.pattern(part)),
            ast::Pattern::MatchOr(pattern) => pattern.patterns.iter().for_each(|part| self.pattern(part)),
        });
        self.depth -= 1;
    }
}
