//! `marginalia check --fix` and `--diff`

use std::fs;
use std::process::{Command, Stdio};

use crate::support::program::{Folder, binary};

const BEFORE: &str = "import asyncio\r\n\r\nasync def main(seen=[]):\r\n    return asyncio.get_event_loop(), seen";
const AFTER: &str = "import asyncio\r\n\r\nasync def main(seen=[]):\r\n    return asyncio.get_running_loop(), seen";

fn read(folder: &Folder, name: &str) -> String {
    fs::read_to_string(folder.path(name)).unwrap()
}

#[test]
fn fix_changes_what_is_safe_and_tells_what_is_left() {
    let folder = Folder::new(&[("a.py", BEFORE), ("b.py", AFTER)]);
    let run = folder.run(&["check", "--fix", "--select", "async,4.3.3"]);
    assert_eq!((run.status, &*run.stderr), (1, ""));
    assert_eq!(read(&folder, "a.py"), AFTER);
    assert!(run.stdout.contains("[mutable-default-argument]"), "{}", run.stdout);
    assert!(run.stdout.ends_with("\nFixed 1 finding. 2 findings in 2 files.\n"), "{}", run.stdout);
    let again = folder.run(&["check", "--fix", "--select", "async"]);
    assert_eq!(again.ok(), "No findings in 2 files.\n");
}

#[test]
fn fixes_that_leave_nothing_are_a_success() {
    let folder = Folder::new(&[("a.py", BEFORE)]);
    assert_eq!(folder.run(&["check", "--fix", "--select", "async"]).ok(), "Fixed 1 finding. None left in 1 file.\n");
}

#[test]
fn a_file_without_a_safe_fix_is_not_written() {
    let folder = Folder::new(&[("a.py", AFTER)]);
    let written = |folder: &Folder| fs::metadata(folder.path("a.py")).unwrap().modified().unwrap();
    let before = written(&folder);
    folder.run(&["check", "--fix"]);
    assert_eq!(written(&folder), before);
}

#[test]
fn a_file_that_cannot_be_written_is_an_error_and_stays_whole() {
    let folder = Folder::new(&[("a.py", BEFORE)]);
    let mut permissions = fs::metadata(folder.path("a.py")).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(folder.path("a.py"), permissions).unwrap();
    if fs::OpenOptions::new().write(true).open(folder.path("a.py")).is_ok() {
        // The superuser can write anything.
        return;
    }
    let run = folder.run(&["check", "--fix", "--select", "async"]);
    assert_eq!(run.status, 2);
    assert_eq!(run.stderr, "error: cannot write a.py: Permission denied\n");
    assert_eq!(read(&folder, "a.py"), BEFORE);
}

#[cfg(unix)]
#[test]
fn a_run_that_is_killed_while_it_writes_leaves_the_file_whole() {
    let long = format!("{BEFORE}\r\n{}", "# a comment\r\n".repeat(20_000));
    let folder = Folder::new(&[("a.py", &long)]);
    // The system ends a program that writes more than it may: here in the middle of the file.
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -c 0; ulimit -f 100; exec \"$0\" \"$@\""]).current_dir(folder.path(""));
    shell.arg(binary().get_program()).args(["check", "--fix", "--select", "async"]);
    let output = shell.output().unwrap();
    assert_eq!(output.status.code(), None, "it was not killed: {output:?}");
    assert_eq!(read(&folder, "a.py"), long);
    // And what it left behind is in nobody's way.
    assert_eq!(folder.run(&["check", "--fix", "--select", "async"]).status, 0);
    assert_eq!(read(&folder, "a.py"), long.replace("get_event_loop", "get_running_loop"));
}

#[test]
fn a_diff_shows_what_fix_would_do_and_can_be_applied() {
    let folder = Folder::new(&[("src/a.py", BEFORE), ("src/b.py", AFTER)]);
    let run = folder.run(&["check", "--diff", "--select", "async", "src"]);
    assert_eq!((run.status, &*run.stderr), (1, "note: `--fix` puts 1 finding right\n"));
    let expected = "\
--- src/a.py
+++ src/a.py
@@ -1,4 +1,4 @@
 import asyncio\r
 \r
 async def main(seen=[]):\r
-    return asyncio.get_event_loop(), seen
\\ No newline at end of file
+    return asyncio.get_running_loop(), seen
\\ No newline at end of file
";
    assert_eq!(run.stdout, expected);
    assert_eq!(read(&folder, "src/a.py"), BEFORE, "a diff changes nothing");

    let mut git = Command::new("git");
    git.args(["apply", "-p0", "-"]).current_dir(folder.path("")).stdin(Stdio::piped());
    let mut git = git.spawn().unwrap();
    std::io::Write::write_all(&mut git.stdin.take().unwrap(), run.stdout.as_bytes()).unwrap();
    assert!(git.wait().unwrap().success());
    assert_eq!(read(&folder, "src/a.py"), AFTER);
    assert_eq!(folder.run(&["check", "--diff", "--select", "async", "src"]).ok(), "", "nothing more to do");
}

#[test]
fn standard_input_comes_out_fixed_and_the_rest_is_said_beside_it() {
    let folder = Folder::empty();
    let fix = |text: &str| folder.run_with(&["check", "--fix", "-"], text.as_bytes());
    let run = fix(BEFORE);
    assert_eq!((run.status, &*run.stdout), (1, AFTER));
    assert!(run.stderr.contains("[mutable-default-argument]"), "{}", run.stderr);
    let broken = "def f(:\n";
    let run = fix(broken);
    assert_eq!((run.status, &*run.stdout), (2, broken), "what cannot be read comes out as it went in");
}

#[test]
fn json_says_how_to_make_the_fix() {
    let folder = Folder::new(&[("a.py", BEFORE)]);
    let json = folder.run(&["check", "--format", "json", "--select", "async"]).json();
    let fix = &json["findings"][0]["fix"];
    assert_eq!((&fix["kind"], fix["edits"].as_array().unwrap().len()), (&"safe".into(), 1));
    let edit = &fix["edits"][0];
    let offset = |end: &str| usize::try_from(edit["range"][end]["offset"].as_u64().unwrap()).unwrap();
    let text = edit["text"].as_str().unwrap();
    assert_eq!(format!("{}{text}{}", &BEFORE[..offset("start")], &BEFORE[offset("end")..]), AFTER);
}
