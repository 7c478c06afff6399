//! `match-fallthrough-misuse`: a `match` written like the `switch` of another language.

use ruff_python_ast::{self as ast, Expr, MatchCase, NodeKind, Pattern, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::has_comment;
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "match-fallthrough-misuse", hooks: &[Hook::Stmt(&[NodeKind::StmtMatch], check)] };

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Match(stmt) = stmt else { return };
    for pair in stmt.cases.windows(2) {
        let [case, next] = pair else { continue };
        let between = TextRange::new(case.start(), next.start());
        if is_literal(case)
            && is_literal(next)
            && does_nothing(&case.body)
            && !does_nothing(&next.body)
            && !has_comment(context, between)
        {
            let message = "the case does nothing: it does not go on with the next one";
            let finding = report.at(&case.pattern, &[("problem", message)]);
            finding.fix = Some(Fix {
                title: "Join it with the next case".to_owned(),
                safe: false,
                edits: vec![Edit::replace(TextRange::new(case.pattern.end(), next.pattern.start()), " | ")],
                imports: Vec::new(),
            });
        }
    }
    // One `break` may well mean the loop; when every case ends so, it is the habit.
    let last_breaks: Vec<&Stmt> =
        stmt.cases.iter().filter_map(|case| case.body.last().filter(|last| last.is_break_stmt())).collect();
    if context.in_loop() && stmt.cases.len() > 1 && last_breaks.len() == stmt.cases.len() {
        for last in last_breaks {
            report.at(last, &[("problem", "the `break` leaves the loop around the `match`, not the case")]);
        }
    }
}

/// The case is for constants alone.
fn is_literal(case: &MatchCase) -> bool {
    fn literal(pattern: &Pattern) -> bool {
        match pattern {
            Pattern::MatchValue(ast::PatternMatchValue { value, .. }) => {
                value.is_literal_expr() || matches!(value.as_ref(), Expr::UnaryOp(_))
            }
            Pattern::MatchSingleton(_) => true,
            Pattern::MatchOr(or) => or.patterns.iter().all(|pattern| {
                matches!(pattern, Pattern::MatchSingleton(_) | Pattern::MatchValue(_)) && literal(pattern)
            }),
            _ => false,
        }
    }
    case.guard.is_none() && literal(&case.pattern)
}

fn does_nothing(body: &[Stmt]) -> bool {
    matches!(body, [Stmt::Pass(_)])
        || matches!(body, [Stmt::Expr(stmt)] if stmt.value.is_ellipsis_literal_expr())
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "match-fallthrough-misuse";

    #[test]
    fn an_empty_case_is_joined_with_the_next() {
        let source = "match a:\n    case 1:\n        pass\n    case 2 | 3:\n        b()\n";
        assert_eq!(found(RULE, source), ["1"]);
        assert_eq!(fixed(RULE, source), "match a:\n    case 1 | 2 | 3:\n        b()\n");
    }

    #[test]
    fn breaks_in_every_case_are_found() {
        let source = "while a:\n    match b:\n        case 1:\n            c()\n            break\n        case _:\n            break\n";
        assert_eq!(found(RULE, source), ["break", "break"]);
    }

    #[test]
    fn what_is_meant_is_not() {
        for source in [
            "match a:\n    case 1:\n        pass  # nothing to do\n    case 2:\n        b()\n",
            "match a:\n    case 1 if c:\n        pass\n    case 2:\n        b()\n",
            "match a:\n    case 1:\n        pass\n    case _:\n        b()\n",
            "match a:\n    case 1:\n        pass\n    case 2:\n        pass\n",
            "while a:\n    match b:\n        case 1:\n            break\n        case _:\n            c()\n",
        ] {
            assert!(found(RULE, source).is_empty(), "{source}");
        }
    }
}
