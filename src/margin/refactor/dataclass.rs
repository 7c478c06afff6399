//! What both ways to a dataclass need: its decorator and its fields.

use ruff_python_ast::{self as ast, Expr, UnaryOp};
use ruff_text_size::{Ranged, TextSize};

use crate::margin::Import;
use crate::margin::fix::{indentation, spelling};
use crate::margin::rules::support::occurrences;
use crate::python::Context;

/// A field of a dataclass.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) annotation: String,
    default: Option<String>,
}

impl Field {
    /// A field; `Any` where nothing is known of its type. `None` for a type that a dataclass takes for something else.
    pub(super) fn new(
        context: &Context<'_>,
        name: &str,
        annotation: Option<&Expr>,
        default: Option<&str>,
        at: TextSize,
        imports: &mut Vec<Import>,
    ) -> Option<Self> {
        let annotation = match annotation {
            Some(annotation) => context.text(annotation).to_owned(),
            None => {
                let (any, import) = spelling(context, "typing.Any", at)?;
                imports.extend(import);
                any
            }
        };
        let special = ["ClassVar", "InitVar", "KW_ONLY", "Final"];
        let fits = !special.into_iter().any(|word| occurrences(&annotation, word) > 0)
            && !annotation.contains(['\n', '\r', '#']);
        fits.then(|| Self { name: name.to_owned(), annotation, default: default.map(str::to_owned) })
    }

    pub(super) fn text(&self) -> String {
        let Self { name, annotation, default } = self;
        match default {
            Some(default) => format!("{name}: {annotation} = {default}"),
            None => format!("{name}: {annotation}"),
        }
    }
}

/// The line with the decorator, to be put before a class that starts its line.
pub(super) fn decorator(context: &Context<'_>, class: TextSize, arguments: &str) -> Option<(String, Option<Import>)> {
    let (name, import) = spelling(context, "dataclasses.dataclass", class)?;
    Some((format!("@{name}{arguments}{}{}", context.newline(), indentation(context.source, class)), import))
}

/// Whether a default is a value that cannot be changed: a dataclass takes no other.
pub(super) fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::UnaryOp(ast::ExprUnaryOp { op: UnaryOp::USub, operand, .. }) => operand.is_number_literal_expr(),
        Expr::Tuple(tuple) => tuple.parenthesized && tuple.elts.iter().all(Expr::is_literal_expr),
        other => other.is_literal_expr() && other.range().len() < TextSize::new(200),
    }
}
