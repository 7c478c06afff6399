//! `unspecified-encoding`: text read or written in whatever encoding the machine prefers.

use ruff_python_ast::{self as ast, Expr, Stmt};

use super::support::{Argument, argument, callee_among, is_instance_of, is_name, is_symbol, last_name, string, suite_of, with_argument, words};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node, PythonVersion, ScopeKind};

pub(super) const DETECTOR: Detector = Detector { rule: "unspecified-encoding", hooks: &[Hook::Call(check)] };

/// How a function takes mode and encoding.
struct Opener {
    name: &'static str,
    /// Position and default of the mode; `None` when it is always text.
    mode: Option<(usize, &'static str)>,
    /// Position of the encoding, when it can be given so.
    encoding: Option<usize>,
}

const fn opener(name: &'static str, mode: Option<(usize, &'static str)>, encoding: Option<usize>) -> Opener {
    Opener { name, mode, encoding }
}

const OPENERS: [Opener; 16] = [
    opener("builtins.open", Some((1, "r")), Some(3)),
    opener("bz2.open", Some((1, "rb")), Some(3)),
    opener("gzip.open", Some((1, "rb")), Some(3)),
    opener("logging.FileHandler", None, Some(2)),
    opener("logging.handlers.RotatingFileHandler", None, Some(4)),
    opener("logging.handlers.TimedRotatingFileHandler", None, Some(4)),
    opener("logging.handlers.WatchedFileHandler", None, Some(2)),
    opener("lzma.open", Some((1, "rb")), None),
    opener("os.fdopen", Some((1, "r")), Some(3)),
    opener("pathlib.Path.open", Some((0, "r")), Some(2)),
    opener("pathlib.Path.read_text", None, Some(0)),
    opener("pathlib.Path.write_text", None, Some(1)),
    opener("tempfile.NamedTemporaryFile", Some((0, "w+b")), Some(2)),
    opener("tempfile.SpooledTemporaryFile", Some((1, "w+b")), Some(3)),
    opener("tempfile.TemporaryFile", Some((0, "w+b")), Some(2)),
    opener("io.TextIOWrapper", None, Some(1)),
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    // UTF-8 is the default from 3.15 on.
    if report.target() >= PythonVersion::three(15) {
        return;
    }
    let Some(callee) = callee_among(context, call, &OPENERS.map(|opener| opener.name)) else { return };
    let Some(opener) = OPENERS.iter().find(|opener| opener.name == callee) else { return };
    if is_text(call, opener)
        && argument(call, "encoding", opener.encoding).is_absent()
        && !only_made(context)
        && !is_json_text(context, call, opener)
        && !is_device(context, call, opener)
        && !is_pid_file(context, call, opener)
    {
        let fix = with_argument(context, call, "encoding=\"utf-8\"", false);
        report.at(call.func.as_ref(), &[("function", context.text(call.func.as_ref()))]).fix = fix;
    }
}

/// Nothing is read or written: `with open(path, "w"): pass`, a `with` that does not name the file, `open(path).close()`,
/// and `file = open(path)` that the next statement closes.
fn only_made(context: &Context<'_>) -> bool {
    match context.parent() {
        Some(Node::WithItem(item)) => {
            let stmt = context.ancestors().find_map(|node| if let Node::Stmt(Stmt::With(with)) = node { Some(with) } else { None });
            let is_empty = |with: &ast::StmtWith| with.body.iter().all(|stmt| stmt.is_pass_stmt() || writes_number(stmt) || writes_json(context, stmt));
            item.optional_vars.is_none() || stmt.is_some_and(is_empty)
        }
        Some(Node::Expr(Expr::Attribute(method))) => method.attr.as_str() == "close",
        Some(Node::Stmt(stmt @ Stmt::Assign(assign))) => {
            let [Expr::Name(name)] = assign.targets.as_slice() else { return false };
            let next = suite_of(context, stmt).and_then(|(suite, at)| suite.get(at + 1));
            next.is_some_and(|next| closes(next, &name.id))
        }
        _ => false,
    }
}

/// `json.dump(data, file)`: it writes nothing but ASCII unless it is told to.
fn writes_json(context: &Context<'_>, stmt: &Stmt) -> bool {
    let Stmt::Expr(stmt) = stmt else { return false };
    is_ascii_json(context, &stmt.value, "json.dump")
}

/// `path.write_text(json.dumps(data))`.
fn is_json_text(context: &Context<'_>, call: &ast::ExprCall, opener: &Opener) -> bool {
    opener.name == "pathlib.Path.write_text"
        && call.arguments.args.first().is_some_and(|text| is_ascii_json(context, text, "json.dumps"))
}

fn is_ascii_json(context: &Context<'_>, expr: &Expr, function: &str) -> bool {
    let Expr::Call(call) = expr else { return false };
    is_symbol(context, &call.func, &[function]) && argument(call, "ensure_ascii", None).is_absent()
}

/// `file.write(str(pid))`: digits are the same in every encoding.
fn writes_number(stmt: &Stmt) -> bool {
    let Stmt::Expr(stmt) = stmt else { return false };
    let Expr::Call(call) = stmt.value.as_ref() else { return false };
    let [Expr::Call(text)] = call.arguments.args.as_ref() else { return false };
    let number = text.arguments.args.first();
    let is_number = number.is_some_and(|number| match number {
        Expr::Call(number) => last_name(&number.func).is_some_and(|name| name.ends_with("pid")),
        other => last_name(other).is_some_and(|name| name.ends_with("pid")),
    });
    matches!(call.func.as_ref(), Expr::Attribute(method) if method.attr.as_str() == "write") && is_name(&text.func, "str") && is_number
}

