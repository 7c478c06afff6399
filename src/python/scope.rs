//! Local scopes: what the names of a function, class, lambda or comprehension are bound to.

use std::cell::Cell;
use std::sync::Arc;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, Pattern, Stmt};
use ruff_text_size::{Ranged, TextSize};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use super::table::ClassInfo;

/// What opened a scope.
#[derive(Clone, Copy, Debug)]
pub enum ScopeKind<'a> {
    /// A `def` or `async def`.
    Function(&'a ast::StmtFunctionDef),
    /// A class body.
    Class(&'a ast::StmtClassDef),
    /// A `lambda`.
    Lambda(&'a ast::ExprLambda),
    /// A comprehension or generator expression.
    Comprehension,
    /// Type parameters of a `def`, `class` or `type`.
    TypeParams,
}

/// How a local name is bound.
#[derive(Clone, Copy, Debug)]
pub enum BindingKind<'a> {
    /// `import a.b` (binds `a`), `import a.b as c` (binds `c` to `a.b`).
    Import(&'a ast::Alias),
    /// `from m import n as x`.
    ImportFrom(&'a ast::StmtImportFrom, &'a ast::Alias),
    /// A parameter that takes one argument.
    Parameter(&'a ast::ParameterWithDefault),
    /// `*args`.
    VarPositional(&'a ast::Parameter),
    /// `**kwargs`.
    VarKeyword(&'a ast::Parameter),
    /// `x = value` or `(x := value)`.
    Value(&'a Expr),
    /// `x: annotation` with or without a value.
    Annotated(&'a Expr, Option<&'a Expr>),
    /// `with context as x`; async when the flag is set.
    With(&'a Expr, bool),
    /// `for x in iterable`; async when the flag is set.
    For(&'a Expr, bool),
    /// `def x`.
    Function(&'a ast::StmtFunctionDef),
    /// `class x`.
    Class(&'a ast::StmtClassDef),
    /// `except type as x`.
    Except(Option<&'a Expr>),
    /// A part of an unpacking: the whole target, and what the whole of it is bound to.
    Part(&'a Expr, Whole<'a>),
    /// `x += 1`, a pattern's capture, a type parameter, `del x`.
    Other,
}

/// What the whole of an unpacking is bound to; as in [`BindingKind`].
#[derive(Clone, Copy, Debug)]
pub enum Whole<'a> {
    /// `x, y = value`
    Value(&'a Expr),
    /// `with context as (x, y)`; async when the flag is set.
    With(&'a Expr, bool),
    /// `for x, y in iterable`; async when the flag is set.
    For(&'a Expr, bool),
}

impl<'a> BindingKind<'a> {
    /// How the parts of a target are bound that is bound like this.
    fn of_parts(self, target: &'a Expr) -> Self {
        match self {
            Self::Value(value) => Self::Part(target, Whole::Value(value)),
            Self::With(context, is_async) => Self::Part(target, Whole::With(context, is_async)),
            Self::For(iterable, is_async) => Self::Part(target, Whole::For(iterable, is_async)),
            Self::Part(..) => self,
            _ => Self::Other,
        }
    }

    /// What the name, the whole that it is a part of, or the iterable or context that gives it, is bound to.
    pub fn source(self) -> Option<&'a Expr> {
        match self {
            Self::Value(value)
            | Self::Annotated(_, Some(value))
            | Self::With(value, _)
            | Self::For(value, _)
            | Self::Part(_, Whole::Value(value) | Whole::With(value, _) | Whole::For(value, _)) => Some(value),
            _ => None,
        }
    }
}

/// One binding of a local name.
#[derive(Clone, Copy, Debug)]
pub struct Binding<'a> {
    /// From where on the name has the value: the end of what binds it.
    pub from: TextSize,
    /// Start of the first statement of the suite that it stands in: names the suite.
    pub suite: TextSize,
    /// How.
    pub kind: BindingKind<'a>,
}

/// How many bindings of one name are looked at: a name that is bound more often stands for nothing in particular.
pub(super) const FEW: usize = 16;

/// Whether a name is bound in no other way.
pub(super) fn all_are<'a>(bindings: &[Binding<'a>], test: impl Fn(BindingKind<'a>) -> bool) -> bool {
    bindings.len() <= FEW && bindings.iter().all(|binding| test(binding.kind))
}

/// Whether a name is bound in such a way among others.
pub(super) fn any_is<'a>(bindings: &[Binding<'a>], test: impl Fn(BindingKind<'a>) -> bool) -> bool {
    bindings.iter().take(FEW).any(|binding| test(binding.kind))
}

/// A local scope.
#[derive(Debug)]
pub struct Scope<'a> {
    /// What opened it.
    pub kind: ScopeKind<'a>,
    /// Bindings by name, in order of place.
    pub bindings: FxHashMap<&'a str, SmallVec<[Binding<'a>; 1]>>,
    /// Names declared `global`.
    pub globals: FxHashSet<&'a str>,
    /// Names declared `nonlocal`.
    pub nonlocals: FxHashSet<&'a str>,
    /// For a class body: what is known of the class.
    pub class_info: Option<Arc<ClassInfo>>,
    /// A test function, or a class of tests.
    pub(super) is_test: bool,
    /// For a function or lambda: what it takes from the functions around it, as far as walked.
    pub(super) captures: Cell<Captures>,
}

/// What a nested function or lambda takes from outside.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Captures {
    /// A variable of a function around it.
    pub(super) variable: bool,
    /// The variable of a loop around it.
    pub(super) loop_variable: bool,
    /// It changes a variable of a function around it, or what the variable holds.
    pub(super) state: bool,
}

impl<'a> Scope<'a> {
    /// An empty scope.
    pub fn new(kind: ScopeKind<'a>) -> Self {
        Self {
            kind,
            bindings: FxHashMap::default(),
            globals: FxHashSet::default(),
            nonlocals: FxHashSet::default(),
            class_info: None,
            is_test: is_test(kind),
            captures: Cell::default(),
        }
    }

    /// A function, class body or lambda: code that runs on its own.
    pub(super) fn is_frame(&self) -> bool {
        matches!(self.kind, ScopeKind::Function(_) | ScopeKind::Class(_) | ScopeKind::Lambda(_))
    }

    /// A function or lambda: code that runs later than it is read.
    pub(super) fn is_function(&self) -> bool {
        matches!(self.kind, ScopeKind::Function(_) | ScopeKind::Lambda(_))
    }

    /// The scope of a function: its parameters and everything its body binds.
    pub fn of_function(function: &'a ast::StmtFunctionDef, source: &str) -> Self {
        let mut scope = Self::new(ScopeKind::Function(function));
        // About what most functions bind.
        scope.bindings.reserve((function.parameters.len() + function.body.len() / 2).min(28));
        scope.add_parameters(&function.parameters);
        scope.collect(&function.body, source);
        scope
    }

    /// The scope of a class body.
    pub fn of_class(class: &'a ast::StmtClassDef, info: Arc<ClassInfo>, source: &str) -> Self {
        let mut scope = Self::new(ScopeKind::Class(class));
        scope.collect(&class.body, source);
        scope.class_info = Some(info);
        scope
    }

    /// The scope of a lambda.
    pub fn of_lambda(lambda: &'a ast::ExprLambda) -> Self {
        let mut scope = Self::new(ScopeKind::Lambda(lambda));
        if let Some(parameters) = &lambda.parameters {
            scope.add_parameters(parameters);
        }
        scope
    }

    /// The scope of a comprehension.
    pub fn of_comprehension(generators: &'a [ast::Comprehension]) -> Self {
        let mut scope = Self::new(ScopeKind::Comprehension);
        for generator in generators {
            // Its names have their values before the element expression, which stands to the left of them.
            scope.bind_target(
                &generator.target,
                TextSize::new(0),
                TextSize::new(0),
                BindingKind::For(&generator.iter, generator.is_async),
            );
        }
        scope
    }

    /// The scope of type parameters.
    pub fn of_type_params(params: &'a ast::TypeParams) -> Self {
        let mut scope = Self::new(ScopeKind::TypeParams);
        for param in &params.type_params {
            scope.add(param.name().as_str(), TextSize::new(0), TextSize::new(0), BindingKind::Other);
        }
        scope
    }

    /// All bindings of a name.
    pub fn get(&self, name: &str) -> &[Binding<'a>] {
        self.bindings.get(name).map_or(&[], |bindings| bindings.as_slice())
    }

    /// Collects the bindings of a suite and of the suites inside it, not of nested functions and classes.
    pub fn collect(&mut self, body: &'a [Stmt], source: &str) {
        let mut collector = Collector { scope: self, suite: TextSize::new(0), named: false };
        if let (Some(first), Some(last)) = (body.first(), body.last()) {
            let range = ruff_text_size::TextRange::new(first.start(), last.end());
            collector.named = memchr::memmem::find(source[range].as_bytes(), b":=").is_some();
        }
        collector.suite_of(body);
    }

    fn add(&mut self, name: &'a str, from: TextSize, suite: TextSize, kind: BindingKind<'a>) {
        self.bindings.entry(name).or_default().push(Binding { from, suite, kind });
    }

    fn add_parameters(&mut self, parameters: &'a ast::Parameters) {
        let start = TextSize::new(0);
        for parameter in parameters.iter_non_variadic_params() {
            self.add(parameter.name().as_str(), start, start, BindingKind::Parameter(parameter));
        }
        if let Some(vararg) = &parameters.vararg {
            self.add(vararg.name.as_str(), start, start, BindingKind::VarPositional(vararg));
        }
        if let Some(kwarg) = &parameters.kwarg {
            self.add(kwarg.name.as_str(), start, start, BindingKind::VarKeyword(kwarg));
        }
    }

    /// Binds the names of an assignment target.
    fn bind_target(&mut self, target: &'a Expr, from: TextSize, suite: TextSize, kind: BindingKind<'a>) {
        match target {
            Expr::Name(name) => self.add(name.id.as_str(), from, suite, kind),
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                for element in elts {
                    self.bind_target(element, from, suite, kind.of_parts(target));
                }
            }
            Expr::Starred(starred) => self.bind_target(&starred.value, from, suite, kind),
            _ => {}
        }
    }
}

/// Whether the name of a function, or a base of a class, says that it tests.
fn is_test(kind: ScopeKind<'_>) -> bool {
    match kind {
        ScopeKind::Function(def) => def.name.starts_with("test_") || matches!(def.name.as_str(), "test" | "_test"),
        ScopeKind::Class(class) => class.bases().iter().any(|base| match base {
            Expr::Name(name) => name.id.ends_with("TestCase"),
            Expr::Attribute(attribute) => attribute.attr.ends_with("TestCase"),
            _ => false,
        }),
        ScopeKind::Lambda(_) | ScopeKind::Comprehension | ScopeKind::TypeParams => false,
    }
}

struct Collector<'s, 'a> {
    scope: &'s mut Scope<'a>,
    suite: TextSize,
    /// The source has a `:=` somewhere, so that expressions must be searched.
    named: bool,
}

impl<'a> Collector<'_, 'a> {
    fn suite_of(&mut self, body: &'a [Stmt]) {
        let Some(first) = body.first() else { return };
        let outer = std::mem::replace(&mut self.suite, first.start());
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || body.iter().for_each(|stmt| self.stmt(stmt)));
        self.suite = outer;
    }

    fn bind(&mut self, name: &'a str, from: TextSize, kind: BindingKind<'a>) {
        self.scope.add(name, from, self.suite, kind);
    }

    fn bind_target(&mut self, target: &'a Expr, from: TextSize, kind: BindingKind<'a>) {
        self.scope.bind_target(target, from, self.suite, kind);
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        if self.named {
            Named { collector: self }.visit_heads(stmt);
        }
        match stmt {
            Stmt::FunctionDef(def) => self.bind(def.name.as_str(), def.name.end(), BindingKind::Function(def)),
            Stmt::ClassDef(class) => self.bind(class.name.as_str(), class.end(), BindingKind::Class(class)),
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.bind_target(target, assign.end(), BindingKind::Value(&assign.value));
                }
            }
            Stmt::AnnAssign(assign) => {
                let kind = BindingKind::Annotated(&assign.annotation, assign.value.as_deref());
                self.bind_target(&assign.target, assign.end(), kind);
            }
            Stmt::AugAssign(assign) => self.bind_target(&assign.target, assign.end(), BindingKind::Other),
            Stmt::Delete(delete) => {
                for target in &delete.targets {
                    self.bind_target(target, delete.end(), BindingKind::Other);
                }
            }
            Stmt::TypeAlias(alias) => self.bind_target(&alias.name, alias.end(), BindingKind::Other),
            Stmt::For(stmt) => {
                self.bind_target(&stmt.target, stmt.iter.end(), BindingKind::For(&stmt.iter, stmt.is_async));
                self.suite_of(&stmt.body);
                self.suite_of(&stmt.orelse);
            }
            Stmt::While(stmt) => {
                self.suite_of(&stmt.body);
                self.suite_of(&stmt.orelse);
            }
            Stmt::If(stmt) => {
                self.suite_of(&stmt.body);
                for clause in &stmt.elif_else_clauses {
                    self.suite_of(&clause.body);
                }
            }
            Stmt::With(stmt) => {
                for item in &stmt.items {
                    if let Some(target) = &item.optional_vars {
                        self.bind_target(target, item.end(), BindingKind::With(&item.context_expr, stmt.is_async));
                    }
                }
                self.suite_of(&stmt.body);
            }
            Stmt::Match(stmt) => {
                for case in &stmt.cases {
                    Patterns { collector: self }.visit_pattern(&case.pattern);
                    self.suite_of(&case.body);
                }
            }
            Stmt::Try(stmt) => {
                self.suite_of(&stmt.body);
                for ast::ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
                    if let Some(name) = &handler.name {
                        let kind = BindingKind::Except(handler.type_.as_deref());
                        // The name lives in the handler's own suite.
                        let suite = handler.body.first().map_or(self.suite, Ranged::start);
                        self.scope.add(name.as_str(), name.end(), suite, kind);
                    }
                    self.suite_of(&handler.body);
                }
                self.suite_of(&stmt.orelse);
                self.suite_of(&stmt.finalbody);
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = match &alias.asname {
                        Some(asname) => asname.as_str(),
                        None => alias.name.as_str().split('.').next().unwrap_or_default(),
                    };
                    self.bind(name, import.end(), BindingKind::Import(alias));
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    self.bind(name.as_str(), import.end(), BindingKind::ImportFrom(import, alias));
                }
            }
            Stmt::Global(stmt) => self.scope.globals.extend(stmt.names.iter().map(ast::Identifier::as_str)),
            Stmt::Nonlocal(stmt) => self.scope.nonlocals.extend(stmt.names.iter().map(ast::Identifier::as_str)),
            Stmt::Return(_)
            | Stmt::Raise(_)
            | Stmt::Assert(_)
            | Stmt::Expr(_)
            | Stmt::Pass(_)
            | Stmt::Break(_)
            | Stmt::Continue(_)
            | Stmt::IpyEscapeCommand(_) => {}
        }
    }
}

