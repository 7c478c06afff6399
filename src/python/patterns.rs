//! What a regular expression says of itself.

/// Whether a pattern matches at the start of every text of one line: all its parts are optional (`([ \t]*)`), and it may go on to
/// the end when a part takes everything (`(.*?)$`).
pub(crate) fn fits_every_text(pattern: &str) -> bool {
    fits(pattern, false, 0).is_some()
}

/// Whether all parts are optional; `Some(true)` when one of them takes everything. `greedy`: one before has.
fn fits(pattern: &str, greedy: bool, depth: usize) -> Option<bool> {
    const DEEPEST: usize = 8;
    let mut greedy = greedy;
    let mut rest = pattern;
    if depth > DEEPEST {
        return None;
    }
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '^' => {
                rest = &rest[1..];
                continue;
            }
            '$' if greedy => {
                rest = &rest[1..];
                continue;
            }
            '(' => group_end(rest)?,
            '[' => rest.find(']')? + 1,
            '\\' => rest.char_indices().nth(2).map_or(rest.len(), |(at, _)| at),
            _ => first.len_utf8(),
        };
        let (atom, after) = rest.split_at(end);
        rest = match after.strip_prefix(['*', '?']) {
            Some(behind) => {
                greedy |= atom == "." && after.starts_with('*');
                behind.strip_prefix('?').unwrap_or(behind)
            }
            None if first == '(' && !after.starts_with(['+', '{']) => {
                greedy |= fits(inside(atom)?, greedy, depth + 1)?;
                after
            }
            None => return None,
        };
    }
    Some(greedy)
}

/// The offset behind the group that a pattern begins with.
fn group_end(pattern: &str) -> Option<usize> {
    let mut open = 0;
    let (mut escaped, mut in_set) = (false, false);
    for (at, letter) in pattern.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            // Parentheses in a set are letters.
            _ if in_set => in_set = letter != ']',
            '[' => in_set = true,
            '(' => open += 1,
            ')' if open == 1 => return Some(at + 1),
            ')' => open -= 1,
            _ => {}
        }
    }
    None
}

/// What stands in a group that only groups or captures.
fn inside(group: &str) -> Option<&str> {
    let inner = group.strip_prefix('(')?.strip_suffix(')')?;
    match inner.strip_prefix('?') {
        None => Some(inner),
        Some(named) if named.starts_with("P<") => named.split_once('>').map(|(_, pattern)| pattern),
        Some(named) => named.strip_prefix(':'),
    }
}

#[cfg(test)]
mod tests {
    use super::fits_every_text;

    #[test]
    fn only_what_is_optional_throughout_fits_every_text() {
        for pattern in [
            "",
            ".*",
            "[ \\t]*",
            "^([ \\t]*)",
            "(?:a?)\\d*",
            "é*",
            "(a )?(\\?*)(.*?)(\\??$)",
            "({(?P<a>.*)})?(?P<b>.*)",
        ] {
            assert!(fits_every_text(pattern), "{pattern}");
        }
        for pattern in
            ["a", "a*b", "\\s*$", "(a*)+", "a|b*", "(?=a*)", "[0-9]+", "\\", "[", "(", "a*$", "(.*)+", "(?P<a>b)"]
        {
            assert!(!fits_every_text(pattern), "{pattern}");
        }
    }
}
