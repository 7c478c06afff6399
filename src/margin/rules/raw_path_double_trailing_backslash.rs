//! `raw-path-double-trailing-backslash`: a raw Windows path that ends in two separators.

use ruff_python_ast::{self as ast, Expr, NodeKind, StringFlags};
use ruff_text_size::{Ranged, TextRange};

use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector {
    rule: "raw-path-double-trailing-backslash",
    hooks: &[Hook::Expr(&[NodeKind::ExprStringLiteral], check)],
};

fn check<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Expr::StringLiteral(literal) = expr else { return };
    let Some(part) = literal.as_single_part_string() else { return };
    let text = part.as_str();
    if !part.flags.prefix().is_raw() || !is_path(text) || is_pattern(context) {
        return;
    }
    let end = expr.end() - part.flags.closer_len();
    let finding = report.at(TextRange::new(end - ruff_text_size::TextSize::new(2), end), &[]);
    if !part.flags.is_triple_quoted() && !text.contains(['"', '\'']) {
        let quote = part.flags.quote_str();
        let single = text[..text.len() - 1].replace('\\', "\\\\");
        finding.fix = Some(Fix {
            title: "End the path in one backslash".to_owned(),
            safe: false,
            edits: vec![Edit::replace(expr, format!("{quote}{single}{quote}"))],
            imports: Vec::new(),
        });
    }
}

/// A drive or a share, with something behind it, and two (four, ...) backslashes at its end.
fn is_path(text: &str) -> bool {
    let trailing = text.len() - text.trim_end_matches('\\').len();
    let name = &text[..text.len() - trailing];
    let drive = name.len() > 2 && name.as_bytes()[0].is_ascii_alphabetic() && name[1..].starts_with(":\\");
    let share = name.strip_prefix("\\\\").is_some_and(|name| name.starts_with(|letter: char| letter.is_alphanumeric()));
    trailing >= 2 && trailing.is_multiple_of(2) && (drive || share)
}

/// The literal is a regular expression: an argument of something in `re`, or bound to a name that says so.
fn is_pattern(context: &Context<'_>) -> bool {
    let named = |target: &Expr| {
        let name = match target {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => return false,
        };
        let name = name.to_ascii_lowercase();
        name.contains("pattern") || name.contains("regex") || name.ends_with("_re")
    };
    context.ancestors().any(|node| match node {
        Node::Expr(Expr::Call(call)) => context.resolve(&call.func).is_some_and(|name| name.starts_with("re.")),
        Node::Stmt(ast::Stmt::Assign(assign)) => assign.targets.iter().any(named),
        Node::Stmt(ast::Stmt::AnnAssign(assign)) => named(&assign.target),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "raw-path-double-trailing-backslash";

    #[test]
    fn paths_are_found_and_mended() {
        let source = "a = r'C:\\tmp\\\\'\nb = r\"\\\\host\\share\\\\\"\n";
        assert_eq!(found(RULE, source).len(), 2);
        assert_eq!(fixed(RULE, source), "a = 'C:\\\\tmp\\\\'\nb = \"\\\\\\\\host\\\\share\\\\\"\n");
    }

    #[test]
    fn patterns_and_other_texts_are_not() {
        for line in [
            r"a = 'C:\\tmp\\'",
            r"a = r'C:\tmp'",
            r"a = r'\\'",
            r"a = r'\\\\'",
            r"a = r'C:\\'",
            r"a = r'\d\\'",
            r"path_re = r'C:\tmp\\'",
            r"re.match(r'C:\tmp\\', x)",
            r"a = r'C:\tmp\\' + name",
        ] {
            let expected = usize::from(line.ends_with("name"));
            assert_eq!(found(RULE, &format!("import re\n{line}\n")).len(), expected, "{line}");
        }
    }
}
