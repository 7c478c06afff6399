//! What a document costs: read as a whole, followed through a keystroke, asked for a hover.
//!
//! `cargo bench` prints medians; compare them with each other and between commits on one machine, not between machines.

use std::fmt::Write;
use std::sync::Arc;

use divan::Bencher;
use marginalia::knowledge::{Knowledge, format};
use marginalia::margin::{Analysis, Engine, Options};

fn main() {
    // Deep trees are dropped on this thread.
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(divan::main).expect("a thread starts");
    thread.join().expect("the benchmarks do not panic");
}

const LINES: [usize; 4] = [100, 1_000, 10_000, 100_000];

/// Plain code of about so many lines: functions, a class, imports, loops.
fn source(lines: usize) -> String {
    let mut text = String::from("import asyncio\nimport os\nfrom pathlib import Path\n");
    let mut count = 3;
    for number in 0.. {
        if count >= lines {
            break;
        }
        write!(
            text,
            "\n\ndef load_{number}(path: Path, limit: int = 10) -> list[str]:\n    \"\"\"Reads some lines.\"\"\"\n    \
             found = []\n    with open(path, encoding=\"utf-8\") as file:\n        for at, line in enumerate(file):\n            \
             if at >= limit and line.strip():\n                break\n            found.append(os.path.join(line, f\"{{at}}\"))\n    \
             return [line for line in found if line]\n"
        )
        .expect("a string takes it");
        count += 12;
    }
    text
}

fn engine() -> Arc<Engine> {
    Engine::new(Knowledge::builtin())
}

#[divan::bench(args = LINES, sample_count = 20)]
fn read_a_document(bencher: Bencher, lines: usize) {
    let (engine, text): (_, Arc<str>) = (engine(), Arc::from(source(lines)));
    bencher.bench(|| Analysis::new(Arc::clone(&text), &Options::default(), &engine));
}

#[divan::bench(args = LINES, sample_count = 50)]
fn follow_a_keystroke(bencher: Bencher, lines: usize) {
    let engine = engine();
    let before = source(lines);
    let middle = before[..before.len() / 2].rfind("found = []").expect("the source has this line") + "found".len();
    let mut after = before.clone();
    after.insert(middle, 'x');
    let after: Arc<str> = Arc::from(after);
    let analysis = Analysis::new(Arc::from(before), &Options::default(), &engine);
    bencher.bench(|| analysis.update(Arc::clone(&after), &Options::default(), &engine));
}

#[divan::bench(args = LINES)]
fn hover(bencher: Bencher, lines: usize) {
    let text = source(lines);
    let at = text.rfind("os.path").expect("the source has this name") as u32 + 4;
    let analysis = Analysis::new(Arc::from(text), &Options::default(), &engine());
    bencher.bench(|| analysis.at(at.into()));
}

/// Knowledge with as many more notes, none of which the code asks for.
fn knowledge_with(more: usize) -> Arc<Knowledge> {
    let mut contents = String::from(
        "id = \"more\"\ntitle = \"More\"\nmark = \"More §\"\n\n[[chapters]]\nnumber = 1\ntitle = \"More\"\nfolder = \"01-more\"\nsections = [\n",
    );
    let mut files = Vec::new();
    for number in 1..=more {
        writeln!(contents, "    {{ number = \"1.{number}\", title = \"Section {number}\", kind = \"api\" }},")
            .expect("a string takes it");
        let text = format!(
            "+++\nsection = \"1.{number}\"\ntitle = \"Section {number}\"\ntriggers = [\"symbol:package{number}.name\"]\n+++\nA note.\n\n\
             ## Key points\n- One.\n- Two.\n\n## Example\n```python\nimport package{number}\n```\n"
        );
        files.push(format::SourceFile { path: format!("01-more/1.{number}-section.md"), text });
    }
    contents.push_str("]\n");
    files.push(format::SourceFile { path: "book.toml".to_owned(), text: contents });
    let (contents, problems) = format::read(&files);
    assert!(problems.is_empty(), "{}", problems[0]);
    Knowledge::with_books([contents]).0
}

/// The cost of an analysis and a hover must not grow with the number of notes.
#[divan::bench(args = [0, 1_000, 10_000], sample_count = 20)]
fn read_and_hover_with_more_notes(bencher: Bencher, more: usize) {
    let engine = Engine::new(knowledge_with(more));
    let text: Arc<str> = Arc::from(source(1_000));
    let at = text.rfind("os.path").expect("the source has this name") as u32 + 4;
    bencher.bench(|| Analysis::new(Arc::clone(&text), &Options::default(), &engine).at(at.into()));
}
