//! `stdlib-module-shadowing`

use ruff_text_size::TextRange;

use super::support::siblings;
use super::{Look, ProjectDetector};
use crate::margin::rules::Report;
use crate::python::{Place, stdlib};

pub(super) const DETECTOR: ProjectDetector =
    ProjectDetector { rule: "stdlib-module-shadowing", hooks: &[], look: Look::Place(look) };

/// Modules that nobody imports from the standard library.
const UNUSED: [&str; 5] = ["test", "this", "antigravity", "idlelib", "turtledemo"];

fn look(place: &Place, report: &mut Report<'_>) {
    let Some(name) = top_level_name(place) else { return };
    if stdlib::is_module(name) && !name.starts_with('_') && !UNUSED.contains(&name) && !is_the_library(place) {
        report.at(TextRange::default(), &[("module", name)]);
    }
}

/// The name by which the file is imported, when that has one part.
fn top_level_name(place: &Place) -> Option<&str> {
    let folder = place.folder();
    match place.name().strip_suffix(".py")? {
        // A package's name, unless it stands in a package itself.
        "__init__" => (Some(place.import_root()) == folder.parent()).then(|| folder.file_name()?.to_str()).flatten(),
        _ if siblings(place).is_package() => None,
        name => Some(name),
    }
}

/// The standard library itself is no impostor.
fn is_the_library(place: &Place) -> bool {
    let root = place.files.folder(place.import_root()).unwrap_or_default();
    let own = |name: &&str| root.has_file(&format!("{name}.py"));
    ["abc", "os", "functools", "types"].iter().filter(|name| own(name)).count() > 2
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::project::tests::found;

    #[test]
    fn only_modules_that_come_first_in_a_search() {
        let files = [
            ("logging.py", "x = 1\n"),
            ("shop/__init__.py", ""),
            ("shop/json.py", ""),
            ("shop/types/__init__.py", ""),
            ("queue/__init__.py", ""),
            ("queue/one.py", ""),
            ("test/__init__.py", ""),
            ("scripts/platform.py", ""),
            ("orders.py", ""),
        ];
        let places: Vec<String> = found("stdlib-module-shadowing", &files).into_iter().map(|(file, _)| file).collect();
        assert_eq!(places, ["logging.py", "queue/__init__.py", "scripts/platform.py"]);
    }
}
