//! Checks one file.

use std::sync::Arc;

use crate::cli::json::{Places, Range};
use crate::cli::project::Applied;
use crate::cli::source::Source;
use crate::disk::Notebook;
use crate::knowledge::Severity;
use crate::margin::settings::Links;
use crate::margin::{Analysis, Finding, Options, fixes, visible_findings};

/// How often a file's fixes are applied, each time to what the last left, before it is given up.
const ROUNDS: usize = 50;

/// A file and what was found in it.
pub(super) struct Checked {
    pub name: String,
    pub notebook: Option<Arc<Notebook>>,
    pub analysis: Analysis,
    /// In order of place.
    pub findings: Vec<(Finding, Severity)>,
    /// Where rules are explained.
    pub links: Links,
}

impl Checked {
    /// Must run on a thread with a large stack.
    pub fn new(source: &Source, applied: &Applied) -> Self {
        let cells = source.cells.clone();
        let options = Options { findings_only: true, ..applied.options(source) };
        let analysis = Analysis::of_cells(Arc::clone(&source.text), cells, &options, &applied.engine);
        Self::of(source, analysis, applied)
    }

    /// A file that is no Python.
    pub fn other(source: &Source, applied: &Applied) -> Self {
        let analysis = Analysis::of_other(Arc::clone(&source.text), &applied.options(source), &applied.engine);
        Self::of(source, analysis, applied)
    }

    fn of(source: &Source, analysis: Analysis, applied: &Applied) -> Self {
        let findings = visible_findings(&analysis, &applied.settings);
        let notebook = source.notebook.clone();
        let links = applied.settings.links.clone();
        Self { name: source.name.clone(), notebook, analysis, findings, links }
    }

    /// What stands in the file.
    pub fn content(&self) -> &str {
        self.notebook.as_ref().map_or(self.analysis.text(), |notebook| notebook.json())
    }

    /// Says where its offsets are.
    pub fn places(&self) -> Places<'_> {
        Places::of(&self.analysis, self.notebook.as_deref())
    }

    /// How many places are no Python, where the first is (the cell of a notebook, and the range), and what is wrong there.
    pub fn syntax_problem(&self) -> Option<(usize, Option<usize>, Range, String)> {
        let mut problems = self.analysis.module().statements.iter().flat_map(|placed| {
            placed
                .statement
                .problems
                .iter()
                .map(move |problem| (problem.range + placed.range.start(), &problem.message))
        });
        let (range, message) = problems.next()?;
        let places = self.places();
        Some((1 + problems.count(), places.cell(range.start()), places.range(range), message.clone()))
    }

    fn is_python(&self) -> bool {
        self.analysis.module().statements.iter().all(|placed| placed.statement.problems.is_empty())
    }

    /// The edits of all safe fixes that can be made at once.
    fn safe_edits(&self) -> Vec<crate::margin::Edit> {
        let safe = self.findings.iter().filter_map(|(finding, _)| finding.fix.as_ref()).filter(|fix| fix.safe);
        fixes::combine(safe.map(|fix| self.analysis.edits(fix)))
    }
}

/// A file after its safe fixes.
pub(super) struct Fixed {
    pub source: Source,
    pub checked: Checked,
    /// How many findings are gone.
    pub count: usize,
    /// A fix would have broken the file, or there was no end of them; what was left out is still found.
    pub problem: Option<String>,
}

/// Applies the safe fixes of a file until none is left. Must run on a thread with a large stack.
pub(super) fn fix(source: &Source, applied: &Applied) -> Fixed {
    let (mut source, mut checked) = (source.clone(), Checked::new(source, applied));
    let before = checked.findings.len();
    let mut problem = None;
    for round in 0.. {
        let edits = checked.safe_edits();
        if edits.is_empty() {
            break;
        }
        if round == ROUNDS {
            problem = Some(format!("{}: fixes call for more fixes without end; please report this", checked.name));
            break;
        }
        let edited = source.edited(&edits);
        let next = Checked::new(&edited, applied);
        if checked.is_python() && !next.is_python() {
            problem =
                Some(format!("{}: a fix would break the syntax and was left out; please report this", checked.name));
            break;
        }
        checked = next;
        source = edited;
    }
    Fixed { count: before.saturating_sub(checked.findings.len()), source, checked, problem }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::Knowledge;
    use crate::knowledge::format::{SourceFile, read};
    use crate::margin::Engine;
    use crate::margin::settings::Settings;
    use crate::python::Cells;

    /// A book with two rules that replace one name by another; the first safely.
    fn applied() -> Applied {
        let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
        let rule = |name: &str, from: &str, to: &str, fix: &str| {
            let text = format!(
                "+++\nrule = \"{name}\"\nsections = [\"1.1\"]\ngroup = \"style\"\ndefault = true\nfix = \"{fix}\"\nmessage = \"Old\"\n\
                 match = {{ attribute = \"{from}\" }}\nreplace_with = \"{to}\"\n+++\n## What it does\nFinds it.\n\
                 ## Why the book warns\nIt is old.\n## Example\n```python\nx\n```\n## Use instead\n```python\ny\n```\n"
            );
            file(&format!("rules/{name}.md"), &text)
        };
        let (contents, problems) = read(&[
            file(
                "book.toml",
                "id = \"b\"\ntitle = \"B\"\nmark = \"B §\"\n[[chapters]]\nnumber = 1\ntitle = \"One\"\n\
                 sections = [{ number = \"1.1\", title = \"First\" }]\n",
            ),
            rule("old-name", "math.tau", "math.pi", "safe"),
            rule("odd-name", "os.sep", "os.pathsep", "unsafe"),
        ]);
        assert_eq!(problems, []);
        let engine = Engine::new(Knowledge::with_books([contents]).0);
        Applied { settings: Settings::default(), engine, files: Arc::default() }
    }

    fn source(text: &str) -> Source {
        Source { name: "a.py".to_owned(), path: None, text: text.into(), notebook: None, cells: Cells::default() }
    }

    #[test]
    fn all_safe_fixes_are_applied_and_no_other() {
        let before = "import math, os\r\nx = math.tau + math.tau\r\ny = os.sep\r\n";
        let fixed = fix(&source(before), &applied());
        assert_eq!(&**fixed.checked.analysis.text(), "import math, os\r\nx = math.pi + math.pi\r\ny = os.sep\r\n");
        assert_eq!((fixed.count, fixed.checked.findings.len(), fixed.problem), (2, 1, None));
    }

    #[test]
    fn what_is_suppressed_is_not_fixed() {
        let before = "import math\nx = math.tau  # marginalia: ignore[old-name]\n";
        let fixed = fix(&source(before), &applied());
        assert_eq!((fixed.count, &**fixed.checked.analysis.text()), (0, before));
    }

    #[test]
    fn the_first_place_that_is_no_python_is_named() {
        let checked = Checked::new(&source("x = 1\n\ndef f(:\n    pass\n\ny = )\n"), &applied());
        let (count, _, range, _) = checked.syntax_problem().unwrap();
        assert!(count >= 2, "{count}");
        assert_eq!((range.start.line, range.start.column), (3, 7));
    }
}
