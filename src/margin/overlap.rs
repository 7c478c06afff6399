//! What the project's own Ruff reports already.

use crate::knowledge::Rule;

/// The codes that a Ruff configuration selects, as prefixes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuffCodes {
    select: Vec<String>,
    ignore: Vec<String>,
}

/// What Ruff selects where a configuration does not say.
pub(super) const RUFF_DEFAULT: [&str; 4] = ["E4", "E7", "E9", "F"];

impl RuffCodes {
    /// From the selected and the ignored codes, prefixes or `ALL`.
    pub fn new(select: Vec<String>, ignore: Vec<String>) -> Self {
        Self { select, ignore }
    }

    /// Whether Ruff reports this code: the longer prefix wins, of equally long ones `ignore`.
    pub fn reports(&self, code: &str) -> bool {
        let longest = |selectors: &[String]| {
            selectors.iter().filter(|selector| selects(selector, code)).map(|selector| specificity(selector)).max()
        };
        longest(&self.select) > longest(&self.ignore)
    }

    /// Whether Ruff reports all that the rule does. Codes that overlap only in part (`~ruff:...`) do not count.
    pub fn has(&self, rule: &Rule) -> bool {
        let mut codes = rule.equivalents.iter().filter_map(|code| code.strip_prefix("ruff:")).peekable();
        codes.peek().is_some() && codes.all(|code| self.reports(code))
    }
}

/// `B0` selects `B006`, `S` does not select `SIM105`; `PL` is the one prefix of several linters.
fn selects(selector: &str, code: &str) -> bool {
    let split = |code: &str| code.find(|letter: char| letter.is_ascii_digit()).unwrap_or(code.len());
    let (linter, number) = selector.split_at(split(selector));
    let (code_linter, code_number) = code.split_at(split(code));
    selector == "ALL"
        || (linter == code_linter && code_number.starts_with(number))
        || (selector == "PL" && code_linter.starts_with("PL"))
}

fn specificity(selector: &str) -> usize {
    if selector == "ALL" { 0 } else { selector.len() }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::margin::selector::tests::rule;

    const NONE: [&str; 0] = [];

    /// A configuration to try settings with.
    pub fn codes<const S: usize, const I: usize>(select: [&str; S], ignore: [&str; I]) -> RuffCodes {
        RuffCodes::new(select.map(String::from).to_vec(), ignore.map(String::from).to_vec())
    }

    #[test]
    fn prefixes_select_within_a_linter() {
        let selected = codes(["B0", "S", "PL"], NONE);
        for (code, reported) in
            [("B006", true), ("B904", false), ("S306", true), ("SIM105", false), ("PLW1514", true), ("PT011", false)]
        {
            assert_eq!(selected.reports(code), reported, "{code}");
        }
    }

    #[test]
    fn the_longer_prefix_wins_and_ignore_wins_a_tie() {
        assert!(!codes(["B"], ["B006"]).reports("B006"));
        assert!(codes(["B006"], ["B"]).reports("B006"));
        assert!(!codes(["B006"], ["B006"]).reports("B006"));
        assert!(!codes(["ALL"], ["B"]).reports("B006"));
        assert!(codes(["ALL"], ["S"]).reports("B006"));
        assert!(!codes(NONE, NONE).reports("B006"));
    }

    #[test]
    fn a_rule_is_covered_by_its_full_equivalents() {
        assert!(codes(["B006"], NONE).has(&rule()));
        assert!(!codes(["B008"], NONE).has(&rule()), "overlaps in part only");
    }

    #[test]
    fn a_rule_without_equivalents_is_never_covered() {
        let own = Rule { equivalents: vec!["pylint:W0102".into()].into(), ..rule() };
        assert!(!codes(["ALL"], NONE).has(&own));
    }
}
