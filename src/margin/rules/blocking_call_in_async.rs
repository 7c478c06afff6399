//! `blocking-call-in-async`: a call that stops the event loop.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::support::{in_thread, is_awaited, is_discarded};
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::{Edit, Fix};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "blocking-call-in-async", hooks: &[Hook::Call(check)] };

/// What to do about a call.
enum Remedy {
    /// `await asyncio.sleep(...)`.
    Sleep,
    /// Run it in a thread.
    Thread,
    /// Needs thought: what it gives is used in other blocking calls.
    None,
}

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    // The event loop's own code knows when a thread has ended.
    if !context.in_async() || is_awaited(context) || context.environment.is_below("asyncio") {
        return;
    }
    let Some(callee) = context.callee(call) else { return };
    let Some(remedy) = remedy(&callee, call) else { return };
    let fix = match remedy {
        Remedy::Sleep => sleep(context, call),
        Remedy::Thread => in_thread(context, call, report),
        Remedy::None => None,
    };
    report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]).fix = fix;
}

fn remedy(callee: &str, call: &ast::ExprCall) -> Option<Remedy> {
    Some(match callee {
        "time.sleep" => Remedy::Sleep,
        "builtins.open" | "pathlib.Path.open" => Remedy::None,
        "builtins.input"
        | "subprocess.run"
        | "subprocess.call"
        | "subprocess.check_call"
        | "subprocess.check_output"
        | "subprocess.getoutput"
        | "subprocess.getstatusoutput"
        | "subprocess.Popen.wait"
        | "subprocess.Popen.communicate"
        | "os.system"
        | "os.waitpid"
        | "os.wait"
        | "socket.create_connection"
        | "socket.getaddrinfo"
        | "socket.gethostbyname"
        | "socket.gethostbyaddr"
        | "pathlib.Path.read_text"
        | "pathlib.Path.read_bytes"
        | "pathlib.Path.write_text"
        | "pathlib.Path.write_bytes"
        | "shutil.copy"
        | "shutil.copy2"
        | "shutil.copyfile"
        | "shutil.copytree"
        | "shutil.move"
        | "shutil.rmtree"
        | "shutil.make_archive"
        | "shutil.unpack_archive"
        | "select.select"
        | "getpass.getpass" => Remedy::Thread,
        // Without a timeout or `block=False` they wait as long as it takes.
        "queue.Queue.get" | "queue.Queue.join" | "threading.Thread.join" | "threading.Event.wait"
        | "threading.Condition.wait" | "concurrent.futures.Future.result"
            if call.arguments.is_empty() =>
        {
            Remedy::Thread
        }
        _ => return None,
    })
}

/// `await asyncio.sleep(...)` for `time.sleep(...)`.
fn sleep(context: &Context<'_>, call: &ast::ExprCall) -> Option<Fix> {
    let in_sequence = matches!(context.parent(), Some(Node::Stmt(_)));
    if !is_discarded(context) || !in_sequence || call.arguments.args.iter().any(Expr::is_starred_expr) {
        return None;
    }
    let (sleep, import) = spelling(context, "asyncio.sleep", call.start())?;
    Some(Fix {
        title: format!("Use `await {sleep}(...)`"),
        safe: false,
        edits: vec![Edit::replace(call.func.range(), format!("await {sleep}"))],
        imports: import.into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn what_runs_elsewhere_does_not_block() {
        let quiet = "\
import asyncio, time, subprocess
def work():
    time.sleep(1)
async def main(path):
    await asyncio.to_thread(time.sleep, 1)
    def later():
        time.sleep(1)
    await asyncio.to_thread(lambda: time.sleep(1))
    await asyncio.create_subprocess_exec('ls')
    process = subprocess.Popen('ls')
    open = aiofiles.open
    async with open(path) as file:
        await file.read()
";
        assert!(found("blocking-call-in-async", quiet).is_empty());
    }

    #[test]
    fn the_remedy_fits_the_call() {
        let source = "\
import subprocess
from pathlib import Path
from time import sleep
async def main(path: Path):
    sleep(1)
    lines = path.read_text().splitlines()
    name = input()
    with open(path) as file:
        return [subprocess.run(['wc', line]) for line in lines]
";
        let expected = ["sleep", "path.read_text", "input", "open", "subprocess.run"];
        assert_eq!(found("blocking-call-in-async", source), expected);
        let after = "\
import subprocess
from pathlib import Path
from time import sleep
import asyncio
async def main(path: Path):
    await asyncio.sleep(1)
    lines = (await asyncio.to_thread(path.read_text)).splitlines()
    name = await asyncio.to_thread(input)
    with open(path) as file:
        return [subprocess.run(['wc', line]) for line in lines]
";
        assert_eq!(fixed("blocking-call-in-async", source), after);
    }
}
