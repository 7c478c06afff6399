//! `unsafe-pickle-load`: data that runs code when it is read.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::{argument, callee_among, is_false, is_true};
use super::surroundings::around_text;
use super::{Detector, Hook, Report};
use crate::python::{Context, ModuleBindingKind};

pub(super) const DETECTOR: Detector = Detector { rule: "unsafe-pickle-load", hooks: &[Hook::Call(check)] };

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
    let Some(callee) = callee_among(context, call, &READERS) else { return };
    let reads = match callee.as_str() {
        "torch.load" => argument(call, "weights_only", None).given().is_some_and(is_false),
        "numpy.load" => argument(call, "allow_pickle", Some(2)).given().is_some_and(is_true),
        _ => true,
    };
    if reads && !writes_it_too(context) && !is_asked_for(context) {
        report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]);
    }
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
    fn every_reader_is_found() {
        let source = "\
import dill, joblib, numpy as np, pickle, torch
from pickle import Unpickler
def load(file, data):
    pickle.load(file)
    pickle.loads(data)
    Unpickler(file).load()
    dill.load(file)
    joblib.load(file)
    torch.load(file, weights_only=False)
    np.load(file, allow_pickle=True)
    json.dump(data, file)
";
        let expected = ["pickle.load", "pickle.loads", "Unpickler", "dill.load", "joblib.load", "torch.load", "np.load"];
        assert_eq!(found(RULE, source), expected);
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
