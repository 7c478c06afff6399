//! "Did you mean ...?"

/// The known name that a mistyped one most likely stands for; `None` when none is near.
pub(super) fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let plain = name.to_lowercase().replace('_', "-");
    let scored = known.into_iter().map(|known| (strsim::jaro_winkler(&plain, known), known));
    let best = scored.max_by(|(a, first), (b, second)| a.total_cmp(b).then_with(|| second.cmp(first)));
    best.filter(|(score, _)| *score > 0.8).map(|(_, known)| known)
}

/// The end of an error message: `; did you mean "..."?`, or what to run to see what there is.
pub(super) fn suggestion<'k>(name: &str, known: impl IntoIterator<Item = &'k str>, list: &str) -> String {
    match nearest(name, known) {
        Some(known) => format!("; did you mean `{known}`?"),
        None => format!("; `marginalia {list}` lists them"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 3] = ["mktemp-usage", "mutable-default-argument", "missing-functools-wraps"];

    #[test]
    fn a_slip_of_the_pen_is_understood() {
        for (name, meant) in [
            ("mktemp-usge", "mktemp-usage"),
            ("mutable_default_argument", "mutable-default-argument"),
            ("mutable-default", "mutable-default-argument"),
            ("Missing-Wraps", "missing-functools-wraps"),
        ] {
            assert_eq!(nearest(name, KNOWN), Some(meant), "{name}");
        }
    }

    #[test]
    fn what_is_far_from_everything_is_not_guessed_at() {
        assert_eq!(nearest("xyzzy", KNOWN), None);
        assert_eq!(nearest("", KNOWN), None);
    }
}
