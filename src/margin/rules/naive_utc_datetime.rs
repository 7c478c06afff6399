//! `naive-utc-datetime`: UTC that does not say so.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::naive_datetime::with_zone;
use super::support::symbol_among;
use super::{Detector, Hook, Report};
use crate::python::{Context, PythonVersion};

pub(super) const DETECTOR: Detector = Detector { rule: "naive-utc-datetime", hooks: &[Hook::CallOf(&MAKERS, check)] };

/// Before, it was not; and a branch for that shows that the author knows.
const DEPRECATED: PythonVersion = PythonVersion::three(12);

const MAKERS: [&str; 2] = ["datetime.datetime.utcnow", "datetime.datetime.utcfromtimestamp"];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(callee) = symbol_among(context, &call.func, &MAKERS) else { return };
    let Some(aware) = callee.strip_prefix("datetime.datetime.utc") else { return };
    if context.in_branch_before(DEPRECATED) {
        return;
    }
    let fix = with_zone(context, call, aware, report.target());
    report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref())), ("method", aware)]).fix = fix;
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "naive-utc-datetime";

    #[test]
    fn every_utc_without_a_zone_is_found() {
        let source = "\
import datetime as dt
from datetime import datetime
datetime.utcnow().isoformat(), dt.datetime.utcfromtimestamp(0).year
datetime.now(), datetime.fromtimestamp(0), dt.datetime.now(dt.timezone.utc), mine.utcnow()
";
        assert_eq!(found(RULE, source), ["datetime.utcnow", "dt.datetime.utcfromtimestamp"]);
    }

    #[test]
    fn a_branch_for_older_pythons_is_left_alone() {
        let source = "\
import datetime, sys
from .versions import PYTHON_311
NEW = sys.version_info[:2] >= (3, 11)
def now():
    if PYTHON_311:
        return datetime.datetime.now(datetime.UTC)
    else:
        return datetime.datetime.utcnow()
def then(seconds):
    if not NEW:
        return datetime.datetime.utcfromtimestamp(seconds)
    return datetime.datetime.utcfromtimestamp(0)
";
        assert_eq!(found(RULE, source).len(), 1);
    }

    #[test]
    fn the_zone_is_written_as_the_file_writes() {
        assert_eq!(
            fixed(RULE, "import datetime as dt\nx = dt.datetime.utcnow(), dt.datetime.utcfromtimestamp(1)\n"),
            "import datetime as dt\nx = dt.datetime.now(dt.UTC), dt.datetime.fromtimestamp(1, dt.UTC)\n",
        );
        assert_eq!(
            fixed(RULE, "from datetime import datetime, timezone\nx = datetime.utcnow()\n"),
            "from datetime import datetime, timezone\nx = datetime.now(timezone.utc)\n",
        );
    }
}
