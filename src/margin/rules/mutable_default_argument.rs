//! `mutable-default-argument`: a default that every call shares.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, ExprContext, Stmt};
use ruff_text_size::{Ranged, TextSize};

use super::parameter_uses::{Handling, Uses, handling, uses};
use super::support::{Go, has_decorator, indent_unit, is_large, is_name, makes_mutable, walk_with_parents};
use super::{Detector, Hook, Report};
use crate::margin::fix::indentation;
use crate::margin::{Edit, Fix};
use crate::python::{Context, ScopeKind, canonical};

pub(super) const DETECTOR: Detector =
    Detector { rule: "mutable-default-argument", hooks: &[Hook::Function(check)] };

/// Annotations that promise not to change the object.
const IMMUTABLE_VIEWS: [&str; 6] = [
    "collections.abc.Sequence",
    "collections.abc.Mapping",
    "collections.abc.Iterable",
    "collections.abc.Collection",
    "collections.abc.Container",
    "collections.abc.Set",
];

fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    let has_mutable = |parameter: &&ast::ParameterWithDefault| parameter.default().is_some_and(|default| makes_mutable(context, default));
    let shared: Vec<_> = def.parameters.iter_non_variadic_params().filter(has_mutable).collect();
    // The default of an overload is never used: its implementation has one of its own.
    if shared.is_empty() || has_decorator(context, def, &["typing.overload"]) {
        return;
    }
    let is_empty = |default: &Expr| display(default) == Display::Empty;
    let names = shared.iter().map(|parameter| (parameter.name().as_str(), parameter.default().is_some_and(is_empty)));
    let uses = uses(def, names);
    let mut place = None;
    for parameter in shared {
        let Some(default) = parameter.default() else { continue };
        let name = parameter.name().as_str();
        // `_cache={}`: a private parameter is no one's to give, and shared on purpose.
        if name.starts_with('_') || is_view(context, parameter.parameter.annotation()) {
            continue;
        }
        let is_harmless = |uses: &Uses<'_>| {
            let mut uses = *uses;
            uses.leaks |= uses.attribute.is_some_and(|attribute| !is_only_read(context, attribute));
            is_meant(context, uses, name, default) || is_idle(context, def, uses)
        };
        if uses.get(name).is_some_and(is_harmless) {
            continue;
        }
        let place = *place.get_or_insert_with(|| Place::of(context, def));
        let fix = place.map(|place| place.with_none(context, def, parameter, default));
        let finding = report.at(default.range(), &[("parameter", name), ("function", def.name.as_str())]);
        finding.fix = fix;
    }
}

/// Whether the default does no harm: the body tells `None` apart, where it means something else; or it only reads or copies
/// the object, or has functions work with it; or the object is shared on purpose.
fn is_meant(context: &Context<'_>, uses: Uses<'_>, parameter: &str, default: &Expr) -> bool {
    if uses.asks_none {
        return true;
    }
    if uses.any && !uses.leaks && display(default) != Display::Other {
        return true;
    }
    uses.sets_item && is_store(context, parameter, default)
}

/// Whether an attribute of the instance is read in its class, and never changed or handed out there.
fn is_only_read(context: &Context<'_>, attribute: &str) -> bool {
    let Some(class) = context.enclosing_class().filter(|class| context.in_class_body() && !is_large(*class)) else { return false };
    let mut reads = 0;
    let mut others = 0;
    walk_with_parents(&class.body, |node, parents| {
        if let AnyNodeRef::ExprAttribute(own) = node
            && own.attr.as_str() == attribute
        {
            let renamed = matches!(parents.last(), Some(AnyNodeRef::StmtAssign(_)));
            match (own.ctx, parents.last()) {
                (ExprContext::Load, _) if !renamed && handling(own.range, parents, false) == Handling::Reads => reads += 1,
                (ExprContext::Load, _) | (_, Some(AnyNodeRef::StmtAugAssign(_))) => others += 1,
                _ => {}
            }
        }
        Go::In
    });
    reads > 0 && others == 0 && !has_subclass(context, class)
}

/// Whether the file has a subclass of it, which may change the attribute.
fn has_subclass(context: &Context<'_>, class: &ast::StmtClassDef) -> bool {
    let local = format!("@{}", class.name);
    context.table.classes().any(|info| info.bases.iter().any(|base| *base == local))
}

/// A parameter with which a method, or a function that does something, does nothing: it is there because others like it are.
fn is_idle(context: &Context<'_>, def: &ast::StmtFunctionDef, uses: Uses<'_>) -> bool {
    let is_stub = def.body.iter().all(|stmt| match stmt {
        Stmt::Pass(_) => true,
        Stmt::Expr(stmt) => stmt.value.is_ellipsis_literal_expr() || stmt.value.is_string_literal_expr(),
        _ => false,
    });
    !uses.any && !uses.leaks && (context.in_class_body() || !is_stub)
}

