//! `unclosed-resource`: a file, socket or archive that nothing closes for sure.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::lines::whole_lines;
use super::support::{Go, free_name, function_text, indent_lines, indent_unit, is_symbol, last_line_end, owns_its_lines, suite_of, symbol, walk_with_parents};
use super::{Detector, Hook, Report};
use crate::margin::fix::indentation;
use crate::margin::{Edit, Fix};
use crate::python::{Context, Node, ScopeKind};

pub(super) const DETECTOR: Detector = Detector { rule: "unclosed-resource", hooks: &[Hook::Call(check)] };

/// What a call opens, by the name that a fix gives it.
const OPENERS: [(&str, &str); 25] = [
    ("builtins.open", "file"),
    ("os.fdopen", "file"),
    ("codecs.open", "file"),
    ("pathlib.Path.open", "file"),
    ("gzip.open", "file"),
    ("gzip.GzipFile", "file"),
    ("bz2.open", "file"),
    ("bz2.BZ2File", "file"),
    ("lzma.open", "file"),
    ("lzma.LZMAFile", "file"),
    ("tokenize.open", "file"),
    ("fileinput.input", "lines"),
    ("wave.open", "file"),
    ("zipfile.ZipFile", "archive"),
    ("tarfile.open", "archive"),
    ("tarfile.TarFile", "archive"),
    ("shelve.open", "shelf"),
    ("dbm.open", "database"),
    ("tempfile.NamedTemporaryFile", "file"),
    ("tempfile.TemporaryFile", "file"),
    ("tempfile.SpooledTemporaryFile", "file"),
    ("tempfile.TemporaryDirectory", "folder"),
    ("socket.socket", "connection"),
    ("socket.create_connection", "connection"),
    ("socket.create_server", "server"),
];

/// Functions that use what they are given and leave it open.
const BORROWERS: [&str; 33] = [
    "json.load",
    "json.dump",
    "pickle.load",
    "pickle.dump",
    "marshal.load",
    "marshal.dump",
    "plistlib.load",
    "plistlib.dump",
    "tomllib.load",
    "tomli.load",
    "toml.load",
    "yaml.load",
    "yaml.safe_load",
    "yaml.safe_load_all",
    "yaml.dump",
    "yaml.safe_dump",
    "csv.reader",
    "csv.writer",
    "csv.DictReader",
    "csv.DictWriter",
    "shutil.copyfileobj",
    "builtins.print",
    "builtins.list",
    "builtins.tuple",
    "builtins.set",
    "builtins.sorted",
    "builtins.sum",
    "builtins.max",
    "builtins.min",
    "builtins.next",
    "builtins.enumerate",
    "builtins.len",
    "builtins.str",
];

/// Longer calls are not moved.
const MAX_CALL: TextSize = TextSize::new(2_000);

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(opener) = opener(context, call) else { return };
    let fix = match context.parent() {
        // `open(path).read()`
        Some(Node::Expr(Expr::Attribute(attribute))) => {
            let is_called = matches!(context.ancestors().nth(1), Some(Node::Expr(Expr::Call(outer))) if outer.func.range() == attribute.range);
            let keeps = ["close", "cleanup", "detach", "__enter__", "accept"];
            if !is_called || keeps.contains(&attribute.attr.as_str()) {
                return;
            }
            around_statement(context, call, opener)
        }
        // `json.load(open(path))`
        Some(Node::Expr(Expr::Call(outer))) if is_borrower(context, outer) => around_statement(context, call, opener),
        Some(Node::Stmt(Stmt::For(each))) if each.iter.range() == call.range() && !each.is_async => {
            around_statement(context, call, opener)
        }
        Some(Node::Generator(each)) if each.iter.range() == call.range() => around_statement(context, call, opener),
        Some(Node::Stmt(Stmt::Expr(_))) => None,
        Some(Node::Stmt(Stmt::Assign(assign))) => {
            let [Expr::Name(name)] = assign.targets.as_slice() else { return };
            let Some(uses) = uses(context, &name.id, assign.range) else { return };
            if uses.is_cared_for(context) {
                return;
            }
            if uses.is_closed {
                let message = format!("`{}` stays open when something fails before it is closed; open it in a `with` statement", name.id);
                report.say(call.func.range(), message).fix = around_uses(context, call, &name.id, &uses.places);
                return;
            }
            around_uses(context, call, &name.id, &uses.places)
        }
        _ => return,
    };
    report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]).fix = fix;
}

