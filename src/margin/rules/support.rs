//! What several detectors need: what is called with what, walks over a body, the text around a node.

use ruff_python_ast::name::Name;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::source_order::{self, SourceOrderVisitor, TraversalSignal};
use ruff_python_ast::{self as ast, AnyNodeRef, CmpOp, Expr, OperatorPrecedence, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::Report;
use crate::margin::fix::{indentation, spelling};
use crate::margin::{Edit, Fix};
pub(in crate::margin) use crate::python::without_docstring;
use crate::python::{
    Binding, BindingKind, ClassInfo, Context, Lookup, ModuleBindingKind, Node, PythonVersion, ScopeKind, stdlib,
};

// Names and calls

/// The public qualified name of a name or dotted name that was imported or is built in.
pub(super) fn symbol(context: &Context<'_>, expr: &Expr) -> Option<Name> {
    context.symbol(expr)
}

/// Whether an expression is one of these public qualified names (`builtins.open`, `subprocess.run`).
pub(in crate::margin) fn is_symbol(context: &Context<'_>, expr: &Expr, names: &[&str]) -> bool {
    symbol_among(context, expr, names).is_some()
}

/// What an expression names, if it is one of these.
pub(super) fn symbol_among(context: &Context<'_>, expr: &Expr, names: &[&str]) -> Option<Name> {
    let is_wanted = |word: &str| names.iter().any(|name| is_last_word(word, name));
    if !context.may_end_in(expr, is_wanted) {
        return None;
    }
    symbol(context, expr).filter(|symbol| names.contains(&symbol.as_str()))
}

/// Whether an expression is a call of one of these functions, classes or methods (`io.StringIO.close`).
pub(super) fn is_call_of(context: &Context<'_>, expr: &Expr, names: &[&str]) -> bool {
    match expr {
        Expr::Call(call) => callee_among(context, call, names).is_some(),
        _ => false,
    }
}

/// What is called, if it is one of these functions, classes or methods.
pub(super) fn callee_among(context: &Context<'_>, call: &ast::ExprCall, names: &[&str]) -> Option<Name> {
    let is_wanted = |word: &str| names.iter().any(|name| is_last_word(word, name));
    if !context.may_end_in(&call.func, is_wanted) {
        return None;
    }
    context.callee(call).filter(|callee| names.contains(&callee.as_str()))
}

/// Whether a dotted name ends in a word.
fn is_last_word(word: &str, name: &str) -> bool {
    // The dot first: that alone rules most names out.
    match name.len().checked_sub(word.len()) {
        Some(0) => name == word,
        Some(from) => name.as_bytes()[from - 1] == b'.' && name.as_bytes().ends_with(word.as_bytes()),
        None => false,
    }
}

/// Classes whose instances can be changed. None of them can be hashed.
pub(super) const MUTABLE_CLASSES: [&str; 8] = [
    "builtins.list",
    "builtins.dict",
    "builtins.set",
    "builtins.bytearray",
    "collections.deque",
    "collections.defaultdict",
    "collections.Counter",
    "collections.OrderedDict",
];

/// Whether an expression surely makes a new object that can be changed: a display, a comprehension, a call of a class.
pub(super) fn makes_mutable(context: &Context<'_>, expr: &Expr) -> bool {
    match expr {
        Expr::List(_) | Expr::Dict(_) | Expr::Set(_) | Expr::ListComp(_) | Expr::DictComp(_) | Expr::SetComp(_) => true,
        Expr::Call(call) => is_symbol(context, &call.func, &MUTABLE_CLASSES),
        _ => false,
    }
}

/// What a call gives for one of its callee's parameters.
#[derive(Clone, Copy, Debug)]
pub(in crate::margin) enum Argument<'a> {
    /// This.
    Given(&'a Expr),
    /// Surely nothing: the default counts.
    Absent,
    /// An unpacked `*args` or `**kwargs` may give it.
    Unknown,
}

impl<'a> Argument<'a> {
    pub(in crate::margin) fn given(self) -> Option<&'a Expr> {
        match self {
            Self::Given(value) => Some(value),
            _ => None,
        }
    }

    pub(in crate::margin) fn is_absent(self) -> bool {
        matches!(self, Self::Absent)
    }
}

/// The argument of a call for a parameter with this name and (when it can be given so) position from 0.
pub(in crate::margin) fn argument<'a>(call: &'a ast::ExprCall, keyword: &str, position: Option<usize>) -> Argument<'a> {
    if let Some(given) = call.arguments.find_keyword(keyword) {
        return Argument::Given(&given.value);
    }
    let args = &call.arguments.args;
    let starred = args.iter().position(Expr::is_starred_expr);
    if let Some(at) = position
        && at < starred.unwrap_or(args.len())
    {
        return Argument::Given(&args[at]);
    }
    let by_position = starred.is_some() && position.is_some();
    let by_keyword = call.arguments.keywords.iter().any(|keyword| keyword.arg.is_none());
    if by_position || by_keyword { Argument::Unknown } else { Argument::Absent }
}

/// Whether an expression is the literal `True`.
pub(super) fn is_true(expr: &Expr) -> bool {
    matches!(expr, Expr::BooleanLiteral(literal) if literal.value)
}

/// Whether an expression is the literal `False`.
pub(super) fn is_false(expr: &Expr) -> bool {
    matches!(expr, Expr::BooleanLiteral(literal) if !literal.value)
}

/// Whether the value of the node at hand is thrown away: it is a statement of its own.
pub(in crate::margin) fn is_discarded(context: &Context<'_>) -> bool {
    matches!(context.parent(), Some(Node::Stmt(Stmt::Expr(_))))
}

/// Whether the node at hand stands directly under `await`.
pub(super) fn is_awaited(context: &Context<'_>) -> bool {
    matches!(context.parent(), Some(Node::Expr(Expr::Await(_))))
}

/// Whether the place is directly in a class body or in a method of a class (not in a function inside the method).
pub(super) fn is_method(context: &Context<'_>) -> bool {
    context
        .scopes()
        .windows(2)
        .last()
        .is_some_and(|pair| matches!((pair[0].kind, pair[1].kind), (ScopeKind::Class(_), ScopeKind::Function(_))))
}

