//! Our name resolution against the field's: over the standard library, both must give the same qualified names.
//!
//! The oracle is ruff's semantic model, driven here the way its checker drives it: module-level code in order, function
//! and lambda bodies afterwards.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use marginalia::python::{Context, Environment, Module, Observer};
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, ExprContext, PySourceType, PythonVersion, Stmt, name::QualifiedName};
use ruff_python_semantic::{
    BindingFlags, BindingKind, FromImport, Import, ModuleKind, ModuleSource, ScopeKind, SemanticModel, Snapshot,
    SubmoduleImport,
};
use ruff_text_size::{Ranged, TextRange};

use crate::support::{on_big_stack, standard_library};

/// Qualified names by place.
type Names = BTreeMap<(u32, u32), String>;

/// What is asked of both: names that are read, as long as they are dotted.
fn is_whole_name(expr: &Expr) -> bool {
    match expr {
        Expr::Name(name) => name.ctx == ExprContext::Load,
        Expr::Attribute(attribute) => {
            attribute.ctx == ExprContext::Load && matches!(attribute.value.as_ref(), value if is_dotted(value))
        }
        _ => false,
    }
}

fn is_dotted(expr: &Expr) -> bool {
    match expr {
        Expr::Name(name) => name.ctx == ExprContext::Load,
        Expr::Attribute(attribute) => is_dotted(&attribute.value),
        _ => false,
    }
}

fn key(range: TextRange) -> (u32, u32) {
    (range.start().to_u32(), range.end().to_u32())
}

/// Our answers.
#[derive(Default)]
struct Ours {
    names: Names,
}

impl Observer for Ours {
    fn expr<'a>(&mut self, context: &Context<'a>, expr: &'a Expr) {
        if is_whole_name(expr)
            && let Some(name) = context.resolve(expr)
            // What a relative import brought has no qualified name without the package's own: the oracle has none.
            && !name.starts_with('.')
        {
            self.names.insert(key(expr.range()), name.to_string());
        }
    }
}

/// The oracle's answers.
struct Theirs<'a> {
    semantic: SemanticModel<'a>,
    deferred: Vec<(Deferred<'a>, Snapshot)>,
    names: Names,
    /// Names declared `global` anywhere: the oracle binds them where they are declared.
    globals: Vec<&'a str>,
}

enum Deferred<'a> {
    Function(&'a ast::StmtFunctionDef),
    Lambda(&'a ast::ExprLambda),
}

impl<'a> Theirs<'a> {
    fn bind(&mut self, name: &'a str, range: TextRange, kind: BindingKind<'a>) {
        let id = self.semantic.push_binding(name, range, kind, BindingFlags::empty());
        self.semantic.current_scope_mut().add(name, id);
    }

    fn bind_parameters(&mut self, parameters: &'a ast::Parameters) {
        for parameter in parameters {
            self.bind(parameter.name().as_str(), parameter.name().range(), BindingKind::Argument);
        }
    }

    fn run_deferred(&mut self) {
        while !self.deferred.is_empty() {
            for (deferred, snapshot) in std::mem::take(&mut self.deferred) {
                self.semantic.restore(snapshot);
                match deferred {
                    Deferred::Function(def) => {
                        self.semantic.push_scope(ScopeKind::Function(def));
                        self.bind_parameters(&def.parameters);
                        self.visit_body(&def.body);
                    }
                    Deferred::Lambda(lambda) => {
                        self.semantic.push_scope(ScopeKind::Lambda(lambda));
                        if let Some(parameters) = &lambda.parameters {
                            self.bind_parameters(parameters);
                        }
                        self.visit_expr(&lambda.body);
                    }
                }
                self.semantic.pop_scope();
            }
        }
    }

    fn parameters_outside(&mut self, parameters: &'a ast::Parameters) {
        for parameter in parameters {
            parameter.annotation().into_iter().for_each(|annotation| self.visit_expr(annotation));
            parameter.default().into_iter().for_each(|default| self.visit_expr(default));
        }
    }

    fn comprehension(&mut self, generators: &'a [ast::Comprehension], elements: &[&'a Expr]) {
        let mut generators = generators.iter();
        let Some(first) = generators.next() else { return };
        self.visit_expr(&first.iter);
        self.semantic
            .push_scope(ScopeKind::Generator { kind: ruff_python_semantic::GeneratorKind::Generator, is_async: false });
        self.visit_expr(&first.target);
        first.ifs.iter().for_each(|test| self.visit_expr(test));
        for generator in generators {
            self.visit_expr(&generator.iter);
            self.visit_expr(&generator.target);
            generator.ifs.iter().for_each(|test| self.visit_expr(test));
        }
        for element in elements {
            self.visit_expr(element);
        }
        self.semantic.pop_scope();
    }
}

