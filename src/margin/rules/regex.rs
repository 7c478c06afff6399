//! Regular expressions as Python's `re` reads them: a syntax tree for the rules that look into patterns.
//!
//! What is not understood (references back, conditions, unknown escapes) makes the whole pattern unknown.

use std::ops::Range;

/// The functions that take a pattern first, and the position of their `flags`.
pub(super) const TAKING_PATTERNS: [(&str, usize); 9] = [
    ("re.compile", 1),
    ("re.findall", 2),
    ("re.finditer", 2),
    ("re.fullmatch", 2),
    ("re.match", 2),
    ("re.search", 2),
    ("re.split", 3),
    ("re.sub", 4),
    ("re.subn", 4),
];

/// How deep groups may be nested.
const MAX_DEPTH: u32 = 40;

/// Longer patterns are not read.
const MAX_LENGTH: usize = 4_000;

/// A set of characters. Beyond ASCII only four kinds are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Set {
    ascii: u128,
    wide: u8,
}

const WIDE_LETTER: u8 = 1;
const WIDE_DIGIT: u8 = 2;
const WIDE_SPACE: u8 = 4;
const WIDE_OTHER: u8 = 8;

impl Set {
    const NONE: Self = Self { ascii: 0, wide: 0 };
    const ALL: Self = Self { ascii: u128::MAX, wide: 15 };

    fn of(letter: char) -> Self {
        if letter.is_ascii() {
            return Self { ascii: 1 << (letter as u32), wide: 0 };
        }
        let wide = match letter {
            _ if letter.is_numeric() => WIDE_DIGIT,
            _ if letter.is_alphabetic() => WIDE_LETTER,
            _ if letter.is_whitespace() => WIDE_SPACE,
            _ => WIDE_OTHER,
        };
        Self { ascii: 0, wide }
    }

    fn ascii_where(test: impl Fn(char) -> bool, wide: u8) -> Self {
        let letters = (0_u8..128).filter(|&code| test(char::from(code)));
        Self { ascii: letters.fold(0, |bits, code| bits | 1 << u32::from(code)), wide }
    }

    /// The set of `\d`, `\w`, `\s` and their opposites.
    fn class(letter: char) -> Option<Self> {
        let set = match letter.to_ascii_lowercase() {
            'd' => Self::ascii_where(|letter| letter.is_ascii_digit(), WIDE_DIGIT),
            'w' => {
                Self::ascii_where(|letter| letter.is_ascii_alphanumeric() || letter == '_', WIDE_LETTER | WIDE_DIGIT)
            }
            's' => Self::ascii_where(
                |letter| letter.is_ascii_whitespace() || ('\x1c'..='\x1f').contains(&letter) || letter == '\x0b',
                WIDE_SPACE,
            ),
            _ => return None,
        };
        Some(if letter.is_ascii_uppercase() { set.inverted() } else { set })
    }

    fn range(from: char, to: char) -> Self {
        let mut set = Self::ascii_where(|letter| from <= letter && letter <= to, 0);
        if to > '\u{7f}' {
            // Some of the letters beyond ASCII: which kinds are in it is not looked up.
            set.wide = WIDE_LETTER | Self::of(from).wide | Self::of(to).wide;
        }
        set
    }

    fn inverted(self) -> Self {
        Self { ascii: !self.ascii, wide: !self.wide & 15 }
    }

    fn union(self, other: Self) -> Self {
        Self { ascii: self.ascii | other.ascii, wide: self.wide | other.wide }
    }

    pub fn intersection(self, other: Self) -> Self {
        Self { ascii: self.ascii & other.ascii, wide: self.wide & other.wide }
    }

    pub fn is_empty(self) -> bool {
        self.ascii == 0 && self.wide == 0
    }

    pub fn contains(self, letter: char) -> bool {
        !self.intersection(Self::of(letter)).is_empty()
    }

    /// Letters stand for both cases.
    fn without_case(self) -> Self {
        let lower = Self::ascii_where(|letter| self.contains(letter.to_ascii_uppercase()), 0);
        let upper = Self::ascii_where(|letter| self.contains(letter.to_ascii_lowercase()), 0);
        self.union(lower).union(upper)
    }

