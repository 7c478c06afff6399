//! An analysis that follows the edits must be the analysis of the text: the same references, the same findings.
//!
//! `MARGINALIA_EDITS` sets the number of random edits, `MARGINALIA_SEED` another row of them; the default is small enough
//! for every run.

use std::collections::HashSet;
use std::sync::Arc;

use marginalia::knowledge::Knowledge;
use marginalia::margin::{Analysis, Engine, Options};
use marginalia::python::{Cells, PythonVersion};
use ruff_text_size::TextRange;

use crate::support::{Random, on_big_stack, standard_library};

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
struct Typist {
    at: usize,
    rest: std::str::Chars<'static>,
}

impl Typist {
    /// Begins at the start of some line.
    fn new(text: &str, random: &mut Random) -> Self {
        let at = line_start(text, floor(text, random.below(text.len() + 1)));
        Self { at, rest: TYPED[random.below(TYPED.len())].chars() }
    }

    /// The text with the next letter; `None` when all is typed.
    fn next(&mut self, text: &str) -> Option<String> {
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
fn edit(text: &str, random: &mut Random) -> String {
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

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// How files are read: as any, as a test, as a package, as a stub, for an older Python.
fn options(random: &mut Random) -> Options {
    let names = ["", "lib/x.py", "tests/test_x.py", "shop/__init__.py", "x.pyi"];
    let kind = random.below(names.len());
    let (file_name, stub) = (names[kind].to_owned(), kind == 4);
    let target = PythonVersion::three([9, 11, 14][random.below(3)]);
    Options { file_name, stub, target, ..Options::default() }
}

/// How many statements of the one are those of the other.
fn shared(before: &Analysis, after: &Analysis) -> usize {
    let old: HashSet<_> = before.module().statements.iter().map(|placed| Arc::as_ptr(&placed.statement)).collect();
    after.module().statements.iter().filter(|placed| old.contains(&Arc::as_ptr(&placed.statement))).count()
}

#[test]
fn following_the_edits_gives_what_reading_anew_gives() {
    let edits: u64 = number("MARGINALIA_EDITS").unwrap_or(4_000);
    let seed = number("MARGINALIA_SEED").unwrap_or(20_261_122);
    let (done, read, all) = on_big_stack(move || {
        let engine = Engine::new(Knowledge::builtin());
        let mut random = Random::new(seed);
        let files: Vec<String> = standard_library()
            .iter()
            .filter_map(|path| std::fs::read_to_string(path).ok())
            .filter(|text| (500..12_000).contains(&text.len()))
            .collect();
        let (mut done, mut read, mut all) = (0, 0, 0);
        while done < edits {
            let mut original = files[random.below(files.len())].clone();
            match random.below(16) {
                0..=1 => original = original.replace('\n', "\r\n"),
                2 => original = original.replace('\n', "\r"),
                _ => {}
            }
            let options = options(&mut random);
            let sound = Arc::new(Analysis::new(Arc::from(original.as_str()), &options, &engine));
            let mut analysis = Arc::clone(&sound);
            let mut typist = (random.below(3) == 0).then(|| Typist::new(&original, &mut random));
            for _ in 0..25 {
                let typed = typist.as_mut().and_then(|typist| typist.next(analysis.text()));
                // Mostly from sound text, sometimes on top of what the last edits broke.
                if typed.is_none() && random.below(3) > 0 {
                    analysis = Arc::clone(&sound);
                }
                let before = Arc::clone(analysis.text());
                let next: Arc<str> = Arc::from(typed.unwrap_or_else(|| edit(&before, &mut random)));
                let followed = analysis.update(Arc::clone(&next), &options, &engine);
                let anew = Analysis::new(Arc::clone(&next), &options, &engine);
                assert_eq!(
                    followed.module().statements,
                    anew.module().statements,
                    "\n--- before ---\n{before}\n--- after ---\n{next}"
                );
                assert_eq!(followed.module().table, anew.module().table);
                assert_eq!(followed.findings(), anew.findings());
                all += anew.module().statements.len();
                read += anew.module().statements.len() - shared(&analysis, &followed);
                analysis = Arc::new(followed);
                done += 1;
            }
        }
        (done, read, all)
    });
    println!("{done} edits; {read} of {all} statements were read again");
    assert!(read * 2 < all, "nearly the whole text was read for every edit: {read} statements of {all}");
}

/// The text with a blank behind the last line of a statement, which means nothing; `None` where there is no such line, or
/// where the blank would be part of something.
fn touched(text: &str, statement: TextRange) -> Option<String> {
    let code = text[statement].strip_suffix('\n')?;
    let last = code.rsplit('\n').next()?;
    if last.ends_with(['\\', '\r', '\u{c}']) || last.contains('#') {
        return None;
    }
    let at = statement.start().to_usize() + code.len();
    Some(format!("{} {}", &text[..at], &text[at..]))
}

/// Code in which one statement says something that matters to another.
const SPEAKING_OF_EACH_OTHER: [&str; 6] = [
    "from shop.models import *\n\nprint(Shop)\n",
    "def _logged(f):\n    def call(*args):\n        return f(*args)\n    return call\n\n@_logged\ndef f(): pass\n",
    "import re\n\nBLANKS = re.compile(r'[ \\t]*')\n\ndef f(line):\n    return BLANKS.match(line).end()\n",
    "import ssl\n\nCONTEXT = ssl.SSLContext()\nCONTEXT.verify_mode = ssl.CERT_REQUIRED\n",
    "import asyncio\n\ndef f():\n    return asyncio.get_event_loop()\n\nasyncio.set_event_loop(f())\n",
    "def f(a, b=[]):\n    return b\n\nf(1).append(2)\n",
];

/// Reads each statement of a text again, by itself; how many they were, and what came out otherwise.
fn read_one_by_one(name: &str, text: &str, options: &Options, engine: &Arc<Engine>) -> (u64, Vec<String>) {
    let text: Arc<str> = Arc::from(text);
    let whole = Analysis::new(Arc::clone(&text), options, engine);
    let (mut done, mut faults) = (0, Vec::new());
    for placed in &whole.module().statements {
        let Some(touched) = touched(&text, placed.range) else { continue };
        let there = whole.update(Arc::from(touched), options, engine);
        let back = there.update(Arc::clone(&text), options, engine);
        if back.findings() != whole.findings() {
            let only = |of: &Analysis, other: &Analysis| -> Vec<String> {
                let (of, others) = (of.findings(), other.findings());
                of.iter().filter(|finding| !others.contains(finding)).map(|finding| format!("{finding:?}")).collect()
            };
            let (among, alone) = (only(&whole, &back), only(&back, &whole));
            faults.push(format!("{name}: among the others {among:#?}, by itself {alone:#?}"));
        }
        done += 1;
    }
    (done, faults)
}

#[test]
fn a_statement_read_again_by_itself_gives_what_it_gave_among_the_others() {
    let wanted = number("MARGINALIA_EDITS").unwrap_or(4_000) / 4;
    let seed = number("MARGINALIA_SEED").unwrap_or(20_261_124);
    let (done, faults) = on_big_stack(move || {
        let engine = Engine::new(Knowledge::builtin());
        let mut random = Random::new(seed);
        let files = standard_library();
        let examples = engine.knowledge().rules().flat_map(|(_, rule)| [&*rule.docs.example, &*rule.docs.instead]);
        let short: Vec<String> =
            SPEAKING_OF_EACH_OTHER.into_iter().chain(examples).map(|text| format!("\n\n{text}\n\nx = 1\n")).collect();
        let (mut done, mut faults) = (0, Vec::new());
        for text in &short {
            let (read, differ) = read_one_by_one(text, text, &Options::default(), &engine);
            done += read;
            faults.extend(differ);
        }
        while done < wanted {
            let path = &files[random.below(files.len())];
            let Ok(text) = std::fs::read_to_string(path) else { continue };
            let (read, differ) = read_one_by_one(&path.display().to_string(), &text, &options(&mut random), &engine);
            done += read;
            faults.extend(differ);
        }
        (done, faults)
    });
    println!("{done} statements were read by themselves");
    assert!(faults.is_empty(), "{} differ:\n{}", faults.len(), faults.join("\n"));
}

/// Parts a text at some of its lines: most cells are Python, some break off in the middle of something.
fn cut(text: &str, random: &mut Random) -> Vec<String> {
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

#[test]
fn following_the_edits_of_a_notebook_gives_what_reading_anew_gives() {
    let (done, kept) = on_big_stack(|| {
        let engine = Engine::new(Knowledge::builtin());
        let options = Options { notebook: true, ..Options::default() };
        let mut random = Random::new(number("MARGINALIA_SEED").unwrap_or(20_261_123));
        let files: Vec<String> = standard_library()
            .iter()
            .filter_map(|path| std::fs::read_to_string(path).ok())
            .filter(|text| (500..4_000).contains(&text.len()))
            .collect();
        let (mut done, mut kept) = (0, 0_u64);
        while done < number("MARGINALIA_EDITS").unwrap_or(3_000) / 10 {
            let sound = cut(&files[random.below(files.len())], &mut random);
            let joined = |cells: &[String]| Cells::join(cells.iter().map(String::as_str));
            let (text, places) = joined(&sound);
            let whole = Arc::new(Analysis::of_cells(text.into(), places, &options, &engine));
            let (mut cells, mut analysis) = (sound.clone(), Arc::clone(&whole));
            for _ in 0..10 {
                if random.below(4) > 0 {
                    (cells, analysis) = (sound.clone(), Arc::clone(&whole));
                }
                let at = random.below(cells.len());
                match random.below(20) {
                    0 => cells.insert(at, "x = 1".to_owned()),
                    1 if cells.len() > 1 => drop(cells.remove(at)),
                    2 => cells.swap(0, at),
                    _ if cells[at].is_empty() => cells[at] = "y = 2\n".to_owned(),
                    _ => cells[at] = edit(&cells[at], &mut random),
                }
                let (text, places) = joined(&cells);
                let text: Arc<str> = text.into();
                let followed = analysis.update_cells(Arc::clone(&text), places.clone(), &options, &engine);
                let anew = Analysis::of_cells(Arc::clone(&text), places, &options, &engine);
                assert_eq!(followed.module().statements, anew.module().statements, "{cells:#?}");
                assert_eq!(followed.module().table, anew.module().table);
                assert_eq!(followed.module().cells, anew.module().cells);
                assert_eq!(followed.findings(), anew.findings());
                for placed in &anew.module().statements {
                    let cell = anew.module().cells.at(placed.range.start()).unwrap();
                    let end = anew.module().cells.content(cell).end();
                    assert!(placed.range.end().to_u32() <= end.to_u32() + 1, "a statement goes beyond its cell");
                }
                kept += u64::from(shared(&analysis, &followed) > 0);
                analysis = Arc::new(followed);
                done += 1;
            }
        }
        (done, kept)
    });
    println!("{done} edits, {kept} of them by the statements they touch");
    assert!(kept * 2 > done, "the whole notebook was read for nearly every edit: {kept} of {done}");
}
