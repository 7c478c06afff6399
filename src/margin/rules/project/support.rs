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
