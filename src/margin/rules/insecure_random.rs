//! `insecure-random`: a secret that can be computed.

use ruff_python_ast::{self as ast, Expr, Number, Stmt};
use ruff_text_size::Ranged;

use super::support::words;
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::{Edit, Fix};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "insecure-random", hooks: &[Hook::Call(check)] };

const METHODS: [&str; 11] = [
    "choice",
    "choices",
    "getrandbits",
    "randbytes",
    "randint",
    "random",
    "randrange",
    "sample",
    "shuffle",
    "uniform",
    "triangular",
];

/// Words in the names of things that nobody may guess.
const SECRETS: [&str; 16] = [
    "password", "passwd", "pwd", "passphrase", "passcode", "secret", "secrets", "otp", "nonce", "salt", "csrf", "apikey",
    "credential", "credentials", "pincode", "sessionid",
];

/// Pairs of words that mean the same.
const PAIRS: [(&str, &str); 14] = [
    ("api", "key"),
    ("secret", "key"),
    ("private", "key"),
    ("signing", "key"),
    ("encryption", "key"),
    ("session", "id"),
    ("session", "key"),
    ("session", "token"),
    ("access", "token"),
    ("auth", "token"),
    ("refresh", "token"),
    ("reset", "token"),
    ("csrf", "token"),
    ("verification", "code"),
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(method) = method(context, call) else { return };
    let Some(secret) = secret(context) else { return };
    let fix = with_secrets(context, call, &method);
    let shown = context.text(call.func.as_ref());
    report.at(call.func.range(), &[("symbol", shown), ("secret", secret)]).fix = fix;
}

/// The function of `random`, called on the module or on a generator of its own; not on a `SystemRandom`.
fn method(context: &Context<'_>, call: &ast::ExprCall) -> Option<String> {
    if let Some(symbol) = context.symbol(&call.func) {
        let name = symbol.strip_prefix("random.")?;
        return METHODS.contains(&name).then(|| name.to_owned());
    }
    let Expr::Attribute(attribute) = call.func.as_ref() else { return None };
    if !METHODS.contains(&attribute.attr.as_str()) {
        return None;
    }
    let receiver = context.infer(&attribute.value)?;
    (receiver.class == "random.Random").then(|| attribute.attr.to_string())
}

/// The name of the secret that the value is for: a variable, an attribute, a key, a keyword, the function around it.
fn secret<'a>(context: &Context<'a>) -> Option<&'a str> {
    let mut value = context.nodes().last().copied();
    // A token that is put together letter by letter is none of a text.
    let mut joined = false;
    for node in context.ancestors() {
        let name = match node {
            Node::Expr(Expr::Call(call)) => {
                joined |= matches!(call.func.as_ref(), Expr::Attribute(method) if method.attr.as_str() == "join");
                None
            }
            // The place of an index or a condition says nothing about the value.
            Node::Expr(Expr::Subscript(item)) if !is_value(item.value.as_ref(), value) => return None,
            Node::Expr(Expr::If(ternary)) if is_value(ternary.test.as_ref(), value) => return None,
            Node::Expr(Expr::Compare(_) | Expr::Lambda(_)) => return None,
            Node::Expr(Expr::Dict(dict)) => dict.items.iter().find(|item| is_value(&item.value, value)).and_then(|item| {
                match &item.key {
                    Some(Expr::StringLiteral(key)) => key_text(context, key),
                    _ => None,
                }
            }),
            Node::Keyword(keyword) => keyword.arg.as_ref().map(|name| context.text(name.range)),
            Node::Stmt(stmt) => {
                return stmt_names(context, stmt).into_iter().find(|name| is_secret(name, joined)).or_else(|| function_name(context, stmt));
            }
            _ => None,
        };
        if let Some(name) = name.filter(|name| is_secret(name, joined)) {
            return Some(name);
        }
        value = Some(node);
    }
    None
}

fn is_value(expr: &Expr, node: Option<Node<'_>>) -> bool {
    matches!(node, Some(Node::Expr(inner)) if inner.range() == expr.range())
}

fn key_text<'a>(context: &Context<'a>, key: &ast::ExprStringLiteral) -> Option<&'a str> {
    let text = context.text(key);
    (!text.contains('\\') && !text.contains('\n')).then(|| text.trim_matches(['"', '\'']))
}

/// What a statement gives its value to.
fn stmt_names<'a>(context: &Context<'a>, stmt: &'a Stmt) -> Vec<&'a str> {
    let targets: Vec<&Expr> = match stmt {
        Stmt::Assign(assign) => assign.targets.iter().collect(),
        Stmt::AnnAssign(assign) => vec![&assign.target],
        Stmt::AugAssign(assign) => vec![&assign.target],
        _ => Vec::new(),
    };
    targets
        .into_iter()
        .filter_map(|target| match target {
            Expr::Name(name) => Some(name.id.as_str()),
            Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
            Expr::Subscript(item) => match item.slice.as_ref() {
                Expr::StringLiteral(key) => key_text(context, key),
                _ => None,
            },
            _ => None,
        })
        .collect()
}

