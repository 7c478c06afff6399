//! What a top-level statement binds at module level.

use std::sync::Arc;

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, Pattern, Stmt};
use ruff_text_size::{Ranged, TextSize};

use super::constructs::roles;
use super::context::{Context, Lookup, qualified_from};
use super::effects;
use super::infer::Type;
use super::older::{Older, asks_for_old_python, asks_for_python_2, is_of_python_2};
use super::scope::Scope;
use super::suites::{own_statements, suites};
use super::table::{ClassInfo, FunctionInfo, ModuleBinding, ModuleBindingKind};

/// The bindings of one top-level statement, the modules it star-imports, and whether it is the `annotations` future.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StatementBindings {
    /// In order.
    pub bindings: Vec<ModuleBinding>,
    /// From where on each of them holds: offsets relative to the start of the [`super::Statement`], in order. No part of
    /// what other statements depend on.
    pub from: Vec<TextSize>,
    /// `from module import *`.
    pub star_imports: Vec<Name>,
    /// `from __future__ import annotations`.
    pub future_annotations: bool,
    /// Asks for a Python that has no `|` between types, or may have none: `if sys.version_info >= (3, 10)`.
    pub old_pythons: bool,
    /// Asks whether it runs in Python 2, and goes on when it does, binds a name for that, or imports what is only there.
    pub python_2: bool,
    /// Is more than an import or a docstring.
    pub acts: bool,
}

impl StatementBindings {
    /// Adds what another statement on the same lines binds; the lines start at `start`.
    pub(super) fn append(&mut self, other: Self, start: TextSize) {
        self.bindings.extend(other.bindings);
        self.from.extend(other.from.iter().map(|from| *from - start));
        self.star_imports.extend(other.star_imports);
        self.future_annotations |= other.future_annotations;
        self.old_pythons |= other.old_pythons;
        self.python_2 |= other.python_2;
        self.acts |= other.acts;
    }

    /// Whether other statements see the same names: where in the statement they are bound does not matter to them.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        self.bindings == other.bindings
            && self.star_imports == other.star_imports
            && self.future_annotations == other.future_annotations
            && self.old_pythons == other.old_pythons
            && self.python_2 == other.python_2
            && self.acts == other.acts
    }
}

/// Collects what a top-level statement binds. `context` stands before it: its table holds what is bound so far.
pub(super) fn of_statement(stmt: &Stmt, context: &Context<'_>) -> StatementBindings {
    let mut collector = Collector {
        context,
        found: StatementBindings::default(),
        conditional: false,
        fallback: false,
        older: None,
        from: stmt.end(),
    };
    collector.stmt(stmt);
    collector.found.acts = acts(stmt);
    collector.found.python_2 |= asks_for_python_2(stmt, context.text(stmt));
    collector.found.old_pythons = match stmt {
        Stmt::If(stmt) => {
            let tests = stmt.elif_else_clauses.iter().filter_map(|clause| clause.test.as_ref());
            std::iter::once(stmt.test.as_ref()).chain(tests).any(asks_for_old_python)
        }
        Stmt::Assign(stmt) => asks_for_old_python(&stmt.value),
        _ => false,
    };
    collector.found
}

/// Whether a statement is more than a docstring, or an import, also one on a condition.
fn acts(stmt: &Stmt) -> bool {
    let brings_names = |stmt: &Stmt| match stmt {
        Stmt::Import(_) | Stmt::ImportFrom(_) | Stmt::Pass(_) => true,
        Stmt::Expr(docs) => docs.value.is_string_literal_expr(),
        _ => false,
    };
    match stmt {
        Stmt::If(_) | Stmt::Try(_) => !suites(stmt).into_iter().flatten().all(brings_names),
        _ => !brings_names(stmt),
    }
}

struct Collector<'c, 'a> {
    context: &'c Context<'a>,
    found: StatementBindings,
    conditional: bool,
    fallback: bool,
    /// What the value at hand says of Pythons.
    older: Option<Older>,
    /// Where the binding at hand has happened.
    from: TextSize,
}