/// `cache={}`, and any dict of an inner function, into which the body puts what it has found; `count=[0]` and `at=[at]`, which
/// it counts up.
fn is_store(context: &Context<'_>, parameter: &str, default: &Expr) -> bool {
    match default {
        Expr::List(list) => {
            let is_count = |item: &Expr| item.is_number_literal_expr() || is_name(item, parameter);
            !list.is_empty() && list.elts.iter().all(is_count)
        }
        _ => ["cache", "memo"].contains(&parameter) || default.is_dict_expr() && is_inner(context),
    }
}

fn is_inner(context: &Context<'_>) -> bool {
    context.scopes().iter().any(|scope| matches!(scope.kind, ScopeKind::Function(_)))
}

/// What a default holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Display {
    /// Nothing.
    Empty,
    /// Objects that cannot be changed, that have a name of their own, or that a call gives.
    Flat,
    /// Other objects, or it is no list, dict or set.
    Other,
}

fn display(default: &Expr) -> Display {
    let of = |items: &mut dyn Iterator<Item = &Expr>| {
        let mut display = Display::Empty;
        for item in items {
            display = match item {
                _ if item.is_literal_expr() => Display::Flat,
                Expr::Name(_) | Expr::Attribute(_) | Expr::UnaryOp(_) | Expr::FString(_) | Expr::Call(_) => Display::Flat,
                Expr::Tuple(tuple) if tuple.elts.iter().all(Expr::is_literal_expr) => Display::Flat,
                _ => return Display::Other,
            };
        }
        display
    };
    match default {
        Expr::List(list) => of(&mut list.elts.iter()),
        Expr::Set(set) => of(&mut set.elts.iter()),
        Expr::Dict(dict) => of(&mut dict.items.iter().map(|item| &item.value)),
        // `list()`, `dict()`, `set()`.
        Expr::Call(call) if call.arguments.is_empty() => match call.func.as_ref() {
            Expr::Name(name) if matches!(name.id.as_str(), "list" | "dict" | "set") => Display::Empty,
            _ => Display::Other,
        },
        _ => Display::Other,
    }
}

fn is_view(context: &Context<'_>, annotation: Option<&Expr>) -> bool {
    let Some(annotation) = annotation else { return false };
    let is = |expr: &Expr, names: &[&str]| {
        context.resolve(expr).is_some_and(|symbol| names.contains(&canonical::public(&symbol).as_ref()))
    };
    match annotation {
        Expr::Subscript(subscript) if is(&subscript.value, &["typing.Optional"]) => {
            matches!(subscript.slice.as_ref(), Expr::Subscript(inner) if is(&inner.value, &IMMUTABLE_VIEWS))
                || is(&subscript.slice, &IMMUTABLE_VIEWS)
        }
        Expr::Subscript(subscript) => is(&subscript.value, &IMMUTABLE_VIEWS),
        other => is(other, &IMMUTABLE_VIEWS),
    }
}

/// Where the body of a function begins, for the statement that makes the object.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// The first statement behind the docstring.
    at: TextSize,
    indent: &'a str,
    unit: &'static str,
    newline: &'static str,
}

impl<'a> Place<'a> {
    fn of(context: &Context<'a>, def: &ast::StmtFunctionDef) -> Option<Self> {
        let is_docstring = matches!(def.body.first(), Some(Stmt::Expr(stmt)) if stmt.value.is_string_literal_expr());
        let at = if is_docstring { def.body.get(1)? } else { def.body.first()? }.start();
        // A body on the line of the `def` has no place for another statement.
        let line = &context.source[..at.to_usize()];
        let before = line.rfind(['\n', '\r']).map_or(line, |at| &line[at + 1..]);
        let indent = indentation(context.source, at);
        let unit = indent_unit(context.source, at);
        before.trim().is_empty().then(|| Self { at, indent, unit, newline: context.newline() })
    }

