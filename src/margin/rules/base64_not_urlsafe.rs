//! `base64-not-urlsafe`: `+` and `/` in a URL.

use ruff_python_ast::{self as ast, Expr, InterpolatedStringElement, NodeKind};
use ruff_text_size::Ranged;

use super::support::is_symbol;
use super::{Detector, Hook, Report};
use crate::margin::fix::replace_symbol;
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "base64-not-urlsafe", hooks: &[Hook::Expr(&[NodeKind::ExprFString], check)] };

fn check<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Expr::FString(ast::ExprFString { value, .. }) = expr else { return };
    let mut before = String::new();
    for element in value.elements() {
        match element {
            InterpolatedStringElement::Literal(text) => before.push_str(&text.value),
            InterpolatedStringElement::Interpolation(part) => {
                // In a fragment or in the data of a `data:` URL nothing has to be escaped.
                let is_url = before.contains("://") || before.starts_with('/') && before.contains('?');
                if is_url && let Some(function) = encoder(context, &part.expression) {
                    let fix = replace_symbol(context, function.range(), "base64.urlsafe_b64encode", false);
                    report.at(function.range(), &[("symbol", context.text(function))]).fix = fix;
                }
            }
        }
    }
}

/// The function in `b64encode(...)` or `b64encode(...).decode()`.
fn encoder<'a>(context: &Context<'_>, expr: &'a Expr) -> Option<&'a Expr> {
    let Expr::Call(call) = expr else { return None };
    if let Expr::Attribute(method) = call.func.as_ref()
        && method.attr.as_str() == "decode"
    {
        return encoder(context, &method.value);
    }
    is_symbol(context, &call.func, &["base64.b64encode", "base64.standard_b64encode"]).then_some(&*call.func)
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn only_urls_need_other_letters() {
        let quiet = "\
import base64
f'Basic {base64.b64encode(login).decode()}'
f'data:image/png;base64,{base64.b64encode(image).decode()}'
f'https://x/{quote(base64.b64encode(key))}'
f'https://x/{base64.urlsafe_b64encode(key).decode()}'
";
        assert!(found("base64-not-urlsafe", quiet).is_empty());
    }

    #[test]
    fn the_fix_takes_the_other_alphabet() {
        let source = "from base64 import b64encode\nf'{base}/?x=1'\nf'https://x/{b64encode(key).decode()}'\n";
        let expected = "from base64 import b64encode\nfrom base64 import urlsafe_b64encode\nf'{base}/?x=1'\nf'https://x/{urlsafe_b64encode(key).decode()}'\n";
        assert_eq!(fixed("base64-not-urlsafe", source), expected);
    }
}
