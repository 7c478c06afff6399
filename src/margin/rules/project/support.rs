//! What several rules about projects need.

use std::path::Path;
use std::sync::Arc;

use ruff_text_size::{TextRange, TextSize};
use toml::Table;

use crate::python::{Folder, Import, Module, Place};

/// The imports of a module in order, ranges in the document.
pub(super) fn imports(module: &Module) -> impl Iterator<Item = Import> + '_ {
    module
        .statements
        .iter()
        .flat_map(|placed| placed.statement.imports.iter().map(move |import| import.at(placed.range.start())))
}

/// What the folder of a file holds.
pub(super) fn siblings(place: &Place) -> Arc<Folder> {
    place.files.folder(place.folder()).unwrap_or_default()
}

/// A TOML file; `None` where there is none or it is none.
pub(super) fn toml(place: &Place, path: &Path) -> Option<Table> {
    if !place.has_file(path) {
        return None;
    }
    place.files.text(path)?.parse().ok()
}

/// The first line of a text that holds something when its blanks at both ends are cut off: the range of what is left.
pub(super) fn line_with(text: &str, wanted: impl Fn(&str) -> bool) -> Option<TextRange> {
    lines(text).find(|(_, line)| wanted(line)).map(|(range, _)| range)
}

/// The lines of a text without the blanks at both ends, with their places.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (TextRange, &str)> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let trimmed = line.trim();
        let from = start + line.find(trimmed).unwrap_or(0);
        start += line.len();
        (TextRange::at(TextSize::new(from as u32), TextSize::of(trimmed)), trimmed)
    })
}

/// The root of the project that a file belongs to, or, where nothing marks one, the folder where its imports are found.
pub(super) fn root(place: &Place) -> &Path {
    place.project_root().unwrap_or_else(|| place.import_root())
}

/// The folders from that of a file up to the root of its project.
pub(super) fn folders_up(place: &Place) -> impl Iterator<Item = &Path> {
    let root = root(place);
    place.folder().ancestors().take_while(move |folder| folder.starts_with(root))
}

/// The path of a file from the root of its project.
pub(super) fn path_within(place: &Place) -> &Path {
    place.path.strip_prefix(root(place)).unwrap_or(Path::new(place.name()))
}

/// Whether a path leads through a folder of one of these names.
pub(super) fn is_below(path: &Path, folders: &[&str]) -> bool {
    let parent = path.parent().unwrap_or(Path::new(""));
    parent.iter().any(|part| part.to_str().is_some_and(|part| folders.contains(&part)))
}

/// Whether a path leads to tests, or to samples of something.
pub(super) fn is_for_show(path: &Path) -> bool {
    const FOLDERS: [&str; 9] =
        ["tests", "test", "testing", "fixtures", "testdata", "examples", "samples", "docs", "templates"];
    is_below(path, &FOLDERS)
}

/// The line that stands for a whole `pyproject.toml`: the header of its main table, or the first line that says anything.
pub(super) fn main_table(text: &str) -> TextRange {
    let header = ["[project]", "[tool.poetry]"].into_iter().find_map(|header| line_with(text, |line| line == header));
    header.or_else(|| line_with(text, |line| !line.is_empty() && !line.starts_with('#'))).unwrap_or_default()
}
