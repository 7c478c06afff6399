//! Where a value comes from, as far as the function around it shows: from other people and programs, from a file, or from
//! who calls the function.

use std::cell::Cell;

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::Ranged;

use super::interpolation::inserted;
use super::support::{Go, is_constant, is_large, last_name, string, symbol, walk};
use super::web::is_sent;
use crate::python::{BindingKind, Context, Lookup, Node};

/// What a value is made of. Nothing is set where nothing shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Origins {
    /// Received: from a socket, in a request or a response.
    pub(super) received: bool,
    /// Typed in, or given on the command line.
    pub(super) typed: bool,
    /// Set in the environment of the process.
    pub(super) environment: bool,
    /// Read from a file.
    pub(super) file: bool,
    /// The name of a file that the function made for itself.
    pub(super) temporary: bool,
    /// A parameter of the function as it is, or a piece of it. At module level, a name that nothing there says more about.
    pub(super) given: bool,
    /// A parameter that is filled into a text.
    pub(super) filled: bool,
}

impl Origins {
    const RECEIVED: Self = Self { received: true, ..NOTHING };
    const TYPED: Self = Self { typed: true, ..NOTHING };

    /// Whether somebody else than the program chose it, or a part of it.
    pub(super) fn is_foreign(self) -> bool {
        self.is_chosen() || self.environment
    }

    /// Whether somebody in front of the program, or far away, chose it.
    pub(super) fn is_chosen(self) -> bool {
        self.received || self.typed
    }

    fn and(self, other: Self) -> Self {
        Self {
            received: self.received || other.received,
            typed: self.typed || other.typed,
            environment: self.environment || other.environment,
            file: self.file || other.file,
            temporary: self.temporary || other.temporary,
            given: self.given || other.given,
            filled: self.filled || other.filled,
        }
    }

    /// What is in the file that the value names.
    fn of_file(self) -> Self {
        Self { received: self.received, typed: self.typed, file: true, ..NOTHING }
    }

    /// As a part of a text that is put together.
    fn as_part(self) -> Self {
        Self { given: false, filled: self.given || self.filled, ..self }
    }

    /// Without what only whole values have: an attribute or an item of a parameter is something else.
    fn of_piece(self) -> Self {
        Self { given: false, filled: false, ..self }
    }
}

const NOTHING: Origins = Origins {
    received: false,
    typed: false,
    environment: false,
    file: false,
    temporary: false,
    given: false,
    filled: false,
};

/// How far a value may still be followed, and how many expressions may still be looked at: names that refer to names fan out.
#[derive(Clone, Copy)]
struct Left<'f> {
    steps: u8,
    fuel: &'f Cell<u16>,
}

impl Left<'_> {
    fn less(self) -> Option<Self> {
        self.fuel.set(self.fuel.get().checked_sub(1)?);
        Some(Self { steps: self.steps.checked_sub(1)?, ..self })
    }
}

/// Where a value comes from.
pub(super) fn origins(context: &Context<'_>, expr: &Expr) -> Origins {
    origins_in(context, expr, Left { steps: 12, fuel: &Cell::new(256) })
}

fn origins_in(context: &Context<'_>, expr: &Expr, left: Left<'_>) -> Origins {
    let Some(left) = left.less() else { return NOTHING };
    let of = |expr: &Expr| origins_in(context, expr, left);
    if is_sent(context, expr) {
        return Origins::RECEIVED;
    }
    match expr {
        Expr::Name(name) => of_name(context, name, left),
        Expr::Attribute(attribute) => match symbol(context, expr) {
            Some(symbol) => of_symbol(&symbol),
            None if is_of_request(attribute) || attribute.attr.as_str() == "rfile" => Origins::RECEIVED,
            None => of(&attribute.value).of_piece(),
        },
        Expr::Subscript(item) => {
            let whole = of(&item.value);
            if string(&item.slice).is_some() { whole.of_piece() } else { whole }
        }
        Expr::Call(call) => of_call(context, call, left),
        Expr::Await(waited) => of(&waited.value),
        Expr::Starred(starred) => of(&starred.value),
        Expr::Named(named) => of(&named.value),
        Expr::If(ternary) => of(&ternary.body).and(of(&ternary.orelse)),
        Expr::BoolOp(either) => all(&either.values, of),
        Expr::ListComp(comprehension) => of(&comprehension.elt),
        Expr::Generator(comprehension) => of(&comprehension.elt),
        Expr::FString(_) | Expr::BinOp(_) => inserted(expr).into_iter().map(of).fold(NOTHING, Origins::and).as_part(),
        _ => NOTHING,
    }
}

fn all(exprs: &[Expr], of: impl Fn(&Expr) -> Origins) -> Origins {
    exprs.iter().map(of).fold(NOTHING, Origins::and)
}

