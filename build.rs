//! Makes the built-in book: reads `knowledge/python-bible` and writes it as Rust statics, so that start-up parses nothing.
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
    pub mod rule;
}
#[path = "build/statics.rs"]
mod statics;
#[path = "build/stdlib_tables.rs"]
mod stdlib_tables;

use std::path::{Path, PathBuf};
use std::{env, fs, io, process};

use knowledge::format::{self, SourceFile};

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
    fs::write(out.join("builtin.rs"), statics::source(&contents))
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
