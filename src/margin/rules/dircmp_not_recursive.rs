//! `dircmp-not-recursive`: a report on two trees that looks at their top level only.

use ruff_python_ast::{self as ast, Expr};

use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "dircmp-not-recursive", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(callee) = call.func.as_ref() else { return };
    if callee.attr.as_str() == "report" && context.callee(call).is_some_and(|callee| callee == "filecmp.dircmp.report") {
        let fix = report.fix("Report on the folders below too", &callee.attr, "report_full_closure");
        report.at(&callee.attr, &[]).fix = Some(fix);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn only_reports_of_a_dircmp_are_found() {
        let source = "\
from filecmp import dircmp
def show(a, b, other):
    other.report()
    both = dircmp(a, b)
    both.report()
    dircmp(a, b).report_partial_closure()
";
        assert_eq!(found("dircmp-not-recursive", source), ["report"]);
        assert_eq!(fixed("dircmp-not-recursive", source), source.replace("both.report", "both.report_full_closure"));
    }
}
