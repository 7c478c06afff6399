//! Folders that no project should have: every run ends, says what it could not read, and checks the rest.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::support::corpus::skip;
use crate::support::program::{Folder, command};

const MUTABLE: &str = "def f(a=[]): pass\n";

/// Runs `marginalia check --format json` in a folder: the exit status, the files with findings, what was said. A run that
/// does not end is killed after two minutes, which is no measure of speed.
#[track_caller]
fn check(folder: &Folder, arguments: &[&str]) -> (i32, Vec<String>, String) {
    let output = Folder::empty();
    let [stdout, stderr] = ["stdout", "stderr"].map(|name| output.path(name));
    let mut program = command(&folder.path(""), &["check", "--format", "json"]);
    program.args(arguments).stdin(std::process::Stdio::null());
    program.stdout(fs::File::create(&stdout).unwrap()).stderr(fs::File::create(&stderr).unwrap());
    let mut child = program.spawn().unwrap();
    let mut status = None;
    for _ in 0..1_200 {
        status = child.try_wait().unwrap();
        if status.is_some() {
            break;
        }
        thread::sleep(Duration::from_millis(100));
    }
    if status.is_none() {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let [out, err] = [&stdout, &stderr].map(|path| fs::read_to_string(path).unwrap());
    let status =
        status.unwrap_or_else(|| panic!("it does not end; it had said {err}")).code().expect("it was not killed");
    let json: Value = serde_json::from_str(&out).unwrap_or_else(|fault| panic!("{fault}: {out}{err}"));
    let path = |finding: &Value| finding["path"].as_str().unwrap().to_owned();
    let mut paths: Vec<_> = json["findings"].as_array().unwrap().iter().map(path).collect();
    paths.dedup();
    (status, paths, err)
}

#[test]
fn ten_thousand_files_are_checked() {
    let folder = Folder::empty();
    let mut expected = Vec::new();
    for package in 0..100 {
        fs::create_dir(folder.path(&format!("p{package:02}"))).unwrap();
        for module in 0..100 {
            let name = format!("p{package:02}/m{module:02}.py");
            fs::write(folder.path(&name), if module == 50 { MUTABLE } else { "x = 1\n" }).unwrap();
            expected.extend((module == 50).then_some(name));
        }
    }
    let (status, paths, said) = check(&folder, &["--select", "mutable-default-argument"]);
    assert_eq!((status, said.as_str()), (1, ""));
    assert_eq!(paths, expected);
}

#[cfg(unix)]
#[test]
fn links_that_lead_in_circles_or_nowhere_are_not_followed() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new(&[("a/one.py", MUTABLE), ("a/b/two.py", MUTABLE)]);
    symlink("..", folder.path("a/b/up")).unwrap();
    symlink("../a", folder.path("a/again")).unwrap();
    symlink("self.py", folder.path("a/self.py")).unwrap();
    symlink("nowhere.py", folder.path("a/dangling.py")).unwrap();
    symlink("/dev/zero", folder.path("a/zero.py")).unwrap();
    let (status, paths, said) = check(&folder, &["."]);
    assert_eq!((status, paths, said.as_str()), (1, vec!["a/b/two.py".to_owned(), "a/one.py".to_owned()], ""));

    // Named, they are looked at, and the one that leads to itself is an error.
    let (status, paths, said) = check(&folder, &["a/self.py", "a/dangling.py", "a/b/up/one.py"]);
    assert_eq!((status, paths.len()), (2, 1), "{said}");
    assert_eq!(said.lines().count(), 2, "{said}");
}

#[cfg(unix)]
#[test]
fn files_that_may_not_be_read_are_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new(&[("closed.py", MUTABLE), ("open.py", MUTABLE), ("shut/inside.py", MUTABLE)]);
    for name in ["closed.py", "shut"] {
        fs::set_permissions(folder.path(name), fs::Permissions::from_mode(0o000)).unwrap();
    }
    if fs::read(folder.path("closed.py")).is_ok() {
        skip("files_that_may_not_be_read_are_named", "this user may read everything");
    } else {
        let (status, paths, said) = check(&folder, &["."]);
        assert_eq!((status, paths), (2, vec!["open.py".to_owned()]), "{said}");
        assert!(said.contains("closed.py") && said.contains("shut"), "{said}");
    }
    // So that the folder can be removed.
    fs::set_permissions(folder.path("shut"), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn files_that_vanish_and_change_while_they_are_checked_end_nothing() {
    let folder = Folder::empty();
    for module in 0..1_500 {
        fs::write(folder.path(&format!("m{module:04}.py")), MUTABLE).unwrap();
    }
    thread::scope(|scope| {
        scope.spawn(|| {
            for module in (0..1_500).rev() {
                let path = folder.path(&format!("m{module:04}.py"));
                match module % 3 {
                    0 => fs::remove_file(path).unwrap(),
                    1 => fs::write(path, "def f(\0 \r x = '").unwrap(),
                    _ => {}
                }
                if module % 10 == 0 {
                    thread::sleep(Duration::from_millis(5));
                }
            }
        });
        let (status, paths, said) = check(&folder, &["."]);
        assert!(status == 1 || status == 2, "{said}");
        // A third of them is not touched.
        assert!(paths.len() >= 500, "{}", paths.len());
        assert!(
            paths
                .iter()
                .filter(|path| path.trim_end_matches(".py").trim_start_matches('m').parse::<u32>().unwrap() % 3 == 2)
                .count()
                == 500
        );
    });
}

#[cfg(unix)]
#[test]
fn settings_and_books_that_are_pipes_or_devices_do_not_hold_a_run_up() {
    let folder = Folder::new(&[
        ("a/marginalia.toml", "book.path = '/dev/zero'\nbooks = ['/dev', 'b']\n"),
        ("a/ruff.toml", "extend = '/dev/zero'\n"),
        ("a/one.py", MUTABLE),
        ("b/two.py", MUTABLE),
    ]);
    for name in ["b/pyproject.toml", "b/book.toml", "b/pipe.md", "b/pipe.py"] {
        let made = Command::new("mkfifo").arg(folder.path(name)).status();
        if !made.is_ok_and(|status| status.success()) {
            return skip("settings_and_books_that_are_pipes", "there is no mkfifo");
        }
    }
    let (status, paths, said) = check(&folder, &["a", "b"]);
    assert_eq!((status, paths), (1, vec!["a/one.py".to_owned(), "b/two.py".to_owned()]), "{said}");
}

#[test]
fn bytes_that_are_no_text_are_named_with_their_line() {
    let folder = Folder::new(&[
        ("utf16.py", &b"\xff\xfex\0 \0=\0 \x001\0"[..]),
        ("latin.py", b"x = 1\r\n# caf\xe9\r\n"),
        ("cut.py", b"x = '\xf0\x9f\x98'\n"),
        ("surrogate.py", b"x = '\xed\xa0\xbd'\n"),
        ("good.py", MUTABLE.as_bytes()),
    ]);
    let (status, paths, said) = check(&folder, &["."]);
    assert_eq!((status, paths), (2, vec!["good.py".to_owned()]));
    for (name, line) in [("utf16.py", 1), ("latin.py", 2), ("cut.py", 1), ("surrogate.py", 1)] {
        let place = said.lines().find(|text| text.contains(name)).unwrap_or_else(|| panic!("{name}: {said}"));
        assert!(place.contains(&format!("in line {line})")), "{place}");
    }
    assert_eq!(said.lines().count(), 4, "{said}");
}
