//! `hardcoded-hmac-key`: a key that everybody with the source has.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::support::{argument, last_name, symbol, value_of, words};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "hardcoded-hmac-key", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(function) = symbol(context, &call.func) else { return };
    let (keyword, position) = match function.as_str() {
        "hmac.new" | "hmac.digest" | "hmac.HMAC" | "cryptography.fernet.Fernet" => ("key", 0),
        "jwt.encode" | "jwt.decode" => ("key", 1),
        _ => return,
    };
    let Some(key) = argument(call, keyword, Some(position)).given() else { return };
    if is_key(value_of(context, key)) && !derives_key(context, call, &function) {
        report.at(key.range(), &[("symbol", context.text(call.func.as_ref()))]);
    }
}

/// Whether another key is made: the message is the secret, and the text is the label that a protocol gives to what comes out
/// (`secret_key = hmac.new(b"WebAppData", token, ...)`).
fn derives_key(context: &Context<'_>, call: &ast::ExprCall, function: &str) -> bool {
    let is_key = |name: &str| words(name).last().is_some_and(|word| ["key", "secret"].contains(&word.as_str()));
    let is_taken_as_key = || {
        context.ancestors().any(|node| match node {
            Node::Stmt(Stmt::Assign(assign)) => assign.targets.iter().filter_map(last_name).any(is_key),
            Node::Stmt(Stmt::Return(_)) => context.enclosing_function().is_some_and(|def| is_key(&def.name)),
            _ => false,
        })
    };
    let message = argument(call, "msg", Some(1)).given();
    function.starts_with("hmac.") && message.is_some_and(|message| !message.is_literal_expr()) && is_taken_as_key()
}

/// A text that is not empty, perhaps made into bytes.
fn is_key(expr: &Expr) -> bool {
    match expr {
        Expr::StringLiteral(literal) => !literal.value.is_empty(),
        Expr::BytesLiteral(literal) => literal.value.bytes().next().is_some(),
        Expr::Call(call) => match call.func.as_ref() {
            Expr::Attribute(method) => method.attr.as_str() == "encode" && is_key(&method.value),
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn keys_from_elsewhere_are_fine() {
        let quiet = "\
import hmac, jwt, os
hmac.new(os.environb[b'KEY'], data, 'sha256')
hmac.new(key, b'data', 'sha256')
jwt.encode({'sub': 'me'}, key, algorithm='HS256')
hmac.new(b'', data, 'sha256')
secret_key = hmac.new(key=b'WebAppData', msg=token.encode(), digestmod='sha256')
def conversation_key(self, pubkey):
    return hmac.new(b'nip44-v2', self.shared(pubkey), 'sha256').digest()
def test_vector():
    hmac.digest(b'key', b'data', 'sha256')
";
        assert!(found("hardcoded-hmac-key", quiet).is_empty());
    }

    #[test]
    fn keys_in_the_code_are_found_by_name_too() {
        let source = "\
import hmac, jwt
from cryptography.fernet import Fernet
def sign(data):
    key = b'k3y'
    return hmac.new(key, data, 'sha256')
jwt.encode(claims, 'k3y')
Fernet('k3y='.encode())
hmac.digest(msg=data, key=b'k3y', digest='sha256')
";
        assert_eq!(found("hardcoded-hmac-key", source), ["key", "'k3y'", "'k3y='.encode()", "b'k3y'"]);
    }
}
