"""Drives a real Helix in a private tmux, with the configuration that editors/helix ships."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]


class Failed(Exception):
    pass


class Helix:
    """A Helix in a terminal of its own."""

    def __init__(self, command: str, folder: Path, second: bool = False):
        """With `second`, the other list of servers that editors/helix/languages.toml offers."""
        self.socket = str(folder / "tmux.sock")
        config = folder / "config" / "helix"
        config.mkdir(parents=True)
        shipped = (ROOT / "editors" / "helix" / "languages.toml").read_text()
        if second:
            first, other = (line for line in shipped.splitlines() if line.lstrip("# ").startswith("language-servers"))
            shipped = shipped.replace(first + "\n", "").replace(other, other.removeprefix("# "))
        (config / "languages.toml").write_text(shipped)
        (config / "config.toml").write_text('[editor]\nend-of-line-diagnostics = "hint"\n')
        project = folder / "project"
        project.mkdir()
        self.file = project / "sample.py"
        shutil.copy(HERE / "sample.py", self.file)
        self.environment = dict(
            os.environ,
            XDG_CONFIG_HOME=str(folder / "config"),
            XDG_CACHE_HOME=str(folder / "cache"),
            TERM="xterm-256color",
            LANG="C.UTF-8",
        )
        self.tmux("new-session", "-d", "-x", "140", "-y", "40", "-c", str(project), f"{command} sample.py")

    def tmux(self, *arguments: str) -> str:
        command = ["tmux", "-f", "/dev/null", "-S", self.socket, *arguments]
        done = subprocess.run(command, env=self.environment, text=True, capture_output=True, check=True)
        return done.stdout

    def screen(self) -> str:
        return self.tmux("capture-pane", "-p")

    def keys(self, *keys: str) -> None:
        """Presses keys. After `Escape` wait for what it does: a terminal cannot tell `Escape`, `:` from `Alt-:`."""
        for key in keys:
            literal = ["-l"] if key.startswith(":") else []
            self.tmux("send-keys", *literal, key)

    def wait(self, what: str, condition) -> None:
        """Waits until the screen meets a condition."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if condition(self.screen()):
                print("ok     ", what)
                return
            time.sleep(0.1)
        raise Failed(f"{what}: not within 30 s\n{self.screen()}")

    def close(self) -> None:
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], capture_output=True)


def test(helix: Helix) -> int:
    passed = 0

    def expect(what, condition):
        nonlocal passed
        helix.wait(what, condition)
        passed += 1

    expect("the file opens", lambda screen: "def collect" in screen)
    expect("the finding is shown at the line's end", lambda screen: "§4.3.3" in screen)

    helix.keys(":10", "Enter", "g", "h", "f", "G")
    expect("the cursor is on the TaskGroup", lambda screen: "10:28" in screen)
    helix.keys("Space", "k")
    expect("the hover tells of the section", lambda screen: "16.7.4" in screen)
    helix.keys("Escape")
    expect("the hover is closed", lambda screen: "16.7.4" not in screen)
    helix.keys(":4", "Enter", "g", "h", "f", "[")
    expect("the cursor is on the default", lambda screen: " 4:24" in screen)
    helix.keys("Space", "a")
    expect("the fix is offered", lambda screen: "Use `None`" in screen)
    expect("and the section", lambda screen: "Read §4.3.3" in screen)
    helix.keys("Tab", "Enter")
    expect("the section opens as a buffer", lambda screen: "4.3.3.md" in screen and "Mutability" in screen)
    helix.keys(":buffer-close", "Enter")
    expect("which is closed again", lambda screen: "def collect" in screen)
    helix.keys("Space", "a")
    expect("the fix is offered still", lambda screen: "Use `None`" in screen)
    helix.keys("Enter")
    expect("the fix is applied", lambda screen: "seen=None" in screen)
    expect("the finding is gone", lambda screen: "§4.3.3" not in screen)
    helix.keys(":write", "Enter")
    expect("the file is written", lambda _: "seen=None" in helix.file.read_text())
    helix.keys(":quit!", "Enter")
    return passed


def test_without_hovers(helix: Helix) -> int:
    """The list of servers that leaves hovers to a type checker."""
    helix.wait("the finding is shown", lambda screen: "§4.3.3" in screen)

    helix.keys(":10", "Enter", "g", "h", "f", "G", "Space", "k")
    helix.wait("no hover is asked for", lambda screen: "No configured language server supports hover" in screen)
    helix.keys(":quit!", "Enter")
    return 2


def main() -> int:
    passed = 0
    for second, steps in ((False, test), (True, test_without_hovers)):
        found = run(second, steps)
        if found is None:
            return 1
        passed += found
    print(f"{passed} passed, 0 failed")
    return 0


def run(second: bool, steps) -> int | None:
    with tempfile.TemporaryDirectory(prefix="helix-") as folder:
        helix = Helix(sys.argv[1], Path(folder), second)
        try:
            return steps(helix)
        except Failed as fault:
            print("FAILED ", fault)
            log = Path(folder) / "cache" / "helix" / "helix.log"
            print(log.read_text()[-2000:] if log.exists() else "no log")
            print("0 passed, 1 failed")
            return None
        finally:
            helix.close()


if __name__ == "__main__":
    sys.exit(main())
