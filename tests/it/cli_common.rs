//! What holds for every subcommand.

use std::io::Read;

use crate::support::program::{Folder, command, run};

const SUBCOMMANDS: [&str; 11] = [
    "annotate",
    "book",
    "check",
    "completions",
    "explain",
    "man",
    "reading-list",
    "rules",
    "sections",
    "server",
    "site",
];

#[test]
fn every_subcommand_is_listed_and_teaches_by_example() {
    let overview = run(&["--help"]).ok();
    for name in SUBCOMMANDS {
        assert!(overview.contains(&format!("\n  {name} ")), "{name} is not in the overview");
        let help = run(&[name, "--help"]).ok();
        assert!(help.contains(&format!("Examples:\n  marginalia {name}")), "{help}");
    }
}

#[test]
fn a_mistyped_subcommand_gets_a_suggestion() {
    let run = run(&["anotate", "x.py"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("annotate"), "{}", run.stderr);
}

#[test]
fn colour_is_for_terminals_unless_asked_for() {
    assert!(!run(&["sections", "1"]).ok().contains('\x1b'));
    assert!(run(&["sections", "1", "--color", "always"]).ok().contains("\x1b["));
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let folder = Folder::empty();
    let mut child = command(folder.path("").as_path(), &["sections", "--format", "json"]).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut first = [0; 1];
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert!(output.status.success());
}

#[test]
fn every_subcommand_is_documented() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/commands.md")).unwrap();
    for name in SUBCOMMANDS.into_iter().chain(["book check", "book import", "book new"]) {
        assert!(page.contains(&format!("## `marginalia {name}")), "docs/commands.md does not tell of {name}");
        let words: Vec<&str> = name.split(' ').chain(["--help"]).collect();
        let help = run(&words).ok();
        for option in help.split_whitespace().filter(|word| word.starts_with("--") && word.len() > 2) {
            let option = option.split(|letter: char| !letter.is_ascii_lowercase() && letter != '-').next().unwrap();
            let everywhere = ["--help", "--color"].contains(&option);
            assert!(
                everywhere || page.contains(&format!("`{option}")),
                "docs/commands.md does not tell of {name} {option}"
            );
        }
    }
}

/// Examples are copied from the help: they must name what there is.
#[test]
fn rules_and_sections_in_the_examples_exist() {
    let folder = Folder::new(&[("src/app.py", "x = 1\n")]);
    let help = run(&["check", "--help"]).ok();
    let mut tried = 0;
    for line in help.lines().filter(|line| line.contains("--select ") || line.contains("--ignore ")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let [_, _, option @ ("--select" | "--ignore"), names, ..] = words[..] {
            folder.run(&["check", option, names, "src"]).ok();
            tried += 1;
        }
    }
    assert!(tried >= 2, "{help}");
}