/// What the last binding before the place says.
fn of_name(context: &Context<'_>, name: &ast::ExprName, left: Left<'_>) -> Origins {
    let of = |expr: &Expr| origins_in(context, expr, left);
    let given = Origins { given: true, ..NOTHING };
    match context.lookup(&name.id, name.start()) {
        Lookup::Local { bindings, immediate: true } => {
            let before = &bindings[..bindings.partition_point(|binding| binding.from <= name.start())];
            let Some(last) = before.last() else { return NOTHING };
            match last.kind {
                BindingKind::Parameter(_) if matches!(name.id.as_str(), "self" | "cls") => NOTHING,
                BindingKind::Parameter(_) | BindingKind::VarPositional(_) => given,
                other => other.source().map_or(NOTHING, of),
            }
        }
        Lookup::Symbol(_) => symbol(context, &Expr::Name(name.clone())).map_or(NOTHING, |symbol| of_symbol(&symbol)),
        Lookup::Module(_) | Lookup::Unbound if context.enclosing_function().is_none() => {
            match assigned_around(context, name) {
                Some(value) => of(value),
                None if is_constant(context, &Expr::Name(name.clone())) => NOTHING,
                None => given,
            }
        }
        _ => NOTHING,
    }
}

/// What a loop or another block at module level gives to a name before the place.
fn assigned_around<'a>(context: &Context<'a>, name: &ast::ExprName) -> Option<&'a Expr> {
    let Some(Node::Stmt(around)) = context.nodes().first().copied() else { return None };
    if is_large(around) {
        return None;
    }
    let mut last = None;
    let is_it = |target: &Expr| matches!(target, Expr::Name(target) if target.id == name.id);
    walk(std::slice::from_ref(around), |node| {
        match node {
            AnyNodeRef::StmtAssign(assign) if assign.end() <= name.start() && assign.targets.iter().any(is_it) => {
                last = Some(assign.value.as_ref());
            }
            AnyNodeRef::StmtFor(each) if each.target.end() <= name.start() && is_it(&each.target) => {
                last = Some(each.iter.as_ref());
            }
            AnyNodeRef::StmtWith(with) => {
                let entered = |item: &&ast::WithItem| item.optional_vars.as_deref().is_some_and(is_it);
                last = with.items.iter().find(entered).map(|item| &item.context_expr).or(last);
            }
            AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_) => return Go::Over,
            _ => {}
        }
        if node.is_expression() { Go::Over } else { Go::In }
    });
    last
}

fn of_symbol(symbol: &str) -> Origins {
    match symbol {
        "sys.argv" | "sys.stdin" => Origins::TYPED,
        "flask.request" => Origins::RECEIVED,
        "os.environ" | "os.environb" => Origins { environment: true, ..NOTHING },
        _ if symbol.starts_with("sys.stdin.") => Origins::TYPED,
        _ if symbol.starts_with("flask.request.") => Origins::RECEIVED,
        _ => NOTHING,
    }
}

/// `request.data`, `self.request.body`.
fn is_of_request(attribute: &ast::ExprAttribute) -> bool {
    const PARTS: [&str; 14] = [
        "args",
        "body",
        "content",
        "cookies",
        "data",
        "files",
        "form",
        "GET",
        "get_data",
        "get_json",
        "headers",
        "json",
        "POST",
        "query_params",
    ];
    PARTS.contains(&attribute.attr.as_str()) && last_name(&attribute.value).is_some_and(|name| name == "request")
}

fn of_call(context: &Context<'_>, call: &ast::ExprCall, left: Left<'_>) -> Origins {
    let of = |expr: &Expr| origins_in(context, expr, left);
    let first = || call.arguments.args.first().map_or(NOTHING, of);
    if let Some(symbol) = symbol(context, &call.func) {
        return match symbol.as_str() {
            "builtins.input" | "fileinput.input" | "getpass.getpass" => Origins::TYPED,
            "urllib.request.urlopen" => Origins::RECEIVED,
            "os.getenv" => Origins { environment: true, ..NOTHING },
            // Where a file stands is a setting; which file it is may be somebody's choice.
            "builtins.open" | "io.open" | "gzip.open" | "bz2.open" | "lzma.open" | "codecs.open"
            | "zipfile.ZipFile" => first().of_file(),
            _ if symbol.starts_with("tempfile.") => Origins { temporary: true, ..NOTHING },
            _ if symbol.starts_with("sys.stdin.") => Origins::TYPED,
            _ if is_http(&symbol) || symbol.starts_with("flask.request.") => Origins::RECEIVED,
            _ if is_conversion(&symbol) => first(),
            _ => match call.func.as_ref() {
                Expr::Attribute(method) => of_method(context, call, method, left),
                _ => NOTHING,
            },
        };
    }
    match call.func.as_ref() {
        Expr::Attribute(method) => of_method(context, call, method, left),
        _ => NOTHING,
    }
}

