//! `error-code-return`: a failure that comes back as a number.

use ruff_python_ast::{self as ast, AnyNodeRef, ExceptHandler, Stmt};
use ruff_text_size::Ranged;

use super::support::{Go, any_in_own, literal_number, walk, words};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "error-code-return", hooks: &[Hook::Function(check)] };

fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    // `main` returns the code that the shell sees, and `find` a place.
    let words = words(&def.name);
    if words.iter().any(|word| matches!(word.as_str(), "main" | "run" | "exit" | "find" | "index" | "cmp" | "compare")) {
        return;
    }
    let mut failed = Vec::new();
    let mut values = false;
    walk(&def.body, |node| match node {
        AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_) | AnyNodeRef::ExprLambda(_) => Go::Over,
        AnyNodeRef::StmtReturn(stmt) => {
            values |= stmt.value.as_deref().is_some_and(|value| literal_number(value).is_none() && !value.is_none_literal_expr());
            Go::In
        }
        AnyNodeRef::StmtTry(stmt) => {
            for ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
                if let Some(Stmt::Return(last)) = handler.body.last()
                    && last.value.as_deref().and_then(literal_number).is_some_and(|number| number < 0.0)
                    && !any_in_own(&handler.body, |node| node.is_stmt_raise())
                {
                    failed.push(last);
                }
            }
            Go::In
        }
        _ => Go::In,
    });
    if values {
        for stmt in failed {
            let number = stmt.value.as_deref().map_or("", |value| context.text(value));
            report.at(stmt.range(), &[("code", number), ("function", &def.name)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn places_and_exit_codes_are_numbers() {
        let quiet = "\
def main():
    try:
        return run()
    except OSError:
        return -1
def find_line(lines):
    try:
        return lines.index('x')
    except ValueError:
        return -1
def status():
    try:
        work()
        return 0
    except OSError:
        return -1
def size(path):
    try:
        return path.stat().st_size
    except OSError:
        return 0
";
        assert!(found("error-code-return", quiet).is_empty());
    }
}
