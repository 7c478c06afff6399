//! Applying several fixes to one text at once.

use ruff_text_size::TextSize;

use super::Edit;

/// The edits of those fixes that do not get in each other's way, first come first served; sorted by place. Each fix is
/// given by its edits.
///
/// A fix goes in whole or not at all. An edit that two fixes share (an import both need) goes in once.
pub fn combine(fixes: impl IntoIterator<Item = Vec<Edit>>) -> Vec<Edit> {
    let mut taken: Vec<Edit> = Vec::new();
    for fix in fixes {
        let fresh: Vec<_> = fix.into_iter().filter(|edit| !near(&taken, edit).contains(edit)).collect();
        if fresh.iter().all(|edit| near(&taken, edit).iter().all(|other| apart(edit, other))) {
            for edit in fresh {
                let at = taken.partition_point(|other| order(other) <= order(&edit));
                taken.insert(at, edit);
            }
        }
    }
    taken
}

fn order(edit: &Edit) -> (TextSize, TextSize) {
    (edit.range.start(), edit.range.end())
}

/// Those edits, of some that are sorted and apart, which one more can touch.
fn near<'e>(edits: &'e [Edit], edit: &Edit) -> &'e [Edit] {
    let from = edits.partition_point(|other| other.range.end() < edit.range.start());
    let rest = &edits[from..];
    &rest[..rest.partition_point(|other| other.range.start() <= edit.range.end())]
}

/// Whether two edits can both be made, in any order. Insertions at one place can; their order is that of the fixes.
fn apart(one: &Edit, other: &Edit) -> bool {
    let (one, other) = (one.range, other.range);
    (one.is_empty() && one == other) || one.end() <= other.start() || other.end() <= one.start()
}

/// The text after the edits, which must be sorted and apart from each other.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut edited = String::with_capacity(text.len());
    let mut end = 0;
    for edit in edits {
        edited.push_str(&text[end..edit.range.start().to_usize()]);
        edited.push_str(&edit.text);
        end = edit.range.end().to_usize();
    }
    edited.push_str(&text[end..]);
    edited
}

#[cfg(test)]
mod tests {
    use ruff_text_size::TextRange;

    use super::*;

    fn fix(edits: &[(u32, u32, &str)]) -> Vec<Edit> {
        let edit = |&(start, end, text): &(u32, u32, &str)| Edit {
            range: TextRange::new(TextSize::new(start), TextSize::new(end)),
            text: text.to_owned(),
        };
        edits.iter().map(edit).collect()
    }

    fn combined(text: &str, fixes: &[Vec<Edit>]) -> String {
        apply(text, &combine(fixes.iter().cloned()))
    }

    #[test]
    fn fixes_apart_from_each_other_all_apply() {
        assert_eq!(combined("abcdef", &[fix(&[(4, 5, "E")]), fix(&[(0, 1, "A"), (1, 1, "!")])]), "A!bcdEf");
    }

    #[test]
    fn of_fixes_that_overlap_the_first_applies_whole() {
        assert_eq!(combined("abcdef", &[fix(&[(1, 4, "X")]), fix(&[(0, 1, "A"), (3, 5, "Y")])]), "aXef");
    }

    #[test]
    fn an_edit_that_two_fixes_share_is_made_once() {
        let import = (0, 0, "import x\n");
        assert_eq!(combined("a b", &[fix(&[import, (0, 1, "x")]), fix(&[import, (2, 3, "x")])]), "import x\nx x");
    }

    #[test]
    fn insertions_at_one_place_keep_their_order() {
        assert_eq!(combined("z", &[fix(&[(0, 0, "a")]), fix(&[(0, 0, "b")])]), "abz");
    }
}
