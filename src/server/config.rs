//! Where settings come from: the editor, and the files of the project a document belongs to.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use serde_json::Value as Json;
use toml::{Table, Value};
use tower_lsp::ls_types::Uri;

use super::documents::file_path;
use crate::disk::{Library, OwnCopy, ProjectFiles, from_home, name_within, place, read_settings};
use crate::knowledge::Knowledge;
use crate::margin::project::Project;
use crate::margin::settings::{Layer, Problem, Settings};
use crate::margin::{Engine, Options};

/// How problems call the editor's settings.
const EDITOR: &str = "editor settings";

/// The key in `initializationOptions` by which an extension says that it opens sections itself: a URI that a section's
/// number is put behind. It is no setting; nobody writes it by hand.
const URI_HANDLER: &str = "uriHandler";

/// The settings of every open document.
#[derive(Debug)]
pub(super) struct Config {
    books: Library,
    files: Arc<ProjectFiles>,
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The folders of the workspace, in the client's order.
    folders: Vec<Folder>,
    uri_handler: Option<String>,
    /// From `initializationOptions`.
    initial: Layer,
    /// From `workspace/configuration` or `workspace/didChangeConfiguration`.
    current: Layer,
    projects: HashMap<PathBuf, Arc<Applied>>,
    /// Counts changes: what was read before a change is not kept after it.
    epoch: u64,
    unreported: Vec<Problem>,
    /// Whether books may be open that were not read or are not watched.
    new_books: bool,
    seen: HashSet<Problem>,
}

/// A folder of the workspace.
#[derive(Debug)]
pub(super) struct Folder {
    uri: Uri,
    path: PathBuf,
    /// What the editor's settings are in it, where it was asked.
    layer: Option<Layer>,
}

impl Folder {
    /// A folder on disk; others have no settings of their own.
    pub fn new(uri: Uri) -> Option<Self> {
        let path = file_path(&uri)?;
        Some(Self { uri, path, layer: None })
    }
}

/// What a book is read from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum BookFile {
    /// A folder of notes and rules.
    Folder(PathBuf),
    /// The reader's own copy.
    Copy(PathBuf),
}

/// The settings that apply to a folder. Equal when they say the same.
#[derive(Debug)]
pub(super) struct Applied {
    pub settings: Settings,
    /// The books that they open, and the rules that they switch on.
    pub engine: Arc<Engine>,
    /// The reader's own copy of the first book.
    pub copy: Option<Arc<OwnCopy>>,
    /// The file that a new setting of the project belongs in.
    pub file: Option<PathBuf>,
    /// The files of the projects.
    pub files: Arc<ProjectFiles>,
}

impl PartialEq for Applied {
    fn eq(&self, other: &Self) -> bool {
        // The rules follow from the settings and the books.
        let same_copy = self.copy.as_ref().map(Arc::as_ptr) == other.copy.as_ref().map(Arc::as_ptr);
        let same_books = Arc::ptr_eq(self.knowledge(), other.knowledge());
        same_copy && same_books && self.settings == other.settings && self.file == other.file
    }
}

impl Applied {
    /// The books that are open.
    pub fn knowledge(&self) -> &Arc<Knowledge> {
        self.engine.knowledge()
    }

    /// What a file is analysed with.
    pub fn options(&self, path: &Path, notebook: bool) -> Options {
        let place = place(path, &self.files);
        Options {
            target: self.settings.target(),
            file_name: name_within(path, place.as_ref()),
            stub: path.extension().is_some_and(|extension| extension == "pyi"),
            place,
            notebook,
            findings_only: false,
        }
    }
}

impl Config {
    /// The defaults.
    pub fn new() -> Self {
        Self { books: Library::new(), files: Arc::default(), state: RwLock::default() }
    }

    /// Takes what the client says when it starts the server.
    pub fn initialize(&self, folders: Vec<Folder>, options: Option<Json>) {
        let mut state = self.write();
        state.folders = folders;
        let Some(Json::Object(mut options)) = options else { return };
        state.uri_handler = options.remove(URI_HANDLER).and_then(|uri| uri.as_str().map(str::to_owned));
        state.initial = state.read_editor(Json::Object(options), None);
    }