/// `file.close()` as a statement.
fn closes(stmt: &Stmt, name: &str) -> bool {
    let Stmt::Expr(stmt) = stmt else { return false };
    let Expr::Call(call) = stmt.value.as_ref() else { return false };
    matches!(call.func.as_ref(), Expr::Attribute(method) if method.attr.as_str() == "close" && is_name(&method.value, name))
}

/// Whether what is opened is called a pid file: the number in it is digits in every encoding.
fn is_pid_file(context: &Context<'_>, call: &ast::ExprCall, opener: &Opener) -> bool {
    let is_one = |name: &str| words(name).iter().any(|word| word == "pid" || word == "pidfile");
    let path = match call.func.as_ref() {
        Expr::Attribute(method) if opener.name.starts_with("pathlib.") => Some(method.value.as_ref()),
        _ => call.arguments.args.first(),
    };
    path.and_then(last_name).is_some_and(is_one) || context.enclosing_function().is_some_and(|def| is_one(&def.name))
}

/// `/dev/null`, a terminal and the like: what goes through them is no text that someone keeps.
///
/// The number in a `Pidfile` is digits in every encoding, too.
fn is_device(context: &Context<'_>, call: &ast::ExprCall, opener: &Opener) -> bool {
    let in_pid_file = context.scopes().iter().any(|scope| match scope.kind {
        ScopeKind::Class(class) => class.name.to_ascii_lowercase().starts_with("pid"),
        _ => false,
    });
    if in_pid_file {
        return true;
    }
    // A terminal is opened by its descriptor.
    if opener.name == "io.TextIOWrapper" {
        return call.arguments.args.first().is_some_and(|raw| is_instance_of(context, raw, &["io.FileIO"]));
    }
    opener.name == "builtins.open"
        && call.arguments.args.first().is_some_and(|path| {
            is_symbol(context, path, &["os.devnull"])
                || string(path).is_some_and(|path| path.starts_with("/dev/") || path.starts_with("/proc/") || path == "CONIN$")
        })
}

fn is_text(call: &ast::ExprCall, opener: &Opener) -> bool {
    let Some((position, default)) = opener.mode else { return true };
    let mode = match argument(call, "mode", Some(position)) {
        Argument::Given(Expr::StringLiteral(mode)) => mode.value.to_str(),
        Argument::Absent => default,
        _ => return false,
    };
    // The compressed files are binary unless told otherwise.
    if default == "rb" { mode.contains('t') } else { !mode.contains('b') }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn bytes_and_chosen_encodings_are_fine() {
        let quiet = "\
import gzip, io, tempfile
from pathlib import Path
open('a', 'rb')
open('a', 'w', -1, 'latin-1')
open('a', mode)
open('a', *options)
open('a', **options)
gzip.open('a')
tempfile.NamedTemporaryFile()
Path('a').read_text('utf-8')
Path('a').read_bytes()
io.open('a', encoding=None)
def open(path): ...
other.open('a')
";
        assert!(found("unspecified-encoding", &quiet.replace("def open(path): ...\n", "")).is_empty());
        assert!(found("unspecified-encoding", &format!("{quiet}open('a')\n")).is_empty());
    }

    #[test]
    fn the_encoding_is_added() {
        let source = "\
import gzip, pathlib, tempfile
def f(p: pathlib.Path):
    open(p, 'w')
    gzip.open(p, 'rt')
    tempfile.TemporaryFile('w+')
    p.open(
        'a',
    )
    return p.read_text()
";
        let expected = "\
import gzip, pathlib, tempfile
def f(p: pathlib.Path):
    open(p, 'w', encoding=\"utf-8\")
    gzip.open(p, 'rt', encoding=\"utf-8\")
    tempfile.TemporaryFile('w+', encoding=\"utf-8\")
    p.open(
        'a',
        encoding=\"utf-8\",
    )
    return p.read_text(encoding=\"utf-8\")
";
        assert_eq!(fixed("unspecified-encoding", source), expected);
    }

    #[test]
    fn an_empty_file_has_no_encoding() {
        let source = "with open('a', 'w'): pass\nwith open('b', 'w') as f:\n    f.write('x')\n";
        assert_eq!(found("unspecified-encoding", source).len(), 1);
    }

    #[test]
    fn what_is_not_read_and_what_is_no_file_has_none_either() {
        let quiet = "\
import json, os
from pathlib import Path
with open('a'):
    locked()
open('a', 'a').close()
def f():
    f = open('a')
    f.close()
class Pidfile:
    def read(self):
        with open(self.path) as file:
            return int(file.readline())
with open('pid', 'w') as file:
    file.write(str(os.getpid()))
def read_pid(path):
    return int(open(path).read())
def lock(self, pidfile):
    with open(pidfile, 'w') as file:
        file.write(number)
with open('data.json', 'w') as file:
    json.dump(data, file, indent=2)
Path('data.json').write_text(json.dumps(data))
null = open(os.devnull, 'w')
null = open('/dev/null', 'w')
tty = open('/dev/tty')
";
        assert!(found("unspecified-encoding", quiet).is_empty());
        let json = "\
import json
with open('a', 'w') as file:
    json.dump(data, file, ensure_ascii=False)
with open('a') as file:
    json.load(file)
";
        assert_eq!(found("unspecified-encoding", json), ["open", "open"]);
        assert_eq!(found("unspecified-encoding", "def rapid(stupid):\n    return open(stupid)\n"), ["open"]);
        assert_eq!(found("unspecified-encoding", "f = open('a')\ng.close()\nf = open('a')\nf.read()\nf.close()\n").len(), 2);
    }
}
