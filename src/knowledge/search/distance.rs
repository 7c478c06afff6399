//! How many typing errors lie between two words.

/// How many letters must be inserted, dropped, replaced, or swapped with their neighbour to make one word of the other;
/// `None` when more than `most`.
pub(super) fn distance(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut cost = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(before[j - 2] + 1);
            }
            row.push(cost);
        }
        if row.iter().all(|cost| *cost > most) {
            return None;
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|cost| *cost <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_is_one_error() {
        for (a, b, expected) in [
            ("taskgruop", "taskgroup", Some(1)),
            ("taskgroup", "taskgroup", Some(0)),
            ("genrator", "generator", Some(1)),
            ("generattor", "generator", Some(1)),
            ("ganerator", "generator", Some(1)),
            ("ganerater", "generator", Some(2)),
            ("", "ab", Some(2)),
            ("abc", "cab", Some(2)),
            ("walrus", "generator", None),
            ("list", "dict", Some(2)),
        ] {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            assert_eq!(distance(&letters(a), &letters(b), 2), expected, "{a} {b}");
        }
    }
}