    /// Takes the editor's settings as they are now. They apply with the next [`Config::reread`].
    pub fn set_editor(&self, settings: Json) {
        let mut state = self.write();
        state.current = state.read_editor(settings, None);
        state.epoch += 1;
    }

    /// Takes the editor's settings in one folder of the workspace, which win over those of the whole. They apply with the
    /// next [`Config::reread`].
    pub fn set_editor_in(&self, folder: &Uri, settings: Json) {
        let mut state = self.write();
        let Some(at) = state.folders.iter().position(|known| known.uri == *folder) else { return };
        let path = state.folders[at].path.clone();
        let layer = state.read_editor(settings, Some(path));
        state.folders[at].layer = Some(layer);
        state.epoch += 1;
    }

    /// Folders have come and gone. What that changes applies with the next [`Config::reread`].
    pub fn change_folders(&self, added: Vec<Folder>, removed: &[Uri]) {
        let mut state = self.write();
        state.folders.retain(|folder| !removed.contains(&folder.uri));
        state.folders.extend(added);
        state.epoch += 1;
    }

    /// The folders that can have settings of their own in the editor: all, when there are several.
    pub fn folders(&self) -> Vec<Uri> {
        let state = self.read();
        if state.folders.len() < 2 {
            Vec::new()
        } else {
            state.folders.iter().map(|folder| folder.uri.clone()).collect()
        }
    }

    /// Makes the settings of all known folders anew; whether any changed. Reads files: not for the async threads.
    pub fn reread(&self) -> bool {
        let folders: Vec<_> = {
            let mut state = self.write();
            state.epoch += 1;
            state.projects.keys().cloned().collect()
        };
        let mut changed = false;
        for folder in folders {
            let new = self.put_together(find_project(&folder), &folder);
            let mut state = self.write();
            if state.projects.get(&folder).is_none_or(|old| **old != *new) {
                state.projects.insert(folder, new);
                changed = true;
            }
        }
        changed
    }

    /// The root of the workspace.
    pub fn root(&self) -> Option<PathBuf> {
        self.read().root()
    }

    /// The folder of the workspace that a document is in, the innermost one; the first for one that is no file.
    pub fn root_of(&self, document: Option<&Path>) -> Option<PathBuf> {
        let state = self.read();
        let Some(document) = document else { return state.root() };
        state.folder_of(document).map(|folder| folder.path.clone()).or_else(|| state.root())
    }

    /// What the editor's extension puts before a section's number to open it.
    pub fn uri_handler(&self) -> Option<String> {
        self.read().uri_handler.clone()
    }

    /// The settings for a document at this path, or for one that is no file. Reads files: not for the async threads.
    pub fn applied(&self, document: Option<&Path>) -> Arc<Applied> {
        loop {
            let (folder, epoch, known) = {
                let state = self.read();
                let folder = document.and_then(Path::parent).map(Path::to_owned).or_else(|| state.root());
                let folder = folder.unwrap_or_default();
                let known = state.projects.get(&folder).map(Arc::clone);
                (folder, state.epoch, known)
            };
            if let Some(known) = known {
                return known;
            }
            let applied = self.put_together(find_project(&folder), &folder);
            let mut state = self.write();
            // What was read before a change may be out of date.
            if state.epoch == epoch {
                state.projects.insert(folder, Arc::clone(&applied));
                return applied;
            }
        }
    }