impl Collector<'_, '_> {
    fn bind(&mut self, name: &str, kind: ModuleBindingKind) {
        self.found.python_2 |=
            matches!(name, "PY2" | "PY3") || matches!(&kind, ModuleBindingKind::Import(from) if is_of_python_2(from));
        self.found.from.push(self.from);
        self.found.bindings.push(ModuleBinding {
            name: Name::new(name),
            conditional: self.conditional,
            fallback: self.fallback,
            older: self.older,
            kind,
        });
    }

    /// What is known here: also what the statement has bound so far.
    fn context(&self) -> Context<'_> {
        let Context { source, tokens, table, environment, own, .. } = *self.context;
        let mut context = Context::new(source, tokens, table, environment, own);
        context.limit = self.context.limit;
        context.pending = &self.found.bindings;
        context
    }

    fn bind_target(&mut self, target: &Expr, ty: Option<Type>) {
        match target {
            Expr::Name(name) => self.bind(name.id.as_str(), ModuleBindingKind::Value(ty)),
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => match ty {
                Some(ty) => {
                    for (name, ty) in ty.unpacked(target) {
                        self.bind(name.id.as_str(), ModuleBindingKind::Value(ty));
                    }
                }
                None => elts.iter().for_each(|element| self.bind_target(element, None)),
            },
            Expr::Starred(starred) => self.bind_target(&starred.value, None),
            _ => {}
        }
    }

    fn suite(&mut self, body: &[Stmt]) {
        let outer = std::mem::replace(&mut self.conditional, true);
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || body.iter().for_each(|stmt| self.stmt(stmt)));
        self.conditional = outer;
    }

    fn fallback_suite(&mut self, body: &[Stmt]) {
        let outer = std::mem::replace(&mut self.fallback, true);
        self.suite(body);
        self.fallback = outer;
    }

    fn stmt(&mut self, stmt: &Stmt) {
        self.from = match stmt {
            Stmt::FunctionDef(def) => def.name.end(),
            Stmt::For(stmt) => stmt.iter.end(),
            other => other.end(),
        };
        match stmt {
            Stmt::FunctionDef(def) => {
                let info = function_info(def, &self.context());
                self.bind(def.name.as_str(), ModuleBindingKind::Function(Arc::new(info)));
            }
            Stmt::ClassDef(class) => {
                let info = class_info(class, &self.context());
                self.bind(class.name.as_str(), ModuleBindingKind::Class(Arc::new(info)));
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let full = alias.name.as_str();
                    match &alias.asname {
                        Some(asname) => self.bind(asname.as_str(), ModuleBindingKind::Import(alias.name.id.clone())),
                        None => {
                            let root = full.split('.').next().unwrap_or(full);
                            self.bind(root, ModuleBindingKind::Import(Name::new(root)));
                        }
                    }
                }
            }
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::Assign(assign) => {
                let ty = self.context().infer(&assign.value).or_else(|| self.context().type_of_object(&assign.value));
                self.older = Older::of_test(&assign.value, &|_| None);
                for target in &assign.targets {
                    self.bind_target(target, ty.clone());
                }
                self.older = None;
            }
            Stmt::AnnAssign(assign) => {
                let ty = self.context().type_of_annotation(&assign.annotation);
                let ty = ty.or_else(|| self.context().infer(assign.value.as_deref()?));
                self.bind_target(&assign.target, ty);
            }
            Stmt::AugAssign(assign) => {
                if let Expr::Name(name) = assign.target.as_ref() {
                    let ty = match self.context().module_binding(name.id.as_str(), None).map(|binding| &binding.kind) {
                        Some(ModuleBindingKind::Value(ty)) => ty.clone(),
                        _ => None,
                    };
                    self.bind(name.id.as_str(), ModuleBindingKind::Value(ty));
                }
            }
            Stmt::Delete(delete) => {
                for target in &delete.targets {
                    if let Expr::Name(name) = target {
                        self.bind(name.id.as_str(), ModuleBindingKind::Unknown);
                    }
                }
            }
            Stmt::TypeAlias(alias) => {
                if let Expr::Name(name) = alias.name.as_ref() {
                    self.bind(name.id.as_str(), ModuleBindingKind::Unknown);
                }
            }
            Stmt::For(stmt) => {
                let ty = self.context().type_of_item(&stmt.iter, stmt.is_async);
                self.bind_target(&stmt.target, ty);
                self.suite(&stmt.body);
                self.suite(&stmt.orelse);
            }
            Stmt::While(stmt) => {
                self.suite(&stmt.body);
                self.suite(&stmt.orelse);
            }
            Stmt::If(stmt) => {
                self.suite(&stmt.body);
                for clause in &stmt.elif_else_clauses {
                    if clause.test.is_some() { self.suite(&clause.body) } else { self.fallback_suite(&clause.body) }
                }
            }
            Stmt::With(stmt) => {
                for item in &stmt.items {
                    if let Some(target) = &item.optional_vars {
                        self.from = item.end();
                        let ty = self.context().type_of_with(&item.context_expr, stmt.is_async);
                        self.bind_target(target, ty);
                    }
                }
                self.suite(&stmt.body);
            }
            Stmt::Match(stmt) => {
                for case in &stmt.cases {
                    self.from = case.pattern.end();
                    Captures { collector: self }.visit_pattern(&case.pattern);
                    self.suite(&case.body);
                }
            }
            Stmt::Try(stmt) => {
                self.suite(&stmt.body);
                for ast::ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
                    self.handler(handler);
                }
                self.suite(&stmt.orelse);
                self.suite(&stmt.finalbody);
            }
            _ => {}
        }
    }

    fn handler(&mut self, handler: &ast::ExceptHandlerExceptHandler) {
        let Some(name) = &handler.name else { return self.fallback_suite(&handler.body) };
        let ty = handler.type_.as_deref().and_then(|ty| self.context().caught(ty));
        self.from = name.end();
        self.bind(name.as_str(), ModuleBindingKind::Value(ty));
        self.fallback_suite(&handler.body);
        // The name is deleted in the end.
        self.from = handler.end();
        self.bind(name.as_str(), ModuleBindingKind::Unknown);
    }

    fn import_from(&mut self, import: &ast::StmtImportFrom) {
        for alias in &import.names {
            let name = alias.name.as_str();
            if name == "*" {
                if import.level == 0
                    && let Some(module) = &import.module
                {
                    self.found.star_imports.push(module.id.clone());
                }
                continue;
            }
            if name == "annotations" && import.module.as_ref().is_some_and(|module| module.as_str() == "__future__") {
                self.found.future_annotations = true;
            }
            let bound = alias.asname.as_ref().unwrap_or(&alias.name);
            self.bind(bound.as_str(), ModuleBindingKind::Import(qualified_from(import, name)));
        }
    }
}

