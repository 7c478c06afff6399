//! `marginalia annotate`

use crate::support::program::{Folder, run};

const SOURCE: &str = "\
import asyncio

async def main() -> None:
    async with asyncio.TaskGroup() as tg:
        pass
    async with asyncio.TaskGroup() as tg:
        pass

def load(path, seen=[]):
    return seen
";

fn annotate(source: &str, arguments: &[&str]) -> String {
    let folder = Folder::new(&[("tour.py", source)]);
    folder.run(&[&["annotate", "tour.py"], arguments].concat()).ok()
}

/// The line that shows this line of code.
fn line<'t>(text: &'t str, code: &str) -> &'t str {
    text.lines().find(|line| line.contains(code)).unwrap_or_else(|| panic!("{code} is missing:\n{text}"))
}

#[test]
fn every_line_is_there_with_its_number() {
    let text = annotate(SOURCE, &[]);
    for (at, code) in SOURCE.lines().enumerate() {
        let start = if code.is_empty() { String::new() } else { format!("  {code}") };
        let shown = line(&text, &format!("{:>2}{start}", at + 1));
        assert!(shown.starts_with(&format!("{:>2}{start}", at + 1)), "{shown}");
    }
    let numbered = text.lines().filter(|line| !line.starts_with("   ")).count();
    assert_eq!(numbered, SOURCE.lines().count());
}

#[test]
fn a_section_has_its_title_where_it_first_comes_up() {
    let text = annotate(SOURCE, &[]);
    let first = line(&text, " 4  ");
    assert!(first.ends_with("§16.7.4 TaskGroup · §16.9 Async Context Managers"), "{first}");
    let again = line(&text, " 6  ");
    assert!(again.ends_with("  §16.7.4"), "{again}");
}

#[test]
fn a_finding_carries_a_flag() {
    let text = annotate(SOURCE, &[]);
    assert!(line(&text, "def load").contains("⚑ mutable-default-argument §4.3.3"), "{text}");
}

#[test]
fn everyday_python_has_notes_when_asked_for() {
    let source = "if x == 1:\n    pass\n";
    assert!(!annotate(source, &[]).contains('§'));
    assert!(annotate(source, &["--all"]).contains('§'));
}

#[test]
fn the_width_decides_where_the_notes_stand() {
    for width in ["72", "100", "200"] {
        let text = annotate(SOURCE, &["--width", width]);
        let columns: usize = width.parse().unwrap();
        let noted: Vec<&str> = text.lines().filter(|line| line.contains('§')).collect();
        assert!(noted.iter().all(|line| line.chars().count() <= columns), "{text}");
        let margins: Vec<usize> =
            noted.iter().map(|line| line.chars().take_while(|c| !"§⚑".contains(*c)).count()).collect();
        assert!(margins.iter().all(|margin| *margin == margins[0]), "the margin is no straight line:\n{text}");
    }
    let narrow = annotate(SOURCE, &["--width", "40"]);
    assert!(
        narrow.contains(
            "\n    async with asyncio.TaskGroup() as tg:\n        ↳ §16.7.4 TaskGroup".trim_start_matches("\n    ")
        ),
        "{narrow}"
    );
}

#[test]
fn a_line_too_long_for_the_margin_has_its_notes_below() {
    let source = format!("import asyncio\nasyncio.run(main(), debug={})\n", "x".repeat(120));
    let text = annotate(&source, &["--width", "80"]);
    let code = text.lines().position(|line| line.contains("asyncio.run")).unwrap();
    let below = text.lines().nth(code + 1).unwrap();
    assert!(below.starts_with("      ") && below.contains("§16.7.9"), "{text}");
}

#[test]
fn wide_letters_and_tabs_do_not_bend_the_margin() {
    let source = "import asyncio\nif x:\n\tasyncio.run('知識')\nimport pathlib\n";
    let text = annotate(source, &[]);
    assert!(!text.contains('\t'), "{text}");
    let before: Vec<&str> = text.lines().filter_map(|line| line.split_once('§')).map(|(before, _)| before).collect();
    let wide = before.iter().map(|line| line.chars().count() + line.matches(['知', '識']).count());
    let wide: Vec<usize> = wide.collect();
    assert!(wide.len() >= 3, "{text}");
    assert!(wide.iter().all(|column| *column == wide[0]), "{text}");
}

