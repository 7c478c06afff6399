//! What the files of a project say: its settings, its Python, its Ruff.
//!
//! Does no I/O: whoever asks hands in how to read a file.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::overlap::{RUFF_DEFAULT, RuffCodes};
use super::settings::{Layer, Problem};
use crate::python::PythonVersion;

/// The names of the files that are read; a change of any can change what a project says.
pub const FILES: [&str; 6] =
    ["marginalia.toml", "pyproject.toml", "ruff.toml", ".ruff.toml", LEGACY_FILES[0], LEGACY_FILES[1]];

/// What said which Python a project is for before `pyproject.toml` did, and is asked where that does not say it.
const LEGACY_FILES: [&str; 2] = ["setup.cfg", "setup.py"];

/// How many configurations may extend one another.
const MAX_EXTENDS: usize = 8;

/// What the files say that apply to one folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Project {
    /// Settings, those that win last.
    pub layers: Vec<Layer>,
    /// The lower bound of `requires-python` or `python_requires`, or the lowest version among the classifiers where there is none.
    pub requires_python: Option<PythonVersion>,
    /// The codes that Ruff is configured to report; `None` where it is not configured.
    pub ruff: Option<RuffCodes>,
    /// What is wrong in the files.
    pub problems: Vec<Problem>,
    /// The file that a new setting of the project belongs in, if there is one: the `marginalia.toml` or the
    /// `pyproject.toml` that settings come from, else the nearest `pyproject.toml`.
    pub file: Option<PathBuf>,
}

impl Project {
    /// Reads what applies to a folder: its own files or those of the nearest folder above. `read` gives a file's text,
    /// `None` where there is no such file.
    pub fn find(folder: &Path, read: &dyn Fn(&Path) -> Option<String>) -> Self {
        let mut finder = Finder { read, project: Self::default(), settled: Settled::default() };
        for folder in folder.ancestors() {
            finder.look_in(folder);
            if finder.settled.all() {
                break;
            }
        }
        finder.project
    }
}

/// Which questions a nearer folder has answered.
#[derive(Default)]
struct Settled {
    settings: bool,
    python: bool,
    ruff: bool,
}

impl Settled {
    fn all(&self) -> bool {
        self.settings && self.python && self.ruff
    }
}

struct Finder<'a> {
    read: &'a dyn Fn(&Path) -> Option<String>,
    project: Project,
    settled: Settled,
}

impl Finder<'_> {
    fn look_in(&mut self, folder: &Path) {
        let pyproject = self.table(&folder.join("pyproject.toml"));
        if !self.settled.settings {
            self.look_for_settings(folder, pyproject.as_ref());
        }
        if pyproject.is_some() && self.project.file.is_none() {
            self.project.file = Some(folder.join("pyproject.toml"));
        }
        if !self.settled.python {
            self.look_for_python(folder, pyproject.as_ref());
        }
        if !self.settled.ruff {
            self.look_for_ruff(folder, pyproject.as_ref());
        }
    }

    fn look_for_settings(&mut self, folder: &Path, pyproject: Option<&Table>) {
        let pyproject = pyproject.and_then(|pyproject| tool(pyproject, "marginalia"));
        let own = self.table(&folder.join("marginalia.toml"));
        for (name, table) in [("pyproject.toml", pyproject), ("marginalia.toml", own.as_ref())] {
            let Some(table) = table else { continue };
            let file = folder.join(name);
            let (layer, problems) = Layer::of_project(table, &file.display().to_string(), folder);
            self.project.layers.push(layer);
            self.project.problems.extend(problems);
            self.project.file = Some(file);
            self.settled.settings = true;
        }
    }

    fn look_for_python(&mut self, folder: &Path, pyproject: Option<&Table>) {
        let legacy = |name: &&str| (self.read)(&folder.join(name)).and_then(|text| python_requires(&text));
        let python = pyproject.and_then(requires_python).or_else(|| LEGACY_FILES.iter().find_map(legacy));
        self.settled.python = python.is_some();
        self.project.requires_python = python;
    }

    fn look_for_ruff(&mut self, folder: &Path, pyproject: Option<&Table>) {
        // In the order in which Ruff itself looks.
        for name in [".ruff.toml", "ruff.toml"] {
            if let Some(table) = self.table(&folder.join(name)) {
                self.settle_ruff(&table, folder);
                return;
            }
        }
        if let Some(table) = pyproject.and_then(|pyproject| tool(pyproject, "ruff")) {
            self.settle_ruff(table, folder);
        }
    }

    fn settle_ruff(&mut self, table: &Table, folder: &Path) {
        let selection = self.ruff_selection(table, folder, MAX_EXTENDS);
        let mut select = selection.select.unwrap_or_else(|| RUFF_DEFAULT.map(String::from).to_vec());
        select.extend(selection.extend);
        self.project.ruff = Some(RuffCodes::new(select, selection.ignore));
        self.settled.ruff = true;
    }

    /// What one configuration says, on top of the one it extends.
    fn ruff_selection(&self, table: &Table, folder: &Path, depth: usize) -> RuffSelection {
        let base = table.get("extend").and_then(Value::as_str).filter(|_| depth > 0);
        let mut selection = base.map_or_else(RuffSelection::default, |base| {
            let file = folder.join(base);
            let text = (self.read)(&file).and_then(|text| text.parse::<Table>().ok());
            let text = text
                .as_ref()
                .and_then(|table| if base.ends_with("pyproject.toml") { tool(table, "ruff") } else { Some(table) });
            text.map_or_else(RuffSelection::default, |table| {
                self.ruff_selection(table, file.parent().unwrap_or(folder), depth - 1)
            })
        });
        let lint = table.get("lint").and_then(Value::as_table);
        for table in [Some(table), lint].into_iter().flatten() {
            if let Some(select) = codes(table, "select") {
                selection = RuffSelection { select: Some(select), ..RuffSelection::default() };
            }
        }
        for table in [Some(table), lint].into_iter().flatten() {
            selection.extend.extend(codes(table, "extend-select").unwrap_or_default());
            for key in ["ignore", "extend-ignore"] {
                selection.ignore.extend(codes(table, key).unwrap_or_default());
            }
        }
        selection
    }

    /// A file as TOML; `None` where there is none, or it cannot be read, which is a problem.
    fn table(&mut self, file: &Path) -> Option<Table> {
        match (self.read)(file)?.parse() {
            Ok(table) => Some(table),
            Err(fault) => {
                let fault: toml::de::Error = fault;
                let message = format!("is no valid TOML: {}", fault.message());
                self.project.problems.push(Problem { source: file.display().to_string(), message });
                None
            }
        }
    }
}

