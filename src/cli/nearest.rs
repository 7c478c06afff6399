//! "Did you mean ...?"

use std::fs;
use std::path::Path;

use super::source::name_of;

/// The known name that a mistyped one most likely stands for; `None` when none is near.
pub(super) fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let plain = name.to_lowercase().replace('_', "-");
    let scored = known.into_iter().map(|known| (strsim::jaro_winkler(&plain, known), known));
    let best = scored.max_by(|(a, first), (b, second)| a.total_cmp(b).then_with(|| second.cmp(first)));
    best.filter(|(score, _)| *score > 0.8).map(|(_, known)| known)
}

/// The file beside a missing one that has nearly its name.
pub(super) fn neighbour(missing: &Path) -> Option<String> {
    let wanted = missing.file_name()?.to_str()?;
    let folder = missing.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names: Vec<String> =
        fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    let near = nearest(wanted, names.iter().map(String::as_str))?;
    Some(name_of(&folder.join(near)))
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
