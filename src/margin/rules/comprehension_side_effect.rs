//! `comprehension-side-effect`: a comprehension that is run for what its element does.

use ruff_python_ast::{self as ast, Comprehension, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::support::{expects_error, has_comment, owns_its_lines};
use super::{Detector, Hook, Report};
use crate::margin::fix::indentation;
use crate::margin::{Edit, Fix};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector {
    rule: "comprehension-side-effect",
    hooks: &[Hook::Stmt(&[NodeKind::StmtExpr], check), Hook::Call(check_element)],
};

/// Functions that give `None`: a list of what they return is a list of nothing.
const GIVE_NOTHING: [&str; 14] = [
    "builtins.print",
    "builtins.setattr",
    "builtins.delattr",
    "builtins.list.append",
    "builtins.list.extend",
    "builtins.list.insert",
    "builtins.list.remove",
    "builtins.list.reverse",
    "builtins.list.sort",
    "builtins.set.add",
    "builtins.set.discard",
    "builtins.set.update",
    "builtins.dict.update",
    "collections.deque.append",
];

/// A comprehension as a statement whose element is a call.
fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Expr(statement) = stmt else { return };
    let does = |expr: &Expr| matches!(expr, Expr::Call(_) | Expr::Await(_));
    let acts = match statement.value.as_ref() {
        Expr::ListComp(ast::ExprListComp { elt, .. }) | Expr::SetComp(ast::ExprSetComp { elt, .. }) => does(elt),
        Expr::DictComp(comp) => does(&comp.value) || comp.key.as_deref().is_some_and(does),
        _ => return,
    };
    if acts && !expects_error(context) {
        let fix = as_loop(context, stmt, &statement.value);
        report.at(statement.value.as_ref(), &[]).fix = fix;
    }
}

/// `x = [items.append(a) for a in b]`.
fn check_element<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(Node::Expr(parent)) = context.parent() else { return };
    let (Expr::ListComp(ast::ExprListComp { elt, .. }) | Expr::SetComp(ast::ExprSetComp { elt, .. })) = parent else {
        return;
    };
    let is_element = elt.range() == call.range();
    let is_statement = matches!(context.ancestors().nth(1), Some(Node::Stmt(Stmt::Expr(_))));
    if is_element
        && !is_statement
        && context.callee(call).is_some_and(|callee| GIVE_NOTHING.contains(&callee.as_str()))
    {
        report.at(call.func.as_ref(), &[]);
    }
}

/// The `for` statement that does the same; its variable lives on, which may matter.
fn as_loop(context: &Context<'_>, stmt: &Stmt, value: &Expr) -> Option<Fix> {
    let (element, generators): (&Expr, &[Comprehension]) = match value {
        Expr::ListComp(comp) => (&comp.elt, &comp.generators),
        Expr::SetComp(comp) => (&comp.elt, &comp.generators),
        _ => return None,
    };
    if has_comment(context, stmt) || !owns_its_lines(context.source, stmt) {
        return None;
    }
    let line_break = context.newline();
    let mut indent = indentation(context.source, stmt.start()).to_owned();
    let mut text = String::new();
    let mut line = |code: String| {
        if !text.is_empty() {
            text.push_str(&indent);
        }
        text.push_str(&code);
        text.push_str(line_break);
        indent.push_str("    ");
    };
    for generator in generators {
        let keyword = if generator.is_async { "async for" } else { "for" };
        let (target, iter) = (one_line(context, &generator.target)?, one_line(context, &generator.iter)?);
        line(format!("{keyword} {target} in {iter}:"));
        for condition in &generator.ifs {
            line(format!("if {}:", one_line(context, condition)?));
        }
    }
    let element = one_line(context, element)?;
    text.push_str(&indent);
    text.push_str(element);
    Some(Fix {
        title: "Write it as a `for` statement".to_owned(),
        safe: false,
        edits: vec![Edit::replace(stmt, text)],
        imports: Vec::new(),
    })
}

/// The text of an expression that needs no brackets around it to go over several lines.
fn one_line<'a>(context: &Context<'a>, expr: &Expr) -> Option<&'a str> {
    let text = context.text(expr);
    let bracketed = match expr {
        Expr::Call(call) => !context.text(call.func.as_ref()).contains('\n'),
        Expr::List(_) | Expr::Dict(_) | Expr::Set(_) | Expr::ListComp(_) | Expr::DictComp(_) | Expr::SetComp(_) => true,
        Expr::Tuple(tuple) => tuple.parenthesized,
        _ => false,
    };
    (bracketed || !text.contains('\n')).then_some(text)
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "comprehension-side-effect";

    #[test]
    fn a_loop_says_what_it_does() {
        let before = "def f():\n    [send(a, b) for a in c if a for b in (1, 2)]\n";
        let after = "def f():\n    for a in c:\n        if a:\n            for b in (1, 2):\n                send(a, b)\n";
        assert_eq!(fixed(RULE, before), after);
        assert_eq!(fixed(RULE, "async def f():\n    [await a async for a in b]\n"), "async def f():\n    async for a in b:\n        await a\n");
    }

    #[test]
    fn lists_of_nothing_are_found() {
        assert_eq!(found(RULE, "x = []\ny = [x.append(a) for a in b]\nz = [print(a) for a in b]\n"), ["x.append", "print"]);
    }

    #[test]
    fn what_is_used_or_only_runs_through_is_not() {
        for source in [
            "x = [f(a) for a in b]",
            "[a for a in b]",
            "(f(a) for a in b)",
            "x = [y.append(a) for a in b]",
            "with raises(E):\n    [f(a) for a in b]",
            "f([g(a) for a in b])",
        ] {
            assert!(found(RULE, source).is_empty(), "{source}");
        }
    }
}
