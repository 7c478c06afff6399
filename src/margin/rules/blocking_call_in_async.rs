//! `blocking-call-in-async`: a call that stops the event loop.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::Ranged;

use super::support::{
    any_in_expr, any_in_own, comments_on, in_sync_build, in_thread, is_awaited, is_discarded, is_finalizer, is_name, literal_number, words,
};
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
    if is_weighed(context, call) || in_sync_build(context) || is_local_file(&callee) && is_brief(context, call) {
        return;
    }
    if callee == "shutil.rmtree" && only_cleans_up(context, call) {
        return;
    }
    let fix = match remedy {
        Remedy::Sleep => sleep(context, call),
        Remedy::Thread => in_thread(context, call, report),
        Remedy::None => None,
    };
    report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]).fix = fix;
}

/// Whether a comment speaks of blocking or threads: someone has weighed it.
fn is_weighed(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    let mut comments = comments_on(context, call).map(str::to_ascii_lowercase);
    comments.any(|text| text.contains("block") || text.contains("thread"))
}

/// Whether a call opens, reads or writes a file.
fn is_local_file(callee: &str) -> bool {
    callee == "builtins.open" || callee.starts_with("pathlib.Path.")
}

/// Whether no other task waits for a file: the function starts something up, or hands an open file on and works with it
/// elsewhere.
fn is_brief(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    const STARTING: [&str; 6] = ["configure", "init", "initialize", "setup", "start", "startup"];
    let first = context.enclosing_function().and_then(|def| words(&def.name).into_iter().next());
    if first.is_some_and(|word| STARTING.contains(&word.as_str())) {
        return true;
    }
    let opened = context.ancestors().find_map(|node| match node {
        Node::Stmt(Stmt::With(with)) => {
            let item = with.items.iter().find(|item| item.context_expr.range() == call.range())?;
            Some((item.optional_vars.as_deref()?.as_name_expr()?, with.body.as_slice()))
        }
        Node::Stmt(Stmt::Assign(assign)) => {
            let value = match assign.value.as_ref() {
                Expr::If(either) => either.body.as_ref(),
                other => other,
            };
            let ([Expr::Name(file)], Expr::Call(opening)) = (assign.targets.as_slice(), value) else { return None };
            (opening.range() == call.range()).then_some((file, context.enclosing_function()?.body.as_slice()))
        }
        _ => None,
    });
    opened.is_some_and(|(file, body)| !works_with(body, &file.id))
}

/// Whether a folder is deleted that was only there for the time being: it is named so, or the place is a `finally` or a function
/// that ends something.
fn only_cleans_up(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    const TEMPORARY: [&str; 8] = ["scratch", "temp", "tempdir", "temporary", "tmp", "tmpdir", "tmpdirname", "tmppath"];
    let is_temporary = |name: &str| words(name).iter().any(|word| TEMPORARY.contains(&word.as_str()));
    let names_it = |node: AnyNodeRef<'_>| match node {
        AnyNodeRef::ExprName(name) => is_temporary(&name.id),
        AnyNodeRef::ExprAttribute(attribute) => is_temporary(&attribute.attr),
        _ => false,
    };
    let in_finally = || {
        context.ancestors().any(|node| match node {
            Node::Stmt(Stmt::Try(stmt)) => stmt.finalbody.first().is_some_and(|first| first.start() <= call.start()),
            _ => false,
        })
    };
    call.arguments.args.first().is_some_and(|folder| any_in_expr(folder, names_it))
        || in_finally()
        || context.enclosing_function().is_some_and(|def| is_finalizer(&def.name))
}

/// Whether a body reads or writes a file itself: `file.read()`, `json.load(file)`, `for line in file`.
fn works_with(body: &[Stmt], file: &str) -> bool {
    let (mut works, mut awaits) = (0, 0);
    let moves = |name: &str| name.starts_with("read") || name.starts_with("write");
    let takes = |call: &ast::ExprCall| match call.func.as_ref() {
        Expr::Attribute(method) if is_name(&method.value, file) => moves(&method.attr),
        _ => call.arguments.args.iter().any(|value| is_name(value, file)),
    };
    any_in_own(body, |node| {
        match node {
            AnyNodeRef::ExprCall(call) if takes(call) => works += 1,
            AnyNodeRef::ExprAwait(awaited) => {
                awaits += i32::from(matches!(awaited.value.as_ref(), Expr::Call(call) if takes(call)));
            }
            AnyNodeRef::StmtFor(each) if is_name(&each.iter, file) => works += 1,
            AnyNodeRef::Comprehension(each) if is_name(&each.iter, file) => works += 1,
            _ => {}
        }
        false
    });
    works > awaits
}

fn remedy(callee: &str, call: &ast::ExprCall) -> Option<Remedy> {
    Some(match callee {
        // `sleep(0)` does not wait.
        "time.sleep" if call.arguments.args.first().and_then(literal_number) == Some(0.0) => return None,
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
import asyncio, io, pathlib, shutil, socket, tempfile, time, subprocess
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
    while waiting():
        time.sleep(0)
    # The process has ended, so this does not block.
    process.wait()
async def upload(path: pathlib.Path, send):
    with io.open(path) as file:
        await send(file)
    with path.open('w') as file:
        await asyncio.to_thread(file.write, 'x')
    certificate = path.open() if path else None
    await send(certificate)
async def start_server(path: pathlib.Path):
    return path.read_text()
async def copy(source, work):
    tmp_dir = tempfile.mkdtemp()
    try:
        await fetch(source, work)
        shutil.rmtree(tmp_dir / 'parts')
    finally:
        shutil.rmtree(work)
async def clean_up(work):
    shutil.rmtree(work)
async def resolve(host):
    if not IS_SYNC:
        return await host.find()
    else:
        return socket.gethostbyname(host)
";
        assert!(found("blocking-call-in-async", quiet).is_empty());
    }

    #[test]
    fn a_folder_that_was_to_stay_is_deleted_in_the_way() {
        let source = "\
import shutil
async def drop(user, template_dir):
    try:
        await user.leave()
    except OSError:
        shutil.rmtree(user.home)
    finally:
        user.done()
    shutil.rmtree(template_dir)
";
        assert_eq!(found("blocking-call-in-async", source).len(), 2);
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
        return [subprocess.run(['wc', line]) for line in file]
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
        return [subprocess.run(['wc', line]) for line in file]
";
        assert_eq!(fixed("blocking-call-in-async", source), after);
    }
}
