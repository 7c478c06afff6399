//! `marginalia book import`

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::epub;
use crate::support::program::{Folder, run};

/// The guide of the examples: a small book without numbers.
pub fn guide() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/guide.md")).unwrap()
}

fn with_guide() -> Folder {
    Folder::new(&[("guide.md", guide())])
}

/// The triggers that are proposed, by section.
fn triggers(json: &Value) -> Vec<(String, Vec<String>)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let sections = json["sections"].as_array().unwrap().iter();
    let of = |section: &Value| section["triggers"].as_array().unwrap().iter().map(|it| text(&it["trigger"])).collect();
    sections.map(|section| (text(&section["number"]), of(section))).collect()
}

fn dry(folder: &Folder, file: &str) -> Value {
    folder.run(&["book", "import", file, "--dry-run", "--format", "json"]).json()
}

#[track_caller]
fn has(found: &[(String, Vec<String>)], number: &str, trigger: &str) {
    let section = found.iter().find(|(known, _)| known == number).unwrap_or_else(|| panic!("no {number}: {found:?}"));
    assert!(section.1.iter().any(|known| known == trigger), "{trigger} is not in {section:?}");
}

#[test]
fn sections_and_triggers_come_from_headings_and_code() {
    let folder = with_guide();
    let json = dry(&folder, "guide.md");
    assert_eq!((&json["title"], &json["numbering"]), (&json!("How we write Python"), &json!("nesting")));
    let found = triggers(&json);
    let numbers: Vec<_> = found.iter().map(|(number, _)| number.as_str()).collect();
    assert_eq!(numbers, ["1.1", "1.2", "2.1", "2.2", "2.3", "3.1", "3.2", "3.3"]);
    has(&found, "1.2", "symbol:tempfile.NamedTemporaryFile");
    has(&found, "2.1", "symbol:asyncio.TaskGroup");
    has(&found, "2.2", "symbol:asyncio.timeout");
    has(&found, "2.3", "syntax:except_star");
    has(&found, "3.1", "symbol:dataclasses.*");
    has(&found, "3.2", "syntax:match");
    // What all of them use is of none of them.
    let all: Vec<&String> = found.iter().flat_map(|(_, triggers)| triggers).collect();
    assert!(!all.iter().any(|trigger| ["symbol:builtins.print", "syntax:def"].contains(&trigger.as_str())), "{all:?}");
    let group = &json["sections"][2]["triggers"][0];
    assert_eq!((&group["times"], &group["elsewhere"], &group["heading"]), (&json!(1), &json!(0), &json!(true)));
    let line = group["line"].as_u64().unwrap() as usize;
    assert!(guide().lines().nth(line - 1).unwrap().contains("asyncio.TaskGroup"), "line {line}");
    assert_eq!(json["sections"][7]["kind"], "summary");
    assert!(!folder.path("guide").exists(), "nothing is written");
}

#[test]
fn the_table_shows_what_speaks_for_each() {
    let said = with_guide().run(&["book", "import", "guide.md", "--dry-run"]).ok();
    for part in [
        "guide.md: 3 chapters, 8 sections (7 with Python code), numbered by how the headings are nested\n",
        "\nGuide §2.1 TaskGroup  line 34\n  symbol:asyncio.TaskGroup ",
        "  once here, in no other section; first in line 46; the heading names it\n",
    ] {
        assert!(said.contains(part), "{part}\n in {said}");
    }
}

#[test]
fn the_folder_is_a_book_without_faults_and_without_the_text() {
    let folder = with_guide();
    let said = folder.run(&["book", "import", "guide.md", "team"]).ok();
    assert!(said.contains("books = [\"team\"]"), "{said}");
    let checked = folder.run(&["book", "check", "team"]).ok();
    assert!(
        checked.starts_with("How we write Python: 8 sections, ") && checked.ends_with(", 0 problems\n"),
        "{checked}"
    );
    let note = fs::read_to_string(folder.path("team/02-waiting/2.1-taskgroup.md")).unwrap();
    assert!(
        note.contains("    \"symbol:asyncio.TaskGroup\", # once here, in no other section; first in line 46;"),
        "{note}"
    );
    assert!(
        note.contains("\nTODO: what this section says, in your words. It begins in line 34 of guide.md.\n"),
        "{note}"
    );
    assert!(!note.contains("belong together") && !note.contains("group.create_task"), "{note}");
}

#[test]
fn excerpts_are_the_first_sentences_and_the_first_code() {
    let folder = with_guide();
    folder.run(&["book", "import", "guide.md", "--excerpts"]).ok();
    folder.run(&["book", "check", "guide"]).ok();
    let note = fs::read_to_string(folder.path("guide/02-waiting/2.1-taskgroup.md")).unwrap();
    assert!(note.contains("+++\nTasks that belong together are started in one group. It ends when"), "{note}");
    assert!(note.contains("```python\nimport asyncio\n\nasync def fetch(number):\n"), "{note}");
}

