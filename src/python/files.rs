//! The files around a module: what an import means among them, which folders are packages, which modules need each other.
//!
//! Nothing here reads a file. [`Files`] is asked, which is implemented where files can be read, or by a test.

use std::collections::VecDeque;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use ruff_text_size::TextRange;
use rustc_hash::{FxHashMap, FxHashSet};

use super::fact::{Fact, FactKind};
use super::imports::{Import, Outline, When};
use super::{Construct, stdlib};

/// How many folders up a project's root is looked for.
const MAX_HEIGHT: usize = 32;

/// The folder of a project has one of these files ...
pub const PROJECT_FILES: [&str; 3] = ["pyproject.toml", "setup.py", "setup.cfg"];
/// ... or this folder.
pub const PROJECT_FOLDER: &str = ".git";

/// How many modules are followed from one: the nearest.
const MAX_MODULES: usize = 500;

/// How many modules that others lead to are remembered, all in all.
const MAX_KEPT: usize = 8_000_000;

/// Answers about the files of a project. Asked often: answers are expected to be kept.
pub trait Files: fmt::Debug + Send + Sync {
    /// What a folder holds; `None` where there is no such folder.
    fn folder(&self, path: &Path) -> Option<Arc<Folder>>;

    /// Whether a folder is that of a project: it has one of [`PROJECT_FILES`] or [`PROJECT_FOLDER`].
    fn is_project(&self, path: &Path) -> bool {
        let is_marked = |folder: Arc<Folder>| {
            PROJECT_FILES.iter().any(|name| folder.has_file(name)) || folder.has_folder(PROJECT_FOLDER)
        };
        self.folder(path).is_some_and(is_marked)
    }

    /// What a module imports; `None` where there is no such file or it is too large.
    fn outline(&self, path: &Path) -> Option<Arc<Outline>>;

    /// The text of a file; `None` where there is no such file or it is too large.
    fn text(&self, path: &Path) -> Option<Arc<str>>;

    /// Whether version control leaves a file out; `None` where there is no version control.
    fn is_ignored(&self, path: &Path) -> Option<bool>;

    /// Where it is kept which modules need which.
    fn graph(&self) -> Arc<Graph>;
}

/// The names in a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder {
    /// Files, sorted.
    pub files: Vec<String>,
    /// Folders, sorted.
    pub folders: Vec<String>,
}

impl Folder {
    /// Whether there is a file of this name.
    pub fn has_file(&self, name: &str) -> bool {
        self.files.binary_search_by(|file| file.as_str().cmp(name)).is_ok()
    }

    /// Whether there is a folder of this name.
    pub fn has_folder(&self, name: &str) -> bool {
        self.folders.binary_search_by(|folder| folder.as_str().cmp(name)).is_ok()
    }

    /// Whether it has an `__init__.py`.
    pub fn is_package(&self) -> bool {
        self.has_file("__init__.py") || self.has_file("__init__.pyi")
    }

    /// The modules in it, by file name.
    pub fn modules(&self) -> impl Iterator<Item = &str> {
        self.files.iter().filter_map(|file| file.strip_suffix(".py"))
    }
}

/// A file among the files of its project.
#[derive(Clone, Debug)]
pub struct Place {
    /// Absolute.
    pub path: PathBuf,
    /// Who knows the others.
    pub files: Arc<dyn Files>,
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path && Arc::ptr_eq(&self.files, &other.files)
    }
}

impl Eq for Place {}

/// What an import leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A module's file.
    Module(PathBuf),
    /// A folder without `__init__.py`.
    Namespace(PathBuf),
}

/// A part of an import and what it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The module's name, or the name of a submodule after `import`.
    pub range: TextRange,
    /// The file or folder.
    pub target: Target,
    /// Names other than submodules are taken from it.
    pub takes_names: bool,
}

impl Place {
    /// The folder that the file is in.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// The name of the file.
    pub fn name(&self) -> &str {
        self.path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
    }

    /// The same view from another file.
    #[must_use]
    pub fn of(&self, path: PathBuf) -> Self {
        Self { path, files: Arc::clone(&self.files) }
    }

