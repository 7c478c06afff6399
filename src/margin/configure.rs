//! Writing a setting into a project's file, without touching the rest of it.

use toml_edit::{Array, DocumentMut, Item, Table, TableLike, Value};

/// The text of a `marginalia.toml` or, `in_pyproject`, of a `pyproject.toml` with a rule added to `diagnostics.ignore`.
///
/// `None` when the text is no valid TOML, or has something else where the list belongs.
pub fn ignore_rule(text: &str, in_pyproject: bool, rule: &str) -> Option<String> {
    let mut document: DocumentMut = text.parse().ok()?;
    let mut table: &mut dyn TableLike = document.as_table_mut();
    let path: &[&str] = if in_pyproject { &["tool", "marginalia", "diagnostics"] } else { &["diagnostics"] };
    for name in path {
        table = table.entry(name).or_insert_with(implicit_table).as_table_like_mut()?;
    }
    let list = table.entry("ignore").or_insert_with(|| Item::Value(Value::Array(Array::new()))).as_array_mut()?;
    if !list.iter().any(|name| name.as_str() == Some(rule)) {
        append(list, rule);
    }
    Some(document.to_string())
}

/// Its header is written only when it holds values of its own.
fn implicit_table() -> Item {
    let mut table = Table::new();
    table.set_implicit(true);
    Item::Table(table)
}

/// Adds a name to a list: on a line of its own where the last name has one.
fn append(list: &mut Array, name: &str) {
    let prefix = list.iter().last().and_then(|last| last.decor().prefix()?.as_str());
    let indent = prefix.and_then(|prefix| prefix.rfind('\n').map(|at| prefix[at..].to_owned()));
    list.push(name);
    if let (Some(indent), Some(last)) = (indent, list.iter_mut().last()) {
        last.decor_mut().set_prefix(indent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pyproject(text: &str) -> Option<String> {
        ignore_rule(text, true, "mktemp-usage")
    }

    #[test]
    fn an_empty_file_gets_a_table() {
        assert_eq!(ignore_rule("", false, "mktemp-usage").unwrap(), "[diagnostics]\nignore = [\"mktemp-usage\"]\n");
    }

    #[test]
    fn the_rest_of_a_pyproject_is_left_as_it_is() {
        let text = "# about\n[project]\nname = 'p'   # odd\n\n[tool.ruff]\nline-length=100\n";
        let expected = format!("{text}\n[tool.marginalia.diagnostics]\nignore = [\"mktemp-usage\"]\n");
        assert_eq!(pyproject(text).unwrap(), expected);
    }

    #[test]
    fn a_list_that_exists_is_added_to_in_its_own_layout() {
        for (text, expected) in [
            (
                "[tool.marginalia]\ndiagnostics.ignore = ['a']\n",
                "[tool.marginalia]\ndiagnostics.ignore = ['a', \"mktemp-usage\"]\n",
            ),
            (
                "[tool.marginalia.diagnostics]\nignore = []\n",
                "[tool.marginalia.diagnostics]\nignore = [\"mktemp-usage\"]\n",
            ),
            (
                "[tool.marginalia.diagnostics]\nignore = [\n    'a',  # why\n    'b',\n]\n",
                "[tool.marginalia.diagnostics]\nignore = [\n    'a',  # why\n    'b',\n    \"mktemp-usage\",\n]\n",
            ),
            (
                "[tool.marginalia]\ndiagnostics = { select = ['a'] }\n",
                "[tool.marginalia]\ndiagnostics = { select = ['a'] , ignore = [\"mktemp-usage\"] }\n",
            ),
        ] {
            let changed = pyproject(text).unwrap();
            assert_eq!(changed, expected, "{text}");
        }
    }

    #[test]
    fn a_rule_is_not_listed_twice() {
        let text = "[diagnostics]\nignore = [\"mktemp-usage\"]\n";
        assert_eq!(ignore_rule(text, false, "mktemp-usage").unwrap(), text);
    }

    #[test]
    fn what_cannot_be_understood_is_not_changed() {
        assert_eq!(pyproject("[tool"), None);
        assert_eq!(pyproject("tool = 1"), None);
        assert_eq!(pyproject("[tool.marginalia.diagnostics]\nignore = 'all'"), None);
    }
}
