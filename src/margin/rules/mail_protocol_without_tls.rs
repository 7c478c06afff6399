//! `mail-protocol-without-tls`: a password that goes over the wire in the clear.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::support::{argument, function_text, string, symbol};
use super::{Detector, Hook, Report};
use crate::python::{Binding, BindingKind, Context, Lookup, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "mail-protocol-without-tls", hooks: &[Hook::Call(check)] };

/// The classes that talk in the clear, what sends the password, and what turns encryption on.
const CLIENTS: [(&str, &str, &str); 3] = [
    ("smtplib.SMTP", "login", "starttls"),
    ("imaplib.IMAP4", "login", "starttls"),
    ("poplib.POP3", "pass_", "stls"),
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(method) = call.func.as_ref() else { return };
    if !CLIENTS.iter().any(|(_, login, _)| method.attr.as_str() == *login) {
        return;
    }
    let Expr::Name(client) = method.value.as_ref() else { return };
    let Some((made, text)) = made_here(context, client) else { return };
    let Some(class) = symbol(context, &made.func) else { return };
    let Some((_, _, starttls)) =
        CLIENTS.iter().find(|(name, login, _)| class == *name && method.attr.as_str() == *login)
    else {
        return;
    };
    let host = argument(made, "host", Some(0)).given().and_then(string);
    if text.contains(starttls) || host.is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "::1")) {
        return;
    }
    report.at(call.func.range(), &[("call", context.text(call.func.as_ref())), ("starttls", starttls), ("class", &class)]);
}

/// The call that makes the client, and the text of all that happens to it.
fn made_here<'a>(context: &Context<'a>, client: &'a ast::ExprName) -> Option<(&'a ast::ExprCall, &'a str)> {
    match context.lookup(&client.id, client.start()) {
        Lookup::Local { bindings: [Binding { kind, .. }], .. } => {
            let (BindingKind::Value(Expr::Call(made)) | BindingKind::With(Expr::Call(made), false)) = kind else {
                return None;
            };
            Some((made, function_text(context)?))
        }
        // At module level, a statement knows only of itself.
        Lookup::Module(_) => context.ancestors().find_map(|node| {
            let Node::Stmt(stmt @ Stmt::With(with)) = node else { return None };
            let item = with.items.iter().find(|item| {
                matches!(item.optional_vars.as_deref(), Some(Expr::Name(name)) if name.id == client.id)
            })?;
            match &item.context_expr {
                Expr::Call(made) => Some((made, context.text(stmt))),
                _ => None,
            }
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn encrypted_and_local_servers_are_fine() {
        let quiet = "\
import smtplib, imaplib
def send(user, password):
    with smtplib.SMTP(HOST, 587) as smtp:
        smtp.starttls(context=CONTEXT)
        smtp.login(user, password)
def send_ssl(user, password):
    with smtplib.SMTP_SSL(HOST) as smtp:
        smtp.login(user, password)
def debug(user, password):
    smtp = smtplib.SMTP('localhost', 1025)
    smtp.login(user, password)
def given(smtp: smtplib.SMTP):
    smtp.login('a', 'b')
mail = imaplib.IMAP4(HOST)
mail.starttls()
mail.login('a', 'b')
";
        assert!(found("mail-protocol-without-tls", quiet).is_empty());
    }

    #[test]
    fn passwords_in_the_clear_are_found() {
        let source = "\
import smtplib, imaplib, poplib
with smtplib.SMTP(HOST) as smtp:
    smtp.login(user, password)
def fetch(user, password):
    mail = imaplib.IMAP4(HOST)
    mail.login(user, password)
    box = poplib.POP3(HOST)
    box.user(user)
    box.pass_(password)
";
        assert_eq!(found("mail-protocol-without-tls", source), ["smtp.login", "mail.login", "box.pass_"]);
    }
}
