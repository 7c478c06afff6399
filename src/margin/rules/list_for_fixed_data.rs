//! `list-for-fixed-data`: a list that nobody will ever change.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "list-for-fixed-data",
    hooks: &[
        Hook::Stmt(&[NodeKind::StmtFor], check_loop),
        Hook::Expr(
            &[NodeKind::ExprListComp, NodeKind::ExprSetComp, NodeKind::ExprDictComp, NodeKind::ExprGenerator],
            check_comprehension,
        ),
    ],
};

fn check_loop<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    if let Stmt::For(each) = stmt {
        check(context, &each.iter, report);
    }
}

fn check_comprehension<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let generators = match expr {
        Expr::ListComp(comp) => &comp.generators,
        Expr::SetComp(comp) => &comp.generators,
        Expr::DictComp(comp) => &comp.generators,
        Expr::Generator(comp) => &comp.generators,
        _ => return,
    };
    for each in generators {
        check(context, &each.iter, report);
    }
}

fn check(context: &Context<'_>, iterated: &Expr, report: &mut Report<'_>) {
    let Expr::List(list) = iterated else { return };
    if !list.elts.is_empty() && list.elts.iter().all(|element| is_fixed(element, 8)) {
        report.at(list, &[]).fix = as_tuple(context, list);
    }
}

fn is_fixed(element: &Expr, depth: u8) -> bool {
    match element {
        Expr::Tuple(tuple) => depth > 0 && tuple.elts.iter().all(|one| is_fixed(one, depth - 1)),
        Expr::UnaryOp(unary) => unary.operand.is_number_literal_expr(),
        other => other.is_literal_expr(),
    }
}

fn as_tuple(context: &Context<'_>, list: &ast::ExprList) -> Option<Fix> {
    let one = TextSize::new(1);
    let end = TextRange::at(list.end() - one, one);
    // One element alone needs its comma.
    let has_comma = context.token_before(end.start())?.kind() == TokenKind::Comma;
    let close = if list.elts.len() == 1 && !has_comma { ",)" } else { ")" };
    Some(Fix {
        title: "Use a tuple".to_owned(),
        safe: true,
        edits: vec![Edit::replace(TextRange::at(list.start(), one), "("), Edit::replace(end, close)],
        imports: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "list-for-fixed-data";

    #[test]
    fn other_lists_may_change() {
        let quiet = "for a in [x, 1]: ...\nfor a in (1, 2): ...\nfor a in []: ...\nf([1, 2])\nfor a in [[1], [2]]: ...\n";
        assert!(found(RULE, quiet).is_empty());
    }

    #[test]
    fn lists_become_tuples() {
        let source = "for a in [1]: ...\nfor a, b in [(1, -2), ('x', None)]: ...\nz = [a for a in ['x',] for b in [\n  1, # one\n  2]]\n";
        let expected = "for a in (1,): ...\nfor a, b in ((1, -2), ('x', None)): ...\nz = [a for a in ('x',) for b in (\n  1, # one\n  2)]\n";
        assert_eq!(fixed(RULE, source), expected);
    }
}
