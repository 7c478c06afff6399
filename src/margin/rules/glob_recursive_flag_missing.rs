//! `glob-recursive-flag-missing`: `**` that goes down one level only.

use ruff_python_ast::{self as ast, Expr};

use super::support::{argument, is_call_of, symbol, with_argument};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "glob-recursive-flag-missing", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if !symbol(context, &call.func).is_some_and(|symbol| symbol == "glob.glob" || symbol == "glob.iglob") {
        return;
    }
    let Some(pattern) = argument(call, "pathname", Some(0)).given() else { return };
    if argument(call, "recursive", None).is_absent() && is_recursive(context, pattern) {
        let fix = with_argument(context, call, "recursive=True", false);
        report.at(pattern, &[("function", context.text(call.func.as_ref()))]).fix = fix;
    }
}

/// Whether a part of the path is `**`: only then does the flag make a difference.
fn is_recursive(context: &Context<'_>, pattern: &Expr) -> bool {
    let in_text = |text: &str| text.split(['/', '\\']).any(|part| part == "**");
    match pattern {
        Expr::StringLiteral(text) => in_text(text.value.to_str()),
        // What is filled in counts as something: `{root}**` is no part of its own.
        Expr::FString(text) => {
            let shape: String = text.value.elements().map(|element| match element {
                ast::InterpolatedStringElement::Literal(literal) => &*literal.value,
                ast::InterpolatedStringElement::Interpolation(_) => "x",
            }).collect();
            in_text(&shape)
        }
        Expr::BinOp(binary) => match (&*binary.left, &*binary.right) {
            (_, Expr::StringLiteral(text)) => in_text(&format!("x{}", text.value.to_str())),
            _ => false,
        },
        Expr::Call(call) if is_call_of(context, pattern, &["os.path.join"]) => {
            call.arguments.args.iter().any(|part| matches!(part, Expr::StringLiteral(text) if in_text(text.value.to_str())))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn what_does_not_recurse_is_left_alone() {
        let quiet = "\
import glob, pathlib
glob.glob('**/*.py', recursive=True)
glob.glob('**/*.py', recursive=False)
glob.glob('**/*.py', **options)
glob.glob('a**b/*.py')
glob.glob(f'{root}**')
glob.glob('2 ** 3')
pathlib.Path().glob('**/*.py')
";
        assert!(found("glob-recursive-flag-missing", quiet).is_empty());
    }

    #[test]
    fn the_flag_is_added() {
        let source = "\
from glob import glob, iglob
import os.path
glob('**')
iglob(f'{root}/**/*.py', root_dir='.')
glob(os.path.join(root, '**', '*.py'))
glob(root + '/**/x')
";
        let expected = "\
from glob import glob, iglob
import os.path
glob('**', recursive=True)
iglob(f'{root}/**/*.py', root_dir='.', recursive=True)
glob(os.path.join(root, '**', '*.py'), recursive=True)
glob(root + '/**/x', recursive=True)
";
        assert_eq!(fixed("glob-recursive-flag-missing", source), expected);
    }
}
