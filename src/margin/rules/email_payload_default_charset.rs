//! `email-payload-default-charset`: the text of a mail read as UTF-8 whatever it says.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextSize};

use super::support::{argument, is_true, value_of};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "email-payload-default-charset", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(decode) = call.func.as_ref() else { return };
    if decode.attr.as_str() != "decode" || !call.arguments.is_empty() {
        return;
    }
    let Expr::Call(payload) = value_of(context, &decode.value) else { return };
    let Expr::Attribute(get_payload) = payload.func.as_ref() else { return };
    let decoded = argument(payload, "decode", Some(1)).given().is_some_and(is_true);
    if get_payload.attr.as_str() != "get_payload" || !decoded {
        return;
    }
    let fix = matches!(get_payload.value.as_ref(), Expr::Name(_)).then(|| {
        let part = context.text(get_payload.value.as_ref());
        let inner = call.arguments.start() + TextSize::new(1);
        Fix {
            title: "Decode with the charset that the message names".to_owned(),
            safe: false,
            edits: vec![Edit::insert(inner, format!("{part}.get_content_charset() or \"utf-8\""))],
            imports: Vec::new(),
        }
    });
    report.at(decode.attr.range(), &[]).fix = fix;
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn a_charset_or_other_bytes_are_fine() {
        let quiet = "part.get_payload(decode=True).decode('latin-1')\npart.get_payload().decode()\ndata.decode()\n";
        assert!(found("email-payload-default-charset", quiet).is_empty());
    }

    #[test]
    fn the_charset_is_asked_of_the_same_part() {
        let source = "def text(part):\n    raw = part.get_payload(decode=True)\n    return raw.decode()\n";
        let expected = source.replace("decode()", "decode(part.get_content_charset() or \"utf-8\")");
        assert_eq!(fixed("email-payload-default-charset", source), expected);
    }
}
