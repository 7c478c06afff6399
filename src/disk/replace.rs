//! A file that is given another text has the old one or the new one, whatever happens in between: the program may be
//! killed, the disk may be full.

use std::ffi::OsString;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::{fs, process};

/// Gives an existing file another text in one step. Where that would change more than the text it is written in place:
/// it has other names, belongs to somebody else, or its folder takes no files.
pub(crate) fn replace_file(path: &Path, text: &[u8]) -> io::Result<()> {
    // A link goes on leading to it.
    let path = fs::canonicalize(path)?;
    // Who may not write a file may not replace it either.
    let old = OpenOptions::new().write(true).open(&path)?.metadata()?;
    let Some((draft, file)) = draft(&path, &old) else { return fs::write(path, text) };
    let written = fill(file, text, &old).and_then(|()| fs::rename(&draft, &path));
    written.inspect_err(|_| drop(fs::remove_file(&draft)))
}

/// A new file beside one that it can take the place of.
fn draft(path: &Path, old: &Metadata) -> Option<(PathBuf, File)> {
    let mut name = OsString::from(".");
    name.push(path.file_name()?);
    name.push(format!(".{}.tmp", process::id()));
    let draft = path.with_file_name(name);
    let file = File::create_new(&draft).ok()?;
    if file.metadata().is_ok_and(|new| can_replace(&new, old)) {
        return Some((draft, file));
    }
    drop(fs::remove_file(&draft));
    None
}

#[cfg(unix)]
fn can_replace(new: &Metadata, old: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    old.nlink() == 1 && (new.uid(), new.gid()) == (old.uid(), old.gid())
}

#[cfg(not(unix))]
fn can_replace(_new: &Metadata, _old: &Metadata) -> bool {
    true
}

fn fill(mut file: File, text: &[u8], old: &Metadata) -> io::Result<()> {
    file.write_all(text)?;
    file.set_permissions(old.permissions())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    #[test]
    fn only_the_text_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a.py"), "old").unwrap();
        fs::set_permissions(path("a.py"), fs::Permissions::from_mode(0o751)).unwrap();
        symlink("a.py", path("link.py")).unwrap();
        replace_file(&path("link.py"), b"new").unwrap();
        assert_eq!(fs::read(path("a.py")).unwrap(), b"new");
        assert!(fs::symlink_metadata(path("link.py")).unwrap().is_symlink());
        assert_eq!(fs::metadata(path("a.py")).unwrap().mode() & 0o777, 0o751);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left behind");
    }

    #[test]
    fn the_other_names_of_a_file_have_the_new_text_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a.py"), "old").unwrap();
        fs::hard_link(path("a.py"), path("b.py")).unwrap();
        replace_file(&path("a.py"), b"new").unwrap();
        assert_eq!(fs::read(path("b.py")).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left behind");
    }
}
