//! `naive-datetime`: the time without saying where.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Operator, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::support::{
    Argument, Go, argument, function_text, is_large, is_name, last_name, occurrences, string, symbol_among, walk_with_parents, words,
};
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::{Edit, Fix};
use crate::python::{BindingKind, Context, Node, PythonVersion};

pub(super) const DETECTOR: Detector = Detector { rule: "naive-datetime", hooks: &[Hook::CallOf(&MAKERS, check)] };

const MAKERS: [&str; 5] = [
    "datetime.datetime.utcnow",
    "datetime.datetime.utcfromtimestamp",
    "datetime.datetime.today",
    "datetime.datetime.now",
    "datetime.datetime.fromtimestamp",
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(callee) = symbol_among(context, &call.func, &MAKERS) else { return };
    let (aware, tz_at) = match callee.strip_prefix("datetime.datetime.") {
        Some("today") => ("now", None),
        Some("now") => ("now", Some(0)),
        Some("fromtimestamp") => ("fromtimestamp", Some(1)),
        // `utcnow`, `utcfromtimestamp`: a rule of their own.
        _ => return,
    };
    if let Some(position) = tz_at
        && !matches!(argument(call, "tz", Some(position)), Argument::Absent | Argument::Given(Expr::NoneLiteral(_)))
    {
        return;
    }
    // Only a part of it is used, or it is made aware at once.
    if matches!(context.parent(), Some(Node::Expr(Expr::Attribute(part))) if part.attr.as_str() != "isoformat") {
        return;
    }
    // A line of a log is read where it is written, and so is what a script or a demonstration says.
    if is_told(context)
        || is_of_record(call)
        || is_chosen(context)
        || in_script(context)
        || is_only_shown(context)
        || is_measure(context, call)
    {
        return;
    }
    let fix = with_zone(context, call, aware, report.target());
    report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]).fix = fix;
}

