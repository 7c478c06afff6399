//! `glob-invalid-keyword`: an argument that `glob` and `fnmatch` do not have.

use ruff_python_ast as ast;

use super::support::symbol;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "glob-invalid-keyword", hooks: &[Hook::Call(check)] };

const GLOB: &[&str] = &["pathname", "root_dir", "dir_fd", "recursive", "include_hidden"];
const FNMATCH: &[&str] = &["name", "pat"];
const FILTER: &[&str] = &["names", "pat"];

/// The parameters of the functions.
const FUNCTIONS: [(&str, &[&str]); 8] = [
    ("fnmatch.filter", FILTER),
    ("fnmatch.filterfalse", FILTER),
    ("fnmatch.fnmatch", FNMATCH),
    ("fnmatch.fnmatchcase", FNMATCH),
    ("fnmatch.translate", &["pat"]),
    ("glob.escape", &["pathname"]),
    ("glob.glob", GLOB),
    ("glob.iglob", GLOB),
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if call.arguments.keywords.is_empty() {
        return;
    }
    let Some(symbol) = symbol(context, &call.func) else { return };
    let Some((name, known)) = FUNCTIONS.iter().find(|(name, _)| *name == symbol) else { return };
    for keyword in &call.arguments.keywords {
        if let Some(given) = keyword.arg.as_ref().filter(|given| !known.contains(&given.as_str())) {
            report.at(given, &[("function", *name), ("keyword", given.as_str())]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn only_unknown_keywords_are_found() {
        let source = "\
import fnmatch, glob, pathlib
glob.glob('*', root_dir='.', recursive=True)
glob.glob(pathname='*', **options)
pathlib.Path().glob('*', case_sensitive=False)
glob.iglob('*', case_sensitive=False)
fnmatch.fnmatch('a', 'b', casefold=True)
fnmatch.filter(names=[], pat='*')
";
        assert_eq!(found("glob-invalid-keyword", source), ["case_sensitive", "casefold"]);
    }
}
