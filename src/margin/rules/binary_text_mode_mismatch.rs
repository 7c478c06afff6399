//! `binary-text-mode-mismatch`: text for a file of bytes, or bytes for a file of text.

use ruff_python_ast::{self as ast, Expr, StringFlags};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::file_mode::{Opened, opened};
use super::support::{argument, with_argument};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "binary-text-mode-mismatch", hooks: &[Hook::Call(check)] };

/// Functions that want a file: name and place of the parameter, and whether it must be binary.
const FUNCTIONS: [(&str, &str, usize, bool); 12] = [
    ("pickle.dump", "file", 1, true),
    ("pickle.load", "file", 0, true),
    ("marshal.dump", "file", 1, true),
    ("marshal.load", "file", 0, true),
    ("plistlib.dump", "fp", 1, true),
    ("plistlib.load", "fp", 0, true),
    ("tomllib.load", "fp", 0, true),
    ("json.dump", "fp", 1, false),
    ("csv.reader", "csvfile", 0, false),
    ("csv.writer", "csvfile", 0, false),
    ("csv.DictReader", "f", 0, false),
    ("csv.DictWriter", "f", 0, false),
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let (file, place, wants_binary) = match call.func.as_ref() {
        Expr::Attribute(callee) if callee.attr.as_str() == "write" => {
            let Some(given) = call.arguments.args.first() else { return };
            let is_binary = match context.infer(given) {
                Some(ty) if ty.is_builtin("str") => false,
                Some(ty) if ty.is_builtin("bytes") || ty.is_builtin("bytearray") => true,
                _ => return,
            };
            (&*callee.value, given, is_binary)
        }
        callee => {
            let Some(symbol) = super::support::symbol(context, callee) else { return };
            let Some((_, keyword, at, binary)) = FUNCTIONS.iter().find(|(name, ..)| *name == symbol) else { return };
            let Some(file) = argument(call, keyword, Some(*at)).given() else { return };
            (file, file, *binary)
        }
    };
    let Some(found) = opened(context, file) else { return };
    if found.is_binary != wants_binary {
        let kind = |binary| if binary { "bytes" } else { "text" };
        let fix = with_mode(context, &found);
        let function = context.text(call.func.as_ref());
        let finding = report.at(
            place,
            &[("function", function), ("wanted", kind(wants_binary)), ("opened", kind(found.is_binary))],
        );
        finding.fix = fix;
        finding.related.push((found.call.range(), format!("opened for {} here", kind(found.is_binary))));
    }
}

/// The other mode in the call that opens the file.
fn with_mode(context: &Context<'_>, file: &Opened<'_>) -> Option<Fix> {
    // Arguments that are for text only are in the way of bytes.
    let for_text = ["encoding", "errors", "newline"].iter().any(|name| file.call.arguments.find_keyword(name).is_some());
    let Some(mode) = file.mode else {
        return if for_text { None } else { with_argument(context, file.call, "mode=\"rb\"", false) };
    };
    let [part] = mode.value.as_slice() else { return None };
    let edit = if file.is_binary {
        let at = context.text(mode).find('b')?;
        let start = mode.start() + TextSize::new(at as u32);
        // A prefix is no part of the mode.
        if context.text(mode).starts_with(['b', 'B']) {
            return None;
        }
        Edit::delete(TextRange::at(start, TextSize::new(1)))
    } else if for_text {
        return None;
    } else {
        let text = context.text(mode);
        let quote = part.flags.quote_str();
        let end = mode.end() - TextSize::new(quote.len() as u32);
        match text.find('t') {
            Some(at) => Edit::replace(TextRange::at(mode.start() + TextSize::new(at as u32), TextSize::new(1)), "b"),
            None => Edit::insert(end, "b"),
        }
    };
    let kind = if file.is_binary { "text" } else { "bytes" };
    Some(Fix { title: format!("Open the file for {kind}"), safe: false, edits: vec![edit], imports: Vec::new() })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn what_fits_or_is_unknown_is_fine() {
        let quiet = "\
import csv, json, pickle
def f(path, data, mode):
    with open(path, 'wb') as file:
        file.write(b'x')
        file.write(data)
        pickle.dump(data, file)
    with open(path, 'w') as file:
        file.write('x')
        json.dump(data, file)
    with open(path, mode) as file:
        pickle.dump(data, file)
    with open(path, 'rb') as file:
        json.load(file)
    with gzip_open(path) as file:
        csv.reader(file)
";
        assert!(found("binary-text-mode-mismatch", quiet).is_empty());
    }

    #[test]
    fn the_mode_is_changed() {
        let source = "\
import json, pickle
def f(path, data):
    with open(path, 'w') as file:
        pickle.dump(data, file)
    with open(path, mode=\"wb+\") as file:
        file.write(f'{data}')
    with open(path) as file:
        pickle.load(file)
    with open(path, 'wt') as file:
        file.write('x'.encode())
    with open(path, 'w', encoding='utf-8') as file:
        file.write(b'x')
";
        let expected = "\
import json, pickle
def f(path, data):
    with open(path, 'wb') as file:
        pickle.dump(data, file)
    with open(path, mode=\"w+\") as file:
        file.write(f'{data}')
    with open(path, mode=\"rb\") as file:
        pickle.load(file)
    with open(path, 'wb') as file:
        file.write('x'.encode())
    with open(path, 'w', encoding='utf-8') as file:
        file.write(b'x')
";
        assert_eq!(found("binary-text-mode-mismatch", source).len(), 5);
        assert_eq!(fixed("binary-text-mode-mismatch", source), expected);
    }
}
