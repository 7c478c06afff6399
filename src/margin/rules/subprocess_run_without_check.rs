//! `subprocess-run-without-check`: a command whose failure nobody notices.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::Ranged;

use super::support::{any_in, argument, expects_error, is_awaited, is_discarded, is_large, is_name, is_symbol, symbol, with_argument};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector =
    Detector { rule: "subprocess-run-without-check", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if symbol(context, &call.func).is_none_or(|symbol| symbol != "subprocess.run")
        || !argument(call, "check", None).is_absent()
        || is_awaited(context)
        || expects_error(context)
        || ["stdout", "stderr"].iter().all(|stream| is_thrown_away(context, call, stream))
    {
        return;
    }
    if is_ignored(context) {
        let fix = with_argument(context, call, "check=True", false);
        report.at(call.func.as_ref(), &[("function", context.text(call.func.as_ref()))]).fix = fix;
    }
}

/// `stdout=subprocess.DEVNULL`: who wants nothing to be seen does not mind what comes of it.
fn is_thrown_away(context: &Context<'_>, call: &ast::ExprCall, stream: &str) -> bool {
    argument(call, stream, None).given().is_some_and(|value| is_symbol(context, value, &["subprocess.DEVNULL"]))
}

/// The result is thrown away, or only its output is used.
fn is_ignored(context: &Context<'_>) -> bool {
    if is_discarded(context) {
        return true;
    }
    match context.parent() {
        Some(Node::Expr(Expr::Attribute(attribute))) => is_output(&attribute.attr),
        Some(Node::Stmt(Stmt::Assign(assign))) => {
            let ([Expr::Name(result)], Some(def)) = (assign.targets.as_slice(), context.enclosing_function()) else {
                return false;
            };
            let scope = context.scopes().last().filter(|_| !is_large(def));
            if scope.is_none_or(|scope| scope.get(&result.id).is_empty() || scope.globals.contains(result.id.as_str())) {
                return false;
            }
            let (mut all, mut output) = (0, 0);
            any_in(&def.body, |node| {
                match node {
                    AnyNodeRef::ExprName(used) if used.id == result.id && used.start() != result.start() => all += 1,
                    AnyNodeRef::ExprAttribute(attribute)
                        if is_name(&attribute.value, &result.id) && is_output(&attribute.attr) =>
                    {
                        output += 1;
                    }
                    _ => {}
                }
                false
            });
            all == output
        }
        _ => false,
    }
}

fn is_output(attribute: &ast::Identifier) -> bool {
    matches!(attribute.as_str(), "stdout" | "stderr" | "args")
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn who_looks_at_the_result_may_go_on() {
        let quiet = "\
import subprocess
def f(command, options):
    subprocess.run(command, check=False)
    subprocess.run(command, **options)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    first = subprocess.run(command)
    if first.returncode:
        print(first.stderr)
    second = subprocess.run(command)
    log(second)
    if subprocess.run(command).returncode == 0: ...
    subprocess.run(command).check_returncode()
    self.third = subprocess.run(command)
    return subprocess.run(command)
result = subprocess.run(command)
";
        assert!(found("subprocess-run-without-check", quiet).is_empty());
    }

    #[test]
    fn the_check_is_added() {
        let source = "\
from subprocess import run
import subprocess
def f(command):
    run(command)
    result = subprocess.run(
        command,
        capture_output=True,
    )
    print(result.stdout)
text = run(command, text=True).stdout
";
        let expected = "\
from subprocess import run
import subprocess
def f(command):
    run(command, check=True)
    result = subprocess.run(
        command,
        capture_output=True,
        check=True,
    )
    print(result.stdout)
text = run(command, text=True, check=True).stdout
";
        assert_eq!(fixed("subprocess-run-without-check", source), expected);
    }
}
