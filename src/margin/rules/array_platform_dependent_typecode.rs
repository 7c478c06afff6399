//! `array-platform-dependent-typecode`: bytes whose layout depends on where they are written.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::support::{argument, is_call_of, string, value_of};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "array-platform-dependent-typecode", hooks: &[Hook::Call(check)] };

const BINARY: [&str; 4] = ["tobytes", "tofile", "frombytes", "fromfile"];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(method) = call.func.as_ref() else { return };
    if !BINARY.contains(&method.attr.as_str()) {
        return;
    }
    let made = value_of(context, &method.value);
    let (Expr::Call(array), true) = (made, is_call_of(context, made, &["array.array"])) else { return };
    let Some(code) = argument(array, "", Some(0)).given().and_then(string) else { return };
    if matches!(code, "l" | "L") {
        report.at(method.attr.range(), &[("code", code), ("method", &method.attr)]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn fixed_widths_and_memory_are_fine() {
        let quiet = "\
from array import array
def save(file):
    ids = array('q', [1])
    ids.tofile(file)
    counts = array('l', [1])
    counts.append(2)
    text.tobytes()
";
        assert!(found("array-platform-dependent-typecode", quiet).is_empty());
    }
}
