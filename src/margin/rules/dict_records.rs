//! `dict-records`: rows that each carry the names of all columns.

use ruff_python_ast::{self as ast, Expr, NodeKind};
use ruff_text_size::Ranged;

use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "dict-records",
    hooks: &[Hook::Call(check_append), Hook::Expr(&[NodeKind::ExprListComp], check_comprehension)],
};

/// With fewer keys it may be anything.
const FEW: usize = 3;

fn check_append<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(method) = call.func.as_ref() else { return };
    let ("append", [Expr::Dict(record)]) = (method.attr.as_str(), &*call.arguments.args) else { return };
    if context.in_loop()
        && let Some(count) = keys(record)
    {
        report.at(call.func.range(), &[("count", &count.to_string())]);
    }
}

fn check_comprehension<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Expr::ListComp(comp) = expr else { return };
    if let Expr::Dict(record) = comp.elt.as_ref()
        && let Some(count) = keys(record)
    {
        report.at(super::support::first_line(context.source, record.range()), &[("count", &count.to_string())]);
    }
}

/// How many keys a record has, all of them words of the code.
fn keys(record: &ast::ExprDict) -> Option<usize> {
    let is_word = |item: &ast::DictItem| matches!(&item.key, Some(Expr::StringLiteral(_)));
    (record.items.len() >= FEW && record.items.iter().all(is_word)).then_some(record.items.len())
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn only_collected_records_count() {
        let quiet = "\
rows.append({'a': 1, 'b': 2, 'c': 3})
for x in y:
    rows.append({'a': 1, 'b': 2})
    rows.append({'a': 1, 'b': 2, x: 3})
    rows.append({**x, 'b': 2, 'c': 3})
    send({'a': 1, 'b': 2, 'c': 3})
z = {x: {'a': 1, 'b': 2, 'c': 3} for x in y}
";
        assert!(found("dict-records", quiet).is_empty());
        let source = "z = [{'a': x, 'b': 2,\n'c': 3} for x in y]\nfor x in y:\n    rows.append({'a': 1, 'b': 2, 'c': x})\n";
        assert_eq!(found("dict-records", source), ["{'a': x, 'b': 2,", "rows.append"]);
    }
}