/// Finds `name := value` in the expressions of a statement, also inside comprehensions (which bind outside themselves).
struct Named<'c, 's, 'a> {
    collector: &'c mut Collector<'s, 'a>,
}

impl<'a> Named<'_, '_, 'a> {
    /// Visits the expressions of the statement itself, not its suites.
    fn visit_heads(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::If(stmt) => {
                self.visit_expr(&stmt.test);
                for test in stmt.elif_else_clauses.iter().filter_map(|clause| clause.test.as_ref()) {
                    self.visit_expr(test);
                }
            }
            Stmt::While(stmt) => self.visit_expr(&stmt.test),
            Stmt::For(stmt) => self.visit_expr(&stmt.iter),
            Stmt::With(stmt) => stmt.items.iter().for_each(|item| self.visit_expr(&item.context_expr)),
            Stmt::Match(stmt) => {
                self.visit_expr(&stmt.subject);
                stmt.cases.iter().filter_map(|case| case.guard.as_ref()).for_each(|guard| self.visit_expr(guard));
            }
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) | Stmt::Try(_) => {}
            simple => visitor::walk_stmt(self, simple),
        }
    }
}

impl<'a> Visitor<'a> for Named<'_, '_, 'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Named(named) = expr {
            self.collector.bind_target(&named.target, named.end(), BindingKind::Value(&named.value));
        }
        if !matches!(expr, Expr::Lambda(_)) {
            stacker::maybe_grow(64 * 1024, 1024 * 1024, || visitor::walk_expr(self, expr));
        }
    }
}

/// The name that a pattern itself binds; not those of the patterns in it.
pub fn captured(pattern: &Pattern) -> Option<&ast::Identifier> {
    match pattern {
        Pattern::MatchAs(ast::PatternMatchAs { name, .. })
        | Pattern::MatchStar(ast::PatternMatchStar { name, .. })
        | Pattern::MatchMapping(ast::PatternMatchMapping { rest: name, .. }) => name.as_ref(),
        _ => None,
    }
}

/// Binds the captures of a pattern.
struct Patterns<'c, 's, 'a> {
    collector: &'c mut Collector<'s, 'a>,
}

impl<'a> Visitor<'a> for Patterns<'_, '_, 'a> {
    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        if let Some(name) = captured(pattern) {
            self.collector.bind(name.as_str(), name.end(), BindingKind::Other);
        }
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || visitor::walk_pattern(self, pattern));
    }

    fn visit_expr(&mut self, _expr: &'a Expr) {}
}
