//! `insecure-cookie`: a key to somebody's account that too many can see.

use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::support::{add_argument, argument, is_false, is_name, last_name, string, words};
use super::{Detector, Hook, Report};
use crate::margin::Fix;
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "insecure-cookie",
    hooks: &[Hook::Call(check_call), Hook::Stmt(&[NodeKind::StmtAssign], check_setting)],
};

/// Words in the names of cookies that stand for a login.
const LOGIN: [&str; 12] = [
    "access", "auth", "jwt", "login", "refresh", "remember", "session", "sessionid", "sessid", "sid", "ssid", "token",
];

fn check_call<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(method) = call.func.as_ref() else { return };
    if method.attr.as_str() != "set_cookie" || call.arguments.len() < 2 {
        return;
    }
    let named = argument(call, "key", Some(0)).given().or_else(|| argument(call, "name", None).given());
    let Some(name) = named.and_then(|key| string(key).or_else(|| last_name(key))) else { return };
    if !stands_for_login(name) {
        return;
    }
    let (secure, httponly) = (argument(call, "secure", Some(6)), argument(call, "httponly", Some(7)));
    let mut missing = Vec::new();
    if secure.is_absent() || secure.given().is_some_and(is_false) {
        missing.push("secure");
    }
    // Who writes that scripts may read it has thought about it.
    if httponly.is_absent() {
        missing.push("httponly");
    }
    if missing.is_empty() {
        return;
    }
    let fix = if secure.given().is_some_and(is_false) { None } else { secured(context, call, &missing) };
    let shown = missing.iter().map(|name| format!("`{name}=True`")).collect::<Vec<_>>().join(" and ");
    let message = format!("whoever has the cookie `{}` is logged in, and it lacks {shown}", name.replace('`', "'"));
    report.say(call.func.range(), message).fix = fix;
}

fn check_setting<'a>(_context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Assign(assign) = stmt else { return };
    let [target] = assign.targets.as_slice() else { return };
    // That the cookie goes over plain HTTP may be right on a developer's machine; that scripts read it is not.
    if is_name(target, "SESSION_COOKIE_HTTPONLY") && is_false(&assign.value) {
        let fix = report.fix("Hide it from scripts", assign.value.as_ref(), "True");
        report.say(stmt, "every script on a page can read the session cookie, also one that was smuggled in".to_owned()).fix =
            Some(fix);
    }
}

/// What guards against forged forms is meant to be read by scripts.
fn stands_for_login(name: &str) -> bool {
    let words = words(name);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    has(&LOGIN) && !has(&["csrf", "csrftoken", "xsrf", "consent", "language", "theme", "test"])
}

fn secured(context: &Context<'_>, call: &ast::ExprCall, missing: &[&str]) -> Option<Fix> {
    let text = missing.iter().map(|name| format!("{name}=True")).collect::<Vec<_>>().join(", ");
    let edits = vec![add_argument(context, call, &text)?];
    Some(Fix { title: format!("Add `{text}`"), safe: false, edits, imports: Vec::new() })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "insecure-cookie";

    #[test]
    fn other_cookies_and_guarded_ones_are_fine() {
        let quiet = "\
response.set_cookie('theme', 'dark')
response.set_cookie('csrf_token', token)
response.set_cookie('session', value, secure=True, httponly=True)
response.set_cookie('session', value, secure=settings.SECURE, httponly=True)
response.set_cookie('session', value, secure=True, httponly=False)
response.set_cookie('session', value, **options)
response.set_cookie('session', value, 60, None, '/', None, True, True)
jar.set_cookie(session_cookie)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = False
";
        assert!(found(RULE, quiet).is_empty());
    }

    #[test]
    fn what_is_missing_is_added() {
        let source = "\
response.set_cookie('sessionid', value)
response.set_cookie(key='access_token', value=value, httponly=True)
response.set_cookie(SESSION_COOKIE, value, secure=False, httponly=True)
SESSION_COOKIE_HTTPONLY = False
";
        let expected = "\
response.set_cookie('sessionid', value, secure=True, httponly=True)
response.set_cookie(key='access_token', value=value, httponly=True, secure=True)
response.set_cookie(SESSION_COOKIE, value, secure=False, httponly=True)
SESSION_COOKIE_HTTPONLY = True
";
        assert_eq!(found(RULE, source).len(), 4);
        assert_eq!(fixed(RULE, source), expected);
    }
}
