//! `implicit-string-concat-in-collection`: two elements that a missing comma has made one.

use ruff_python_ast::{self as ast, Expr, NodeKind};
use ruff_text_size::{Ranged, TextRange};

use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "implicit-string-concat-in-collection",
    hooks: &[Hook::Expr(&[NodeKind::ExprList, NodeKind::ExprSet, NodeKind::ExprTuple], check)],
};

fn check<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let elements = match expr {
        Expr::List(list) => &list.elts,
        Expr::Set(set) => &set.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        _ => return,
    };
    if elements.len() < 3 {
        return;
    }
    let concatenated: Vec<&ast::ExprStringLiteral> = elements
        .iter()
        .filter_map(Expr::as_string_literal_expr)
        .filter(|literal| literal.value.is_implicit_concatenated())
        .collect();
    // One comma is forgotten; where several elements are put together, it is how the list is written.
    let [literal] = concatenated.as_slice() else { return };
    let others = elements.iter().filter(|element| element.range() != literal.range());
    let parts: Vec<&ast::StringLiteral> = literal.value.iter().collect();
    if !others.clone().all(|other| is_short_text(context, other)) || !looks_forgotten(context, &parts, others) {
        return;
    }
    for pair in parts.windows(2) {
        let range = TextRange::new(pair[0].start(), pair[1].end());
        let finding = report.at(range, &[("first", context.text(pair[0])), ("second", context.text(pair[1]))]);
        finding.fix = Some(Fix {
            title: "Add the comma".to_owned(),
            safe: false,
            edits: vec![Edit::insert(pair[0].end(), ",")],
            imports: Vec::new(),
        });
    }
}

fn is_short_text(context: &Context<'_>, element: &Expr) -> bool {
    element.is_string_literal_expr() && !context.text(element).contains('\n')
}

/// Each part stands at the start of a line of its own, below the other elements, and begins and ends as they do: no
/// space or punctuation leads from one to the next.
fn looks_forgotten<'e>(
    context: &Context<'_>,
    parts: &[&ast::StringLiteral],
    others: impl Iterator<Item = &'e Expr> + Clone,
) -> bool {
    let column = |range: TextRange| {
        let before = &context.source[..range.start().to_usize()];
        let line = before.rfind(['\n', '\r']).map_or(before, |at| &before[at + 1..]);
        line.trim().is_empty().then_some(line.len())
    };
    let Some(at) = column(parts[0].range()) else { return false };
    let aligned = parts.iter().all(|part| column(part.range()) == Some(at))
        && others.clone().any(|other| column(other.range()) == Some(at));
    if !aligned {
        return false;
    }
    let texts: Vec<&str> =
        others.filter_map(Expr::as_string_literal_expr).map(|literal| literal.value.to_str()).collect();
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let ends_like_others = |text: &str| {
        text.chars().next_back().is_some_and(|last| is_word(last) || texts.iter().all(|other| other.ends_with(last)))
    };
    let begins_like_others = |text: &str| {
        text.chars().next().is_some_and(|first| is_word(first) || texts.iter().all(|other| other.starts_with(first)))
    };
    parts.windows(2).all(|pair| {
        let (first, second) = (pair[0].as_str(), pair[1].as_str());
        !first.contains([' ', '\n']) && !second.contains([' ', '\n']) && ends_like_others(first) && begins_like_others(second)
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "implicit-string-concat-in-collection";

    #[test]
    fn a_missing_comma_is_found() {
        let source = "names = [\n    'ann',\n    'bob'\n    'cid',\n    'dan',\n]\n";
        assert_eq!(found(RULE, source), ["'bob'\n    'cid'"]);
        assert_eq!(fixed(RULE, source), "names = [\n    'ann',\n    'bob',\n    'cid',\n    'dan',\n]\n");
    }

    #[test]
    fn punctuation_that_all_share_is_no_glue() {
        assert_eq!(found(RULE, "x = {\n    '.py',\n    '.pyi'\n    '.pyx',\n    '.rs',\n}\n").len(), 1);
    }

    #[test]
    fn long_texts_and_deliberate_parts_are_not() {
        for source in [
            "x = [\n    'ann',\n    'a text that '\n    'goes on',\n    'dan',\n]\n",
            "x = [\n    'a.b.c',\n    'a.b.'\n    'd',\n    'a.b.e',\n]\n",
            "x = [\n    'ann',\n    'bob' 'cid',\n    'dan',\n]\n",
            "x = [\n    'ann',\n    'bob'\n      'cid',\n    'dan',\n]\n",
            "x = [\n    'bob'\n    'cid',\n    'dan',\n]\n",
            "x = [\n    'a'\n    'b',\n    'c'\n    'd',\n    'e',\n]\n",
            "x = f(\n    'ann',\n    'bob'\n    'cid',\n    'dan',\n)\n",
        ] {
            assert!(found(RULE, source).is_empty(), "{source}");
        }
    }
}