    /// Whether there is such a file.
    pub fn has_file(&self, path: &Path) -> bool {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
            return false;
        };
        self.files.folder(folder).is_some_and(|folder| folder.has_file(name))
    }

    fn is_package(&self, folder: &Path) -> bool {
        self.files.folder(folder).is_some_and(|folder| folder.is_package())
    }

    /// The folder around the outermost package that the file belongs to: where its imports are found.
    pub fn import_root(&self) -> &Path {
        self.folder().ancestors().take(MAX_HEIGHT).find(|folder| !self.is_package(folder)).unwrap_or(self.folder())
    }

    /// The folder of the project: the nearest one with a `pyproject.toml`, `setup.py`, `setup.cfg` or `.git`.
    pub fn project_root(&self) -> Option<&Path> {
        self.folder().ancestors().take(MAX_HEIGHT).find(|folder| self.files.is_project(folder))
    }

    /// The path as its project knows it: below the project's folder, or, where there is no project, below the folder where its
    /// imports are found. What stands above (`~/test/...`) says nothing about the file.
    pub fn path_within(&self) -> &Path {
        let root = self.project_root().unwrap_or_else(|| self.import_root());
        self.path.strip_prefix(root).unwrap_or(Path::new(self.name()))
    }

    /// The folders in which absolute imports are looked for, the nearest first.
    fn search(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.import_root().to_owned()];
        if let Some(root) = self.project_root() {
            for folder in [root.join("src"), root.to_owned()] {
                // The folder of a package is none in which its modules are found.
                if !folders.contains(&folder) && !self.is_package(&folder) && self.files.folder(&folder).is_some() {
                    folders.push(folder);
                }
            }
        }
        folders
    }

    /// The dotted name of the module.
    pub fn module_name(&self) -> String {
        let root = self.import_root();
        let path = self.path.strip_prefix(root).unwrap_or(&self.path).with_extension("");
        let mut parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        if parts.len() > 1 && parts.last().is_some_and(|last| last == "__init__") {
            parts.pop();
        }
        parts.join(".")
    }

    /// The files of the project that an import leads to; nothing where they are not known.
    pub fn resolve(&self, import: &Import) -> Vec<Resolved> {
        let mut found = Vec::new();
        if import.level > 0 {
            let folder = self.folder().ancestors().nth(import.level as usize - 1);
            if let Some(folder) = folder {
                self.resolve_in(folder, import, &mut found);
            }
        } else {
            let first = import.module.split('.').next().unwrap_or_default();
            if !stdlib::is_module(first) {
                let search = self.search();
                // A regular package anywhere wins over a folder without `__init__.py`.
                let has =
                    |folder: &&PathBuf| self.child(folder, first).is_some_and(|it| matches!(it, Target::Module(_)));
                if let Some(folder) = search.iter().find(has) {
                    self.resolve_in(folder, import, &mut found);
                } else {
                    for folder in &search {
                        self.resolve_in(folder, import, &mut found);
                        if !found.is_empty() {
                            break;
                        }
                    }
                }
            }
        }
        found
    }

    fn resolve_in(&self, folder: &Path, import: &Import, found: &mut Vec<Resolved>) {
        let mut parts = import.module.split('.').filter(|part| !part.is_empty());
        let mut target = match parts.next() {
            Some(first) => self.child(folder, first),
            None => Some(self.as_target(folder)),
        };
        let mut inside = if import.module.is_empty() { folder.to_owned() } else { PathBuf::new() };
        if let Some(first) = import.module.split('.').next().filter(|first| !first.is_empty()) {
            inside = folder.join(first);
        }
        let mut namespace = None;
        for part in parts {
            target = match target {
                Some(Target::Namespace(path)) => {
                    namespace.get_or_insert(path);
                    self.child(&inside, part)
                }
                Some(Target::Module(_)) => self.child(&inside, part),
                None => None,
            };
            inside.push(part);
        }
        let Some(target) = target else { return };
        if let (Some(path), Target::Module(_)) = (namespace, &target) {
            found.push(Resolved { range: import.range, target: Target::Namespace(path), takes_names: false });
        }
        let mut takes_names = false;
        for (name, range) in &import.names {
            match self.child(&inside, name) {
                Some(child) if name != "*" => {
                    found.push(Resolved { range: *range, target: child, takes_names: false });
                }
                _ => takes_names = true,
            }
        }
        let alone = import.names.is_empty();
        let keep = match &target {
            Target::Module(_) => alone || takes_names,
            // From a folder without `__init__.py` nothing but modules can come: something else is meant otherwise.
            Target::Namespace(_) => !takes_names,
        };
        if keep {
            found.insert(0, Resolved { range: import.range, target, takes_names });
        }
    }

    /// What a name is in a folder: a package, a module, a folder with modules.
    fn child(&self, folder: &Path, name: &str) -> Option<Target> {
        let files = self.files.folder(folder)?;
        let path = folder.join(name);
        if files.has_folder(name)
            && let Some(inner) = self.files.folder(&path)
            && inner.is_package()
        {
            let name = if inner.has_file("__init__.py") { "__init__.py" } else { "__init__.pyi" };
            return Some(Target::Module(path.join(name)));
        }
        let module = format!("{name}.py");
        if files.has_file(&module) {
            return Some(Target::Module(folder.join(module)));
        }
        let inner = files.has_folder(name).then(|| self.files.folder(&path)).flatten()?;
        // Modules may be further down: `google/cloud/storage.py`.
        let holds = inner.modules().next().is_some()
            || inner.folders.iter().any(|deeper| {
                self.files.folder(&path.join(deeper)).is_some_and(|deeper| deeper.modules().next().is_some())
            });
        // A module of another kind (`name.so`) may hide the folder.
        let hidden = files.files.iter().any(|file| file.split('.').next() == Some(name));
        (holds && !hidden).then_some(Target::Namespace(path))
    }

    fn as_target(&self, folder: &Path) -> Target {
        let files = self.files.folder(folder).unwrap_or_default();
        match ["__init__.py", "__init__.pyi"].into_iter().find(|name| files.has_file(name)) {
            Some(name) => Target::Module(folder.join(name)),
            None => Target::Namespace(folder.to_owned()),
        }
    }

    /// The modules that a module needs, each with whether only once a function is called.
    fn neighbours(&self) -> Vec<(PathBuf, bool)> {
        let mut found: Vec<(PathBuf, bool)> = Vec::new();
        let Some(outline) = self.files.outline(&self.path) else { return found };
        for import in &outline.imports {
            let called = match import.when {
                When::Loading => false,
                When::Called => true,
                When::Late | When::Main | When::Checking => continue,
            };
            for resolved in self.resolve(import) {
                let Target::Module(path) = resolved.target else { continue };
                // A package that a module belongs to is there before the module.
                if self.is_own_package(&path) {
                    continue;
                }
                match found.iter_mut().find(|(known, _)| *known == path) {
                    Some((_, known)) => *known &= called,
                    None => found.push((path, called)),
                }
            }
        }
        found
    }

    /// Whether a file is the `__init__.py` of a package around this module.
    fn is_own_package(&self, path: &Path) -> bool {
        let init = path.file_stem().is_some_and(|stem| stem == "__init__");
        init && path.parent().is_some_and(|package| self.path.starts_with(package))
    }

    /// The way from a module back to this one over imports that run when a module is loaded (or, with `called`, when a
    /// function is called as well): the modules on it, from `first` to the last before this.
    pub fn way_back(&self, first: &Path, called: bool) -> Option<Vec<PathBuf>> {
        if first == self.path || self.is_own_package(first) {
            return None;
        }
        let graph = self.files.graph();
        let goal = graph.id(&self.path);
        let first = graph.id(first);
        if self.reach(&graph, first, called).binary_search(&goal).is_err() {
            return None;
        }
        let mut before: FxHashMap<u32, u32> = FxHashMap::from_iter([(first, first)]);
        let mut open = VecDeque::from([first]);
        while let Some(id) = open.pop_front() {
            for &(next, only_called) in &*self.edges(&graph, id) {
                if only_called && !called {
                    continue;
                }
                if next == goal {
                    let mut way = vec![id];
                    while way[way.len() - 1] != first {
                        way.push(before[&way[way.len() - 1]]);
                    }
                    way.reverse();
                    return Some(way.into_iter().map(|id| graph.path(id)).collect());
                }
                before.entry(next).or_insert_with(|| {
                    open.push_back(next);
                    id
                });
            }
        }
        None
    }

    /// What a module leads to, sorted; as much of it as is looked at.
    fn reach(&self, graph: &Graph, first: u32, called: bool) -> Arc<[u32]> {
        if let Some(known) = graph.read().reach.get(&(first, called)) {
            return Arc::clone(known);
        }
        let mut seen = FxHashSet::default();
        let mut open = VecDeque::from([first]);
        while let Some(id) = open.pop_front() {
            for &(next, only_called) in &*self.edges(graph, id) {
                if (called || !only_called) && seen.len() < MAX_MODULES && seen.insert(next) {
                    open.push_back(next);
                }
            }
        }
        let mut reach: Vec<u32> = seen.into_iter().collect();
        reach.sort_unstable();
        let reach: Arc<[u32]> = reach.into();
        let mut known = graph.write();
        known.kept += reach.len();
        if known.kept < MAX_KEPT {
            known.reach.insert((first, called), Arc::clone(&reach));
        }
        reach
    }

    fn edges(&self, graph: &Graph, id: u32) -> Edges {
        if let Some(known) = graph.known(id) {
            return known;
        }
        let neighbours = self.of(graph.path(id)).neighbours();
        let edges: Edges = neighbours.iter().map(|(path, called)| (graph.id(path), *called)).collect();
        graph.learn(id, &edges);
        edges
    }
}