/// Whether a call, at the place, is one of the function that it stands in: by its name, or as a method of the same object.
pub(super) fn calls_itself(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    let Some(def) = context.enclosing_function() else { return false };
    match call.func.as_ref() {
        Expr::Name(name) if name.id == def.name.as_str() => match context.lookup(name.id.as_str(), name.start()) {
            Lookup::Module(binding) => {
                let is_function = matches!(binding.kind, ModuleBindingKind::Function(_));
                is_function && context.scopes().iter().all(|scope| !matches!(scope.kind, ScopeKind::Class(_)))
            }
            Lookup::Local { bindings: [binding], .. } => {
                matches!(binding.kind, BindingKind::Function(found) if std::ptr::eq(found, def))
            }
            _ => false,
        },
        Expr::Attribute(attribute) if attribute.attr.as_str() == def.name.as_str() => {
            let first = def.parameters.posonlyargs.first().or(def.parameters.args.first());
            def.decorator_list.is_empty()
                && is_method(context)
                && matches!(attribute.value.as_ref(), Expr::Name(name)
                    if first.is_some_and(|first| first.name().as_str() == name.id))
        }
        _ => false,
    }
}

/// Whether code around the place waits for an exception: `with pytest.raises(...)`, an argument of `assertRaises`,
/// `with suppress(...)`; in a test also a `try` with an `except`. What can only fail there is meant to.
pub(in crate::margin) fn expects_error(context: &Context<'_>) -> bool {
    const WAITING: [&str; 9] = [
        "raises",
        "warns",
        "assertRaises",
        "assertRaisesRegex",
        "assertWarns",
        "assertWarnsRegex",
        "assert_raises",
        "check_warnings",
        "suppress",
    ];
    // `external_error_raised(...)` of a test suite of its own.
    let is_one = |name: &str| WAITING.contains(&name) || context.in_test() && name.ends_with("_raised");
    let waits = |expr: &Expr| match expr {
        Expr::Call(call) => match call.func.as_ref() {
            Expr::Attribute(attribute) => is_one(attribute.attr.as_str()),
            Expr::Name(name) => is_one(name.id.as_str()),
            _ => false,
        },
        _ => false,
    };
    let is_tried = context.in_test() && context.enclosing_try().is_some_and(|stmt| !stmt.handlers.is_empty());
    is_tried
        || context.ancestors().any(|node| match node {
            Node::Stmt(Stmt::With(with)) => with.items.iter().any(|item| waits(&item.context_expr)),
            Node::Expr(expr) => waits(expr),
            _ => false,
        })
}

/// Whether the line that a place ends on says `# type: ignore`: its author has weighed what a type checker says.
pub(super) fn ignores_types(context: &Context<'_>, place: impl Ranged) -> bool {
    let line = TextRange::new(place.start(), last_line_end(context.source, place.end()));
    let mut comments = context.tokens_in(line).iter().filter(|token| token.kind() == TokenKind::Comment);
    comments.any(|comment| context.text(comment.range()).contains("type: ignore"))
}

/// Whether the place stands under a condition that tells the synchronous twin of a module from the asynchronous one
/// (`if IS_SYNC`): the one is made of the other by exchanging words.
pub(super) fn in_sync_build(context: &Context<'_>) -> bool {
    let tells = |test: &Expr| {
        let name = match test {
            Expr::UnaryOp(unary) => unary.operand.as_ref(),
            other => other,
        };
        matches!(name, Expr::Name(name) if is_upper_case(&name.id) && words(&name.id).iter().any(|word| word == "sync"))
    };
    context.ancestors().any(|node| match node {
        Node::Stmt(Stmt::If(stmt)) => match stmt.test.as_ref() {
            Expr::BoolOp(all) => all.values.iter().any(tells),
            test => tells(test),
        },
        _ => false,
    })
}

/// Whether a comment stands above the statement of a place, or on its line: its author gives a reason.
pub(super) fn has_reason(context: &Context<'_>, place: impl Ranged) -> bool {
    comments_on(context, place).any(is_reason)
}

/// Whether the docstring of the function that the place runs in has one of these words, however they are capitalized.
pub(super) fn docstring_says(context: &Context<'_>, words: &[&str]) -> bool {
    context.enclosing_function().and_then(|def| docstring(&def.body)).is_some_and(|text| {
        let text = text.to_ascii_lowercase();
        words.iter().any(|word| text.contains(word))
    })
}

/// The docstring that a body begins with.
pub(super) fn docstring(body: &[Stmt]) -> Option<&str> {
    match body.first() {
        Some(Stmt::Expr(stmt)) => string(&stmt.value),
        _ => None,
    }
}

/// The comments on the lines from the statement of a place to the place's end, and those right above it.
pub(super) fn comments_on<'a>(context: &Context<'a>, place: impl Ranged) -> impl Iterator<Item = &'a str> {
    let start =
        context.ancestors().find_map(|node| if let Node::Stmt(stmt) = node { Some(stmt.start()) } else { None });
    comments_at(context, TextRange::new(start.unwrap_or_else(|| place.start()), place.end()))
}

/// The comments on the lines of a statement, and those right above it.
pub(super) fn comments_at<'a>(context: &Context<'a>, stmt: TextRange) -> impl Iterator<Item = &'a str> {
    comments_within(context, stmt).chain(comments_above(context, stmt.start()))
}

/// The comments in a range, and behind it on its last line.
pub(super) fn comments_within<'a>(context: &Context<'a>, range: TextRange) -> impl Iterator<Item = &'a str> {
    let lines = TextRange::new(range.start(), last_line_end(context.source, range.end()));
    let comments = context.tokens_in(lines).iter().filter(|token| token.kind() == TokenKind::Comment);
    comments.map(|comment| context.text(comment.range()))
}

/// The comments on the lines right above a statement, the nearest first.
pub(super) fn comments_above<'a>(context: &Context<'a>, start: TextSize) -> impl Iterator<Item = &'a str> {
    let source = context.source;
    // A lone carriage return ends a line as well.
    let line_start = |before: usize| source[..before].rfind(['\r', '\n']).map_or(0, |at| at + 1);
    let mut above = line_start(start.to_usize());
    let lines = std::iter::from_fn(move || {
        let text = &source[..above];
        let text = text.strip_suffix("\r\n").or_else(|| text.strip_suffix(['\r', '\n']))?;
        above = line_start(text.len());
        Some(text[above..].trim())
    });
    lines.take(8).take_while(|line| line.starts_with('#'))
}

