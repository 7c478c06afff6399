//! An analysis that follows the edits must be the analysis of the text: the same references, the same findings.
//!
//! `MARGINALIA_EDITS` sets the number of random edits, `MARGINALIA_SEED` another row of them, `MARGINALIA_CORPUS` the packages
//! that are edited besides the standard library; the default is small enough for every run.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use marginalia::knowledge::Knowledge;
use marginalia::margin::{Analysis, Engine, Options};
use marginalia::python::{Cells, PythonVersion};
use ruff_text_size::TextRange;

use crate::support::corpus::{in_parallel, packages};
use crate::support::typing::{Typist, cut, edit};
use crate::support::{Random, number, on_big_stack, standard_library};

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

/// How many edits begin with the same file.
const EDITS_OF_A_FILE: u64 = 25;

/// The files that are edited: of the standard library, and of the packages where they were prepared.
fn real_files() -> Vec<PathBuf> {
    let packages = packages().unwrap_or_default().into_iter().map(|(path, _)| path);
    standard_library().into_iter().chain(packages).collect()
}

/// Edits one file a few times, and compares everything after each edit. How many statements were read again, of how many.
fn follow(files: &[PathBuf], engine: &Arc<Engine>, random: &mut Random) -> (usize, usize) {
    // Mostly what is quickly read, as all of it is read for every edit.
    let longest = if random.below(20) == 0 { 60_000 } else { 12_000 };
    let mut original = loop {
        let text = std::fs::read_to_string(&files[random.below(files.len())]);
        if let Some(text) = text.ok().filter(|text| (500..longest).contains(&text.len())) {
            break text;
        }
    };
    match random.below(16) {
        0..=1 => original = original.replace('\n', "\r\n"),
        2 => original = original.replace('\n', "\r"),
        _ => {}
    }
    let options = options(random);
    let sound = Arc::new(Analysis::new(Arc::from(original.as_str()), &options, engine));
    let mut analysis = Arc::clone(&sound);
    let mut typist = (random.below(3) == 0).then(|| Typist::new(&original, random));
    let (mut read, mut all) = (0, 0);
    for _ in 0..EDITS_OF_A_FILE {
        let typed = typist.as_mut().and_then(|typist| typist.next(analysis.text()));
        // Mostly from sound text, sometimes on top of what the last edits broke.
        if typed.is_none() && random.below(3) > 0 {
            analysis = Arc::clone(&sound);
        }
        let before = Arc::clone(analysis.text());
        let next: Arc<str> = Arc::from(typed.unwrap_or_else(|| edit(&before, random)));
        let followed = analysis.update(Arc::clone(&next), &options, engine);
        let anew = Analysis::new(Arc::clone(&next), &options, engine);
        let texts = || format!("\n--- before ---\n{before}\n--- after ---\n{next}");
        assert_eq!(followed.module().statements, anew.module().statements, "{}", texts());
        assert_eq!(followed.module().table, anew.module().table, "{}", texts());
        assert_eq!(followed.findings(), anew.findings(), "{}", texts());
        assert_eq!(followed.references(), anew.references(), "{}", texts());
        all += anew.module().statements.len();
        read += anew.module().statements.len() - shared(&analysis, &followed);
        analysis = Arc::new(followed);
    }
    (read, all)
}

#[test]
fn following_the_edits_gives_what_reading_anew_gives() {
    let edits: u64 = number("MARGINALIA_EDITS").unwrap_or(4_000);
    let seed = number("MARGINALIA_SEED").unwrap_or(20_261_122);
    let (engine, files) = (Engine::new(Knowledge::builtin()), real_files());
    let rows: Vec<_> = (0..edits.div_ceil(EDITS_OF_A_FILE)).collect();
    let counts = in_parallel(&rows, |row| follow(&files, &engine, &mut Random::row(seed, *row)));
    let (read, all) = counts.iter().fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
    println!("{edits} edits of {} files; {read} of {all} statements were read again", rows.len());
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
