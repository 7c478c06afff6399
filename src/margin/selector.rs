//! How settings name rules: by name, group, section, chapter, or all of them.

use std::fmt;
use std::str::FromStr;

use crate::book::SectionNumber;
use crate::knowledge::{GROUPS, Rule};

/// A set of rules, as settings name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// `all`
    All,
    /// `security`
    Group(&'static str),
    /// `§13` or `13`
    Chapter(u16),
    /// `§13.2` or `13.2.1`: the section and what is below it.
    Section(SectionNumber),
    /// `mutable-default-argument`
    Rule(String),
}

/// How narrow a selector is, from the widest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Specificity {
    /// All rules.
    All,
    /// A group.
    Group,
    /// A chapter.
    Chapter,
    /// A section; a deeper one is narrower.
    Section(u8),
    /// One rule.
    Rule,
}

impl Selector {
    /// Whether the rule is meant, and how specifically.
    pub fn matches(&self, rule: &Rule) -> Option<Specificity> {
        let sections = &rule.sections;
        let (meant, specificity) = match self {
            Self::All => (true, Specificity::All),
            Self::Group(group) => (rule.group == *group, Specificity::Group),
            Self::Chapter(chapter) => {
                (sections.iter().any(|section| section.chapter == *chapter), Specificity::Chapter)
            }
            Self::Section(number) => {
                (sections.iter().any(|section| section.is_within(*number)), Specificity::Section(number.depth()))
            }
            Self::Rule(name) => (rule.name == *name, Specificity::Rule),
        };
        meant.then_some(specificity)
    }
}

/// The text names no set of rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotASelector(String);

impl fmt::Display for NotASelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "must name a rule, a group, a section or all, not \"{}\"", self.0)
    }
}

impl std::error::Error for NotASelector {}

impl FromStr for Selector {
    type Err = NotASelector;

    fn from_str(text: &str) -> Result<Self, NotASelector> {
        if text == "all" {
            return Ok(Self::All);
        }
        if let Some(group) = GROUPS.iter().find(|group| **group == text) {
            return Ok(Self::Group(group));
        }
        if let Ok(number) = text.parse() {
            return Ok(Self::Section(number));
        }
        if let Ok(chapter) = text.trim_start_matches('§').trim_start().parse() {
            return Ok(Self::Chapter(chapter));
        }
        let is_rule = text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-');
        if is_rule { Ok(Self::Rule(text.to_owned())) } else { Err(NotASelector(text.to_owned())) }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::knowledge::{Detection, FixKind, RuleDocs, Severity};

    /// A rule to try settings on.
    pub fn rule() -> Rule {
        Rule {
            name: "mutable-default-argument".into(),
            sections: vec!["4.3.3".parse().unwrap(), "4.9".parse().unwrap()].into(),
            group: "correctness".into(),
            severity: Severity::Hint,
            default: true,
            since: None,
            fix: FixKind::Unsafe,
            equivalents: vec!["ruff:B006".into(), "~ruff:B008".into(), "pylint:W0102".into()].into(),
            message: "".into(),
            detection: Detection::Code,
            replace_with: "".into(),
            add_argument: "".into(),
            unnecessary: false,
            deprecated: false,
            tests: true,
            docs: RuleDocs {
                what: "".into(),
                why: "".into(),
                language: "".into(),
                example: "".into(),
                instead: "".into(),
            },
        }
    }

    fn specificity(selector: &str) -> Option<Specificity> {
        selector.parse::<Selector>().unwrap().matches(&rule())
    }

    #[test]
    fn names_a_rule_in_five_ways() {
        assert_eq!(specificity("all"), Some(Specificity::All));
        assert_eq!(specificity("correctness"), Some(Specificity::Group));
        assert_eq!(specificity("§4"), Some(Specificity::Chapter));
        assert_eq!(specificity("4.3"), Some(Specificity::Section(2)));
        assert_eq!(specificity("§4.3.3"), Some(Specificity::Section(3)));
        assert_eq!(specificity("mutable-default-argument"), Some(Specificity::Rule));
    }

    #[test]
    fn does_not_name_another_rule() {
        for selector in ["security", "§40", "4.4", "4.3.30", "mutable-default"] {
            assert_eq!(specificity(selector), None, "{selector}");
        }
    }

    #[test]
    fn every_section_of_a_rule_counts() {
        assert_eq!(specificity("4.9"), Some(Specificity::Section(2)));
    }

    #[test]
    fn refuses_what_names_nothing() {
        for text in ["", "No-Rule", "a b", "§", "4.3.3.3", "-x", "ruff:B006"] {
            assert!(text.parse::<Selector>().is_err(), "{text:?}");
        }
    }
}
