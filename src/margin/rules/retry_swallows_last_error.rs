//! `retry-swallows-last-error`: after the last attempt the function returns `None`.

use ruff_python_ast::{self as ast, AnyNodeRef, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::support::{any_in_own, retry};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "retry-swallows-last-error", hooks: &[Hook::Function(check)] };

fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    let Some(last @ Stmt::For(_)) = def.body.last() else { return };
    let Some(attempt) = retry(context, last) else { return };
    let returns_value = matches!(
        attempt.body.last().or(attempt.orelse.last()),
        Some(Stmt::Return(ast::StmtReturn { value: Some(value), .. })) if !value.is_none_literal_expr()
    );
    let never_ends = attempt.handlers.iter().all(|ast::ExceptHandler::ExceptHandler(handler)| {
        !any_in_own(&handler.body, |node| {
            matches!(node, AnyNodeRef::StmtReturn(_) | AnyNodeRef::StmtRaise(_) | AnyNodeRef::StmtBreak(_))
        })
    });
    // Who writes `None` somewhere means it.
    let means_none = any_in_own(&def.body, |node| match node {
        AnyNodeRef::StmtReturn(stmt) => stmt.value.as_deref().is_none_or(ast::Expr::is_none_literal_expr),
        _ => false,
    }) || def.returns.as_deref().is_some_and(|returns| context.text(returns).contains("None") || context.text(returns).contains("Optional"));
    if returns_value && never_ends && !means_none {
        report.at(TextRange::at(last.start(), TextSize::of("for")), &[("function", &def.name)]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn a_loop_that_ends_in_an_error_or_says_none_is_fine() {
        let quiet = "\
def raises(url):
    for attempt in range(5):
        try:
            return get(url)
        except OSError:
            if attempt == 4:
                raise
def says_so(url) -> str | None:
    for attempt in range(5):
        try:
            return get(url)
        except OSError:
            pass
def goes_on(url):
    for attempt in range(5):
        try:
            return get(url)
        except OSError:
            pass
    raise Failed(url)
def search(text):
    for base in range(2, 17):
        try:
            return int(text, base)
        except ValueError:
            pass
";
        assert!(found("retry-swallows-last-error", quiet).is_empty());
    }
}
