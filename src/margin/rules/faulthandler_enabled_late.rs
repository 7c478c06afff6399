//! `faulthandler-enabled-late`: a safety net that is put up half-way.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::support::{is_symbol, suite_of};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "faulthandler-enabled-late", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(Node::Stmt(stmt @ Stmt::Expr(_))) = context.parent() else { return };
    if !is_symbol(context, &call.func, &["faulthandler.enable"]) {
        return;
    }
    let starts_program = match context.enclosing_function() {
        Some(def) => def.name.as_str() == "main",
        None => context.in_main_guard(),
    };
    let Some((suite, at)) = suite_of(context, stmt).filter(|_| starts_program) else { return };
    if suite[..at].iter().any(does_work) {
        report.at(call.func.range(), &[]);
    }
}

/// Calls something, other than to read the command line or to set up the log.
fn does_work(stmt: &Stmt) -> bool {
    const SET_UP: [&str; 8] =
        ["add_argument", "ArgumentParser", "parse_args", "basicConfig", "getLogger", "set_defaults", "chdir", "environ"];
    let call = match stmt {
        Stmt::Expr(stmt) => &stmt.value,
        Stmt::Assign(assign) => &assign.value,
        Stmt::For(_) | Stmt::While(_) | Stmt::With(_) => return true,
        _ => return false,
    };
    let Expr::Call(call) = call.as_ref() else { return false };
    let name = match call.func.as_ref() {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(method) => method.attr.as_str(),
        _ => return true,
    };
    !SET_UP.contains(&name)
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn the_start_of_a_program_may_read_its_options() {
        let quiet = "\
import argparse, faulthandler
def main():
    '''Starts.'''
    parser = argparse.ArgumentParser()
    parser.add_argument('--debug')
    args = parser.parse_args()
    faulthandler.enable()
    serve()
def helper():
    work()
    faulthandler.enable()
";
        assert!(found("faulthandler-enabled-late", quiet).is_empty());
        let source = "import faulthandler\nif __name__ == '__main__':\n    serve()\n    faulthandler.enable()\n";
        assert_eq!(found("faulthandler-enabled-late", source), ["faulthandler.enable"]);
    }
}
