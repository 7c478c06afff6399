//! `inconsistent-mro`

use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange};

use super::mro::{Order, order};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "inconsistent-mro", hooks: &[Hook::Class(class)] };

fn class<'a>(context: &Context<'a>, class: &'a ast::StmtClassDef, report: &mut Report<'_>) {
    let bases = class.bases();
    let (Some(first), Some(last)) = (bases.first(), bases.last()) else { return };
    if bases.len() > 1
        && context.at_module_level()
        && order(context, &format!("@{}", class.name)) == Order::None
        // Of a class whose base is refused already, the base is the one to mend.
        && !bases.iter().any(|base| is_refused(context, base))
    {
        report.at(TextRange::new(first.start(), last.end()), &[("class", class.name.as_str())]);
    }
}

fn is_refused(context: &Context<'_>, base: &ast::Expr) -> bool {
    matches!(base, ast::Expr::Name(name) if order(context, &format!("@{}", name.id)) == Order::None)
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn what_python_refuses() {
        let found = |source: &str| found("inconsistent-mro", source);
        assert_eq!(found("class A: ...\nclass B(A): ...\nclass C(A, B): ...\nclass D(C): ...\n"), ["A, B"]);
        assert_eq!(found("class A: ...\nclass B(object, A): ...\n"), ["object, A"]);
        assert_eq!(found("class A: ...\nclass B(A, A): ...\n"), ["A, A"]);
        let crossed = "class X: ...\nclass Y: ...\nclass A(X, Y): ...\nclass B(Y, X): ...\nclass C(A, B): ...\n";
        assert_eq!(found(crossed), ["A, B"]);
        assert_eq!(found("import json\nclass B(json.JSONEncoder): ...\nclass C(json.JSONEncoder, B): ...\n"), ["json.JSONEncoder, B"]);
    }

    #[test]
    fn what_python_takes() {
        for source in [
            "class A: ...\nclass B(A): ...\nclass C(B, A): ...\n",
            "class A: ...\nclass B: ...\nclass C(A, B): ...\nclass D(A, B): ...\nclass E(C, D): ...\n",
            "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass A(Generic[T]): ...\nclass B(Generic[T], A[T]): ...\n",
            "class A: ...\nclass B(A): ...\nA = object\nclass C(A, B): ...\n",
            "class A: ...\nclass B(make(A)): ...\nclass C(A, B): ...\n",
            "class A(object): ...\nclass B(A, object): ...\n",
        ] {
            assert_eq!(found("inconsistent-mro", source), Vec::<String>::new(), "{source}");
        }
    }
}
