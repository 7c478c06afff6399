//! `invalid-escape-sequence`: a backslash that Python keeps only out of kindness.

use ruff_python_ast::str_prefix::{AnyStringPrefix, StringLiteralPrefix};
use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_ast::{AnyStringFlags, StringFlags};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};

pub(super) const DETECTOR: Detector = Detector { rule: "invalid-escape-sequence", hooks: &[Hook::Tokens(check)] };

fn check(source: &str, tokens: &[Token], range: TextRange, report: &mut Report<'_>) {
    if memchr::memchr(b'\\', source[range].as_bytes()).is_none() {
        return;
    }
    // f-strings stand inside each other: the literals that are open.
    let mut open: Vec<Literal> = Vec::new();
    for token in tokens {
        match token.kind() {
            TokenKind::String => {
                let Some(flags) = token.string_flags().filter(|flags| !flags.is_unclosed()) else { continue };
                let mut literal = Literal::new(token.start(), flags);
                let content = TextRange::new(token.start() + flags.opener_len(), token.end() - flags.closer_len());
                literal.read(source, content);
                literal.report(source, report);
            }
            TokenKind::FStringStart | TokenKind::TStringStart => {
                if let Some(flags) = token.string_flags() {
                    open.push(Literal::new(token.start(), flags));
                }
            }
            TokenKind::FStringMiddle | TokenKind::TStringMiddle => {
                if let Some(literal) = open.last_mut() {
                    literal.read(source, token.range());
                }
            }
            TokenKind::FStringEnd | TokenKind::TStringEnd => {
                if let Some(literal) = open.pop() {
                    literal.report(source, report);
                }
            }
            _ => {}
        }
    }
}

/// One string literal.
struct Literal {
    start: TextSize,
    flags: AnyStringFlags,
    /// It has an escape that means something.
    escapes: bool,
    /// The backslashes that mean nothing.
    invalid: Vec<TextSize>,
}

impl Literal {
    fn new(start: TextSize, flags: AnyStringFlags) -> Self {
        Self { start, flags, escapes: false, invalid: Vec::new() }
    }

    /// Looks at a part of the literal's text.
    fn read(&mut self, source: &str, part: TextRange) {
        if self.flags.is_raw_string() {
            return;
        }
        let text = &source.as_bytes()[..part.end().to_usize()];
        let mut at = part.start().to_usize();
        while let Some(found) = memchr::memchr(b'\\', &text[at..]) {
            let backslash = at + found;
            // The brace of a replacement field (`\{`) belongs to the next token.
            let next = source.as_bytes().get(backslash + 1).copied().unwrap_or_default();
            if is_escape(next, matches!(self.flags.prefix(), AnyStringPrefix::Bytes(_))) {
                self.escapes = true;
            } else {
                self.invalid.push(TextSize::new(backslash as u32));
            }
            at = (backslash + 2).min(text.len());
        }
    }

    fn report(&self, source: &str, report: &mut Report<'_>) {
        for &at in &self.invalid {
            let letter = source[at.to_usize() + 1..].chars().next();
            // A test of how source code is read has such a letter on purpose.
            if report.is_test_file() && letter.is_some_and(|letter| !letter.is_ascii()) {
                continue;
            }
            let range = TextRange::at(at, TextSize::new(1 + letter.map_or(0, char::len_utf8) as u32));
            let finding = report.at(range, &[("escape", &source[range])]);
            finding.fix = Some(self.fix(source, at));
        }
    }

    /// A raw string where that changes nothing else, else a second backslash.
    fn fix(&self, source: &str, at: TextSize) -> Fix {
        let unicode = matches!(self.flags.prefix(), AnyStringPrefix::Regular(StringLiteralPrefix::Unicode));
        let (title, edit) = if self.escapes || unicode {
            ("Double the backslash", Edit::insert(at, "\\"))
        } else {
            let opener = TextRange::at(self.start, self.flags.opener_len());
            ("Make it a raw string", Edit::replace(opener, format!("r{}", &source[opener])))
        };
        Fix { title: title.to_owned(), safe: true, edits: vec![edit], imports: Vec::new() }
    }
}

/// Whether a backslash before this byte is an escape sequence.
fn is_escape(next: u8, bytes: bool) -> bool {
    match next {
        b'\n' | b'\r' | b'\\' | b'\'' | b'"' | b'0'..=b'7' | b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'x' => true,
        b'N' | b'u' | b'U' => !bytes,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::Options;
    use crate::margin::rules::tests::{fixed, found, found_with};

    const RULE: &str = "invalid-escape-sequence";

    #[test]
    fn every_kind_of_literal_is_read() {
        assert_eq!(found(RULE, r#"x = "\d\n", b"\N\w", 'a\é'"#), [r"\d", r"\N", r"\w", r"\é"]);
        assert_eq!(found(RULE, r#"x = f"\d{a:\s}\{a}""#), [r"\d", r"\s", r"\{"]);
        assert_eq!(found(RULE, "x = '''\n\\.\n''' '\\('"), [r"\.", r"\("]);
    }

    #[test]
    fn escapes_raw_strings_and_nested_literals_are_left_alone() {
        let source = r#"
x = "\n\t\\\'\"\x41\101\N{EN DASH}\u0041", r"\d", rb"\d", rf"\d{a}", b"\x00\7", f"{r'\d'}\N{EN DASH}{{"
y = "one \
line"
"#;
        assert!(found(RULE, source).is_empty());
    }

    #[test]
    fn a_test_may_be_about_letters_that_no_escape_has() {
        let test = Options { file_name: "test_source.py".to_owned(), ..Options::default() };
        assert_eq!(found_with(RULE, r#"x = "\П", "\d""#, &test), [r"\d"]);
    }

    #[test]
    fn the_value_stays() {
        assert_eq!(fixed(RULE, r"x = '\d'"), r"x = r'\d'");
        assert_eq!(fixed(RULE, r"x = b'\d'"), r"x = rb'\d'");
        assert_eq!(fixed(RULE, r"x = f'\d{a}'"), r"x = rf'\d{a}'");
        assert_eq!(fixed(RULE, r"x = '\d\w\n'"), r"x = '\\d\\w\n'");
        assert_eq!(fixed(RULE, r"x = u'\d'"), r"x = u'\\d'");
        assert_eq!(fixed(RULE, r"x = f'\{a}\n'"), r"x = f'\\{a}\n'");
    }
}
