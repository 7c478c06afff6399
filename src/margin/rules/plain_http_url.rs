//! `plain-http-url`: a request that everyone on the way can read.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::http::{host, is_private, url};
use super::support::value_of;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "plain-http-url", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if call.arguments.is_empty() {
        return;
    }
    let Some(url) = context.callee(call).and_then(|callee| url(&callee, call)) else { return };
    let Some((literal, text)) = beginning(value_of(context, url)) else { return };
    let host = host(text);
    if !text.starts_with("http://") || is_private(host) {
        return;
    }
    let scheme = context.text(literal).find("http").map(|at| TextRange::at(literal.start() + TextSize::new(at as u32), TextSize::of("http")));
    let fix = scheme.map(|scheme| report.fix("Use https", scheme, "https"));
    report.at(url, &[("host", host)]).fix = fix;
}

/// The literal that a URL begins with, and what of its text is known.
fn beginning(url: &Expr) -> Option<(&Expr, &str)> {
    let mut first = url;
    loop {
        first = match first {
            Expr::BinOp(ast::ExprBinOp { left, op: ast::Operator::Add | ast::Operator::Mod, .. }) => left,
            Expr::Call(call) => match call.func.as_ref() {
                Expr::Attribute(method) if method.attr.as_str() == "format" => &method.value,
                _ => return None,
            },
            _ => break,
        };
    }
    match first {
        Expr::StringLiteral(text) => Some((first, text.value.to_str())),
        Expr::FString(text) => match text.value.elements().next() {
            Some(ast::InterpolatedStringElement::Literal(text)) => Some((first, &text.value)),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "plain-http-url";

    #[test]
    fn secure_private_and_unknown_hosts_are_fine() {
        let quiet = "\
import httpx, requests
requests.get('https://shop.org')
requests.get('http://localhost:8000')
requests.get('http://10.0.0.1/')
requests.get('http://backend/orders')
requests.get(f'http://{host}/')
requests.get('http://%s/' % host)
requests.get(url)
requests.get(self.url, params={'next': 'http://shop.org'})
cache.get('http://shop.org')
httpx.Client()
namespace = 'http://www.w3.org/2000/svg'
";
        assert!(found(RULE, quiet).is_empty());
    }

    #[test]
    fn the_scheme_is_changed() {
        let source = "\
import aiohttp, httpx, requests, urllib.request
requests.get(f'http://shop.org/{path}', timeout=1)
requests.request('GET', 'http://shop.org/' + path)
httpx.Client(base_url='http://shop.org')
urllib.request.urlopen('http://shop.org/{}'.format(path))
async def load(session: aiohttp.ClientSession):
    url = 'http://shop.org'
    await session.get(url)
";
        assert_eq!(found(RULE, source).len(), 5);
        assert_eq!(fixed(RULE, source), source.replace("http:", "https:"));
    }
}