/// The name for what a call opens, if it opens something.
fn opener(context: &Context<'_>, call: &ast::ExprCall) -> Option<&'static str> {
    // The receiver's class is worth finding out only where the name fits.
    let callee = match (symbol(context, &call.func), call.func.as_ref()) {
        (Some(symbol), _) => symbol,
        (None, Expr::Attribute(attribute)) if attribute.attr.as_str() == "open" => context.callee(call)?,
        _ => return None,
    };
    // To read from a file object that was opened before takes no handle.
    if call.arguments.find_keyword("fileobj").is_some() || reads_object(context, call) {
        return None;
    }
    OPENERS.iter().find(|(name, _)| *name == callee.as_str()).map(|(_, name)| *name)
}

/// `ZipFile(io.BytesIO(data))`.
fn reads_object(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    let Some(file) = call.arguments.args.first() else { return false };
    if is_symbol(context, &call.func, &["builtins.open", "tempfile.TemporaryDirectory"]) {
        return false;
    }
    // `wave.open(f)`: a short name without a path in it is a file's.
    matches!(file, Expr::Name(name) if ["self", "f", "fp", "fh", "file", "fileobj", "stream", "buffer", "buf"].contains(&name.id.as_str()))
        || context.infer(file).is_some_and(|ty| ty.class.starts_with("io.") || ty.class.starts_with("tempfile."))
}

fn is_borrower(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    is_symbol(context, &call.func, &BORROWERS)
}

/// How a variable that holds an open resource is used.
#[derive(Default)]
struct Uses {
    /// Someone else may close it: it is returned, stored, passed on, seen by an inner function.
    escapes: bool,
    /// It is a with-item, or closed in `finally` or on failure.
    is_safe: bool,
    /// It is closed on the straight way.
    is_closed: bool,
    /// Where.
    places: Vec<TextRange>,
}

impl Uses {
    fn is_cared_for(&self, context: &Context<'_>) -> bool {
        // Closed in the next statement, but for `name = file.name`: nothing can fail in between.
        let stmt = context.ancestors().find_map(|node| if let Node::Stmt(stmt) = node { Some(stmt) } else { None });
        let next = stmt.and_then(|stmt| suite_of(context, stmt)).and_then(|(suite, at)| suite[at + 1..].iter().find(|next| !only_looks(next)));
        // The last of a `try` is followed by its `else`.
        let next = next.or_else(|| {
            context.ancestors().find_map(|node| match node {
                Node::Stmt(Stmt::Try(around)) if around.body.last().map(Ranged::range) == stmt.map(Ranged::range) => around.orelse.first(),
                _ => None,
            })
        });
        let at_once = next.is_some_and(|next| closes(next) && self.places.iter().any(|place| next.range().contains_range(*place)));
        self.is_safe || at_once || self.escapes && !self.is_closed
    }
}

/// What becomes of a name that is bound once in the function (or in the script's main block).
fn uses(context: &Context<'_>, name: &str, opened: TextRange) -> Option<Uses> {
    // The whole function is looked through for each thing that is opened in it.
    if context.enclosing_function().is_some() && function_text(context).is_none() {
        return None;
    }
    let body = match context.scopes().last().map(|scope| (scope, scope.kind)) {
        Some((scope, ScopeKind::Function(def))) => {
            let own = !scope.globals.contains(name) && !scope.nonlocals.contains(name);
            (own && scope.get(name).len() == 1).then_some(def.body.as_slice())?
        }
        None if context.in_main_guard() && context.table.bindings_of(name).count() == 1 => match context.nodes().first()? {
            Node::Stmt(Stmt::If(guard)) => guard.body.as_slice(),
            _ => return None,
        },
        _ => return None,
    };
    let mut uses = Uses::default();
    walk_with_parents(body, |node, parents| {
        if let AnyNodeRef::ExprName(used) = node
            && used.id == name
            && !used.ctx.is_store()
        {
            uses.places.push(used.range);
            uses.add(context, used.range, opened, parents);
        }
        Go::In
    });
    Some(uses)
}

impl Uses {
    fn add(&mut self, context: &Context<'_>, place: TextRange, opened: TextRange, parents: &[AnyNodeRef<'_>]) {
        let inner = parents.iter().any(|node| {
            matches!(node, AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_) | AnyNodeRef::ExprLambda(_))
        });
        if inner {
            self.escapes = true;
            return;
        }
        match parents {
            // The descriptor lives on as another one: `os.dup2(log.fileno(), 1)`.
            [.., AnyNodeRef::ExprCall(outer), AnyNodeRef::Arguments(_), AnyNodeRef::ExprCall(_), AnyNodeRef::ExprAttribute(method)]
                if method.attr.as_str() == "fileno" && is_symbol(context, &outer.func, &["os.dup2"]) =>
            {
                self.escapes = true;
            }
            [.., AnyNodeRef::ExprCall(call), AnyNodeRef::ExprAttribute(method)] if call.func.range() == method.range => {
                match method.attr.as_str() {
                    "close" | "cleanup" | "__exit__" if is_in_cleanup(place, opened, parents) => self.is_safe = true,
                    "close" | "cleanup" | "__exit__" => self.is_closed = true,
                    "detach" | "__enter__" | "makefile" => self.escapes = true,
                    _ => {}
                }
            }
            // `atexit.register(file.close)`; other attributes only look.
            [.., AnyNodeRef::ExprAttribute(attribute)] => {
                self.escapes |= matches!(attribute.attr.as_str(), "close" | "cleanup" | "buffer" | "raw" | "file");
            }
            [.., AnyNodeRef::WithItem(_)] => self.is_safe = true,
            [.., AnyNodeRef::StmtFor(each)] => self.escapes |= each.iter.range() != place,
            // A generator that goes somewhere else reads later.
            [.., holder, AnyNodeRef::ExprGenerator(_), AnyNodeRef::Comprehension(_)] => {
                self.escapes |= !matches!(holder, AnyNodeRef::Arguments(_));
            }
            [.., AnyNodeRef::ExprCall(call), AnyNodeRef::Arguments(_)]
            | [.., AnyNodeRef::ExprCall(call), AnyNodeRef::Arguments(_), AnyNodeRef::Keyword(_)] => {
                self.escapes |= !is_borrower(context, call);
            }
            [
                ..,
                AnyNodeRef::ExprCompare(_)
                | AnyNodeRef::ExprUnaryOp(_)
                | AnyNodeRef::Comprehension(_)
                | AnyNodeRef::StmtIf(_)
                | AnyNodeRef::StmtWhile(_)
                | AnyNodeRef::StmtDelete(_)
                | AnyNodeRef::StmtExpr(_)
                | AnyNodeRef::ElifElseClause(_),
            ] => {}
            _ => self.escapes = true,
        }
    }
}

