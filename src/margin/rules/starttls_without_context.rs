//! `starttls-without-context`: encryption to whoever answers.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::{add_argument, argument, symbol};
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::Fix;
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "starttls-without-context", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    // Cheap before dear: the last part of the name.
    let name = match call.func.as_ref() {
        ast::Expr::Attribute(attribute) => attribute.attr.as_str(),
        ast::Expr::Name(_) => "",
        _ => return,
    };
    let callee = match name {
        "starttls" | "stls" => context.callee(call),
        _ => symbol(context, &call.func),
    };
    let keyword = match callee.as_deref() {
        Some(
            "smtplib.SMTP.starttls" | "smtplib.SMTP_SSL" | "poplib.POP3.stls" | "poplib.POP3_SSL" | "ftplib.FTP_TLS",
        ) => "context",
        Some("imaplib.IMAP4.starttls" | "imaplib.IMAP4_SSL") => "ssl_context",
        _ => return,
    };
    let by_position = matches!(name, "starttls" | "stls") && !call.arguments.args.is_empty();
    if by_position || !argument(call, keyword, None).is_absent() {
        return;
    }
    // Old arguments for a certificate of one's own exclude a context.
    let old = ["keyfile", "certfile"].iter().any(|old| call.arguments.find_keyword(old).is_some());
    let fix = (!old).then(|| with_context(context, call, keyword)).flatten();
    report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref())), ("keyword", keyword)]).fix = fix;
}

fn with_context(context: &Context<'_>, call: &ast::ExprCall, keyword: &str) -> Option<Fix> {
    let (create, import) = spelling(context, "ssl.create_default_context", call.start())?;
    let edit = add_argument(context, call, &format!("{keyword}={create}()"))?;
    Some(Fix {
        title: "Verify the server's certificate".to_owned(),
        safe: false,
        edits: vec![edit],
        imports: import.into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn contexts_and_other_protocols_are_left_alone() {
        let quiet = "\
import smtplib, imaplib
def send(smtp: smtplib.SMTP, server):
    smtp.starttls(context=CONTEXT)
    server.starttls()
    smtplib.SMTP_SSL(HOST, context=CONTEXT)
    smtplib.SMTP_SSL(HOST, **options)
    smtplib.SMTP(HOST)
    imaplib.IMAP4(HOST).starttls(CONTEXT)
";
        assert!(found("starttls-without-context", quiet).is_empty());
    }

    #[test]
    fn each_class_gets_its_own_keyword() {
        let source = "\
import ssl, smtplib, imaplib
def send(smtp: smtplib.SMTP):
    smtp.starttls()
    imaplib.IMAP4_SSL(HOST, 993)
    imaplib.IMAP4_SSL((HOST),)
";
        let expected = "\
import ssl, smtplib, imaplib
def send(smtp: smtplib.SMTP):
    smtp.starttls(context=ssl.create_default_context())
    imaplib.IMAP4_SSL(HOST, 993, ssl_context=ssl.create_default_context())
    imaplib.IMAP4_SSL((HOST), ssl_context=ssl.create_default_context(),)
";
        assert_eq!(found("starttls-without-context", source), ["smtp.starttls", "imaplib.IMAP4_SSL", "imaplib.IMAP4_SSL"]);
        assert_eq!(fixed("starttls-without-context", source), expected);
    }
}
