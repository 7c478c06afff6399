//! `weak-hash`: MD5 and SHA-1.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{Argument, any_in_expr, argument, comments_on, docstring_says, is_false, last_name, symbol_among, words};
use super::{Detector, Hook, Report};
use crate::margin::fix::replace_symbol;
use crate::python::{Context, Node, ScopeKind};

pub(super) const DETECTOR: Detector = Detector { rule: "weak-hash", hooks: &[Hook::CallOf(&WEAK, check)] };

/// What makes a weak hash, or any.
const WEAK: [&str; 3] = ["hashlib.md5", "hashlib.sha1", "hashlib.new"];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some((place, shown)) = weak(context, call) else { return };
    if protects(context) && !has_purpose(context, call) {
        let fix = match &*call.arguments.args {
            [name, ..] if name.range() == place => Some(report.fix("Use `sha256`", name, "\"sha256\"")),
            _ => replace_symbol(context, place, "hashlib.sha256", false),
        };
        report.at(place, &[("symbol", shown)]).fix = fix;
    }
}

/// The function or the name of a weak hash that a call uses, without a word on what for.
pub(super) fn weak<'a>(context: &Context<'a>, call: &'a ast::ExprCall) -> Option<(TextRange, &'a str)> {
    let callee = symbol_among(context, &call.func, &WEAK)?;
    let found = match callee.as_str() {
        "hashlib.new" => {
            let Argument::Given(name @ Expr::StringLiteral(literal)) = argument(call, "name", Some(0)) else { return None };
            let weak = ["md4", "md5", "sha", "sha1"].contains(&literal.value.to_str().to_ascii_lowercase().as_str());
            weak.then(|| (name.range(), literal.value.to_str()))?
        }
        _ => (call.func.range(), context.text(call.func.as_ref())),
    };
    match argument(call, "usedforsecurity", None) {
        Argument::Given(value) if is_false(value) => None,
        Argument::Unknown => None,
        _ => Some(found),
    }
}

/// Whether the code says that the hash is a mere checksum, or that somebody else has chosen it.
pub(super) fn has_purpose(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    is_checksum(context) || is_asked_for(context) || is_told(context, call)
}

/// Whether the function, or the variable that takes the hash, speaks of something that must not be forged or guessed.
pub(super) fn protects(context: &Context<'_>) -> bool {
    const PRECIOUS: [&str; 12] = [
        "authentic", "authenticity", "certificate", "csrf", "forged", "genuine", "integrity", "pin", "reset", "session", "tampered",
        "trusted",
    ];
    let is_precious = |name: &str| words(name).iter().any(|word| PRECIOUS.contains(&word.as_str()));
    context.enclosing_function().is_some_and(|def| is_precious(&def.name)) || target(context).is_some_and(is_precious)
}

/// The name that the value is assigned to.
fn target<'a>(context: &Context<'a>) -> Option<&'a str> {
    context.ancestors().find_map(|node| match node {
        Node::Stmt(Stmt::Assign(assign)) => assign.targets.first().and_then(last_name),
        _ => None,
    })
}

/// Whether the function or the variable around says that the hash is a mere name for data, or part of a protocol that
/// knows no other.
fn is_checksum(context: &Context<'_>) -> bool {
    const MERE: [&str; 14] = [
        "bucket", "bundle", "cache", "checksum", "crc", "etag", "file", "fingerprint", "hexdigest", "id", "nonce", "template", "uuid",
        "version",
    ];
    let is_mere = |name: &str| {
        let is_one = |word: &str| {
            let word = word.trim_end_matches(|letter: char| letter.is_ascii_digit());
            MERE.contains(&word) || word.strip_suffix('s').is_some_and(|word| MERE.contains(&word))
        };
        words(name).iter().any(|word| is_one(word) || word.ends_with("nonce")) || is_protocol(name)
    };
    context.enclosing_function().is_some_and(|def| is_mere(&def.name)) || target(context).is_some_and(is_mere)
}

