//! What a token is to the eye, for pages that show code in colours.

use ruff_python_ast::token::TokenKind;
use ruff_text_size::{Ranged, TextRange};

use super::context::Environment;
use super::module::parse;

/// How a stretch of code is coloured; what is none of these is plain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// `def`, `match`, `None`.
    Keyword,
    /// Strings, and the text of f-strings; what stands in their braces is code.
    String,
    /// `1_000`, `0.5`, `2j`.
    Number,
    /// From `#` to the end of the line.
    Comment,
}

/// The coloured stretches of a source, in order; byte ranges that do not overlap. Source that is no Python is coloured as
/// far as it goes.
///
/// Must run on a thread with a large stack: dropping a deep tree recurses.
pub fn colours(source: &str) -> Vec<(TextRange, Colour)> {
    let parsed = parse(source, &Environment::default());
    parsed.tokens().iter().filter_map(|token| Some((token.range(), colour(token.kind())?))).collect()
}

fn colour(kind: TokenKind) -> Option<Colour> {
    match kind {
        TokenKind::Comment => Some(Colour::Comment),
        TokenKind::Int | TokenKind::Float | TokenKind::Complex => Some(Colour::Number),
        TokenKind::String
        | TokenKind::FStringStart
        | TokenKind::FStringMiddle
        | TokenKind::FStringEnd
        | TokenKind::TStringStart
        | TokenKind::TStringMiddle
        | TokenKind::TStringEnd => Some(Colour::String),
        kind if kind.is_keyword() => Some(Colour::Keyword),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coloured(source: &str, wanted: Colour) -> Vec<&str> {
        colours(source).into_iter().filter(|(_, colour)| *colour == wanted).map(|(range, _)| &source[range]).collect()
    }

    #[test]
    fn each_kind_of_token_has_its_colour() {
        let source = "def f(x=1_0):  # note\n    return f'a{x}b' or None\n";
        assert_eq!(coloured(source, Colour::Keyword), ["def", "return", "or", "None"]);
        assert_eq!(coloured(source, Colour::String), ["f'", "a", "b", "'"]);
        assert_eq!(coloured(source, Colour::Number), ["1_0"]);
        assert_eq!(coloured(source, Colour::Comment), ["# note"]);
    }

    #[test]
    fn a_soft_keyword_is_one_only_where_it_is_used_as_such() {
        assert_eq!(coloured("match = 1\nmatch match:\n    case 2: pass\n", Colour::Keyword), ["match", "case", "pass"]);
    }

    #[test]
    fn broken_code_is_coloured_as_far_as_it_goes() {
        assert_eq!(coloured("def (:\n    return 'x\n", Colour::Keyword), ["def", "return"]);
    }
}
