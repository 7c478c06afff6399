//! `manual-email-date-parsing`: the date of a mail or an HTTP header, read by hand.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::{argument, has_comment, string, symbol};
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "manual-email-date-parsing", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(format) = argument(call, "", Some(1)).given() else { return };
    if !string(format).is_some_and(|format| format.starts_with("%a, %d %b %Y %H:%M")) {
        return;
    }
    if symbol(context, &call.func).is_none_or(|symbol| symbol != "datetime.datetime.strptime") {
        return;
    }
    let fix = spelling(context, "email.utils.parsedate_to_datetime", call.start())
        .filter(|_| !has_comment(context, call.range()))
        .map(|(parse, import)| Fix {
            title: format!("Use `{parse}`"),
            safe: false,
            edits: vec![Edit::replace(call.range(), format!("{parse}({})", context.text(&call.arguments.args[0])))],
            imports: import.into_iter().collect(),
        });
    report.at(call.func.range(), &[("format", string(format).unwrap_or_default())]).fix = fix;
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn other_formats_have_no_parser_of_their_own() {
        let quiet = "from datetime import datetime\ndatetime.strptime(t, '%Y-%m-%d')\ndatetime.strptime(t, f)\ndatetime.strftime(t, '%a, %d %b %Y %H:%M:%S')\n";
        assert!(found("manual-email-date-parsing", quiet).is_empty());
    }

    #[test]
    fn the_parser_is_imported() {
        let source = "from datetime import datetime\ndatetime.strptime(t, '%a, %d %b %Y %H:%M:%S %z')\n";
        let expected = "from datetime import datetime\nimport email.utils\nemail.utils.parsedate_to_datetime(t)\n";
        assert_eq!(fixed("manual-email-date-parsing", source), expected);
    }
}
