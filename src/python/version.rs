//! Python versions, as notes and settings name them.
//!
//! This file stands on its own (the build reads it too).

use std::fmt;
use std::str::FromStr;

/// A Python language version such as 3.11.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PythonVersion {
    /// The first number.
    pub major: u8,
    /// The second number.
    pub minor: u8,
}

impl PythonVersion {
    /// Python 3.8, the oldest version the notes speak of.
    pub const OLDEST: Self = Self { major: 3, minor: 8 };
    /// The newest version the notes speak of; assumed where a project says nothing.
    pub const NEWEST: Self = Self { major: 3, minor: 14 };

    /// Python 3.`minor`.
    pub const fn three(minor: u8) -> Self {
        Self { major: 3, minor }
    }
}

impl fmt::Display for PythonVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// The text is no version of the form `3.11`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAVersion(pub String);

impl fmt::Display for NotAVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a Python version such as \"3.11\"", self.0)
    }
}

impl std::error::Error for NotAVersion {}

impl FromStr for PythonVersion {
    type Err = NotAVersion;

    /// Reads `3.11`; a third number (`3.11.4`) is accepted and ignored.
    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let mut parts = text.split('.').map(str::parse::<u8>);
        match (parts.next(), parts.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => Ok(Self { major, minor }),
            _ => Err(NotAVersion(text.to_owned())),
        }
    }
}
