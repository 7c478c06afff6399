//! `root-level-dumping`

use super::mixed_src_and_flat_layout::is_pyproject;
use super::support::{main_table, siblings};
use super::{Look, ProjectDetector};
use crate::margin::rules::Report;
use crate::python::{Place, Target};

pub(super) const DETECTOR: ProjectDetector =
    ProjectDetector { rule: "root-level-dumping", hooks: &[], look: Look::File(is_pyproject, file) };

/// More modules than these in the root are many.
const MOST: usize = 7;

/// Modules that belong in a root.
const AT_HOME: [&str; 8] = ["setup", "conftest", "noxfile", "tasks", "manage", "fabfile", "dodo", "versioneer"];

fn file(place: &Place, text: &str, report: &mut Report<'_>) {
    let root = siblings(place);
    let own = |name: &&str| !AT_HOME.contains(name) && !name.starts_with("test_") && !name.ends_with("_test");
    let modules: Vec<&str> = root.modules().filter(own).collect();
    if root.is_package() || modules.len() <= MOST {
        return;
    }
    // Scripts side by side are no application: some of them must need one another.
    let tied = modules.iter().filter(|name| needs_neighbour(place, name)).count();
    if tied * 3 >= modules.len() {
        report.at(main_table(text), &[("count", &modules.len().to_string())]);
    }
}

/// Whether a module in the folder of a file imports another one there.
fn needs_neighbour(place: &Place, module: &str) -> bool {
    let module = place.of(place.folder().join(format!("{module}.py")));
    let Some(outline) = module.files.outline(&module.path) else { return false };
    let beside = |target: &Target| matches!(target, Target::Module(path) if path.parent() == Some(place.folder()));
    outline.imports.iter().any(|import| module.resolve(import).iter().any(|resolved| beside(&resolved.target)))
}
