//! `redundant-linter-config`

use ruff_text_size::TextRange;

use super::support::{line_with, lines, siblings, toml};
use super::{Look, ProjectDetector};
use crate::margin::rules::Report;
use crate::python::Place;

pub(super) const DETECTOR: ProjectDetector =
    ProjectDetector { rule: "redundant-linter-config", hooks: &[], look: Look::File(is_configuration, file) };

/// The tools that Ruff stands in for, with the table or section that configures them.
const TOOLS: [&str; 6] = ["flake8", "isort", "pydocstyle", "pyupgrade", "autoflake", "black"];

fn is_configuration(name: &str) -> bool {
    matches!(name, "pyproject.toml" | "setup.cfg" | "tox.ini" | ".flake8" | ".isort.cfg" | ".pre-commit-config.yaml")
}

fn file(place: &Place, text: &str, report: &mut Report<'_>) {
    let Some(ruff) = ruff(place) else { return };
    for tool in TOOLS {
        if let Some(range) = configured(place.name(), text, tool)
            && (tool != "black" || ruff.formats)
        {
            report.at(range, &[("tool", tool)]);
        }
    }
}

/// How the project uses Ruff.
struct Ruff {
    /// `ruff format` is set up: Black is another formatter then, and only then.
    formats: bool,
}

/// What the files beside this one say of Ruff; `None` where it is not configured.
fn ruff(place: &Place) -> Option<Ruff> {
    let folder = place.folder();
    let own = ["ruff.toml", ".ruff.toml"].into_iter().find_map(|name| toml(place, &folder.join(name)));
    let table = own.or_else(|| {
        let mut pyproject = toml(place, &folder.join("pyproject.toml"))?;
        let toml::Value::Table(mut tool) = pyproject.remove("tool")? else { return None };
        let toml::Value::Table(ruff) = tool.remove("ruff")? else { return None };
        Some(ruff)
    })?;
    let hook = || {
        let name = ".pre-commit-config.yaml";
        let text = siblings(place).has_file(name).then(|| place.files.text(&folder.join(name))).flatten();
        text.is_some_and(|text| lines(&text).any(|(_, line)| line == "- id: ruff-format"))
    };
    Some(Ruff { formats: table.contains_key("format") || hook() })
}

/// Where a file configures a tool.
fn configured(name: &str, text: &str, tool: &str) -> Option<TextRange> {
    let section = match name {
        "pyproject.toml" => format!("[tool.{tool}"),
        ".pre-commit-config.yaml" => {
            let hook = format!("- id: {tool}");
            return line_with(text, |line| line == hook);
        }
        _ => format!("[{tool}"),
    };
    let ends = |rest: &str| rest.starts_with([']', '.', ':']);
    line_with(text, |line| line.strip_prefix(&section).is_some_and(ends))
}
