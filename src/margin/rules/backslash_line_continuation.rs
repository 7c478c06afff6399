//! `backslash-line-continuation`: a logical line that goes on behind a backslash.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::{Context, PythonVersion};

pub(super) const DETECTOR: Detector = Detector {
    rule: "backslash-line-continuation",
    hooks: &[Hook::Stmt(
        &[
            NodeKind::StmtAssign,
            NodeKind::StmtAnnAssign,
            NodeKind::StmtAugAssign,
            NodeKind::StmtReturn,
            NodeKind::StmtExpr,
            NodeKind::StmtRaise,
            NodeKind::StmtAssert,
            NodeKind::StmtImport,
            NodeKind::StmtImportFrom,
            NodeKind::StmtIf,
            NodeKind::StmtWhile,
            NodeKind::StmtFor,
            NodeKind::StmtWith,
        ],
        check,
    )],
};

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    // Names and items have one pair of parentheses at most.
    let once = matches!(stmt, Stmt::ImportFrom(_) | Stmt::With(_));
    for (line, places) in logical_lines(stmt, report.target()) {
        let found = backslashes(context, line);
        let Some(&first) = found.first() else { continue };
        let finding = report.at(TextRange::at(first, TextSize::new(1)), &[]);
        finding.fix = wrap(context, &found, &places, once).map(|edits| Fix {
            title: "Put the expression into parentheses".to_owned(),
            safe: true,
            edits,
            imports: Vec::new(),
        });
    }
}