#[tokio::test]
async fn the_editor_shows_an_imported_book_at_once() {
    let folder = with_guide();
    folder.run(&["book", "import", "guide.md"]).ok();
    let options = json!({"books": [folder.path("guide").display().to_string()], "disabledBooks": ["python-bible"]});
    let mut client = Client::builder().options(options).start().await;
    let uri = client.uri("a.py");
    client.open_checked(&uri, "import asyncio\n\nasyncio.TaskGroup()\n").await;
    let hover = client.hover(&uri, 2, 10).await;
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(text.starts_with("**Guide §2.1 TaskGroup**"), "{text}");
    assert!(text.contains("It begins in line 34 of guide.md."), "{text}");
    client.finish().await;
}

const NUMBERED: &str = "\
CHAPTER 4 — Files

```
 +--------+
 | a file |
 +--------+
```

4.1 Where text comes from

The path is made first.

```python
from pathlib import Path

print(Path(\"a.txt\").read_text(encoding=\"utf-8\"))
```

4.2 gzip and bz2

Both are read like files.

4.2 gzip and bz2

And once more.

CHAPTER 5 — Shops

5.1 One file for all

```python
import sqlite3

shop = sqlite3.connect(\":memory:\")
```

CHAPTER 6 — Exact sums

```python
from fractions import Fraction
```

6.1 More sums
";

#[test]
fn numbers_of_headings_stay_and_a_second_one_gets_a_letter() {
    let folder = Folder::new(&[("book.txt", NUMBERED)]);
    let json = dry(&folder, "book.txt");
    assert_eq!(json["numbering"], "printed");
    let found = triggers(&json);
    let numbers: Vec<_> = found.iter().map(|(number, _)| number.as_str()).collect();
    // A chapter's own code makes a section; a drawing does not.
    assert_eq!(numbers, ["4.1", "4.2", "4.2b", "5.1", "6.0", "6.1"], "{json}");
    has(&found, "6.0", "symbol:fractions.Fraction");
    has(&found, "4.2", "symbol:gzip.*");
    has(&found, "4.2", "symbol:bz2.*");
    let remark = &json["remarks"][0];
    assert_eq!(remark["line"], 23, "{remark}");
    assert!(remark["message"].as_str().unwrap().contains("4.2b"), "{remark}");
    folder.run(&["book", "import", "book.txt", "ours"]).ok();
    folder.run(&["book", "check", "ours"]).ok();
}

#[test]
fn a_name_means_what_another_page_of_the_chapter_imports() {
    let text = "# Clocks\n## Start\n```python\nfrom datetime import date as day\n```\n## Use\n```python\nday.fromisoformat(it)\n\
                ```\n## Cases\n```python\ncase [first, *rest]:\n    pass\n```\n";
    let folder = Folder::new(&[("clocks.md", text)]);
    let found = triggers(&dry(&folder, "clocks.md"));
    has(&found, "1.2", "symbol:datetime.date.fromisoformat");
    has(&found, "1.3", "syntax:pattern.star");
}

#[test]
fn a_folder_that_has_files_is_left_alone_unless_forced() {
    let folder = with_guide();
    fs::create_dir(folder.path("guide")).unwrap();
    fs::write(folder.path("guide/book.toml"), "mine").unwrap();
    fs::write(folder.path("guide/more.txt"), "mine").unwrap();
    let said = folder.run(&["book", "import", "guide.md"]);
    assert!(said.error().starts_with("guide has files already"), "{said:?}");
    assert_eq!(fs::read_to_string(folder.path("guide/book.toml")).unwrap(), "mine");
    folder.run(&["book", "import", "guide.md", "--dry-run"]).ok();
    folder.run(&["book", "import", "guide.md", "--force"]).ok();
    folder.run(&["book", "import", "guide.md", "--force"]).ok();
    assert_eq!(fs::read_to_string(folder.path("guide/more.txt")).unwrap(), "mine");
    folder.run(&["book", "check", "guide"]).ok();
}

#[test]
#[cfg(unix)]
fn no_link_leads_out_of_the_folder() {
    let folder = with_guide();
    let outside = Folder::new(&[("secret.toml", "mine")]);
    fs::create_dir(folder.path("guide")).unwrap();
    std::os::unix::fs::symlink(outside.path("secret.toml"), folder.path("guide/book.toml")).unwrap();
    folder.run(&["book", "import", "guide.md", "--force"]).ok();
    assert_eq!(fs::read_to_string(outside.path("secret.toml")).unwrap(), "mine");
    fs::remove_dir_all(folder.path("guide/02-waiting")).unwrap();
    std::os::unix::fs::symlink(outside.path(""), folder.path("guide/02-waiting")).unwrap();
    assert!(folder.run(&["book", "import", "guide.md", "--force"]).error().contains("is a link"));
    assert_eq!(fs::read_dir(outside.path("")).unwrap().count(), 1);
}