/// Whether a comment above a clause or in it says that it is for Python 2: what is true of Python 3 is not of it.
pub(super) fn clause_is_for_python_2(context: &Context<'_>, clause: &ast::ExceptHandlerExceptHandler) -> bool {
    let names = |comment: &str| {
        let comment = comment.to_ascii_lowercase();
        ["python 2", "python2", "python-2", "py2"].iter().any(|name| comment.contains(name))
    };
    comments_above(context, clause.start()).any(names) || comments_within(context, clause.range).any(names)
}

/// Whether a comment is for people: those for tools explain nothing.
pub(super) fn is_reason(comment: &str) -> bool {
    const MARKS: [&str; 6] = ["pragma:", "noqa", "type:", "pylint:", "nosec", "fmt:"];
    let text = comment.trim_start_matches('#').trim_start().to_ascii_lowercase();
    !text.is_empty() && !MARKS.iter().any(|mark| text.starts_with(mark))
}

/// The first of each pair: the names that a table is about, for a hook that is made before the program runs.
pub(super) const fn names<T, const N: usize>(table: &[(&'static str, T); N]) -> [&'static str; N] {
    let mut names = [""; N];
    let mut at = 0;
    while at < N {
        names[at] = table[at].0;
        at += 1;
    }
    names
}

/// Whether an expression is this name. Says nothing of what the name means.
pub(in crate::margin) fn is_name(expr: &Expr, wanted: &str) -> bool {
    matches!(expr, Expr::Name(name) if name.id == wanted)
}

/// The range to take out with the first argument of a call: its comma and the blanks behind it go too.
///
/// None when it stands in parentheses of its own.
pub(super) fn first_argument(context: &Context<'_>, call: &ast::ExprCall, first: &Expr) -> Option<TextRange> {
    if context.token_before(first.start())?.start() != call.arguments.start() {
        return None;
    }
    let mut behind = context.tokens_in(TextRange::new(first.end(), call.end())).iter();
    let next = behind.find(|token| !token.kind().is_trivia())?;
    match next.kind() {
        TokenKind::Comma => {
            let then = behind.find(|token| !token.kind().is_trivia())?;
            let end = if then.kind() == TokenKind::Rpar { next.end() } else { then.start() };
            Some(TextRange::new(first.start(), end))
        }
        TokenKind::Rpar if next.end() == call.end() => Some(first.range()),
        _ => None,
    }
}

/// The expression whose value a name surely has: that of its one binding, or of the `with` around the place.
pub(super) fn origin<'a>(context: &Context<'a>, name: &ast::ExprName) -> Option<&'a Expr> {
    let entered = context.ancestors().find_map(|node| match node {
        Node::Stmt(Stmt::With(with)) => with.items.iter().rev().find_map(|item| {
            item.optional_vars.as_deref().is_some_and(|target| is_name(target, &name.id)).then_some(&item.context_expr)
        }),
        _ => None,
    });
    match context.lookup(&name.id, name.start()) {
        Lookup::Local { bindings, immediate: true } => {
            let before = &bindings[..bindings.partition_point(|binding| binding.from <= name.start())];
            let (BindingKind::Value(value) | BindingKind::Annotated(_, Some(value)) | BindingKind::With(value, false)) =
                before.last()?.kind
            else {
                return None;
            };
            let sure = bindings.len() == 1 || entered.is_some_and(|entered| std::ptr::eq(entered, value));
            sure.then_some(value)
        }
        // At module level only what stands around the place is known.
        Lookup::Module(binding) => entered.filter(|_| matches!(binding.kind, ModuleBindingKind::Value(_))),
        _ => None,
    }
}

// Errors that are caught

/// The `try` that the place is in, or that the clause at hand belongs to.
pub(super) fn own_try<'a>(context: &Context<'a>) -> Option<&'a ast::StmtTry> {
    context.ancestors().find_map(|node| match node {
        Node::Stmt(Stmt::Try(stmt)) => Some(stmt),
        _ => None,
    })
}

/// Whether a call writes a line of a log, as far as its names tell: `self.logger.debug(...)`.
pub(super) fn is_log_call(call: &ast::ExprCall) -> bool {
    const LEVELS: [&str; 9] = ["debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log"];
    let Expr::Attribute(method) = call.func.as_ref() else { return false };
    let receiver = match method.value.as_ref() {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    LEVELS.contains(&method.attr.as_str())
        && words(receiver).iter().any(|word| matches!(word.as_str(), "log" | "logger" | "logging"))
}

/// The place is an argument of a call that writes a line of a log: it is formatted later, and not at all when nobody listens.
pub(super) fn is_for_logging(context: &Context<'_>) -> bool {
    matches!(context.parent(), Some(Node::Expr(Expr::Call(call))) if is_log_call(call))
}

/// Whether a body does nothing but tell someone something: a warning, a line in a log, on `stderr` or on the screen.
pub(super) fn only_tells(context: &Context<'_>, body: &[Stmt]) -> bool {
    const LEVELS: [&str; 9] = ["critical", "debug", "error", "exception", "info", "log", "msg", "warn", "warning"];
    const STREAMS: [&str; 4] = ["sys.stderr.write", "sys.stderr.flush", "sys.stdout.write", "sys.stdout.flush"];
    let tells = |call: &ast::ExprCall| {
        if is_symbol(context, &call.func, &["builtins.print", "warnings.warn", "warnings.warn_explicit"]) {
            return true;
        }
        let Expr::Attribute(method) = call.func.as_ref() else { return false };
        let is_log = || {
            let receiver = last_name(&method.value).map(str::to_ascii_lowercase).unwrap_or_default();
            ["log", "logger", "logging"].contains(&receiver.trim_start_matches('_'))
        };
        LEVELS.contains(&method.attr.as_str()) && is_log() || STREAMS.contains(&context.text(method))
    };
    body.iter().all(|stmt| match stmt {
        Stmt::Expr(stmt) => matches!(stmt.value.as_ref(), Expr::Call(call) if tells(call)),
        // `if self.debug: log.msg(...)`
        Stmt::If(branch) => branch.elif_else_clauses.is_empty() && only_tells(context, &branch.body),
        _ => false,
    })
}

/// Whether a name says that its function ends something: nothing that fails in it can be helped.
pub(super) fn is_finalizer(name: &str) -> bool {
    if ["__del__", "__exit__", "__aexit__"].contains(&name) {
        return true;
    }
    let words = words(name);
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [
            "abort" | "aclose" | "cleanup" | "close" | "destroy" | "disconnect" | "dispose" | "exit" | "finalize"
            | "kill" | "shutdown" | "stop" | "teardown" | "terminate",
            ..,
        ]
        | [.., "cleanup" | "finalizer" | "finalizers" | "shutdown" | "teardown"] => true,
        [first, second, ..] => matches!((*first, *second), ("clean", "up") | ("shut" | "tear", "down")),
        _ => false,
    }
}

