//! `float-for-money`: amounts of money in binary fractions.

use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::support::{float_literal, last_name, words};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "float-for-money",
    hooks: &[
        Hook::Stmt(&[NodeKind::StmtAssign, NodeKind::StmtAnnAssign], check),
        Hook::Function(check_parameters),
    ],
};

const MONEY: [&str; 9] = ["price", "balance", "fee", "salary", "amount", "cost", "invoice", "payment", "revenue"];

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let (target, is_float) = match stmt {
        Stmt::Assign(assign) => {
            let [target] = assign.targets.as_slice() else { return };
            (target, has_cents(context, &assign.value))
        }
        Stmt::AnnAssign(assign) => (assign.target.as_ref(), context.is_builtin(&assign.annotation, "float")),
        _ => return,
    };
    if let Some(name) = last_name(target).filter(|name| is_float && is_money(name)) {
        report.at(target.range(), &[("name", name)]);
    }
}

fn check_parameters<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    for parameter in def.parameters.iter_non_variadic_params() {
        let parameter = &parameter.parameter;
        let is_float =
            parameter.annotation.as_deref().is_some_and(|annotation| context.is_builtin(annotation, "float"));
        if is_float && is_money(&parameter.name) {
            report.at(parameter.name.range(), &[("name", &parameter.name)]);
        }
    }
}

/// Whether a name ends in a word for money.
fn is_money(name: &str) -> bool {
    words(name).last().is_some_and(|word| MONEY.contains(&word.as_str()))
}

/// A literal with two decimals.
fn has_cents(context: &Context<'_>, value: &Expr) -> bool {
    float_literal(context, value)
        .and_then(|text| text.split_once('.'))
        .is_some_and(|(_, decimals)| decimals.len() == 2 && decimals.bytes().all(|digit| digit.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn names_of_money_are_found_and_others_not() {
        let source = "\
ratio = 1.25
price_index = 3.10
cost = 0.001
price: int = 3
unit_price = 3.10
class Order:
    balance: float
def pay(amount: float, rate: float): ...
";
        assert_eq!(found("float-for-money", source), ["unit_price", "balance", "amount"]);
    }
}
