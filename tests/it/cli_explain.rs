//! `marginalia explain`

use crate::support::program::run;

/// The first line of the page that answers a query.
fn title(query: &[&str]) -> String {
    let text = run(&[&["explain"], query].concat()).ok();
    text.lines().next().unwrap().to_owned()
}

#[test]
fn what_is_named_gets_its_page() {
    let taskgroup = "# §16.7.4 TaskGroup (Python 3.11+)";
    assert_eq!(title(&["16.7.4"]), taskgroup);
    assert_eq!(title(&["§16.7.4"]), taskgroup);
    assert_eq!(title(&["asyncio.TaskGroup"]), taskgroup);
    assert_eq!(title(&["async", "with"]), "# §16.9 Async Context Managers");
    assert_eq!(title(&["mktemp-usage"]), "# mktemp-usage");
    assert_eq!(title(&["ruff:S306"]), "# mktemp-usage");
}

#[test]
fn a_page_is_markdown_that_shows_how_and_why() {
    let page = run(&["explain", "16.7.4"]).ok();
    for part in ["\n## Key points\n", "\n```python\n", "tg.create_task", "Chapter 16"] {
        assert!(page.contains(part), "{part} is missing:\n{page}");
    }
}

#[test]
fn a_section_without_a_note_still_has_a_page() {
    assert_eq!(title(&["1.2"]), "# §1.2 Why Python Matters (2025+)");
}

#[test]
fn words_get_a_list_with_the_best_first() {
    let list = run(&["explain", "mutable", "default", "values"]).ok();
    assert!(list.contains("mutable-default-argument"), "{list}");
    assert!(list.contains("§4.3.3"), "{list}");
    assert!(!list.starts_with('#'), "{list}");
}

#[test]
fn a_chapter_lists_all_of_its_sections() {
    let list = run(&["explain", "16"]).ok();
    for section in ["§16.0 ", "§16.7.4 ", "§16.16 "] {
        assert!(list.contains(section), "{section} is missing:\n{list}");
    }
}

#[test]
fn a_slip_of_the_pen_leads_to_what_was_meant() {
    let list = run(&["explain", "mktemp-usge"]).ok();
    assert!(list.starts_with("mktemp-usage"), "{list}");
}

#[test]
fn on_a_terminal_there_are_styles_instead_of_marks() {
    let page = run(&["explain", "16.7.4", "--color", "always"]).ok();
    assert!(page.starts_with("\x1b[1m§16.7.4"), "{page}");
    assert!(!page.contains("```") && !page.contains("## "), "{page}");
}

#[test]
fn what_is_nowhere_in_the_book_is_said_with_the_way_to_what_is() {
    assert_eq!(
        run(&["explain", "16.99"]).error(),
        "the book has no section 16.99; `marginalia sections 16` lists what there is"
    );
    assert!(run(&["explain", "qqzzqqzz"]).error().starts_with("nothing in the book answers to `qqzzqqzz`"));
}
