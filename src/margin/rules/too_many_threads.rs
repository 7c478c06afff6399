//! `too-many-threads`: a thread for each piece of data.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::support::{argument, literal_number, symbol};
use super::threads::comprehension;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "too-many-threads", hooks: &[Hook::Call(check)] };

/// More workers than this are more than a pool is for.
const MOST: f64 = 100.0;

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    match symbol(context, &call.func).as_deref() {
        Some("threading.Thread") => {
            let loops = context.loops().next().and_then(|outer| match outer {
                Stmt::For(stmt) => Some(stmt.iter.as_ref()),
                _ => None,
            });
            let Some(data) = comprehension(context).or(loops).filter(|data| is_open(context, data)) else { return };
            report.at(call.func.range(), &[("data", context.text(data))]);
        }
        Some("concurrent.futures.ThreadPoolExecutor") => {
            let Some(workers) = argument(call, "max_workers", Some(0)).given() else { return };
            if literal_number(workers).is_some_and(|number| number > MOST) {
                let message = format!("{} threads take memory and time from each other; use fewer, or asyncio", context.text(workers));
                report.say(workers.range(), message);
            }
        }
        _ => {}
    }
}

/// Whether nothing in the code says how many rounds there are: no literal, and no `range` of a small number or a name.
fn is_open(context: &Context<'_>, data: &Expr) -> bool {
    match data {
        Expr::List(_) | Expr::Tuple(_) | Expr::Set(_) | Expr::Dict(_) | Expr::StringLiteral(_) => false,
        Expr::Call(call) if context.is_builtin(&call.func, "range") => {
            call.arguments.args.last().and_then(literal_number).is_some_and(|number| number > MOST)
        }
        Expr::Call(call) if context.is_builtin(&call.func, "enumerate") => {
            call.arguments.args.first().is_none_or(|inner| is_open(context, inner))
        }
        _ => !super::support::is_constant(context, data),
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn a_few_threads_are_fine() {
        let quiet = "\
from threading import Thread
from concurrent.futures import ThreadPoolExecutor
WORKERS = 8
for _ in range(8):
    Thread(target=work).start()
for _ in range(WORKERS):
    Thread(target=work).start()
threads = [Thread(target=f) for f in (read, write)]
Thread(target=work).start()
ThreadPoolExecutor(16)
while True:
    Thread(target=work).start()
";
        assert!(found("too-many-threads", quiet).is_empty());
    }

    #[test]
    fn a_thread_for_each_is_found() {
        let source = "\
import threading
from concurrent.futures import ThreadPoolExecutor
def crawl(urls):
    for url in urls:
        threading.Thread(target=fetch, args=(url,)).start()
    threads = [threading.Thread(target=fetch) for _ in range(1000)]
    ThreadPoolExecutor(max_workers=500)
";
        assert_eq!(found("too-many-threads", source), ["threading.Thread", "threading.Thread", "500"]);
    }
}
