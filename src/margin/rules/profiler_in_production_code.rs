//! `profiler-in-production-code`: code that measures itself.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::support::{is_name, is_symbol, symbol, words};
use super::{Detector, Hook, Report};
use crate::python::{Context, Lookup, ScopeKind};

pub(super) const DETECTOR: Detector = Detector {
    rule: "profiler-in-production-code",
    hooks: &[Hook::Call(check_call), Hook::Function(check_function)],
};

const PROFILERS: [&str; 8] = [
    "cProfile.Profile",
    "cProfile.run",
    "cProfile.runctx",
    "profile.Profile",
    "profile.run",
    "profile.runctx",
    "pyinstrument.Profiler",
    "yappi.start",
];

fn check_call<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if is_symbol(context, &call.func, &PROFILERS) && !is_meant(context) {
        report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]);
    }
}

fn check_function<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    for decorator in &def.decorator_list {
        let target = if let Expr::Call(call) = &decorator.expression { &call.func } else { &decorator.expression };
        // Without an import it is what `kernprof` puts among the built-ins.
        let is_profiler = match symbol(context, target) {
            Some(symbol) => symbol == "memory_profiler.profile" || symbol == "line_profiler.profile",
            None => is_name(target, "profile") && matches!(context.lookup("profile", target.start()), Lookup::Unbound),
        };
        if is_profiler && !is_meant(context) {
            report.at(target, &[("symbol", context.text(target))]);
        }
    }
}

/// Whether the code around is there to measure.
fn is_meant(context: &Context<'_>) -> bool {
    context.in_main_guard()
        || context.scopes().iter().any(|scope| {
            let name = match scope.kind {
                ScopeKind::Function(def) => def.name.as_str(),
                ScopeKind::Class(class) => class.name.as_str(),
                _ => return false,
            };
            words(name).iter().any(|word| word.starts_with("prof") || word.starts_with("bench"))
        })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    const RULE: &str = "profiler-in-production-code";

    #[test]
    fn code_that_is_there_to_measure_is_fine() {
        let quiet = "\
import cProfile
from shop import profile
def profile_import(rows):
    cProfile.run('store(rows)')
class Profiler:
    def start(self):
        self.profile = cProfile.Profile()
@profile
def page(): ...
@app.profile
def other(): ...
if __name__ == '__main__':
    cProfile.run('main()')
";
        assert!(found(RULE, quiet).is_empty());
    }

    #[test]
    fn profilers_are_found() {
        let source = "\
import cProfile as c
import line_profiler
def load():
    c.Profile().enable()
@profile
def slow(): ...
@line_profiler.profile
def slower(): ...
";
        assert_eq!(found(RULE, source), ["c.Profile", "profile", "line_profiler.profile"]);
    }
}
