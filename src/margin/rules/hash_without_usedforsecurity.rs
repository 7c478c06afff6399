//! `hash-without-usedforsecurity`: MD5 and SHA-1 of which nothing says what they are for.

use ruff_python_ast as ast;

use super::password_fast_hash::names_password;
use super::support::add_argument;
use super::weak_hash::{has_purpose, protects, weak};
use super::{Detector, Hook, Report};
use crate::margin::Fix;
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "hash-without-usedforsecurity", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some((place, shown)) = weak(context, call) else { return };
    // The sure cases are those of `weak-hash` and `password-fast-hash`.
    let is_of_password = || call.arguments.args.last().is_some_and(names_password);
    if is_of_password() || protects(context) || has_purpose(context, call) || call.arguments.find_keyword("usedforsecurity").is_some() {
        return;
    }
    report.at(place, &[("symbol", shown)]).fix = add_argument(context, call, "usedforsecurity=False").map(|edit| Fix {
        title: "Say that it protects nothing".to_owned(),
        safe: false,
        edits: vec![edit],
        imports: Vec::new(),
    });
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "hash-without-usedforsecurity";

    #[test]
    fn a_hash_with_a_purpose_is_fine() {
        let quiet = "\
import hashlib
hashlib.md5(data, usedforsecurity=False)
hashlib.sha256(data)
def generate_etag(data):
    return hashlib.sha1(data).hexdigest()
def is_genuine(data, seal):
    return hashlib.sha1(data).digest() == seal
token = hashlib.md5(password.encode())
def test_digest():
    hashlib.md5(data)
";
        assert!(found(RULE, quiet).is_empty());
    }

    #[test]
    fn any_other_can_say_so() {
        let source = "import hashlib\nkey = hashlib.md5(url)\nkey = hashlib.new('sha1')\n";
        assert_eq!(
            fixed(RULE, source),
            "import hashlib\nkey = hashlib.md5(url, usedforsecurity=False)\nkey = hashlib.new('sha1', usedforsecurity=False)\n"
        );
    }
}