// Classes

/// Whether a function has a decorator with one of these public qualified names, called or not.
pub(super) fn has_decorator(context: &Context<'_>, def: &ast::StmtFunctionDef, names: &[&str]) -> bool {
    def.decorator_list.iter().any(|decorator| {
        let callee = if let Expr::Call(call) = &decorator.expression { &call.func } else { &decorator.expression };
        is_symbol(context, callee, names)
    })
}

/// The name of the instance (`self`) in the method that the place is directly in.
pub(super) fn instance_parameter<'a>(context: &Context<'a>) -> Option<&'a str> {
    let mut scopes = context
        .scopes()
        .iter()
        .rev()
        .filter(|scope| !matches!(scope.kind, ScopeKind::Comprehension | ScopeKind::TypeParams));
    let (ScopeKind::Function(def), ScopeKind::Class(_)) = (scopes.next()?.kind, scopes.next()?.kind) else {
        return None;
    };
    let by_class = ["__new__", "__init_subclass__", "__class_getitem__"].contains(&def.name.as_str())
        || has_decorator(context, def, &["builtins.classmethod", "builtins.staticmethod"]);
    let first = def.parameters.posonlyargs.first().or(def.parameters.args.first())?;
    (!by_class).then(|| first.name().as_str())
}

/// Whether the instances of a class are classes, or may be as far as its bases' names tell.
pub(super) fn is_metaclass(context: &Context<'_>, class: &ast::StmtClassDef) -> bool {
    let makes_classes =
        |base: &str| stdlib::descends(base, "builtins.type") || base.contains("Meta") || base.ends_with("Type");
    let open = class.bases().iter().map(|base| base_name(context, base)).collect();
    any_base(context, open, |_| None, |base| !base.starts_with('@') && makes_classes(base))
}

/// Whether a class has a base or a metaclass that is neither of this file nor of the standard library: it may do anything to
/// the methods, such as make static ones of them.
pub(super) fn has_foreign_base(context: &Context<'_>, class: &ast::StmtClassDef) -> bool {
    let metaclass = class.arguments.as_ref().and_then(|arguments| arguments.find_keyword("metaclass"));
    let above = class.bases().iter().chain(metaclass.map(|keyword| &keyword.value));
    let open = above.map(|base| base_name(context, base)).collect();
    any_base(context, open, |info| info.metaclass.clone(), |base| !stdlib::is_class(base))
}

/// Whether one of these names, or of the bases of those that are classes of this file, passes the test: a qualified name, or
/// `@Name` for what this file does not have. More of them than anyone has do, too. `beside` is followed like a base.
fn any_base(
    context: &Context<'_>,
    mut open: Vec<Name>,
    beside: impl Fn(&ClassInfo) -> Option<Name>,
    passes: impl Fn(&str) -> bool,
) -> bool {
    const MOST: usize = 32;
    let mut seen = 0;
    while let Some(base) = open.pop() {
        seen += 1;
        match base.strip_prefix('@').and_then(|name| context.local_class(name)) {
            _ if seen > MOST => return true,
            Some(info) => open.extend(info.bases.iter().cloned().chain(beside(info))),
            None if passes(&base) => return true,
            None => {}
        }
    }
    false
}

/// The qualified name of a base, `@Name` for a class of this file, its text where it is neither.
fn base_name(context: &Context<'_>, base: &Expr) -> Name {
    let base = if let Expr::Subscript(subscript) = base { &subscript.value } else { base };
    match (symbol(context, base), base) {
        (Some(symbol), _) => symbol,
        (None, Expr::Name(name)) => Name::concat(&["@", &name.id]),
        (None, other) => Name::new(context.text(other)),
    }
}

// Walks

/// How a walk goes on from a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::margin) enum Go {
    /// Into it.
    In,
    /// Past it.
    Over,
    /// The walk has seen enough.
    Stop,
}

/// Shows the nodes of a body in order of place. Deep trees are safe.
///
/// Mind that a context resolves names as seen from the node at hand: names inside a nested function have to be
/// compared by spelling, or looked at from a hook inside it.
pub(in crate::margin) fn walk<'a>(body: &'a [Stmt], mut visit: impl FnMut(AnyNodeRef<'a>) -> Go) {
    walk_with_parents(body, |node, _| visit(node));
}

/// [`walk`] over one expression.
pub(in crate::margin) fn walk_expr<'a>(expr: &'a Expr, mut visit: impl FnMut(AnyNodeRef<'a>) -> Go) {
    let mut visit = |node: AnyNodeRef<'a>, _: &[AnyNodeRef<'a>]| visit(node);
    let mut walker = Walker { visit: &mut visit, parents: Vec::new(), stopped: false };
    walker.visit_expr(expr);
}

/// [`walk`] that also shows the nodes around each node, nearest last.
pub(super) fn walk_with_parents<'a>(body: &'a [Stmt], mut visit: impl FnMut(AnyNodeRef<'a>, &[AnyNodeRef<'a>]) -> Go) {
    let mut walker = Walker { visit: &mut visit, parents: Vec::new(), stopped: false };
    walker.visit_body(body);
}

struct Walker<'f, 'a> {
    visit: &'f mut dyn FnMut(AnyNodeRef<'a>, &[AnyNodeRef<'a>]) -> Go,
    parents: Vec<AnyNodeRef<'a>>,
    stopped: bool,
}

impl<'a> SourceOrderVisitor<'a> for Walker<'_, 'a> {
    fn enter_node(&mut self, node: AnyNodeRef<'a>) -> TraversalSignal {
        let go = if self.stopped { Go::Over } else { (self.visit)(node, &self.parents) };
        self.stopped |= go == Go::Stop;
        self.parents.push(node);
        if go == Go::In { TraversalSignal::Traverse } else { TraversalSignal::Skip }
    }

    fn leave_node(&mut self, _node: AnyNodeRef<'a>) {
        self.parents.pop();
    }

    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || source_order::walk_stmt(self, stmt));
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || source_order::walk_expr(self, expr));
    }

    fn visit_pattern(&mut self, pattern: &'a ast::Pattern) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || source_order::walk_pattern(self, pattern));
    }
}

