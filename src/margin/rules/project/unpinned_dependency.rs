//! `unpinned-dependency`

use ruff_text_size::{TextRange, TextSize};

use super::support::{lines, siblings};
use super::{Look, ProjectDetector};
use crate::margin::rules::Report;
use crate::python::Place;

pub(super) const DETECTOR: ProjectDetector =
    ProjectDetector { rule: "unpinned-dependency", hooks: &[], look: Look::File(is_list, file) };

/// Files that hold the exact versions of everything.
const LOCKS: [&str; 6] = ["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", "requirements.lock"];

fn is_list(name: &str) -> bool {
    name == "pyproject.toml" || name.strip_suffix(".txt").is_some_and(|stem| stem.starts_with("requirements"))
}

fn file(place: &Place, text: &str, report: &mut Report<'_>) {
    if LOCKS.iter().any(|lock| siblings(place).has_file(lock)) {
        return;
    }
    let mut tell = |range: TextRange, name: &str| {
        report.at(range, &[("package", name)]);
    };
    if place.name() == "pyproject.toml" {
        for name in declared(text) {
            if let Some(range) = quoted(text, &name) {
                tell(range, &name);
            }
        }
        return;
    }
    for (range, line) in lines(text) {
        let wanted = line.split([';', '#']).next().unwrap_or_default().trim();
        if is_bare(wanted) {
            tell(TextRange::at(range.start(), TextSize::of(wanted)), wanted);
        }
    }
}

/// The dependencies of a project without a version.
fn declared(text: &str) -> Vec<String> {
    let Ok(table) = text.parse::<toml::Table>() else { return Vec::new() };
    let dependencies = table.get("project").and_then(|project| project.get("dependencies")).and_then(toml::Value::as_array);
    let texts = dependencies.into_iter().flatten().filter_map(toml::Value::as_str);
    texts.filter(|text| is_bare(text.split(';').next().unwrap_or_default().trim())).map(str::to_owned).collect()
}

/// The first place of a text in quotes that is an item of a list: nothing but brackets and quotes around it.
fn quoted(text: &str, item: &str) -> Option<TextRange> {
    [format!("\"{item}\""), format!("'{item}'")].into_iter().find_map(|quoted| {
        let from = text.find("dependencies")?;
        let at = from + text[from..].find(&quoted)?;
        Some(TextRange::at(TextSize::new(at as u32), TextSize::of(quoted.as_str())))
    })
}

/// Whether a requirement is a name, with extras at most: no version, no address, no option.
fn is_bare(requirement: &str) -> bool {
    let name = match requirement.split_once('[') {
        Some((name, extras)) if extras.trim_end().ends_with(']') => name,
        Some(_) => return false,
        None => requirement,
    };
    let part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    name.starts_with(|letter: char| letter.is_ascii_alphanumeric()) && name.trim_end().chars().all(part) && !name.contains("..")
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;

    fn flagged(files: &[(&str, &str)]) -> Vec<String> {
        found("unpinned-dependency", files).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn versions_addresses_and_options_are_fine() {
        let quiet = "\
# web
flask==3.1.0
httpx[http2]>=0.27  # newer is fine
-r base.txt
--hash=sha256:0
./wheels/own.whl
git+https://shop.example/own.git
own @ https://shop.example/own.zip
numpy~=2.0; python_version < '3.13'
";
        assert!(flagged(&[("requirements.txt", quiet)]).is_empty());
        let project = "[project]\nname = 'requests'\ndependencies = ['flask']\n";
        assert!(flagged(&[("pyproject.toml", project), ("uv.lock", "")]).is_empty());
    }

    #[test]
    fn bare_names_are_found() {
        assert_eq!(flagged(&[("requirements-dev.txt", "flask\nhttpx[http2]  # all\nrich; x\n")]), ["flask", "httpx[http2]", "rich"]);
        let project = "\
[project]
name = \"flask\"
dependencies = [
    \"flask\",
    'httpx[http2]',
    \"rich>=13\",
]
";
        assert_eq!(flagged(&[("pyproject.toml", project)]), ["\"flask\"", "'httpx[http2]'"]);
    }
}
