//! `unencoded-email-header`: an address with a foreign name in a message of the old kind.

use ruff_python_ast::{self as ast, Expr, InterpolatedStringElement, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::support::string;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "unencoded-email-header", hooks: &[Hook::Stmt(&[NodeKind::StmtAssign], check)] };

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Assign(assign) = stmt else { return };
    let [Expr::Subscript(target)] = assign.targets.as_slice() else { return };
    let Some(header) = string(&target.slice).filter(|header| super::support::is_address_header(header)) else { return };
    if !has_foreign_letters(&assign.value) {
        return;
    }
    let is_old = context.infer(&target.value).is_some_and(|ty| {
        ty.class == "email.message.Message" || ty.class.starts_with("email.mime.")
    });
    if is_old {
        report.at(assign.value.range(), &[("header", header)]);
    }
}

fn has_foreign_letters(value: &Expr) -> bool {
    match value {
        Expr::StringLiteral(literal) => !literal.value.to_str().is_ascii(),
        Expr::FString(ast::ExprFString { value, .. }) => value.elements().any(|element| match element {
            InterpolatedStringElement::Literal(literal) => !literal.value.is_ascii(),
            InterpolatedStringElement::Interpolation(_) => false,
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn a_message_that_encodes_by_itself_is_fine() {
        let quiet = "\
from email.message import EmailMessage
from email.mime.text import MIMEText
from email.header import Header
message = EmailMessage()
message['From'] = 'Jörg <j@example.org>'
old = MIMEText('text')
old['Subject'] = 'Grüße'
old['From'] = 'Joerg <j@example.org>'
old['To'] = formataddr(('Jörg', 'j@example.org'))
labels = {}
labels['From'] = 'Jörg'
";
        assert!(found("unencoded-email-header", quiet).is_empty());
    }
}
