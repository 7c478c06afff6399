//! `array-unicode-typecode`: an array of characters of a width that depends on the platform.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::{argument, string, symbol};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "array-unicode-typecode", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(code) = argument(call, "", Some(0)).given().filter(|code| string(code) == Some("u")) else { return };
    if symbol(context, &call.func).is_some_and(|symbol| symbol == "array.array") {
        let text = context.text(code).replace('u', "w");
        // `u"u"`: the prefix is no type code.
        let fix = (text.matches('w').count() == 1).then(|| report.fix("Use the type code `w`", code.range(), text));
        report.at(code.range(), &[]).fix = fix;
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found, found_with};
    use crate::margin::Options;
    use crate::python::PythonVersion;

    #[test]
    fn only_the_code_for_characters_is_found() {
        let source = "from array import array\narray('u', 'text')\narray('b')\nother('u')\n";
        assert_eq!(found("array-unicode-typecode", source), ["'u'"]);
        assert_eq!(fixed("array-unicode-typecode", source), source.replace("array('u'", "array('w'"));
        let older = Options { target: PythonVersion::three(12), ..Options::default() };
        assert!(found_with("array-unicode-typecode", source, &older).is_empty());
    }
}