#[derive(Default)]
struct RuffSelection {
    select: Option<Vec<String>>,
    extend: Vec<String>,
    ignore: Vec<String>,
}

fn codes(table: &Table, key: &str) -> Option<Vec<String>> {
    let codes = table.get(key)?.as_array()?;
    Some(codes.iter().filter_map(|code| code.as_str().map(str::to_owned)).collect())
}

fn tool<'a>(pyproject: &'a Table, name: &str) -> Option<&'a Table> {
    pyproject.get("tool")?.get(name)?.as_table()
}

/// The lowest Python that a `pyproject.toml` is for: the bound that it sets, or else the lowest that its classifiers name.
fn requires_python(pyproject: &Table) -> Option<PythonVersion> {
    let project = || pyproject.get("project");
    let poetry = || tool(pyproject, "poetry");
    let bound = || project()?.get("requires-python")?.as_str();
    let dependency = || poetry()?.get("dependencies")?.get("python")?.as_str();
    if let Some(specifier) = bound().or_else(dependency) {
        return lower_bound(specifier);
    }
    let classifiers = project().and_then(|project| project.get("classifiers"));
    let classifiers = classifiers.or_else(|| poetry()?.get("classifiers"))?.as_array()?;
    lowest_classifier(classifiers.iter().filter_map(Value::as_str))
}

/// The lowest Python that a `setup.cfg` or `setup.py` is for, as far as it is written out there: nothing is run.
fn python_requires(text: &str) -> Option<PythonVersion> {
    let quotes = ['"', '\''];
    let lines = || text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';']));
    let bound = lines().find_map(|line| {
        let (_, rest) = line.split_once("python_requires")?;
        let value = rest.trim_start_matches(quotes).trim_start().strip_prefix(['=', ':'])?.trim_start();
        let written = value.strip_prefix(quotes).and_then(|value| value.split(quotes).next());
        lower_bound(written.unwrap_or(value))
    });
    bound.or_else(|| lowest_classifier(lines().flat_map(|line| line.split(quotes))))
}

/// The lowest Python that classifiers such as `Programming Language :: Python :: 3.9` name.
pub fn lowest_classifier<'c>(classifiers: impl IntoIterator<Item = &'c str>) -> Option<PythonVersion> {
    let versions = classifiers.into_iter().filter_map(|classifier| {
        let version = classifier.trim().strip_prefix("Programming Language :: Python :: ")?;
        version.trim().parse().ok()
    });
    versions.min()
}

