//! `os-path`: the simple calls of `os.path` and `os` to methods of `pathlib.Path`.

use ruff_python_ast::{self as ast, Expr, NodeKind, OperatorPrecedence};
use ruff_text_size::Ranged;

use super::{Look, Offer, Refactoring, Request};
use crate::margin::Edit;
use crate::margin::fix::spelling;
use crate::margin::rules::shared::path_method;
use crate::margin::rules::support::{has_comment, is_discarded, is_symbol, operand};
use crate::python::{Context, PythonVersion};

pub(super) const REFACTORING: Refactoring = Refactoring {
    name: "os-path",
    section: "9.1.1",
    since: PythonVersion::three(5),
    look: Look::Expr(&[NodeKind::ExprCall], look),
};

fn look<'a>(_: &Request<'_>, context: &Context<'a>, expr: &'a Expr) -> Option<Offer> {
    let Expr::Call(call) = expr else { return None };
    let (function, successor) = path_method(context, call)?;
    let method = method(context, call, function, successor)?;
    if has_comment(context, call) {
        return None;
    }
    let (class, import) = spelling(context, "pathlib.Path", call.start())?;
    let path = path(context, call.arguments.args.first()?, &class)?;
    // The empty text is no file and no link, and neither is the folder that `Path` takes it for.
    let minds = path.may_be_empty && !matches!(function, "os.path.isfile" | "os.path.islink");
    let title = if minds { "Rewrite with `pathlib`; '' becomes the current folder" } else { "Rewrite with `pathlib`" };
    let mut offer = Offer::new(call, title, vec![Edit::replace(call, format!("{}{method}", path.text))]);
    offer.imports.extend(import.filter(|_| path.names_class));
    Some(offer)
}

/// The method with its arguments: `.is_file()`.
fn method(context: &Context<'_>, call: &ast::ExprCall, function: &str, successor: &str) -> Option<String> {
    let arguments = &call.arguments;
    let only = arguments.args.len() == 1 && !arguments.args[0].is_starred_expr();
    match function {
        "os.mkdir" if only && arguments.keywords.is_empty() => Some(".mkdir()".to_owned()),
        "os.makedirs" if only => match &*arguments.keywords {
            [] => Some(".mkdir(parents=True)".to_owned()),
            [keyword] if keyword.arg.as_deref() == Some("exist_ok") => {
                Some(format!(".mkdir(parents=True, {})", context.text(keyword)))
            }
            _ => None,
        },
        // What is absolute or mounted is another thing on Windows.
        "os.path.isabs" | "os.path.ismount" => None,
        _ => {
            let method = successor.strip_prefix("{}").filter(|_| arguments.keywords.is_empty())?;
            if !method.contains("{2}") {
                return only.then(|| method.to_owned());
            }
            let [_, second] = arguments.args.as_ref() else { return None };
            // `Path.rename` gives the new path, `os.rename` nothing.
            let same = function == "os.path.samefile" || is_discarded(context);
            (same && !second.is_starred_expr()).then(|| method.replace("{2}", context.text(second)))
        }
    }
}

/// A path as `pathlib` writes it.
struct Path {
    text: String,
    names_class: bool,
    may_be_empty: bool,
}

/// The path that an argument is; `None` where it may be bytes, an open file, or anything else.
fn path(context: &Context<'_>, expr: &Expr, class: &str) -> Option<Path> {
    if context.infer(expr).is_some_and(|ty| matches!(ty.class.as_str(), "pathlib.Path" | "pathlib.PosixPath")) {
        let text = operand(context, expr, OperatorPrecedence::CallAttribute);
        return Some(Path { text, names_class: false, may_be_empty: false });
    }
    // The parts of a joined path are those of a `Path`.
    if let Expr::Call(join) = expr
        && is_symbol(context, &join.func, &["os.path.join"])
        && join.arguments.keywords.is_empty()
        && !join.arguments.args.is_empty()
    {
        // One that is surely a text says that the others are none of bytes.
        let parts: Vec<Option<bool>> = join.arguments.args.iter().map(|part| may_be_empty(context, part)).collect();
        if parts.iter().all(Option::is_none) || join.arguments.args.iter().any(Expr::is_starred_expr) {
            return None;
        }
        let may_be_empty = parts.into_iter().all(|empty| empty != Some(false));
        let text = format!("{class}{}", context.text(&join.arguments));
        return Some(Path { text, names_class: true, may_be_empty });
    }
    let may_be_empty = may_be_empty(context, expr)?;
    Some(Path { text: format!("{class}({})", context.text(expr)), names_class: true, may_be_empty })
}