    /// `p=None`, and the object made at the start of the body.
    fn with_none(
        self,
        context: &Context<'_>,
        def: &ast::StmtFunctionDef,
        parameter: &ast::ParameterWithDefault,
        default: &Expr,
    ) -> Fix {
        let Self { at, indent, unit, newline } = self;
        let name = parameter.name().as_str();
        let value = context.text(default);
        let check = format!("if {name} is None:{newline}{indent}{unit}{name} = {value}{newline}{indent}");
        Fix {
            title: format!("Use `None` and make the object in `{}`", def.name),
            safe: false,
            edits: vec![Edit::replace(default, "None"), Edit::insert(at, check)],
            imports: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn what_cannot_change_is_no_mutable_default() {
        let source = "\
from typing import Mapping, Optional, Sequence
def f(a=(), b=frozenset(), c: Sequence[int] = [], _cache={}): ...
def g(a=list, b: Optional[Mapping[str, int]] = {}): ...
def h(list=tuple, a=list()): ...
def next_number(count=[0]):
    count[0] += 1
    return count[0]
def square(n, cache={}):
    cache[n] = n * n
    return cache[n]
def configure(self, options={}):
    if options is None:
        return self.options
";
        assert_eq!(found("mutable-default-argument", source), ["list()"]);
    }

    #[test]
    fn what_is_only_read_or_copied_does_no_harm() {
        let quiet = "\
from copy import deepcopy
def escape(data, entities={}):
    return replace(data, {**entities, '>': '&gt;'})
def copied(a=[], b={}, c=set(), d=[]):
    a = a or []
    a.append(1)
    b = dict(b)
    b['x'] = 1
    if not c:
        c = set()
    c.add(1)
    return a, b, c, d[:], deepcopy(d)
def taken(options={}):
    return options.pop('color', None), options.pop('label', '')
def read(names=['a', 'b'], table={'a': 1}, seen=[], kinds={int, str}):
    for at, name in enumerate(names):
        if name in seen and type(name) in kinds:
            print(table[name], f'{names}', *names, sep=', '.join(names))
    yield from names
    return [table.get(name) for name in names or seen[1:]] + names
def start(function, args=(), kwargs={}):
    return function(*args, **kwargs)
def options(long=[], short=[]):
    if type(long) == str:
        long = [long]
    else:
        long = list(long)
    if not iterable(short):
        short = [short]
    return parse(long, short[0])
def walk(lines, at=[at], counts=[0, 0]):
    at[0] += 1
    counts[1] += 1
    def seen(line, known={}):
        if line in known:
            return True
        known[line] = True
import typing
@typing.overload
def create(fields: list = []) -> str: ...
class Widget:
    def configure(self, cnf={}, **options):
        return self._configure(cnf, options)
    def start(self, function, args=(), kwds={}):
        self.tasks.put(([(function, args, kwds)], None))
        run(function, kwargs=kwds)
    def link(self, name, classes={}):
        return self.namelink(name, (classes, set(classes)))
    def write(self, out, names={}):
        raise NotImplementedError
class Lists(Widget):
    def __init__(self, items=[], names={}, *, kinds=set()):
        super().__init__(items, names=names)
        Widget.__init__(self, kinds)
    def get(self, headers={}):
        request = {'headers': headers}
        known = headers
        return self.ask(Request(self.url, known), **request)
class Query:
    def __init__(self, used=[]):
        self.used = used
    def check(self, name):
        return name not in self.used and self.taken(self.used)
def role(name, text, options={}, content=[]):
    \"Docs.\"
    return [text]
def names(words=[Word('a'), Word('b')]):
    for word in words:
        print(word)
def started(names={}, rows=[]):
    register(names, rows=rows)
def validate(data, formats={}):
    check(data)
    check_all('{data}'.format(**locals()))
    return data
";
        assert!(found("mutable-default-argument", quiet).is_empty());
    }

    #[test]
    fn what_is_taken_out_of_a_full_default_is_missing_the_next_time() {
        let source = "def taken(options={'color': 1}, rest=[]):\n    return options.pop('color', None), rest.pop()\n";
        assert_eq!(found("mutable-default-argument", source).len(), 2);
    }

    #[test]
    fn what_can_change_or_get_out_is_found() {
        let source = "\
def f(a=[], b=[], c={}, d=[]):
    a.append(1)
    b += [1]
    c['x'] = 1
    del d[0]
def g(a=[], b=[], c=[], d={}):
    self.a = a
    yield b
    self.rows.append(c)
    return d
def h(a=[], b=['x'], c=[[]], d=[], e=[]):
    x = a
    x.append(1)
    if not b:
        b = []
    b.append(1)
    for part in c:
        part.append(1)
    try:
        d = list(d)
    finally:
        d.append(1)
    def inner():
        e.append(1)
    return inner
def k(a=[], b=[], c=[], d=dict(x=[])):
    return b if a else (None or c) or d['x']
def store(key, found={}, cnf={}):
    found[key] = cnf[key] = 1
def start(kwargs={}, kw={}, kwds={}, names={}):
    kwargs.update(x=1)
    self.tasks = (1, kw)
    names.pop()
    return kwds
def everything(a=[]):
    print(a)
    return locals()
def stub(a=[]): ...
def more(a=[]):
    b = a
    b += [1]
def known(a=[]):
    global names
    names = a
class Bag:
    def __init__(self, items=[], names=[], kinds=[], labels=[]):
        self.items = items
        self.names = names
        self.kinds = kinds
        self.labels = labels
    def put(self, item):
        self.items.append(item)
        if item in self.names:
            kinds = self.kinds
        return self.labels
class Base:
    def __init__(self, items=[]):
        self.items = items
        print(self.items)
class Child(Base):
    def put(self, item):
        self.items.append(item)
class Bare:
    def __init__(self, items=[]):
        self.items = items
";
        assert_eq!(found("mutable-default-argument", source).len(), 30);
    }

    #[test]
    fn a_file_of_tabs_stays_one() {
        assert_eq!(
            fixed("mutable-default-argument", "def f(a=[]):\n\treturn a\n"),
            "def f(a=None):\n\tif a is None:\n\t\ta = []\n\treturn a\n",
        );
    }

    #[test]
    fn the_object_is_made_behind_the_docstring() {
        assert_eq!(
            fixed("mutable-default-argument", "def f(a=[]):\n    \"Docs.\"\n    return a\n"),
            "def f(a=None):\n    \"Docs.\"\n    if a is None:\n        a = []\n    return a\n",
        );
    }
}
