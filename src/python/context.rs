//! Where the walk stands: scopes, ancestors, the names that can be seen. What rules and facts ask questions of.

use std::cell::Cell;
use std::sync::{Arc, LazyLock};

use ruff_python_ast::name::Name;
use ruff_python_ast::token::{Token, TokenKind, Tokens};
use ruff_python_ast::{self as ast, Expr, Stmt, StringFlags};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxHashSet;

use super::older::Older;
use super::recall::Recall;
use super::scope::{Binding, BindingKind, Scope, ScopeKind};
use super::table::{ClassInfo, Limit, ModuleBinding, ModuleBindingKind, Names, standing};
use super::{PythonVersion, canonical, stdlib};

/// Longer dotted names are no names: a generated chain of attributes would be followed from each of its links.
const MAX_SEGMENTS: usize = 16;

/// How far back a statement's own bindings are searched: one that binds thousands must not cost their square.
const MAX_PENDING: usize = 256;

/// What an analysis depends on besides the text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is the answer to a question of its own")]
pub struct Environment {
    /// The Python version that the code is for.
    pub target: PythonVersion,
    /// The file is a test module (`test_*.py`, `*_test.py`, `conftest.py`, or below `tests/`).
    pub test_file: bool,
    /// Nobody here writes the file, as its path says: it is a copy of another project's, below a folder such as `_vendor/`, or a
    /// program wrote it, such as `models_pb2.py`.
    pub not_ours: bool,
    /// The file is a stub (`.pyi`).
    pub stub: bool,
    /// The file is a package's `__init__.py`.
    pub package: bool,
    /// It is a notebook: magics, shell lines and help are part of the language, nothing imports it.
    pub notebook: bool,
    /// Facts are noted down, and what was asked of the module's names. Whoever looks for findings only, and never at the next
    /// version of the text, does without.
    pub facts: bool,
    /// It is noted where comments are.
    pub comments: bool,
    /// Imports are noted, wherever they stand.
    pub imports: bool,
    /// The file's path, as far as it is known; empty for a document that has none.
    pub file_name: Arc<str>,
}

impl Environment {
    /// Whether the file lies in a folder of this name, or not far below it: it is part of the package of that name.
    pub fn is_below(&self, folder: &str) -> bool {
        self.file_name.split(['/', '\\']).rev().skip(1).take(3).any(|part| part == folder)
    }

    /// Whether the file is a private module (`_http.py`), or lies directly in a private package (`_internal/http.py`).
    pub fn is_private_module(&self) -> bool {
        let is_private = |name: &str| name.starts_with('_') && !name.starts_with("__");
        self.file_name.rsplit(['/', '\\']).take(2).any(is_private)
    }
}

impl Default for Environment {
    fn default() -> Self {
        Self {
            target: PythonVersion::NEWEST,
            test_file: false,
            not_ours: false,
            stub: false,
            package: false,
            notebook: false,
            facts: true,
            comments: true,
            imports: true,
            file_name: Arc::from(""),
        }
    }
}

