//! `tz-replace-after-parse`: a time zone put over the one that was read.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::support::is_call_of;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "tz-replace-after-parse", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(callee) = call.func.as_ref() else { return };
    let Some(zone) = call.arguments.find_keyword("tzinfo").filter(|_| callee.attr.as_str() == "replace") else { return };
    // Without an offset is how the time is wanted then.
    if zone.value.is_none_literal_expr() {
        return;
    }
    let Expr::Call(parsed) = callee.value.as_ref() else { return };
    let with_offset = if is_call_of(context, &callee.value, &["datetime.datetime.fromisoformat"]) {
        // What stands in the program can be seen to have none.
        match parsed.arguments.args.first() {
            Some(Expr::StringLiteral(text)) => has_offset(text.value.to_str()),
            // Whether a text has one is not known; often it is known to have none.
            _ => false,
        }
    } else if is_call_of(context, &callee.value, &["datetime.datetime.strptime"]) {
        matches!(parsed.arguments.args.get(1), Some(Expr::StringLiteral(format)) if format.value.to_str().contains("%z"))
    } else {
        false
    };
    if with_offset {
        let place = TextRange::new(callee.attr.start(), call.end());
        report.at(place, &[("function", context.text(parsed.func.as_ref()))]);
    }
}

fn has_offset(time: &str) -> bool {
    let clock = time.get(10..).unwrap_or_default();
    clock.contains(['+', '-', 'Z'])
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn times_without_offset_are_labelled() {
        let quiet = "\
from datetime import datetime, timezone
datetime.fromisoformat('2024-05-06T10:00:00').replace(tzinfo=timezone.utc)
datetime.fromisoformat(text).replace(tzinfo=None)
datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
datetime.fromisoformat(text).replace(hour=0)
datetime.fromisoformat(text).astimezone(timezone.utc)
datetime.strptime(text, '%Y-%m-%d').replace(tzinfo=timezone.utc)
'a'.replace(tzinfo=timezone.utc)
";
        assert!(found("tz-replace-after-parse", quiet).is_empty());
    }

    #[test]
    fn an_offset_that_was_read_is_not_overwritten() {
        let source = "\
import datetime as dt
dt.datetime.strptime(text, '%Y-%m-%dT%H:%M:%S%z').replace(tzinfo=zone)
dt.datetime.fromisoformat('2024-05-06T10:00:00+02:00').replace(tzinfo=dt.UTC)
";
        let expected = ["replace(tzinfo=zone)", "replace(tzinfo=dt.UTC)"];
        assert_eq!(found("tz-replace-after-parse", source), expected);
    }
}
