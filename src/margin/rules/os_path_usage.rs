//! `os-path-usage`: a path handled as a string.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::support::{has_comment, is_discarded};
use super::{Detector, Hook, Report};
use crate::margin::Fix;
use crate::margin::fix::spelling;
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "os-path-usage", hooks: &[Hook::Call(check)] };

/// Functions, and what does the same of a `Path`. `{}` stands for the path, `{2}` for the second argument; what has
/// `{}` can be put in place of the call as it is, because the result is of the same type.
const FUNCTIONS: [(&str, &str); 31] = [
    ("os.chmod", "Path.chmod"),
    ("os.getcwd", "Path.cwd"),
    ("os.link", "Path.hardlink_to"),
    ("os.listdir", "Path.iterdir"),
    ("os.makedirs", "Path.mkdir"),
    ("os.mkdir", "Path.mkdir"),
    ("os.path.abspath", "Path.absolute"),
    ("os.path.basename", "Path.name"),
    ("os.path.dirname", "Path.parent"),
    ("os.path.exists", "{}.exists()"),
    ("os.path.expanduser", "Path.expanduser"),
    ("os.path.getatime", "{}.stat().st_atime"),
    ("os.path.getctime", "{}.stat().st_ctime"),
    ("os.path.getmtime", "{}.stat().st_mtime"),
    ("os.path.getsize", "{}.stat().st_size"),
    ("os.path.isabs", "{}.is_absolute()"),
    ("os.path.isdir", "{}.is_dir()"),
    ("os.path.isfile", "{}.is_file()"),
    ("os.path.islink", "{}.is_symlink()"),
    ("os.path.ismount", "{}.is_mount()"),
    ("os.path.join", "Path and the operator /"),
    ("os.path.realpath", "Path.resolve"),
    ("os.path.samefile", "{}.samefile({2})"),
    ("os.path.splitext", "Path.suffix and Path.stem"),
    ("os.readlink", "Path.readlink"),
    ("os.remove", "{}.unlink()"),
    ("os.rename", "{}.rename({2})"),
    ("os.replace", "{}.replace({2})"),
    ("os.rmdir", "{}.rmdir()"),
    ("os.symlink", "Path.symlink_to"),
    ("os.unlink", "{}.unlink()"),
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some((_, successor)) = path_method(context, call) else { return };
    let shown = successor.replacen("{}", "Path", 1);
    let shown = shown.trim_end_matches("({2})").trim_end_matches("()");
    let fix = with_path(context, call, successor);
    report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref())), ("successor", shown)]).fix = fix;
}

/// The function that a call is of and its successor, of [`FUNCTIONS`].
pub(in crate::margin) fn path_method(
    context: &Context<'_>,
    call: &ast::ExprCall,
) -> Option<(&'static str, &'static str)> {
    // Who writes `posixpath` means the paths of addresses and archives, not those of files.
    let symbol = context.resolve(&call.func).filter(|symbol| symbol.starts_with("os."))?;
    let at = FUNCTIONS.binary_search_by(|(name, _)| (*name).cmp(symbol.as_str())).ok()?;
    // A path may be relative to an open directory; pathlib cannot say that.
    let by_descriptor = call.arguments.keywords.iter().any(|keyword| {
        keyword.arg.as_ref().is_none_or(|name| name.as_str().ends_with("dir_fd") || name.as_str() == "follow_symlinks")
    });
    // Nor does it know an open file.
    let is_descriptor =
        call.arguments.args.first().and_then(|first| context.infer(first)).is_some_and(|ty| ty.is_builtin("int"));
    (!by_descriptor && !is_descriptor).then_some(FUNCTIONS[at])
}

fn with_path(context: &Context<'_>, call: &ast::ExprCall, template: &str) -> Option<Fix> {
    let has_second = template.contains("{2}");
    let renames = matches!(template, "{}.rename({2})" | "{}.replace({2})");
    let arguments: &[Expr] = &call.arguments.args;
    let fits = arguments.len() == 1 + usize::from(has_second) && call.arguments.keywords.is_empty();
    let plain = arguments.iter().all(|argument| {
        matches!(argument, Expr::Name(_) | Expr::Attribute(_) | Expr::StringLiteral(_) | Expr::FString(_) | Expr::Call(_) | Expr::Subscript(_))
    });
    // `Path.rename` gives the new path, `os.rename` nothing.
    if !template.starts_with("{}") || !fits || !plain || renames && !is_discarded(context) || has_comment(context, call) {
        return None;
    }
    let (path, import) = spelling(context, "pathlib.Path", call.start())?;
    let first = context.text(&arguments[0]);
    let mut text = template.replacen("{}", &format!("{path}({first})"), 1);
    if has_second {
        text = text.replace("{2}", context.text(&arguments[1]));
    }
    Some(Fix {
        title: format!("Use `{path}`"),
        safe: false,
        edits: vec![crate::margin::Edit::replace(call, text)],
        imports: import.into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::FUNCTIONS;
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn the_functions_are_in_order() {
        assert!(FUNCTIONS.is_sorted());
    }

    #[test]
    fn what_pathlib_cannot_do_is_left_alone() {
        let quiet = "\
import os, posixpath
def f(fd: int, path, **options):
    os.path.exists(fd)
    os.mkdir(path, dir_fd=fd)
    os.chmod(path, 0o600, follow_symlinks=False)
    os.remove(path, **options)
    os.environ.get(path)
    posixpath.join(path, 'x')
";
        assert!(found("os-path-usage", quiet).is_empty());
    }

    #[test]
    fn what_gives_the_same_is_replaced() {
        let source = "\
import os.path
from os import rename
def f(a, b):
    if os.path.isfile(a) and os.path.getsize(a):
        rename(a, b)
        x = os.path.join(a, b)
        return os.path.samefile(a, b)
";
        let expected = "\
import os.path
from os import rename
import pathlib
def f(a, b):
    if pathlib.Path(a).is_file() and pathlib.Path(a).stat().st_size:
        pathlib.Path(a).rename(b)
        x = os.path.join(a, b)
        return pathlib.Path(a).samefile(b)
";
        assert_eq!(fixed("os-path-usage", source), expected);
    }
}