/// Whether any node of a body passes the test; nested functions and classes are looked into.
pub(in crate::margin) fn any_in(body: &[Stmt], mut test: impl FnMut(AnyNodeRef<'_>) -> bool) -> bool {
    let mut found = false;
    walk(body, |node| {
        found = found || test(node);
        if found { Go::Stop } else { Go::In }
    });
    found
}

/// Whether any node of a body that runs when the body runs passes the test: nested functions, classes and lambdas are
/// left out.
pub(super) fn any_in_own(body: &[Stmt], mut test: impl FnMut(AnyNodeRef<'_>) -> bool) -> bool {
    let mut found = false;
    walk(body, |node| {
        found = found || test(node);
        match node {
            _ if found => Go::Stop,
            AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_) | AnyNodeRef::ExprLambda(_) => Go::Over,
            _ => Go::In,
        }
    });
    found
}

/// Whether any node of an expression passes the test.
pub(in crate::margin) fn any_in_expr(expr: &Expr, mut test: impl FnMut(AnyNodeRef<'_>) -> bool) -> bool {
    let mut found = false;
    walk_expr(expr, |node| {
        found = found || test(node);
        if found { Go::Stop } else { Go::In }
    });
    found
}

/// A call as it stands in place of `left == right`, or of `left != right`.
pub(super) fn in_place_of_comparison(context: &Context<'_>, op: CmpOp, call: String) -> String {
    match op {
        CmpOp::Eq => call,
        _ if matches!(context.parent(), Some(Node::Stmt(_))) => format!("not {call}"),
        _ => format!("(not {call})"),
    }
}

// Shapes of statements

/// What a statement binds one name, attribute or item to: `x = value`, `x: int = value`.
pub(super) fn sole_assignment(stmt: &Stmt) -> Option<(&Expr, &Expr)> {
    match stmt {
        Stmt::Assign(assign) => match assign.targets.as_slice() {
            [target] => Some((target, &assign.value)),
            _ => None,
        },
        Stmt::AnnAssign(assign) => Some((&assign.target, assign.value.as_deref()?)),
        _ => None,
    }
}

/// What a statement assigns, changes in place or deletes: `x[i] = 1`, `x[i] += 1`, `del x[i]`. Without annotations.
pub(super) fn changed_targets(stmt: &Stmt) -> &[Expr] {
    match stmt {
        Stmt::Assign(assign) => &assign.targets,
        Stmt::AugAssign(assign) => std::slice::from_ref(&assign.target),
        Stmt::Delete(delete) => &delete.targets,
        _ => &[],
    }
}

/// The suite that a statement stands in, and its place there; `None` for a top-level statement.
pub(in crate::margin) fn suite_of<'a>(context: &Context<'a>, stmt: &Stmt) -> Option<(&'a [Stmt], usize)> {
    let nodes = context.nodes();
    let at = nodes.iter().rposition(|node| matches!(node, Node::Stmt(one) if one.range() == stmt.range()))?;
    let suites: Vec<&'a [Stmt]> = match nodes[..at].last()? {
        Node::Stmt(Stmt::FunctionDef(def)) => vec![&def.body],
        Node::Stmt(Stmt::ClassDef(class)) => vec![&class.body],
        Node::Stmt(Stmt::If(stmt)) => vec![&stmt.body],
        Node::Stmt(Stmt::For(stmt)) => vec![&stmt.body, &stmt.orelse],
        Node::Stmt(Stmt::While(stmt)) => vec![&stmt.body, &stmt.orelse],
        Node::Stmt(Stmt::With(stmt)) => vec![&stmt.body],
        Node::Stmt(Stmt::Try(stmt)) => vec![&stmt.body, &stmt.orelse, &stmt.finalbody],
        Node::Handler(handler) => vec![&handler.body],
        Node::ElifElse(clause) => vec![&clause.body],
        Node::Case(case) => vec![&case.body],
        _ => return None,
    };
    suites.into_iter().find_map(|suite| {
        let place = suite.binary_search_by_key(&stmt.start(), Ranged::start).ok()?;
        Some((suite, place))
    })
}

/// Whether control never runs past the end of a body, as far as its last statement tells: `return`, `raise`, `break`,
/// `continue`, or an `if` all of whose branches end so.
pub(super) fn leaves(body: &[Stmt]) -> bool {
    match body.last() {
        Some(Stmt::Return(_) | Stmt::Raise(_) | Stmt::Break(_) | Stmt::Continue(_)) => true,
        Some(Stmt::If(stmt)) => {
            stmt.elif_else_clauses.last().is_some_and(|clause| clause.test.is_none())
                && leaves(&stmt.body)
                && stmt.elif_else_clauses.iter().all(|clause| leaves(&clause.body))
        }
        Some(Stmt::With(stmt)) => leaves(&stmt.body),
        _ => false,
    }
}

// Retries

/// The `try` of a loop that tries the same thing again: it leaves the loop when it works, and a handler goes on.
pub(super) fn retry<'a>(context: &Context<'_>, stmt: &'a Stmt) -> Option<&'a ast::StmtTry> {
    let (body, target) = match stmt {
        Stmt::For(stmt) if !stmt.is_async && stmt.orelse.is_empty() => {
            let Expr::Call(iter) = stmt.iter.as_ref() else { return None };
            if !context.is_builtin(&iter.func, "range") {
                return None;
            }
            (&stmt.body, Some(stmt.target.as_ref()))
        }
        Stmt::While(stmt) if stmt.orelse.is_empty() => (&stmt.body, None),
        _ => return None,
    };
    let attempt = body.iter().find_map(|stmt| match stmt {
        Stmt::Try(attempt) => Some(attempt),
        _ => None,
    })?;
    let succeeds = leaves_loop(&attempt.body) || leaves_loop(&attempt.orelse);
    let goes_on = !attempt.handlers.is_empty()
        && attempt.handlers.iter().any(|ast::ExceptHandler::ExceptHandler(handler)| !leaves_somewhere(&handler.body));
    // A loop that does something else each time searches; it does not retry.
    let same = target.is_none_or(|target| match target {
        Expr::Name(name) => {
            !any_in(&attempt.body, |node| matches!(node, AnyNodeRef::ExprName(used) if used.id == name.id))
        }
        _ => false,
    });
    (succeeds && goes_on && same).then_some(attempt)
}

