//! `namespace-package-conflict`

use std::path::Path;

use ruff_text_size::TextRange;

use super::support::{is_for_show, path_within, siblings};
use super::{Look, ProjectDetector};
use crate::margin::rules::Report;
use crate::python::Place;

pub(super) const DETECTOR: ProjectDetector =
    ProjectDetector { rule: "namespace-package-conflict", hooks: &[], look: Look::Place(look) };

fn look(place: &Place, report: &mut Report<'_>) {
    let folder = place.folder();
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if is_for_show(path_within(place)) {
        return;
    }
    if is_gap(place, folder) {
        let message = format!("`{name}` has no `__init__.py` though the package around it has one: tools overlook its modules");
        report.say(TextRange::default(), message);
    } else if let Some(other) = other_portion(place, folder, name) {
        let message = format!("There is another `{name}` in `{other}`: only one of the two can be imported");
        report.say(TextRange::default(), message);
    }
}

/// Whether the file is the first in a folder that is no package inside of one.
fn is_gap(place: &Place, folder: &Path) -> bool {
    let inner = siblings(place);
    let around = folder.parent().and_then(|around| place.files.folder(around));
    !inner.is_package()
        && around.is_some_and(|around| around.has_file("__init__.py"))
        && place.name().strip_suffix(".py").is_some_and(|own| inner.modules().next() == Some(own))
}

/// Where else the project has the outermost package that this is the `__init__.py` of.
fn other_portion(place: &Place, folder: &Path, name: &str) -> Option<String> {
    let top = folder.parent()?;
    if place.name() != "__init__.py" || place.import_root() != top {
        return None;
    }
    let root = place.project_root()?;
    let (other, shown) = if top == root { (root.join("src").join(name), "src") } else { (root.join(name), ".") };
    let other_files = place.files.folder(&other)?;
    let counts = other != folder && top.starts_with(root) && other_files.modules().next().is_some();
    (counts && (top == root || top == root.join("src"))).then(|| shown.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::project::tests::found;

    fn places(files: &[(&str, &str)]) -> Vec<String> {
        found("namespace-package-conflict", files).into_iter().map(|(file, _)| file).collect()
    }

    #[test]
    fn a_folder_within_a_package_is_told_once() {
        let files = [("a/__init__.py", ""), ("a/b/two.py", ""), ("a/b/one.py", ""), ("a/c/__init__.py", ""), ("d/e.py", "")];
        assert_eq!(places(&files), ["a/b/one.py"]);
    }

    #[test]
    fn a_package_in_both_layouts() {
        let files = [("pyproject.toml", ""), ("shop/__init__.py", ""), ("src/shop/core.py", ""), ("other/__init__.py", "")];
        assert_eq!(places(&files), ["shop/__init__.py"]);
        let files = [("pyproject.toml", ""), ("shop/__init__.py", ""), ("src/store/core.py", "")];
        assert_eq!(places(&files), Vec::<String>::new());
    }
}
