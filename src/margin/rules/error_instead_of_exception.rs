//! `error-instead-of-exception`: an error logged without its traceback.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::support::{Argument, argument, has_comment, is_true, last_name, remove_keyword, symbol, words};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "error-instead-of-exception", hooks: &[Hook::CallOf(&["error"], check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(method) = call.func.as_ref() else { return };
    if method.attr.as_str() != "error" || !is_logger(context, call, &method.value) {
        return;
    }
    let Some(handler) = context.enclosing_handler() else { return };
    let (receiver, method) = (method.value.as_ref(), method.attr.range());
    let mut edits = vec![Edit::replace(method, "exception")];
    match argument(call, "exc_info", None) {
        // `exception` is `error` with `exc_info=True`.
        Argument::Given(value) if is_true(value) => match remove_keyword(context, call, "exc_info") {
            Some(edit) if !has_comment(context, edit.range) => edits.push(edit),
            _ => return,
        },
        Argument::Given(_) | Argument::Unknown => return,
        Argument::Absent if raises_again(handler) => return,
        Argument::Absent => {}
    }
    // Another kind of logger may tell the two apart.
    let safe = edits.len() == 2 && is_standard(context, call, receiver);
    let fix = Fix { title: "Log the traceback with `exception`".to_owned(), safe, edits, imports: Vec::new() };
    report.at(method, &[("logger", context.text(call.func.as_ref()).trim_end_matches(".error"))]).fix = Some(fix);
}

/// Whether a call is surely one of the `logging` module's.
fn is_standard(context: &Context<'_>, call: &ast::ExprCall, receiver: &Expr) -> bool {
    match symbol(context, &call.func) {
        Some(symbol) => symbol == "logging.error",
        None => context.infer(receiver).is_some_and(|ty| ty.class == "logging.Logger"),
    }
}

fn is_logger(context: &Context<'_>, call: &ast::ExprCall, receiver: &Expr) -> bool {
    last_name(receiver).is_some_and(|name| words(name).last().is_some_and(|word| matches!(word.as_str(), "log" | "logger")))
        || is_standard(context, call, receiver)
}

/// What is raised from here carries the traceback on.
fn raises_again(handler: &ast::ExceptHandlerExceptHandler) -> bool {
    matches!(handler.body.last(), Some(Stmt::Raise(_)))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn an_error_without_exception_or_that_goes_on_is_fine() {
        let quiet = "\
import logging
log = logging.getLogger(__name__)
log.error('none')
try:
    work()
except OSError as error:
    log.error('failed', exc_info=error)
    log.warning('failed')
    parser.error('failed')
try:
    work()
except OSError:
    log.error('failed')
    raise
";
        assert!(found("error-instead-of-exception", quiet).is_empty());
    }

    #[test]
    fn exc_info_is_said_by_the_name() {
        let source = "\
import logging
try:
    work()
except OSError:
    logging.error('failed', exc_info=True)
    self.logger.error('failed')
";
        let expected = "\
import logging
try:
    work()
except OSError:
    logging.exception('failed')
    self.logger.exception('failed')
";
        assert_eq!(fixed("error-instead-of-exception", source), expected);
    }
}
