//! Passwords, keys and tokens in the code: written as a literal, or written to the log.

use ruff_python_ast::{self as ast, Expr, InterpolatedStringElement};
use ruff_text_size::Ranged;

use crate::python::Construct;
use crate::python::context::Context;
use crate::python::walk::Sink;

/// Notes a string literal that is bound to a name such as `password`.
pub(super) fn bound(name: &str, value: &Expr, sink: &mut Sink) {
    if let Expr::StringLiteral(literal) = value
        && is_secret_name(name)
        && is_secret_value(name, literal.value.to_str())
    {
        sink.construct(literal.range, Construct::AssignHardcodedSecret);
    }
}

/// The name that an assignment target is known by: of a variable, an attribute, a key.
pub(super) fn name_of(target: &Expr) -> Option<&str> {
    match target {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        Expr::Subscript(subscript) => subscript.slice.as_string_literal_expr().map(|key| key.value.to_str()),
        _ => None,
    }
}

/// Whether a name says that its value is to be kept secret: it ends in one of the usual words.
fn is_secret_name(name: &str) -> bool {
    let name = name.trim_matches('_').to_ascii_lowercase().replace('-', "_");
    let words = ["token", "pwd", "api_key", "secret_key", "access_key", "private_key", "passphrase"];
    ["password", "passwd", "secret", "apikey"].iter().any(|word| name.ends_with(word))
        || words.iter().any(|word| name.strip_suffix(word).is_some_and(|rest| rest.is_empty() || rest.ends_with('_')))
}

/// Whether a literal can be the secret itself: no placeholder, no text for people, no name of a variable or key.
fn is_secret_value(name: &str, value: &str) -> bool {
    let least = if name.to_ascii_lowercase().ends_with("token") { 8 } else { 4 };
    let plain = |letter: char| letter.is_ascii_uppercase() || letter == '_';
    value.len() >= least
        && !value.contains(|letter: char| letter.is_whitespace() || matches!(letter, '{' | '}' | '<' | '>' | '%' | '*'))
        && !value.contains("://")
        && !value.ends_with([':', '/', '=', '?'])
        && !value.chars().all(plain)
        && value.chars().any(|letter| !value.starts_with(letter))
        && !is_secret_name(value)
}

/// Notes the arguments of a logging call or `print` that are named like a secret.
pub(super) fn logged(context: &Context<'_>, call: &ast::ExprCall, sink: &mut Sink) {
    if call.arguments.args.is_empty() || !is_log(context, call) {
        return;
    }
    for argument in &call.arguments.args {
        match argument {
            Expr::FString(string) => {
                for element in string.value.elements() {
                    if let InterpolatedStringElement::Interpolation(field) = element {
                        note_secret(&field.expression, sink);
                    }
                }
            }
            other => note_secret(other, sink),
        }
    }
}

fn note_secret(argument: &Expr, sink: &mut Sink) {
    // A bare `token` is more often a parser's than a secret.
    let secret = |name: &str| is_secret_name(name) && name != "token";
    if name_of(argument).is_some_and(secret) {
        sink.construct(argument.range(), Construct::CallLogSecret);
    }
}

/// `print`, a function of `logging`, or a method of a logger.
fn is_log(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    if context.is_builtin(&call.func, "print") {
        return true;
    }
    let Expr::Attribute(method) = call.func.as_ref() else { return false };
    let level = matches!(
        method.attr.as_str(),
        "debug" | "info" | "warning" | "warn" | "error" | "exception" | "critical" | "log"
    );
    level
        && match method.value.as_ref() {
            Expr::Name(name) if matches!(name.id.as_str(), "logger" | "log" | "LOG" | "LOGGER" | "_logger") => true,
            Expr::Attribute(owner) if matches!(owner.attr.as_str(), "logger" | "log" | "_logger") => true,
            receiver => {
                context.resolve(receiver).is_some_and(|name| name.as_str() == "logging")
                    || context.infer(receiver).is_some_and(|ty| ty.class.as_str() == "logging.Logger")
            }
        }
}
