//! Every note's example must lead to its own section: the code that the note shows is code that the margin knows.

use std::path::Path;
use std::sync::Arc;

use marginalia::knowledge::{Knowledge, Note, Trigger};
use marginalia::margin::{Analysis, Engine, Options};
use marginalia::python::{Construct, Files, Folder, Graph, Outline, Place};

use crate::support::on_big_stack;

/// Whether code can lead to the note: not when only a finding or another kind of file does, and not when more
/// notes share each of its triggers than are shown.
fn is_reached_by_code(note: &Note, knowledge: &Knowledge) -> bool {
    note.triggers.iter().any(|trigger| match trigger {
        Trigger::Rule(_) | Trigger::File { .. } => false,
        Trigger::Syntax(construct) => knowledge.for_syntax(*construct).len() <= 4,
        _ => true,
    })
}

/// A folder in which every module that an example imports imports the example.
#[derive(Debug)]
struct Mutual {
    folder: Arc<Folder>,
    graph: Arc<Graph>,
}

impl Mutual {
    fn around(example: &str) -> Place {
        let imports = Outline::read(example).imports;
        let mut files: Vec<String> = imports.iter().map(|import| format!("{}.py", import.module)).collect();
        files.push("test_example.py".to_owned());
        files.sort();
        let folder = Arc::new(Folder { files, folders: Vec::new() });
        Place { path: "/examples/test_example.py".into(), files: Arc::new(Self { folder, graph: Arc::default() }) }
    }
}

impl Files for Mutual {
    fn folder(&self, path: &Path) -> Option<Arc<Folder>> {
        (path == Path::new("/examples")).then(|| Arc::clone(&self.folder))
    }

    fn outline(&self, _: &Path) -> Option<Arc<Outline>> {
        Some(Arc::new(Outline::read("import test_example\n")))
    }

    fn text(&self, _: &Path) -> Option<Arc<str>> {
        None
    }

    fn is_ignored(&self, _: &Path) -> Option<bool> {
        None
    }

    fn graph(&self) -> Arc<Graph> {
        Arc::clone(&self.graph)
    }
}

#[test]
fn every_example_reaches_its_own_section() {
    let (checked, missed) = on_big_stack(|| {
        let engine = Engine::new(Knowledge::builtin());
        let mut checked = 0;
        let mut missed = String::new();
        for (id, note) in engine.knowledge().notes() {
            if note.example.is_empty() || !is_reached_by_code(note, engine.knowledge()) {
                continue;
            }
            checked += 1;
            let circular = note.triggers.contains(&Trigger::Syntax(Construct::ImportCircular));
            let options = Options {
                file_name: "test_example.py".to_owned(),
                place: circular.then(|| Mutual::around(&note.example)),
                ..Options::default()
            };
            let analysis = Analysis::new(Arc::from(&*note.example), &options, &engine);
            let reached = analysis.references().iter().any(|reference| {
                reference.notes.iter().take(4).any(|&shown| {
                    let shown = engine.knowledge().note(shown).section;
                    shown == note.section || shown.is_within(note.section)
                })
            });
            if !reached {
                missed.push_str(&format!("{} {:?} {:?}\n", note.section, note.triggers, id));
            }
        }
        (checked, missed)
    });
    let count = missed.lines().count();
    println!("{checked} examples, {count} do not reach their section");
    assert!(count == 0, "{missed}");
}
