//! `xmlrpc-plain-http`: remote calls in the clear.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::support::{argument, symbol};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "xmlrpc-plain-http", hooks: &[Hook::Call(check)] };

const LOOPBACK: [&str; 5] = ["localhost", "127.", "[::1]", "0.0.0.0", "::1"];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(uri) = argument(call, "uri", Some(0)).given() else { return };
    let text = match uri {
        Expr::StringLiteral(text) => text.value.to_str(),
        Expr::FString(text) => match text.value.elements().next() {
            Some(ast::InterpolatedStringElement::Literal(first)) => &first.value,
            _ => return,
        },
        _ => return,
    };
    // Of a host that is filled in nothing is known.
    let Some(rest) = text.strip_prefix("http://").filter(|rest| !rest.is_empty()) else { return };
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    if LOOPBACK.iter().any(|name| host.starts_with(name))
        || !symbol(context, &call.func).is_some_and(|name| name == "xmlrpc.client.ServerProxy" || name == "xmlrpc.client.Server")
    {
        return;
    }
    let scheme = context.text(uri).find("http").map(|at| TextRange::at(uri.start() + TextSize::new(at as u32), TextSize::of("http")));
    let fix = scheme.map(|scheme| report.fix("Use https", scheme, "https"));
    report.at(uri, &[]).fix = fix;
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn secure_local_and_unknown_hosts_are_fine() {
        let quiet = "\
from xmlrpc.client import ServerProxy
ServerProxy('https://rpc.example')
ServerProxy('http://localhost:8000')
ServerProxy('http://127.0.0.1:8000')
ServerProxy(f'http://{host}')
ServerProxy(url)
";
        assert!(found("xmlrpc-plain-http", quiet).is_empty());
    }

    #[test]
    fn the_scheme_is_changed() {
        let source = "import xmlrpc.client\nxmlrpc.client.ServerProxy(f'http://rpc.example/{path}', verbose=True)\n";
        assert_eq!(fixed("xmlrpc-plain-http", source), source.replace("http:", "https:"));
    }
}
