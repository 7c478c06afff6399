//! `loop-else-without-break`: an `else` that nothing can skip.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::lines::{dedent, whole_lines};
use super::support::{breaks, has_comment, is_reason, last_line_end, newline_behind, starts_line};
use super::{Detector, Hook, Report};
use crate::margin::fix::indentation;
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "loop-else-without-break",
    hooks: &[Hook::Stmt(&[NodeKind::StmtFor, NodeKind::StmtWhile], check)],
};

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let (body, orelse) = match stmt {
        Stmt::For(stmt) => (&stmt.body, &stmt.orelse),
        Stmt::While(stmt) => (&stmt.body, &stmt.orelse),
        _ => return,
    };
    let (Some(last), Some(first)) = (body.last(), orelse.first()) else { return };
    if breaks(body) {
        return;
    }
    let between = TextRange::new(last.end(), first.start());
    let Some(keyword) = context.token_in(between, TokenKind::Else) else { return };
    // A comment on its line says what the `else` stands for.
    let line = TextRange::new(keyword.end(), last_line_end(context.source, keyword.end()));
    let mut comments = context.tokens_in(line).iter().filter(|token| token.kind() == TokenKind::Comment);
    if comments.any(|comment| is_reason(context.text(comment.range()))) {
        return;
    }
    let fix = without_else(context, stmt, keyword, orelse);
    report.at(keyword, &[]).fix = fix;
}

/// The `else` line goes, and its body moves to the column of the loop.
fn without_else(context: &Context<'_>, stmt: &Stmt, keyword: TextRange, orelse: &[Stmt]) -> Option<Fix> {
    let (first, last) = (orelse.first()?, orelse.last()?);
    let line = whole_lines(context.source, keyword);
    if !starts_line(context.source, keyword.start())
        || !starts_line(context.source, first.start())
        || has_comment(context, line)
        || line.contains_range(first.range())
        || !newline_behind(context.source, line)
    {
        return None;
    }
    let outer = indentation(context.source, stmt.start());
    let inner = indentation(context.source, first.start());
    let surplus = inner.strip_prefix(outer)?.len();
    let mut edits = vec![Edit::delete(line)];
    edits.extend(dedent(context, TextRange::new(line.end(), last.end()), surplus));
    Some(Fix { title: "Take the code out of the `else`".to_owned(), safe: true, edits, imports: Vec::new() })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "loop-else-without-break";

    #[test]
    fn only_a_break_of_the_loop_itself_gives_else_a_meaning() {
        for source in [
            "for a in b:\n    if c:\n        break\nelse:\n    d\n",
            "for a in b:\n    c\nelse:  # nothing was found\n    d\n",
            "while a:\n    for b in c:\n        pass\n    else:\n        break\nelse:\n    d\n",
            "for a in b:\n    match a:\n        case 1:\n            break\nelse:\n    d\n",
            "while a:\n    try:\n        b\n    finally:\n        break\nelse:\n    d\n",
            "for a in b:\n    c\n",
        ] {
            // The inner loop of the second has an `else` and no `break` of its own.
            let expected = usize::from(source.contains("for b in c"));
            assert_eq!(found(RULE, source).len(), expected, "{source}");
        }
        assert_eq!(found(RULE, "for a in b:\n    while c:\n        break\n    return_(a)\nelse:\n    d\n"), ["else"]);
    }

    #[test]
    fn the_body_moves_out() {
        let before = "def f():\n    for a in b:\n        c\n    # why\n    else:\n        # then\n        d(1,\n          2)\n        '''x\n        y'''\n    e\n";
        let after = "def f():\n    for a in b:\n        c\n    # why\n    # then\n    d(1,\n      2)\n    '''x\n        y'''\n    e\n";
        assert_eq!(fixed(RULE, before), after);
        for kept in ["for a in b:\n    c\nelse: d\n", "for a in b:\n    c\nelse:  # why\n    d\n"] {
            assert_eq!(fixed(RULE, kept), kept);
        }
    }
}
