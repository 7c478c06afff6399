//! `glob-eager-list`: a list of all matches made for a loop that takes them one by one.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{any_in, symbol};
use super::{Detector, Hook, Report};
use crate::margin::Fix;
use crate::margin::fix::replace_symbol;
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "glob-eager-list", hooks: &[Hook::Call(check)] };

/// What a loop may do to the folder that it looks through: then it had better know all names before it begins.
const CHANGES: [&str; 14] = [
    "remove", "unlink", "rename", "replace", "rmtree", "rmdir", "move", "copy", "copyfile", "copytree", "open", "mkdir",
    "makedirs", "touch",
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let iterated = match context.parent() {
        Some(Node::Stmt(Stmt::For(stmt))) => stmt.iter.range() == call.range() && !changes_files(&stmt.body),
        Some(Node::Generator(generator)) => generator.iter.range() == call.range(),
        _ => false,
    };
    if iterated && symbol(context, &call.func).is_some_and(|symbol| symbol == "glob.glob") {
        let fix = lazily(context, call.func.as_ref());
        report.at(call.func.as_ref(), &[("symbol", context.text(call.func.as_ref()))]).fix = fix;
    }
}

fn changes_files(body: &[Stmt]) -> bool {
    any_in(body, |node| match node {
        AnyNodeRef::ExprCall(call) => match call.func.as_ref() {
            Expr::Name(name) => CHANGES.contains(&name.id.as_str()),
            Expr::Attribute(attribute) => CHANGES.contains(&attribute.attr.as_str()),
            _ => false,
        },
        _ => false,
    })
}

fn lazily(context: &Context<'_>, callee: &Expr) -> Option<Fix> {
    match callee {
        // The module is at hand.
        Expr::Attribute(attribute) => Some(Fix {
            title: "Use `iglob`".to_owned(),
            safe: false,
            edits: vec![crate::margin::Edit::replace(TextRange::new(attribute.attr.start(), attribute.end()), "iglob")],
            imports: Vec::new(),
        }),
        _ => replace_symbol(context, callee.range(), "glob.iglob", false),
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn a_list_that_is_wanted_is_fine() {
        let quiet = "\
import glob, os
names = glob.glob('*.txt')
for name in sorted(glob.glob('*.txt')):
    print(name)
for name in glob.glob('*.txt'):
    os.remove(name)
for name in enumerate(glob.glob('*')): ...
";
        assert!(found("glob-eager-list", quiet).is_empty());
    }

    #[test]
    fn the_lazy_one_takes_its_place() {
        let source = "import glob\nsizes = [size(name) for name in glob.glob('*') if name]\n";
        assert_eq!(fixed("glob-eager-list", source), source.replace("glob.glob", "glob.iglob"));
    }
}
