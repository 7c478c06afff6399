//! `marginalia sections`

use crate::support::program::run;

#[test]
fn a_chapter_is_listed_with_its_title_and_sections() {
    let text = run(&["sections", "16"]).ok();
    assert!(text.starts_with("Chapter 16 Concurrency & Parallelism\n"), "{text}");
    assert!(text.contains("§16.7.4  TaskGroup (Python 3.11+)"), "{text}");
    assert!(!text.contains("§17"), "{text}");
}

#[test]
fn a_section_is_listed_with_what_is_below_it() {
    let text = run(&["sections", "§16.7"]).ok();
    let numbers: Vec<&str> = text.split_whitespace().filter(|word| word.starts_with('§')).collect();
    let expected = ["16.7", "16.7.1", "16.7.2", "16.7.3", "16.7.4", "16.7.5", "16.7.6", "16.7.7", "16.7.8", "16.7.9"];
    assert_eq!(numbers, expected.map(|number| format!("§{number}")));
}

#[test]
fn all_sections_are_listed_in_the_order_of_the_book() {
    let json = run(&["sections", "--format", "json"]).json();
    let sections = json.as_array().unwrap();
    assert!(sections.len() > 700, "{}", sections.len());
    let chapters: Vec<u64> = sections.iter().map(|section| section["chapter"].as_u64().unwrap()).collect();
    assert!(chapters.is_sorted());
    assert_eq!((chapters.first(), chapters.last()), (Some(&1), Some(&20)));
}

#[test]
fn json_says_what_leads_to_a_section() {
    let json = run(&["sections", "16.7.4", "--format", "json"]).json();
    let section = &json[0];
    let keys: Vec<&str> = section.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["chapter", "note", "number", "title", "triggers"]);
    assert_eq!(section["number"], "16.7.4");
    assert_eq!(section["title"], "TaskGroup (Python 3.11+)");
    assert_eq!(section["note"], true);
    assert!(section["triggers"].as_array().unwrap().contains(&"symbol:asyncio.TaskGroup".into()), "{section}");
}

#[test]
fn what_the_book_does_not_have_is_said_with_the_way_to_what_it_has() {
    assert_eq!(run(&["sections", "99"]).error(), "there is no chapter 99; `marginalia sections` lists them");
    assert_eq!(run(&["sections", "16.99"]).error(), "there is no section 16.99; `marginalia sections` lists them");
    assert!(run(&["sections", "typing"]).error().starts_with("`typing` is not a section number such as 16.7.4"));
}
