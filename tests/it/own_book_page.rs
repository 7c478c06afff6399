//! The page about a book of one's own is followed step by step, as a newcomer would.

use std::fs;
use std::path::Path;

use crate::support::program::Folder;

/// A block of code: what stands behind the fence, and the text.
fn blocks(page: &str) -> Vec<(&str, String)> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        if ticks >= 3 {
            let (fence, about) = line.split_at(ticks);
            let text = lines.by_ref().take_while(|line| *line != fence).flat_map(|line| [line, "\n"]).collect();
            blocks.push((about, text));
        }
    }
    blocks
}

#[test]
fn every_step_does_what_the_page_says() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/your-own-book.md")).unwrap();
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/guide.md");
    let folder = Folder::new(&[("guide.md", fs::read(guide).unwrap())]);
    let mut printed = None;
    let (mut commands, mut compared) = (0, 0);
    for (about, text) in blocks(&page) {
        if let Some((_, file)) = about.split_once(" file=") {
            fs::create_dir_all(folder.path(file).parent().unwrap()).unwrap();
            fs::write(folder.path(file), text).unwrap();
        } else if about == "sh" {
            let words: Vec<_> = text.strip_prefix("marginalia ").unwrap().split_whitespace().collect();
            let run = folder.run(&words);
            assert!(run.status < 2 && run.stderr.is_empty(), "{text}{run:?}");
            printed = Some(run.stdout);
            commands += 1;
        } else if about == "text" {
            let printed = printed.take().expect("a command comes before");
            assert!(printed.starts_with(&text), "{text}is not how this begins:\n{printed}");
            compared += 1;
        }
    }
    assert_eq!((commands, compared), (9, 5));
    let explained = folder.run(&["explain", "requests.get"]).ok();
    assert!(explained.contains("\nHandbook §1.2  Our HTTP client: "), "{explained}");
    let explained = folder.run(&["explain", "asyncio.TaskGroup"]).ok();
    assert!(explained.contains("\nGuide §2.1  TaskGroup: "), "{explained}");
    let note = fs::read_to_string(folder.path("guide/02-waiting/2.1-taskgroup.md")).unwrap();
    let shown = blocks(&page).into_iter().find(|(_, text)| text.starts_with("section = \"2.1\"")).unwrap().1;
    assert!(note.contains(&shown), "{shown}\n is not in\n{note}");
}
