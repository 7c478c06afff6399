//! `hardcoded-temp-path`: a file whose name anyone can foresee, where anyone can write.

use ruff_python_ast::{self as ast, Expr};

use super::support::is_symbol;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "hardcoded-temp-path", hooks: &[Hook::Call(check)] };

const FOLDERS: [&str; 3] = ["/tmp/", "/var/tmp/", "/dev/shm/"];

/// Functions whose first argument is a path that they open, make or put together.
const FUNCTIONS: [&str; 14] = [
    "builtins.open",
    "codecs.open",
    "gzip.open",
    "logging.FileHandler",
    "os.makedirs",
    "os.mkdir",
    "os.open",
    "os.path.join",
    "pathlib.Path",
    "pathlib.PosixPath",
    "pathlib.PurePath",
    "shelve.open",
    "shutil.copytree",
    "sqlite3.connect",
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(path) = call.arguments.args.first() else { return };
    let text = match path {
        Expr::StringLiteral(text) => text.value.to_str(),
        Expr::FString(text) => match text.value.elements().next() {
            Some(ast::InterpolatedStringElement::Literal(first)) => &first.value,
            _ => return,
        },
        _ => return,
    };
    let Some(folder) = FOLDERS.into_iter().find(|folder| text.starts_with(folder)) else { return };
    let folder = folder.trim_end_matches('/');
    // The folder alone is joined with something that may well be unforeseeable.
    let alone = text.trim_end_matches('/') == folder && path.is_string_literal_expr();
    if !alone
        && is_symbol(context, &call.func, &FUNCTIONS)
    {
        report.at(path, &[("folder", folder)]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn only_paths_in_use_are_found() {
        let source = "\
import os, pathlib
print('/tmp/x')
WHERE = '/tmp/x'
open('tmp/x')
open('/tmpfiles/x')
pathlib.Path('/tmp')
os.listdir('/tmp/x')
open('/tmp/x')
pathlib.Path(f'/var/tmp/{name}.lock')
def test_it():
    open('/tmp/x')
";
        assert_eq!(found("hardcoded-temp-path", source), ["'/tmp/x'", "f'/var/tmp/{name}.lock'"]);
    }
}
