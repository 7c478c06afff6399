//! `password-fast-hash`: a password under a hash that is quick to try out.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::Ranged;

use super::origins::origins;
use super::support::{any_in_expr, any_in_own, function_text, is_large, is_name, is_password_name, last_name, string, symbol, words};
use super::web::is_serving;
use super::{Detector, Hook, Report};
use crate::python::{Context, Node, ScopeKind};

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
    if !answers_challenge(context) && is_kept(context, call, data) {
        report.at(place, &[]);
    }
}

/// Whether the hash is one that the program keeps, or compares with one that it has kept: it is the result of a function that
/// hashes or stores passwords, a variable or a field takes it as such, or it is compared. What goes into a request to
/// another program is as the other one wants it.
fn is_kept(context: &Context<'_>, call: &ast::ExprCall, data: &Expr) -> bool {
    let says = |wanted: &[&str]| {
        context.enclosing_function().is_some_and(|def| words(&def.name).iter().any(|word| wanted.contains(&word.as_str())))
    };
    let hashes = says(&["crypt", "encode", "encrypt", "hash", "hashed", "store"]);
    let stores = says(&["add", "create", "register", "save", "signup", "store"]);
    let keeps = hashes || says(&["login", "passwd", "password", "passwords", "pwd", "register", "save", "signup"]);
    let mut place = call.range();
    for node in context.ancestors() {
        match node {
            Node::Expr(Expr::Call(outer)) => match outer.func.as_ref() {
                function if function.range().contains_range(place) => {}
                function => {
                    let name = last_name(function).unwrap_or_default();
                    let keyword = outer.arguments.keywords.iter().find(|keyword| keyword.value.range().contains_range(place));
                    let is_field = keyword.and_then(|keyword| keyword.arg.as_ref()).is_some_and(|name| is_kept_name(name));
                    return name == "compare_digest" || name == "execute" || is_field && name.starts_with(char::is_uppercase);
                }
            },
            Node::Expr(Expr::Compare(_)) => return true,
            // Made into a text, or into a part of one.
            Node::Expr(Expr::Attribute(_) | Expr::BinOp(_) | Expr::FString(_) | Expr::Subscript(_) | Expr::Tuple(_)) => {}
            Node::Stmt(Stmt::Return(_)) => return keeps,
            Node::Stmt(Stmt::Assign(assign)) => {
                // A server has what its users send.
                let is_sent = || is_serving(context) && origins(context, data).received;
                let is_kept = |target: &Expr| takes(target, hashes) || stores && target.is_subscript_expr() || is_tested(context, target);
                return context.at_module_level() || is_sent() || assign.targets.iter().any(is_kept);
            }
            Node::Stmt(Stmt::AnnAssign(assign)) => return context.at_module_level() || takes(&assign.target, hashes),
            // A hash of several parts is fed one by one.
            Node::Stmt(Stmt::Expr(_)) => return hashes || keeps && is_compared(context) || context.at_module_level(),
            Node::Expr(_) | Node::Stmt(_) => return false,
            _ => {}
        }
        if let Node::Expr(expr) = node {
            place = expr.range();
        }
    }
    false
}

/// Whether the function compares what a variable holds: `digest == stored`.
fn is_tested(context: &Context<'_>, target: &Expr) -> bool {
    let Expr::Name(variable) = target else { return false };
    let compares = |node: AnyNodeRef<'_>| match node {
        AnyNodeRef::ExprCompare(compare) => {
            let is_equality = matches!(compare.ops.as_ref(), [ast::CmpOp::Eq | ast::CmpOp::NotEq]);
            let mut sides = std::iter::once(compare.left.as_ref()).chain(&compare.comparators);
            is_equality && sides.any(|side| is_name(side, &variable.id))
        }
        _ => false,
    };
    context.enclosing_function().is_some_and(|def| !is_large(def) && any_in_own(&def.body, compares))
}

/// `digest.hexdigest() == stored`
fn is_compared(context: &Context<'_>) -> bool {
    function_text(context).is_some_and(|text| ["digest() ==", "digest() !=", "compare_digest("].iter().any(|test| text.contains(test)))
}

/// `users[name] = hash`, `user.password = hash`, `hashed = hash`; in a function that hashes also `digest = hash`.
fn takes(target: &Expr, hashes: bool) -> bool {
    let keeps_all = |name: &str| ["accounts", "credentials", "passwords", "users"].contains(&name);
    match target {
        Expr::Name(name) => {
            is_hash_name(&name.id) || hashes && words(&name.id).iter().any(|word| ["digest", "hash", "hasher"].contains(&word.as_str()))
        }
        Expr::Subscript(item) => last_name(&item.value).is_some_and(keeps_all),
        Expr::Attribute(attribute) => is_kept_name(&attribute.attr),
        _ => false,
    }
}

fn is_kept_name(name: &str) -> bool {
    is_hash_name(name) || is_password_name(name)
}

/// `hashed`, `password_hash`.
fn is_hash_name(name: &str) -> bool {
    let words = words(name);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    has(&["hashed"]) || has(&["digest", "hash"]) && has(&["pass", "passwd", "password", "pw", "pwd"])
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
pub(super) fn names_password(data: &Expr) -> bool {
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

    #[test]
    fn what_another_program_asks_for_is_as_it_wants_it() {
        let quiet = "\
import hashlib, requests
def fetch(self, url, password):
    params = {'user': self.user, 'password': hashlib.md5(password.encode()).hexdigest()}
    token = hashlib.md5(f'{password}{self.salt}'.encode()).hexdigest()
    return self.session.get(url, params=params, headers={'X-Token': token})
def login(self):
    digest = hashlib.sha1()
    digest.update(self.password.encode())
    self.payload['password'] = digest.hexdigest()
def compute_encryption_key(self, password):
    key = hashlib.md5(password + self.padding)
    key.update(self.id)
";
        assert!(found("password-fast-hash", quiet).is_empty());
    }

    #[test]
    fn what_is_kept_or_compared_is_found() {
        let source = "\
import hashlib
def register(name, password):
    users[name] = hashlib.sha256(password.encode()).hexdigest()
    user = User(name, password=hashlib.md5(password.encode()).hexdigest())
    db.execute('INSERT INTO users VALUES (?, ?)', (name, hashlib.sha1(password.encode()).hexdigest()))
def check(name, password):
    hashed = hashlib.sha256(password.encode()).hexdigest()
    return users[name] == hashlib.sha256(password.encode()).hexdigest()
def hash_password(password):
    digest = hashlib.sha256(password.encode())
    digest.update(password.encode())
    return hashlib.md5(password.encode()).hexdigest()[:16]
";
        assert_eq!(found("password-fast-hash", source).len(), 8);
        let checked = "\
import hashlib
def check_password(stored, password):
    digest = hashlib.sha256()
    digest.update(password.encode())
    return digest.hexdigest() == stored
";
        assert_eq!(found("password-fast-hash", checked), ["update"]);
        let variables = "\
import hashlib
def login(user, password):
    digest = hashlib.md5(password.encode()).hexdigest()
    return digest == user.secret
def add_user(table, name, password):
    table[name] = hashlib.sha256(password.encode()).hexdigest()
";
        assert_eq!(found("password-fast-hash", variables), ["hashlib.md5", "hashlib.sha256"]);
        let served = "\
import hashlib
from flask import request
def register():
    pw = hashlib.md5(request.form['password'].encode()).hexdigest()
";
        assert_eq!(found("password-fast-hash", served), ["hashlib.md5"]);
    }
}
