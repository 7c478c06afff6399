//! `jinja2-autoescape-off`: templates that put values into pages as they are.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::{Argument, argument, is_false, is_symbol, with_argument};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "jinja2-autoescape-off", hooks: &[Hook::CallOf(&CLASSES, check)] };

const CLASSES: [&str; 6] = [
    "jinja2.Environment",
    "jinja2.Template",
    "jinja2.environment.Environment",
    "jinja2.environment.Template",
    "jinja2.sandbox.SandboxedEnvironment",
    "jinja2.sandbox.ImmutableSandboxedEnvironment",
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if !is_symbol(context, &call.func, &CLASSES) {
        return;
    }
    let (place, fix) = match argument(call, "autoescape", None) {
        Argument::Given(value) if is_false(value) => (value.range(), Some(report.fix("Use `True`", value, "True"))),
        Argument::Absent => (call.func.range(), with_argument(context, call, "autoescape=True", false)),
        _ => return,
    };
    report.at(place, &[("symbol", context.text(call.func.as_ref()))]).fix = fix;
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn escaping_that_is_decided_is_fine() {
        let quiet = "\
from jinja2 import Environment, select_autoescape
from nunjucks import Template
Environment(autoescape=True)
Environment(autoescape=select_autoescape())
Environment(autoescape=is_html)
Environment(**options)
Template('x')
";
        assert!(found("jinja2-autoescape-off", quiet).is_empty());
    }

    #[test]
    fn the_fix_turns_it_on() {
        let source = "import jinja2\njinja2.Environment(loader=loader)\njinja2.Template(text, autoescape=False)\n";
        assert_eq!(found("jinja2-autoescape-off", source), ["jinja2.Environment", "False"]);
        let expected = "\
import jinja2
jinja2.Environment(loader=loader, autoescape=True)
jinja2.Template(text, autoescape=True)
";
        assert_eq!(fixed("jinja2-autoescape-off", source), expected);
    }
}