fn leaves_loop(body: &[Stmt]) -> bool {
    matches!(body.last(), Some(Stmt::Return(_) | Stmt::Break(_)))
}

/// Whether some path of a handler ends the loop.
fn leaves_somewhere(body: &[Stmt]) -> bool {
    any_in_own(body, |node| {
        matches!(node, AnyNodeRef::StmtReturn(_) | AnyNodeRef::StmtRaise(_) | AnyNodeRef::StmtBreak(_))
    })
}

/// Whether the body of a loop has a `break` that leaves this loop.
pub(super) fn breaks(body: &[Stmt]) -> bool {
    let mut found = false;
    walk(body, |node| match node {
        AnyNodeRef::StmtBreak(_) => {
            found = true;
            Go::Stop
        }
        // What belongs to an inner loop does not leave this one, but for its `else`.
        AnyNodeRef::StmtFor(inner) => {
            found |= breaks(&inner.orelse);
            if found { Go::Stop } else { Go::Over }
        }
        AnyNodeRef::StmtWhile(inner) => {
            found |= breaks(&inner.orelse);
            if found { Go::Stop } else { Go::Over }
        }
        AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_) => Go::Over,
        _ if node.is_expression() => Go::Over,
        _ => Go::In,
    });
    found
}

// Text

/// Whether a range of whole lines ends in a line break: the last line of a file may not.
pub(super) fn newline_behind(source: &str, lines: TextRange) -> bool {
    source[lines].ends_with(['\n', '\r'])
}

/// Whether there is a comment in a range: a fix that rewrites the range would lose it.
pub(in crate::margin) fn has_comment(context: &Context<'_>, range: impl Ranged) -> bool {
    context.tokens_in(range.range()).iter().any(|token| token.kind() == TokenKind::Comment)
}

/// Whether only white space stands before an offset on its line.
pub(in crate::margin) fn starts_line(source: &str, at: TextSize) -> bool {
    let before = &source[..at.to_usize()];
    let line = before.rfind(['\n', '\r']).map_or(before, |end| &before[end + 1..]);
    line.trim().is_empty()
}

/// Whether only white space or a comment stands behind an offset on its line.
pub(super) fn ends_line(source: &str, at: TextSize) -> bool {
    let after = &source[at.to_usize()..];
    let line = after.find(['\n', '\r']).map_or(after, |end| &after[..end]).trim_start();
    line.is_empty() || line.starts_with('#')
}

/// A range cut at the end of its first line.
pub(super) fn first_line(source: &str, range: TextRange) -> TextRange {
    let text = &source[range];
    let len = text.find(['\n', '\r']).unwrap_or(text.len());
    TextRange::at(range.start(), TextSize::new(len as u32))
}

/// The offset of the line break (or the end) behind an offset.
pub(in crate::margin) fn last_line_end(source: &str, at: TextSize) -> TextSize {
    let rest = &source[at.to_usize()..];
    at + TextSize::new(rest.find(['\n', '\r']).unwrap_or(rest.len()) as u32)
}

/// Whether a piece of code is so large that it should not be read again for each place in it.
pub(super) fn is_large(code: impl Ranged) -> bool {
    code.range().len() > TextSize::new(64 * 1024)
}

/// Whether a statement has its lines for itself: nothing before it, no `; other` behind it.
pub(in crate::margin) fn owns_its_lines(source: &str, stmt: impl Ranged) -> bool {
    starts_line(source, stmt.start()) && ends_line(source, stmt.end())
}

/// The text of an expression, in parentheses when it binds weaker than the place asks for.
pub(in crate::margin) fn operand(context: &Context<'_>, expr: &Expr, place: OperatorPrecedence) -> String {
    let text = context.text(expr);
    let bare_tuple = matches!(expr, Expr::Tuple(tuple) if !tuple.parenthesized);
    let bare_generator = matches!(expr, Expr::Generator(generator) if !generator.parenthesized);
    if bare_tuple || bare_generator || OperatorPrecedence::from_expr(expr) < place {
        format!("({text})")
    } else {
        text.to_owned()
    }
}

/// A name of these that is free at a place.
pub(in crate::margin) fn free_name<'n>(context: &Context<'_>, wanted: &[&'n str], at: TextSize) -> Option<&'n str> {
    wanted.iter().copied().find(|name| matches!(context.lookup(name, at), Lookup::Unbound))
}

// Edits

/// Takes a keyword argument out of a call, with the comma that goes with it.
pub(super) fn remove_keyword(context: &Context<'_>, call: &ast::ExprCall, keyword: &str) -> Option<Edit> {
    let range = call.arguments.find_keyword(keyword)?.range();
    let before = context.token_before(range.start())?;
    if before.kind() == TokenKind::Comma {
        return Some(Edit::delete(TextRange::new(before.start(), range.end())));
    }
    // The first argument: the comma behind it goes, and the blank behind that.
    let mut behind = context.tokens_in(TextRange::new(range.end(), call.end())).iter();
    let comma = behind.find(|token| !token.kind().is_trivia()).filter(|token| token.kind() == TokenKind::Comma);
    let end = match (comma, behind.next()) {
        (Some(_), Some(next)) if next.kind() != TokenKind::Comment => next.start(),
        (Some(comma), _) => comma.end(),
        (None, _) => range.end(),
    };
    Some(Edit::delete(TextRange::new(range.start(), end)))
}

/// Puts one more argument behind those that a call has: on a line of its own where they have theirs. Keeps a comma at
/// the end where there is one.
pub(super) fn add_argument(context: &Context<'_>, call: &ast::ExprCall, text: &str) -> Option<Edit> {
    // `f(x for x in y)` cannot take another argument without parentheses.
    let bare = |one: &Expr| matches!(one, Expr::Generator(generator) if !generator.parenthesized);
    if call.arguments.args.iter().any(bare) {
        return None;
    }
    let last = context.token_before(call.arguments.end() - TextSize::new(1))?;
    let added = match last.kind() {
        TokenKind::Lpar if call.arguments.is_empty() => text.to_owned(),
        TokenKind::Comma => {
            let given = call.arguments.iter_source_order().last()?;
            let behind = context.source[last.end().to_usize()..].lines().next()?;
            if starts_line(context.source, given.start()) && behind.trim().is_empty() {
                let indent = indentation(context.source, given.start());
                format!("{}{indent}{text},", context.newline())
            } else {
                format!(" {text},")
            }
        }
        _ => format!(", {text}"),
    };
    Some(Edit::insert(last.end(), added))
}

/// [`add_argument`] as a fix: `check=True`.
pub(super) fn with_argument(context: &Context<'_>, call: &ast::ExprCall, argument: &str, safe: bool) -> Option<Fix> {
    let edits = vec![add_argument(context, call, argument)?];
    Some(Fix { title: format!("Add `{argument}`"), safe, edits, imports: Vec::new() })
}

/// What one more level of indentation is in the file, going by how a place is indented.
pub(in crate::margin) fn indent_unit(source: &str, at: TextSize) -> &'static str {
    if indentation(source, at).starts_with('\t') { "\t" } else { "    " }
}

