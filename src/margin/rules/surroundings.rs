//! What is around a place: the loop that runs it again and again, the outermost function or class.

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::support::{is_large, occurrences};
use super::variables::MUTATORS;
use crate::python::{Context, Node};

/// Larger loops are not searched for each place in them.
const MAX_LOOP: TextSize = TextSize::new(8 * 1024);

/// The text of the function or class at module level that the place is in; `None` for a huge one, which would be read
/// again and again.
pub(super) fn around_text<'a>(context: &Context<'a>) -> Option<&'a str> {
    match context.nodes().first()? {
        Node::Stmt(stmt) if !is_large(stmt) => Some(context.text(*stmt)),
        _ => None,
    }
}

/// The innermost loop or comprehension of the same function that runs the node at hand in every round.
pub(super) fn repeated_in(context: &Context<'_>) -> Option<TextRange> {
    let mut place = context.nodes().last().map(|node| range_of(*node))??;
    for node in context.ancestors() {
        match node {
            Node::Stmt(Stmt::FunctionDef(_) | Stmt::ClassDef(_)) | Node::Expr(Expr::Lambda(_)) => return None,
            Node::Stmt(Stmt::For(each)) if each.iter.range().contains_range(place) => {}
            Node::Stmt(stmt @ (Stmt::For(_) | Stmt::While(_))) => return Some(stmt.range()),
            Node::Expr(Expr::ListComp(comp)) if !is_first(&comp.generators, place) => return Some(comp.range()),
            Node::Expr(Expr::SetComp(comp)) if !is_first(&comp.generators, place) => return Some(comp.range()),
            Node::Expr(Expr::DictComp(comp)) if !is_first(&comp.generators, place) => return Some(comp.range()),
            Node::Expr(Expr::Generator(comp)) if !is_first(&comp.generators, place) => return Some(comp.range()),
            _ => {}
        }
        place = range_of(node).unwrap_or(place);
    }
    None
}

fn range_of(node: Node<'_>) -> Option<TextRange> {
    match node {
        Node::Stmt(stmt) => Some(stmt.range()),
        Node::Expr(expr) => Some(expr.range()),
        _ => None,
    }
}

/// Whether a place is the first iterable of a comprehension: that is evaluated once.
fn is_first(generators: &[ruff_python_ast::Comprehension], place: TextRange) -> bool {
    generators.first().is_some_and(|first| first.iter.range().contains_range(place))
}

/// Whether the code of a loop surely does not change what a variable holds, going by how it is written.
pub(super) fn leaves_alone(context: &Context<'_>, repeated: TextRange, name: &str) -> bool {
    if repeated.len() > MAX_LOOP {
        return false;
    }
    let text = context.text(repeated);
    // Each use is a look into it: none of a method that changes it, none that hands it on.
    let looks = occurrences(text, &format!("in {name}"));
    looks == occurrences(text, name) && !MUTATORS.iter().any(|method| text.contains(&format!("{name}.{method}(")))
}
