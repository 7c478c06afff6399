//! `requests-in-async`: an HTTP client that holds up the event loop.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::{in_thread, is_awaited};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "requests-in-async",
    hooks: &[
        Hook::CallOf(&METHODS, check),
        Hook::CallOf(&["urllib.request.urlopen", "urllib.request.urlretrieve"], check),
    ],
};

/// What `requests` and `httpx` have to send a request with.
const METHODS: [&str; 10] =
    ["get", "post", "put", "patch", "delete", "head", "options", "request", "stream", "send"];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if !context.in_async() || is_awaited(context) {
        return;
    }
    if !context.callee(call).is_some_and(|callee| is_blocking(&callee)) {
        return;
    }
    let fix = in_thread(context, call, report);
    report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]).fix = fix;
}

fn is_blocking(callee: &str) -> bool {
    if matches!(callee, "urllib.request.urlopen" | "urllib.request.urlretrieve" | "urllib3.request" | "urllib3.PoolManager.request") {
        return true;
    }
    let Some((owner, verb)) = callee.rsplit_once('.') else { return false };
    let is_client = matches!(
        owner,
        "requests" | "requests.api" | "requests.Session" | "requests.sessions.Session" | "httpx" | "httpx.Client"
    );
    is_client && METHODS.contains(&verb)
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn other_clients_and_other_places_are_fine() {
        let quiet = "\
import asyncio, httpx, requests
def load(url):
    return requests.get(url)
async def main(url):
    async with httpx.AsyncClient() as client:
        await client.get(url)
    await asyncio.to_thread(requests.get, url)
    await run(lambda: requests.get(url))
    requests.codes.get('ok')
    cache.get(url)
";
        assert!(found("requests-in-async", quiet).is_empty());
    }

    #[test]
    fn sessions_and_clients_are_known_by_their_class() {
        let source = "\
import httpx, requests
from urllib.request import urlopen
async def main(url):
    session = requests.Session()
    text = session.get(url, timeout=3).text
    with httpx.Client() as client:
        client.post(url)
    return urlopen(url)
";
        assert_eq!(found("requests-in-async", source), ["session.get", "client.post", "urlopen"]);
        let after = fixed("requests-in-async", source);
        assert!(after.contains("text = (await asyncio.to_thread(session.get, url, timeout=3)).text"), "{after}");
        assert!(after.contains("return await asyncio.to_thread(urlopen, url)"), "{after}");
    }
}
