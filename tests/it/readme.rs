//! What a newcomer reads is what the program does.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use crate::support::program::command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The lines that `annotate` prints for these lines of the tour.
fn picture(first: usize, last: usize) -> String {
    let output = command(root(), &["annotate", "examples/tour.py"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let begins_with = |line: &str, number: usize| {
        line.starts_with(&format!("{number:>2}  ")) || line.trim_end() == number.to_string()
    };
    let lines =
        text.lines().skip_while(|line| !begins_with(line, first)).take_while(|line| !begins_with(line, last + 1));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// `MARGINALIA_BLESS=1` draws the picture anew.
#[test]
fn the_picture_in_the_readme_is_what_the_program_prints() {
    let file = root().join("README.md");
    let readme = fs::read_to_string(&file).unwrap();
    let (before, rest) = readme.split_once("```text\n").unwrap();
    let (shown, after) = rest.split_once("```\n").unwrap();
    let numbers: Vec<usize> = before
        .rsplit("<!--")
        .next()
        .unwrap()
        .split(' ')
        .filter_map(|word| word.trim_end_matches(',').parse().ok())
        .collect();
    let expected = picture(numbers[0], numbers[1]);
    assert!(expected.contains('⚑') && expected.contains("§16.7.4 TaskGroup"), "{expected}");
    if env::var_os("MARGINALIA_BLESS").is_some() {
        fs::write(&file, format!("{before}```text\n{expected}```\n{after}")).unwrap();
    } else {
        assert_eq!(shown, expected, "run the test once with MARGINALIA_BLESS=1 to draw the picture anew");
    }
}

#[test]
fn the_tour_runs() {
    let python = |arguments: &[&str]| Command::new("python3").args(arguments).current_dir(root()).output().unwrap();
    let version = python(&["-c", "import sys; print(sys.version_info >= (3, 12))"]);
    if version.stdout.starts_with(b"False") {
        return;
    }
    let output = python(&["-W", "error", "examples/tour.py"]);
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8(output.stdout).unwrap().ends_with("sold: {'bread': 2, 'cake': 1}\n"));
}

/// Every relative link of the pages that a newcomer meets.
#[test]
fn links_lead_to_files_that_exist() {
    for page in ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/architecture.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        let folder = root().join(page).parent().unwrap().to_owned();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let local = !target.contains("://") && !target.starts_with('#');
            assert!(!local || folder.join(target).exists(), "{page} links to {target}, which does not exist");
        }
    }
}

/// The commands that the README tells to run are commands that the program has.
#[test]
fn commands_in_the_readme_exist() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let commands: Vec<&str> = readme.lines().filter_map(|line| line.strip_prefix("marginalia ")).collect();
    assert!(commands.len() >= 5, "{commands:?}");
    for line in commands {
        let name = line.split(' ').next().unwrap();
        let output = command(root(), &[name, "--help"]).output().unwrap();
        assert!(output.status.success(), "marginalia {name}");
    }
}