struct Captures<'k, 'c, 'a> {
    collector: &'k mut Collector<'c, 'a>,
}

impl<'p> Visitor<'p> for Captures<'_, '_, '_> {
    fn visit_pattern(&mut self, pattern: &'p Pattern) {
        let name = match pattern {
            Pattern::MatchAs(ast::PatternMatchAs { name, .. })
            | Pattern::MatchStar(ast::PatternMatchStar { name, .. })
            | Pattern::MatchMapping(ast::PatternMatchMapping { rest: name, .. }) => name.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.collector.bind(name.as_str(), ModuleBindingKind::Value(None));
        }
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || visitor::walk_pattern(self, pattern));
    }

    fn visit_expr(&mut self, _expr: &'p Expr) {}
}

/// The name of a decorator or base: qualified, `@Name` for a class or function of the module, or empty.
fn name_of(expr: &Expr, context: &Context<'_>) -> Name {
    let expr = match expr {
        Expr::Call(call) => call.func.as_ref(),
        Expr::Subscript(subscript) => subscript.value.as_ref(),
        other => other,
    };
    if let Some(symbol) = context.resolve(expr) {
        return Name::new(super::canonical::public(&symbol));
    }
    match expr {
        Expr::Name(name) => match context.lookup(name.id.as_str(), name.start()) {
            Lookup::Module(_) => Name::concat(&["@", name.id.as_str()]),
            _ => Name::empty(),
        },
        _ => Name::empty(),
    }
}

