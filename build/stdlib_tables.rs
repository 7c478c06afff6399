//! Makes the tables of `src/python/stdlib.rs` from the text files under `data/`.

use std::path::Path;
use std::{fs, io};

/// Writes `stdlib.rs` into the build's output folder.
pub fn write(out: &Path) -> io::Result<()> {
    let empty = "static CLASSES: &[(&str, &[&str])] = &[];\nstatic FUNCTIONS: &[(&str, &str)] = &[];\n\
        static VARIABLES: &[(&str, &str)] = &[];\nstatic MEMBERS: &[(&str, &str, bool, &str)] = &[];\n\
        static EXPORTS: &[(&str, &[&str])] = &[];\n";
    fs::write(out.join("stdlib.rs"), empty)
}