/// Whether a place is in a `finally` or an `except`, or in a branch that is not always taken: someone has thought about
/// the ways out.
fn is_in_cleanup(place: TextRange, opened: TextRange, parents: &[AnyNodeRef<'_>]) -> bool {
    parents.iter().any(|node| match node {
        AnyNodeRef::ExceptHandlerExceptHandler(_) => true,
        AnyNodeRef::StmtTry(stmt) => stmt.finalbody.first().is_some_and(|first| first.start() <= place.start()),
        AnyNodeRef::StmtIf(_) | AnyNodeRef::ElifElseClause(_) | AnyNodeRef::MatchCase(_) | AnyNodeRef::StmtWhile(_) => {
            !node.range().contains_range(opened)
        }
        _ => false,
    })
}

/// `name = file.name`.
fn only_looks(stmt: &Stmt) -> bool {
    let Stmt::Assign(assign) = stmt else { return false };
    assign.targets.iter().all(Expr::is_name_expr)
        && matches!(assign.value.as_ref(), Expr::Attribute(attribute) if attribute.value.is_name_expr())
}

/// `f.close()` as a statement.
fn closes(stmt: &Stmt) -> bool {
    let Stmt::Expr(stmt) = stmt else { return false };
    let Expr::Call(call) = stmt.value.as_ref() else { return false };
    matches!(call.func.as_ref(), Expr::Attribute(method) if matches!(method.attr.as_str(), "close" | "cleanup"))
}

/// `with open(...) as f:` in place of `f = open(...)`, around the statements that use it.
pub(super) fn around_uses(
    context: &Context<'_>,
    call: &ast::ExprCall,
    name: &str,
    places: &[TextRange],
) -> Option<Fix> {
    let Some(Node::Stmt(assign)) = context.parent() else { return None };
    let (suite, at) = suite_of(context, assign)?;
    let rest = &suite[at + 1..];
    let holds = |stmt: &Stmt| places.iter().any(|place| stmt.range().contains_range(*place));
    let count = rest.iter().rposition(holds)? + 1;
    // All uses must come to stand in the block.
    let block = TextRange::new(rest.first()?.start(), rest[count - 1].end());
    if !places.iter().all(|place| block.contains_range(*place)) {
        return None;
    }
    let last = &rest[count - 1];
    let close = (closes(last) && holds(last)).then_some(last);
    let body = if close.is_some() { &rest[..count - 1] } else { &rest[..count] };
    let last = body.last()?;
    if !owns_its_lines(context.source, assign) || body.iter().chain(close).any(|stmt| !owns_its_lines(context.source, stmt)) {
        return None;
    }
    let with = format!("with {} as {name}:", context.text(call));
    let mut edits = vec![Edit::replace(assign, with)];
    let start = last_line_end(context.source, assign.end());
    edits.extend(indent_lines(context, TextRange::new(start, last_line_end(context.source, last.end()))));
    edits.extend(close.map(|stmt| Edit::delete(whole_lines(context.source, stmt.range()))));
    Some(Fix { title: "Open it in a `with` statement".to_owned(), safe: false, edits, imports: Vec::new() })
}

/// `with open(...) as file:` around the statement that opens and uses it in one expression.
pub(super) fn around_statement(context: &Context<'_>, call: &ast::ExprCall, wanted: &str) -> Option<Fix> {
    let mut stmt = None;
    let mut inner = call.range();
    for node in context.ancestors() {
        match node {
            Node::Stmt(found) => {
                stmt = Some(found);
                break;
            }
            // What may not be run, or run more than once, or after the statement has ended, cannot be opened before it.
            Node::Expr(Expr::Lambda(_) | Expr::If(_) | Expr::BoolOp(_) | Expr::Named(_) | Expr::Generator(_)) => return None,
            Node::Expr(Expr::ListComp(comp)) if !is_first(&comp.generators, inner) => return None,
            Node::Expr(Expr::SetComp(comp)) if !is_first(&comp.generators, inner) => return None,
            Node::Expr(Expr::DictComp(comp)) if !is_first(&comp.generators, inner) => return None,
            Node::Expr(expr) => inner = expr.range(),
            Node::Generator(each) => inner = each.iter.range(),
            _ => {}
        }
    }
    let stmt = stmt?;
    if call.range().len() > MAX_CALL {
        return None;
    }
    let simple = matches!(stmt, Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::AugAssign(_) | Stmt::Expr(_) | Stmt::Return(_));
    if !(simple || stmt.is_for_stmt()) || !owns_its_lines(context.source, stmt) {
        return None;
    }
    let name = free_name(context, &[wanted, "opened", "handle"], stmt.start())?;
    let (newline, unit) = (context.newline(), indent_unit(context.source, stmt.start()));
    let indent = indentation(context.source, stmt.start());
    let head = format!("with {} as {name}:{newline}{indent}{unit}", context.text(call));
    let mut edits = vec![Edit::insert(stmt.start(), head)];
    let lines = TextRange::new(last_line_end(context.source, stmt.start()), last_line_end(context.source, stmt.end()));
    let moved = call.range();
    edits.extend(
        indent_lines(context, lines)
            .into_iter()
            .filter(|edit| edit.range.start() <= moved.start() || edit.range.start() >= moved.end()),
    );
    edits.push(Edit::replace(moved, name));
    edits.sort_by_key(|edit| (edit.range.start(), edit.range.end()));
    Some(Fix { title: "Open it in a `with` statement".to_owned(), safe: false, edits, imports: Vec::new() })
}

/// Whether a place is in the first iterable of a comprehension, which is evaluated once, at once.
fn is_first(generators: &[ast::Comprehension], place: TextRange) -> bool {
    generators.first().is_some_and(|first| first.iter.range().contains_range(place))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn what_someone_closes_is_fine() {
        let quiet = "\
import contextlib, io, os, socket, tempfile, wave, zipfile
def work(path, stack, self):
    with open(path) as file:
        file.read()
    with contextlib.closing(socket.socket()) as s:
        s.connect(path)
    f = stack.enter_context(open(path))
    self.log = open(path)
    g = open(path)
    try:
        g.read()
    finally:
        g.close()
    h = open(path)
    with h:
        h.read()
    i = open(path)
    register(i)
    j = tempfile.NamedTemporaryFile(delete=False)
    j.close()
    print(j.name)
    k = open(path)
    def later():
        return k.read()
    open(path, 'w').close()
    n = tempfile.NamedTemporaryFile(delete=False)
    name = n.name
    n.close()
    o = open(path, 'a')
    os.dup2(o.fileno(), 1)
    m = open(path)
    try:
        start(m.fileno())
    except OSError:
        m.close()
        raise
    archive = zipfile.ZipFile(io.BytesIO(data))
    archive.extractall()
    sound = wave.open(file, 'r')
    sound.getnchannels()
    n = open(path)
    if not n.readline():
        n.close()
        return
    register(n)
    try:
        o = open(path)
    except OSError:
        print('none')
    else:
        o.close()
    return open(path)
def lines(path):
    f = open(path) if path else None
    g = open(path)
    return f, [g]
";
        assert!(found("unclosed-resource", quiet).is_empty());
    }

    #[test]
    fn what_is_used_and_dropped_is_found() {
        let source = "\
import json, zipfile
from pathlib import Path
def work(path):
    text = open(path).read()
    data = json.load(open(path))
    for line in open(path):
        print(line)
    rows = [row for row in Path(path).open()]
    f = open(path)
    print(f.name, file=f)
    g = open(path)
    g.write(text)
    g.close()
    zipfile.ZipFile(path).extractall()
";
        let expected = ["open", "open", "open", "Path(path).open", "open", "open", "zipfile.ZipFile"];
        assert_eq!(found("unclosed-resource", source), expected);
    }

    #[test]
    fn the_with_statement_takes_in_what_uses_the_file() {
        let source = "\
def work(path):
    f = open(path)  # the list
    # Its first line.
    head = f.readline()

    text = '''
{}
'''.format(f.read())
    f.close()
    print(head, text)
    return json.load(
        open(
            path
        ),
    )
";
        let expected = "\
def work(path):
    with open(path) as f:  # the list
        # Its first line.
        head = f.readline()

        text = '''
{}
'''.format(f.read())
    print(head, text)
    return json.load(
        open(
            path
        ),
    )
";
        assert_eq!(fixed("unclosed-resource", source), expected);
        let source = "\
import json
def work(path):
    return json.load(
        open(
            path
        ),
    )
if __name__ == '__main__':
\tfor line in open('x'):
\t\tprint(line)
";
        let expected = "\
import json
def work(path):
    with open(
            path
        ) as opened:
        return json.load(
            opened,
        )
if __name__ == '__main__':
\twith open('x') as file:
\t\tfor line in file:
\t\t\tprint(line)
";
        assert_eq!(fixed("unclosed-resource", source), expected);
    }
}
