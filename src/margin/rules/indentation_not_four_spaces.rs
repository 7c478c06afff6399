//! `indentation-not-four-spaces`: a block that is indented by another width.

use ruff_python_ast::token::Token;
use ruff_text_size::{TextRange, TextSize};

use super::lines::{Block, blocks, line_starts};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};

pub(super) const DETECTOR: Detector =
    Detector { rule: "indentation-not-four-spaces", hooks: &[Hook::Tokens(check)] };

const WIDTH: usize = 4;

fn check(source: &str, tokens: &[Token], _range: TextRange, report: &mut Report<'_>) {
    for block in blocks(source, tokens) {
        let step = block.indent.len().saturating_sub(block.outer.len());
        let spaces = |indent: &str| indent.bytes().all(|byte| byte == b' ');
        if step == WIDTH || !spaces(block.indent) || !spaces(block.outer) {
            continue;
        }
        let finding = report.at(block.start, &[("width", &step.to_string())]);
        finding.fix = Some(Fix {
            title: "Indent the block by four spaces".to_owned(),
            safe: true,
            edits: shift(source, tokens, &block, step),
            imports: Vec::new(),
        });
    }
}

/// Moves every line of a block; text inside strings stays where it is.
fn shift(source: &str, tokens: &[Token], block: &Block<'_>, step: usize) -> Vec<Edit> {
    line_starts(source, tokens, block.range)
        .into_iter()
        .filter_map(|at| {
            let line = &source[at.to_usize()..];
            let blanks = line.len() - line.trim_start_matches(' ').len();
            if line[blanks..].starts_with(['\n', '\r']) {
                return None;
            }
            if step < WIDTH {
                return Some(Edit::insert(at, " ".repeat(WIDTH - step)));
            }
            let surplus = TextSize::new((step - WIDTH).min(blanks) as u32);
            (surplus.to_u32() > 0).then(|| Edit::delete(TextRange::at(at, surplus)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "indentation-not-four-spaces";

    #[test]
    fn each_block_is_measured_against_the_one_around_it() {
        assert_eq!(found(RULE, "if a:\n  if b:\n      c\n  d\n"), ["  "]);
        assert!(found(RULE, "if a:\n    if b:\n        c\n\td = 1\n".replace("\td", "    d").as_str()).is_empty());
        assert!(found(RULE, "if a:\n\tb\nif c: d\n").is_empty());
    }

    #[test]
    fn all_lines_of_the_block_move_together() {
        let before = "def f():\n  \"\"\"Text\n  stays.\"\"\"\n  # comment\n  if a:\n    b(1,\n      2)\n\n  return a\nx = 1\n";
        let after = "def f():\n    \"\"\"Text\n  stays.\"\"\"\n    # comment\n    if a:\n        b(1,\n          2)\n\n    return a\nx = 1\n";
        assert_eq!(fixed(RULE, before), after);
        assert_eq!(fixed(RULE, "if a:\n        b\n        c\n"), "if a:\n    b\n    c\n");
    }
}