/// Qualified or local names of a function's decorators, outermost first; empty text where one is no name.
pub(super) fn decorators(def: &ast::StmtFunctionDef, context: &Context<'_>) -> Vec<Name> {
    def.decorator_list.iter().map(|decorator| name_of(&decorator.expression, context)).collect()
}

/// What other code can know of a function.
pub(super) fn function_info(def: &ast::StmtFunctionDef, context: &Context<'_>) -> FunctionInfo {
    // Few functions yield or change variables of the module; the others need not be looked through for that.
    let mentions = |word: &str| memchr::memmem::find(context.text(def).as_bytes(), word.as_bytes()).is_some();
    // Some is asked for by facts alone.
    let facts = context.environment.facts;
    let is_generator = (facts || def.is_async) && mentions("yield") && has_yield(&def.body);
    FunctionInfo {
        is_async: def.is_async,
        is_generator,
        returns: def.returns.as_deref().and_then(|annotation| context.type_of_annotation(annotation)),
        decorators: decorators(def, context),
        parameters: def.parameters.iter().map(|parameter| parameter.name().id.clone()).collect(),
        registers: facts && roles::registers(def),
        returns_nothing: facts && !is_generator && roles::returns_nothing(def),
        positional_only: def.parameters.posonlyargs.len() as u32,
        var_keyword: def.parameters.kwarg.is_some(),
        unguarded: if mentions("global") { effects::unguarded_names(def) } else { Vec::new() },
        cleans_up: effects::cleans_up(def),
    }
}

/// What other code can know of a class.
pub(super) fn class_info(class: &ast::StmtClassDef, context: &Context<'_>) -> ClassInfo {
    let mut info = ClassInfo {
        name: class.name.id.clone(),
        decorators: class.decorator_list.iter().map(|decorator| name_of(&decorator.expression, context)).collect(),
        ..ClassInfo::default()
    };
    if let Some(arguments) = &class.arguments {
        info.bases = arguments.args.iter().map(|base| name_of(base, context)).collect();
        info.metaclass = arguments.find_keyword("metaclass").map(|keyword| name_of(&keyword.value, context));
    }
    for stmt in &class.body {
        match stmt {
            Stmt::FunctionDef(def) => {
                let method = function_info(def, context);
                let property = method.decorators.iter().any(|name| {
                    matches!(name.as_str(), "builtins.property" | "functools.cached_property" | "abc.abstractproperty")
                });
                if property {
                    info.attributes.insert(def.name.id.clone(), method.returns.clone());
                } else {
                    info.methods.insert(def.name.id.clone(), method);
                }
                collect_self_attributes(def, context, &mut info);
            }
            Stmt::AnnAssign(assign) => {
                if let Expr::Name(name) = assign.target.as_ref() {
                    info.attributes.insert(name.id.clone(), context.type_of_annotation(&assign.annotation));
                }
            }
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    if let Expr::Name(name) = target {
                        let ty = context.infer(&assign.value);
                        // `x = property(get_x)`: what an instance has there is something else.
                        let ty = ty.filter(|ty| !ty.is_builtin("property"));
                        info.attributes.insert(name.id.clone(), ty);
                    }
                }
            }
            _ => {}
        }
    }
    info
}

/// Adds the attributes that a method stores on its first parameter.
fn collect_self_attributes(def: &ast::StmtFunctionDef, context: &Context<'_>, info: &mut ClassInfo) {
    let Some(first) = def.parameters.posonlyargs.first().or(def.parameters.args.first()) else { return };
    let instance = first.name().as_str();
    if !own_statements(&def.body).any(|stmt| stores_on(stmt, instance)) {
        return;
    }
    // Types of the method's own names (parameters with annotations, locals) are known in its scope.
    let mut inner = Context::new(context.source, context.tokens, context.table, context.environment, context.own);
    inner.limit = context.limit;
    inner.pending = context.pending;
    inner.scopes.push(Scope::of_function(def, context.source));
    inner.suites.extend(def.body.first().map(Ranged::start));
    let mut stores = SelfStores { instance, context: &inner, info };
    stores.visit_body(&def.body);
}

