//! What is known of a file object: the call that opened it, and whether it gives text or bytes.

use ruff_python_ast::{self as ast, Expr};

use super::support::{Argument, argument, origin};
use crate::python::Context;

/// A file that was opened by a call whose mode can be read.
pub(super) struct Opened<'a> {
    pub call: &'a ast::ExprCall,
    pub mode: Option<&'a ast::ExprStringLiteral>,
    pub is_binary: bool,
    /// Position of the parameter `newline`.
    pub newline: usize,
}

/// The call of `open` or `Path.open` that an expression is, or that the name of a file surely comes from.
pub(super) fn opened<'a>(context: &Context<'a>, file: &'a Expr) -> Option<Opened<'a>> {
    let call = match file {
        Expr::Call(call) => call,
        Expr::Name(name) => match origin(context, name)? {
            Expr::Call(call) => call,
            _ => return None,
        },
        _ => return None,
    };
    let at = match context.callee(call)?.as_str() {
        "builtins.open" => 1,
        "pathlib.Path.open" => 0,
        _ => return None,
    };
    let mode = match argument(call, "mode", Some(at)) {
        Argument::Given(Expr::StringLiteral(mode)) => Some(mode),
        Argument::Absent => None,
        _ => return None,
    };
    let is_binary = mode.is_some_and(|mode| mode.value.to_str().contains('b'));
    Some(Opened { call, mode, is_binary, newline: at + 4 })
}