/// Insertions that indent the lines of a range by one level. Lines that begin inside a string are left as they are, and
/// so is the first line when the range begins within it.
pub(super) fn indent_lines(context: &Context<'_>, range: TextRange) -> Vec<Edit> {
    indent_lines_by(context, range, indent_unit(context.source, range.start()))
}

/// [`indent_lines`] by a unit of one's own.
pub(in crate::margin) fn indent_lines_by(context: &Context<'_>, range: TextRange, unit: &str) -> Vec<Edit> {
    let strings = string_ranges(context, range);
    let text = &context.source[range];
    let mut edits = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = range.start() + TextSize::new(start as u32);
        start += line.len();
        let begins_line = at == TextSize::new(0) || context.source[..at.to_usize()].ends_with('\n');
        let in_string = strings.iter().any(|string| string.start() < at && at < string.end());
        if begins_line && !in_string && !line.trim().is_empty() {
            edits.push(Edit::insert(at, unit));
        }
    }
    edits
}

/// The strings in a range that go over several lines, f-strings as a whole.
fn string_ranges(context: &Context<'_>, range: TextRange) -> Vec<TextRange> {
    let mut found = Vec::new();
    let mut open: Vec<TextSize> = Vec::new();
    for token in context.tokens_in(range) {
        match token.kind() {
            TokenKind::String if context.text(token.range()).contains('\n') => found.push(token.range()),
            TokenKind::FStringStart | TokenKind::TStringStart => open.push(token.start()),
            TokenKind::FStringEnd | TokenKind::TStringEnd => {
                if let Some(start) = open.pop() {
                    found.push(TextRange::new(start, token.end()));
                }
            }
            _ => {}
        }
    }
    found
}

/// Runs a blocking call of a coroutine in a thread: `await asyncio.to_thread(f, x)` for `f(x)`.
///
/// None where `await` cannot stand (a generator expression runs elsewhere), and before Python 3.9.
pub(super) fn in_thread(context: &Context<'_>, call: &ast::ExprCall, report: &Report<'_>) -> Option<Fix> {
    let directly = matches!(context.scopes().last()?.kind, ScopeKind::Function(def) if def.is_async);
    if !directly || is_awaited(context) || report.target() < PythonVersion::three(9) {
        return None;
    }
    let (to_thread, import) = spelling(context, "asyncio.to_thread", call.start())?;
    let inner = call.arguments.start() + TextSize::new(1);
    let function = context.text(call.func.as_ref());
    let comma = if call.arguments.is_empty() { "" } else { ", " };
    // `await` binds weaker than what may follow a call.
    let (open, close) = if is_operand_of_primary(context, call.range()) { ("(", ")") } else { ("", "") };
    let mut edits = vec![
        Edit::replace(call.func.range(), format!("{open}await {to_thread}")),
        Edit::insert(inner, format!("{function}{comma}")),
    ];
    if !close.is_empty() {
        edits.push(Edit::insert(call.end(), close));
    }
    Some(Fix {
        title: format!("Run it in a thread with `{to_thread}`"),
        safe: false,
        edits,
        imports: import.into_iter().collect(),
    })
}

/// Whether something that binds tighter than `await` is made of the node at hand: an attribute, a call, an item, a power.
pub(in crate::margin) fn is_operand_of_primary(context: &Context<'_>, node: TextRange) -> bool {
    match context.parent() {
        Some(Node::Expr(Expr::Attribute(_))) => true,
        Some(Node::Expr(Expr::Call(outer))) => outer.func.range() == node,
        Some(Node::Expr(Expr::Subscript(outer))) => outer.value.range() == node,
        Some(Node::Expr(Expr::BinOp(outer))) => outer.op == ast::Operator::Pow,
        _ => false,
    }
}

// Values and words

/// Whether a value stands in the code itself: a literal, or made of literals; a name that is bound once to such a
/// value; a name in capitals.
pub(super) fn is_constant(context: &Context<'_>, expr: &Expr) -> bool {
    constant_in(context, expr, &mut 256)
}

/// `fuel` is how many expressions may still be looked at: names that refer to names fan out.
fn constant_in(context: &Context<'_>, expr: &Expr, fuel: &mut u16) -> bool {
    let Some(left) = fuel.checked_sub(1) else { return false };
    *fuel = left;
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || match expr {
        _ if expr.is_literal_expr() => true,
        Expr::Name(name) if is_upper_case(&name.id) => true,
        Expr::Attribute(attribute) => is_upper_case(&attribute.attr),
        Expr::Name(name) => match context.lookup(&name.id, name.start()) {
            Lookup::Local { bindings: [Binding { kind: BindingKind::Value(value), .. }], .. } => {
                constant_in(context, value, fuel)
            }
            _ => false,
        },
        Expr::FString(string) => string.value.elements().all(|element| match element {
            ast::InterpolatedStringElement::Literal(_) => true,
            ast::InterpolatedStringElement::Interpolation(part) => constant_in(context, &part.expression, fuel),
        }),
        Expr::BinOp(binary) => constant_in(context, &binary.left, fuel) && constant_in(context, &binary.right, fuel),
        Expr::UnaryOp(unary) => constant_in(context, &unary.operand, fuel),
        Expr::If(ternary) => constant_in(context, &ternary.body, fuel) && constant_in(context, &ternary.orelse, fuel),
        Expr::Tuple(ast::ExprTuple { elts, .. })
        | Expr::List(ast::ExprList { elts, .. })
        | Expr::Set(ast::ExprSet { elts, .. }) => elts.iter().all(|one| constant_in(context, one, fuel)),
        Expr::Subscript(subscript) => constant_in(context, &subscript.value, fuel),
        _ => false,
    })
}

