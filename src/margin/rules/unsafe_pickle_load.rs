//! `unsafe-pickle-load`: data that runs code when it is read.

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::origins::{is_networked, origins};
use super::support::{argument, callee_among, function_text, is_false, is_true, string, words};
use super::surroundings::around_text;
use super::{Detector, Hook, Report};
use crate::python::{Context, ModuleBindingKind};

pub(super) const DETECTOR: Detector = Detector { rule: "unsafe-pickle-load", hooks: &[Hook::CallOf(&READERS, check)] };

const READERS: [&str; 14] = [
    "pickle.load",
    "pickle.loads",
    "pickle.Unpickler",
    "dill.load",
    "dill.loads",
    "dill.load_session",
    "cloudpickle.load",
    "cloudpickle.loads",
    "joblib.load",
    "jsonpickle.decode",
    "pandas.read_pickle",
    "shelve.open",
    "torch.load",
    "numpy.load",
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(callee) = reader(context, call) else { return };
    if is_foreign(context, &callee, call) && !is_signed(context) {
        report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]);
    }
}

/// The function that a call reads pickled data with, unless the code shows that it is the program's own, or asked for.
pub(super) fn reader(context: &Context<'_>, call: &ast::ExprCall) -> Option<Name> {
    let callee = callee_among(context, call, &READERS)?;
    let reads = match callee.as_str() {
        "torch.load" => argument(call, "weights_only", None).given().is_some_and(is_false),
        "numpy.load" => argument(call, "allow_pickle", Some(2)).given().is_some_and(is_true),
        _ => true,
    };
    (reads && !writes_it_too(context) && !is_asked_for(context)).then_some(callee)
}

/// Whether somebody else sent the data, as far as the function shows: it was received or fetched, or a parameter says so by its
/// name. Most programs read in a file what they have written themselves, and on their standard input what another part of them sends.
pub(super) fn is_foreign(context: &Context<'_>, callee: &str, call: &ast::ExprCall) -> bool {
    const MESSAGES: [&str; 9] = ["body", "cookie", "datagram", "message", "msg", "packet", "received", "request", "upload"];
    let Some(data) = call.arguments.args.first() else { return false };
    let origins = origins(context, data);
    let says = |name: &str| words(name).iter().any(|word| MESSAGES.contains(&word.trim_end_matches('s')));
    // A name of a message is one of data; a file handle is another thing.
    let is_data = callee.rsplit('.').next() == Some("loads") || callee == "jsonpickle.decode";
    let is_message = || root(data).is_some_and(|name| says(&name.id)) || context.at_module_level() && is_networked(context);
    let is_fetched = string(data).is_some_and(|path| path.contains("://"));
    origins.received || is_fetched || is_data && origins.given && is_message()
}

/// The name that data is taken out of: `body` of `base64.b64decode(body[4:])`.
fn root(data: &Expr) -> Option<&ast::ExprName> {
    match data {
        Expr::Name(name) => Some(name),
        Expr::Subscript(item) => root(&item.value),
        Expr::Call(call) => root(call.arguments.args.first()?),
        _ => None,
    }
}

/// Whether the function has looked at a signature before.
fn is_signed(context: &Context<'_>) -> bool {
    function_text(context).is_some_and(|text| ["hmac.", "compare_digest", "verify"].iter().any(|word| text.contains(word)))
}

/// Whether the caller says that pickles are welcome: `allow_pickle=True`.
fn is_asked_for(context: &Context<'_>) -> bool {
    let parameters = context.enclosing_function().map(|def| def.parameters.iter_non_variadic_params());
    parameters.is_some_and(|mut all| all.any(|one| one.name().contains("pickle") && one.default().is_some()))
}

/// Whether the function or class around also writes: `dump` beside `load` reads what the program itself has written.
fn writes_it_too(context: &Context<'_>) -> bool {
    let writes = |text: &str| ["dump(", "dumps(", "Pickler(", "to_pickle("].iter().any(|call| writes(text, call));
    let imports_writer = ["Pickler", "dump", "dumps"].iter().any(|name| imports(context, name));
    imports_writer || !context.at_module_level() && around_text(context).is_some_and(writes)
}