/// A part of a text for people: `f"{datetime.now()}"`, `str(datetime.now())`, `datetime.now().isoformat()[:19]`, an argument of
/// `logger.warning(...)` or `print(...)`. The text of `isoformat()` as it is may be for programs.
fn is_told(context: &Context<'_>) -> bool {
    const WRITING: [&str; 10] =
        ["critical", "debug", "echo", "error", "exception", "info", "log", "print", "warn", "warning"];
    let mut is_iso = false;
    let mut ancestors = context.ancestors().peekable();
    while let Some(Node::Expr(expr)) = ancestors.next() {
        match expr {
            Expr::Attribute(method) if method.attr.as_str() == "isoformat" && !is_iso => {
                is_iso = true;
                if !matches!(ancestors.next(), Some(Node::Expr(Expr::Call(_)))) {
                    return false;
                }
            }
            Expr::Attribute(_) | Expr::Subscript(_) => return is_iso,
            Expr::FString(_) if !is_iso => return true,
            Expr::BinOp(text) if text.op == Operator::Mod && !is_iso => return text.left.is_string_literal_expr(),
            Expr::FString(_) | Expr::Tuple(_) => {}
            Expr::BinOp(text) if matches!(text.op, Operator::Mod | Operator::Add) && is_iso => {}
            Expr::Call(call) => {
                let name = last_name(&call.func).unwrap_or_default();
                let is_text = |word: &String| matches!(word.as_str(), "format" | "str" | "text");
                if !is_iso && words(name).iter().any(is_text) || words(name).iter().any(|word| WRITING.contains(&word.as_str())) {
                    return true;
                }
                if !is_name(&call.func, "str") && name != "format" {
                    return false;
                }
            }
            _ => return false,
        }
    }
    false
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

/// What becomes of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate<'a> {
    /// It is taken from another such time, or compared with one.
    Measured,
    /// The variable holds it, or a time counted from it.
    Held(&'a str),
    /// Anything else.
    Other,
}

/// `start = datetime.now()`, and later `datetime.now() - start` in the same function: the zone falls out. All that becomes of
/// the time is such a difference or comparison.
fn is_measure<'a>(context: &Context<'a>, call: &'a ast::ExprCall) -> bool {
    let Some(def) = context.enclosing_function().filter(|def| !is_large(*def)) else { return false };
    let mut fates: Vec<(Option<&str>, Fate<'_>)> = Vec::new();
    walk_with_parents(&def.body, |node, parents| {
        match node {
            AnyNodeRef::ExprName(name) if name.ctx.is_load() => {
                fates.push((Some(&name.id), fate(context, name.range, parents)));
            }
            AnyNodeRef::ExprCall(other) if other.range() == call.range() => {
                fates.push((None, fate(context, call.range(), parents)));
            }
            _ => {}
        }
        Go::In
    });
    let mut held = vec![None];
    let mut next = 0;
    while let Some(&subject) = held.get(next) {
        next += 1;
        let mut of_subject = fates.iter().filter(|(name, _)| *name == subject).map(|(_, fate)| *fate).peekable();
        if of_subject.peek().is_none() {
            return false;
        }
        for fate in of_subject {
            match fate {
                Fate::Measured => {}
                Fate::Held(name) if !is_clock_name(context, name, 0) => return false,
                Fate::Held(name) if held.contains(&Some(name)) => {}
                Fate::Held(name) => held.push(Some(name)),
                Fate::Other => return false,
            }
        }
    }
    true
}

fn fate<'a>(context: &Context<'a>, mut place: TextRange, parents: &[AnyNodeRef<'a>]) -> Fate<'a> {
    for parent in parents.iter().rev() {
        match parent {
            AnyNodeRef::ExprBinOp(sum) if matches!(sum.op, Operator::Add | Operator::Sub) => {
                let other = if sum.left.range() == place { &sum.right } else { &sum.left };
                match (sum.op, is_clock(context, other, 0)) {
                    (Operator::Sub, true) => return Fate::Measured,
                    (_, false) if sum.op == Operator::Add || sum.left.range() == place => place = sum.range,
                    _ => return Fate::Other,
                }
            }
            AnyNodeRef::ExprCompare(compare) => {
                let mut others = std::iter::once(compare.left.as_ref()).chain(&compare.comparators).filter(|side| side.range() != place);
                return if others.all(|side| is_clock(context, side, 0)) { Fate::Measured } else { Fate::Other };
            }
            AnyNodeRef::StmtAssign(assign) => {
                return match assign.targets.as_slice() {
                    [Expr::Name(name)] => Fate::Held(&name.id),
                    _ => Fate::Other,
                };
            }
            _ => return Fate::Other,
        }
    }
    Fate::Other
}

/// Whether an expression is surely a time without a zone: made here, or counted from one that is.
fn is_clock<'a>(context: &Context<'a>, expr: &'a Expr, depth: usize) -> bool {
    const DEEPEST: usize = 8;
    match expr {
        _ if depth > DEEPEST => false,
        Expr::Name(name) => is_clock_name(context, &name.id, depth + 1),
        Expr::Call(call) => {
            symbol_among(context, &call.func, &MAKERS).is_some() && !call.arguments.keywords.iter().any(|keyword| keyword.arg.as_deref() == Some("tz"))
        }
        Expr::BinOp(sum) if matches!(sum.op, Operator::Add | Operator::Sub) => {
            is_clock(context, &sum.left, depth + 1) && !is_clock(context, &sum.right, depth + 1)
        }
        _ => false,
    }
}

/// Whether a local variable never holds anything but such times.
fn is_clock_name(context: &Context<'_>, name: &str, depth: usize) -> bool {
    let Some(scope) = context.scopes().last() else { return false };
    let bindings = scope.get(name);
    !bindings.is_empty()
        && !scope.globals.contains(name)
        && !scope.nonlocals.contains(name)
        && bindings.iter().all(|binding| matches!(binding.kind, BindingKind::Value(value) if is_clock(context, value, depth + 1)))
}

/// In `__repr__`, or where the same function has a branch for UTC, or speaks of local time: that is what is meant.
fn is_chosen(context: &Context<'_>) -> bool {
    const ZONES: [&str; 3] = ["timezone.utc", "datetime.UTC", "(UTC)"];
    const LOCAL: [&str; 5] = ["utc", "local_time", "local_tz", "localtime", "local time"];
    let shows = context.enclosing_function().is_some_and(|def| matches!(def.name.as_str(), "__repr__" | "__str__"));
    shows
        || function_text(context).is_some_and(|text| {
            ZONES.iter().any(|zone| text.contains(zone)) || LOCAL.iter().any(|word| occurrences(text, word) > 0)
        })
}

/// `datetime.now(datetime.UTC)`.
pub(super) fn with_zone(
    context: &Context<'_>,
    call: &ast::ExprCall,
    method: &str,
    target: PythonVersion,
) -> Option<Fix> {
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
def kept():
    global now
    now = datetime.now()
    return now.year
";
        assert_eq!(found("naive-datetime", source).len(), 4);
        let demo = Options { file_name: "turtledemo/clock.py".to_owned(), ..Options::default() };
        assert!(found_with("naive-datetime", "from datetime import datetime\nx = datetime.now()\n", &demo).is_empty());
    }

    #[test]
    fn measured_and_told_times_need_no_zone() {
        let quiet = "\
import time
from datetime import datetime, timedelta
def run(work, log, path):
    start = datetime.now()
    end = start + timedelta(seconds=5)
    while datetime.now() < end:
        work()
    finish = datetime.now()
    taken = finish - start
    log.info('%s: took %s' % (datetime.now(), taken))
    backup = f'{path}-{datetime.now()}', str(datetime.now()), datetime.now().isoformat()[:19]
    print_line(datetime.now().isoformat())
    return datetime.now() - datetime.fromtimestamp(work.started), backup
def value(self, stamp):
    return at_zero(stamp) if self.utc else datetime.fromtimestamp(stamp)
def stamp():
    \"\"\"The local time, as the clock on the wall shows it.\"\"\"
    return datetime.now()
";
        assert!(found("naive-datetime", quiet).is_empty());
        let source = "\
from datetime import datetime, timedelta, timezone
def late(self, token, zone):
    now = datetime.now()
    if now - token.created > timedelta(hours=1):
        return None
    self.seen = datetime.now()
    end = datetime.now() + timedelta(hours=1)
    born = datetime.now()
    past = datetime.now() - datetime.now(tz=zone)
    data = {'at': datetime.now().isoformat()}
    if born < datetime.now():
        return born, past, data
    return end
";
        assert_eq!(found("naive-datetime", source).len(), 6);
    }

    #[test]
    fn the_zone_is_written_as_the_file_writes() {
        let source = "import datetime as dt\nx = dt.datetime.today(), dt.datetime.fromtimestamp(1), dt.datetime.utcnow()\n";
        assert_eq!(found("naive-datetime", source), ["dt.datetime.today", "dt.datetime.fromtimestamp"]);
        let expected = "import datetime as dt\nx = dt.datetime.now(dt.UTC), dt.datetime.fromtimestamp(1, dt.UTC), dt.datetime.utcnow()\n";
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
