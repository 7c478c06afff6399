//! What a regular expression says of itself.

/// Whether a pattern matches at the start of every text: all its parts are optional (`([ \t]*)`).
pub(crate) fn fits_every_text(pattern: &str) -> bool {
    let mut rest = pattern;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("(?:").or_else(|| rest.strip_prefix(['^', '(', ')'])) {
            rest = after;
            continue;
        }
        let atom = if rest.starts_with('[') {
            rest.find(']').map(|end| end + 1)
        } else if rest.starts_with('\\') {
            rest.char_indices().nth(2).map(|(at, _)| at)
        } else {
            rest.char_indices().nth(1).map(|(at, _)| at)
        };
        match atom.and_then(|end| rest[end..].strip_prefix(['*', '?'])) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::fits_every_text;

    #[test]
    fn only_what_is_optional_throughout_fits_every_text() {
        for pattern in ["", ".*", "[ \\t]*", "^([ \\t]*)", "(?:a?)\\d*", "é*"] {
            assert!(fits_every_text(pattern), "{pattern}");
        }
        for pattern in ["a", "a*b", "\\s*$", "(a*)+", "a|b*", "(?=a*)", "[0-9]+", "\\", "["] {
            assert!(!fits_every_text(pattern), "{pattern}");
        }
    }
}