/// Whether a name is that of something that asks for this very hash. Who is called `sha1` offers it.
fn is_protocol(name: &str) -> bool {
    const PROTOCOLS: [&str; 13] = [
        "apop", "cram", "digestauth", "git", "handshake", "htpasswd", "md5", "ntlm", "pypi", "sha1", "websocket", "websockets", "ws",
    ];
    let lower = name.to_ascii_lowercase();
    lower.contains("digest") && (lower.contains("auth") || lower.contains("http"))
        || words(name).iter().any(|word| PROTOCOLS.contains(&word.as_str()))
}

/// Whether the class, the docstring or a comment says what the hash is for.
fn is_told(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    const TOLD: [&str; 11] = [
        "apop", "cache key", "checksum", "cram-md5", "digest auth", "etag", "fingerprint", "ntlm", "not for security", "rfc 1939",
        "rfc 6455",
    ];
    let is_of_protocol = context.scopes().iter().any(|scope| match scope.kind {
        ScopeKind::Class(class) => is_protocol(&class.name),
        _ => false,
    });
    let mut comments = comments_on(context, call).map(str::to_ascii_lowercase);
    is_of_protocol
        || docstring_says(context, &TOLD)
        || comments.any(|text| ["md5", "sha1", "sha-1", "secur", "checksum", "protocol", "rfc"].iter().any(|word| text.contains(word)))
}

/// Under `if algorithm == "MD5"`: the other side chose.
fn is_asked_for(context: &Context<'_>) -> bool {
    let names_it = |test: &Expr| {
        any_in_expr(test, |node| {
            matches!(node, AnyNodeRef::ExprStringLiteral(text)
                if text.value.to_str().to_ascii_lowercase().starts_with("md5") || text.value.to_str().to_ascii_lowercase().starts_with("sha"))
        })
    };
    context.ancestors().any(|node| match node {
        Node::Stmt(Stmt::If(stmt)) => names_it(&stmt.test),
        Node::ElifElse(clause) => clause.test.as_ref().is_some_and(names_it),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn a_checksum_that_says_so_is_fine() {
        let quiet = "\
import hashlib
hashlib.md5(data, usedforsecurity=False)
hashlib.new('md5', data, usedforsecurity=False)
hashlib.new(name)
hashlib.sha256(data)
hashlib.sha1(**options)
def test_digest():
    hashlib.md5(data)
def generate_etag(data):
    return hashlib.sha1(data).hexdigest()
cache_key = hashlib.md5(url).hexdigest()
if algorithm == 'MD5':
    digest = hashlib.md5
    digest = hashlib.md5(data)
elif algorithm == 'SHA':
    digest = hashlib.sha1(data)
def apop(self, user, secret):
    digest = hashlib.md5(self.timestamp + secret).hexdigest()
def _hash_files(paths):
    h = hashlib.sha1()
class HTTPDigestAuth:
    def build(self, header):
        return hashlib.md5(header)
def respond(server, secret):
    '''Answers as CRAM-MD5 asks for.'''
    return hashlib.md5(secret)
# The server knows nothing but MD5.
answer = hashlib.md5(secret)
";
        assert!(found("weak-hash", quiet).is_empty());
    }

    #[test]
    fn what_must_not_be_forged_is_found_by_its_name() {
        let source = "\
from hashlib import md5, new
def new_session(user):
    md5(data)
    new('SHA1', data)
    md5(data, usedforsecurity=True)
reset_link = md5(address)
";
        assert_eq!(found("weak-hash", source), ["md5", "'SHA1'", "md5", "md5"]);
        let source = "\
import hashlib
class Letter:
    def is_genuine(self, data):
        return hashlib.sha1(data).digest() == self.seal  # noqa: S324
";
        assert_eq!(found("weak-hash", source), ["hashlib.sha1"]);
        let asked = "import hashlib\nsession = hashlib.new('md5')\nsession = hashlib.sha1()\n";
        assert_eq!(fixed("weak-hash", asked), "import hashlib\nsession = hashlib.new(\"sha256\")\nsession = hashlib.sha256()\n");
    }

    #[test]
    fn a_hash_that_says_nothing_is_left_to_who_asks() {
        let source = "\
import hashlib
def send(self, url):
    headers = {'X-Client-Hash': hashlib.md5(url + self.salt).hexdigest()}
    module_name = hashlib.sha1(url).hexdigest()
";
        assert!(found("weak-hash", source).is_empty());
        assert_eq!(found("hash-without-usedforsecurity", source).len(), 2);
    }
}