/// What imports are among the files around them: what one file alone cannot tell. Ranges are those of the imports.
pub fn facts(place: &Place, imports: &[Import]) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut note = |range, construct| facts.push(Fact { range, kind: FactKind::Construct(construct) });
    for import in imports.iter().filter(|import| import.when != When::Checking) {
        for Resolved { range, target, .. } in place.resolve(import) {
            match target {
                Target::Namespace(_) => note(range, Construct::ImportNamespacePackage),
                Target::Module(path) => {
                    if import.when == When::Loading && place.way_back(&path, false).is_some() {
                        note(range, Construct::ImportCircular);
                    }
                }
            }
        }
    }
    facts
}

/// The modules that a module needs, each with whether only once a function is called.
type Edges = Arc<[(u32, bool)]>;

/// Which modules need which, as far as anybody has asked.
#[derive(Debug, Default)]
pub struct Graph(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    ids: FxHashMap<PathBuf, u32>,
    paths: Vec<PathBuf>,
    edges: Vec<Option<Edges>>,
    /// What a module leads to, by the module and whether over functions that are called.
    reach: FxHashMap<(u32, bool), Arc<[u32]>>,
    /// How many modules are in there.
    kept: usize,
}

impl Graph {
    fn id(&self, path: &Path) -> u32 {
        if let Some(id) = self.read().ids.get(path) {
            return *id;
        }
        let mut known = self.write();
        let next = known.paths.len() as u32;
        let id = *known.ids.entry(path.to_owned()).or_insert(next);
        if id == next {
            known.paths.push(path.to_owned());
            known.edges.push(None);
        }
        id
    }

    fn path(&self, id: u32) -> PathBuf {
        self.read().paths.get(id as usize).cloned().unwrap_or_default()
    }

    fn known(&self, id: u32) -> Option<Edges> {
        self.read().edges.get(id as usize).cloned().flatten()
    }

    fn learn(&self, id: u32, edges: &Edges) {
        if let Some(known) = self.write().edges.get_mut(id as usize) {
            *known = Some(Arc::clone(edges));
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Known> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Known> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
