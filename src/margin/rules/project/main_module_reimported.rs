//! `main-module-reimported`

use super::support::imports;
use super::{Look, ProjectDetector};
use crate::margin::rules::Report;
use crate::python::{Module, Place, Target, When};

pub(super) const DETECTOR: ProjectDetector =
    ProjectDetector { rule: "main-module-reimported", hooks: &[], look: Look::Module(module) };

fn module(place: &Place, module: &Module, report: &mut Report<'_>) {
    if place.name() == "__main__.py" || !place.files.outline(&place.path).is_some_and(|outline| outline.has_main_guard) {
        return;
    }
    for import in imports(module).filter(|import| import.when != When::Checking) {
        for resolved in place.resolve(&import) {
            let Target::Module(path) = &resolved.target else { continue };
            if let Some(way) = place.way_back(path, true) {
                let last = way.last().map(|path| place.of(path.clone()).module_name()).unwrap_or_default();
                report.at(resolved.range, &[("module", &place.module_name()), ("other", &last)]);
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::project::tests::found;

    const GUARD: &str = "import tool.work\nif __name__ == '__main__':\n    tool.work.run()\n";

    #[test]
    fn only_what_is_run_and_imported_again() {
        let files = |cli: &'static str, work: &'static str| [("tool/__init__.py", ""), ("tool/cli.py", cli), ("tool/work.py", work)];
        let count = |files: &[(&str, &str)]| found("main-module-reimported", files).len();
        assert_eq!(count(&files(GUARD, "def run():\n    from tool import cli\n")), 1);
        assert_eq!(count(&files("import tool.work\n", "from tool import cli\n")), 0);
        assert_eq!(count(&files(GUARD, "import json\n")), 0);
        assert_eq!(count(&files(GUARD, "if TYPE_CHECKING:\n    from tool import cli\n")), 0);
    }
}