/// `from pickle import Pickler, Unpickler`.
fn imports(context: &Context<'_>, name: &str) -> bool {
    context.table.bindings_of(name).any(|binding| match &binding.kind {
        ModuleBindingKind::Import(symbol) => symbol.starts_with("pickle.") || symbol.starts_with("_pickle."),
        _ => false,
    })
}

/// Whether a text has a call that is no part of a longer name (`Unpickler(`), and of no other format (`json.dump(`).
fn writes(text: &str, call: &str) -> bool {
    text.match_indices(call).any(|(at, _)| {
        let before = &text[..at];
        let of_pickle = ["pickle.", "dill.", "joblib.", "torch.", "numpy.", "np."].iter().any(|module| before.ends_with(module));
        of_pickle || call == "to_pickle(" || !before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_' || letter == '.')
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    const RULE: &str = "unsafe-pickle-load";

    #[test]
    fn every_reader_of_what_others_send_is_found() {
        let source = "\
import base64, dill, io, joblib, numpy as np, pickle, requests, socket, torch
from pickle import Unpickler
def load(sock, request, body):
    pickle.load(request.files['model'])
    pickle.loads(sock.recv(4096))
    Unpickler(request.files['model']).load()
    dill.load(io.BytesIO(requests.get(url).content))
    joblib.load(request.files['model'])
    torch.load(io.BytesIO(sock.recv(4096)), weights_only=False)
    np.load(io.BytesIO(sock.recv(4096)), allow_pickle=True)
    pickle.loads(requests.get(url).content)
    pickle.loads(base64.b64decode(body))
    json.dump(data, file)
connection, address = server.accept()
data = connection.recv(4096)
pickle.loads(data)
";
        let expected = [
            "pickle.load", "pickle.loads", "Unpickler", "dill.load", "joblib.load", "torch.load", "np.load", "pickle.loads", "pickle.loads",
            "pickle.loads",
        ];
        assert_eq!(found(RULE, source), expected);
        let url = "import pandas\npandas.read_pickle('https://example.org/prices.pkl')\n";
        assert_eq!(found(RULE, url), ["pandas.read_pickle"]);
    }

    #[test]
    fn a_file_may_be_the_programs_own() {
        let source = "\
import hmac, pickle, sys
def load(path, column):
    with open(path, 'rb') as file:
        return pickle.load(file), pickle.loads(column)
def work():
    job = pickle.load(sys.stdin.buffer)
    return pickle.load(open(sys.argv[1], 'rb'))
def cookie(request, key):
    signature, message = request.cookies['user'].split('?')
    if hmac.compare_digest(signature, sign(key, message)):
        return pickle.loads(message)
";
        assert!(found(RULE, source).is_empty());
        assert_eq!(found("pickle-for-serialization", source).len(), 4);
    }

    #[test]
    fn what_reads_plain_data_or_its_own_is_left_alone() {
        let quiet = "\
import json, numpy, pandas, pickle, torch
json.load(file)
torch.load(file)
torch.load(file, weights_only=True)
numpy.load(file)
class Cache:
    def load(self, path):
        with open(path, 'rb') as file:
            return pickle.load(file)
    def save(self, path, data):
        with open(path, 'wb') as file:
            pickle.dump(data, file)
def copied(data):
    return pickle.loads(pickle.dumps(data))
def round_trip(frame, path):
    frame.to_pickle(path)
    return pandas.read_pickle(path)
def parsed(data, *, allow_pickle=False):
    if allow_pickle:
        return pickle.loads(data)
def test_it():
    pickle.loads(data)
";
        assert!(found(RULE, quiet).is_empty());
        assert!(found(RULE, "from pickle import dumps, loads\ndef load(data):\n    return loads(data)\n").is_empty());
    }
}
