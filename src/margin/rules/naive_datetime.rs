//! `naive-datetime`: the time without saying where.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::{Ranged, TextSize};

use super::support::{Argument, Go, argument, function_text, is_large, is_name, last_name, string, symbol_among, walk_with_parents};
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::{Edit, Fix};
use crate::python::{Context, Node, PythonVersion};

pub(super) const DETECTOR: Detector = Detector { rule: "naive-datetime", hooks: &[Hook::Call(check)] };

const MAKERS: [&str; 5] = [
    "datetime.datetime.utcnow",
    "datetime.datetime.utcfromtimestamp",
    "datetime.datetime.today",
    "datetime.datetime.now",
    "datetime.datetime.fromtimestamp",
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(callee) = symbol_among(context, &call.func, &MAKERS) else { return };
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
    // A line of a log is read where it is written, and so is what a script or a demonstration says.
    if !is_utc && (is_logged(context) || is_of_record(call) || is_chosen(context) || in_script(context) || is_only_shown(context)) {
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

/// `datetime.fromtimestamp(record.created)`: the time of a line of a log.
fn is_of_record(call: &ast::ExprCall) -> bool {
    matches!(call.arguments.args.first(), Some(Expr::Attribute(time)) if time.attr.as_str() == "created"
        && last_name(&time.value).is_some_and(|name| matches!(name, "record" | "log_record" | "logrecord")))
}

fn in_script(context: &Context<'_>) -> bool {
    context.in_main_guard() || ["demo", "demos", "turtledemo"].iter().any(|folder| context.environment.is_below(folder))
}

/// `now = datetime.now()` of which the function only reads parts: `now.hour`, `now.strftime("%H:%M")`.
fn is_only_shown(context: &Context<'_>) -> bool {
    let (Some(Node::Stmt(Stmt::Assign(assign))), Some(def)) = (context.parent(), context.enclosing_function()) else {
        return false;
    };
    let [Expr::Name(variable)] = assign.targets.as_slice() else { return false };
    let is_local = context.scopes().last().is_some_and(|scope| {
        !scope.get(&variable.id).is_empty() && !scope.globals.contains(variable.id.as_str()) && !scope.nonlocals.contains(variable.id.as_str())
    });
    if !is_local || is_large(def) {
        return false;
    }
    let mut parts = 0;
    let mut others = 0;
    walk_with_parents(&def.body, |node, parents| {
        if let AnyNodeRef::ExprName(name) = node
            && name.id == variable.id
            && name.ctx.is_load()
        {
            if is_part(name, parents) { parts += 1 } else { others += 1 }
        }
        Go::In
    });
    parts > 0 && others == 0
}

/// `now.year`, `now.strftime(...)` without the zone; `isinstance(now, datetime)` and `now is None` read nothing.
fn is_part(name: &ast::ExprName, parents: &[AnyNodeRef<'_>]) -> bool {
    const PARTS: [&str; 14] = [
        "year", "month", "day", "hour", "minute", "second", "microsecond", "weekday", "isoweekday", "isocalendar", "date",
        "time", "timetuple", "ctime",
    ];
    match parents {
        [.., AnyNodeRef::ExprCall(call), AnyNodeRef::ExprAttribute(part)] if part.attr.as_str() == "strftime" => {
            let format = call.arguments.args.first().and_then(string);
            format.is_some_and(|format| !format.contains("%z") && !format.contains("%Z"))
        }
        [.., AnyNodeRef::ExprAttribute(part)] => PARTS.contains(&part.attr.as_str()),
        [.., AnyNodeRef::ExprCall(call), AnyNodeRef::Arguments(_)] => is_name(&call.func, "isinstance"),
        [.., AnyNodeRef::ExprCompare(compare)] => {
            compare.left.range() == name.range && compare.comparators.iter().all(Expr::is_none_literal_expr)
        }
        _ => false,
    }
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
    use crate::margin::Options;
    use crate::margin::rules::tests::{fixed, found, found_with};

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
def greeting():
    now = datetime.now()
    return 'Good morning' if now.hour < 12 else now.strftime('%H:%M')
def stamp(time=None):
    if time is None:
        time = datetime.now()
    elif not isinstance(time, datetime):
        raise TypeError(time.year)
    return time.strftime('%d ') + MONTHS[time.month]
def emit(self, record):
    self.render(log_time=datetime.fromtimestamp(record.created))
";
        assert!(found("naive-datetime", quiet).is_empty());
        let source = "\
from datetime import datetime
def late(deadline, token):
    now = datetime.now()
    print(now.hour)
    born = datetime.fromtimestamp(token.created)
    return now > deadline
def zone():
    now = datetime.now()
    return now.strftime('%H:%M %z')
def old():
    now = datetime.utcnow()
    return now.year
def kept():
    global now
    now = datetime.now()
    return now.year
";
        assert_eq!(found("naive-datetime", source).len(), 5);
        let demo = Options { file_name: "turtledemo/clock.py".to_owned(), ..Options::default() };
        assert!(found_with("naive-datetime", "from datetime import datetime\nx = datetime.now()\n", &demo).is_empty());
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
