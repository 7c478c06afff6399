//! `missing-lock-file`

use toml::{Table, Value};

use super::mixed_src_and_flat_layout::is_pyproject;
use super::support::{lines, main_table, siblings};
use super::{Look, ProjectDetector};
use crate::margin::rules::Report;
use crate::python::Place;

pub(super) const DETECTOR: ProjectDetector =
    ProjectDetector { rule: "missing-lock-file", hooks: &[], look: Look::File(is_pyproject, file) };

const LOCKS: [&str; 6] = ["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "conda-lock.yml", "pixi.lock"];

fn file(place: &Place, text: &str, report: &mut Report<'_>) {
    let Ok(pyproject) = text.parse::<Table>() else { return };
    if has_dependencies(&pyproject) && is_application(&pyproject, place) && !is_locked(place) {
        report.at(main_table(text), &[]);
    }
}

fn has_dependencies(pyproject: &Table) -> bool {
    let standard = pyproject.get("project").and_then(|project| project.get("dependencies")).and_then(Value::as_array);
    let poetry = tool(pyproject, "poetry").and_then(|poetry| poetry.get("dependencies")).and_then(Value::as_table);
    standard.is_some_and(|list| !list.is_empty()) || poetry.is_some_and(|table| table.keys().any(|name| name != "python"))
}

fn tool<'t>(pyproject: &'t Table, name: &str) -> Option<&'t Value> {
    pyproject.get("tool")?.get(name)
}

/// Whether the project is run and not installed by others: it is not built, or there is an image of it.
fn is_application(pyproject: &Table, place: &Place) -> bool {
    let says = |name: &str, key: &str| tool(pyproject, name).and_then(|tool| tool.get(key)).and_then(Value::as_bool);
    !pyproject.contains_key("build-system")
        || says("uv", "package") == Some(false)
        || says("poetry", "package-mode") == Some(false)
        || siblings(place).has_file("Dockerfile")
}

/// Whether there is a lock here, or, for a member of a workspace, further up.
fn is_locked(place: &Place) -> bool {
    let folder = siblings(place);
    let has_lock = |name: &String| LOCKS.contains(&name.as_str()) || name.starts_with("pylock.");
    let above = place.folder().ancestors().skip(1).take(4).filter_map(|folder| place.files.folder(folder));
    folder.files.iter().any(has_lock)
        || above.into_iter().any(|folder| folder.files.iter().any(has_lock))
        || folder.files.iter().any(|name| is_pinned_list(place, name))
}

/// Whether a file is a list of requirements that are all pinned.
fn is_pinned_list(place: &Place, name: &str) -> bool {
    if !name.starts_with("requirements") || name.strip_suffix(".txt").is_none() {
        return false;
    }
    let Some(text) = place.files.text(&place.folder().join(name)) else { return false };
    let asks = |line: &&str| !line.is_empty() && !line.starts_with(['#', '-']);
    let mut requirements = lines(&text).map(|(_, line)| line).filter(asks).peekable();
    requirements.peek().is_some() && requirements.all(|line| line.contains("==") || line.contains(" @ "))
}
