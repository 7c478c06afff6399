//! `mixed-src-and-flat-layout`

use super::support::{main_table, siblings};
use super::{Look, ProjectDetector};
use crate::margin::rules::Report;
use crate::python::Place;

pub(super) const DETECTOR: ProjectDetector =
    ProjectDetector { rule: "mixed-src-and-flat-layout", hooks: &[], look: Look::File(is_pyproject, file) };

/// Packages that a root may have beside `src`.
const BESIDE: [&str; 14] = [
    "tests", "test", "docs", "doc", "scripts", "script", "examples", "example", "benchmarks", "benches", "tools", "tasks",
    "ci", "src",
];

pub(super) fn is_pyproject(name: &str) -> bool {
    name == "pyproject.toml"
}

fn file(place: &Place, text: &str, report: &mut Report<'_>) {
    let root = place.folder();
    let inside = |name: &str| place.files.folder(&root.join(name)).unwrap_or_default();
    let is_package = |path: &std::path::Path| place.files.folder(path).is_some_and(|folder| folder.is_package());
    let src = inside("src");
    let Some(one) = src.folders.iter().find(|name| is_package(&root.join("src").join(name.as_str()))) else { return };
    let flat = |name: &&String| !BESIDE.contains(&name.as_str()) && is_package(&root.join(name.as_str()));
    if let Some(other) = siblings(place).folders.iter().find(flat) {
        report.at(main_table(text), &[("package", other), ("other", one)]);
    }
}
