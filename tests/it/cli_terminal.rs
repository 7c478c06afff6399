//! The program on a terminal, which Python's `pty` plays.

use std::process::Command;

use crate::support::program::Folder;

/// Runs a command on a terminal with so many columns, and prints what it shows.
const TERMINAL: &str = "
import fcntl, os, pty, struct, sys, termios
columns, command = int(sys.argv[1]), sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
    os.execv(command[0], command)
shown = b''
while True:
    try:
        part = os.read(terminal, 65536)
    except OSError:
        break
    if not part:
        break
    shown += part
os.waitpid(pid, 0)
sys.stdout.buffer.write(shown.replace(b'\\r\\n', b'\\n'))
";

fn on_terminal(folder: &Folder, columns: usize, arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let mut command = Command::new("python3");
    command.args(["-c", TERMINAL, &columns.to_string(), env!("CARGO_BIN_EXE_marginalia")]).args(arguments);
    command.current_dir(folder.path("")).env("TERM", "xterm-256color");
    // A user's terminal is no build machine, on which colour is taken to be wanted.
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
        command.env_remove(variable);
    }
    let output = command.envs(environment.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn tour() -> Folder {
    Folder::new(&[(
        "tour.py",
        "import asyncio\n\nasync def main():\n    async with asyncio.TaskGroup() as group:\n        pass\n",
    )])
}

#[test]
fn there_is_colour_unless_the_user_wants_none() {
    let tour = tour();
    assert!(on_terminal(&tour, 100, &["annotate", "tour.py"], &[]).contains("\x1b[36m§16.7.4"));
    for environment in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let text = on_terminal(&tour, 100, &["annotate", "tour.py"], &[environment]);
        assert!(text.contains("§16.7.4") && !text.contains('\x1b'), "{environment:?}: {text:?}");
    }
    assert!(!on_terminal(&tour, 100, &["annotate", "tour.py", "--color", "never"], &[]).contains('\x1b'));
    let error = on_terminal(&tour, 100, &["annotate", "gone.py"], &[]);
    assert!(error.starts_with("\x1b[1m\x1b[31merror:\x1b[0m there is no file gone.py"), "{error:?}");
}

#[test]
fn the_terminals_width_is_used() {
    let tour = tour();
    let wide = on_terminal(&tour, 110, &["annotate", "tour.py", "--color", "never"], &[]);
    assert!(wide.contains("§16.7.4 TaskGroup · §16.9 Async Context Managers\n"), "{wide}");
    let narrow = on_terminal(&tour, 50, &["annotate", "tour.py", "--color", "never"], &[]);
    assert!(narrow.contains("\n        ↳ §16.7.4 TaskGroup"), "{narrow}");
    assert!(narrow.lines().all(|line| line.chars().count() <= 50), "{narrow}");
}

/// The tour of the repository, which is what people try first.
#[test]
fn a_margin_is_at_home_on_narrow_and_wide_terminals_and_in_pipes() {
    let text = include_str!("../../examples/tour.py");
    let folder = Folder::new(&[("tour.py", text)]);
    let width = |line: &str| line.chars().count();
    for columns in [80, 200] {
        let shown = on_terminal(&folder, columns, &["annotate", "tour.py", "--color", "never"], &[]);
        let noted: Vec<&str> = shown.lines().filter(|line| line.contains(['§', '⚑'])).collect();
        assert!(noted.len() > 20, "{shown}");
        assert!(shown.lines().all(|line| width(line) <= columns), "wider than {columns}:\n{shown}");
        let margins: Vec<usize> = noted.iter().map(|line| width(line.split(['§', '⚑']).next().unwrap())).collect();
        assert!(margins.iter().all(|margin| *margin == margins[0]), "the margin is no straight line:\n{shown}");
        let numbered = shown.lines().filter(|line| !line.starts_with("    "));
        let code = numbered.map(|line| line.split(['§', '⚑']).next().unwrap().get(4..).unwrap_or_default().trim_end());
        assert_eq!(code.collect::<Vec<_>>(), text.lines().collect::<Vec<_>>(), "{shown}");
        let below = shown.lines().filter(|line| line.starts_with("    ") && line.contains('§')).count();
        assert!(
            if columns == 80 { below < noted.len() * 2 / 3 } else { below == 0 },
            "{below} notes stand below:\n{shown}"
        );
    }
    let piped = folder.run(&["annotate", "tour.py"]).ok();
    assert!(!piped.contains('\x1b') && piped.lines().all(|line| width(line) <= 100), "{piped}");
}

#[test]
fn long_work_shows_how_far_it_is_and_leaves_nothing_behind() {
    let names: Vec<String> = (0..150).map(|number| format!("m{number}.py")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (&**name, "import asyncio\n")).collect();
    let folder = Folder::new(&files);
    for command in ["reading-list", "check"] {
        let shown = on_terminal(&folder, 80, &[command, "--color", "never"], &[]);
        let bars = shown.matches(" of 150 files").count();
        // Findings that stream by are progress enough.
        assert_eq!(bars > 0, command == "reading-list", "{command}: {shown:?}");
        let last = shown.rsplit("\x1b[2K").next().unwrap();
        assert!(!last.contains(" of 150 files"), "{command}: {shown:?}");
    }
}

#[test]
fn a_page_is_set_for_reading_and_a_list_has_a_line_each() {
    let folder = Folder::empty();
    let page = on_terminal(&folder, 60, &["explain", "16.7.4", "--color", "never"], &[]);
    assert!(page.starts_with("§16.7.4 TaskGroup (Python 3.11+)\n"), "{page}");
    let prose = page.lines().filter(|line| !line.starts_with("    "));
    assert!(prose.clone().all(|line| line.chars().count() <= 60), "{page}");
    let list = on_terminal(&folder, 60, &["explain", "mutable", "default", "values", "--color", "never"], &[]);
    assert!(list.lines().all(|line| line.chars().count() <= 70), "{list}");
}
