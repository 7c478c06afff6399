//! `unspecified-encoding`: text read or written in whatever encoding the machine prefers.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, InterpolatedStringElement, Operator, Stmt};

use super::support::{
    Argument, Go, argument, callee_among, is_instance_of, is_large, is_name, is_symbol, last_name, names, suite_of, value_of, walk_with_parents,
    with_argument, words,
};
use super::{Detector, Hook, Report};
use crate::python::{BindingKind, Context, Lookup, Node, PythonVersion, ScopeKind, Whole};

pub(super) const DETECTOR: Detector = Detector { rule: "unspecified-encoding", hooks: &[Hook::CallOf(&NAMES, check)] };

/// How a function takes mode and encoding.
struct Opener {
    name: &'static str,
    /// Position and default of the mode; `None` when it is always text.
    mode: Option<(usize, &'static str)>,
    /// Position of the encoding, when it can be given so.
    encoding: Option<usize>,
}

/// With its name before it, as tables have it.
const fn opener(
    name: &'static str,
    mode: Option<(usize, &'static str)>,
    encoding: Option<usize>,
) -> (&'static str, Opener) {
    (name, Opener { name, mode, encoding })
}

const OPENERS: [(&str, Opener); 16] = [
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

const NAMES: [&str; OPENERS.len()] = names(&OPENERS);

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    // UTF-8 is the default from 3.15 on.
    if report.target() >= PythonVersion::three(15) {
        return;
    }
    let Some(callee) = callee_among(context, call, &NAMES) else { return };
    let Some((_, opener)) = OPENERS.iter().find(|(name, _)| *name == callee) else { return };
    if is_text(call, opener)
        && argument(call, "encoding", opener.encoding).is_absent()
        && !context.in_main_guard()
        && !is_same_anywhere(context)
        && !writes_ascii_text(context, call, opener)
        && !is_device(context, call, opener)
        && !is_pid_file(context, call, opener)
        && !is_stream_or_pipe(context, call, opener)
    {
        let fix = with_argument(context, call, "encoding=\"utf-8\"", false);
        report.at(call.func.as_ref(), &[("function", context.text(call.func.as_ref()))]).fix = fix;
    }
}

/// No text that anyone keeps goes through the file: it is never read or written (`with open(path, "w"): pass`), only its
/// descriptor is used (`stdout=file`), or what is written is the same in every encoding.
fn is_same_anywhere(context: &Context<'_>) -> bool {
    match context.parent() {
        Some(Node::WithItem(item)) => {
            let stmt = context.ancestors().find_map(|node| if let Node::Stmt(Stmt::With(with)) = node { Some(with) } else { None });
            match (item.optional_vars.as_deref(), stmt) {
                (Some(Expr::Name(file)), Some(with)) => !is_large(with) && only_ascii(context, &with.body, &file.id),
                (variable, _) => variable.is_none(),
            }
        }
        Some(Node::Expr(Expr::Attribute(method))) => method.attr.as_str() == "close",
        Some(Node::Keyword(keyword)) => is_stream(keyword),
        Some(Node::Stmt(stmt @ Stmt::Assign(assign))) => {
            let [Expr::Name(file)] = assign.targets.as_slice() else { return false };
            let Some((suite, at)) = suite_of(context, stmt) else { return false };
            let is_local = context.enclosing_function().is_some_and(|def| !is_large(def));
            suite.get(at + 1).is_some_and(|next| closes(next, &file.id)) || is_local && only_ascii(context, &suite[at + 1..], &file.id)
        }
        _ => false,
    }
}

/// `stdout=file`: another program gets the descriptor.
fn is_stream(keyword: &ast::Keyword) -> bool {
    keyword.arg.as_ref().is_some_and(|name| matches!(name.as_str(), "stdin" | "stdout" | "stderr"))
}

/// Whether a body does nothing with a file but write ASCII, hand its descriptor on and close it.
fn only_ascii<'a>(context: &Context<'a>, body: &'a [Stmt], file: &str) -> bool {
    const NO_TEXT: [&str; 5] = ["close", "closed", "fileno", "flush", "truncate"];
    let mut ascii = true;
    walk_with_parents(body, |node, parents| {
        if let AnyNodeRef::ExprName(name) = node
            && name.id == file
        {
            ascii &= name.ctx.is_load()
                && match parents {
                    [.., AnyNodeRef::ExprCall(call), AnyNodeRef::ExprAttribute(method)] if method.attr.as_str() == "write" => {
                        matches!(call.arguments.args.as_ref(), [text] if is_ascii(context, text, 0))
                    }
                    [.., AnyNodeRef::ExprAttribute(method)] => NO_TEXT.contains(&method.attr.as_str()),
                    [.., AnyNodeRef::Keyword(keyword)] if is_stream(keyword) => true,
                    [.., AnyNodeRef::ExprCall(call), AnyNodeRef::Arguments(_)]
                    | [.., AnyNodeRef::ExprCall(call), AnyNodeRef::Arguments(_), AnyNodeRef::Keyword(_)] => {
                        dumps_ascii(context, call, &["json.dump", "yaml.dump", "yaml.safe_dump"])
                    }
                    _ => false,
                };
        }
        if ascii { Go::In } else { Go::Stop }
    });
    ascii
}

/// `json.dumps(data)`, `yaml.dump(data)`: they write nothing but ASCII unless they are told to.
fn dumps_ascii(context: &Context<'_>, call: &ast::ExprCall, functions: &[&str]) -> bool {
    is_symbol(context, &call.func, functions)
        && argument(call, "ensure_ascii", None).is_absent()
        && argument(call, "allow_unicode", None).is_absent()
}

/// Whether a text is surely made of letters that are the same in every encoding.
fn is_ascii<'a>(context: &Context<'a>, text: &'a Expr, depth: usize) -> bool {
    const DEEPEST: usize = 8;
    let part = |part: &'a Expr| is_ascii(context, part, depth + 1);
    match text {
        _ if depth > DEEPEST => false,
        Expr::StringLiteral(text) => text.value.to_str().is_ascii(),
        Expr::Name(_) => {
            let value = value_of(context, text);
            !value.is_name_expr() && part(value)
        }
        Expr::BinOp(sum) if sum.op == Operator::Add => part(&sum.left) && part(&sum.right),
        Expr::FString(text) => text.value.elements().all(|element| match element {
            InterpolatedStringElement::Literal(text) => text.value.is_ascii(),
            InterpolatedStringElement::Interpolation(value) => is_number(&value.expression) || part(&value.expression),
        }),
        Expr::Call(call) => {
            dumps_ascii(context, call, &["json.dumps", "yaml.dump", "yaml.safe_dump"])
                || is_name(&call.func, "str") && matches!(call.arguments.args.as_ref(), [number] if is_number(number))
        }
        _ => false,
    }
}