/// The function around a statement that returns or collects the value, when it says what it makes: all of it, not one of
/// several things, and no number that a variable holds by the way.
fn function_name<'a>(context: &Context<'a>, stmt: &'a Stmt) -> Option<&'a str> {
    let makes_it = match stmt {
        Stmt::Return(returned) => !matches!(returned.value.as_deref(), Some(Expr::Tuple(_))),
        Stmt::Assign(_) | Stmt::AugAssign(_) => !stmt_names(context, stmt).into_iter().any(is_number),
        Stmt::Expr(_) => true,
        _ => false,
    };
    if !makes_it {
        return None;
    }
    let name = context.enclosing_function()?.name.as_str();
    let maker = ["generate", "gen", "make", "create", "new", "random", "get"];
    (is_secret(name, true) && words(name).iter().any(|word| maker.contains(&word.as_str()))).then_some(name)
}

/// `message_id`, `length`: the name of a thing of its own, whatever the function makes in the end.
fn is_number(name: &str) -> bool {
    const LAST: [&str; 14] = [
        "count", "delay", "id", "idx", "index", "len", "length", "msgid", "number", "offset", "port", "position", "seq", "size",
    ];
    words(name).last().is_some_and(|word| LAST.contains(&word.as_str()))
}

/// `made` says that a token is one that was made at random, no word of a text.
fn is_secret(name: &str, made: bool) -> bool {
    let words = words(name);
    made && words.iter().any(|word| word == "token")
        || words.iter().any(|word| SECRETS.contains(&word.as_str()))
        || words.windows(2).any(|pair| PAIRS.contains(&(pair[0].as_str(), pair[1].as_str())))
}

/// The same from `secrets`; what it lacks from its `SystemRandom`.
fn with_secrets(context: &Context<'_>, call: &ast::ExprCall, method: &str) -> Option<Fix> {
    let plain = |name: &str| {
        let (text, import) = spelling(context, name, call.start())?;
        Some((vec![Edit::replace(call.func.range(), text.clone())], text, import))
    };
    let arguments = &call.arguments;
    let alone = arguments.args.len() == 1 && arguments.keywords.is_empty() && !arguments.args[0].is_starred_expr();
    let (edits, shown, import) = match method {
        "choice" if alone => plain("secrets.choice")?,
        "getrandbits" if alone => plain("secrets.randbits")?,
        "randbytes" if alone => plain("secrets.token_bytes")?,
        "randrange" if alone => plain("secrets.randbelow")?,
        "randint" if zero_based(call).is_some() => {
            let limit = zero_based(call)?;
            let (text, import) = spelling(context, "secrets.randbelow", call.start())?;
            (vec![Edit::replace(call, format!("{text}({limit})"))], text, import)
        }
        _ => {
            let (text, import) = spelling(context, "secrets.SystemRandom", call.start())?;
            (vec![Edit::replace(call.func.range(), format!("{text}().{method}"))], text, import)
        }
    };
    Some(Fix { title: format!("Use `{shown}`"), safe: false, edits, imports: import.into_iter().collect() })
}

/// The number of values of `randint(0, 999)`.
fn zero_based(call: &ast::ExprCall) -> Option<i64> {
    let [Expr::NumberLiteral(low), Expr::NumberLiteral(high)] = call.arguments.args.as_ref() else { return None };
    match (&low.value, &high.value) {
        (Number::Int(low), Number::Int(high)) if low.as_i64() == Some(0) && call.arguments.keywords.is_empty() => {
            high.as_i64()?.checked_add(1)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn chance_that_protects_nothing_may_be_predictable() {
        let quiet = "\
import random, secrets
token = random.choice(vocabulary)
tokens = [random.choice(vocabulary) for _ in range(9)]
sort_key = random.random()
delay = random.uniform(0, password_delay[0])
passwords = read(random.choice(files) == 1)
password = names[random.randint(0, 9)]
password = secrets.choice(letters)
secret = random.SystemRandom().choice(letters)
system = random.SystemRandom()
nonce = system.getrandbits(64)
def password_strength(x):
    return random.random()
def test_login():
    password = random.choice('ab')
def generate_message_id_and_token(self):
    return random.randint(0, 0xffff), self.bytes()
def generate_password(words):
    length = random.randint(12, 20)
    return pick(words, length)
";
        assert!(found("insecure-random", quiet).is_empty());
    }

    #[test]
    fn secrets_are_known_by_their_names() {
        let source = "\
import random
password = ''.join(random.choice(letters) for _ in range(12))
user.api_key = '%x' % random.getrandbits(128)
send(otp=random.randint(0, 999999))
row = {'salt': random.randbytes(16)}
session['csrf_token'] = random.random()
def generate_password(n):
    return ''.join(random.choices(letters, k=n))
rng = random.Random()
nonce = rng.randrange(2 ** 64)
token = ''.join(random.choice(letters) for _ in range(9))
";
        assert_eq!(found("insecure-random", source).len(), 8);
        let after = fixed("insecure-random", source);
        for line in [
            "password = ''.join(secrets.choice(letters) for _ in range(12))",
            "user.api_key = '%x' % secrets.randbits(128)",
            "send(otp=secrets.randbelow(1000000))",
            "row = {'salt': secrets.token_bytes(16)}",
            "session['csrf_token'] = secrets.SystemRandom().random()",
            "return ''.join(secrets.SystemRandom().choices(letters, k=n))",
            "nonce = secrets.randbelow(2 ** 64)",
        ] {
            assert!(after.contains(line), "{after}");
        }
    }
}