impl<'a> Visitor<'a> for Theirs<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        self.semantic.push_node(stmt);
        match stmt {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    let qualified_name = Box::new(QualifiedName::user_defined(alias.name.as_str()));
                    if alias.asname.is_none() && name.contains('.') {
                        let root = name.split('.').next().unwrap();
                        let kind = BindingKind::SubmoduleImport(SubmoduleImport { qualified_name });
                        self.bind(root, alias.range(), kind);
                    } else {
                        self.bind(name, alias.range(), BindingKind::Import(Import { qualified_name }));
                    }
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in import.names.iter().filter(|alias| alias.name.as_str() != "*") {
                    let module = import.module.as_deref();
                    let qualified_name =
                        Box::new(ast::helpers::collect_import_from_member(import.level, module, alias.name.as_str()));
                    let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    self.bind(name, alias.range(), BindingKind::FromImport(FromImport { qualified_name }));
                }
            }
            Stmt::FunctionDef(def) => {
                def.decorator_list.iter().for_each(|decorator| self.visit_expr(&decorator.expression));
                self.parameters_outside(&def.parameters);
                def.returns.iter().for_each(|returns| self.visit_expr(returns));
                self.bind(def.name.as_str(), def.name.range(), BindingKind::Assignment);
                let snapshot = self.semantic.snapshot();
                self.deferred.push((Deferred::Function(def), snapshot));
            }
            Stmt::ClassDef(class) => {
                class.decorator_list.iter().for_each(|decorator| self.visit_expr(&decorator.expression));
                if let Some(arguments) = &class.arguments {
                    self.visit_arguments(arguments);
                }
                self.semantic.push_scope(ScopeKind::Class(class));
                self.visit_body(&class.body);
                self.semantic.pop_scope();
                self.bind(class.name.as_str(), class.name.range(), BindingKind::Assignment);
            }
            Stmt::Global(global) => self.globals.extend(global.names.iter().map(ast::Identifier::as_str)),
            Stmt::Assign(assign) => {
                self.visit_expr(&assign.value);
                assign.targets.iter().for_each(|target| self.visit_expr(target));
            }
            Stmt::For(stmt) => {
                self.visit_expr(&stmt.iter);
                self.visit_expr(&stmt.target);
                self.visit_body(&stmt.body);
                self.visit_body(&stmt.orelse);
            }
            _ => visitor::walk_stmt(self, stmt),
        }
        self.semantic.pop_node();
    }

    fn visit_except_handler(&mut self, handler: &'a ast::ExceptHandler) {
        let ast::ExceptHandler::ExceptHandler(handler) = handler;
        handler.type_.iter().for_each(|ty| self.visit_expr(ty));
        if let Some(name) = &handler.name {
            self.bind(name.as_str(), name.range(), BindingKind::BoundException);
        }
        self.visit_body(&handler.body);
    }

    fn visit_pattern(&mut self, pattern: &'a ast::Pattern) {
        if let ast::Pattern::MatchAs(ast::PatternMatchAs { name: Some(name), .. })
        | ast::Pattern::MatchStar(ast::PatternMatchStar { name: Some(name), .. })
        | ast::Pattern::MatchMapping(ast::PatternMatchMapping { rest: Some(name), .. }) = pattern
        {
            self.bind(name.as_str(), name.range(), BindingKind::Assignment);
        }
        visitor::walk_pattern(self, pattern);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.semantic.push_node(expr);
        if is_whole_name(expr) {
            if let Expr::Name(name) = expr {
                self.semantic.resolve_load(name);
            }
            if let Some(name) = self.semantic.resolve_qualified_name(expr) {
                let segments = name.segments();
                let text = match segments.split_first() {
                    Some((&"", rest)) => format!("builtins.{}", rest.join(".")),
                    _ => segments.join("."),
                };
                self.names.insert(key(expr.range()), text);
            }
        }
        match expr {
            Expr::Name(name) if name.ctx == ExprContext::Store => {
                self.bind(name.id.as_str(), name.range(), BindingKind::Assignment);
            }
            Expr::Lambda(lambda) => {
                lambda.parameters.iter().for_each(|parameters| self.parameters_outside(parameters));
                let snapshot = self.semantic.snapshot();
                self.deferred.push((Deferred::Lambda(lambda), snapshot));
            }
            Expr::ListComp(comp) => self.comprehension(&comp.generators, &[&comp.elt]),
            Expr::SetComp(comp) => self.comprehension(&comp.generators, &[&comp.elt]),
            Expr::Generator(comp) => self.comprehension(&comp.generators, &[&comp.elt]),
            Expr::DictComp(comp) => {
                let elements: Vec<&Expr> = comp.key.as_deref().into_iter().chain([comp.value.as_ref()]).collect();
                self.comprehension(&comp.generators, &elements);
            }
            _ => visitor::walk_expr(self, expr),
        }
        self.semantic.pop_node();
    }
}

