//! `unspecified-encoding`: text read or written in whatever encoding the machine prefers.

use ruff_python_ast::{self as ast, Expr, Stmt};

use super::support::{Argument, argument, with_argument};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node, PythonVersion};

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
    let Some(callee) = context.callee(call) else { return };
    let Some(opener) = OPENERS.iter().find(|opener| opener.name == callee) else { return };
    if is_text(call, opener)
        && !only_made(context)
        && argument(call, "encoding", opener.encoding).is_absent() {
        let fix = with_argument(context, call, "encoding=\"utf-8\"", false);
        report.at(call.func.as_ref(), &[("function", context.text(call.func.as_ref()))]).fix = fix;
    }
}

/// `with open(path, "w"): pass` makes an empty file, in every encoding.
fn only_made(context: &Context<'_>) -> bool {
    context.ancestors().find_map(|node| if let Node::Stmt(stmt) = node { Some(stmt) } else { None }).is_some_and(
        |stmt| matches!(stmt, Stmt::With(with) if with.body.iter().all(Stmt::is_pass_stmt)),
    )
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
}