/// `os.getpid()`, `self.pid`, `len(names)`: digits are the same in every encoding.
fn is_number(expr: &Expr) -> bool {
    match expr {
        Expr::NumberLiteral(_) => true,
        Expr::Call(call) => last_name(&call.func).is_some_and(|name| name.ends_with("pid") || matches!(name, "int" | "len" | "time")),
        other => last_name(other).is_some_and(|name| name.ends_with("pid")),
    }
}

/// `path.write_text(json.dumps(data))`.
fn writes_ascii_text<'a>(context: &Context<'a>, call: &'a ast::ExprCall, opener: &Opener) -> bool {
    opener.name == "pathlib.Path.write_text" && call.arguments.args.first().is_some_and(|text| is_ascii(context, text, 0))
}

/// `file.close()` as a statement.
fn closes(stmt: &Stmt, name: &str) -> bool {
    let Stmt::Expr(stmt) = stmt else { return false };
    let Expr::Call(call) = stmt.value.as_ref() else { return false };
    matches!(call.func.as_ref(), Expr::Attribute(method) if method.attr.as_str() == "close" && is_name(&method.value, name))
}

/// Whether what is opened is called a pid file, a certificate, a key or a token: digits and letters without accents, which are
/// the same in every encoding.
fn is_pid_file(context: &Context<'_>, call: &ast::ExprCall, opener: &Opener) -> bool {
    const ASCII: [&str; 10] =
        ["cert", "certificate", "certfile", "checksum", "digest", "fingerprint", "keyfile", "pem", "token", "tokenfile"];
    let is_pid = |name: &str| words(name).iter().any(|word| word == "pid" || word == "pidfile");
    let is_one = |name: &str| {
        let words = words(name);
        let is_key = words.len() > 1 && words.iter().any(|word| word == "key");
        is_pid(name) || is_key || words.iter().any(|word| ASCII.contains(&word.as_str()))
    };
    let path = match call.func.as_ref() {
        Expr::Attribute(method) if opener.name.starts_with("pathlib.") => Some(method.value.as_ref()),
        _ => call.arguments.args.first(),
    };
    path.and_then(last_name).is_some_and(is_one) || context.enclosing_function().is_some_and(|def| is_pid(&def.name))
}

/// `os.fdopen(STDIN_FILENO)`, `os.fdopen(sys.stdout.fileno())`, the ends of `os.pipe()`: the streams of the machine, and what
/// one program says to itself.
fn is_stream_or_pipe<'a>(context: &Context<'a>, call: &'a ast::ExprCall, opener: &Opener) -> bool {
    opener.name == "os.fdopen"
        && call.arguments.args.first().is_some_and(|descriptor| match descriptor {
            Expr::NumberLiteral(_) => true,
            Expr::Call(call) => last_name(&call.func) == Some("fileno"),
            Expr::Name(name) if name.id.ends_with("FILENO") => true,
            Expr::Name(name) => match context.lookup(&name.id, name.range.start()) {
                Lookup::Local { bindings, .. } => bindings.iter().any(|binding| {
                    matches!(binding.kind, BindingKind::Part(_, Whole::Value(Expr::Call(pipe))) if is_symbol(context, &pipe.func, &["os.pipe"]))
                }),
                _ => false,
            },
            _ => false,
        })
}

