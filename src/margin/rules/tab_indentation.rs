//! `tab-indentation`: a block that is indented by tabs.

use ruff_python_ast::token::Token;
use ruff_text_size::{TextRange, TextSize};

use super::lines::{blocks, line_starts};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};

pub(super) const DETECTOR: Detector = Detector { rule: "tab-indentation", hooks: &[Hook::Tokens(check)] };

/// Reports the outermost block: the ones inside it are indented the same way.
fn check(source: &str, tokens: &[Token], range: TextRange, report: &mut Report<'_>) {
    if memchr::memchr(b'\t', source[range].as_bytes()).is_none() {
        return;
    }
    for block in blocks(source, tokens) {
        if block.indent.contains('\t') && !block.outer.contains('\t') {
            report.at(block.start, &[]).fix = expand(source, tokens, block.range);
        }
    }
}

/// Four spaces for each tab, where all lines begin with tabs only: then no line changes its place among the others.
fn expand(source: &str, tokens: &[Token], block: TextRange) -> Option<Fix> {
    let mut edits = Vec::new();
    for at in line_starts(source, tokens, block) {
        let line = &source[at.to_usize()..];
        let tabs = line.len() - line.trim_start_matches('\t').len();
        let rest = line[tabs..].trim_start_matches(' ');
        if rest.starts_with('\t') {
            return None;
        }
        if tabs > 0 {
            let range = TextRange::at(at, TextSize::new(tabs as u32));
            edits.push(Edit::replace(range, "    ".repeat(tabs)));
        }
    }
    Some(Fix { title: "Indent by spaces".to_owned(), safe: true, edits, imports: Vec::new() })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "tab-indentation";

    #[test]
    fn the_outermost_block_is_found_once() {
        let source = "if a:\n\tif b:\n\t\tc('\t')\n\t'''\n\ttext\n\t'''\n\n\td\nx = 1\n";
        assert_eq!(found(RULE, source), ["\t"]);
        let after = "if a:\n    if b:\n        c('\t')\n    '''\n\ttext\n\t'''\n\n    d\nx = 1\n";
        assert_eq!(fixed(RULE, source), after);
    }

    #[test]
    fn tabs_elsewhere_are_none_of_its_business() {
        assert!(found(RULE, "x = [\n\t1,\n]\nif a:\n    b = '''\n\tc'''\t# d\n").is_empty());
    }

    #[test]
    fn mixed_lines_are_left_to_the_writer() {
        let source = "if a:\n\tb = [\n  \t1]\n";
        assert_eq!(found(RULE, source).len(), 1);
        assert_eq!(fixed(RULE, source), source);
    }
}