#[test]
fn control_characters_reach_no_terminal() {
    let text = annotate("x = '\x1b[31m'\n", &[]);
    assert!(text.contains("'␛[31m'"), "{text:?}");
}

#[test]
fn json_has_every_reference_with_its_place() {
    let folder = Folder::new(&[("tour.py", "\u{feff}é = 1; import asyncio\r\n")]);
    let json = folder.run(&["annotate", "tour.py", "--format", "json"]).json();
    assert_eq!(json["path"], "tour.py");
    let references = json["references"].as_array().unwrap();
    let asyncio = references.iter().find(|reference| reference["trigger"] == "symbol:asyncio").unwrap();
    assert_eq!(asyncio["sections"][0], "16.7");
    let expected = serde_json::json!({
        "start": {"line": 1, "column": 15, "offset": 18},
        "end": {"line": 1, "column": 22, "offset": 25},
    });
    assert_eq!(asyncio["range"], expected);
}

#[test]
fn standard_input_is_a_file_called_dash() {
    let run = Folder::empty().run_with(&["annotate", "-", "--format", "json"], b"import asyncio\n");
    assert_eq!(run.json()["path"], "-");
    assert!(run.stdout.contains("\"symbol:asyncio\""), "{}", run.stdout);
}

#[test]
fn broken_python_is_shown_as_far_as_it_goes() {
    let text = annotate("import asyncio\ndef f(:\n    asyncio.run(\n", &[]);
    assert!(line(&text, "import asyncio").contains("§16.7"), "{text}");
    assert!(text.contains("def f(:"), "{text}");
}

#[test]
fn deep_nesting_does_not_end_the_program() {
    let source = format!("x = {}1{}\n", "(".repeat(5_000), ")".repeat(5_000));
    assert!(annotate(&source, &[]).contains("((("));
    let source = format!("x = 1{}\n", "+1".repeat(20_000));
    assert!(annotate(&source, &[]).contains("+1+1"));
}

#[test]
fn what_is_no_python_file_is_said_with_what_to_do() {
    let folder = Folder::new(&[("tour.py", b"x = 1\n".as_slice()), ("latin.py", b"\n# \xe9\n"), ("n.ipynb", b"{}")]);
    let error = |file| folder.run(&["annotate", file]).error().to_owned();
    assert_eq!(error("tuor.py"), "there is no file tuor.py; did you mean tour.py?");
    assert_eq!(error("latin.py"), "latin.py is not UTF-8 (byte 0xe9 in line 2); save it as UTF-8 and try again");
    assert!(error(".").starts_with(". is a directory; name one file"));
    assert!(error("n.ipynb").starts_with("n.ipynb is no notebook that can be read"));
    assert_eq!(run(&["annotate", "none.py"]).error(), "there is no file none.py");
}

#[test]
fn html_is_one_page_with_nothing_to_fetch_and_nothing_to_run() {
    let html = annotate(&format!("{SOURCE}x = '<script>alert(1)</script>' & \"\\\"\"\n"), &["--format", "html"]);
    assert!(html.starts_with("<!doctype html>"), "{html}");
    let code = "<span class=\"k\">async</span> <span class=\"k\">with</span> asyncio.TaskGroup() <span class=\"k\">as</span> tg:";
    assert!(html.contains(code), "{html}");
    assert!(html.contains(">§16.7.4 TaskGroup</summary>"), "{html}");
    assert!(html.contains("title=\"every call of `load` shares"), "{html}");
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script"), "{html}");
    assert!(!html.contains("href=\"http") && !html.contains("src="), "{html}");
}

#[test]
fn a_note_opens_where_its_section_first_comes_up_and_later_mentions_lead_there() {
    let html = annotate("import asyncio\nasyncio.TaskGroup\nx = 1\nasyncio.TaskGroup\n", &["--format", "html"]);
    let [before, after] = html.split("<tr id=\"4\">").collect::<Vec<_>>()[..] else { panic!("{html}") };
    assert!(before.contains("<div class=\"note\" id=\"python-bible-16.7.4\">"), "{html}");
    assert!(before.contains("<code>tg.create_task("), "{html}");
    assert!(after.contains("<a class=\"section\" href=\"#python-bible-16.7.4\""), "{html}");
    assert!(!after.contains("<details"), "{html}");
}
