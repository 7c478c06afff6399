//! `network-in-tests`: a test that fails when someone else's server does.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::support::{function_text, string, value_of};
use super::{Detector, Hook, Report};
use crate::python::{Context, ModuleBindingKind};

pub(super) const DETECTOR: Detector = Detector { rule: "network-in-tests", hooks: &[Hook::Call(check)] };

/// Functions that ask a server, and where their address is.
const CALLS: [(&str, usize); 19] = [
    ("requests.get", 0),
    ("requests.post", 0),
    ("requests.put", 0),
    ("requests.patch", 0),
    ("requests.delete", 0),
    ("requests.head", 0),
    ("requests.options", 0),
    ("requests.request", 1),
    ("httpx.get", 0),
    ("httpx.post", 0),
    ("httpx.put", 0),
    ("httpx.patch", 0),
    ("httpx.delete", 0),
    ("httpx.head", 0),
    ("httpx.request", 1),
    ("urllib.request.urlopen", 0),
    ("urllib.request.urlretrieve", 0),
    ("socket.create_connection", 0),
    ("socket.getaddrinfo", 0),
];

/// Packages and fixtures that answer in the place of servers, and marks of tests that mean to ask them.
const STAND_INS: [&str; 22] = [
    "responses", "respx", "requests_mock", "vcr", "httpretty", "pytest_httpx", "httpx_mock", "aioresponses", "pook",
    "httpserver", "httpbin", "mocker", "monkeypatch", "mock", "patch", "network", "integration", "e2e", "online",
    "skip", "raises", "MockTransport",
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if !context.in_test() || call.arguments.is_empty() {
        return;
    }
    let Some(callee) = context.resolve(&call.func) else { return };
    let Some((_, at)) = CALLS.iter().find(|(name, _)| *name == callee.as_str()) else { return };
    let Some(address) = call.arguments.args.get(*at).or_else(|| call.arguments.find_keyword("url").map(|word| &word.value))
    else {
        return;
    };
    let Some(host) = host(context, address) else { return };
    if !is_elsewhere(&host) || is_stood_in_for(context) {
        return;
    }
    report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref())), ("host", &host)]);
}

/// The host of an address that can be read.
fn host<'a>(context: &Context<'a>, address: &'a Expr) -> Option<String> {
    match value_of(context, address) {
        Expr::Tuple(pair) => string(pair.elts.first()?).map(str::to_owned),
        address => {
            let text = string(address)?;
            let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
            let host = rest.split(['/', '?', '#']).next()?;
            let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
            let end = if host.starts_with('[') { host.find(']').map(|at| at + 1) } else { host.find(':') };
            Some(host[..end.unwrap_or(host.len())].to_owned())
        }
    }
}

/// Whether a host is another machine: no name of this one, and none that leads nowhere on purpose.
fn is_elsewhere(host: &str) -> bool {
    let here = ["localhost", "testserver", "0.0.0.0", "[::1]", "::1", "test"];
    let nowhere = [".test", ".invalid", ".local", ".localhost", ".localdomain"];
    host.contains('.')
        && !here.contains(&host)
        && !host.starts_with("127.")
        && !nowhere.iter().any(|ending| host.ends_with(ending))
}

fn is_stood_in_for(context: &Context<'_>) -> bool {
    let imported = context.table.imports().any(|binding| match &binding.kind {
        ModuleBindingKind::Import(name) => STAND_INS.contains(&name.split('.').next().unwrap_or_default()),
        _ => false,
    });
    imported || function_text(context).is_none_or(|text| STAND_INS.iter().any(|word| text.contains(word)))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn stand_ins_and_this_machine_are_fine() {
        let quiet = "\
import pytest, requests, urllib.request
def test_local(port, url):
    requests.get('http://localhost:8000/')
    requests.get('http://127.0.0.1/')
    requests.get(f'http://localhost:{port}')
    requests.get(url)
    urllib.request.urlopen('file:///tmp/x')
def test_mocked(requests_mock):
    requests.get('https://shop.example/')
@pytest.mark.integration
def test_real():
    requests.get('https://shop.example/')
def fetch():
    return requests.get('https://shop.example/')
";
        assert!(found("network-in-tests", quiet).is_empty());
    }

    #[test]
    fn other_machines_are_found() {
        let source = "\
import requests, socket
import httpx
def test_all():
    requests.get('https://shop.example/items')
    address = 'https://shop.example'
    httpx.request('GET', address)
    socket.create_connection(('shop.example', 80))
";
        assert_eq!(found("network-in-tests", source), ["requests.get", "httpx.request", "socket.create_connection"]);
    }
}
