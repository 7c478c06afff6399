//! `marginalia book` and `marginalia explain --book`

use std::fs::{self, File};

use crate::book_copy::{forms, small};
use crate::support::program::{Folder, run};

fn small_name() -> String {
    small().to_str().unwrap().to_owned()
}

#[test]
fn a_copy_is_checked() {
    let checked = run(&["book", "check", &small_name()]);
    assert_eq!((checked.status, &*checked.stderr), (1, ""), "sections are missing");
    for part in [
        "small.txt: 6 of 783 sections of ",
        "\n7 damaged characters made whole\n",
        "\n777 missing\n  §1.1\n",
        "\n  and 765 more: --format json lists them all\n",
        "\n1 unknown headings\n  line 43: 16.7.99 A nap that the book does not know\n",
        "\n1 numbers that stand twice\n  §2.4.1\n",
        "\n2 references that lead nowhere\n  line 9: Ch. 2.9.9\n  line 9: Appendix G\n",
    ] {
        assert!(checked.stdout.contains(part), "{part}\n in {}", checked.stdout);
    }
    let json = run(&["book", "check", &small_name(), "--format", "json"]).json();
    assert_eq!((&json["sections"], &json["expected"]), (&6.into(), &783.into()));
    assert_eq!(json["missing"].as_array().unwrap().len(), 777);
    assert_eq!(json["duplicates"], serde_json::json!(["2.4.1"]));
}

#[test]
fn a_copy_in_any_form_is_checked_and_printed() {
    let forms = forms();
    let folder = Folder::new(&forms);
    for (name, _) in &forms {
        let checked = folder.run(&["book", "check", name]);
        assert_eq!((checked.status, &*checked.stderr), (1, ""), "sections are missing");
        assert!(checked.stdout.starts_with(&format!("{name}: 6 of 783 sections of ")), "{}", checked.stdout);
        for part in ["\n7 damaged characters made whole\n", "\n777 missing\n  §1.1\n", "Appendix G\n"] {
            assert!(checked.stdout.contains(part), "{part}\n in {}", checked.stdout);
        }
        assert_eq!(checked.stdout.contains("  line "), !name.contains("epub"), "an EPUB has no lines");
        let json = folder.run(&["book", "check", name, "--format", "json"]).json();
        assert_eq!((&json["sections"], &json["repairs"]), (&6.into(), &7.into()));

        let printed = folder.run(&["explain", &format!("--book={name}"), "16.7.4"]).ok();
        let (heading, body) = printed.split_once('\n').unwrap();
        assert_eq!(heading.trim_start_matches("### "), "16.7.4 A group of naps", "{name}");
        assert!(body.trim_start().starts_with("Naps that were begun together end together,"), "{name}: {body}");
        assert!(body.trim_end().ends_with("Zzz."), "{name}: {body}");
        let set = folder.run(&["--color", "always", "explain", &format!("--book={name}"), "2.4.1"]).ok();
        assert!(set.contains("Told once") && !set.contains("{#") && set.contains("return x"), "{name}: {set}");
    }
}

/// Everything that is no copy ends in one line and status 2.
#[test]
fn what_is_no_copy_is_said_in_one_line() {
    let cut = &crate::support::epub::small()[..1000];
    let folder = Folder::new(&[
        ("empty.txt", &b""[..]),
        ("picture.png", b"\x89PNG\r\n\0\0"),
        ("letter.txt", b"Dear Ann,\n"),
        ("letter.md", b"# Dear Ann,\n"),
        ("cut.epub", cut),
    ]);
    File::create(folder.path("large.txt")).unwrap().set_len(1 << 30).unwrap();
    for (name, reason) in [
        ("missing.txt", "missing.txt: cannot be read: "),
        ("empty.txt", "empty.txt: the file is empty"),
        ("picture.png", "picture.png: the file is not text (byte 0)"),
        ("letter.txt", "letter.txt: none of the book's numbered sections was found"),
        ("letter.md", "letter.md: none of the book's numbered sections was found"),
        ("cut.epub", "cut.epub: the EPUB is damaged or cut off: "),
        ("large.txt", "large.txt: the file has 1073741824 bytes; a copy of the book has at most "),
    ] {
        let checked = folder.run(&["book", "check", name]);
        assert!(checked.error().starts_with(reason), "{checked:?}");
        let explained = folder.run(&["explain", &format!("--book={name}"), "16.7.4"]);
        assert!(explained.error().starts_with(reason), "{explained:?}");
        folder.run(&["explain", "16.7.4"]).ok();
    }
}

#[test]
fn a_section_is_printed_from_the_copy() {
    let expected = "16.7.4 A group of naps\nNaps that were begun together end together,\n";
    let named = format!("--book={}", small_name());
    assert!(run(&["explain", &named, "§16.7.4"]).ok().starts_with(expected));
    assert!(run(&["explain", &named, "asyncio.TaskGroup"]).ok().starts_with(expected));

    let folder = Folder::new(&[("marginalia.toml", "book.path = 'copy.txt'\n")]);
    fs::copy(small(), folder.path("copy.txt")).unwrap();
    assert!(folder.run(&["explain", "--book", "16.7.4"]).ok().starts_with(expected));
    assert!(folder.run(&["explain", "--book", "16.8"]).error().ends_with("copy.txt: §16.8 is not in it"));
    assert!(run(&["explain", "--book", "16.7.4"]).error().starts_with("no copy of the book is known; set `book.path`"));
}