/// A node on the way from the top-level statement to where the walk stands.
#[derive(Clone, Copy, Debug)]
pub enum Node<'a> {
    /// A statement.
    Stmt(&'a Stmt),
    /// An expression.
    Expr(&'a Expr),
    /// An `except` clause.
    Handler(&'a ast::ExceptHandlerExceptHandler),
    /// An `elif` or `else` clause of an `if`.
    ElifElse(&'a ast::ElifElseClause),
    /// A `case`.
    Case(&'a ast::MatchCase),
    /// One `for ... in ... if ...` of a comprehension.
    Generator(&'a ast::Comprehension),
    /// A keyword argument.
    Keyword(&'a ast::Keyword),
    /// An item of a `with`.
    WithItem(&'a ast::WithItem),
    /// A decorator.
    Decorator(&'a ast::Decorator),
    /// The walk is inside an annotation.
    Annotation,
    /// The walk is inside a default value of a parameter.
    Default,
}

/// A loop statement that the place is in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loop<'a> {
    /// The `for` or `while`.
    pub(super) stmt: &'a Stmt,
    /// How many functions, classes and lambdas are around it.
    pub(super) frame: u32,
}

/// What a name is at a place.
#[derive(Clone, Copy, Debug)]
pub enum Lookup<'c, 'a> {
    /// Bound in a function, class or comprehension around the place.
    Local {
        /// All bindings of the name in that scope, in order of place.
        bindings: &'c [Binding<'a>],
        /// The code at the place runs in order with the bindings (it is not in a nested function).
        immediate: bool,
    },
    /// Bound at module level, and not by an import.
    Module(&'a ModuleBinding),
    /// Imported or built in; `Symbol` holds the qualified name.
    Symbol(SymbolName<'a>),
    /// Nothing is known of the name.
    Unbound,
}

/// A qualified name without an allocation where it can be avoided.
#[derive(Clone, Copy, Debug)]
pub enum SymbolName<'a> {
    /// `builtins.` and the name.
    Builtin(&'a str),
    /// The name that `import a.b.c` binds: `a`.
    Root(&'a str),
    /// An import of the module table.
    Imported(&'a Name),
    /// A local `import a.b as c`.
    Module(&'a str),
    /// A local `from m import n`.
    From(&'a ast::StmtImportFrom, &'a str),
    /// A name that `from m import *` brings.
    Star(&'a Name, &'a str),
}

impl<'a> SymbolName<'a> {
    /// The last part of the qualified name.
    fn last_word(self) -> &'a str {
        match self {
            Self::Builtin(name) | Self::Root(name) | Self::From(_, name) | Self::Star(_, name) => name,
            Self::Module(name) => canonical::last_word(name),
            Self::Imported(name) => canonical::last_word(name),
        }
    }

    /// The qualified name; begins with `.` for a relative import.
    pub fn to_name(self) -> Name {
        match self {
            Self::Builtin(name) => Name::concat(&["builtins.", name]),
            Self::Root(name) | Self::Module(name) => Name::new(name),
            Self::Imported(name) => name.clone(),
            Self::Star(module, name) => Name::concat(&[module.as_str(), ".", name]),
            Self::From(import, name) => qualified_from(import, name),
        }
    }
}

/// `m.n` for `from m import n`, `..m.n` for `from ..m import n`.
pub(super) fn qualified_from(import: &ast::StmtImportFrom, name: &str) -> Name {
    let mut text = ".".repeat(import.level as usize);
    if let Some(module) = &import.module {
        text.push_str(module.as_str());
        text.push('.');
    }
    text.push_str(name);
    Name::new(text)
}

/// The module bindings of one top-level statement.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnBindings<'a> {
    /// How many bindings the module has before the statement.
    pub first: u32,
    /// From where on each of the statement's own holds, relative to `start`.
    pub from: &'a [TextSize],
    /// Where the statement's lines start in the source.
    pub start: TextSize,
}

impl OwnBindings<'_> {
    /// How many module bindings have happened when the code at an offset runs.
    pub(super) fn before(&self, at: TextSize) -> u32 {
        let own = self.from.partition_point(|from| self.start + *from <= at);
        self.first + own as u32
    }
}

/// Where the walk stands.
///
/// Offsets of syntax nodes and of everything here are offsets into [`Context::source`].
#[derive(Debug)]
pub struct Context<'a> {
    /// The text that the syntax tree was made of: the document, or a slice of it.
    pub source: &'a str,
    /// Its tokens.
    pub tokens: &'a Tokens,
    /// Names of the module.
    pub table: Names<'a>,
    /// Version and kind of file.
    pub environment: &'a Environment,
    pub(super) scopes: Vec<Scope<'a>>,
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) suites: Vec<TextSize>,
    /// The module bindings of the statement at hand, when it is one of a module.
    pub(super) own: Option<OwnBindings<'a>>,
    /// What the statement at hand has bound so far, as long as the table does not know it.
    pub(super) pending: &'a [ModuleBinding],
    /// Only so much of the table is to be seen: what a statement binds is found before later ones are known.
    pub(super) limit: Option<Limit>,
    /// The statement at hand is the first of the module.
    pub is_first: bool,
    /// The top-level statements around the one at hand, as far as they are looked at with it: [`super::Module::revisit`].
    pub(super) neighbours: &'a [Stmt],
    /// The loops whose bodies (or, of a `while`, whose test) the place is in, outermost first.
    pub(super) loops: Vec<Loop<'a>>,
    /// How many functions, classes and lambdas are around the place.
    pub(super) frame: u32,
    /// How many test functions, and classes of tests, are around the place.
    pub(super) tests: u32,
    /// How many annotations are around the place.
    pub(super) annotations: u32,
    /// What is left for the inference at hand.
    pub(super) fuel: Cell<u16>,
    /// What has been found out here; only while a statement is walked.
    pub(super) recall: Option<Recall>,
    /// The name last asked about, by its address, and the last word of what it stands for; as long as the recall holds.
    pub(super) last_word: Cell<Option<(usize, Option<&'a str>)>>,
}

impl<'a> Context<'a> {
    /// A context at module level.
    pub(super) fn new(
        source: &'a str,
        tokens: &'a Tokens,
        table: Names<'a>,
        environment: &'a Environment,
        own: Option<OwnBindings<'a>>,
    ) -> Self {
        Self {
            source,
            tokens,
            table,
            environment,
            scopes: Vec::new(),
            nodes: Vec::new(),
            suites: Vec::new(),
            own,
            pending: &[],
            limit: None,
            is_first: false,
            neighbours: &[],
            loops: Vec::new(),
            frame: 0,
            tests: 0,
            annotations: 0,
            fuel: Cell::new(0),
            recall: None,
            last_word: Cell::new(None),
        }
    }

    /// The local scopes around the place, outermost first.
    pub fn scopes(&self) -> &[Scope<'a>] {
        &self.scopes
    }

    /// The nodes around the place, outermost first; the last is the node at hand itself.
    pub fn nodes(&self) -> &[Node<'a>] {
        &self.nodes
    }

    /// The nodes around the node at hand, nearest first.
    pub fn ancestors(&self) -> impl Iterator<Item = Node<'a>> + '_ {
        self.nodes.iter().rev().skip(1).copied()
    }

    /// The node directly around the node at hand.
    pub fn parent(&self) -> Option<Node<'a>> {
        self.ancestors().next()
    }

    /// The top-level statements that are looked at together; empty unless a place is revisited.
    pub fn neighbours(&self) -> &'a [Stmt] {
        self.neighbours
    }

    /// The source of a range.
    pub fn text(&self, range: impl Ranged) -> &'a str {
        &self.source[range.range()]
    }

    /// What is between the quotes of a string literal; all behind the opening ones where it is not closed.
    ///
    /// Bytes and text that stand side by side by mistake have flags that are not their own: the source decides.
    pub fn inside_quotes(&self, literal: impl Ranged, flags: impl StringFlags) -> TextRange {
        let range = literal.range();
        let start = range.start() + flags.opener_len().min(range.len());
        let closed = !flags.is_unclosed() && self.text(TextRange::new(start, range.end())).ends_with(flags.quote_str());
        TextRange::new(start, if closed { range.end() - flags.closer_len() } else { range.end() })
    }

    /// The line break that the statement at hand uses; `\n` where it has none.
    pub fn newline(&self) -> &'static str {
        let statement = match self.nodes.first() {
            Some(Node::Stmt(stmt)) => self.text(*stmt),
            _ => "",
        };
        let first = memchr::memchr(b'\n', statement.as_bytes()).unwrap_or_default();
        if statement[..first].ends_with('\r') { "\r\n" } else { "\n" }
    }

    /// The function that the place runs in; `None` at module level and directly in a class body.
    pub fn enclosing_function(&self) -> Option<&'a ast::StmtFunctionDef> {
        for scope in self.scopes.iter().rev() {
            match scope.kind {
                ScopeKind::Function(def) => return Some(def),
                ScopeKind::Class(_) | ScopeKind::Lambda(_) => return None,
                ScopeKind::Comprehension | ScopeKind::TypeParams => {}
            }
        }
        None
    }

    /// The class whose body, or whose method, the place is in.
    pub fn enclosing_class(&self) -> Option<&'a ast::StmtClassDef> {
        self.scopes.iter().rev().find_map(|scope| match scope.kind {
            ScopeKind::Class(class) => Some(class),
            _ => None,
        })
    }

    /// What is known of a class of this file, by name: one around the place, or one of the module.
    pub fn local_class(&self, name: &str) -> Option<&ClassInfo> {
        let around = self.scopes.iter().rev().filter_map(|scope| scope.class_info.as_deref());
        around.chain(self.module_class(name).map(AsRef::as_ref)).find(|info| info.name == name)
    }

    /// The place runs in an `async def`.
    pub fn in_async(&self) -> bool {
        self.enclosing_function().is_some_and(|def| def.is_async)
    }

    /// The place is directly in a class body.
    pub fn in_class_body(&self) -> bool {
        self.scopes.last().is_some_and(|scope| matches!(scope.kind, ScopeKind::Class(_)))
    }

    /// The place is outside every function, class and lambda.
    pub fn at_module_level(&self) -> bool {
        self.scopes.iter().all(|scope| matches!(scope.kind, ScopeKind::Comprehension | ScopeKind::TypeParams))
    }

    /// The place is inside an annotation.
    pub fn in_annotation(&self) -> bool {
        self.annotations > 0
    }

    /// The place is in the body of a `for` or `while` of the same function.
    pub fn in_loop(&self) -> bool {
        self.loops().next().is_some()
    }

    /// The `for` and `while` statements of the same function whose bodies the place is in, innermost first.
    pub fn loops(&self) -> impl Iterator<Item = &'a Stmt> + '_ {
        self.loops.iter().rev().take_while(|outer| outer.frame == self.frame).map(|outer| outer.stmt)
    }

    /// The `except` clause that the place is in, in the same function.
    pub fn enclosing_handler(&self) -> Option<&'a ast::ExceptHandlerExceptHandler> {
        for node in self.ancestors() {
            match node {
                Node::Handler(handler) => return Some(handler),
                Node::Stmt(Stmt::FunctionDef(_) | Stmt::ClassDef(_)) | Node::Expr(Expr::Lambda(_)) => return None,
                _ => {}
            }
        }
        None
    }

    /// The `try` whose body (not handlers, `else` or `finally`) the place is in, in the same function.
    pub fn enclosing_try(&self) -> Option<&'a ast::StmtTry> {
        let place = match self.nodes.last()? {
            Node::Stmt(stmt) => stmt.range(),
            Node::Expr(expr) => expr.range(),
            _ => return None,
        };
        for node in self.ancestors() {
            match node {
                Node::Stmt(Stmt::Try(stmt)) if suite_contains(&stmt.body, place) => return Some(stmt),
                Node::Stmt(Stmt::FunctionDef(_) | Stmt::ClassDef(_)) | Node::Expr(Expr::Lambda(_)) => return None,
                _ => {}
            }
        }
        None
    }

    /// The place is in a test function, in a class of tests, or in a test file.
    pub fn in_test(&self) -> bool {
        self.environment.test_file || self.tests > 0
    }

    /// The module may run in Python 2. It imports what does nothing in Python 3 (`from __future__ import print_function`); or, in
    /// a project that does not say which Python it needs, what is only in Python 2 (`urllib2`), or asks which of the two it runs
    /// in (`sys.version_info[0] < 3`, `PY2`). A project that says it has only left these behind.
    pub fn is_for_python_2(&self) -> bool {
        const FUTURE: [&str; 4] = ["absolute_import", "division", "print_function", "unicode_literals"];
        let imports_future = FUTURE.iter().any(|&name| {
            self.table.bindings_of(name).any(|binding| match &binding.kind {
                ModuleBindingKind::Import(from) => from.strip_prefix("__future__.") == Some(name),
                _ => false,
            })
        });
        if imports_future || self.environment.target < PythonVersion::NEWEST {
            return imports_future;
        }
        self.table.is_for_python_2()
    }

    /// The place is in a branch that only Pythons older than a version run: by a test of `sys.version_info`, or of a name for one.
    pub fn in_branch_before(&self, version: PythonVersion) -> bool {
        let Some(place) = self.nodes.iter().rev().find_map(|node| match node {
            Node::Stmt(stmt) => Some(stmt.range()),
            Node::Expr(expr) => Some(expr.range()),
            _ => None,
        }) else {
            return false;
        };
        self.nodes.iter().any(|node| match node {
            Node::Stmt(Stmt::If(stmt)) => self.is_part_before(version, stmt, place),
            Node::Expr(Expr::If(choice)) => match self.older(&choice.test) {
                Some(Older::Body(than)) => than <= version && choice.body.range().contains_range(place),
                Some(Older::Else(than)) => than <= version && choice.orelse.range().contains_range(place),
                None => false,
            },
            _ => false,
        })
    }

    /// Whether the part of an `if` that a place is in is for Pythons older than a version.
    fn is_part_before(&self, version: PythonVersion, stmt: &ast::StmtIf, place: TextRange) -> bool {
        let mut test = Some(stmt.test.as_ref());
        let mut body = &stmt.body;
        let mut clauses = stmt.elif_else_clauses.iter();
        let mut left_over = false;
        loop {
            let older = test.and_then(|test| self.older(test));
            if suite_contains(body, place) {
                return left_over || matches!(older, Some(Older::Body(than)) if than <= version);
            }
            left_over |= matches!(older, Some(Older::Else(than)) if than <= version);
            let Some(clause) = clauses.next() else { return false };
            (test, body) = (clause.test.as_ref(), &clause.body);
        }
    }

    fn older(&self, test: &Expr) -> Option<Older> {
        Older::of_test(test, &|name| {
            let mut bindings = self.table.bindings_of(name.id.as_str());
            let first = bindings.next().and_then(|binding| binding.older);
            if bindings.next().is_none() && first.is_some() { first } else { Older::of_flag(name.id.as_str()) }
        })
    }

    /// The place is in the body of `if __name__ == "__main__":`.
    pub fn in_main_guard(&self) -> bool {
        self.in_guarded_body(is_main_guard)
    }

    /// The place is in the body of `if TYPE_CHECKING:`.
    pub fn in_type_checking(&self) -> bool {
        self.in_guarded_body(|test| match test {
            Expr::Name(name) => name.id == "TYPE_CHECKING",
            Expr::Attribute(attribute) => attribute.attr.as_str() == "TYPE_CHECKING",
            _ => false,
        })
    }

    fn in_guarded_body(&self, guard: impl Fn(&Expr) -> bool) -> bool {
        let Some(place) = self.nodes.iter().rev().find_map(|node| match node {
            Node::Stmt(stmt) => Some(stmt.range()),
            _ => None,
        }) else {
            return false;
        };
        self.nodes.iter().any(|node| match node {
            Node::Stmt(Stmt::If(stmt)) => guard(&stmt.test) && suite_contains(&stmt.body, place),
            _ => false,
        })
    }

    /// Whether the suite that starts there is being walked.
    pub(super) fn is_active_suite(&self, suite: TextSize) -> bool {
        suite == TextSize::new(0) || self.suites.contains(&suite)
    }

    /// What a name is when it is used at an offset.
    pub fn lookup(&self, name: &str, at: TextSize) -> Lookup<'_, 'a> {
        let mut immediate = true;
        let mut inner = true;
        for scope in self.scopes.iter().rev() {
            let visible = match scope.kind {
                ScopeKind::Class(_) => immediate && inner,
                _ => true,
            };
            if visible {
                if scope.globals.contains(name) {
                    return self.lookup_module(name, None);
                }
                let bindings = scope.get(name);
                // A name that the class body has not bound yet is looked for outside.
                let is_class = matches!(scope.kind, ScopeKind::Class(_));
                let bound = !is_class || bindings.first().is_some_and(|first| first.from <= at);
                if !bindings.is_empty() && bound && !scope.nonlocals.contains(name) {
                    return Self::classify(bindings, immediate, at);
                }
            }
            match scope.kind {
                ScopeKind::Function(_) | ScopeKind::Lambda(_) => immediate = false,
                // The names of a class body cannot be seen from the scopes inside it.
                ScopeKind::Class(_) => inner = false,
                ScopeKind::Comprehension | ScopeKind::TypeParams => {}
            }
        }
        let before = self.own.filter(|_| immediate).map(|own| own.before(at));
        self.lookup_module(name, before)
    }

    fn classify<'c>(bindings: &'c [Binding<'a>], immediate: bool, at: TextSize) -> Lookup<'c, 'a> {
        let binding = if immediate {
            let preceding = bindings.partition_point(|binding| binding.from <= at);
            if preceding == 0 { &bindings[0] } else { &bindings[preceding - 1] }
        } else {
            &bindings[bindings.len() - 1]
        };
        match binding.kind {
            BindingKind::Import(alias) => Lookup::Symbol(if alias.asname.is_some() {
                SymbolName::Module(alias.name.as_str())
            } else {
                SymbolName::Root(alias.name.as_str().split('.').next().unwrap_or_default())
            }),
            BindingKind::ImportFrom(import, alias) => Lookup::Symbol(SymbolName::From(import, alias.name.as_str())),
            _ => Lookup::Local { bindings, immediate },
        }
    }

    /// What a module-level name is when `before` bindings have happened, as far as they are to be seen.
    pub(super) fn module_binding(&self, name: &str, before: Option<u32>) -> Option<&'a ModuleBinding> {
        let before = match (before, self.limit) {
            (Some(before), Some(limit)) => Some(before.min(limit.bindings)),
            (one, limit) => one.or(limit.map(|limit| limit.bindings)),
        };
        let pending = self.pending.iter().rev().take(MAX_PENDING).filter(|binding| binding.name == name);
        standing(pending).or_else(|| self.table.lookup(name, before))
    }

    /// The class of the module with this name, as far as it is to be seen.
    pub(super) fn module_class(&self, name: &str) -> Option<&'a Arc<ClassInfo>> {
        match &self.module_binding(name, None)?.kind {
            ModuleBindingKind::Class(info) => Some(info),
            _ => None,
        }
    }

    fn lookup_module(&self, name: &str, before: Option<u32>) -> Lookup<'_, 'a> {
        if let Some(binding) = self.module_binding(name, before) {
            return match &binding.kind {
                ModuleBindingKind::Import(qualified) => Lookup::Symbol(SymbolName::Imported(qualified)),
                _ => Lookup::Module(binding),
            };
        }
        for module in self.table.star_imports(self.limit).iter().rev() {
            if let Some(exported) = stdlib::exported(module, name) {
                return Lookup::Symbol(SymbolName::Star(module, exported));
            }
        }
        // A star import of something unknown may bind any name, but hides no built-in in practice.
        match builtin(name) {
            Some(name) if before.is_none() || self.module_binding(name, None).is_none() => {
                Lookup::Symbol(SymbolName::Builtin(name))
            }
            _ => Lookup::Unbound,
        }
    }

    /// The qualified name of an expression that names something imported or built in: `asyncio.TaskGroup` for
    /// `aio.TaskGroup` after `import asyncio as aio`. Begins with `.` for what a relative import brought.
    ///
    /// The expression must be one of the tree that is walked, as in everything here that takes one.
    pub fn resolve(&self, expr: &Expr) -> Option<Name> {
        match &self.recall {
            Some(recall) if expr.is_attribute_expr() => recall.names.of(expr, || self.resolve_any(expr)),
            _ => self.resolve_any(expr),
        }
    }

    /// The public name of what an expression names: see [`canonical::public`].
    pub fn symbol(&self, expr: &Expr) -> Option<Name> {
        if !matches!(expr, Expr::Name(_) | Expr::Attribute(_)) {
            return None;
        }
        let find = || self.resolve(expr).map(canonical::public_name);
        match &self.recall {
            Some(recall) => recall.public_names.of(expr, find),
            None => find(),
        }
    }

    /// Whether the public name of what an expression names, or of the method that it names, may end in a word that is wanted.
    /// A no is certain, and much cheaper than to find out the name.
    pub fn may_end_in(&self, expr: &Expr, is_wanted: impl Fn(&str) -> bool) -> bool {
        self.last_words(expr).any(is_wanted)
    }

    /// The words that the public name of what an expression names, or of the method that it names, may end in.
    pub fn last_words<'s>(&'s self, expr: &'s Expr) -> impl Iterator<Item = &'s str> + use<'a, 's> {
        let word = match expr {
            Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
            Expr::Name(name) => self.last_word(name),
            _ => None,
        };
        word.into_iter().flat_map(canonical::last_words)
    }

    /// The last word of what a name stands for; `None` where that is nothing imported or built in. A dozen rules ask this of
    /// the same name, one after the other.
    fn last_word(&self, name: &ast::ExprName) -> Option<&'a str> {
        let key = std::ptr::from_ref(name).addr();
        if let Some((known, word)) = self.last_word.get()
            && known == key
        {
            return word;
        }
        let word = match self.lookup(name.id.as_str(), name.start()) {
            Lookup::Symbol(symbol) => Some(symbol.last_word()),
            _ => None,
        };
        if self.recall.is_some() {
            self.last_word.set(Some((key, word)));
        }
        word
    }

    /// [`Context::resolve`] for an expression that may be of another tree: what stands in quotes.
    pub(super) fn resolve_any(&self, expr: &Expr) -> Option<Name> {
        match expr {
            Expr::Name(name) => match self.lookup(name.id.as_str(), name.start()) {
                Lookup::Symbol(symbol) => Some(symbol.to_name()),
                _ => None,
            },
            Expr::Attribute(attribute) => self.resolve_attribute(attribute),
            _ => None,
        }
    }

    /// [`Context::resolve`] for a dotted name.
    pub fn resolve_attribute(&self, attribute: &ast::ExprAttribute) -> Option<Name> {
        let mut segments: smallvec::SmallVec<[&str; 8]> = smallvec::smallvec![attribute.attr.as_str()];
        let mut value = attribute.value.as_ref();
        let root = loop {
            match value {
                Expr::Attribute(inner) => {
                    if segments.len() == MAX_SEGMENTS {
                        return None;
                    }
                    segments.push(inner.attr.as_str());
                    value = inner.value.as_ref();
                }
                Expr::Name(name) => break name,
                _ => return None,
            }
        };
        let Lookup::Symbol(symbol) = self.lookup(root.id.as_str(), root.start()) else { return None };
        // `print.x` and the like: an attribute of a built-in is a method of a class (`str.join`), kept as such.
        let mut text = symbol.to_name().to_string();
        for segment in segments.iter().rev() {
            text.push('.');
            text.push_str(segment);
        }
        Some(Name::new(text))
    }

    /// Whether the expression is the built-in of this name, not hidden by anything.
    pub fn is_builtin(&self, expr: &Expr, name: &str) -> bool {
        match expr {
            Expr::Name(used) if used.id == name => {
                matches!(self.lookup(name, used.start()), Lookup::Symbol(SymbolName::Builtin(_)))
            }
            Expr::Attribute(used) if used.attr.as_str() == name => {
                self.resolve(expr).is_some_and(|symbol| symbol.strip_prefix("builtins.") == Some(name))
            }
            _ => false,
        }
    }

    /// The public qualified name of what is called: a symbol, or `Class.method` of the receiver's known class.
    pub fn callee(&self, call: &ast::ExprCall) -> Option<Name> {
        match &self.recall {
            Some(recall) => recall.callees.of(call, || self.find_callee(call)),
            None => self.find_callee(call),
        }
    }

    fn find_callee(&self, call: &ast::ExprCall) -> Option<Name> {
        if let Some(symbol) = self.symbol(&call.func) {
            return Some(symbol);
        }
        let Expr::Attribute(attribute) = call.func.as_ref() else { return None };
        let receiver = self.infer(&attribute.value)?;
        let class = match receiver.local_class() {
            Some(local) => self.external_base(self.local_class(local)?)?,
            None => receiver.class,
        };
        let owner = stdlib::member(&class, attribute.attr.as_str()).map_or(class.as_str(), |member| member.owner);
        Some(Name::concat(&[owner, ".", attribute.attr.as_str()]))
    }

    /// The first token of a kind that starts in a range.
    pub fn token_in(&self, range: TextRange, kind: TokenKind) -> Option<TextRange> {
        self.tokens_in(range).iter().find(|token| token.kind() == kind).map(Ranged::range)
    }

    /// The tokens that start in a range.
    pub fn tokens_in(&self, range: TextRange) -> &'a [Token] {
        let from = self.tokens.partition_point(|token| token.start() < range.start());
        let rest = &self.tokens[from..];
        let len = rest.partition_point(|token| token.start() < range.end());
        &rest[..len]
    }

    /// The first token (comments and line ends aside) that starts at or behind an offset.
    pub fn token_after(&self, offset: TextSize) -> Option<&'a Token> {
        let from = self.tokens.partition_point(|token| token.start() < offset);
        self.tokens[from..].iter().find(|token| !token.kind().is_trivia())
    }

    /// The last token (comments and line ends aside) that ends at or before an offset.
    pub fn token_before(&self, offset: TextSize) -> Option<&'a Token> {
        let end = self.tokens.partition_point(|token| token.start() < offset);
        self.tokens[..end].iter().rev().find(|token| token.end() <= offset && !token.kind().is_trivia())
    }
}

/// `__name__ == "__main__"`, either way round.
pub fn is_main_guard(test: &Expr) -> bool {
    let Expr::Compare(compare) = test else { return false };
    let is_module = |expr: &Expr| matches!(expr, Expr::Name(name) if name.id == "__name__");
    let is_main = |expr: &Expr| matches!(expr, Expr::StringLiteral(literal) if literal.value.to_str() == "__main__");
    let [right] = compare.comparators.as_ref() else { return false };
    matches!(compare.ops.as_ref(), [ast::CmpOp::Eq])
        && (is_module(&compare.left) && is_main(right) || is_main(&compare.left) && is_module(right))
}

fn suite_contains(suite: &[Stmt], place: TextRange) -> bool {
    match (suite.first(), suite.last()) {
        (Some(first), Some(last)) => TextRange::new(first.start(), last.end()).contains_range(place),
        _ => false,
    }
}

/// The built-in with this name, or a module attribute that every module has.
fn builtin(name: &str) -> Option<&'static str> {
    static BUILTINS: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| {
        let builtins = ruff_python_stdlib::builtins::python_builtins(14, false);
        builtins.chain(ruff_python_stdlib::builtins::python_magic_globals(14)).collect()
    });
    BUILTINS.get(name).copied()
}