/// The lowest Python that a specifier such as `>=3.9,<4`, `~=3.10`, `==3.11.*` or `^3.9` lets in.
fn lower_bound(specifier: &str) -> Option<PythonVersion> {
    let bound = |clause: &str| {
        let clause = clause.trim();
        let version =
            [">=", "~=", "===", "==", "^", "~", ">"].iter().find_map(|operator| clause.strip_prefix(operator))?;
        version.trim().parse().ok()
    };
    specifier.split(',').filter_map(bound).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::margin::settings::{HoverDetail, Settings};

    /// The project that applies to a folder, among these files.
    fn project(folder: &str, files: &[(&str, &str)]) -> Project {
        Project::find(Path::new(folder), &|path| {
            files.iter().find(|(name, _)| Path::new(name) == path).map(|(_, text)| (*text).to_owned())
        })
    }

    fn reports(files: &[(&str, &str)], code: &str) -> bool {
        project("/p/src", files).ruff.is_some_and(|ruff| ruff.reports(code))
    }

    #[test]
    fn the_nearest_folder_with_settings_counts_alone() {
        let files = [
            ("/p/marginalia.toml", "hover.detail = 'off'\nhover.keywords = false"),
            ("/p/lib/pyproject.toml", "[tool.marginalia]\nhover.detail = 'full'"),
        ];
        let near = Settings::new(&project("/p/lib/src", &files), []);
        assert_eq!((near.hover.detail, near.hover.keywords), (HoverDetail::Full, true));
        let far = Settings::new(&project("/p/other", &files), []);
        assert_eq!((far.hover.detail, far.hover.keywords), (HoverDetail::Off, false));
    }

    #[test]
    fn marginalia_toml_wins_over_the_pyproject_beside_it() {
        let files = [
            ("/p/pyproject.toml", "[tool.marginalia]\nhover.detail = 'full'\nhover.keywords = false"),
            ("/p/marginalia.toml", "hover.detail = 'off'"),
        ];
        let project = project("/p", &files);
        let hover = Settings::new(&project, []).hover;
        assert_eq!((hover.detail, hover.keywords), (HoverDetail::Off, false));
        assert_eq!(project.file, Some("/p/marginalia.toml".into()));
    }

    #[test]
    fn a_pyproject_without_our_table_does_not_end_the_search() {
        let files = [
            ("/p/marginalia.toml", "hover.detail = 'off'"),
            ("/p/lib/pyproject.toml", "[project]\nrequires-python = '>=3.10'"),
        ];
        let project = project("/p/lib", &files);
        assert_eq!(Settings::new(&project, []).hover.detail, HoverDetail::Off);
        assert_eq!(project.requires_python, Some(PythonVersion::three(10)));
        assert_eq!(project.file, Some("/p/marginalia.toml".into()));
    }

    #[test]
    fn new_settings_go_to_the_nearest_pyproject_where_there_are_none() {
        let files = [("/p/pyproject.toml", "[project]\nname = 'p'")];
        assert_eq!(project("/p/src", &files).file, Some("/p/pyproject.toml".into()));
        assert_eq!(project("/elsewhere", &files).file, None);
    }

    #[test]
    fn a_file_that_is_no_toml_is_a_problem_and_no_more() {
        let files = [
            ("/p/marginalia.toml", "hover.detail = "),
            ("/p/pyproject.toml", "[tool.marginalia]\ncodeLens.enabled = true"),
        ];
        let project = project("/p", &files);
        assert!(Settings::new(&project, []).code_lens);
        assert_eq!(project.problems.len(), 1);
        assert!(project.problems[0].to_string().starts_with("/p/marginalia.toml: is no valid TOML: "));
    }

    #[test]
    fn the_lower_bound_of_requires_python() {
        for (specifier, bound) in [
            (">=3.9", Some((3, 9))),
            (">= 3.9, < 4", Some((3, 9))),
            ("~=3.10", Some((3, 10))),
            ("==3.12.*", Some((3, 12))),
            ("^3.9", Some((3, 9))),
            ("!=3.9.1,>=3.8.2", Some((3, 8))),
            ("<4", None),
            ("", None),
        ] {
            assert_eq!(
                lower_bound(specifier),
                bound.map(|(major, minor)| PythonVersion { major, minor }),
                "{specifier}"
            );
        }
    }

    #[test]
    fn poetry_says_it_elsewhere() {
        let files = [("/p/pyproject.toml", "[tool.poetry.dependencies]\npython = '^3.9'")];
        assert_eq!(project("/p", &files).requires_python, Some(PythonVersion::three(9)));
    }

    #[test]
    fn without_a_bound_the_classifiers_say_it() {
        let classifiers = "classifiers = [\n'Programming Language :: Python :: 3',\n'Programming Language :: Python :: 3.10',\n\
                           'Programming Language :: Python :: 2.7',\n'Programming Language :: Python :: Implementation :: CPython',\n]\n";
        let python = |text: &str| project("/p", &[("/p/pyproject.toml", text)]).requires_python;
        let oldest = Some(PythonVersion { major: 2, minor: 7 });
        assert_eq!(python(&format!("[project]\n{classifiers}")), oldest);
        assert_eq!(python(&format!("[tool.poetry]\n{classifiers}")), oldest);
        assert_eq!(
            python(&format!("[project]\nrequires-python = '>=3.9'\n{classifiers}")),
            Some(PythonVersion::three(9))
        );
        assert_eq!(python("[project]\nclassifiers = ['Programming Language :: Python :: 3']\n"), None);
    }

    #[test]
    fn older_projects_say_it_in_setup_cfg_or_setup_py() {
        let python = |name: &str, text: &str| {
            let files = [("/p/pyproject.toml", "[build-system]\nrequires = ['setuptools']"), (name, text)];
            project("/p/src", &files).requires_python
        };
        let in_cfg = |text: &str| python("/p/setup.cfg", text);
        let in_py = |text: &str| python("/p/setup.py", text);
        let three = |minor| Some(PythonVersion::three(minor));
        assert_eq!(in_cfg("[options]\npackages = find:\npython_requires = >=3.8, <4\n"), three(8));
        let classifiers =
            "classifiers =\n    Programming Language :: Python :: 3\n    Programming Language :: Python :: 3.9\n";
        assert_eq!(in_cfg(&format!("[metadata]\n{classifiers}")), three(9));
        assert_eq!(in_cfg(&format!("[metadata]\n{classifiers}[options]\n# python_requires = >=3.6\n")), three(9));
        assert_eq!(in_py("setup(\n    name='shop',\n    python_requires='>=3.7, !=3.7.1',\n)\n"), three(7));
        assert_eq!(in_py("setup(**{\"python_requires\": \"~=3.11\"})\n"), three(11));
        let listed = "['Programming Language :: Python :: 3.12', 'Programming Language :: Python :: 3.10']";
        assert_eq!(in_py(&format!("setup(python_requires=OLDEST, classifiers={listed})\n")), three(10));
        assert_eq!(in_py("from setuptools import setup\nsetup()\n"), None);

        let both = [
            ("/p/pyproject.toml", "[project]\nrequires-python = '>=3.12'"),
            ("/p/setup.py", "setup(python_requires='>=3.8')"),
        ];
        assert_eq!(project("/p", &both).requires_python, three(12));
    }

    #[test]
    fn ruff_without_a_selection_selects_its_defaults() {
        let files = [("/p/pyproject.toml", "[tool.ruff]\nline-length = 120")];
        assert!(reports(&files, "F401"));
        assert!(reports(&files, "E722"));
        assert!(!reports(&files, "B006"));
        assert_eq!(project("/p", &[("/p/pyproject.toml", "[tool.black]")]).ruff, None);
    }

    #[test]
    fn ruff_is_configured_in_many_places() {
        for (file, text) in [
            ("/p/ruff.toml", "lint.select = ['B']"),
            ("/p/ruff.toml", "select = ['B']"),
            ("/p/.ruff.toml", "[lint]\nextend-select = ['B006']"),
            ("/p/src/ruff.toml", "lint.select = ['ALL']"),
            ("/p/pyproject.toml", "[tool.ruff.lint]\nselect = ['B', 'S']"),
        ] {
            assert!(reports(&[(file, text)], "B006"), "{file}: {text}");
        }
        assert!(!reports(&[("/p/ruff.toml", "lint.select = ['B']\nlint.ignore = ['B006']")], "B006"));
        assert!(!reports(&[("/p/.ruff.toml", ""), ("/p/ruff.toml", "lint.select = ['B']")], "B006"));
    }

    #[test]
    fn ruff_configurations_extend_one_another() {
        let base = ("/base/ruff.toml", "lint.select = ['B']\nlint.ignore = ['B904']");
        let inherits = [base, ("/p/ruff.toml", "extend = '../base/ruff.toml'\nlint.extend-select = ['S']")];
        let inherits = inherits.map(|(name, text)| (name, text.replace("../base", "/base")));
        let inherits: Vec<_> = inherits.iter().map(|(name, text)| (*name, text.as_str())).collect();
        assert!(reports(&inherits, "B006") && reports(&inherits, "S306") && !reports(&inherits, "B904"));
        let endless = [("/p/ruff.toml", "extend = '/p/ruff.toml'\nlint.select = ['B']")];
        assert!(reports(&endless, "B006"));
    }
}
