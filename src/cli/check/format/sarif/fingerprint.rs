//! Fingerprints of lines, by which GitHub's code scanning knows a finding again when the lines above it change.
//!
//! They are those that its own upload action computes where a tool gives none, so that results are the same however they are
//! uploaded; with others, that action warns of each. A fingerprint is a hash of the hundred characters from the start of the line
//! on, blanks left out, and how often that hash has come up.

use std::collections::HashMap;

/// So many characters tell a line.
const LENGTH: usize = 100;
/// The base of the hash, a polynomial modulo 2 to the 64.
const BASE: u64 = 37;
/// Stands behind the last character; after it come zeros.
const END: u16 = u16::MAX;

/// The fingerprint of every line, in order; line breaks are those that Python knows.
pub(super) fn of_lines(text: &str) -> Vec<String> {
    let (letters, starts) = significant(text);
    let mut seen: HashMap<u64, usize> = HashMap::new();
    let fingerprint = |start: usize| {
        let window = letters[start..].iter().copied().chain(std::iter::repeat(0)).take(LENGTH);
        let hash = window.fold(0_u64, |hash, letter| hash.wrapping_mul(BASE).wrapping_add(letter.into()));
        let count = seen.entry(hash).or_default();
        *count += 1;
        format!("{hash:x}:{count}")
    };
    starts.into_iter().map(fingerprint).collect()
}

/// The characters that count, in UTF-16, and where among them each line starts.
fn significant(text: &str) -> (Vec<u16>, Vec<usize>) {
    const NEWLINE: u16 = b'\n' as u16;
    let (mut letters, mut starts) = (Vec::with_capacity(text.len()), vec![0]);
    let mut units = [0; 2];
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            ' ' | '\t' => continue,
            '\r' => {
                characters.next_if_eq(&'\n');
                letters.push(NEWLINE);
            }
            other => letters.extend_from_slice(other.encode_utf16(&mut units)),
        }
        if letters.last() == Some(&NEWLINE) {
            starts.push(letters.len());
        }
    }
    letters.push(END);
    (letters, starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the upload action computes for these texts, by its own tests.
    #[test]
    fn they_are_those_of_the_upload_action() {
        let hello = [
            "e9496ae3ebfced30:1",
            "fb7c023a8b9ccb3f:1",
            "ce8ba1a563dcdaca:1",
            "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1",
            "c129715d7a2bc9a3:1",
        ];
        assert_eq!(of_lines(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            of_lines(" a\nb\n  \t\tc\n d"),
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]
        );
        for end in ["\n", "\r", "\r\n"] {
            let text = " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n".replace('\n', end);
            assert_eq!(of_lines(&text), hello, "{text:?}");
        }
    }

    #[test]
    fn lines_that_are_the_same_are_numbered() {
        let lines = of_lines(&"Lorem ipsum dolor sit amet.\n".repeat(10));
        assert_eq!(lines[..2], ["a7f2ff13bc495cf2:1", "a7f2ff13bc495cf2:2"]);
        assert_eq!(lines[6..8], ["a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1"]);
    }
}