    /// Puts settings together, and reads the books that they name. Folders with the same settings share the rules that
    /// these switch on.
    fn put_together(&self, project: Project, folder: &Path) -> Arc<Applied> {
        let settings = {
            let state = self.read();
            let own = state.folder_of(folder).and_then(|folder| folder.layer.as_ref());
            Settings::new(&project, [&state.initial, own.unwrap_or(&state.current)])
        };
        let (knowledge, mut problems) = self.books.open(&settings.books, &settings.disabled_books);
        problems.extend(project.problems);
        let copy = settings.book_path.as_deref();
        let copy = copy.and_then(|path| self.books.copy(path, &mut problems));
        // A rule of a book that is off may be named all the same.
        let builtin = Knowledge::builtin();
        let rules = knowledge.rules().chain(builtin.rules());
        let rules: Vec<&str> = rules.map(|(_, rule)| &*rule.name).collect();
        let unknown = settings.unknown_rules(&rules).into_iter();
        problems.extend(unknown.map(|message| Problem { source: "settings".to_owned(), message }));
        let mut state = self.write();
        state.new_books = true;
        state.report(problems);
        let mut known = state.projects.values();
        let same = known.find(|it| it.settings == settings && Arc::ptr_eq(it.knowledge(), &knowledge));
        let engine = same.map_or_else(
            || Engine::with_rules(Arc::clone(&knowledge), |_, rule| settings.rule_severity(rule).is_some()),
            |applied| Arc::clone(&applied.engine),
        );
        Arc::new(Applied { settings, engine, copy, file: project.file, files: Arc::clone(&self.files) })
    }

    /// Whether any rule that is switched on somewhere asks for the files around a document.
    pub fn needs_files(&self) -> bool {
        self.read().projects.values().any(|applied| applied.engine.needs_files())
    }

    /// Files may have changed that are no settings.
    pub fn forget_files(&self) {
        self.files.forget();
    }

    /// The settings of the workspace as a whole.
    pub fn workspace(&self) -> Arc<Applied> {
        self.applied(None)
    }

    /// The open book with this short name. The workspace's own come first.
    pub fn with_book(&self, id: &str) -> Option<Arc<Knowledge>> {
        let known = self.read().projects.values().map(|applied| Arc::clone(applied.knowledge())).collect::<Vec<_>>();
        let workspace = Arc::clone(self.workspace().knowledge());
        [workspace].into_iter().chain(known).find(|knowledge| has_book(knowledge, id))
    }

    /// Whether there may be news in [`Config::copies`] or [`Config::book_files`] since the last call.
    pub fn take_new_books(&self) -> bool {
        self.read().new_books && std::mem::take(&mut self.write().new_books)
    }

    /// The reader's own copies of the book.
    pub fn copies(&self) -> Vec<Arc<OwnCopy>> {
        let state = self.read();
        let mut copies: Vec<_> = state.projects.values().filter_map(|applied| applied.copy.clone()).collect();
        copies.sort_by(|one, other| one.path.cmp(&other.path));
        copies.dedup_by(|one, other| Arc::ptr_eq(one, other));
        copies
    }

    /// What the books that settings name are read from: folders, and files that are copies. Some may not exist yet.
    pub fn book_files(&self) -> BTreeSet<BookFile> {
        let state = self.read();
        let settings = state.projects.values().map(|applied| &applied.settings);
        let paths = settings.flat_map(|settings| {
            let folders = settings.books.iter().map(|path| BookFile::Folder(from_home(path)));
            folders.chain(settings.book_path.iter().map(|path| BookFile::Copy(from_home(path))))
        });
        paths.collect()
    }

    /// Something is wrong that shows only now.
    pub fn report(&self, source: String, message: String) {
        self.write().report([Problem { source, message }]);
    }

