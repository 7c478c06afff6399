//! `regex-in-glob-pattern`: a regular expression where shell wildcards are understood.

use ruff_python_ast::{self as ast, Expr};

use super::support::argument;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "regex-in-glob-pattern", hooks: &[Hook::Call(check)] };

/// Functions, and the name and place of their pattern.
const FUNCTIONS: [(&str, &str, usize); 10] = [
    ("fnmatch.filter", "pat", 1),
    ("fnmatch.filterfalse", "pat", 1),
    ("fnmatch.fnmatch", "pat", 1),
    ("fnmatch.fnmatchcase", "pat", 1),
    ("fnmatch.translate", "pat", 0),
    ("glob.glob", "pathname", 0),
    ("glob.iglob", "pathname", 0),
    ("pathlib.Path.glob", "pattern", 0),
    ("pathlib.Path.rglob", "pattern", 0),
    ("pathlib.PurePath.match", "path_pattern", 0),
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(callee) = context.callee(call) else { return };
    let Some((_, keyword, position)) = FUNCTIONS.iter().find(|(name, ..)| *name == callee) else { return };
    let Some(pattern @ Expr::StringLiteral(text)) = argument(call, keyword, Some(*position)).given() else { return };
    if let Some(part) = regex_part(text.value.to_str()) {
        report.at(pattern, &[("part", part), ("function", context.text(call.func.as_ref()))]);
    }
}

/// A piece of the pattern that is plainly meant for `re`. Names with `+`, `(`, `^`, `$` or a backslash exist; these
/// combinations do not, outside regular expressions.
fn regex_part(pattern: &str) -> Option<&str> {
    const PARTS: [&str; 10] = ["\\d+", "\\d{", "\\w+", "\\w{", "\\s+", "]+", "]{", ".+", "(?:", ")+"];
    if let Some(part) = PARTS.into_iter().find(|part| pattern.contains(part)) {
        return Some(part);
    }
    // `a|b` in parentheses.
    let open = pattern.find('(')?;
    let close = open + pattern[open..].find(')')?;
    pattern[open..close].contains('|').then(|| &pattern[open..=close])
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn wildcards_and_odd_names_are_fine() {
        let quiet = r"
import fnmatch, glob
glob.glob('*.*')
glob.glob('data.*')
glob.glob('report (copy)*.txt')
glob.glob('[!a-z]*[0-9]?.csv')
glob.glob('c++/*.h')
glob.glob(r'data\files\*.txt')
fnmatch.fnmatch(r'\d+', '*')
";
        assert!(found("regex-in-glob-pattern", quiet).is_empty());
    }

    #[test]
    fn regular_expressions_are_found() {
        let source = r"
import fnmatch, pathlib
from glob import iglob
iglob(r'log-\d+.txt')
fnmatch.filter(names, '(cat|dog)*.png')
pathlib.Path('.').rglob('[0-9]+.csv')
";
        let expected = [r"r'log-\d+.txt'", "'(cat|dog)*.png'", "'[0-9]+.csv'"];
        assert_eq!(found("regex-in-glob-pattern", source), expected);
    }
}
