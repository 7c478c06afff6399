//! `typing-generic-alias`: `typing.List` where `list` takes the same arguments.

use ruff_python_ast::Expr;
use ruff_text_size::Ranged;

use super::{Detector, Hook, Report};
use crate::margin::fix::replace_symbol;
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "typing-generic-alias", hooks: &[Hook::Type(check)] };

/// The aliases, with the class that each stands for.
const ALIASES: [(&str, &str); 11] = [
    ("List", "builtins.list"),
    ("Dict", "builtins.dict"),
    ("Set", "builtins.set"),
    ("FrozenSet", "builtins.frozenset"),
    ("Tuple", "builtins.tuple"),
    ("Type", "builtins.type"),
    ("DefaultDict", "collections.defaultdict"),
    ("Deque", "collections.deque"),
    ("OrderedDict", "collections.OrderedDict"),
    ("Counter", "collections.Counter"),
    ("ChainMap", "collections.ChainMap"),
];

fn check<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    // Elsewhere the alias may be compared or called, where it is not the class itself.
    let Some((last, class)) = class_for(context, expr) else { return };
    let shown = class.strip_prefix("builtins.").unwrap_or(class);
    // `typing.List[int]` is one object however often it is written and `list[int]` another each time: `is` tells. What a
    // class body annotates is read when the program runs, by data classes and their kind.
    let safe = report.fix_is_safe() && context.in_annotation() && !context.in_class_body();
    let fix = replace_symbol(context, expr.range(), class, safe);
    report.at(expr, &[("alias", last), ("class", shown)]).fix = fix;
}

/// What a name is called in the code and the class that it stands for, if it is such an alias.
pub(in crate::margin) fn class_for<'a>(context: &Context<'_>, expr: &'a Expr) -> Option<(&'a str, &'static str)> {
    let last = match expr {
        Expr::Name(name) if name.ctx.is_load() => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return None,
    };
    // Only a name of its own can be another one.
    if expr.is_attribute_expr() && !ALIASES.iter().any(|(name, _)| *name == last) {
        return None;
    }
    let symbol = context.resolve(expr)?;
    let alias = symbol.strip_prefix("typing.").or_else(|| symbol.strip_prefix("typing_extensions."))?;
    ALIASES.iter().find(|(name, _)| *name == alias).map(|(_, class)| (last, *class))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, fixed_safely, found};

    const RULE: &str = "typing-generic-alias";

    #[test]
    fn aliases_become_the_classes() {
        let source = "import typing as t\nfrom typing import List, Tuple as Pair\ndef f(a: List[int], b: t.Dict[str, Pair]) -> List: ...\n";
        let after = "import typing as t\nfrom typing import List, Tuple as Pair\ndef f(a: list[int], b: dict[str, tuple]) -> list: ...\n";
        assert_eq!(found(RULE, source), ["List", "t.Dict", "Pair", "List"]);
        assert_eq!(fixed(RULE, source), after);
    }

    #[test]
    fn a_value_may_be_compared_by_identity() {
        let source = "import typing\nx: typing.List[int] = []\ny = x.type is typing.Dict[int, int]\nclass A:\n    z: typing.Set[int]\n";
        assert_eq!(fixed_safely(RULE, source), ["typing.List"]);
    }

    #[test]
    fn a_class_that_is_hidden_is_not_written() {
        let source = "from typing import List\nclass A:\n    def list(self): ...\n    def f(self) -> List[int]: ...\n";
        assert_eq!(found(RULE, source).len(), 1);
        assert_eq!(fixed(RULE, source), source);
    }

    #[test]
    fn other_names_are_not() {
        assert!(found(RULE, "from typing import Iterable\nfrom ast import List\nx: Iterable[int]\nList()\nfrom typing import Tuple\nx is Tuple\n").is_empty());
    }
}
