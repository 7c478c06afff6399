//! The comments by which other tools are told to be silent. Who told another tool that a thing is meant need not tell
//! Marginalia again, where the two mean the same (`equivalents` of the rule).
//!
//! Sources: the documentation of flake8, ruff, pylint, bandit, mypy and pyright on their comments.

use super::{Reach, Silence};
use crate::knowledge::Rule;

/// What pylint and ruff call their codes in comments: `tool:code`, a tab, the name. Written by `data/make_names.py`.
const NAMES: &str = include_str!("../../../data/names.tsv");

/// Codes of other tools in a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Codes {
    /// The tools that read the comment; empty for all of them.
    tools: &'static [&'static str],
    /// As they are written, codes or names; `None` for everything that the tools say.
    codes: Option<Vec<String>>,
}

impl Codes {
    pub(super) fn cover(&self, rule: &Rule) -> bool {
        rule.equivalents.iter().any(|equivalent| {
            let Some((tool, code)) = equivalent.trim_start_matches('~').split_once(':') else { return false };
            let is_read = self.tools.is_empty() || self.tools.contains(&tool);
            let is_meant = |codes: &Vec<String>| codes.iter().any(|written| means(written, tool, code));
            is_read && self.codes.as_ref().is_none_or(is_meant)
        })
    }

    /// Whether a comment that turns these on again ends what another turned off.
    pub(super) fn ends(&self, off: &Self) -> bool {
        self.tools == off.tools
            && self.codes.as_ref().is_none_or(|on| {
                off.codes
                    .as_ref()
                    .is_some_and(|off| off.iter().all(|code| on.iter().any(|on| on.eq_ignore_ascii_case(code))))
            })
    }

    /// Each code by itself, so that each can be turned on again by itself.
    fn apart(self) -> Vec<Silence> {
        match self.codes {
            None => vec![Silence::Codes(self)],
            Some(codes) => {
                let one = |code| Silence::Codes(Self { tools: self.tools, codes: Some(vec![code]) });
                codes.into_iter().map(one).collect()
            }
        }
    }
}

/// Whether what is written is a tool's code, or the name that it has for the code.
fn means(written: &str, tool: &str, code: &str) -> bool {
    let name = || {
        NAMES
            .lines()
            .find_map(|line| line.strip_prefix(tool)?.strip_prefix(':')?.strip_prefix(code)?.strip_prefix('\t'))
    };
    written.eq_ignore_ascii_case(code) || name() == Some(written)
}

/// What one part of a comment, from after its `#`, says to other tools.
pub(super) fn directives(part: &str) -> Vec<(Reach, Silence)> {
    let one = |reach, silence: Option<Silence>| silence.map(|silence| (reach, silence)).into_iter().collect();
    if let Some(silence) = noqa(part) {
        return one(Reach::Line, Some(silence));
    }
    if let Some(rest) = strip_word(part, "nosec") {
        return one(Reach::Line, Some(nosec(rest)));
    }
    let Some((tool, rest)) = part.split_once(':') else { return Vec::new() };
    let rest = rest.trim_start();
    match tool.trim_end() {
        "type" => one(Reach::Line, in_brackets(rest, "ignore", &["mypy", "pyright"])),
        "pyright" => one(Reach::Line, in_brackets(rest, "ignore", &["pyright"])),
        "flake8" => one(Reach::File, noqa(rest)),
        "ruff" => ruff(rest),
        "pylint" => pylint(rest),
        _ => Vec::new(),
    }
}

/// `noqa`, `noqa: B006, S306`, `NoQA:B006 because ...`. A list without any code silences nothing.
fn noqa(part: &str) -> Option<Silence> {
    let rest = strip_word(part, "noqa")?;
    let Some(list) = rest.trim_start().strip_prefix(':') else { return Some(Silence::All) };
    let words = list.split([',', ' ', '\t']).filter(|word| !word.is_empty());
    let codes = words.take_while(|word| is_code(word)).map(str::to_owned).collect();
    Some(Silence::Codes(Codes { tools: &[], codes: Some(codes) }))
}

/// What follows a word, whatever the case of its letters.
fn strip_word<'p>(part: &'p str, word: &str) -> Option<&'p str> {
    let (start, rest) = part.split_at_checked(word.len())?;
    let ends = rest.chars().next().is_none_or(|letter| !letter.is_alphanumeric() && letter != '_');
    (start.eq_ignore_ascii_case(word) && ends).then_some(rest)
}