/// Whether a statement binds an attribute of a name.
fn stores_on(stmt: &Stmt, name: &str) -> bool {
    let is_attribute = |target: &Expr| match target {
        Expr::Attribute(attribute) => matches!(attribute.value.as_ref(), Expr::Name(of) if of.id == name),
        _ => false,
    };
    match stmt {
        Stmt::Assign(assign) => assign.targets.iter().any(is_attribute),
        Stmt::AnnAssign(assign) => is_attribute(&assign.target),
        Stmt::With(with) => with.items.iter().filter_map(|item| item.optional_vars.as_deref()).any(is_attribute),
        _ => false,
    }
}

struct SelfStores<'s, 'c, 'a> {
    instance: &'s str,
    context: &'c Context<'a>,
    info: &'s mut ClassInfo,
}

impl SelfStores<'_, '_, '_> {
    fn store(&mut self, target: &Expr, ty: Option<Type>, is_none: bool) {
        let Expr::Attribute(attribute) = target else { return };
        if !matches!(attribute.value.as_ref(), Expr::Name(name) if name.id == self.instance) {
            return;
        }
        match self.info.attributes.entry(attribute.attr.id.clone()) {
            std::collections::hash_map::Entry::Vacant(entry) => {
                // `self.x = None` leaves the type to the assignments that follow.
                if !is_none {
                    entry.insert(ty);
                }
            }
            std::collections::hash_map::Entry::Occupied(mut entry) => {
                if !is_none && entry.get().as_ref().map(|known| &known.class) != ty.as_ref().map(|ty| &ty.class) {
                    entry.insert(None);
                }
            }
        }
    }
}

impl<'v> Visitor<'v> for SelfStores<'_, '_, '_> {
    fn visit_stmt(&mut self, stmt: &'v Stmt) {
        match stmt {
            Stmt::Assign(assign) => {
                let mut ty = None;
                for (at, target) in assign.targets.iter().enumerate() {
                    if matches!(target, Expr::Attribute(_)) {
                        if at == 0 || ty.is_none() {
                            ty = self.context.infer(&assign.value);
                        }
                        self.store(target, ty.clone(), assign.value.is_none_literal_expr());
                    }
                }
            }
            Stmt::AnnAssign(assign) if matches!(assign.target.as_ref(), Expr::Attribute(_)) => {
                let ty = self.context.type_of_annotation(&assign.annotation);
                if let Expr::Attribute(attribute) = assign.target.as_ref()
                    && matches!(attribute.value.as_ref(), Expr::Name(name) if name.id == self.instance)
                {
                    self.info.attributes.insert(attribute.attr.id.clone(), ty);
                }
            }
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::With(with) => {
                for item in &with.items {
                    if let Some(target) = &item.optional_vars {
                        let ty = self.context.type_of_with(&item.context_expr, with.is_async);
                        self.store(target, ty, false);
                    }
                }
                stacker::maybe_grow(64 * 1024, 1024 * 1024, || visitor::walk_stmt(self, stmt));
            }
            _ => stacker::maybe_grow(64 * 1024, 1024 * 1024, || visitor::walk_stmt(self, stmt)),
        }
    }

    fn visit_expr(&mut self, _expr: &'v Expr) {}
}

/// Whether a function's own body yields.
pub fn has_yield(body: &[Stmt]) -> bool {
    struct Yields(bool);
    impl<'v> Visitor<'v> for Yields {
        fn visit_stmt(&mut self, stmt: &'v Stmt) {
            if !self.0 && !matches!(stmt, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
                stacker::maybe_grow(64 * 1024, 1024 * 1024, || visitor::walk_stmt(self, stmt));
            }
        }
        fn visit_expr(&mut self, expr: &'v Expr) {
            match expr {
                Expr::Yield(_) | Expr::YieldFrom(_) => self.0 = true,
                Expr::Lambda(_) => {}
                _ if self.0 => {}
                _ => stacker::maybe_grow(64 * 1024, 1024 * 1024, || visitor::walk_expr(self, expr)),
            }
        }
    }
    let mut yields = Yields(false);
    yields.visit_body(body);
    yields.0
}