/// `/dev/null`, a terminal and the like: what goes through them is no text that someone keeps.
///
/// The number in a `Pidfile` is digits in every encoding, too.
fn is_device<'a>(context: &Context<'a>, call: &'a ast::ExprCall, opener: &Opener) -> bool {
    let in_pid_file = context.scopes().iter().any(|scope| match scope.kind {
        ScopeKind::Class(class) => class.name.to_ascii_lowercase().starts_with("pid"),
        _ => false,
    });
    if in_pid_file {
        return true;
    }
    // A terminal is opened by its descriptor.
    if opener.name == "io.TextIOWrapper" {
        return call.arguments.args.first().is_some_and(|raw| {
            let path = if let Expr::Call(open) = raw { open.arguments.args.first() } else { None };
            is_instance_of(context, raw, &["io.FileIO"]) || path.is_some_and(|path| is_of_system(context, path))
        });
    }
    let path = match call.func.as_ref() {
        Expr::Attribute(method) if opener.name.starts_with("pathlib.") => Some(method.value.as_ref()),
        _ if opener.name == "builtins.open" => call.arguments.args.first(),
        _ => None,
    };
    path.is_some_and(|path| is_symbol(context, path, &["os.devnull"]) || is_of_system(context, path))
}

/// `"/proc/meminfo"`, `f"/sys/{name}"`, `Path("/etc/hostname")`: the kernel and its tools write ASCII there.
fn is_of_system<'a>(context: &Context<'a>, path: &'a Expr) -> bool {
    const FOLDERS: [&str; 4] = ["/dev/", "/etc/", "/proc/", "/sys/"];
    let is_system = |text: &str| text == "CONIN$" || FOLDERS.iter().any(|folder| text.starts_with(folder));
    let mut path = value_of(context, path);
    for _ in 0..4 {
        path = match path {
            Expr::StringLiteral(text) => return is_system(text.value.to_str()),
            Expr::FString(text) => {
                let first = text.value.elements().next();
                return matches!(first, Some(InterpolatedStringElement::Literal(text)) if is_system(&text.value));
            }
            Expr::BinOp(sum) => &sum.left,
            Expr::Call(call) if is_symbol(context, &call.func, &["os.path.join", "pathlib.Path"]) => match call.arguments.args.first() {
                Some(first) => first,
                None => return false,
            },
            _ => return false,
        };
    }
    false
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
        let source = "with open('a', 'w'): pass\nwith open('b', 'w') as f:\n    f.write(x)\n";
        assert_eq!(found("unspecified-encoding", source).len(), 1);
    }

    #[test]
    fn ascii_is_the_same_in_every_encoding() {
        let quiet = "\
import json, os, subprocess, yaml
from pathlib import Path
def save(data, path, names):
    with open(path, 'w') as file:
        text = json.dumps(data)
        file.write('DATA = ' + text)
        file.write(f'{len(names)}\\n')
        file.flush()
        os.fsync(file.fileno())
    with open(path, 'w') as file:
        if data:
            yaml.safe_dump(data, stream=file)
    Path(path).write_text('{\"new\": true}')
    subprocess.run(names, stdout=open(path, 'w'))
    log = open(path, 'a')
    process = subprocess.Popen(names, stdout=log, stderr=log)
    log.close()
";
        assert!(found("unspecified-encoding", quiet).is_empty());
        let source = "\
import json, yaml
def save(data, path, name):
    with open(path, 'w') as file:
        yaml.dump(data, file, allow_unicode=True)
    with open(path, 'w') as file:
        file.write(f'{name}\\n')
    with open(path, 'w') as file:
        json.dump(data, file)
        file.write(name)
    with open(path, 'w') as file:
        return file
    log = open(path, 'w')
    keep(log)
";
        assert_eq!(found("unspecified-encoding", source).len(), 5);
    }

    #[test]
    fn what_is_not_read_and_what_is_no_file_has_none_either() {
        let quiet = "\
import io, json, os, sys
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
def system(pid):
    names = f'/proc/{pid}/status'
    with open(names) as file:
        return file.read(), Path('/sys/kernel').read_text()
def streams(token_file, key_path):
    reader, writer = os.pipe()
    told = os.fdopen(writer, 'w'), os.fdopen(0), os.fdopen(sys.stdout.fileno(), 'w'), io.TextIOWrapper(open('/dev/tty', 'rb'))
    return told, open(token_file).read(), key_path.read_text()
if __name__ == '__main__':
    print(open('a').read())
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
