//! `manual-entity-decoding`: entities of HTML decoded by hand.

use ruff_python_ast::{self as ast, Expr, ExprContext, NodeKind};

use super::support::symbol;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "manual-entity-decoding",
    hooks: &[Hook::Call(check_call), Hook::Expr(&[NodeKind::ExprName, NodeKind::ExprAttribute], check_name)],
};

/// The tables that are for decoding.
fn check_name<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let is_load = matches!(
        expr,
        Expr::Name(ast::ExprName { ctx: ExprContext::Load, .. })
            | Expr::Attribute(ast::ExprAttribute { ctx: ExprContext::Load, .. })
    );
    if !is_load {
        return;
    }
    let Some(symbol) = symbol(context, expr) else { return };
    if ["html.entities.name2codepoint", "html.entities.entitydefs", "html.entities.html5"].contains(&symbol.as_str()) {
        report.at(expr, &[("how", context.text(expr))]);
    }
}

fn check_call<'a>(_context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(callee) = call.func.as_ref() else { return };
    // The first of a chain of replacements speaks for all.
    let is_first = !matches!(&*callee.value, Expr::Call(earlier) if is_replacement(earlier));
    if is_first && is_replacement(call) {
        report.at(&callee.attr, &[("how", "replace")]);
    }
}

/// `text.replace("&lt;", "<")`.
fn is_replacement(call: &ast::ExprCall) -> bool {
    const ENTITIES: [(&str, &str); 9] = [
        ("&amp;", "&"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&apos;", "'"),
        ("&nbsp;", " "),
        ("&nbsp;", "\u{a0}"),
    ];
    let Expr::Attribute(callee) = call.func.as_ref() else { return false };
    let [Expr::StringLiteral(entity), Expr::StringLiteral(letter)] = call.arguments.args.as_ref() else { return false };
    callee.attr.as_str() == "replace" && ENTITIES.contains(&(entity.value.to_str(), letter.value.to_str()))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn encoding_is_another_matter() {
        let quiet = "\
import html
from html.entities import codepoint2name
html.unescape(text)
text.replace('<', '&lt;')
text.replace('&', 'and')
codepoint2name[38]
";
        assert!(found("manual-entity-decoding", quiet).is_empty());
    }

    #[test]
    fn tables_and_chains_are_found() {
        let source = "\
import html.entities
from html.entities import name2codepoint as table
text.replace('&lt;', '<').replace('&gt;', '>').replace('&amp;', '&')
table['amp']
html.entities.html5.get('amp;')
";
        assert_eq!(found("manual-entity-decoding", source), ["replace", "table", "html.entities.html5"]);
    }
}
