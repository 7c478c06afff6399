//! `bare-name-capture-pattern`: `case NAME:` that was meant to compare.

use ruff_python_ast::{self as ast, Expr, NodeKind, Pattern, Stmt};
use ruff_text_size::Ranged;

use super::support::is_upper_case;
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::{Context, ModuleBindingKind};

pub(super) const DETECTOR: Detector =
    Detector { rule: "bare-name-capture-pattern", hooks: &[Hook::Stmt(&[NodeKind::StmtMatch], check)] };

/// What a name in a pattern looks like, though it catches anything.
enum Lookalike {
    Constant,
    Class,
}

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Match(choice) = stmt else { return };
    for case in &choice.cases {
        captures(&case.pattern, &mut |name| {
            let Some(lookalike) = lookalike(context, name) else { return };
            let fix = match lookalike {
                Lookalike::Class => Some(fix(format!("Match instances: `{name}()`"), vec![Edit::insert(name.end(), "()")])),
                Lookalike::Constant => compared(context, &choice.subject, case, name),
            };
            report.at(name.range, &[("name", name.as_str())]).fix = fix;
        });
    }
}

/// Shows the names that a pattern binds to whatever stands at their place.
fn captures<'a>(pattern: &'a Pattern, visit: &mut dyn FnMut(&'a ast::Identifier)) {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || match pattern {
        Pattern::MatchAs(ast::PatternMatchAs { pattern: None, name: Some(name), .. }) => visit(name),
        Pattern::MatchAs(ast::PatternMatchAs { pattern: Some(inner), .. }) => captures(inner, visit),
        Pattern::MatchSequence(sequence) => sequence.patterns.iter().for_each(|inner| captures(inner, visit)),
        Pattern::MatchMapping(mapping) => mapping.patterns.iter().for_each(|inner| captures(inner, visit)),
        Pattern::MatchOr(or) => or.patterns.iter().for_each(|inner| captures(inner, visit)),
        Pattern::MatchClass(class) => {
            class.arguments.patterns.iter().for_each(|inner| captures(inner, visit));
            class.arguments.keywords.iter().for_each(|keyword| captures(&keyword.pattern, visit));
        }
        _ => {}
    });
}

fn lookalike(context: &Context<'_>, name: &ast::Identifier) -> Option<Lookalike> {
    let text = name.as_str();
    if is_upper_case(text) && !text.starts_with('_') {
        return Some(Lookalike::Constant);
    }
    // A class of the file or an imported one, without the parentheses that would make it a pattern.
    let mut letters = text.chars();
    let is_camel = letters.next().is_some_and(char::is_uppercase) && letters.any(char::is_lowercase);
    if !is_camel {
        return None;
    }
    let mut bindings = context.table.bindings_of(text).map(|binding| &binding.kind);
    bindings
        .any(|kind| matches!(kind, ModuleBindingKind::Class(_) | ModuleBindingKind::Import(_)))
        .then_some(Lookalike::Class)
}

/// `case _ if subject == NAME:`.
fn compared(context: &Context<'_>, subject: &Expr, case: &ast::MatchCase, name: &ast::Identifier) -> Option<Fix> {
    if !subject.is_name_expr() || case.guard.is_some() || case.pattern.range() != name.range {
        return None;
    }
    let guard = format!("_ if {} == {name}", context.text(subject));
    Some(fix(format!("Compare: `case {guard}`"), vec![Edit::replace(name.range, guard)]))
}

fn fix(title: String, edits: Vec<Edit>) -> Fix {
    Fix { title, safe: false, edits, imports: Vec::new() }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn names_for_what_was_found_are_left_alone() {
        let quiet = "\
from shapes import Circle, date
match shape:
    case Circle(x=X, y=y): ...
    case Color.RED: ...
    case [first, *REST]: ...
    case {'date': date}: ...
    case str() as Text: ...
    case _: ...
match word:
    case Word: ...
";
        assert!(found("bare-name-capture-pattern", quiet).is_empty());
    }

    #[test]
    fn constants_and_classes_are_found() {
        let source = "\
from shapes import Circle
RED = 1
class Square: ...
def f(shape, color):
    match shape:
        case Square:
            pass
    match color:
        case RED:
            pass
    match shape, color:
        case (Circle, RED):
            pass
";
        assert_eq!(found("bare-name-capture-pattern", source), ["Square", "RED", "Circle", "RED"]);
        let after = fixed("bare-name-capture-pattern", source);
        assert!(after.contains("case Square():") && after.contains("case _ if color == RED:"), "{after}");
        assert!(after.contains("case (Circle(), RED):"), "{after}");
    }
}
