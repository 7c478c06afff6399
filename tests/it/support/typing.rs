//! What people do to a text, at random.

use super::Random;

/// What people type, paste and delete, and what parts statements from each other.
const SNIPPETS: [&str; 44] = [
    "\n",
    "\n\n",
    " ",
    "    ",
    "\t",
    "x",
    "é",
    "漢",
    "😀",
    "#",
    "# note\n",
    "\\\n",
    "\\",
    "\"\"\"",
    "'",
    "\"",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    ";",
    ",",
    "=",
    "@decorated\n",
    "else:\n    pass\n",
    "elif x:\n",
    "except OSError:\n    pass\n",
    "finally:\n",
    "import os\n",
    "from x import *\n",
    "x = 1\n",
    "def f(a=[]): return a\n",
    "class C:\n    y = []\n",
    "if x:\n    y\n",
    "return",
    "async ",
    "await ",
    "\r\n",
    "\r",
    "\u{c}",
    "import asyncio as aio\nimport pickle\n",
];

/// What is typed letter by letter: nearly every state of it is another set of names, or no Python.
const TYPED: [&str; 10] = [
    "import numpy as np\n",
    "from os.path import (join, exists as there)\n",
    "from math import *\n",
    "from __future__ import annotations\n",
    "class Other(Base, dict):\n    slots = []\n    def close(self): return self.x\n",
    "def helper(a, *, b=[]) -> list[int]:\n    return open(a)\n",
    "value: list[int] = [open(\"x\")]; other = value\n",
    "try:\n    import json\nexcept ImportError:\n    json = None\n",
    "if x:\r\n    import re as regex\r\nelse:\r\n    regex = None\r\n",
    "@wraps(f)\nasync def g(x): await f(\"\"\"a\nb\"\"\")\n",
];

/// Types, letter by letter.
pub struct Typist {
    at: usize,
    rest: std::str::Chars<'static>,
}

impl Typist {
    /// Begins at the start of some line.
    pub fn new(text: &str, random: &mut Random) -> Self {
        let at = line_start(text, floor(text, random.below(text.len() + 1)));
        Self { at, rest: TYPED[random.below(TYPED.len())].chars() }
    }

    /// The text with the next letter; `None` when all is typed.
    pub fn next(&mut self, text: &str) -> Option<String> {
        let letter = self.rest.next()?;
        let typed = format!("{}{letter}{}", &text[..self.at], &text[self.at..]);
        self.at += letter.len_utf8();
        Some(typed)
    }
}

/// Where the line begins that holds an offset.
fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |at| at + 1)
}

/// Renames something: puts a letter into a word, or takes one out. Half of the time in a line that is not indented, where
/// the names of the module are made.
fn rename(text: &str, random: &mut Random) -> Option<String> {
    let mut from = floor(text, random.below(text.len() + 1));
    if random.below(2) == 0 {
        let lines = text.match_indices('\n').map(|(at, _)| at + 1);
        let outer: Vec<_> = lines.filter(|&at| text[at..].starts_with(|first: char| first.is_alphabetic())).collect();
        from = *outer.get(random.below(outer.len().max(1)))?;
        // The second word is the name of what is defined or imported.
        from += if random.below(2) == 0 { text[from..].find(' ')? } else { 0 };
    }
    let at = from + text[from..].find(|letter: char| letter.is_ascii_alphanumeric())?;
    let word = text[at..].find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(1);
    let inside = at + random.below(word.max(1));
    Some(match random.below(4) {
        0 => format!("{}{}", &text[..inside], &text[inside + 1..]),
        // Everywhere at once, as an editor does it.
        1 => text.replace(&text[at..at + word], &format!("{}x", &text[at..at + word])),
        _ => format!("{}x{}", &text[..inside], &text[inside..]),
    })
}

/// Opens something at the end of a line, or takes the end of the line away.
fn break_line(text: &str, random: &mut Random) -> String {
    let at = floor(text, random.below(text.len() + 1));
    let end = text[at..].find(['\r', '\n']).map_or(text.len(), |line| at + line);
    match random.below(8) {
        0 => {
            format!("{}{}", &text[..end], text[end..].strip_prefix("\r\n").or(text.get(end + 1..)).unwrap_or_default())
        }
        1 => format!("{}{}", &text[..floor(text, end.saturating_sub(1))], &text[end..]),
        other => format!("{}{}{}", &text[..end], ["(", "[", ":", "\\", " =", "\"\"\""][other - 2], &text[end..]),
    }
}

/// Changes a text in one place.
pub fn edit(text: &str, random: &mut Random) -> String {
    match random.below(10) {
        0..=1 => rename(text, random).unwrap_or_else(|| change(text, random)),
        2 => break_line(text, random),
        _ => change(text, random),
    }
}

/// Types, pastes or deletes something.
fn change(text: &str, random: &mut Random) -> String {
    let place = |random: &mut Random| {
        let mut at = random.below(text.len() + 1);
        // Half of the edits at the start of a line: that is where statements meet.
        if random.below(2) == 0 {
            at = line_start(text, floor(text, at));
        }
        floor(text, at)
    };
    let at = place(random);
    match random.below(10) {
        0..=4 => format!("{}{}{}", &text[..at], SNIPPETS[random.below(SNIPPETS.len())], &text[at..]),
        5..=6 => {
            let end = floor(text, (at + random.below(12)).min(text.len())).max(at);
            format!("{}{}", &text[..at], &text[end..])
        }
        7 => {
            let end = text[at..].find('\n').map_or(text.len(), |line| at + line + 1);
            format!("{}{}", &text[..at], &text[end..])
        }
        8 => {
            let end = text[at..].find('\n').map_or(text.len(), |line| at + line + 1);
            format!("{}{}{}", &text[..end], &text[at..end], &text[end..])
        }
        _ => {
            let end = floor(text, (at + random.below(400)).min(text.len())).max(at);
            format!("{}{}{}", &text[..at], SNIPPETS[random.below(SNIPPETS.len())], &text[end..])
        }
    }
}

/// The start of the character that an offset is in.
pub fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Cells of a notebook: a text that is parted at some of its lines. Most cells are Python, some break off in the middle of something.
pub fn cut(text: &str, random: &mut Random) -> Vec<String> {
    let mut cells = vec![String::new()];
    for line in text.split_inclusive('\n') {
        let at_statement = !line.starts_with([' ', '\t', ')', '\n']);
        if random.below(if at_statement { 8 } else { 200 }) == 0 {
            cells.push(String::new());
        }
        cells.last_mut().unwrap().push_str(line);
    }
    cells
}
