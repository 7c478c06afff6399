//! What several tests need.

pub mod asking;
pub mod client;
pub mod corpus;
pub mod epub;
pub mod positions;
pub mod process;
pub mod program;
pub mod typing;

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs analysis work as the program does: on a thread with a large stack.
pub fn on_big_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(work).expect("a thread starts");
    thread.join().expect("the work does not panic")
}

/// The Python files of the local interpreter's standard library, sorted; site-packages are left out.
///
/// Panics when there is no `python3`: the tests need one.
pub fn standard_library() -> Vec<PathBuf> {
    let output = Command::new("python3")
        .args(["-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"])
        .output()
        .expect("python3 is on the PATH");
    let root = String::from_utf8(output.stdout).expect("a path in UTF-8");
    python_files(&PathBuf::from(root.trim()))
}

/// The Python files below a folder, sorted; site-packages are left out.
pub fn python_files(root: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            let name = entry.file_name();
            if path.is_dir() {
                if name != "site-packages" && name != "__pycache__" {
                    open.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "py") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// A number of the environment.
pub fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// A small random number generator (xorshift), so that a failing run can be repeated.
pub struct Random(u64);

impl Random {
    /// The same seed gives the same numbers.
    pub fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    /// One of many rows of numbers that have nothing to do with each other.
    pub fn row(seed: u64, row: u64) -> Self {
        // As splitmix64 does it.
        let mut mixed = seed.wrapping_add(row.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Self::new(mixed ^ (mixed >> 31))
    }

    /// A number below `limit`, which must not be 0.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}
