//! `base64-stripped-padding`: decoding what has lost its end.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::support::{argument, string, symbol, value_of};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "base64-stripped-padding", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(data) = argument(call, "s", Some(0)).given() else { return };
    if !symbol(context, &call.func).is_some_and(|symbol| {
        matches!(symbol.as_str(), "base64.b64decode" | "base64.urlsafe_b64decode" | "base64.standard_b64decode")
    }) {
        return;
    }
    let Expr::Call(stripped) = value_of(context, data) else { return };
    let Expr::Attribute(method) = stripped.func.as_ref() else { return };
    let strips = matches!(method.attr.as_str(), "strip" | "rstrip");
    let padding = stripped.arguments.args.first().is_some_and(|letters| match letters {
        Expr::BytesLiteral(bytes) => bytes.value.bytes().any(|byte| byte == b'='),
        letters => string(letters).is_some_and(|letters| letters.contains('=')),
    });
    if strips && padding {
        report.at(data.range(), &[("symbol", context.text(call.func.as_ref()))]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn padding_that_is_put_back_is_fine() {
        let quiet = "\
import base64
base64.b64decode(token.rstrip('=') + '==')
base64.b64decode(token.strip())
base64.b64decode(token)
";
        assert!(found("base64-stripped-padding", quiet).is_empty());
        let source = "import base64\ndef read(token):\n    short = token.rstrip(b'=')\n    return base64.urlsafe_b64decode(short)\n";
        assert_eq!(found("base64-stripped-padding", source), ["short"]);
    }
}
