//! `list-where-generator-suffices`: a list that is built only to be consumed.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::support::{any_in_expr, comments_on};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "list-where-generator-suffices", hooks: &[Hook::CallOf(&CONSUMERS, check)] };

const CONSUMERS: [&str; 5] = ["all", "any", "max", "min", "sum"];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let ([Expr::ListComp(comprehension)], []) = (call.arguments.args.as_ref(), call.arguments.keywords.as_slice()) else {
        return;
    };
    let Some(function) = CONSUMERS.iter().find(|name| context.is_builtin(&call.func, name)) else { return };
    // A comment that speaks of the list says why: each call in it must be made.
    if is_async(comprehension) || comments_on(context, call).any(|text| text.to_ascii_lowercase().contains("list")) {
        return;
    }
    let range = comprehension.range();
    let finding = report.at(range, &[("function", function)]);
    // A comma behind a generator that has no parentheses of its own is a syntax error.
    let comma = context.token_in(TextRange::new(range.end(), call.end()), TokenKind::Comma).is_some();
    if !comma {
        let one = TextSize::new(1);
        finding.fix = Some(Fix {
            title: "Drop the brackets".to_owned(),
            safe: false,
            edits: vec![
                Edit::delete(TextRange::at(range.start(), one)),
                Edit::delete(TextRange::at(range.end() - one, one)),
            ],
            imports: Vec::new(),
        });
    }
}

/// Without brackets it would be an asynchronous generator, which these functions do not take.
fn is_async(comprehension: &ast::ExprListComp) -> bool {
    let awaits = |expr: &Expr| any_in_expr(expr, |node| matches!(node, AnyNodeRef::ExprAwait(_)));
    awaits(&comprehension.elt)
        || comprehension.generators.iter().any(|generator| {
            generator.is_async || awaits(&generator.iter) || generator.ifs.iter().any(awaits)
        })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "list-where-generator-suffices";

    #[test]
    fn the_brackets_go() {
        assert_eq!(fixed(RULE, "any([a for a in b])\nsum([f(a) for a in b if a])\n"), "any(a for a in b)\nsum(f(a) for a in b if a)\n");
        assert_eq!(fixed(RULE, "all([a for a in b],)\n"), "all([a for a in b],)\n");
    }

    #[test]
    fn other_lists_are_needed() {
        for line in [
            "any(a for a in b)",
            "sum([a, b])",
            "max([a for a in b], default=0)",
            "','.join([a for a in b])",
            "sorted([a for a in b])",
            "any([await a for a in b])",
            "any([a async for a in b])",
            "x.any([a for a in b])",
        ] {
            assert!(found(RULE, &format!("async def f():\n    {line}\n")).is_empty(), "{line}");
        }
        assert!(found(RULE, "def any(x): ...\nany([a for a in b])\n").is_empty());
    }
    #[test]
    fn a_comment_may_say_why_it_is_a_list() {
        assert!(found(RULE, "# A list, so that each is checked.\nok = all([a.check() for a in b])\n").is_empty());
        assert_eq!(found(RULE, "# All of them.\nok = all([a.check() for a in b])\n"), ["[a.check() for a in b]"]);
    }
}
