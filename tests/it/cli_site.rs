//! `marginalia site`, `completions` and `man`.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::support::program::{Folder, command, run};

/// Every Markdown file below a folder.
fn pages(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut pages = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    pages
}

/// Where the links of a page lead that stay on the site. Code is left out, but for a link's own words.
fn links(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    for prose in text.split("```").step_by(2) {
        for line in prose.lines() {
            let words = line.replace("[`", "[").replace("`](", "](");
            let prose: String = words.split('`').step_by(2).collect();
            let targets = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
            links.extend(targets.filter(|link| !link.contains("://")).map(str::to_owned));
        }
    }
    links
}

#[test]
fn every_section_and_rule_has_a_page_and_no_link_is_dead() {
    let folder = Folder::empty();
    let said = folder.run(&["site", "out"]).ok();
    let pages = pages(&folder.path("out/docs"));
    assert!(said.starts_with(&format!("{} pages are in out.\n", pages.len())), "{said}");
    let names = |what: &str, key: &str| -> Vec<String> {
        let json = run(&[what, "--format", "json"]).json();
        json.as_array().unwrap().iter().map(|entry| entry[key].as_str().unwrap().to_owned()).collect()
    };
    for number in names("sections", "number") {
        assert!(folder.path(&format!("out/docs/sections/{number}.md")).is_file(), "{number}");
    }
    for rule in names("rules", "rule") {
        assert!(folder.path(&format!("out/docs/rules/{rule}.md")).is_file(), "{rule}");
    }
    let mut count = 0;
    for page in &pages {
        for link in links(&fs::read_to_string(page).unwrap()) {
            assert!(page.parent().unwrap().join(&link).is_file(), "{link} on {} leads nowhere", page.display());
            count += 1;
        }
    }
    assert!(count > 3_000, "{count} links");
}

#[test]
fn a_section_leads_to_its_rules_and_a_rule_to_its_sections() {
    let folder = Folder::empty();
    folder.run(&["site", "out"]).ok();
    let read = |name: &str| fs::read_to_string(folder.path("out/docs").join(name)).unwrap();
    assert!(read("sections/9.1.4.md").contains("[Chapter 9: Standard Library Essentials](../chapters/9.md)"));
    assert!(read("sections/9.1.4.md").contains("[`mktemp-usage`](../rules/mktemp-usage.md)"));
    assert!(read("rules/mktemp-usage.md").contains("](../sections/9.1.4.md)"));
    assert!(read("chapters/9.md").contains("](../sections/9.1.4.md)"));
}

#[test]
fn a_site_is_written_anew_and_other_files_are_left_alone() {
    let folder = Folder::new(&[("notes/todo.txt", "mine")]);
    folder.run(&["site", "out"]).ok();
    folder.run(&["site", "out", "--url", "https://example.com/book/"]).ok();
    let configuration = fs::read_to_string(folder.path("out/mkdocs.yml")).unwrap();
    assert!(configuration.contains("site_url: \"https://example.com/book/\"\n"), "{configuration}");
    let run = folder.run(&["site", "notes"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("notes holds other files; name a new or an empty folder"), "{}", run.stderr);
    assert_eq!(fs::read_dir(folder.path("notes")).unwrap().count(), 1);
}

#[test]
fn a_site_that_was_broken_off_is_written_anew() {
    let folder = Folder::empty();
    let mut killed = command(folder.path("").as_path(), &["site", "out"]).stdout(Stdio::null()).spawn().unwrap();
    while !folder.path("out/docs/index.md").exists() {
        assert!(killed.try_wait().unwrap().is_none_or(|status| status.success()), "it ended without a page");
        std::thread::yield_now();
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    folder.run(&["site", "out"]).ok();
    assert!(folder.path("out/mkdocs.yml").exists());
}

#[test]
fn shells_learn_every_subcommand() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(&["completions", shell]).ok();
        for word in ["annotate", "check", "reading-list", "site"] {
            assert!(script.contains(word), "{shell} does not know {word}");
        }
    }
}

#[test]
fn every_subcommand_has_a_manual_page() {
    let folder = Folder::empty();
    assert!(run(&["man"]).ok().contains(".TH marginalia 1"));
    folder.run(&["man", "man1"]).ok();
    let page = fs::read_to_string(folder.path("man1/marginalia-check.1")).unwrap();
    assert!(page.contains("marginalia\\-check") && page.contains("\\-\\-fix"), "{page}");
    assert!(folder.path("man1/marginalia.1").is_file());
    let page = fs::read_to_string(folder.path("man1/marginalia-book-import.1")).unwrap();
    assert!(page.contains("marginalia\\-book\\-import") && page.contains("\\-\\-excerpts"), "{page}");
}
