//! Makes the built-in book: reads `knowledge/python-bible` and packs it, so that the program parses nothing.
//!
//! A fault in a note or a rule is a build error that names file and line.

// The program's own reader, so that the build and the running program cannot disagree about the format.
#[allow(dead_code, unused_imports)]
#[path = "src/book"]
mod book {
    mod contents;
    mod number;
    pub use contents::*;
    pub use number::*;
}
#[allow(dead_code, unused_imports)]
#[path = "src/python"]
mod python {
    mod construct;
    pub mod packed;
    mod version;
    pub use construct::*;
    pub use version::*;
}
#[allow(dead_code, unused_imports)]
#[path = "src/knowledge"]
mod knowledge {
    pub mod format;
    pub mod index;
    pub mod note;
    pub mod pack;
    pub mod rule;
}
#[path = "build/stdlib_tables.rs"]
mod stdlib_tables;

use std::path::{Path, PathBuf};
use std::{env, fs, io, process};

use book::List;
use knowledge::format::{self, Contents, SourceFile};
use knowledge::index::{Index, Indexed};
use knowledge::pack::{Pack, Writer};

const FOLDER: &str = "knowledge/python-bible";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={FOLDER}");
    let mut files = Vec::new();
    collect(Path::new(FOLDER), "", &mut files)?;
    let (contents, problems) = format::read(&files);
    for problem in &problems {
        println!("cargo::error={FOLDER}/{problem}");
    }
    if !problems.is_empty() {
        process::exit(1);
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    stdlib_tables::write(&out)?;
    let Contents { book, notes, rules, missing_rules } = contents;
    pack(&Index::new([Indexed { book: &book, notes: &notes, rules: &rules }]), &out.join("index"))?;
    pack(&book, &out.join("book"))?;
    pack(&List::from(notes), &out.join("notes"))?;
    pack(&List::from(rules), &out.join("rules"))?;
    let missing = missing_rules.iter().map(|missing| (&missing.rule, format!("{}:{}", missing.path, missing.line)));
    fs::write(out.join("missing_rules.rs"), format!("&{:?}", missing.collect::<Vec<_>>()))
}

/// Writes a part of the book into two files: numbers and text.
fn pack(part: &impl Pack, file: &Path) -> io::Result<()> {
    let mut packed = Writer::default();
    part.write(&mut packed);
    fs::write(file.with_extension("bin"), packed.numbers)?;
    fs::write(file.with_extension("txt"), packed.text)
}

/// Reads the files of a folder and of those below it. `prefix` is the folder's path, ending in `/` unless empty.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<SourceFile>) -> io::Result<()> {
    let mut entries: Vec<_> = fs::read_dir(folder)?.collect::<io::Result<_>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{path}/"), files)?;
        } else if name == "book.toml" || entry.path().extension().is_some_and(|ending| ending == "md") {
            let text = fs::read(entry.path())?;
            let text = String::from_utf8(text)
                .map_err(|_| io::Error::other(format!("{FOLDER}/{path}:1: the file is not UTF-8")))?;
            files.push(SourceFile { path, text });
        }
    }
    Ok(())
}
