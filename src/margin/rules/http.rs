//! HTTP clients: which calls send a request, and where to.

use ruff_python_ast::{self as ast, Expr};

use super::support::argument;

/// The methods and functions that clients share.
const VERBS: [&str; 10] =
    ["delete", "get", "head", "options", "patch", "post", "put", "request", "stream", "ws_connect"];

/// The clients.
const CLIENTS: [&str; 8] = [
    "aiohttp.ClientSession",
    "httpx",
    "httpx.AsyncClient",
    "httpx.Client",
    "requests",
    "requests.Session",
    "requests.api",
    "requests.sessions.Session",
];

/// The URL that a call sends a request to, or that a client begins all its URLs with, by the public name of what is called.
pub(super) fn url<'a>(callee: &str, call: &'a ast::ExprCall) -> Option<&'a Expr> {
    let (keyword, position) = match callee {
        "urllib.request.urlopen" | "urllib.request.urlretrieve" | "urllib.request.Request" => ("url", 0),
        "urllib3.request" | "urllib3.PoolManager.request" => ("url", 1),
        "httpx.Client" | "httpx.AsyncClient" => return argument(call, "base_url", None).given(),
        "aiohttp.ClientSession" => ("base_url", 0),
        _ => {
            let (owner, verb) = callee.rsplit_once('.')?;
            if !CLIENTS.contains(&owner) || !VERBS.contains(&verb) {
                return None;
            }
            let has_method = verb == "request" || verb == "stream";
            ("url", usize::from(has_method))
        }
    };
    argument(call, keyword, Some(position)).given()
}

/// The host of a URL that stands in the code, as far as it does, without port and user; empty when it is filled in.
pub(super) fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match authority.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

/// Whether a host is on this machine, in a private network, or only an example.
pub(super) fn is_private(host: &str) -> bool {
    const ENDS: [&str; 9] =
        [".arpa", ".invalid", ".internal", ".lan", ".local", ".localdomain", ".localhost", ".svc", ".test"];
    const EXAMPLES: [&str; 3] = ["example.com", "example.net", "example.org"];
    let host = host.to_ascii_lowercase();
    let numbers: Vec<&str> = host.split('.').collect();
    let address = match numbers.as_slice() {
        ["0" | "10" | "127", ..] | ["192", "168", ..] | ["169", "254", ..] => true,
        ["172", second, ..] => second.parse::<u8>().is_ok_and(|second| (16..32).contains(&second)),
        _ => false,
    };
    let example =
        EXAMPLES.iter().any(|name| host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')));
    // A name without a dot is one of the local network, or of a group of containers.
    address || example || !host.contains('.') || ENDS.iter().any(|end| host.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::{host, is_private};

    #[test]
    fn hosts_are_taken_out_of_urls() {
        assert_eq!(host("http://me:secret@shop.org:8080/a?b"), "shop.org");
        assert_eq!(host("http://[::1]:80/"), "::1");
        assert_eq!(host("http://"), "");
        assert_eq!(host("http://shop.org#top"), "shop.org");
    }

    #[test]
    fn what_stays_at_home_is_private() {
        for name in
            ["localhost", "redis", "127.0.0.1", "10.1.2.3", "172.20.0.1", "printer.local", "www.example.com", "::1", ""]
        {
            assert!(is_private(name), "{name}");
        }
        for name in ["shop.org", "172.40.0.1", "8.8.8.8", "notexample.com"] {
            assert!(!is_private(name), "{name}");
        }
    }
}
