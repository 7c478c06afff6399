//! Runs the real program in a folder of its own.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The program that is tested.
pub fn binary() -> Command {
    Command::new(env!("CARGO_BIN_EXE_marginalia"))
}

/// A folder with files, removed at the end.
pub struct Folder(tempfile::TempDir);

/// What a run of the program left behind.
#[derive(Debug)]
pub struct Run {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Folder {
    /// With these files; folders are made as needed.
    pub fn new<T: AsRef<[u8]>>(files: &[(&str, T)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, content) in files {
            let path = folder.path(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        folder
    }

    /// Without files.
    pub fn empty() -> Self {
        Self::new::<&str>(&[])
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs the program here.
    pub fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, b"")
    }

    /// Runs the program here with this on its standard input.
    pub fn run_with(&self, arguments: &[&str], stdin: &[u8]) -> Run {
        let mut child = command(self.0.path(), arguments).spawn().unwrap();
        // The program may end without reading its input.
        let _unread = child.stdin.take().unwrap().write_all(stdin);
        let output = child.wait_with_output().unwrap();
        Run {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The program in a folder, everything piped, without what a user's environment says about colour.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = binary();
    command.args(arguments).current_dir(folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command
}

/// Runs the program where there are no files.
pub fn run(arguments: &[&str]) -> Run {
    Folder::empty().run(arguments)
}

impl Run {
    /// The output of a run that was asked for nothing but a look.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!((self.status, &*self.stderr), (0, ""), "{}", self.stdout);
        self.stdout
    }

    /// The output as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|fault| panic!("{fault}: {self:?}"))
    }

    /// The one line that says why nothing could be done.
    #[track_caller]
    pub fn error(&self) -> &str {
        assert_eq!((self.status, &*self.stdout), (2, ""), "{}", self.stderr);
        let line = self.stderr.strip_suffix('\n').unwrap();
        assert!(!line.contains('\n'), "{line}");
        line.strip_prefix("error: ").unwrap_or_else(|| panic!("{line}"))
    }
}
