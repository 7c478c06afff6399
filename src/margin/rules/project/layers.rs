//! The layers of an application, by the names of folders.

use std::path::Path;

use super::support::root;
use crate::python::Place;

/// From the innermost.
const LAYERS: [&[&str]; 4] = [
    &["domain", "entities"],
    &["services", "usecases", "use_cases", "application"],
    &["adapters", "infra", "infrastructure"],
    &["api", "presentation", "routes", "routers", "web"],
];

/// The layer that a file belongs to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layer<'p> {
    /// Above which folder the layers part.
    pub package: &'p Path,
    /// Its folder.
    pub name: &'p str,
    /// From 0, the innermost.
    pub height: usize,
}

/// The layer of a file: the outermost folder below the project's root that has a layer's name.
pub(super) fn layer_of<'p>(place: &'p Place, path: &'p Path) -> Option<Layer<'p>> {
    let root = root(place);
    let below = path.parent()?.strip_prefix(root).ok()?.iter().count();
    let folders: Vec<&Path> = path.ancestors().skip(1).take(below).collect();
    folders.into_iter().rev().find_map(|folder| {
        let name = folder.file_name()?.to_str()?;
        let height = LAYERS.iter().position(|names| names.contains(&name))?;
        Some(Layer { package: folder.parent()?, name, height })
    })
}
