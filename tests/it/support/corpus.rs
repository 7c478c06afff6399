//! Code of other people to try things on: the local standard library and `PyPI` packages, and the tools of the field.
//!
//! Neither is part of the repository. `tests/quality/prepare` puts both under `target/quality`, where they are looked for unless
//! the environment says otherwise. What is missing is said, and what needs it is skipped.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::channel;
use std::thread::scope;
use std::{env, fs, io};

use super::{python_files, standard_library};

/// The version of ruff that the tables were read with.
pub const RUFF_VERSION: &str = "0.17.6";

/// Where `tests/quality/prepare` puts things.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/quality")
}

/// Says that a test did not run, and why: past the harness, which swallows what a passing test prints.
pub fn skip(test: &str, reason: &str) {
    let _ = writeln!(io::stderr(), "SKIPPED {test}: {reason}");
}

/// The `ruff` program: `MARGINALIA_RUFF`, the one that was prepared, or the one on the `PATH`.
pub fn ruff() -> Result<PathBuf, String> {
    let (tool, version) = tool("MARGINALIA_RUFF", "ruff")?;
    let found = version.trim().trim_start_matches("ruff ");
    if found == RUFF_VERSION { Ok(tool) } else { Err(format!("ruff is {found}, the tables are for {RUFF_VERSION}")) }
}

/// A tool of the field, and what it says to `--version`.
pub fn tool(variable: &str, name: &str) -> Result<(PathBuf, String), String> {
    let prepared = folder().join("venv/bin").join(name);
    let program = match env::var_os(variable) {
        Some(path) => PathBuf::from(path),
        None if prepared.exists() => prepared,
        None => PathBuf::from(name),
    };
    match Command::new(&program).arg("--version").output() {
        Ok(output) if output.status.success() => Ok((program, String::from_utf8_lossy(&output.stdout).into_owned())),
        _ => Err(format!("there is no {name}; tests/quality/prepare installs it, or {variable} names it")),
    }
}

/// The Python files of the `PyPI` packages, by path, each with the name it has below the corpus: `flask/flask/app.py`.
///
/// The folder is `MARGINALIA_CORPUS`, or the one that was prepared.
pub fn packages() -> Result<Vec<(PathBuf, String)>, String> {
    let root = env::var_os("MARGINALIA_CORPUS").map_or_else(|| folder().join("corpus"), PathBuf::from);
    let count = fs::read_dir(&root).map_or(0, Iterator::count);
    if count < 12 {
        return Err(
            "there is no corpus of packages; tests/quality/prepare downloads it, or MARGINALIA_CORPUS names it"
                .to_owned(),
        );
    }
    Ok(named(&root, python_files(&root), ""))
}

/// The standard library's files with their names: `Lib/asyncio/tasks.py`.
pub fn standard_library_named() -> Vec<(PathBuf, String)> {
    let files = standard_library();
    let root = files.iter().find(|file| file.ends_with("abc.py")).and_then(|file| file.parent());
    let root = root.map(Path::to_path_buf).unwrap_or_default();
    named(&root, files, "Lib/")
}

fn named(root: &Path, files: Vec<PathBuf>, prefix: &str) -> Vec<(PathBuf, String)> {
    let name = |file: &Path| format!("{prefix}{}", file.strip_prefix(root).unwrap_or(file).display());
    files.into_iter().map(|file| (file.clone(), name(&file))).collect()
}

/// Does some analysis work on each item, on as many threads as there are cores.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let (sender, receiver) = channel();
    scope(|scope| {
        for first in 0..threads {
            let (sender, work) = (sender.clone(), &work);
            let thread = std::thread::Builder::new().stack_size(256 << 20);
            thread
                .spawn_scoped(scope, move || {
                    for (at, item) in items.iter().enumerate().skip(first).step_by(threads) {
                        sender.send((at, work(item))).unwrap();
                    }
                })
                .unwrap();
        }
    });
    drop(sender);
    let mut results: Vec<(usize, R)> = receiver.into_iter().collect();
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Replaces what stands between `<!-- NAME -->` and `<!-- /NAME -->` in docs/quality.md.
pub fn write_table(name: &str, table: &str) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/quality.md");
    let text = fs::read_to_string(&page).unwrap();
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let start = text.find(&open).expect("the mark where the table starts") + open.len();
    let end = text.find(&close).expect("the mark where the table ends");
    fs::write(page, format!("{}\n{}\n{}", &text[..start], table.trim_end(), &text[end..])).unwrap();
}
