//! `class-pattern-without-match-args`: positional sub-patterns for a class that knows no positions.

use ruff_python_ast::visitor::source_order::{self, SourceOrderVisitor};
use ruff_python_ast::{self as ast, Expr, NodeKind, Pattern, Stmt};
use ruff_text_size::Ranged;

use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::{ClassInfo, Context, Lookup, ModuleBindingKind, stdlib};

pub(super) const DETECTOR: Detector =
    Detector { rule: "class-pattern-without-match-args", hooks: &[Hook::Stmt(&[NodeKind::StmtMatch], check)] };

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Match(stmt) = stmt else { return };
    for case in &stmt.cases {
        Classes { context, report: &mut *report }.visit_pattern(&case.pattern);
    }
}

struct Classes<'c, 'a, 'r, 'f> {
    context: &'c Context<'a>,
    report: &'r mut Report<'f>,
}

impl<'p> SourceOrderVisitor<'p> for Classes<'_, '_, '_, '_> {
    fn visit_pattern(&mut self, pattern: &'p Pattern) {
        if let Pattern::MatchClass(class) = pattern {
            self.class(class);
        }
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || source_order::walk_pattern(self, pattern));
    }

    fn visit_expr(&mut self, _expr: &'p Expr) {}
}

impl Classes<'_, '_, '_, '_> {
    fn class(&mut self, pattern: &ast::PatternMatchClass) {
        if pattern.arguments.patterns.is_empty() {
            return;
        }
        let Expr::Name(name) = pattern.cls.as_ref() else { return };
        let Lookup::Module(binding) = self.context.lookup(name.id.as_str(), name.start()) else { return };
        let ModuleBindingKind::Class(info) = &binding.kind else { return };
        if !knows_no_positions(self.context, info, 0) {
            return;
        }
        let fix = by_keyword(info, pattern);
        self.report.at(pattern.cls.as_ref(), &[("class", name.id.as_str())]).fix = fix;
    }
}

/// Whether neither the class nor any of its bases can have `__match_args__`: all of them are plain classes of this
/// module, or known ones that have none.
fn knows_no_positions(context: &Context<'_>, info: &ClassInfo, depth: u8) -> bool {
    let plain = info.decorators.is_empty()
        && info.metaclass.is_none()
        && !info.attributes.contains_key("__match_args__")
        && context.table.bindings_of(&info.name).count() == 1;
    plain
        && depth < 8
        && info.bases.iter().all(|base| match base.strip_prefix('@') {
            Some(local) => {
                context.table.class(local).is_some_and(|info| knows_no_positions(context, info, depth + 1))
            }
            None => {
                matches!(base.as_str(), "builtins.object" | "abc.ABC" | "typing.Generic")
                    || stdlib::descends(base, "builtins.BaseException")
            }
        })
}

/// Keyword patterns, where the parameters of `__init__` are also the attributes.
fn by_keyword(info: &ClassInfo, pattern: &ast::PatternMatchClass) -> Option<Fix> {
    let names = info.methods.get("__init__")?.parameters.get(1..)?;
    let edits = pattern
        .arguments
        .patterns
        .iter()
        .enumerate()
        .map(|(at, part)| {
            let name = names.get(at).filter(|name| info.attributes.contains_key(*name))?;
            Some(Edit::insert(part.start(), format!("{name}=")))
        })
        .collect::<Option<Vec<_>>>()?;
    Some(Fix { title: "Name the attributes".to_owned(), safe: false, edits, imports: Vec::new() })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "class-pattern-without-match-args";

    #[test]
    fn plain_classes_are_found_at_any_depth() {
        let source = "
class P:
    def __init__(self, x, y):
        self.x = x
        self.y = y
class Q(P): pass
class E(ValueError): pass
match a:
    case P(0, y) | [Q(1), {'k': E(2)}]: pass
";
        assert_eq!(found(RULE, source), ["P", "Q", "E"]);
        assert!(fixed(RULE, source).contains("case P(x=0, y=y) | [Q(1), {'k': E(2)}]"));
    }

    #[test]
    fn classes_that_may_know_positions_are_not() {
        for class in [
            "class P:\n    __match_args__ = ('x',)",
            "@dataclass\nclass P:\n    x: int",
            "class P(NamedTuple):\n    x: int",
            "class P(Base): pass",
            "class P(int): pass",
            "class P(metaclass=M): pass",
            "class P: pass\nif b:\n    class P(Base): pass",
            "from m import P",
        ] {
            let source = format!("from typing import NamedTuple\n{class}\nmatch a:\n    case P(1): pass\n");
            assert!(found(RULE, &source).is_empty(), "{source}");
        }
        assert!(found(RULE, "class P: pass\nmatch a:\n    case P() | P(x=1) | str(b): pass\n").is_empty());
    }
}
