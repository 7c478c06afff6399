//! `hardcoded-credentials`: a password that everybody with the source has.

use ruff_python_ast::{self as ast, CmpOp, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::support::{is_secret_name, last_name, string};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "hardcoded-credentials",
    hooks: &[
        Hook::Stmt(&[NodeKind::StmtAssign, NodeKind::StmtAnnAssign], check_assignment),
        Hook::Expr(&[NodeKind::ExprCompare], check_comparison),
        Hook::Call(check_call),
    ],
};

fn check_assignment<'a>(_context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    match stmt {
        Stmt::Assign(assign) => {
            check_value(|| assign.targets.iter().find_map(secret_name), &assign.value, report);
        }
        Stmt::AnnAssign(ast::StmtAnnAssign { target, value: Some(value), .. }) => {
            check_value(|| secret_name(target), value, report);
        }
        _ => {}
    }
}

fn check_comparison<'a>(_context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Expr::Compare(ast::ExprCompare { left, ops, comparators, .. }) = expr else { return };
    if let ([CmpOp::Eq | CmpOp::NotEq], [right]) = (&**ops, &**comparators) {
        check_value(|| secret_name(left), right, report);
        check_value(|| secret_name(right), left, report);
    }
}

fn check_call<'a>(_context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    for keyword in &*call.arguments.keywords {
        let name = || keyword.arg.as_ref().map(ast::Identifier::as_str).filter(|name| is_secret_name(name));
        check_value(name, &keyword.value, report);
    }
    if let (Expr::Attribute(method), [_, password]) = (call.func.as_ref(), &*call.arguments.args)
        && method.attr.as_str() == "login"
    {
        check_value(|| Some("password"), password, report);
    }
}

fn secret_name(target: &Expr) -> Option<&str> {
    last_name(target).filter(|name| is_secret_name(name))
}

/// The name is asked for when the value is a text: few are.
fn check_value<'n>(name: impl FnOnce() -> Option<&'n str>, value: &Expr, report: &mut Report<'_>) {
    let Some(text) = string(value) else { return };
    let Some(name) = name() else { return };
    if is_secret(text, name) {
        report.at(value.range(), &[("name", name)]);
    }
}

/// Whether a text may be a secret: no label, no name of a variable or field, no place to be filled.
fn is_secret(text: &str, name: &str) -> bool {
    let letters = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let placeholder = ["changeme", "test", "guest", "passw", "example", "dummy", "placeholder", "your", "secret", "none", "null", "xxx", "***"];
    let lower = text.to_lowercase();
    let is_name = text.chars().all(|letter| letter.is_ascii_alphabetic() || matches!(letter, '_' | '-' | '.'))
        && (letters(text).contains("password") || letters(text).contains("token") || letters(text).contains("key"));
    text.len() >= 4
        && !text.contains(|letter: char| letter.is_whitespace() || "{}<>%$/".contains(letter))
        && !placeholder.iter().any(|word| lower.contains(word))
        && !is_name
        && letters(text) != letters(name)
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn names_labels_and_gaps_are_no_secrets() {
        let quiet = "\
password = ''
password = 'Enter your password'
API_KEY = 'SHOP_API_KEY'
password = '{password}'
secret = '<secret>'
field(password='new_password')
token = 'comma'
password_label = 'hunter2'
has_password = 'yes!'
password = os.environ['DB_PASSWORD']
password = 'changeme'
def test_login():
    login(password='hunter2')
";
        assert!(found("hardcoded-credentials", quiet).is_empty());
    }

    #[test]
    fn every_place_of_a_password_is_looked_at() {
        let source = "\
DB_PASSWORD = 'hunter2'
self.api_key: str = 'k-123'
config['secret'] = 'opensesame1'
connect(password='hunter2')
if password == 'hunter2': ...
smtp.login('me', 'hunter2')
";
        assert_eq!(
            found("hardcoded-credentials", source),
            ["'hunter2'", "'k-123'", "'opensesame1'", "'hunter2'", "'hunter2'", "'hunter2'"]
        );
    }
}