/// Whether a text may be empty; `None` where it is no text or path for sure.
fn may_be_empty(context: &Context<'_>, expr: &Expr) -> Option<bool> {
    match expr {
        Expr::StringLiteral(literal) => Some(literal.value.is_empty()),
        Expr::FString(string) => Some(!string.value.elements().any(ast::InterpolatedStringElement::is_literal)),
        Expr::Name(name) if name.id == "__file__" => Some(false),
        _ => match context.infer(expr)?.class.as_str() {
            "builtins.str" => Some(true),
            "pathlib.Path" | "pathlib.PosixPath" => Some(false),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::refactor::tests::{check, check_silent, title};

    const NAME: &str = "os-path";

    fn function(line: &str) -> String {
        format!(
            "import os\nfrom pathlib import Path\ndef f(a: str, b: str, p: Path, fd: int, raw: bytes, x):\n    {line}\n"
        )
    }

    #[test]
    fn calls_become_methods() {
        for (before, after) in [
            ("return os.path.is^file(a)", "return Path(a).is_file()"),
            ("return os.path.exists(^'data.csv')", "return Path('data.csv').exists()"),
            ("return os.path.getsize^(p)", "return p.stat().st_size"),
            ("return os.path.exists^(p / a)", "return (p / a).exists()"),
            ("return os.path.isdir^(os.path.join(a, 'x', b))", "return Path(a, 'x', b).is_dir()"),
            ("os.makedirs^(a, exist_ok=True)", "Path(a).mkdir(parents=True, exist_ok=True)"),
            ("os.mkdir^(p)", "p.mkdir()"),
            ("return os.path.getsize^(os.path.join(x, 'a'))", "return Path(x, 'a').stat().st_size"),
            ("os.remove^(f'{a}.txt')", "Path(f'{a}.txt').unlink()"),
            ("os.rename^(a, b)", "Path(a).rename(b)"),
            ("return os.path.samefile^(p, b)", "return p.samefile(b)"),
        ] {
            check(NAME, &[(&function(before), &function(after))]);
        }
        check(
            NAME,
            &[(
                "import os\nx = os.path.isfile(^__file__)\n",
                "import os\nimport pathlib\nx = pathlib.Path(__file__).is_file()\n",
            )],
        );
    }

    #[test]
    fn the_title_says_what_becomes_of_the_empty_text() {
        assert_eq!(
            title(NAME, &function("os.path.exists^(a)")),
            "Rewrite with `pathlib`; '' becomes the current folder (§9.1.1)"
        );
        for line in [
            "os.path.isfile^(a)",
            "os.path.exists^('a')",
            "os.path.exists^(p)",
            "os.path.exists^(os.path.join(a, 'b'))",
        ] {
            assert_eq!(title(NAME, &function(line)), "Rewrite with `pathlib` (§9.1.1)", "{line}");
        }
    }

    #[test]
    fn what_may_differ_is_not_offered() {
        for line in [
            "return os.path.exists^(x)",
            "return os.path.exists^(fd)",
            "return os.path.exists^(raw)",
            "return os.path.exists^(*x)",
            "return os.path.exists^(path=a)",
            "return os.path.exists^(\n        a,  # why\n    )",
            "return os.rename^(a, b)",
            "os.mkdir^(a, 0o700)",
            "os.mkdir^(a, dir_fd=fd)",
            "os.makedirs^(a, 0o700, True)",
            "return os.path.isabs^(a)",
            "return os.path.join^(a, b)",
            "return os.path.basename^(a)",
            "return os.path.exists^(os.path.join(*x))",
            "return os.path.exists^(os.path.join(x))",
            "return os.path.exists^(os.path.join(x, *x, 'a'))",
            "return os.environ.get^(a)",
        ] {
            check_silent(NAME, &[&function(line)]);
        }
        check_silent(NAME, &["import posixpath\nx = posixpath.exists^('a')", "x = os.path.exists^('a')"]);
    }
}