    /// What was found wrong since the last call.
    pub fn take_problems(&self) -> Vec<Problem> {
        if self.read().unreported.is_empty() {
            return Vec::new();
        }
        std::mem::take(&mut self.write().unreported)
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn root(&self) -> Option<PathBuf> {
        self.folders.first().map(|folder| folder.path.clone())
    }

    /// The innermost folder of the workspace around a path.
    fn folder_of(&self, path: &Path) -> Option<&Folder> {
        let around = self.folders.iter().filter(|folder| path.starts_with(&folder.path));
        around.max_by_key(|folder| folder.path.components().count())
    }

    /// Reads the editor's settings, with or without the name of the server around them. Paths are relative to a folder, or
    /// to the workspace's root.
    fn read_editor(&mut self, settings: Json, folder: Option<PathBuf>) -> Layer {
        let Some(Value::Table(mut tree)) = to_toml(settings) else { return Layer::default() };
        if let Some(Value::Table(inner)) = tree.get("marginalia") {
            tree = inner.clone();
        }
        let base = folder.or_else(|| self.root()).unwrap_or_default();
        let (layer, problems) = Layer::read(&tree, EDITOR, &base);
        self.report(problems);
        layer
    }

    fn report(&mut self, problems: impl IntoIterator<Item = Problem>) {
        for problem in problems {
            if self.seen.insert(problem.clone()) {
                self.unreported.push(problem);
            }
        }
    }
}

fn has_book(knowledge: &Knowledge, id: &str) -> bool {
    knowledge.volumes().iter().any(|volume| volume.book().id == id)
}

fn find_project(folder: &Path) -> Project {
    if folder.is_absolute() { Project::find(folder, &read_settings) } else { Project::default() }
}

/// Settings are TOML values below the server. What is `null` is not set.
fn to_toml(value: Json) -> Option<Value> {
    Some(match value {
        Json::Null => return None,
        Json::Bool(value) => Value::Boolean(value),
        Json::Number(value) => {
            value.as_i64().map_or_else(|| Value::Float(value.as_f64().unwrap_or(f64::NAN)), Value::Integer)
        }
        Json::String(value) => Value::String(value),
        Json::Array(values) => Value::Array(values.into_iter().filter_map(to_toml).collect()),
        Json::Object(values) => {
            let entry = |(key, value)| Some((key, to_toml(value)?));
            Value::Table(values.into_iter().filter_map(entry).collect::<Table>())
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::margin::settings::HoverDetail;

    fn config(options: Json) -> Config {
        let config = Config::new();
        config.initialize(Vec::new(), Some(options));
        config
    }

    fn detail(config: &Config) -> HoverDetail {
        config.workspace().settings.hover.detail
    }

    #[test]
    fn the_name_of_the_server_may_stand_around_the_settings() {
        assert_eq!(detail(&config(json!({"hover": {"detail": "full"}}))), HoverDetail::Full);
        assert_eq!(detail(&config(json!({"marginalia": {"hover.detail": "full"}}))), HoverDetail::Full);
    }

    #[test]
    fn what_the_editor_says_later_wins_key_by_key() {
        let config = config(json!({"hover": {"detail": "full", "keywords": false}}));
        assert_eq!(detail(&config), HoverDetail::Full);
        config.set_editor(json!({"hover": {"detail": "off", "keywords": null}}));
        assert!(config.reread());
        assert_eq!(detail(&config), HoverDetail::Off);
        assert!(!config.workspace().settings.hover.keywords);
        config.set_editor(json!({"hover": {"detail": "off"}}));
        assert!(!config.reread(), "nothing new");
        config.set_editor(Json::Null);
        assert!(config.reread());
        assert_eq!(detail(&config), HoverDetail::Full);
    }

    #[test]
    fn a_problem_is_reported_once() {
        let config = config(json!({"hover": {"detail": "long"}}));
        assert_eq!(config.take_problems().len(), 1);
        config.set_editor(json!({"hover": {"detail": "long"}, "colour": "blue"}));
        let problems = config.take_problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].to_string(), "editor settings: there is no setting `colour`");
    }

    #[test]
    fn files_of_the_project_apply_to_documents_in_it_until_they_change() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("marginalia.toml");
        let document = folder.path().join("a.py");
        std::fs::write(&file, "hover.detail = 'off'").unwrap();
        let config = Config::new();
        assert_eq!(config.applied(Some(&document)).settings.hover.detail, HoverDetail::Off);
        assert_eq!(config.applied(Some(&document)).file, Some(file.clone()));
        assert_eq!(detail(&config), HoverDetail::Summary, "elsewhere");

        let elsewhere = config.workspace();
        std::fs::write(&file, "hover.detail = 'full'").unwrap();
        assert!(config.reread());
        assert!(Arc::ptr_eq(&config.workspace(), &elsewhere), "not touched");
        assert_eq!(config.applied(Some(&document)).settings.hover.detail, HoverDetail::Full);
    }

    #[test]
    fn the_extensions_way_to_open_sections_is_no_setting() {
        let config = config(json!({"uriHandler": "vscode://marginalia/section/"}));
        assert_eq!(config.uri_handler().as_deref(), Some("vscode://marginalia/section/"));
        assert!(config.take_problems().is_empty());
    }
}
