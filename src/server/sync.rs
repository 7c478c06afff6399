//! Applying what the client says has changed.

use std::sync::Arc;

use tower_lsp::ls_types::TextDocumentContentChangeEvent;

use super::convert::{Converter, Encoding, Lines};
use super::documents::Part;

/// Applies one change. A range that lies past the end is taken as the end: see [`Converter`].
pub(super) fn apply(document: &mut Part, change: TextDocumentContentChangeEvent, encoding: Encoding) {
    let Some(range) = change.range else {
        document.lines = Arc::new(Lines::new(&change.text));
        document.text = change.text;
        return;
    };
    let range = Converter::new(&document.text, &document.lines, encoding).text_range(range);
    let range = range.start().to_usize()..range.end().to_usize();
    document.text.replace_range(range.clone(), &change.text);
    Arc::make_mut(&mut document.lines).edit(range, change.text.len(), &document.text);
}
