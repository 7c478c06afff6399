//! Repairs a text that was UTF-8, taken for Windows-1252, and written as UTF-8 again, with the five bytes that Windows-1252
//! does not know dropped on the way.

use std::borrow::Cow;

/// Undoes the double encoding, if there is one: the text, and how many characters were made whole.
///
/// A text that is clean stays as it is, byte for byte.
pub fn repair(text: &str) -> (Cow<'_, str>, usize) {
    if text.is_ascii() {
        return (Cow::Borrowed(text), 0);
    }
    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        match windows_1252(letter) {
            Some(byte) => bytes.push(byte),
            None => return (Cow::Borrowed(text), 0),
        }
    }
    match made_whole(&bytes) {
        Some((repaired, count)) => (Cow::Owned(repaired), count),
        None => (Cow::Borrowed(text), 0),
    }
}

/// Decodes UTF-8 in which a character may lack the one byte that was dropped; `None` when it is no such text.
fn made_whole(bytes: &[u8]) -> Option<(String, usize)> {
    let mut whole = Vec::with_capacity(bytes.len() + 256);
    let mut repairs = 0;
    let mut at = 0;
    while let Some(&lead) = bytes.get(at) {
        let len = match lead {
            0x00..=0x7F => 1,
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            _ => return None,
        };
        let continuation = bytes[at + 1..].iter().take(len - 1).take_while(|byte| matches!(byte, 0x80..=0xBF)).count();
        let found = &bytes[at..=at + continuation];
        if continuation == len - 1 {
            whole.extend_from_slice(found);
        } else {
            whole.extend_from_slice(stump(found)?);
            repairs += 1;
        }
        at += 1 + continuation;
    }
    Some((String::from_utf8(whole).ok()?, repairs))
}

/// The character that a sequence was before it lost a byte.
fn stump(found: &[u8]) -> Option<&'static [u8]> {
    Some(match found {
        [0xE2, 0x94] => "┐".as_bytes(),
        [0xE2, 0x8C] => "❌".as_bytes(),
        [0xEF, 0xB8] => "\u{fe0f}".as_bytes(),
        [0xE2, 0x80] => "”".as_bytes(),
        [0xE2, 0x86] => "←".as_bytes(),
        [0xE2, 0x97] => "●".as_bytes(),
        _ => return None,
    })
}

/// The byte that Windows-1252 has for a character.
fn windows_1252(letter: char) -> Option<u8> {
    const UPPER: [(char, u8); 27] = [
        ('€', 0x80),
        ('‚', 0x82),
        ('ƒ', 0x83),
        ('„', 0x84),
        ('…', 0x85),
        ('†', 0x86),
        ('‡', 0x87),
        ('ˆ', 0x88),
        ('‰', 0x89),
        ('Š', 0x8A),
        ('‹', 0x8B),
        ('Œ', 0x8C),
        ('Ž', 0x8E),
        ('‘', 0x91),
        ('’', 0x92),
        ('“', 0x93),
        ('”', 0x94),
        ('•', 0x95),
        ('–', 0x96),
        ('—', 0x97),
        ('˜', 0x98),
        ('™', 0x99),
        ('š', 0x9A),
        ('›', 0x9B),
        ('œ', 0x9C),
        ('ž', 0x9E),
        ('Ÿ', 0x9F),
    ];
    match u32::from(letter) {
        code @ (0..=0x7F | 0xA0..=0xFF) => u8::try_from(code).ok(),
        _ => UPPER.iter().find(|(known, _)| *known == letter).map(|(_, byte)| *byte),
    }
}

#[cfg(test)]
mod tests {
    use super::repair;

    /// Damages a text as the copies are damaged.
    fn damaged(text: &str) -> String {
        let mut letters = String::new();
        for byte in text.bytes() {
            match byte {
                0x81 | 0x8D | 0x8F | 0x90 | 0x9D => {}
                0x80..=0x9F => letters.push(
                    (0..=0x2122)
                        .filter_map(char::from_u32)
                        .find(|letter| super::windows_1252(*letter) == Some(byte))
                        .unwrap(),
                ),
                other => letters.push(char::from(other)),
            }
        }
        letters
    }

    #[test]
    fn lost_bytes_come_back() {
        let text = "a “quoted” arrow ← ● ┌──┐ ⚠\u{fe0f} ❌ — 📘 é";
        let broken = damaged(text);
        let (repaired, count) = repair(&broken);
        assert_eq!(repaired, text);
        assert_eq!(count, 6);
    }

    #[test]
    fn clean_text_stays_as_it_is() {
        for text in ["plain", "a “quoted” word — and é, 漢, 😀", "naïve café", "½ ×"] {
            assert_eq!(repair(text), (text.into(), 0), "{text}");
        }
    }
}
