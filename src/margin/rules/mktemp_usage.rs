//! `mktemp-usage`: the name of a file that nobody has made.

use ruff_python_ast::{self as ast, Expr};

use super::support::{argument, is_call_of, is_symbol, last_name, string, value_of, words};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "mktemp-usage", hooks: &[Hook::CallOf(&["tempfile.mktemp"], check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if !is_symbol(context, &call.func, &["tempfile.mktemp"]) {
        return;
    }
    // In an `except` something better was missing.
    if context.enclosing_handler().is_some() || is_pipe(call) || is_address(context) || is_in_private_folder(context, call) {
        return;
    }
    report.at(call.func.as_ref(), &[("symbol", context.text(call.func.as_ref()))]);
}

/// A named pipe of Windows is no file: nobody can put one there, and to make it fails when it is there.
fn is_pipe(call: &ast::ExprCall) -> bool {
    let Some(prefix) = argument(call, "prefix", Some(1)).given() else { return false };
    let text = match prefix {
        Expr::BinOp(binary) => string(&binary.left),
        Expr::Call(format) => match format.func.as_ref() {
            Expr::Attribute(method) => string(&method.value),
            _ => None,
        },
        other => string(other),
    };
    text.is_some_and(|text| text.starts_with(r"\\.\pipe\"))
}

/// A socket's address must not be there yet, and to bind it fails when it is.
fn is_address(context: &Context<'_>) -> bool {
    let is_one = |name: &str| words(name).iter().any(|word| ["address", "socket", "sock", "pipe", "fifo"].contains(&word.as_str()));
    context.enclosing_function().is_some_and(|def| is_one(&def.name))
        || matches!(context.parent(), Some(crate::python::Node::Stmt(ast::Stmt::Assign(assign)))
            if assign.targets.iter().any(|target| last_name(target).is_some_and(is_one)))
}

/// A folder that `mkdtemp` made is open to nobody else.
fn is_in_private_folder<'a>(context: &Context<'a>, call: &'a ast::ExprCall) -> bool {
    let Some(folder) = argument(call, "dir", Some(2)).given() else { return false };
    let made = value_of(context, folder);
    if is_call_of(context, made, &["tempfile.gettempdir"]) || is_symbol(context, made, &["tempfile.tempdir"]) {
        return false;
    }
    let name = match made {
        Expr::Call(call) => last_name(&call.func),
        other => last_name(other),
    };
    name.is_some_and(|name| {
        let name = name.to_ascii_lowercase().replace('_', "");
        ["mkdtemp", "temporarydirectory", "tempdir", "tmpdir", "tmppath"].iter().any(|word| name.contains(word))
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn what_nobody_else_can_take_is_fine() {
        let quiet = "\
import tempfile
def arbitrary_address():
    return tempfile.mktemp()
def pipe():
    return tempfile.mktemp(prefix=r'\\\\.\\pipe\\x-')
name = tempfile.mktemp(prefix=r'\\\\.\\pipe\\x-{}'.format(pid))
def work(self):
    folder = tempfile.mkdtemp()
    name = tempfile.mktemp(dir=folder)
    other = tempfile.mktemp(dir=util.get_temp_dir())
    third = tempfile.mktemp('.log', 'x', self.tmpdir)
    socket_path = tempfile.mktemp()
try:
    work()
except NotImplementedError:
    name = tempfile.mktemp()
";
        assert!(found("mktemp-usage", quiet).is_empty());
    }

    #[test]
    fn a_folder_for_all_is_not() {
        let source = "\
import tempfile
def work(path):
    folder = tempfile.gettempdir()
    a = tempfile.mktemp(dir=folder)
    b = tempfile.mktemp(dir='/tmp')
    c = tempfile.mktemp(dir=path)
    d = tempfile.mktemp(prefix='pipe')
    e = tempfile.mktemp(dir=tempfile.tempdir)
";
        assert_eq!(found("mktemp-usage", source), ["tempfile.mktemp"; 5]);
    }
}
