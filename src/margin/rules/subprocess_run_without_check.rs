//! `subprocess-run-without-check`: a command whose failure nobody notices.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::{Ranged, TextSize};

use super::support::{
    Go, argument, expects_error, is_awaited, is_discarded, is_large, is_name, is_symbol, symbol, walk_with_parents, with_argument,
};
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

/// The result is thrown away, or only its output is used, and nobody looks whether that is what was wanted.
fn is_ignored(context: &Context<'_>) -> bool {
    if is_discarded(context) {
        return true;
    }
    match context.parent() {
        Some(Node::Expr(Expr::Attribute(attribute))) => is_output(&attribute.attr) && !is_output_looked_at(context),
        Some(Node::Stmt(Stmt::Assign(assign))) => {
            let ([Expr::Name(result)], Some(def)) = (assign.targets.as_slice(), context.enclosing_function()) else {
                return false;
            };
            is_local(context, def, result) && is_only_output_used(def, result)
        }
        _ => false,
    }
}

fn is_local(context: &Context<'_>, def: &ast::StmtFunctionDef, name: &ast::ExprName) -> bool {
    let scope = context.scopes().last().filter(|_| !is_large(def));
    scope.is_some_and(|scope| !scope.get(&name.id).is_empty() && !scope.globals.contains(name.id.as_str()))
}

/// `run(...).stdout` in a condition, or in a variable that is.
fn is_output_looked_at(context: &Context<'_>) -> bool {
    for node in context.ancestors() {
        match node {
            Node::Expr(Expr::Compare(_) | Expr::BoolOp(_)) | Node::Stmt(Stmt::If(_) | Stmt::While(_) | Stmt::Assert(_)) => return true,
            Node::Stmt(Stmt::Assign(assign)) => {
                return context.enclosing_function().is_some_and(|def| {
                    let names: Vec<&str> = assign.targets.iter().filter_map(|target| target.as_name_expr()).map(|name| name.id.as_str()).collect();
                    is_large(def) || any_looked_at(def, assign.start(), &names)
                });
            }
            Node::Stmt(_) => return false,
            _ => {}
        }
    }
    false
}

/// Whether the function uses nothing but the output of the result, and takes it as it comes.
fn is_only_output_used(def: &ast::StmtFunctionDef, result: &ast::ExprName) -> bool {
    let (mut all, mut output, mut looked_at) = (0, 0, false);
    let mut made: Vec<&str> = Vec::new();
    walk_with_parents(&def.body, |node, parents| {
        match node {
            AnyNodeRef::ExprName(used) if used.id == result.id && used.start() != result.start() => all += 1,
            AnyNodeRef::ExprAttribute(attribute) if is_name(&attribute.value, &result.id) && is_output(&attribute.attr) => {
                output += 1;
                looked_at |= is_looked_at(attribute, result.start(), parents);
                if let Some(AnyNodeRef::StmtAssign(assign)) = parents.iter().rev().find(|parent| parent.is_statement()) {
                    made.extend(assign.targets.iter().filter_map(|target| target.as_name_expr()).map(|name| name.id.as_str()));
                }
            }
            _ => {}
        }
        Go::In
    });
    all == output && !looked_at && !any_looked_at(def, result.start(), &made)
}

/// Whether one of the variables, which hold what was made of the output, is looked at.
fn any_looked_at(def: &ast::StmtFunctionDef, run: TextSize, names: &[&str]) -> bool {
    let mut found = false;
    walk_with_parents(&def.body, |node, parents| {
        if let AnyNodeRef::ExprName(name) = node
            && name.ctx.is_load()
            && names.contains(&name.id.as_str())
        {
            found |= is_looked_at(name, run, parents);
        }
        if found { Go::Stop } else { Go::In }
    });
    found
}

/// Whether a value stands in a condition, or in a `try` of its own that deals with what it should not be.
fn is_looked_at(value: impl Ranged, run: TextSize, parents: &[AnyNodeRef<'_>]) -> bool {
    let mut in_statement = true;
    parents.iter().rev().any(|parent| {
        let tests = in_statement
            && match parent {
                AnyNodeRef::ExprCompare(_)
                | AnyNodeRef::ExprBoolOp(_)
                | AnyNodeRef::StmtIf(_)
                | AnyNodeRef::ElifElseClause(_)
                | AnyNodeRef::StmtWhile(_)
                | AnyNodeRef::StmtAssert(_)
                | AnyNodeRef::StmtMatch(_) => true,
                AnyNodeRef::ExprUnaryOp(not) => not.op == ast::UnaryOp::Not,
                AnyNodeRef::ExprIf(ternary) => ternary.test.range().contains_range(value.range()),
                AnyNodeRef::Comprehension(generator) => generator.ifs.iter().any(|test| test.range().contains_range(value.range())),
                _ => false,
            };
        in_statement &= !parent.is_statement();
        tests || matches!(parent, AnyNodeRef::StmtTry(stmt) if !stmt.handlers.is_empty() && !stmt.range.contains(run)
            && stmt.body.last().is_some_and(|last| value.start() < last.end()))
    })
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
def version(command):
    done = subprocess.run(command, capture_output=True)
    match = re.search('[0-9]+', done.stdout)
    if match is None:
        raise RuntimeError('no version')
    return match[0]
def has_sve():
    output = subprocess.run('lscpu', capture_output=True, text=True)
    return 'sve' in output.stdout
def stamp():
    log = subprocess.run('git log', capture_output=True)
    text = log.stdout
    try:
        return int(text)
    except ValueError:
        return None
def branch():
    name = subprocess.run(BRANCH, capture_output=True).stdout.strip()
    return name or 'main'
def lines():
    done = subprocess.run(LINES, capture_output=True)
    if not done.stdout:
        return []
    return done.stdout.split()
result = subprocess.run(command)
";
        assert!(found("subprocess-run-without-check", quiet).is_empty());
    }

    #[test]
    fn a_missing_program_is_not_a_failing_one() {
        let source = "\
import subprocess
def head():
    try:
        done = subprocess.run(HEAD, capture_output=True)
        commit = done.stdout.strip()
        if DEBUG:
            print(commit)
        return commit
    except FileNotFoundError:
        return None
def text(rows):
    shown = subprocess.run(HEAD, capture_output=True).stdout
    return shown
";
        assert_eq!(found("subprocess-run-without-check", source).len(), 2);
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
