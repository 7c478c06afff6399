//! `inconsistent-indentation`: a line that fits none of the blocks around it.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::{Ranged, TextRange};

use super::{Detector, Hook, Report};
use crate::margin::fix::indentation;
use crate::margin::{Edit, Fix};

pub(super) const DETECTOR: Detector = Detector { rule: "inconsistent-indentation", hooks: &[Hook::Tokens(check)] };

fn check(source: &str, tokens: &[Token], _range: TextRange, report: &mut Report<'_>) {
    // The indentation of the blocks that are open, and whether a `:` has announced the next one.
    let mut blocks: Vec<&str> = Vec::new();
    let mut announced = false;
    let mut last = None;
    for token in tokens {
        match token.kind() {
            TokenKind::Newline => announced = last == Some(TokenKind::Colon),
            TokenKind::Comment | TokenKind::NonLogicalNewline => continue,
            TokenKind::Indent => {
                let indent = &source[token.range()];
                if !announced {
                    let outer = blocks.last().copied().unwrap_or_default();
                    say(report, token.range(), "no block begins before this line, yet it is indented", outer);
                    return;
                }
                blocks.push(indent);
            }
            TokenKind::Dedent => {
                blocks.pop();
            }
            // What the tokenizer makes of a line that it cannot place.
            TokenKind::Unknown if is_blank(&source[token.range()]) => {
                let indent = indentation(source, token.end());
                let nearest = blocks.iter().copied().chain([""]).min_by_key(|outer| outer.len().abs_diff(indent.len()));
                say(report, token.range(), "the line fits none of the blocks around it", nearest.unwrap_or_default());
                return;
            }
            _ => {}
        }
        last = Some(token.kind());
    }
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t'))
}

fn say(report: &mut Report<'_>, range: TextRange, problem: &str, outer: &str) {
    let finding = report.at(range, &[("problem", problem)]);
    finding.fix = Some(Fix {
        title: "Align the line with the block around it".to_owned(),
        safe: false,
        edits: vec![Edit::replace(range, outer)],
        imports: Vec::new(),
    });
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found_in_broken;

    const RULE: &str = "inconsistent-indentation";

    #[test]
    fn the_first_line_out_of_place_is_found() {
        assert_eq!(found_in_broken(RULE, "x = 1\n  y = 2\nz = 3\n"), ["  "]);
        assert_eq!(found_in_broken(RULE, "if a:\n    b\n   c\n").len(), 1);
        assert_eq!(found_in_broken(RULE, "if a:\n    b\n\tc\n").len(), 1);
        assert_eq!(found_in_broken(RULE, "def f():\n    a\n      b\n    c\n"), ["      "]);
    }

    #[test]
    fn a_plain_file_is_in_order() {
        let source = "class A:\n  def f(self):\n\n    # comment\n    x = [\n 1]\n      # odd comment\n    if x: y\n\n  z = 1\nlambda: 1\n";
        assert!(found_in_broken(RULE, source).is_empty());
        assert!(found_in_broken(RULE, "x = (\n  1\n").is_empty());
    }
}
