//! `password-fast-hash`: a password under a hash that is quick to try out.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

use super::support::{any_in_expr, is_password_name, string, symbol, words};
use super::{Detector, Hook, Report};
use crate::python::{Context, ScopeKind};

pub(super) const DETECTOR: Detector = Detector { rule: "password-fast-hash", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(data) = call.arguments.args.first() else { return };
    let place = match call.func.as_ref() {
        Expr::Attribute(method) if method.attr.as_str() == "update" => {
            if !names_password(data)
                || !context.infer(&method.value).is_some_and(|ty| ty.class.starts_with("_hashlib.HASH"))
            {
                return;
            }
            method.attr.range()
        }
        Expr::Attribute(_) | Expr::Name(_) => {
            let Some(function) = symbol(context, &call.func) else { return };
            if !function.strip_prefix("hashlib.").is_some_and(is_fast) || !names_password(data) {
                return;
            }
            call.func.range()
        }
        _ => return,
    };
    if !answers_challenge(context) {
        report.at(place, &[]);
    }
}

/// Whether the function takes part in a protocol of challenge and response, as its name, a parameter or its class says: the
/// protocol names the hash, and nothing is kept. (Handlers of requests have a `response` too.)
fn answers_challenge(context: &Context<'_>) -> bool {
    let asks = |name: &str| words(name).iter().any(|word| ["challenge", "cnonce", "realm"].contains(&word.as_str()));
    let answers = |name: &str| {
        let words = words(name);
        let is_digest = words.iter().any(|word| word.ends_with("digest"));
        let is_exchange = words.iter().any(|word| ["auth", "response"].contains(&word.as_str()));
        asks(name) || words.first().is_some_and(|word| word == "respond") || is_digest && is_exchange
    };
    context.scopes().iter().any(|scope| match scope.kind {
        ScopeKind::Function(def) => answers(&def.name) || def.parameters.iter().any(|parameter| asks(parameter.name())),
        ScopeKind::Class(class) => answers(&class.name),
        _ => false,
    })
}

fn is_fast(function: &str) -> bool {
    function == "md5" || ["sha", "blake2"].iter().any(|family| function.starts_with(family))
}

/// Whether a password is part of what is hashed. What a function makes of it is something else.
fn names_password(data: &Expr) -> bool {
    let mut in_call = false;
    any_in_expr(data, |node| match node {
        AnyNodeRef::ExprCall(call) => {
            in_call |= !is_conversion(call);
            false
        }
        AnyNodeRef::ExprName(name) => !in_call && is_password_name(&name.id),
        AnyNodeRef::ExprAttribute(attribute) => !in_call && is_password_name(&attribute.attr),
        AnyNodeRef::ExprSubscript(item) => !in_call && string(&item.slice).is_some_and(is_password_name),
        _ => false,
    })
}

/// `text.encode()`, `bytes(text, "utf-8")`: the same thing as bytes.
fn is_conversion(call: &ast::ExprCall) -> bool {
    match call.func.as_ref() {
        Expr::Attribute(method) => matches!(method.attr.as_str(), "encode" | "strip" | "format"),
        Expr::Name(function) => matches!(function.id.as_str(), "bytes" | "str"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn slow_hashes_and_other_data_are_fine() {
        let quiet = "\
import hashlib
hashlib.scrypt(password, salt=salt, n=2**14, r=8, p=1)
hashlib.pbkdf2_hmac('sha256', password, salt, 600_000)
hashlib.sha256(data)
hashlib.sha256(password_file.read_bytes())
hashlib.sha256(derive(password))
def test_hash():
    hashlib.sha256(password)
";
        assert!(found("password-fast-hash", quiet).is_empty());
    }

    #[test]
    fn a_protocol_names_its_hash() {
        let quiet = "\
import hashlib
def respond(nonce, password):
    return hashlib.md5(nonce + password).digest()
def answer(challenge, password):
    digest = hashlib.md5()
    digest.update(password)
class HTTPDigestAuth:
    def header(self, password):
        return hashlib.md5(password).hexdigest()
";
        assert!(found("password-fast-hash", quiet).is_empty());
        let source = "\
import hashlib
def login(request, response, password):
    return hashlib.md5(password).hexdigest()
def password_digest(password):
    return hashlib.md5(password).hexdigest()
";
        assert_eq!(found("password-fast-hash", source).len(), 2);
    }

    #[test]
    fn salt_makes_no_slow_hash() {
        let source = "\
import hashlib
hashlib.sha256(password.encode())
hashlib.sha512(salt + form['password'].encode('utf-8'))
digest = hashlib.new('sha256')
digest.update(user.password.encode())
hashlib.sha256(f'{salt}{password}'.encode())
";
        assert_eq!(found("password-fast-hash", source), ["hashlib.sha256", "hashlib.sha512", "update", "hashlib.sha256"]);
    }
}