fn is_http(symbol: &str) -> bool {
    const VERBS: [&str; 8] = ["get", "post", "put", "patch", "delete", "request", "stream", "urlopen"];
    ["requests.", "httpx.", "urllib3."].iter().any(|package| symbol.starts_with(package))
        && VERBS.iter().any(|verb| symbol.rsplit('.').next() == Some(verb))
}

/// The same data in another form.
fn is_conversion(symbol: &str) -> bool {
    const CONVERSIONS: [&str; 14] = [
        "builtins.str",
        "builtins.bytes",
        "builtins.list",
        "builtins.tuple",
        "builtins.iter",
        "builtins.next",
        "io.BytesIO",
        "io.StringIO",
        "codecs.decode",
        "zlib.decompress",
        "gzip.decompress",
        "urllib.parse.unquote",
        "pathlib.Path",
        "os.path.expanduser",
    ];
    CONVERSIONS.contains(&symbol) || symbol.starts_with("base64.") && symbol.contains("decode")
}

fn of_method(context: &Context<'_>, call: &ast::ExprCall, method: &ast::ExprAttribute, left: Left<'_>) -> Origins {
    const SAME: [&str; 22] = [
        "strip",
        "lstrip",
        "rstrip",
        "decode",
        "encode",
        "lower",
        "upper",
        "title",
        "replace",
        "read",
        "readline",
        "readlines",
        "splitlines",
        "split",
        "rsplit",
        "partition",
        "expandtabs",
        "removeprefix",
        "removesuffix",
        "getvalue",
        "tobytes",
        "pop",
    ];
    let of = |expr: &Expr| origins_in(context, expr, left);
    let receiver = || of(&method.value);
    match method.attr.as_str() {
        "recv" | "recvfrom" | "recv_multipart" | "recv_string" | "readexactly" | "readuntil" => Origins::RECEIVED,
        "parse_args" | "parse_known_args" => Origins::TYPED,
        _ if is_of_request(method) => Origins::RECEIVED,
        // A stream of `asyncio`.
        "read" | "readline" if last_name(&method.value).is_some_and(|name| name.ends_with("reader")) => {
            Origins::RECEIVED
        }
        // The text of an entry field, of which nothing is asked for by name.
        "get" if call.arguments.is_empty() && has_windows(context) => Origins::TYPED,
        "get" => receiver().of_piece(),
        "read_text" | "read_bytes" | "open" => receiver().of_file(),
        "format" if method.value.is_string_literal_expr() => {
            call.arguments.iter_source_order().map(|part| of(part.value())).fold(NOTHING, Origins::and).as_part()
        }
        "join" => call.arguments.args.first().map_or(NOTHING, of),
        name if SAME.contains(&name) => receiver(),
        // What a response or a file has in it.
        "iter_content" | "iter_lines" | "json" | "text" => receiver().of_piece(),
        _ => NOTHING,
    }
}

/// What a name was given last before the place, where it is one of the function; any other expression is itself.
pub(super) fn latest_value<'a>(context: &Context<'a>, expr: &'a Expr) -> &'a Expr {
    let Expr::Name(name) = expr else { return expr };
    match context.lookup(&name.id, name.start()) {
        Lookup::Local { bindings, immediate: true } => {
            let before = &bindings[..bindings.partition_point(|binding| binding.from <= name.start())];
            match before.last().map(|binding| binding.kind) {
                Some(BindingKind::Value(value)) => value,
                _ => expr,
            }
        }
        _ => expr,
    }
}

/// Whether the module takes in what others send: it imports a socket, a client or a server.
pub(super) fn is_networked(context: &Context<'_>) -> bool {
    const NAMES: [&str; 10] =
        ["socket", "socketserver", "requests", "httpx", "aiohttp", "urllib", "websockets", "zmq", "pika", "flask"];
    NAMES.iter().any(|name| context.table.bindings_of(name).next().is_some())
}

/// Whether the module is that of a program with windows, in whose variables is what the user types.
pub(super) fn has_windows(context: &Context<'_>) -> bool {
    const NAMES: [&str; 7] = ["tkinter", "tk", "Tk", "customtkinter", "QApplication", "QMainWindow", "QWidget"];
    NAMES.iter().any(|name| context.table.bindings_of(name).next().is_some())
}

/// Whether the place is in a branch that somebody asks for by name: `if args.insecure`.
pub(super) fn is_under(context: &Context<'_>, speaks: impl Fn(&str) -> bool) -> bool {
    context.ancestors().any(|node| match node {
        Node::Stmt(Stmt::If(stmt)) => {
            let others = stmt.elif_else_clauses.iter().filter_map(|clause| clause.test.as_ref());
            std::iter::once(stmt.test.as_ref()).chain(others).any(|test| {
                let text = context.text(test);
                text.len() < 500 && speaks(&text.to_ascii_lowercase())
            })
        }
        _ => false,
    })
}