/// The logical lines of a statement without its suites, each with the ranges that may be put into parentheses.
fn logical_lines(stmt: &Stmt, target: PythonVersion) -> Vec<(TextRange, Vec<TextRange>)> {
    let whole = |places: Vec<TextRange>| vec![(stmt.range(), places)];
    let head = |body: &[Stmt], places: Vec<TextRange>| {
        let end = body.first().map_or(stmt.end(), Ranged::start);
        vec![(TextRange::new(stmt.start(), end), places)]
    };
    let ranges = |exprs: &[Option<&Expr>]| exprs.iter().flatten().map(Ranged::range).collect();
    match stmt {
        Stmt::Assign(stmt) => whole(vec![stmt.value.range()]),
        Stmt::AnnAssign(stmt) => whole(ranges(&[stmt.value.as_deref()])),
        Stmt::AugAssign(stmt) => whole(vec![stmt.value.range()]),
        Stmt::Return(stmt) => whole(ranges(&[stmt.value.as_deref()])),
        Stmt::Expr(stmt) => whole(vec![stmt.value.range()]),
        Stmt::Raise(stmt) => whole(ranges(&[stmt.exc.as_deref(), stmt.cause.as_deref()])),
        // A message on a line of its own is the usual way to write it.
        Stmt::Assert(stmt) => {
            vec![(TextRange::new(stmt.start(), stmt.test.end()), vec![stmt.test.range()])]
        }
        Stmt::Import(_) => whole(Vec::new()),
        Stmt::ImportFrom(stmt) => match (stmt.names.first(), stmt.names.last()) {
            (Some(first), Some(_)) if first.name.as_str() == "*" => whole(Vec::new()),
            (Some(first), Some(last)) => whole(vec![TextRange::new(first.start(), last.end())]),
            _ => Vec::new(),
        },
        Stmt::If(stmt) => {
            let mut lines = head(&stmt.body, vec![stmt.test.range()]);
            for clause in &stmt.elif_else_clauses {
                if let (Some(test), Some(first)) = (&clause.test, clause.body.first()) {
                    lines.push((TextRange::new(clause.start(), first.start()), vec![test.range()]));
                }
            }
            lines
        }
        Stmt::While(stmt) => head(&stmt.body, vec![stmt.test.range()]),
        Stmt::For(stmt) => head(&stmt.body, vec![stmt.iter.range()]),
        // Before 3.10 there is no other way to write a long `with`.
        Stmt::With(stmt) if target >= PythonVersion::three(10) => match (stmt.items.first(), stmt.items.last()) {
            (Some(first), Some(last)) => head(&stmt.body, vec![TextRange::new(first.start(), last.end())]),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The backslashes between the tokens of a logical line that stand outside brackets.
fn backslashes(context: &Context<'_>, line: TextRange) -> Vec<TextSize> {
    let mut found = Vec::new();
    // Nearly every statement has none.
    if memchr::memchr(b'\\', context.text(line).as_bytes()).is_none() {
        return found;
    }
    let mut depth = 0_usize;
    let mut end = line.start();
    for token in context.tokens_in(line) {
        if depth == 0 && end < token.start() {
            let gap = TextRange::new(end, token.start());
            let at = |(at, _)| gap.start() + TextSize::new(at as u32);
            found.extend(context.text(gap).match_indices('\\').map(at));
        }
        match token.kind() {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace | TokenKind::FStringStart | TokenKind::TStringStart => {
                depth += 1;
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::FStringEnd | TokenKind::TStringEnd => {
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
        end = token.end();
    }
    found
}

/// Puts the places that hold the backslashes into parentheses; `None` when a backslash is elsewhere, or where there are
/// parentheses already and there can be only one pair.
fn wrap(context: &Context<'_>, found: &[TextSize], places: &[TextRange], once: bool) -> Option<Vec<Edit>> {
    let mut edits = Vec::new();
    let mut taken = 0;
    for place in places {
        // A backslash directly before the expression is where the parenthesis opens.
        let mut before = context.token_before(place.start());
        while let Some(open) = before.filter(|token| token.kind() == TokenKind::Lpar) {
            if once {
                return None;
            }
            before = context.token_before(open.start());
        }
        // The first statement of all has nothing before it.
        let from = before.map_or_else(TextSize::default, Ranged::end);
        let inside: Vec<TextSize> =
            found.iter().copied().filter(|at| (from..place.end()).contains(at)).collect();
        let Some(&first) = inside.first() else { continue };
        taken += inside.len();
        let mut rest = inside.as_slice();
        if first < place.start() {
            edits.push(Edit::replace(TextRange::at(first, TextSize::new(1)), "("));
            rest = &rest[1..];
        } else {
            edits.push(Edit::insert(place.start(), "("));
        }
        edits.extend(rest.iter().map(|&at| Edit::delete(with_spaces_before(context, at))));
        edits.push(Edit::insert(place.end(), ")"));
    }
    (taken == found.len()).then_some(edits)
}

fn with_spaces_before(context: &Context<'_>, backslash: TextSize) -> TextRange {
    let before = &context.source[..backslash.to_usize()];
    let start = before.trim_end_matches([' ', '\t']).len();
    TextRange::new(TextSize::new(start as u32), backslash + TextSize::new(1))
}

#[cfg(test)]
mod tests {
    use crate::margin::Options;
    use crate::margin::rules::tests::{fixed, found, found_with};
    use crate::python::PythonVersion;

    const RULE: &str = "backslash-line-continuation";

    #[test]
    fn parentheses_take_the_place_of_the_backslash() {
        for (before, after) in [
            ("x = a + \\\n    b\n", "x = (a +\n    b)\n"),
            ("a + \\\n    b\n", "(a +\n    b)\n"),
            ("x = \\\n    a + b\n", "x = (\n    a + b)\n"),
            ("x = a \\\n    .b() \\\n    .c()\n", "x = (a\n    .b()\n    .c())\n"),
            ("if a and \\\n   b:\n    c\nelif d or \\\n   e:\n    f\n", "if (a and\n   b):\n    c\nelif (d or\n   e):\n    f\n"),
            ("from m import a, \\\n    b\n", "from m import (a,\n    b)\n"),
            ("with a as b, \\\n     c as d:\n    pass\n", "with (a as b,\n     c as d):\n    pass\n"),
            ("assert a and \\\n    b, 'c'\n", "assert (a and\n    b), 'c'\n"),
            ("x = \\\n    (a)\n", "x = (\n    (a))\n"),
            ("return_ = a, \\\n    b\n", "return_ = (a,\n    b)\n"),
            ("from m import \\\n    (a,\n     b)\n", "from m import \\\n    (a,\n     b)\n"),
            ("with \\\n    (a as b, c as d):\n    pass\n", "with \\\n    (a as b, c as d):\n    pass\n"),
            ("raise E(a) \\\n    from b\n", "raise E(a) \\\n    from b\n"),
        ] {
            assert_eq!(fixed(RULE, before), after);
            assert!(!found(RULE, before).is_empty(), "{before}");
        }
    }

    #[test]
    fn strings_brackets_and_messages_are_left_alone() {
        for source in [
            "x = 'a \\\n b'\n",
            "x = f'{a} \\\n b'\n",
            "x = (a + \\\n b)\n",
            "assert a, \\\n    'b'\n",
            "x = 'a\\n'\n",
            "if a:\n    x = (1 + \\\n        2)\n",
        ] {
            assert!(found(RULE, source).is_empty(), "{source}");
        }
    }

    #[test]
    fn an_old_with_has_no_other_way() {
        let old = Options { target: PythonVersion::three(9), ..Options::default() };
        assert!(found_with(RULE, "with a as b, \\\n     c as d:\n    pass\n", &old).is_empty());
    }
}
