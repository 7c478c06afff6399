//! An analysis that follows the edits must be the analysis of the text: the same references, the same findings.
//!
//! `MARGINALIA_EDITS` sets the number of random edits; the default is small enough for every run.

use std::sync::Arc;

use marginalia::knowledge::Knowledge;
use marginalia::margin::{Analysis, Engine, Options};
use marginalia::python::Cells;

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

/// Changes a text in one place.
fn edit(text: &str, random: &mut Random) -> String {
    let place = |random: &mut Random| {
        let mut at = random.below(text.len() + 1);
        // Half of the edits at the start of a line: that is where statements meet.
        if random.below(2) == 0 {
            at = text[..floor(text, at)].rfind('\n').map_or(0, |at| at + 1);
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

#[test]
fn following_the_edits_gives_what_reading_anew_gives() {
    let edits: usize = std::env::var("MARGINALIA_EDITS").ok().and_then(|count| count.parse().ok()).unwrap_or(4_000);
    let (done, kept) = on_big_stack(move || {
        let engine = Engine::new(Knowledge::builtin());
        let options = Options::default();
        let mut random = Random::new(20_261_122);
        let files: Vec<String> = standard_library()
            .iter()
            .filter_map(|path| std::fs::read_to_string(path).ok())
            .filter(|text| (500..12_000).contains(&text.len()))
            .collect();
        let (mut done, mut kept) = (0, 0);
        while done < edits {
            let original = &files[random.below(files.len())];
            let sound = Arc::new(Analysis::new(Arc::from(original.as_str()), &options, &engine));
            let mut analysis = Arc::clone(&sound);
            for _ in 0..25 {
                // Mostly from sound text, sometimes on top of what the last edits broke.
                if random.below(3) > 0 {
                    analysis = Arc::clone(&sound);
                }
                let before = Arc::clone(analysis.text());
                let next: Arc<str> = Arc::from(edit(&before, &mut random));
                let followed = analysis.update(Arc::clone(&next), &options, &engine);
                let anew = Analysis::new(Arc::clone(&next), &options, &engine);
                assert_eq!(
                    followed.module().statements,
                    anew.module().statements,
                    "\n--- before ---\n{before}\n--- after ---\n{next}"
                );
                assert_eq!(followed.module().table, anew.module().table);
                assert_eq!(followed.findings(), anew.findings());
                kept += usize::from(Arc::ptr_eq(&followed.module().table, &analysis.module().table));
                analysis = Arc::new(followed);
                done += 1;
            }
        }
        (done, kept)
    });
    println!("{done} edits, {kept} of them by the statements they touch");
    assert!(kept * 5 > done, "the whole text was read for nearly every edit: {kept} of {done}");
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
        let mut random = Random::new(20_261_123);
        let files: Vec<String> = standard_library()
            .iter()
            .filter_map(|path| std::fs::read_to_string(path).ok())
            .filter(|text| (500..4_000).contains(&text.len()))
            .collect();
        let (mut done, mut kept) = (0, 0);
        while done < 300 {
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
                kept += usize::from(Arc::ptr_eq(&followed.module().table, &analysis.module().table));
                analysis = Arc::new(followed);
                done += 1;
            }
        }
        (done, kept)
    });
    println!("{done} edits, {kept} of them by the statements they touch");
    assert!(kept * 8 > done, "the whole notebook was read for nearly every edit: {kept} of {done}");
}
