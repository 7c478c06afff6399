//! The fuzzer's targets on their kept corpora, and on mutations of these: the same ones in every run.
//!
//! `MARGINALIA_FUZZ` sets the number of mutations for each target; the default is small enough for every run. What fails
//! is written to `target/tmp`, and belongs into `fuzz/corpus` with its remedy.

mod targets;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;

use crate::support::{Random, on_big_stack};
use targets::{SEPARATOR, TARGETS};

/// What breaks readers.
const TOKENS: [&[u8]; 44] = [
    b"\n",
    b"\r",
    b"\r\n",
    b"\0",
    b"\xff",
    b"\xed\xa0\xbd",
    b"\xef\xbb\xbf",
    "é".as_bytes(),
    "😀".as_bytes(),
    b"\x0c",
    b"\\",
    b"\"",
    b"'''",
    b"(",
    b")",
    b"[",
    b"]",
    b"{",
    b"}",
    b"    ",
    b"\t",
    b"#",
    b"+++\n",
    b"```\n",
    b"<b>",
    b"![a](b)",
    b"[a](command:b)",
    b"\x1e",
    b"\x1f",
    b"-1",
    b"99999999999999999999",
    b"null",
    b"<pre>",
    b"</pre>",
    b"<code>",
    b"</code>",
    b"<h2>2.1 ",
    b"</h2>",
    b"<li>",
    b"<td>",
    b"<br/>",
    b"&lt;",
    b"`",
    b"\n## 2.1 ",
];

/// The files of a target's corpus, by name.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files.into_iter().map(|file| fs::read(file).unwrap()).collect()
}

/// A text of the corpus, changed in a few places.
fn mutated(corpus: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut data = corpus[random.below(corpus.len())].clone();
    for _ in 0..=random.below(4) {
        let at = random.below(data.len() + 1);
        let end = (at + random.below(24)).min(data.len());
        match random.below(7) {
            0 if at < data.len() => data[at] ^= 1 << random.below(8),
            1 => drop(data.drain(at..end)),
            2 => {
                let again = data[at..end].to_vec();
                data.splice(at..at, again);
            }
            3 => {
                let other = &corpus[random.below(corpus.len())];
                let from = random.below(other.len() + 1);
                let to = (from + random.below(80)).min(other.len());
                data.splice(at..end, other[from..to].iter().copied());
            }
            4 => {
                // Records change places.
                let mut records: Vec<_> = data.split(|&byte| byte == SEPARATOR).map(<[u8]>::to_vec).collect();
                let (one, other) = (random.below(records.len()), random.below(records.len()));
                records.swap(one, other);
                data = records.join(&SEPARATOR);
            }
            _ => {
                let token = TOKENS[random.below(TOKENS.len())];
                data.splice(at..at, token.iter().copied());
            }
        }
    }
    data
}

/// Runs a target on its corpus and on this many mutations.
fn run(name: &'static str, default: usize) {
    let (_, target) = TARGETS.into_iter().find(|(known, _)| *known == name).unwrap();
    let count = std::env::var("MARGINALIA_FUZZ").ok().and_then(|count| count.parse().ok()).unwrap_or(default);
    on_big_stack(move || {
        let corpus = corpus(name);
        let mut random = Random::new(20_261_122);
        for round in 0..corpus.len() + count {
            let data = corpus.get(round).cloned().unwrap_or_else(|| mutated(&corpus, &mut random));
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| target(&data))) {
                let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{round}"));
                fs::write(&file, &data).unwrap();
                println!("the input is in {}", file.display());
                resume_unwind(panic);
            }
        }
        println!("{name}: {} inputs and {count} mutations", corpus.len());
    });
}

#[test]
fn edits_are_followed() {
    run("edits", 150);
}

#[test]
fn any_bytes_may_be_a_copy_of_the_book() {
    run("book", 300);
}

#[test]
fn any_bytes_may_be_a_copy_in_markdown() {
    run("markdown", 300);
}

#[test]
fn any_bytes_may_be_a_copy_in_an_epub() {
    run("epub", 300);
}

#[test]
fn any_files_may_be_a_book() {
    run("knowledge", 200);
}

#[test]
fn any_bytes_may_be_a_client() {
    run("protocol", 60);
}
