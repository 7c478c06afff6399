//! `http-client-per-request`: a client, and with it a pool of connections, for each request.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::{is_symbol, symbol};
use super::web::in_route;
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "http-client-per-request", hooks: &[Hook::Call(check)] };

const CLIENTS: [&str; 4] = ["httpx.AsyncClient", "httpx.Client", "aiohttp.ClientSession", "requests.Session"];

/// Parameters of a function that is called once for each request.
const TARGETS: [&str; 10] =
    ["url", "uri", "link", "href", "page", "page_url", "item", "item_id", "endpoint", "image_url"];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if !is_symbol(context, &call.func, &CLIENTS) {
        return;
    }
    // Outside `with`, a client may be kept for later.
    let used_up = matches!(context.parent(), Some(Node::WithItem(_)));
    if used_up && (context.in_loop() || in_route(context) || serves_one_target(context)) {
        let name = symbol(context, &call.func).unwrap_or_default();
        report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref())), ("name", &name)]);
    }
}

/// Whether the function around the place is a coroutine for one address.
fn serves_one_target(context: &Context<'_>) -> bool {
    context.enclosing_function().is_some_and(|def| {
        def.is_async && def.parameters.iter().any(|parameter| TARGETS.contains(&parameter.name().as_str()))
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn one_client_for_many_requests_is_fine() {
        let quiet = "\
import aiohttp, httpx
async def main(urls):
    async with httpx.AsyncClient() as client:
        for url in urls:
            await client.get(url)
class Api:
    def __init__(self, url):
        self.session = aiohttp.ClientSession(url)
def load(url):
    with httpx.Client() as client:
        return client.get(url)
";
        assert!(found("http-client-per-request", quiet).is_empty());
    }

    #[test]
    fn a_client_for_each_address_is_found() {
        let source = "\
import aiohttp, httpx
async def fetch(url):
    async with aiohttp.ClientSession() as session:
        return await session.get(url)
def load(urls):
    for url in urls:
        with httpx.Client() as client:
            client.get(url)
@app.get('/rates')
async def rates():
    async with httpx.AsyncClient() as client:
        return await client.get('https://example.org')
";
        let expected = ["aiohttp.ClientSession", "httpx.Client", "httpx.AsyncClient"];
        assert_eq!(found("http-client-per-request", source), expected);
    }
}
