//! `naive-datetime`: the time without saying where.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextSize};

use super::support::{Argument, argument, function_text, last_name, symbol};
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::{Edit, Fix};
use crate::python::{Context, Node, PythonVersion};

pub(super) const DETECTOR: Detector = Detector { rule: "naive-datetime", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(callee) = symbol(context, &call.func) else { return };
    let Some(method) = callee.strip_prefix("datetime.datetime.") else { return };
    let is_utc = method.starts_with("utc");
    let (aware, tz_at) = match method {
        "utcnow" | "today" => ("now", None),
        "utcfromtimestamp" => ("fromtimestamp", None),
        "now" => ("now", Some(0)),
        "fromtimestamp" => ("fromtimestamp", Some(1)),
        _ => return,
    };
    if let Some(position) = tz_at
        && !matches!(argument(call, "tz", Some(position)), Argument::Absent | Argument::Given(Expr::NoneLiteral(_)))
    {
        return;
    }
    // Only a part of it is used, or it is made aware at once.
    if !is_utc && matches!(context.parent(), Some(Node::Expr(Expr::Attribute(part))) if part.attr.as_str() != "isoformat") {
        return;
    }
    // A line of a log is read where it is written, and so is what a script says.
    if !is_utc && (is_logged(context) || is_chosen(context) || context.in_main_guard()) {
        return;
    }
    let fix = with_zone(context, call, aware, report.target());
    let shown = context.text(call.func.as_ref());
    if is_utc {
        let message = format!("`{shown}` gives UTC without saying so, and is deprecated since Python 3.12; pass the zone to `{aware}`");
        report.say(call.func.range(), message).fix = fix;
    } else {
        report.at(call.func.range(), &[("symbol", shown)]).fix = fix;
    }
}

/// An argument of `logger.warning(...)`, `print(...)` and the like.
fn is_logged(context: &Context<'_>) -> bool {
    const WRITING: [&str; 10] =
        ["critical", "debug", "echo", "error", "exception", "info", "log", "print", "warn", "warning"];
    matches!(context.parent(), Some(Node::Expr(Expr::Call(call))) if last_name(&call.func).is_some_and(|name| WRITING.contains(&name)))
}

/// In `__repr__`, or where the same function has a branch for UTC: local time is meant.
fn is_chosen(context: &Context<'_>) -> bool {
    let shows = context.enclosing_function().is_some_and(|def| matches!(def.name.as_str(), "__repr__" | "__str__"));
    shows || function_text(context).is_some_and(|text| ["timezone.utc", "datetime.UTC", "(UTC)"].iter().any(|zone| text.contains(zone)))
}

/// `datetime.now(datetime.UTC)`.
fn with_zone(context: &Context<'_>, call: &ast::ExprCall, method: &str, target: PythonVersion) -> Option<Fix> {
    let Expr::Attribute(function) = call.func.as_ref() else { return None };
    // A zone that is given, as `None`, is replaced by hand.
    if !call.arguments.keywords.is_empty() || call.arguments.args.iter().any(Expr::is_none_literal_expr) {
        return None;
    }
    let (zone, import) = if target >= PythonVersion::three(11) && !imports_timezone(context) {
        spelling(context, "datetime.UTC", call.start())?
    } else {
        let (timezone, import) = spelling(context, "datetime.timezone", call.start())?;
        (format!("{timezone}.utc"), import)
    };
    let place = call.end() - TextSize::new(1);
    let comma = if call.arguments.is_empty() { "" } else { ", " };
    Some(Fix {
        title: format!("Ask for UTC: `{method}({zone})`"),
        safe: false,
        edits: vec![Edit::replace(function.attr.range, method), Edit::insert(place, format!("{comma}{zone}"))],
        imports: import.into_iter().collect(),
    })
}

/// The file already writes `timezone.utc`.
fn imports_timezone(context: &Context<'_>) -> bool {
    context.table.bindings_of("timezone").next().is_some()
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn a_zone_or_a_part_of_the_day_is_fine() {
        let quiet = "\
import datetime as dt
from datetime import datetime, timezone
datetime.now(timezone.utc)
datetime.now(tz=zone)
datetime.now().date()
datetime.now().astimezone()
datetime.fromtimestamp(stamp, tz=timezone.utc)
dt.date.today()
dt.datetime(2024, 1, 1)
mine.now()
";
        assert!(found("naive-datetime", quiet).is_empty());
    }

    #[test]
    fn the_zone_is_written_as_the_file_writes() {
        let source = "import datetime as dt\nx = dt.datetime.utcnow(), dt.datetime.fromtimestamp(1)\n";
        assert_eq!(found("naive-datetime", source), ["dt.datetime.utcnow", "dt.datetime.fromtimestamp"]);
        let expected = "import datetime as dt\nx = dt.datetime.now(dt.UTC), dt.datetime.fromtimestamp(1, dt.UTC)\n";
        assert_eq!(fixed("naive-datetime", source), expected);
        assert_eq!(
            fixed("naive-datetime", "from datetime import datetime\nx = datetime.today()\n"),
            "from datetime import datetime\nfrom datetime import UTC\nx = datetime.now(UTC)\n",
        );
        assert_eq!(
            fixed("naive-datetime", "from datetime import datetime, timezone\nx = datetime.now()\n"),
            "from datetime import datetime, timezone\nx = datetime.now(timezone.utc)\n",
        );
    }
}
