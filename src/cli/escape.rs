//! Words of others in pages of ours.

/// A text in HTML, between tags or in the quotes of an attribute.
pub(super) fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A text in Markdown, where nothing of it is to be read as anything else.
pub(super) fn markdown(text: &str) -> String {
    let special = |letter: char| matches!(letter, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|');
    text.chars().flat_map(|letter| special(letter).then_some('\\').into_iter().chain([letter])).collect()
}
