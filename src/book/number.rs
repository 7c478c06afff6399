//! Section numbers. Stands on its own: the build reads it too.

use std::fmt;
use std::str::FromStr;

/// The number of a section: `16.7`, `16.7.4`, or `2.4.1b` for the second section that a book printed with one number.
///
/// Ordered as the book is: `5.4` before `5.4.1`, `5.4.9` before `5.4.10`, `2.4.1` before `2.4.1b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SectionNumber {
    /// The chapter, from 1.
    pub chapter: u16,
    /// The section within the chapter; books number from 0 or 1.
    pub section: u16,
    /// The sub-section, when the number has three parts.
    pub subsection: Option<u16>,
    /// The letter that tells a repeated number from the first; `None` for the first.
    pub repeat: Option<char>,
}

impl SectionNumber {
    /// The section that this one is part of: `16.7` for `16.7.4`; `None` for a number of two parts.
    pub fn parent(self) -> Option<Self> {
        self.subsection?;
        Some(Self { subsection: None, repeat: None, ..self })
    }

    /// Whether `self` is `other` or stands below it (`16.7.4` is within `16.7`).
    pub fn is_within(self, other: Self) -> bool {
        self == other || self.parent() == Some(other)
    }

    /// 2 for `16.7`, 3 for `16.7.4`.
    pub fn depth(self) -> u8 {
        if self.subsection.is_some() { 3 } else { 2 }
    }
}

impl fmt::Display for SectionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.chapter, self.section)?;
        if let Some(subsection) = self.subsection {
            write!(f, ".{subsection}")?;
        }
        if let Some(repeat) = self.repeat {
            write!(f, "{repeat}")?;
        }
        Ok(())
    }
}

/// The text is no section number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotASectionNumber(pub String);

impl fmt::Display for NotASectionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a section number such as 16.7.4", self.0)
    }
}

impl std::error::Error for NotASectionNumber {}

impl FromStr for SectionNumber {
    type Err = NotASectionNumber;

    /// Reads `16.7`, `16.7.4`, `2.4.1b`, with or without a leading `§`.
    fn from_str(text: &str) -> Result<Self, NotASectionNumber> {
        let fault = || NotASectionNumber(text.to_owned());
        let digits = text.trim().trim_start_matches('§').trim_start();
        let (digits, repeat) = match digits.char_indices().last() {
            Some((at, letter)) if letter.is_ascii_lowercase() => (&digits[..at], Some(letter)),
            _ => (digits, None),
        };
        let mut parts = digits.split('.').map(|part| {
            let plain = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            if plain { part.parse::<u16>().map_err(|_| fault()) } else { Err(fault()) }
        });
        let chapter = parts.next().ok_or_else(fault)??;
        let section = parts.next().ok_or_else(fault)??;
        let subsection = parts.next().transpose()?;
        if parts.next().is_some() {
            return Err(fault());
        }
        Ok(Self { chapter, section, subsection, repeat })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> SectionNumber {
        text.parse().unwrap()
    }

    #[test]
    fn reads_what_it_writes() {
        for text in ["1.1", "16.7", "16.7.4", "2.4.1b", "12.0"] {
            assert_eq!(number(text).to_string(), text);
        }
    }

    #[test]
    fn the_section_sign_is_optional() {
        assert_eq!(number("§16.7.4"), number("16.7.4"));
        assert_eq!(number("§ 5.4"), number("5.4"));
    }

    #[test]
    fn order_is_the_books_order() {
        let sorted = ["5.4", "5.4.1", "5.4.9", "5.4.10", "5.5", "5.5.1", "5.5.1b", "10.1"];
        for pair in sorted.windows(2) {
            assert!(number(pair[0]) < number(pair[1]), "{} < {}", pair[0], pair[1]);
        }
    }

    #[test]
    fn refuses_what_is_no_number() {
        for text in ["", "5", "5.", ".5", "5.4.3.2", "5.x", "a.b", "-5.4", "5.+4", "§", "99999999.1"] {
            assert!(text.parse::<SectionNumber>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_section_is_within_its_parent() {
        assert!(number("16.7.4").is_within(number("16.7")));
        assert!(number("16.7").is_within(number("16.7")));
        assert!(!number("16.8.4").is_within(number("16.7")));
        assert_eq!(number("2.4.1b").parent(), Some(number("2.4")));
    }
}
