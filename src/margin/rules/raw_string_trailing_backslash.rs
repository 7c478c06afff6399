//! `raw-string-trailing-backslash`: a raw string that its last backslash keeps open.

use ruff_python_ast::StringFlags;
use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};

pub(super) const DETECTOR: Detector =
    Detector { rule: "raw-string-trailing-backslash", hooks: &[Hook::Tokens(check)] };

/// Looks for a line with a string that is never closed and, before or in it, a raw string that goes on behind `\"`.
fn check(source: &str, tokens: &[Token], _range: TextRange, report: &mut Report<'_>) {
    let strings: Vec<&Token> = tokens.iter().filter(|token| token.kind() == TokenKind::String).collect();
    for (at, open) in strings.iter().enumerate() {
        let unclosed = open.string_flags().is_some_and(|flags| flags.is_unclosed() && !flags.is_triple_quoted());
        if !unclosed {
            continue;
        }
        let same_line = |token: &&&Token| !source[token.start().to_usize()..open.start().to_usize()].contains('\n');
        let escaped = strings[..=at].iter().rev().take_while(same_line).filter_map(|token| escaped_quote(source, token));
        let Some(range) = escaped.last() else { continue };
        let quote = &source[range][1..];
        let finding = report.at(range, &[]);
        finding.fix = Some(Fix {
            title: "Write the last backslash as a string of its own".to_owned(),
            safe: false,
            edits: vec![Edit::replace(range, format!("{quote} {quote}\\\\{quote}"))],
            imports: Vec::new(),
        });
    }
}

/// The first backslash in a raw string that takes the closing quote in, with the quote.
fn escaped_quote(source: &str, token: &Token) -> Option<TextRange> {
    let flags = token.string_flags().filter(|flags| flags.is_raw_string() && !flags.is_triple_quoted())?;
    let quote = flags.quote_str();
    let start = token.start() + flags.opener_len();
    let text = &source[TextRange::new(start, token.end())];
    let at = text.match_indices(quote).map(|(at, _)| at).find(|&at| {
        let backslashes = text[..at].len() - text[..at].trim_end_matches('\\').len();
        backslashes % 2 == 1
    })?;
    // What follows must look as if the string had ended here; else a string with quotes in it is being typed.
    let ended = text[at + quote.len()..].chars().next().is_none_or(|next| next.is_whitespace() || ",)]}:;".contains(next));
    ended.then(|| TextRange::at(start + TextSize::new(at as u32 - 1), TextSize::new(2)))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found_in_broken;

    const RULE: &str = "raw-string-trailing-backslash";

    #[test]
    fn the_backslash_is_found_wherever_the_line_breaks() {
        assert_eq!(found_in_broken(RULE, "x = r'C:\\tmp\\'\n"), ["\\'"]);
        assert_eq!(found_in_broken(RULE, "x = open(r\"C:\\tmp\\\", \"w\")\ny = 1\n"), ["\\\""]);
    }

    #[test]
    fn other_broken_and_whole_strings_are_not() {
        for source in ["x = 'abc\n", "x = r'abc\n", "x = r'a\\'b'\n", "x = r'a\\\\'\n", "x = '\\'\n", "x = r'(\\'[^\\']*\n"] {
            assert!(found_in_broken(RULE, source).is_empty(), "{source}");
        }
    }
}
