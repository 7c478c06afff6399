//! `builtin-generic`: `List[Dict[str, int]]` to `list[dict[str, int]]`, in the whole of an annotation.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, NodeKind};
use ruff_text_size::Ranged;

use super::{Look, Offer, Refactoring, Request};
use crate::margin::fix::replace_symbol;
use crate::margin::rules::shared::class_for;
use crate::python::{Context, Node, PythonVersion};

pub(super) const REFACTORING: Refactoring = Refactoring {
    name: "builtin-generic",
    section: "4.5.1",
    since: PythonVersion::three(9),
    look: Look::Expr(
        &[NodeKind::ExprName, NodeKind::ExprAttribute, NodeKind::ExprSubscript, NodeKind::ExprBinOp],
        look,
    ),
};

fn look<'a>(_: &Request<'_>, context: &Context<'a>, expr: &'a Expr) -> Option<Offer> {
    if !matches!(context.parent(), Some(Node::Annotation)) {
        return None;
    }
    let mut aliases = Aliases { context, found: Vec::new() };
    aliases.visit_expr(expr);
    let (_, alias, class) = aliases.found.first()?;
    let class = class.strip_prefix("builtins.").unwrap_or(class);
    let title = match aliases.found.len() {
        1 => format!("Rewrite `{alias}` as `{class}`"),
        _ => format!("Rewrite `{alias}` and others as `{class}` and others"),
    };
    let mut offer = Offer::new(expr, title, Vec::new());
    for (name, _, class) in &aliases.found {
        let fix = replace_symbol(context, name.range(), class, true)?;
        offer.edits.extend(fix.edits);
        offer.imports.extend(fix.imports);
    }
    Some(offer)
}

/// The aliases in an annotation, each with its name in the code and the class that it stands for.
struct Aliases<'c, 'a> {
    context: &'c Context<'a>,
    found: Vec<(&'a Expr, &'a str, &'static str)>,
}

impl<'a> Visitor<'a> for Aliases<'_, 'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(_) | Expr::Attribute(_) => {
                let alias = class_for(self.context, expr);
                self.found.extend(alias.map(|(alias, class)| (expr, alias, class)));
            }
            // They have names of their own.
            Expr::Lambda(_) | Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {}
            _ => stacker::maybe_grow(64 * 1024, 1024 * 1024, || visitor::walk_expr(self, expr)),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::refactor::tests::{check, check_silent, check_silent_for};

    const NAME: &str = "builtin-generic";

    #[test]
    fn aliases_become_the_classes_in_the_whole_annotation() {
        let import = "import typing as t\nfrom typing import Dict, List, Optional, Tuple as Pair, Deque\n";
        for (before, after) in [
            ("x: Li^st[int] = []", "x: list[int] = []"),
            (
                "def f(a: t.Dict[str, ^Pair[int, List]]) -> List: ...",
                "def f(a: dict[str, tuple[int, list]]) -> List: ...",
            ),
            ("def f() -> Optional^[List[int]]: ...", "def f() -> Optional[list[int]]: ..."),
            ("x: List[  # why\n    ^Dict]", "x: list[  # why\n    dict]"),
            ("type X = ^List[int]", "type X = list[int]"),
        ] {
            check(NAME, &[(&format!("{import}{before}"), &format!("{import}{after}"))]);
        }
        check(
            NAME,
            &[(
                "from typing import Deque, Counter\nx: ^Deque[Counter]",
                "from typing import Deque, Counter\nimport collections\nx: collections.deque[collections.Counter]",
            )],
        );
    }

    #[test]
    fn other_names_are_left_alone() {
        check_silent(
            NAME,
            &[
                "from typing import List\nx = ^List[int]",
                "from ast import List\nx: ^List",
                "from typing import Iterable\nx: ^Iterable[int]",
                "from typing import List\nx: '^List[int]'",
                "from typing import List\nclass A:\n    def list(self): ...\n    def f(self) -> ^List[int]: ...",
                "from typing import List\nx: ^int",
            ],
        );
        check_silent_for(8, NAME, "from typing import List\nx: ^List[int]");
    }
}
