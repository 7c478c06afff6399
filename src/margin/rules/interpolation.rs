//! Texts that are put together: what is inserted into them.

use ruff_python_ast::{self as ast, Expr, InterpolatedStringElement, Operator};

/// The values that an expression inserts into a text: of an f-string, of `%`, of `.format(...)`, of `+` with a literal.
/// Empty when the expression is no such thing.
pub(super) fn inserted(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::FString(string) => string
            .value
            .elements()
            .filter_map(|element| match element {
                InterpolatedStringElement::Interpolation(part) => Some(part.expression.as_ref()),
                InterpolatedStringElement::Literal(_) => None,
            })
            .collect(),
        Expr::BinOp(ast::ExprBinOp { left, op: Operator::Mod, right, .. }) if left.is_string_literal_expr() => {
            match right.as_ref() {
                Expr::Tuple(values) => values.elts.iter().collect(),
                Expr::Dict(values) => values.items.iter().map(|item| &item.value).collect(),
                value => vec![value],
            }
        }
        Expr::BinOp(ast::ExprBinOp { op: Operator::Add, .. }) => summands(expr),
        Expr::Call(call) => match call.func.as_ref() {
            Expr::Attribute(method) if method.attr.as_str() == "format" && method.value.is_string_literal_expr() => {
                call.arguments.iter_source_order().map(ast::ArgOrKeyword::value).collect()
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// What is added to the literals of a sum; nothing when there is no literal in it, or too much to look at.
fn summands(expr: &Expr) -> Vec<&Expr> {
    let (mut values, mut texts) = (Vec::new(), 0);
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        match expr {
            Expr::BinOp(ast::ExprBinOp { left, op: Operator::Add, right, .. }) => open.extend([right.as_ref(), left]),
            Expr::StringLiteral(_) => texts += 1,
            Expr::FString(_) => {
                texts += 1;
                values.extend(inserted_into_fstring(expr));
            }
            other => values.push(other),
        }
        if values.len() > 32 {
            return Vec::new();
        }
    }
    if texts > 0 { values } else { Vec::new() }
}

fn inserted_into_fstring(expr: &Expr) -> Vec<&Expr> {
    if expr.is_f_string_expr() { inserted(expr) } else { Vec::new() }
}
