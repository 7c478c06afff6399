//! The settings that apply to a file: those of the nearest `marginalia.toml` or `pyproject.toml`, and of the command line.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::disk::{Library, ProjectFiles, name_within, place, read_settings};
use crate::knowledge::{Knowledge, Rule};
use crate::margin::project::Project;
use crate::margin::selector::Selector;
use crate::margin::settings::{Problem, Settings};
use crate::margin::{Engine, Options};

use super::output::{Complaint, complain};
use super::source::Source;

/// What the command line says about rules; it wins over the files.
#[derive(Clone, Debug, Default)]
pub(super) struct Choice {
    /// Only these, when there are any.
    pub select: Vec<Selector>,
    /// Not these.
    pub ignore: Vec<Selector>,
}

impl Choice {
    fn apply(&self, settings: &mut Settings) {
        let diagnostics = &mut settings.diagnostics;
        if !self.select.is_empty() {
            diagnostics.enabled = true;
            diagnostics.select.clone_from(&self.select);
            diagnostics.ignore.clear();
            // Narrower names win over it.
            if !self.select.contains(&Selector::All) {
                diagnostics.ignore.push(Selector::All);
            }
        }
        diagnostics.ignore.extend(self.ignore.iter().cloned());
    }
}

/// Settings with the rules that they switch on.
#[derive(Debug)]
pub(super) struct Applied {
    pub settings: Settings,
    pub engine: Arc<Engine>,
    /// The files of the projects.
    pub files: Arc<ProjectFiles>,
}

impl Applied {
    /// What a file is analysed with.
    pub fn options(&self, source: &Source) -> Options {
        let place = source.path.as_deref().and_then(|path| place(path, &self.files));
        // Without a project, `tests/helpers.py` is what the user says it is.
        let in_project = || place.as_ref().is_some_and(|place| place.project_root().is_some());
        let is_said = Path::new(&source.name).is_relative() && !in_project();
        let file_name =
            if is_said { source.name.clone() } else { name_within(Path::new(&source.name), place.as_ref()) };
        Options {
            target: self.settings.target(),
            file_name,
            stub: source.is_stub(),
            place,
            notebook: source.notebook.is_some(),
            findings_only: false,
        }
    }
}

/// The settings of every folder, read when first asked for.
pub(super) struct Projects {
    books: Library,
    files: Arc<ProjectFiles>,
    choice: Choice,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    folders: HashMap<PathBuf, Arc<Applied>>,
    /// The settings files that were looked for: every folder asks for those of all folders above it.
    texts: HashMap<PathBuf, Option<String>>,
    /// Most folders of a project have the same settings.
    distinct: Vec<Arc<Applied>>,
    problems: Vec<Problem>,
    seen: HashSet<Problem>,
}

impl Projects {
    /// With what the settings say.
    pub fn new() -> Self {
        Self { books: Library::new(), files: Arc::default(), choice: Choice::default(), state: Mutex::default() }
    }

    /// With what the command line says about rules on top of it.
    pub fn with(self, choice: Choice) -> Self {
        let State { problems, seen, .. } = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        Self { choice, state: Mutex::new(State { problems, seen, ..State::default() }), ..self }
    }

    /// The books that are open in the current folder. Says what is wrong in its settings.
    pub fn knowledge_here(&self) -> Arc<Knowledge> {
        let knowledge = Arc::clone(self.of(Path::new("-")).engine.knowledge());
        for problem in self.problems() {
            complain(Complaint::Warning, &problem);
        }
        knowledge
    }

    /// The settings for a file, or for what would be a file there.
    pub fn of(&self, file: &Path) -> Arc<Applied> {
        let folder =
            std::path::absolute(file).ok().and_then(|file| Some(file.parent()?.to_owned())).unwrap_or_default();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = state.folders.get(&folder) {
            return Arc::clone(known);
        }
        let texts = RefCell::new(std::mem::take(&mut state.texts));
        let read =
            |path: &Path| texts.borrow_mut().entry(path.to_owned()).or_insert_with(|| read_settings(path)).clone();
        let project = Project::find(&folder, &read);
        state.texts = texts.into_inner();
        let mut settings = Settings::new(&project, []);
        let (knowledge, problems) = self.books.open(&settings.books, &settings.disabled_books);
        state.report(problems);
        // A rule of a book that is off may be named all the same.
        let builtin = Knowledge::builtin();
        let rules = knowledge.rules().chain(builtin.rules());
        let rules: Vec<&str> = rules.map(|(_, rule)| &*rule.name).collect();
        let source = project.file.as_deref().unwrap_or(&folder).display().to_string();
        let unknown = settings.unknown_rules(&rules).into_iter();
        state.report(project.problems);
        state.report(unknown.map(|message| Problem { source: source.clone(), message }));
        self.choice.apply(&mut settings);
        let known = state.distinct.iter().find(|applied| applied.settings == settings).map(Arc::clone);
        let applied = known.unwrap_or_else(|| {
            let wanted = |_, rule: &Rule| settings.rule_severity(rule).is_some();
            let engine = Engine::with_rules(knowledge, wanted);
            let applied = Arc::new(Applied { settings, engine, files: Arc::clone(&self.files) });
            state.distinct.push(Arc::clone(&applied));
            applied
        });
        state.folders.insert(folder, Arc::clone(&applied));
        applied
    }

    /// What is wrong in the settings files that were read, each once, in order of file.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.state.lock().unwrap_or_else(PoisonError::into_inner).problems.clone();
        problems.sort_by(|a, b| (&a.source, &a.message).cmp(&(&b.source, &b.message)));
        problems
    }
}

impl State {
    fn report(&mut self, problems: impl IntoIterator<Item = Problem>) {
        for problem in problems {
            if self.seen.insert(problem.clone()) {
                self.problems.push(problem);
            }
        }
    }
}
