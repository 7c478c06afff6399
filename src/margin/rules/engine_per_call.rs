//! `engine-per-call`: an engine or a connection made anew for each call.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::database::{CONNECT, ENGINE};
use super::support::is_symbol;
use super::web::in_route;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "engine-per-call", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let opens = is_symbol(context, &call.func, &ENGINE) || is_symbol(context, &call.func, &CONNECT);
    if opens && (in_route(context) || context.in_loop()) && !tries_again(context) {
        report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]);
    }
}

/// Whether the loop is there to try again what failed.
fn tries_again(context: &Context<'_>) -> bool {
    context.in_loop() && context.enclosing_try().is_some_and(|stmt| !stmt.handlers.is_empty())
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn an_engine_for_the_whole_program_is_fine() {
        let quiet = "\
import psycopg, sqlalchemy
engine = sqlalchemy.create_engine('sqlite://')
def make_engine(url):
    return sqlalchemy.create_engine(url)
def wait(url):
    while True:
        try:
            return psycopg.connect(url)
        except psycopg.OperationalError:
            pass
@lru_cache
def connection(url):
    return psycopg.connect(url)
@config.get('url')
def other():
    return psycopg.connect('')
";
        assert!(found("engine-per-call", quiet).is_empty());
    }

    #[test]
    fn handlers_and_loops_are_found() {
        let source = "\
import psycopg
from sqlalchemy.ext.asyncio import create_async_engine
@app.get('/users')
async def users():
    engine = create_async_engine(URL)
@app.route('/')
def index():
    with psycopg.connect(URL) as connection: ...
for row in rows:
    psycopg.connect(URL).execute(INSERT, row)
";
        assert_eq!(found("engine-per-call", source), ["create_async_engine", "psycopg.connect", "psycopg.connect"]);
    }
}