#[test]
fn what_cannot_be_imported_is_said_in_one_line() {
    let folder =
        Folder::new(&[("empty.md", &b""[..]), ("picture.png", b"\x89PNG\r\n\0\0"), ("letter.md", b"Dear Ann,\n")]);
    for (name, reason) in [
        ("missing.md", "missing.md: cannot be read: "),
        ("empty.md", "empty.md: the file is empty"),
        ("picture.png", "picture.png: the file is not text"),
        ("letter.md", "letter.md: no headings were found"),
    ] {
        let said = folder.run(&["book", "import", name, "ours"]);
        assert!(said.error().starts_with(reason), "{said:?}");
        assert!(!folder.path("ours").exists(), "{name}");
    }
    let odd = Folder::new(&[("42.md", guide())]);
    assert!(odd.run(&["book", "import", "42.md"]).error().contains("begins with a letter"));
}

/// Headings and code are anybody's: the files that come of them are a book all the same.
#[test]
fn odd_headings_and_code_make_no_faults() {
    let mut text = String::from("# \"Quotes\" \\ and <b>marks</b>\n");
    for title in [
        "A \"quoted\" \\ title",
        "+++",
        "漢字 only",
        "`code` with ``` in it",
        &"very long ".repeat(60),
        "../../etc/passwd",
        "[link](command:rm)",
        "\u{200b}\u{200b}",
    ] {
        text += &format!(
            "## {title}\n\n- +++ <img src=x> *said* first\n\n````python\nimport zlib, bz2, lzma\ns = '''\n```\n+++\n## no\n'''\nzlib.crc32(s)\n````\n"
        );
    }
    let deep = format!("```python\nx = {}1{}\n```\n", "(".repeat(50_000), ")".repeat(50_000));
    text += &format!("## Deep\n{deep}### a\n#### b\n##### c\n###### d\n```python\nimport this\n```\n");
    let folder = Folder::new(&[("odd [1] `x`.md", text)]);
    for options in [&["--force"][..], &["--force", "--excerpts"]] {
        let mut arguments = vec!["book", "import", "odd [1] `x`.md", "odd"];
        arguments.extend(options);
        folder.run(&arguments).ok();
        let checked = folder.run(&["book", "check", "odd"]);
        assert_eq!((checked.status, &*checked.stderr), (0, ""), "{}", checked.stdout);
    }
}

#[test]
fn an_epub_is_imported_and_no_line_of_it_is_named() {
    let page = "<h1>Clocks</h1><h2>Days</h2><p>One day.</p><pre><code>import calendar\ncalendar.monthrange(2026, 2)\n</code></pre>\
                <h2>Zones</h2><pre class='python'>from zoneinfo import ZoneInfo\nZoneInfo('Europe/Paris')\n</pre>";
    let folder = Folder::new(&[("clocks.epub", epub::of_pages(&[("a.xhtml", page.to_owned())]))]);
    let json = dry(&folder, "clocks.epub");
    let found = triggers(&json);
    has(&found, "1.1", "symbol:calendar.monthrange");
    has(&found, "1.2", "symbol:zoneinfo.ZoneInfo");
    assert_eq!((&json["title"], &json["sections"][0]["line"]), (&json!("Clocks"), &Value::Null));
    folder.run(&["book", "import", "clocks.epub"]).ok();
    folder.run(&["book", "check", "clocks"]).ok();
    let note = fs::read_to_string(folder.path("clocks/01-clocks/1.2-zones.md")).unwrap();
    assert!(note.contains("It begins in clocks.epub.") && !note.contains(" line "), "{note}");
}

#[test]
fn a_text_of_any_size_comes_to_an_end() {
    let code: String = (0..12_000).map(|at| format!("zlib.crc32(b'{at}')\n")).collect();
    let numbered: String = (0..40_000).map(|at| format!("# Chapter {at}: A\n## {at}.1 B\n")).collect();
    let folder = Folder::new(&[
        ("code.md", format!("# A\n## B\n```python\n{code}```\n## C\n")),
        ("nested.md", "# A\n## B\n### C\n#### D\n".repeat(20_000)),
        ("numbered.md", numbered),
    ]);
    has(&triggers(&dry(&folder, "code.md")), "1.1", "symbol:zlib.crc32");
    for file in ["nested.md", "numbered.md"] {
        let said = folder.run(&["book", "import", file, "ours"]);
        assert!(said.error().contains("0 sections are more than a book can have"), "{said:?}");
    }
}

#[test]
fn the_help_teaches_by_example() {
    let help = run(&["book", "import", "--help"]).ok();
    for part in ["Examples:\n  marginalia book import guide.md --dry-run ", "--excerpts", "--force"] {
        assert!(help.contains(part), "{part}\n in {help}");
    }
}
