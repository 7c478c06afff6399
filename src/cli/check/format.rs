//! How findings are printed: one file per format.

mod github;
mod json;
mod sarif;
mod text;

use std::io::{self, Write};

use super::file::Checked;
use super::{Problem, Totals};
use crate::cli::output::Output;

/// The formats, as they are named on the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::cli) enum FormatName {
    #[default]
    Text,
    Json,
    Sarif,
    Github,
}

/// A format. Files are rendered on many threads, and written by one.
pub(super) trait Format: Sync {
    /// What there is to say about a file with findings.
    fn file(&self, checked: &Checked) -> String;

    /// Writes what [`Self::file`] made of the next file; `first` of the first one.
    fn write(&self, file: &str, first: bool, out: &mut Output) -> io::Result<()>;

    /// Writes what comes before all files.
    fn begin(&self, out: &mut Output) -> io::Result<()>;

    /// Writes what comes after all files.
    fn end(&self, totals: &Totals, problems: &[Problem], out: &mut Output) -> io::Result<()>;
}

impl FormatName {
    /// `width` is that of a text.
    pub fn format(self, width: usize) -> Box<dyn Format> {
        match self {
            Self::Text => Box::new(text::Text::new(width)),
            Self::Json => Box::new(json::Json),
            Self::Sarif => Box::new(sarif::Sarif::new()),
            Self::Github => Box::new(github::Github),
        }
    }
}

fn write_all(text: &str, out: &mut Output) -> io::Result<()> {
    out.write_all(text.as_bytes())
}