/// Letters, then digits: `B006`.
fn is_code(word: &str) -> bool {
    let digits = word.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    !digits.is_empty() && digits.len() < word.len() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// `nosec`, `nosec B301, B403`, `nosec: B301`. Bandit takes what is no code for words.
fn nosec(rest: &str) -> Silence {
    let words = rest.split([',', ' ', '\t', ':']).filter(|word| is_code(word));
    let codes: Vec<_> = words.map(str::to_owned).collect();
    Silence::Codes(Codes { tools: &["bandit"], codes: (!codes.is_empty()).then_some(codes) })
}

/// `ignore`, `ignore[code, ...]`.
fn in_brackets(rest: &str, word: &str, tools: &'static [&'static str]) -> Option<Silence> {
    let rest = rest.strip_prefix(word)?;
    if let Some(list) = rest.strip_prefix('[') {
        let codes = Some(list_of(list.split_once(']')?.0));
        return Some(Silence::Codes(Codes { tools, codes }));
    }
    let ends = rest.chars().next().is_none_or(|letter| !letter.is_alphanumeric() && letter != '-');
    ends.then_some(Silence::Codes(Codes { tools, codes: None }))
}

fn list_of(list: &str) -> Vec<String> {
    list.split(',').map(str::trim).filter(|code| !code.is_empty()).map(str::to_owned).collect()
}

/// `noqa` for the file; `ignore[code]`, `file-ignore[code]`, `disable[code]` and `enable[code]`, which need their codes.
fn ruff(rest: &str) -> Vec<(Reach, Silence)> {
    if let Some(silence) = noqa(rest) {
        return vec![(Reach::File, silence)];
    }
    let Some((word, list)) = rest.split_once('[') else { return Vec::new() };
    let Some((list, _)) = list.split_once(']') else { return Vec::new() };
    let reach = match word {
        "ignore" => Reach::Line,
        "file-ignore" => Reach::File,
        "disable" => Reach::Block,
        "enable" => Reach::End,
        _ => return Vec::new(),
    };
    let codes = Codes { tools: &["ruff"], codes: Some(list_of(list)) };
    codes.apart().into_iter().map(|silence| (reach, silence)).collect()
}

/// `disable=code,name`, `disable-next=...`, `enable=...`, `skip-file`. A comment may have several, parted by `;`.
fn pylint(rest: &str) -> Vec<(Reach, Silence)> {
    rest.split(';').flat_map(pylint_pragma).collect()
}

fn pylint_pragma(pragma: &str) -> Vec<(Reach, Silence)> {
    let everything = || Codes { tools: &["pylint"], codes: None };
    let pragma = pragma.trim();
    if pragma == "skip-file" {
        return vec![(Reach::File, Silence::Codes(everything()))];
    }
    let Some((word, list)) = pragma.split_once('=') else { return Vec::new() };
    let reach = match word.trim_end() {
        "disable" => Reach::LineOrBlock,
        "disable-next" => Reach::Next,
        "enable" => Reach::End,
        _ => return Vec::new(),
    };
    // A reason may follow the last name.
    let codes: Vec<_> =
        list_of(list).iter().filter_map(|code| Some(code.split_whitespace().next()?.to_owned())).collect();
    let silenced = if codes.iter().any(|code| code == "all") {
        everything()
    } else {
        Codes { tools: &["pylint"], codes: Some(codes) }
    };
    silenced.apart().into_iter().map(|silence| (reach, silence)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::margin::selector::tests::rule;

    /// Whether a comment is about a rule with these equivalents.
    fn is_about(comment: &str, equivalents: &[&'static str]) -> bool {
        let equivalents = equivalents.iter().map(|&code| code.into()).collect();
        let rule = Rule { equivalents, ..rule() };
        directives(comment).iter().any(|(_, silence)| silence.covers(&rule))
    }

    #[test]
    fn type_checkers_and_scanners_are_told_what_they_look_for() {
        let awaits = ["mypy:unused-coroutine", "pyright:reportUnusedCoroutine"];
        for comment in [
            "type: ignore",
            "type: ignore[misc, unused-coroutine]",
            "pyright: ignore[reportUnusedCoroutine]",
            "pyright:ignore",
        ] {
            assert!(is_about(comment, &awaits), "{comment}");
            assert!(!is_about(comment, &["ruff:B006"]), "{comment}");
        }
        assert!(!is_about("type: ignore[misc]", &awaits));
        assert!(!is_about("type: ignored", &awaits));
        for comment in ["nosec", "nosec B301", "nosec: B301, B403", "NOSEC it is our own file"] {
            assert!(is_about(comment, &["bandit:B301"]), "{comment}");
        }
        assert!(!is_about("nosec B403", &["bandit:B301"]));
        assert!(!is_about("nosecret", &["bandit:B301"]));
        assert!(!is_about("nosec", &["ruff:B006"]));
    }
}
