//! `marginalia reading-list`

use crate::support::program::Folder;

const TASKS: &str = "import asyncio\n\n\nasync def main():\n    async with asyncio.TaskGroup() as tg:\n        tg.create_task(work())\n";
const FILES: &str =
    "from pathlib import Path\n\n\ndef load(seen=[]):\n    seen.append(Path('a').read_text())\n    return seen\n";

fn folder() -> Folder {
    Folder::new(&[
        ("app/tasks.py", TASKS),
        ("app/more/files.py", FILES),
        ("other/files.py", FILES),
        ("empty/a.py", "x = 1\n"),
    ])
}

/// The numbers that a text names, in order.
fn numbers(text: &str) -> Vec<&str> {
    text.split(|letter: char| letter.is_whitespace() || letter == '*').filter(|word| word.starts_with('§')).collect()
}

#[test]
fn sections_come_with_how_often_and_where_first() {
    let text = folder().run(&["reading-list", "app"]).ok();
    assert!(text.starts_with("app  2 files\n"), "{text}");
    let line = text.lines().find(|line| line.contains("§16.7.4")).unwrap_or_else(|| panic!("{text}"));
    assert!(line.contains("TaskGroup") && line.contains("places") && line.ends_with(" tasks.py:5"), "{line}");
    let line = text.lines().find(|line| line.contains("§4.3.3")).unwrap_or_else(|| panic!("{text}"));
    assert!(line.contains("1 finding") && line.ends_with(" more/files.py:4"), "{line}");
}

#[test]
fn easier_paths_come_first_and_unused_chapters_last() {
    let text = folder().run(&["reading-list", "app"]).ok();
    let at = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words}: {text}"));
    assert!(
        at("\nBeginner\n") < at("§4.3.3") && at("§4.3.3") < at("\nAdvanced\n") && at("\nAdvanced\n") < at("§16.7.4")
    );
    assert!(at("§16.7.4") < at("\nCan wait"));
    let rest = &text[at("\nCan wait")..];
    assert!(rest.contains("  20 ") && !rest.contains("  16 "), "{rest}");
}

#[test]
fn everyday_python_asks_for_nothing() {
    let text = folder().run(&["reading-list", "empty"]).ok();
    assert!(text.contains("Nothing here asks for more than everyday Python."), "{text}");
    assert_eq!(numbers(&text), Vec::<&str>::new());
}

#[test]
fn two_code_bases_are_compared() {
    let text = folder().run(&["reading-list", "other", "--vs", "app"]).ok();
    let line = |number: &str| text.lines().find(|line| line.contains(number)).unwrap_or_else(|| panic!("{text}"));
    assert!(line("§4.3.3").contains("there 1 place, 1 finding"), "{text}");
    let (_, only) = text.split_once("\nOnly in app\n").unwrap_or_else(|| panic!("{text}"));
    assert!(only.contains("§16.7.4"), "{text}");
    assert!(!only.contains("§4.3.3"), "{text}");
}

#[test]
fn markdown_has_a_box_for_each_section() {
    let text = folder().run(&["reading-list", "--format", "markdown", "app"]).ok();
    assert!(text.starts_with("# Reading list for `app`\n"), "{text}");
    assert!(text.contains("\n- [ ] **§16.7.4** TaskGroup ("), "{text}");
    let boxes = text.lines().filter(|line| line.starts_with("- [ ] ")).count();
    assert_eq!(boxes, numbers(&text).len());
}

#[test]
fn the_map_has_a_tile_for_every_section_and_links_those_in_use() {
    let folder = folder();
    let page = folder.run(&["reading-list", "--format", "html", "app"]).ok();
    let contents = folder.run(&["sections", "--format", "json"]).json();
    let tiles = page.matches("class=\"tile\"").count() + page.matches("class=\"tile u").count();
    // Five more explain the shades.
    assert_eq!(tiles, contents.as_array().unwrap().len() + 5);
    for link in page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(page.contains(&format!("<tr id=\"{link}\">")), "{link} leads nowhere");
    }
    assert!(page.contains("href=\"#16.7.4\""), "{page}");
    assert!(!page.contains("<script"), "a page without scripts");
}

#[test]
fn the_maps_of_two_code_bases_lead_to_one_table_or_the_other() {
    let folder = folder();
    let page = folder.run(&["reading-list", "--format", "html", "other", "--vs", "app"]).ok();
    for link in page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(page.contains(&format!("<tr id=\"{link}\">")), "{link} leads nowhere");
    }
    assert!(page.contains("href=\"#vs-16.7.4\"") && !page.contains("#vs-4.3.3"), "{page}");
}

#[test]
fn names_cannot_write_html_into_the_page() {
    let folder = Folder::new(&[("<b>x/a.py", TASKS)]);
    let page = folder.run(&["reading-list", "--format", "html", "."]).ok();
    assert!(!page.contains("<b>x") && page.contains("&lt;b&gt;x/a.py"), "{page}");
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_listed() {
    let folder = folder();
    std::fs::write(folder.path("app/latin.py"), b"# \xe9\n").unwrap();
    let run = folder.run(&["reading-list", "app"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("app/latin.py is not UTF-8"), "{}", run.stderr);
    assert!(run.stdout.contains("§16.7.4"), "{}", run.stdout);
    let run = folder.run(&["reading-list", "ap"]);
    assert!(run.error().starts_with("there is no file or directory ap"), "{run:?}");
}

#[test]
fn a_section_of_a_notebook_is_in_a_cell() {
    let cell = |source: &str| {
        format!(
            "{{\"cell_type\": \"code\", \"metadata\": {{}}, \"outputs\": [], \"execution_count\": null, \"source\": {source:?}}}"
        )
    };
    let cells = [cell("x = 1\n"), cell("import asyncio\n\nasyncio.TaskGroup")].join(", ");
    let notebook = format!("{{\"cells\": [{cells}], \"metadata\": {{}}, \"nbformat\": 4, \"nbformat_minor\": 5}}");
    let text = Folder::new(&[("a.ipynb", notebook)]).run(&["reading-list", "a.ipynb"]).ok();
    let line = text.lines().find(|line| line.contains("§16.7.4")).unwrap_or_else(|| panic!("{text}"));
    assert!(line.ends_with("a.ipynb:cell 2:3"), "{line}");
}

#[test]
fn the_pictures_of_a_notebook_do_not_count_for_its_size() {
    let picture = "x".repeat(3000);
    let notebook = format!(
        "{{\"cells\": [{{\"cell_type\": \"code\", \"metadata\": {{}}, \"outputs\": [\"{picture}\"], \"source\": \"import asyncio\"}}], \
         \"metadata\": {{}}, \"nbformat\": 4, \"nbformat_minor\": 5}}"
    );
    let large = format!("import asyncio  # {picture}\n");
    let files = [("a.ipynb", &*notebook), ("b.py", &large), ("marginalia.toml", "maxFileSize = 2000\n")];
    let run = Folder::new(&files).run(&["reading-list"]);
    assert!(run.stdout.contains("a.ipynb:cell 1:1"), "{run:?}");
    assert!(run.stderr.contains("b.py has 3019 bytes and is left alone"), "{run:?}");
}
