//! `path-traversal`: a path from a client that may lead anywhere.

use ruff_python_ast::{self as ast, Expr, Operator};
use ruff_text_size::Ranged;

use super::interpolation::inserted;
use super::support::{function_text, is_symbol, symbol, value_of};
use super::web::{is_sent, is_serving};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "path-traversal", hooks: &[Hook::Call(check)] };

/// Functions that read, write, send or remove the file at a path.
const SINKS: [&str; 16] = [
    "builtins.open",
    "io.open",
    "flask.send_file",
    "fastapi.responses.FileResponse",
    "starlette.responses.FileResponse",
    "django.http.FileResponse",
    "os.remove",
    "os.unlink",
    "os.rmdir",
    "os.makedirs",
    "os.mkdir",
    "os.listdir",
    "os.scandir",
    "shutil.rmtree",
    "shutil.copyfile",
    "shutil.move",
];

/// Methods of a path that do.
const METHODS: [&str; 11] = [
    "open",
    "read_text",
    "read_bytes",
    "write_text",
    "write_bytes",
    "unlink",
    "rmdir",
    "mkdir",
    "touch",
    "iterdir",
    "rename",
];

/// What a function that checks a path has in its text.
const CHECKS: [&str; 10] = [
    "is_relative_to",
    "relative_to(",
    "commonpath",
    "commonprefix",
    "secure_filename",
    "safe_join",
    "basename",
    ".parents",
    "fullmatch",
    "startswith(",
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if !is_serving(context) {
        return;
    }
    let path = match call.func.as_ref() {
        Expr::Attribute(method) if METHODS.contains(&method.attr.as_str()) && symbol(context, &call.func).is_none() => {
            method.value.as_ref()
        }
        function => {
            let is_sink = is_symbol(context, function, &SINKS);
            match call.arguments.args.first().or_else(|| call.arguments.find_keyword("path").map(|keyword| &keyword.value)) {
                Some(path) if is_sink => path,
                _ => return,
            }
        }
    };
    let Some(sent) = sent_part(context, path, 4) else { return };
    let checked = function_text(context).is_none_or(|text| CHECKS.iter().any(|check| text.contains(check)));
    if !checked {
        report.at(path.range(), &[("sent", context.text(sent))]);
    }
}

/// The part of a path that the client has chosen.
fn sent_part<'a>(context: &Context<'a>, path: &'a Expr, steps: u8) -> Option<&'a Expr> {
    let steps = steps.checked_sub(1)?;
    if is_sent(context, path) {
        return Some(path);
    }
    match path {
        Expr::Name(_) => {
            let value = value_of(context, path);
            (!std::ptr::eq(value, path)).then(|| sent_part(context, value, steps))?
        }
        Expr::BinOp(ast::ExprBinOp { left, op: Operator::Div, right, .. }) => {
            sent_part(context, right, steps).or_else(|| sent_part(context, left, steps))
        }
        Expr::Call(call) => match call.func.as_ref() {
            Expr::Attribute(method) if method.attr.as_str() == "joinpath" => {
                call.arguments.args.iter().find_map(|part| sent_part(context, part, steps))
            }
            Expr::Attribute(method) if matches!(method.attr.as_str(), "resolve" | "absolute") => {
                sent_part(context, &method.value, steps)
            }
            function => {
                let joins = symbol(context, function).is_some_and(|symbol| {
                    matches!(symbol.as_str(), "os.path.join" | "pathlib.Path" | "pathlib.PurePath" | "os.path.abspath" | "builtins.str")
                });
                if joins {
                    return call.arguments.args.iter().find_map(|part| sent_part(context, part, steps));
                }
                inserted(path).into_iter().find_map(|part| sent_part(context, part, steps))
            }
        },
        _ => inserted(path).into_iter().find_map(|part| sent_part(context, part, steps)),
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn checked_and_own_paths_are_fine() {
        let quiet = "\
from pathlib import Path
from flask import Flask, request, send_file
from werkzeug.utils import secure_filename
app = Flask(__name__)
BASE = Path('uploads')
@app.get('/files/<name>')
def checked(name):
    path = (BASE / name).resolve()
    if not path.is_relative_to(BASE):
        return '', 404
    return path.read_text()
@app.get('/files/<int:number>')
def numbered(number):
    return (BASE / f'{number}.txt').read_text()
@app.get('/pages/{page}')
def page(page: int, kind: str = 'txt'):
    return Path('pages', str(page)).read_text()
@app.post('/files')
def stored():
    return open(BASE / secure_filename(request.args['name']))
def command(name):
    return open(name)
";
        assert!(found("path-traversal", quiet).is_empty());
    }

    #[test]
    fn paths_from_clients_are_found() {
        let source = "\
import os
from pathlib import Path
from fastapi import FastAPI
from fastapi.responses import FileResponse
from flask import request
app = FastAPI()
BASE = Path('uploads')
@app.get('/files/{name}')
def read(name: str):
    return FileResponse(BASE / name)
@app.get('/text')
async def text(name: str):
    path = os.path.join('uploads', name)
    with open(path) as file:
        return file.read()
@app.get('/flask')
def flask():
    name = request.args.get('name')
    (BASE / name).unlink()
    return open(f'uploads/{name}').read()
";
        assert_eq!(found("path-traversal", source), ["BASE / name", "path", "BASE / name", "f'uploads/{name}'"]);
    }
}