    /// A member, one that can be shown if there is one.
    pub fn example(self) -> Option<char> {
        let shown = ('a'..='z').chain('0'..='9').chain('A'..='Z').chain(' '..='~');
        let hidden = (0_u8..128).map(char::from);
        let wide = ['é', '٣', '\u{a0}', '–'];
        shown.chain(hidden).chain(wide).find(|&letter| self.contains(letter))
    }
}

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// One character.
    Set(Set),
    /// One after the other.
    Concat(Vec<Node>),
    /// One of them.
    Alternate(Vec<Node>),
    /// `*`, `+`, `?`, `{2,3}`.
    Repeat(Repeat),
    /// `(?>...)`: what it has taken it keeps.
    Atomic(Box<Node>),
    /// Takes nothing.
    Assertion(Assertion),
}

/// A repetition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Repeat {
    pub body: Box<Node>,
    pub min: u32,
    pub max: Option<u32>,
    pub lazy: bool,
    /// Where it stands in the pattern, in characters.
    pub place: Range<usize>,
}

/// What must hold at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Assertion {
    Start,
    End,
    Boundary,
    NoBoundary,
    Ahead {
        body: Box<Node>,
        negative: bool,
    },
    /// Looks back; what it wants is not followed up.
    Behind,
}

/// Flags that change how a pattern is read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flags {
    pub ignore_case: bool,
    pub verbose: bool,
    pub dot_all: bool,
}

impl Flags {
    /// Sets a flag by its letter; `None` when there is no such flag.
    pub fn set(&mut self, letter: char, on: bool) -> Option<()> {
        match letter {
            'i' => self.ignore_case = on,
            'x' => self.verbose = on,
            's' => self.dot_all = on,
            'a' | 'u' | 'L' | 'm' => {}
            _ => return None,
        }
        Some(())
    }
}

/// Reads a pattern.
pub(super) fn parse(pattern: &str, flags: Flags) -> Option<Node> {
    let letters: Vec<char> = pattern.chars().take(MAX_LENGTH + 1).collect();
    if letters.len() > MAX_LENGTH {
        return None;
    }
    let mut parser = Parser { letters: &letters, at: 0, flags, depth: 0 };
    let node = parser.alternation()?;
    (parser.at == letters.len()).then_some(node)
}

