//! `hash-as-mac`: a signature that can be made longer by anyone.

use ruff_python_ast::{self as ast, Expr, InterpolatedStringElement};
use ruff_text_size::Ranged;

use super::support::{has_comment, is_password_name, is_secret_name, last_name, symbol};
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "hash-as-mac", hooks: &[Hook::Call(check)] };

/// The hashes that go on from where another one ended. SHA-3 and BLAKE2 do not.
const EXTENDABLE: [&str; 6] =
    ["hashlib.md5", "hashlib.sha1", "hashlib.sha224", "hashlib.sha256", "hashlib.sha384", "hashlib.sha512"];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let ([data], []) = (&*call.arguments.args, &*call.arguments.keywords) else { return };
    let Some(key) = leading_secret(data) else { return };
    let Some(function) = symbol(context, &call.func) else { return };
    if EXTENDABLE.contains(&function.as_str()) {
        let fix = as_hmac(context, call, data, function.trim_start_matches("hashlib."));
        report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref())), ("key", context.text(key))]).fix = fix;
    }
}

/// The secret that stands before something else.
fn leading_secret(data: &Expr) -> Option<&Expr> {
    match data {
        Expr::BinOp(ast::ExprBinOp { left, op: ast::Operator::Add, .. }) => match left.as_ref() {
            Expr::BinOp(_) => leading_secret(left),
            first => key_of(first),
        },
        Expr::FString(string) => {
            let mut elements = string.value.elements();
            match (elements.next()?, elements.next()?) {
                (InterpolatedStringElement::Interpolation(part), _) => key_of(&part.expression),
                _ => None,
            }
        }
        // `f"{secret}{message}".encode()`
        Expr::Call(call) => match call.func.as_ref() {
            Expr::Attribute(method) if method.attr.as_str() == "encode" => leading_secret(&method.value),
            _ => None,
        },
        _ => None,
    }
}

/// A key by its name. A password's hash is another matter.
fn key_of(first: &Expr) -> Option<&Expr> {
    let named = match first {
        Expr::Call(call) => match call.func.as_ref() {
            Expr::Attribute(method) if method.attr.as_str() == "encode" => method.value.as_ref(),
            _ => return None,
        },
        other => other,
    };
    let name = last_name(named)?;
    (is_secret_name(name) && !is_password_name(name)).then_some(first)
}

fn as_hmac(context: &Context<'_>, call: &ast::ExprCall, data: &Expr, hash: &str) -> Option<Fix> {
    let Expr::BinOp(sum) = data else { return None };
    if sum.left.is_bin_op_expr() || has_comment(context, call.range()) {
        return None;
    }
    let (new, import) = spelling(context, "hmac.new", call.start())?;
    let text = format!("{new}({}, {}, \"{hash}\")", context.text(sum.left.as_ref()), context.text(sum.right.as_ref()));
    Some(Fix {
        title: "Use HMAC".to_owned(),
        safe: false,
        edits: vec![Edit::replace(call.range(), text)],
        imports: import.into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn data_and_hashes_that_cannot_be_extended_are_fine() {
        let quiet = "\
import hashlib
hashlib.sha256(prefix + data)
hashlib.sha256(key + data)
hashlib.sha3_256(secret + data)
hashlib.sha256(data + secret)
hashlib.sha256(password + salt)
hashlib.sha256(f'{secret}'.encode())
";
        assert!(found("hash-as-mac", quiet).is_empty());
    }

    #[test]
    fn the_key_becomes_the_key() {
        let source = "\
import hashlib
hashlib.sha1(self.secret + body).hexdigest()
hashlib.sha256(f'{secret}{body}'.encode())
hashlib.sha256(SECRET_KEY.encode() + b'.' + body)
";
        assert_eq!(found("hash-as-mac", source), ["hashlib.sha1", "hashlib.sha256", "hashlib.sha256"]);
        let expected = format!("import hashlib\nimport hmac\n{}", &source[15..]).replace(
            "hashlib.sha1(self.secret + body)",
            "hmac.new(self.secret, body, \"sha1\")",
        );
        assert_eq!(fixed("hash-as-mac", source), expected);
    }
}
