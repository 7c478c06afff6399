//! An analysis that follows the edits must be the analysis of the text: the same references, the same findings.
//!
//! `MARGINALIA_EDITS` sets the number of random edits; the default is small enough for every run.

use std::sync::Arc;

use marginalia::knowledge::Knowledge;
use marginalia::margin::{Analysis, Engine, Options};

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
