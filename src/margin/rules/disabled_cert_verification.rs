//! `disabled-cert-verification`: a certificate that nobody looks at.

use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};

use super::origins::is_under;
use super::support::{is_false, is_instance_of, is_symbol, remove_keyword, string};
use super::{Detector, Hook, Report};
use crate::margin::Fix;
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "disabled-cert-verification",
    hooks: &[Hook::Call(check_call), Hook::Stmt(&[NodeKind::StmtAssign], check_assignment)],
};

/// Packages, and the arguments that switch the check off.
const SWITCHES: [(&str, &str); 5] = [
    ("requests.", "verify"),
    ("httpx.", "verify"),
    ("aiohttp.", "ssl"),
    ("aiohttp.", "verify_ssl"),
    ("urllib3.", "cert_reqs"),
];

fn check_call<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let off = call.arguments.keywords.iter().find_map(|keyword| {
        let name = keyword.arg.as_ref()?.as_str();
        let known = SWITCHES.iter().any(|(_, switch)| *switch == name);
        (known && is_off(context, name, &keyword.value)).then_some((name, keyword))
    });
    let Some((name, keyword)) = off else { return };
    if is_asked_for(context) {
        return;
    }
    let Some(callee) = context.callee(call) else { return };
    if !SWITCHES.iter().any(|(package, switch)| *switch == name && callee.starts_with(package)) {
        return;
    }
    let fix = remove_keyword(context, call, name).map(|edit| Fix {
        title: format!("Remove `{}`", context.text(keyword)),
        safe: false,
        edits: vec![edit],
        imports: Vec::new(),
    });
    report.at(keyword, &[("setting", context.text(keyword))]).fix = fix;
}

fn is_off(context: &Context<'_>, name: &str, value: &Expr) -> bool {
    if name == "cert_reqs" {
        return string(value) == Some("CERT_NONE") || is_symbol(context, value, &["ssl.CERT_NONE"]);
    }
    is_false(value)
}

/// Whether the user decides: `if args.no_verify`, `if insecure`.
fn is_asked_for(context: &Context<'_>) -> bool {
    is_under(context, |test| ["insecure", "verif", "cert", "trust"].iter().any(|word| test.contains(word)))
}

/// `session.verify = False`
fn check_assignment<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Assign(assign) = stmt else { return };
    let [Expr::Attribute(target)] = assign.targets.as_slice() else { return };
    if target.attr.as_str() == "verify"
        && !is_asked_for(context)
        && is_false(&assign.value)
        && is_instance_of(context, &target.value, &["requests.Session"])
    {
        let fix = report.fix("Check certificates", assign.value.as_ref(), "True");
        report.at(stmt, &[("setting", context.text(stmt))]).fix = Some(fix);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "disabled-cert-verification";

    #[test]
    fn checks_that_are_on_or_not_of_certificates_are_fine() {
        let quiet = "\
import aiohttp, requests
requests.get(url, verify='ca.pem')
requests.get(url, verify=check)
requests.get(url, params={'verify': False})
jwt.decode(token, verify=False)
aiohttp.TCPConnector(ssl=True)
options.verify = False
def fetch(args):
    session = requests.Session()
    if args.no_verify:
        session.verify = False
        requests.get(url, verify=False)
def test_get():
    requests.get(url, verify=False)
";
        assert!(found(RULE, quiet).is_empty());
    }

    #[test]
    fn the_check_comes_back() {
        let source = "\
import aiohttp, httpx, requests, urllib3
requests.get(url, verify=False, timeout=1)
httpx.AsyncClient(verify=False)
aiohttp.TCPConnector(ssl=False)
urllib3.PoolManager(cert_reqs='CERT_NONE')
session = requests.Session()
session.verify = False
session.post(url, verify=False)
";
        let expected = "\
import aiohttp, httpx, requests, urllib3
requests.get(url, timeout=1)
httpx.AsyncClient()
aiohttp.TCPConnector()
urllib3.PoolManager()
session = requests.Session()
session.verify = True
session.post(url)
";
        assert_eq!(fixed(RULE, source), expected);
    }
}
