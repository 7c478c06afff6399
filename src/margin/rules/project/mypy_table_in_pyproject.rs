//! `mypy-table-in-pyproject`

use ruff_text_size::{TextRange, TextSize};

use super::support::lines;
use super::{Look, ProjectDetector};
use crate::margin::rules::Report;
use crate::python::Place;

pub(super) const DETECTOR: ProjectDetector =
    ProjectDetector { rule: "mypy-table-in-pyproject", hooks: &[], look: Look::File(|name| name == "pyproject.toml", file) };

fn file(_place: &Place, text: &str, report: &mut Report<'_>) {
    // What stands in a string is no table.
    if !text.parse::<toml::Table>().is_ok_and(|table| table.contains_key("mypy")) {
        return;
    }
    for (range, line) in lines(text) {
        let name = line.trim_start_matches('[');
        let is_table = name.len() < line.len() && name.strip_prefix("mypy").is_some_and(|rest| rest.starts_with([']', '.']));
        if is_table {
            let len = line.rfind(']').map_or(line.len(), |end| end + 1);
            let table = &line[..len];
            report.at(TextRange::at(range.start(), TextSize::of(table)), &[("table", table)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;

    #[test]
    fn only_a_table_of_its_own_is_found() {
        let rule = "mypy-table-in-pyproject";
        let quiet = "[tool.mypy]\nstrict = true\n[tool.other]\ntext = '''\n[mypy]\n'''\n";
        assert!(found(rule, &[("pyproject.toml", quiet)]).is_empty());
        assert!(found(rule, &[("mypy.ini", "[mypy]\nstrict = true\n")]).is_empty());
        let source = "[mypy]  # types\nstrict = true\n[[mypy.overrides]]\nmodule = 'x'\n";
        let texts: Vec<String> = found(rule, &[("pyproject.toml", source)]).into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["[mypy]", "[[mypy.overrides]]"]);
    }
}
