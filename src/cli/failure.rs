//! How a subcommand ends.

use std::process::ExitCode;
use std::{fmt, io};

/// The exit status of a subcommand that could do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    /// Nothing was found, or nothing was sought.
    Clean = 0,
    /// Something was found.
    Findings = 1,
    /// Part of the work could not be done, and that was said.
    Trouble = 2,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}

/// What ends a subcommand early.
#[derive(Debug)]
pub(super) enum Failure {
    /// Something that the user can put right; a sentence that says what to do.
    Message(String),
    /// The output could not be written.
    Output(io::Error),
}

impl Failure {
    pub fn new(message: impl Into<String>) -> Self {
        Self::Message(message.into())
    }
}

impl From<io::Error> for Failure {
    fn from(fault: io::Error) -> Self {
        Self::Output(fault)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(message) => f.write_str(message),
            Self::Output(fault) => write!(f, "cannot write the output: {fault}"),
        }
    }
}

/// What a subcommand returns.
pub(super) type Outcome = Result<Status, Failure>;
