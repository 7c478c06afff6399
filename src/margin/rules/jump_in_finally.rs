//! `jump-in-finally`: a `return`, `break` or `continue` that swallows the exception on its way.

use ruff_python_ast::{AnyNodeRef, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::lines::{dedent, whole_lines};
use super::support::{Go, has_comment, last_line_end, owns_its_lines, walk};
use super::{Detector, Hook, Report};
use crate::margin::Fix;
use crate::margin::fix::indentation;
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "jump-in-finally", hooks: &[Hook::Stmt(&[NodeKind::StmtTry], check)] };

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Try(stmt) = stmt else { return };
    if stmt.finalbody.is_empty() {
        return;
    }
    let mut jumps = Vec::new();
    collect(&stmt.finalbody, false, &mut jumps);
    for (at, keyword) in jumps {
        let range = TextRange::at(at, TextSize::of(keyword));
        // A comment on its line is taken as the reason.
        if has_comment(context, TextRange::new(at, last_line_end(context.source, at))) {
            continue;
        }
        let fix = behind_the_try(context, stmt.start(), &stmt.finalbody, at);
        report.at(range, &[("keyword", keyword)]).fix = fix;
    }
}

/// The jumps that leave the suite; those of a loop inside it stay in it.
fn collect(body: &[Stmt], in_loop: bool, jumps: &mut Vec<(TextSize, &'static str)>) {
    walk(body, |node| {
        match node {
            AnyNodeRef::StmtReturn(stmt) => jumps.push((stmt.start(), "return")),
            AnyNodeRef::StmtBreak(stmt) if !in_loop => jumps.push((stmt.start(), "break")),
            AnyNodeRef::StmtContinue(stmt) if !in_loop => jumps.push((stmt.start(), "continue")),
            AnyNodeRef::StmtFor(inner) if !in_loop => {
                collect(&inner.body, true, jumps);
                collect(&inner.orelse, false, jumps);
                return Go::Over;
            }
            AnyNodeRef::StmtWhile(inner) if !in_loop => {
                collect(&inner.body, true, jumps);
                collect(&inner.orelse, false, jumps);
                return Go::Over;
            }
            AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_) => return Go::Over,
            // A `try` in the `finally` looks after its own.
            AnyNodeRef::StmtTry(inner) => {
                collect(&inner.body, in_loop, jumps);
                for handler in &inner.handlers {
                    let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
                    collect(&handler.body, in_loop, jumps);
                }
                collect(&inner.orelse, in_loop, jumps);
                return Go::Over;
            }
            _ if node.is_expression() => return Go::Over,
            _ => {}
        }
        Go::In
    });
}

/// Moves the jump behind the `try`, where it is the last of several statements.
fn behind_the_try(context: &Context<'_>, start: TextSize, finalbody: &[Stmt], at: TextSize) -> Option<Fix> {
    let [.., _, last] = finalbody else { return None };
    if last.start() != at || has_comment(context, last.range()) || !owns_its_lines(context.source, last) {
        return None;
    }
    let outer = indentation(context.source, start);
    let surplus = indentation(context.source, at).strip_prefix(outer)?.len();
    Some(Fix {
        title: "Move it behind the `try`".to_owned(),
        safe: false,
        edits: dedent(context, whole_lines(context.source, last), surplus),
        imports: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "jump-in-finally";

    #[test]
    fn jumps_out_of_the_finally_are_found() {
        let source = "
def f():
    for a in b:
        try:
            c
        finally:
            if d:
                break
            for e in g:
                return 1
            else:
                continue
";
        assert_eq!(found(RULE, source), ["break", "return", "continue"]);
    }

    #[test]
    fn jumps_inside_it_are_not() {
        let source = "
def f():
    try:
        return 1
    except E:
        return 2
    finally:
        for a in b:
            if c:
                break
            continue
        while a:
            try:
                break
            finally:
                d
        def g():
            return 1
        lambda: 2
    try:
        return 3
    finally:
        return 4  # whatever happened
";
        assert!(found(RULE, source).is_empty());
    }

    #[test]
    fn a_nested_finally_is_told_once() {
        let source = "def f():\n    try:\n        a\n    finally:\n        try:\n            b\n        finally:\n            return 1\n";
        assert_eq!(found(RULE, source), ["return"]);
    }

    #[test]
    fn the_last_statement_moves_out() {
        let before = "def f():\n    try:\n        a\n    finally:\n        b\n        return (1,\n            2)\n";
        assert_eq!(fixed(RULE, before), "def f():\n    try:\n        a\n    finally:\n        b\n    return (1,\n        2)\n");
    }
}