struct Parser<'p> {
    letters: &'p [char],
    at: usize,
    flags: Flags,
    depth: u32,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += 1;
        Some(letter)
    }

    fn take(&mut self, text: &str) -> bool {
        let fits = text.chars().enumerate().all(|(at, letter)| self.letters.get(self.at + at) == Some(&letter));
        if fits {
            self.at += text.chars().count();
        }
        fits
    }

    /// The text up to a letter, which is passed over.
    fn until(&mut self, end: char) -> Option<String> {
        let mut text = String::new();
        loop {
            match self.next()? {
                letter if letter == end => return Some(text),
                letter => text.push(letter),
            }
        }
    }

    fn alternation(&mut self) -> Option<Node> {
        let mut branches = vec![self.sequence()?];
        while self.take("|") {
            branches.push(self.sequence()?);
        }
        Some(if branches.len() == 1 { branches.remove(0) } else { Node::Alternate(branches) })
    }

    fn sequence(&mut self) -> Option<Node> {
        let mut nodes = Vec::new();
        loop {
            if self.flags.verbose {
                self.skip_space();
            }
            match self.peek() {
                None | Some('|' | ')') => return Some(Node::Concat(nodes)),
                Some(_) => {}
            }
            let start = self.at;
            let atom = self.atom()?;
            nodes.push(self.quantified(atom, start)?);
        }
    }

    fn skip_space(&mut self) {
        loop {
            match self.peek() {
                Some(letter) if letter.is_ascii_whitespace() => self.at += 1,
                Some('#') => while self.next().is_some_and(|letter| letter != '\n') {},
                _ => return,
            }
        }
    }

    fn quantified(&mut self, atom: Node, start: usize) -> Option<Node> {
        let mut atom = atom;
        loop {
            if self.flags.verbose {
                self.skip_space();
            }
            let (min, max) = match self.peek() {
                Some('*') => (0, None),
                Some('+') => (1, None),
                Some('?') => (0, Some(1)),
                Some('{') => match self.bounds() {
                    Some(bounds) => bounds,
                    None => return Some(atom),
                },
                _ => return Some(atom),
            };
            self.at += 1;
            let lazy = self.take("?");
            let possessive = !lazy && self.take("+");
            atom = Node::Repeat(Repeat { body: Box::new(atom), min, max, lazy, place: start..self.at });
            if possessive {
                atom = Node::Atomic(Box::new(atom));
            }
        }
    }

    /// `{m}`, `{m,}`, `{,n}`, `{m,n}`: stops before the closing brace. A brace that is none of these is a letter.
    fn bounds(&mut self) -> Option<(u32, Option<u32>)> {
        let rest: String = self.letters[self.at + 1..].iter().take(16).take_while(|letter| **letter != '}').collect();
        let closed = self.letters.get(self.at + 1 + rest.chars().count()) == Some(&'}');
        if !closed || !rest.chars().all(|letter| letter.is_ascii_digit() || letter == ',') {
            return None;
        }
        let bounds = match rest.split_once(',') {
            Some((min, max)) => {
                let min = if min.is_empty() { 0 } else { min.parse().ok()? };
                (min, if max.is_empty() { None } else { Some(max.parse().ok()?) })
            }
            None => {
                let count = rest.parse().ok()?;
                (count, Some(count))
            }
        };
        self.at += 1 + rest.chars().count();
        Some(bounds)
    }

    fn one(&self, set: Set) -> Node {
        Node::Set(if self.flags.ignore_case { set.without_case() } else { set })
    }

    /// The next atom; an empty sequence for what is nothing (a comment, flags).
    fn atom(&mut self) -> Option<Node> {
        Some(match self.next()? {
            '.' if self.flags.dot_all => Node::Set(Set::ALL),
            '.' => Node::Set(Set::of('\n').inverted()),
            '^' => Node::Assertion(Assertion::Start),
            '$' => Node::Assertion(Assertion::End),
            '[' => {
                let set = self.brackets()?;
                self.one(set)
            }
            '(' => return self.group(),
            '\\' => self.escape()?,
            '*' | '+' | '?' => return None,
            letter => self.one(Set::of(letter)),
        })
    }

    fn escape(&mut self) -> Option<Node> {
        let letter = self.next()?;
        Some(match letter {
            'A' => Node::Assertion(Assertion::Start),
            'Z' | 'z' => Node::Assertion(Assertion::End),
            'b' => Node::Assertion(Assertion::Boundary),
            'B' => Node::Assertion(Assertion::NoBoundary),
            '1'..='9' => return None,
            _ => {
                self.at -= 1;
                let set = self.escaped_set()?;
                self.one(set)
            }
        })
    }

    /// An escape that stands for characters, here and in brackets.
    fn escaped_set(&mut self) -> Option<Set> {
        let letter = self.next()?;
        if let Some(set) = Set::class(letter) {
            return Some(set);
        }
        let digits = match letter {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        let letter = match letter {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'f' => '\x0c',
            'v' => '\x0b',
            'a' => '\x07',
            '0' => '\0',
            _ if digits > 0 => {
                let text: String = self.letters.get(self.at..self.at + digits)?.iter().collect();
                self.at += digits;
                char::from_u32(u32::from_str_radix(&text, 16).ok()?)?
            }
            letter if letter.is_ascii_alphanumeric() => return None,
            letter => letter,
        };
        Some(Set::of(letter))
    }

    fn brackets(&mut self) -> Option<Set> {
        let inverted = self.take("^");
        let mut set = Set::NONE;
        let mut first = true;
        loop {
            let start = self.next()?;
            if start == ']' && !first {
                break;
            }
            first = false;
            let (from, letter) = if start == '\\' {
                if self.take("b") {
                    (Set::of('\x08'), Some('\x08'))
                } else {
                    let set = self.escaped_set()?;
                    let single = if set.ascii.is_power_of_two() && set.wide == 0 { set.example() } else { None };
                    (set, single)
                }
            } else {
                (Set::of(start), Some(start))
            };
            let is_range = self.peek() == Some('-') && self.letters.get(self.at + 1).is_some_and(|next| *next != ']');
            if !is_range {
                set = set.union(from);
                continue;
            }
            self.at += 1;
            let end = match self.next()? {
                '\\' => self.escaped_set()?.example()?,
                letter => letter,
            };
            // `é` may begin a range as `\u00e9`; what is shown for it is another letter, of the same kind.
            set = set.union(Set::range(letter.or_else(|| from.example())?, end));
        }
        let set = if self.flags.ignore_case { set.without_case() } else { set };
        Some(if inverted { set.inverted() } else { set })
    }

    fn group(&mut self) -> Option<Node> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let outer = self.flags;
        let mut wrap: fn(Node) -> Node = |node| node;
        if self.take("?") {
            match self.next()? {
                ':' => {}
                '>' => wrap = |node| Node::Atomic(Box::new(node)),
                '#' => {
                    self.until(')')?;
                    self.depth -= 1;
                    return Some(Node::Concat(Vec::new()));
                }
                'P' if self.take("<") => {
                    self.until('>')?;
                }
                '=' => wrap = |node| Node::Assertion(Assertion::Ahead { body: Box::new(node), negative: false }),
                '!' => wrap = |node| Node::Assertion(Assertion::Ahead { body: Box::new(node), negative: true }),
                '<' if self.take("=") || self.take("!") => wrap = |_| Node::Assertion(Assertion::Behind),
                letter if letter == '-' || letter.is_ascii_alphabetic() && letter != 'P' => {
                    self.at -= 1;
                    let mut on = true;
                    loop {
                        match self.next()? {
                            '-' => on = false,
                            ':' => break,
                            // Flags for the whole pattern stand at its start.
                            ')' => {
                                self.depth -= 1;
                                return Some(Node::Concat(Vec::new()));
                            }
                            letter => self.flags.set(letter, on)?,
                        }
                    }
                }
                _ => return None,
            }
        }
        let body = self.alternation()?;
        if !self.take(")") {
            return None;
        }
        self.flags = outer;
        self.depth -= 1;
        Some(wrap(body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(pattern: &str) -> String {
        fn write(node: &Node, out: &mut String) {
            match node {
                Node::Set(set) => out.push(set.example().unwrap_or('?')),
                Node::Concat(nodes) => nodes.iter().for_each(|node| write(node, out)),
                Node::Alternate(nodes) => {
                    out.push('<');
                    for (at, node) in nodes.iter().enumerate() {
                        if at > 0 {
                            out.push('|');
                        }
                        write(node, out);
                    }
                    out.push('>');
                }
                Node::Repeat(repeat) => {
                    out.push('(');
                    write(&repeat.body, out);
                    let max = repeat.max.map_or(String::new(), |max| max.to_string());
                    out.push_str(&format!("){{{},{max}}}{}", repeat.min, if repeat.lazy { "?" } else { "" }));
                }
                Node::Atomic(body) => {
                    out.push('[');
                    write(body, out);
                    out.push(']');
                }
                Node::Assertion(_) => out.push('^'),
            }
        }
        let mut out = String::new();
        match parse(pattern, Flags::default()) {
            Some(node) => write(&node, &mut out),
            None => out.push_str("unknown"),
        }
        out
    }

    #[test]
    fn patterns_are_read_as_python_reads_them() {
        for (pattern, expected) in [
            ("ab*", "a(b){0,}"),
            ("a|bc+?", "<a|b(c){1,}?>"),
            ("(?:a{2,3}){4}", "((a){2,3}){4,4}"),
            ("a{,3}b{x}", "(a){0,3}b{x}"),
            ("(?P<name>a)(?#b)$", "a^"),
            ("[^\\W\\d_]", "a"),
            ("[]a-]", "a"),
            ("a++", "[(a){1,}]"),
            ("(?>a)", "[a]"),
            ("(?i)a(?=b)\\b", "a^^"),
            ("(?x) a b # c\n d", "abd"),
            ("\\.\\x41", ".A"),
            ("(a)\\1", "unknown"),
            ("(?(1)a|b)", "unknown"),
            ("(", "unknown"),
            ("a)", "unknown"),
        ] {
            assert_eq!(shape(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn sets_hold_what_their_classes_hold() {
        let digit = Set::class('d').unwrap();
        assert!(digit.contains('5') && !digit.contains('a') && digit.contains('٣'));
        let other = Set::class('W').unwrap();
        assert!(other.contains('-') && !other.contains('_') && other.contains('–') && !other.contains('é'));
        assert!(Set::range('a', 'f').without_case().contains('C'));
    }
}