/// Ours, theirs, and the names that the oracle is known not to follow.
fn compare(source: &str) -> Option<(Names, Names, Vec<String>)> {
    let parsed = ruff_python_parser::parse_unchecked_source(source, PySourceType::Python);
    if parsed.has_invalid_syntax() || source.contains("import *") {
        return None;
    }
    let mut ours = Ours::default();
    let read = Module::read(source, &Environment::default(), &mut ours);

    let path = PathBuf::from("module.py");
    let module = ruff_python_semantic::Module {
        kind: ModuleKind::Module,
        source: ModuleSource::File(Path::new("module.py")),
        python_ast: parsed.suite(),
        name: None,
    };
    let semantic = SemanticModel::new(&[], &[], PythonVersion::PY314, PySourceType::Python, &path, module);
    let mut theirs = Theirs { semantic, deferred: Vec::new(), names: Names::new(), globals: Vec::new() };
    theirs.visit_body(parsed.suite());
    theirs.run_deferred();
    let mut not_followed: Vec<String> = theirs.globals.iter().map(ToString::to_string).collect();
    // `except ImportError: ssl = None`: the oracle sees the stand-in, a reader the module.
    let stand_ins = read.table.bindings().iter().filter(|binding| binding.fallback);
    not_followed.extend(stand_ins.map(|binding| binding.name.to_string()));
    Some((ours.names, theirs.names, not_followed))
}

#[test]
fn resolves_the_standard_library_as_ruff_does() {
    let (agree, differ, skipped, report) = on_big_stack(|| {
        let (mut agree, mut differ, mut skipped) = (0_usize, 0_usize, 0_usize);
        let mut report = String::new();
        for path in standard_library() {
            let Ok(source) = std::fs::read_to_string(&path) else { continue };
            let Some((ours, theirs, not_followed)) = compare(&source) else { continue };
            let places: std::collections::BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
            for place in places {
                let (mine, other) = (ours.get(place), theirs.get(place));
                if mine == other {
                    agree += 1;
                    continue;
                }
                let text = &source[place.0 as usize..place.1 as usize];
                let root = text.split('.').next().unwrap_or(text).trim();
                if not_followed.iter().any(|name| name == root) {
                    skipped += 1;
                    continue;
                }
                differ += 1;
                if differ <= 400 {
                    let line = source[..place.0 as usize].matches('\n').count() + 1;
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    report.push_str(&format!("{name}:{line}: {text}: {mine:?}, ruff {other:?}\n"));
                }
            }
        }
        (agree, differ, skipped, report)
    });
    let share = agree as f64 / (agree + differ).max(1) as f64;
    println!(
        "{agree} names resolved alike, {differ} differently: {:.3} %; {skipped} not followed by ruff",
        share * 100.0
    );
    assert!(agree > 100_000, "the standard library was not found: only {agree} names");
    assert!(share >= 0.9999, "{report}");
}