#[test]
fn a_book_of_ones_own_is_begun_and_works() {
    let folder = Folder::new(&[("marginalia.toml", "books = ['Team Handbook']\n"), ("a.py", CALL)]);
    let said = folder.run(&["book", "new", "Team Handbook"]).ok();
    assert!(said.starts_with("Team handbook is in Team Handbook."), "{said}");
    let checked = folder.run(&["book", "check", "Team Handbook"]).ok();
    assert_eq!(checked, "Team handbook: 1 section, 1 note, 1 rule, 0 problems\n");
    let found = folder.run(&["check", "a.py"]);
    assert_eq!((found.status, &*found.stderr), (1, ""), "{}", found.stdout);
    assert!(found.stdout.starts_with("warning[team-handbook-urlopen-without-timeout]: "), "{}", found.stdout);
    assert!(found.stdout.contains("(Team handbook §1.1)\n --> a.py:3:1\n"), "{}", found.stdout);
    assert!(folder.run(&["annotate", "a.py"]).ok().contains("Team handbook §1.1"));
}

const CALL: &str = "from urllib.request import urlopen\n\nurlopen('https://example.org/')\n";

#[test]
fn a_book_that_exists_is_left_alone() {
    let folder = Folder::new(&[("mine/book.toml", "mine")]);
    assert!(folder.run(&["book", "new", "mine"]).error().starts_with("mine has files already"));
    assert_eq!(fs::read_to_string(folder.path("mine/book.toml")).unwrap(), "mine");
    assert_eq!(fs::read_dir(folder.path("mine")).unwrap().count(), 1);
    assert!(folder.run(&["book", "new", "42"]).error().contains("begins with a letter"));
}

#[test]
fn faults_of_a_book_are_named_with_file_and_line() {
    let folder = Folder::empty();
    folder.run(&["book", "new", "rules-of-ours"]).ok();
    let note = folder.path("rules-of-ours/01-web/1.1-calling-other-services.md");
    let text = fs::read_to_string(&note).unwrap();
    fs::write(&note, text.replace("symbol:urllib", "simbol:urllib")).unwrap();
    let checked = folder.run(&["book", "check", "rules-of-ours"]);
    assert_eq!((checked.status, &*checked.stderr), (1, ""));
    let place = "rules-of-ours/01-web/1.1-calling-other-services.md:4: ";
    assert!(checked.stdout.starts_with(place) && checked.stdout.contains("simbol"), "{}", checked.stdout);
    assert!(checked.stdout.ends_with(", 1 problem\n"), "{}", checked.stdout);
}

/// The pages of a book with one note and one rule, tried with one thing changed.
#[track_caller]
fn check_changed(file: &str, from: &str, to: &str) -> String {
    let folder = Folder::empty();
    folder.run(&["book", "new", "ours"]).ok();
    let path = folder.path("ours").join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from}\n in {text}");
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    let checked = folder.run(&["book", "check", "ours"]);
    assert_eq!((checked.status, &*checked.stderr), (1, ""), "{}", checked.stdout);
    let (problem, rest) = checked.stdout.split_once('\n').unwrap();
    assert_eq!(rest, "Ours: 1 section, 1 note, 1 rule, 1 problem\n", "{problem}");
    problem.to_owned()
}

const RULE: &str = "rules/ours-urlopen-without-timeout.md";

#[test]
fn the_code_on_the_pages_of_a_book_is_tried() {
    let call = "urllib.request.urlopen(\"https://example.org/\")\n";
    let with_timeout = "urllib.request.urlopen(\"https://example.org/\", timeout=10)";
    let note = "01-web/1.1-calling-other-services.md";
    for (file, from, to, line, said) in [
        (note, "timeout=10).read()", "timeout=10.read()", 17, "`## Example`: the code does not parse: "),
        (RULE, call, "urllib.request.urlopen(\n", 21, "`## Example`: the code does not parse: "),
        (RULE, call, "urllib.request.Request\n", 16, "`## Example`: the rule finds nothing here"),
        (RULE, with_timeout, call.trim_end(), 27, "`## Use instead`: the rule finds what it should not: `"),
        (RULE, with_timeout, "else: pass", 27, "`## Use instead`: the code does not parse: "),
        (
            RULE,
            "default = true",
            "default = true\nfix = \"safe\"\nadd_argument = \"timeout=(\"",
            22,
            "after the fix, the code does not parse: ",
        ),
        (
            RULE,
            "default = true",
            "default = true\nfix = \"safe\"\nadd_argument = \"context=None\"",
            22,
            "what the rule finds is still there after the fix",
        ),
        (RULE, "match = {", "detector = \"code\"\n# {", 8, "only rules that come with the program have a `detector`"),
    ] {
        let problem = check_changed(file, from, to);
        assert!(problem.starts_with(&format!("ours/{file}:{line}: ")) && problem.contains(said), "{to}\n{problem}");
    }
}
