//! `secret-in-log`: a password in a log file.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, InterpolatedStringElement};
use ruff_text_size::Ranged;

use super::output::writes;
use super::support::{any_in_expr, any_in_own, is_large, is_name, is_secret_name, last_name, words};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "secret-in-log", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if call.arguments.args.is_empty() || !writes(context, call) {
        return;
    }
    for shown in &*call.arguments.args {
        check_shown(context, shown, report);
    }
}

/// Reports a secret that is an argument, or a part of an f-string or of the values for `%`.
fn check_shown(context: &Context<'_>, shown: &Expr, report: &mut Report<'_>) {
    match shown {
        Expr::FString(string) => {
            for element in string.value.elements() {
                if let InterpolatedStringElement::Interpolation(part) = element {
                    check_value(context, &part.expression, report);
                }
            }
        }
        Expr::BinOp(ast::ExprBinOp { left, op: ast::Operator::Mod, right, .. }) if left.is_string_literal_expr() => {
            match right.as_ref() {
                Expr::Tuple(values) => values.elts.iter().for_each(|value| check_value(context, value, report)),
                value => check_value(context, value, report),
            }
        }
        value => check_value(context, value, report),
    }
}

fn check_value(context: &Context<'_>, value: &Expr, report: &mut Report<'_>) {
    if last_name(value).is_some_and(is_secret_name) && !is_new(context, value) {
        report.at(value.range(), &[("secret", context.text(value))]);
    }
}

/// Whether the function has made the secret itself, and tells it to the one who needs it: `password = token_hex(8)`,
/// `password = "".join(random.choices(letters, k=20))`.
fn is_new(context: &Context<'_>, value: &Expr) -> bool {
    let Some(def) = context.enclosing_function().filter(|def| !is_large(*def)) else { return false };
    let text = context.text(value);
    any_in_own(&def.body, |node| match node {
        AnyNodeRef::StmtAssign(assign) => {
            assign.targets.iter().any(|target| context.text(target) == text) && any_in_expr(&assign.value, is_making)
        }
        _ => false,
    })
}

/// A call that makes a value that nobody had before, going by its name: `secrets.token_hex()`, `generate_password()`.
fn is_making(node: AnyNodeRef<'_>) -> bool {
    const MODULES: [&str; 3] = ["random", "secrets", "uuid"];
    let AnyNodeRef::ExprCall(call) = node else { return false };
    if matches!(call.func.as_ref(), Expr::Attribute(method) if MODULES.iter().any(|module| is_name(&method.value, module))) {
        return true;
    }
    last_name(&call.func).is_some_and(|name| {
        let words = words(name);
        let makes = |word: &String| matches!(word.as_str(), "gen" | "generate" | "generated" | "random" | "urandom" | "uuid4");
        words.iter().any(makes)
            || matches!(name, "token_bytes" | "token_hex" | "token_urlsafe")
            || words.len() > 1 && words[0] == "new"
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn what_is_about_a_secret_is_not_the_secret() {
        let quiet = "\
import logging
log = logging.getLogger(__name__)
log.info('token %s', token)
log.info('no password for %s', user)
log.debug('%d', len(password))
print(password_reset_url, has_password, mask(password))
self.assertEqual(password, secret)
chart.log(secret)
print(f'change it with {UPDATE_PASSWORD}')
def start(self):
    self.password = token_hex(8)
    log.info('password: %s', self.password)
def export(self, path):
    if not self.given:
        password = ''.join(random.choice(letters) for _ in range(20))
        print('open it with the password %s' % password)
    api_key = client.new_api_key()
    secret = uuid.uuid4().hex
    print(api_key, f'{secret}')
def test_login():
    print(password)
";
        assert!(found("secret-in-log", quiet).is_empty());
    }

    #[test]
    fn every_way_to_show_it_is_found() {
        let source = "\
import logging
logging.info('login with %s', password)
class Client:
    def connect(self):
        self.logger.debug(f'key={self.api_key} at {self.url}')
        print('secret: %s' % self.client_secret, config['access_token'])
    def renew(self, secret):
        password = self.new(secret)
        print(password)
";
        let expected = ["password", "self.api_key", "self.client_secret", "config['access_token']", "password"];
        assert_eq!(found("secret-in-log", source), expected);
    }
}
