//! Files that exist in a test alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Files, Folder, Graph, Outline, Place};

/// Files by absolute path.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    texts: BTreeMap<PathBuf, Arc<str>>,
    graph: Arc<Graph>,
}

impl Texts {
    /// Files below `/project`.
    pub(crate) fn new(files: &[(&str, &str)]) -> Arc<Self> {
        let texts = files.iter().map(|(path, text)| (Path::new("/project").join(path), Arc::from(*text)));
        Arc::new(Self { texts: texts.collect(), graph: Arc::default() })
    }

    /// One of them, or what would be one.
    pub(crate) fn place(self: &Arc<Self>, path: &str) -> Place {
        Place { path: Path::new("/project").join(path), files: Arc::<Self>::clone(self) }
    }
}

impl Files for Texts {
    fn folder(&self, path: &Path) -> Option<Arc<Folder>> {
        let mut folder = Folder::default();
        for file in self.texts.keys() {
            let Ok(rest) = file.strip_prefix(path) else { continue };
            let mut parts = rest.iter().map(|part| part.to_string_lossy().into_owned());
            match (parts.next(), parts.next()) {
                (Some(name), None) => folder.files.push(name),
                (Some(name), Some(_)) => folder.folders.push(name),
                _ => {}
            }
        }
        folder.files.sort();
        folder.folders.sort();
        folder.folders.dedup();
        (folder != Folder::default()).then(|| Arc::new(folder))
    }

    fn outline(&self, path: &Path) -> Option<Arc<Outline>> {
        Some(Arc::new(Outline::read(&self.text(path)?)))
    }

    fn text(&self, path: &Path) -> Option<Arc<str>> {
        self.texts.get(path).cloned()
    }

    fn is_ignored(&self, path: &Path) -> Option<bool> {
        let name = path.file_name()?.to_str()?;
        let ignored = self.text(Path::new("/project/.gitignore"));
        Some(ignored.is_some_and(|text| text.lines().any(|line| line == name)))
    }

    fn graph(&self) -> Arc<Graph> {
        Arc::clone(&self.graph)
    }
}