/// A number that stands in the code, with its sign; a whole one up to 32 bits.
pub(super) fn literal_number(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::NumberLiteral(number) => match &number.value {
            ast::Number::Int(int) => int.as_i32().map(f64::from),
            ast::Number::Float(float) => Some(*float),
            ast::Number::Complex { .. } => None,
        },
        Expr::UnaryOp(ast::ExprUnaryOp { op: ast::UnaryOp::USub, operand, .. }) => {
            operand.is_number_literal_expr().then(|| literal_number(operand)).flatten().map(|number| -number)
        }
        _ => None,
    }
}

/// The text of a float in the code, with its sign.
pub(super) fn float_literal<'a>(context: &Context<'a>, expr: &Expr) -> Option<&'a str> {
    let digits = match expr {
        Expr::UnaryOp(ast::ExprUnaryOp { op: ast::UnaryOp::USub, operand, .. }) => operand.as_ref(),
        other => other,
    };
    matches!(digits, Expr::NumberLiteral(ast::ExprNumberLiteral { value: ast::Number::Float(_), .. }))
        .then(|| context.text(expr))
}

/// The text of a plain string.
pub(in crate::margin) fn string(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::StringLiteral(literal) => Some(literal.value.to_str()),
        _ => None,
    }
}

/// What a local name is bound to when that happens once; any other expression is itself.
pub(super) fn value_of<'a>(context: &Context<'a>, expr: &'a Expr) -> &'a Expr {
    match expr {
        Expr::Name(name) => match context.lookup(&name.id, name.start()) {
            Lookup::Local { bindings: [Binding { kind: BindingKind::Value(value), .. }], .. } => value,
            _ => expr,
        },
        _ => expr,
    }
}

/// Whether a value is an instance of one of these classes.
pub(super) fn is_instance_of(context: &Context<'_>, expr: &Expr, classes: &[&str]) -> bool {
    context.infer(expr).is_some_and(|ty| classes.contains(&ty.class.as_str()))
}

/// The last part of a name, attribute or item (`token` of `self.token` and `data["token"]`).
pub(super) fn last_name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => Some(&attribute.attr),
        Expr::Subscript(subscript) => string(&subscript.slice),
        _ => None,
    }
}

/// How often a name occurs in a text.
pub(in crate::margin) fn occurrences(text: &str, name: &str) -> usize {
    let part = |letter: char| letter.is_alphanumeric() || letter == '_';
    memchr::memmem::find_iter(text.as_bytes(), name.as_bytes())
        .filter(|&at| !text[..at].ends_with(part) && !text[at + name.len()..].starts_with(part))
        .count()
}

/// The text of the function around a place; empty for a huge one, which would be read again and again.
pub(super) fn function_text<'a>(context: &Context<'a>) -> Option<&'a str> {
    let text = context.text(context.enclosing_function()?);
    (text.len() <= 64 * 1024).then_some(text)
}

/// Whether a name is that of a password.
pub(super) fn is_password_name(name: &str) -> bool {
    let words = words(name);
    let is_one = words.last().is_some_and(|word| matches!(word.as_str(), "password" | "passwd" | "passphrase"));
    is_one && !asks_or_tells(&words)
}

/// Whether a name is that of a password, a key or a token that opens something.
pub(super) fn is_secret_name(name: &str) -> bool {
    let words = words(name);
    let last: Vec<&str> = words.iter().rev().map(String::as_str).take(2).collect();
    let is_one = match last.as_slice() {
        ["password" | "passwd" | "passphrase" | "secret" | "apikey", ..] => true,
        ["key", kind] => matches!(*kind, "api" | "secret" | "private" | "signing" | "encryption" | "hmac"),
        ["token", kind] => matches!(*kind, "access" | "auth" | "refresh" | "bearer" | "session" | "api"),
        _ => false,
    };
    is_one && !asks_or_tells(&words)
}

/// `has_password`, `use_secret`, `UPDATE_PASSWORD`: a flag or what is done with it, not the thing.
fn asks_or_tells(words: &[String]) -> bool {
    const FLAGS: [&str; 21] = [
        "is", "has", "no", "use", "show", "hide", "ask", "need", "needs", "require", "requires", "missing", "invalid",
        "allow", "get", "check", "change", "forgot", "reset", "set", "update",
    ];
    words.len() > 1 && FLAGS.contains(&words[0].as_str())
}

/// A header of a mail that holds addresses.
pub(super) fn is_address_header(header: &str) -> bool {
    ["from", "to", "cc", "bcc", "reply-to", "sender"].contains(&header.to_ascii_lowercase().as_str())
}

/// The methods that change a mailbox.
pub(super) const MAILBOX_CHANGES: [&str; 6] = ["add", "remove", "discard", "update", "pop", "clear"];

/// Whether a text begins like an SQL statement that reads or changes rows.
pub(in crate::margin) fn looks_like_sql(text: &str) -> bool {
    let mut words = text.split_whitespace().map(str::to_ascii_uppercase);
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    match first.as_str() {
        "SELECT" | "WITH" => text.to_ascii_uppercase().contains("FROM") || second == "*" || text.contains('('),
        "INSERT" | "REPLACE" | "MERGE" => second == "INTO" || second == "OR",
        "DELETE" => second == "FROM",
        "UPDATE" => text.to_ascii_uppercase().contains("SET"),
        _ => false,
    }
}

/// `LIKE_THIS`: a constant by convention.
pub(super) fn is_upper_case(name: &str) -> bool {
    name.len() > 1
        && name.starts_with(|letter: char| letter.is_uppercase() || letter == '_')
        && name.chars().any(char::is_uppercase)
        && !name.chars().any(char::is_lowercase)
}

/// The words of an identifier in lower case: `session_token`, `sessionToken` and `SESSION_TOKEN` are `session`, `token`.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last_lower = false;
    let mut open = false;
    for letter in name.chars() {
        if letter.is_alphanumeric() {
            if !open || letter.is_uppercase() && last_lower {
                words.push(String::new());
                open = true;
            }
            if let Some(word) = words.last_mut() {
                word.extend(letter.to_lowercase());
            }
        } else {
            open = false;
        }
        last_lower = letter.is_lowercase() || letter.is_numeric();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn identifiers_fall_into_words() {
        assert_eq!(words("session_token"), ["session", "token"]);
        assert_eq!(words("sessionToken2"), ["session", "token2"]);
        assert_eq!(words("_API_KEY"), ["api", "key"]);
    }
}
