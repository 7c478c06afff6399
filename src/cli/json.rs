//! The shapes of JSON that several subcommands share. They are promised: what is here does not change its meaning.

use std::io::{self, Write};

use serde::Serialize;

/// Writes a value as indented JSON and a line break.
pub(super) fn write(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}
