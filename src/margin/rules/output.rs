//! Calls that print or log.

use ruff_python_ast::{self as ast, Expr};

use super::support::{last_name, symbol, words};
use crate::python::Context;

const LEVELS: [&str; 9] = ["debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log"];

/// Whether a call logs, or prints to where all output goes.
pub(super) fn writes(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    match call.func.as_ref() {
        Expr::Name(_) => context.is_builtin(&call.func, "print") && call.arguments.find_keyword("file").is_none(),
        Expr::Attribute(method) if LEVELS.contains(&method.attr.as_str()) => {
            if symbol(context, &call.func).is_some_and(|symbol| symbol.starts_with("logging.")) {
                return true;
            }
            let by_name = last_name(&method.value)
                .is_some_and(|name| words(name).last().is_some_and(|word| matches!(word.as_str(), "log" | "logger")));
            by_name || context.infer(&method.value).is_some_and(|ty| ty.class == "logging.Logger")
        }
        _ => false,
    }
}
