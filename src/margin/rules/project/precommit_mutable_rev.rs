//! `precommit-mutable-rev`

use ruff_text_size::{TextRange, TextSize};

use super::support::lines;
use super::{Look, ProjectDetector};
use crate::margin::rules::Report;
use crate::python::Place;

pub(super) const DETECTOR: ProjectDetector = ProjectDetector {
    rule: "precommit-mutable-rev",
    hooks: &[],
    look: Look::File(|name| matches!(name, ".pre-commit-config.yaml" | ".pre-commit-config.yml"), file),
};

/// Names of branches.
const BRANCHES: [&str; 9] = ["main", "master", "stable", "HEAD", "latest", "develop", "dev", "trunk", "release"];

/// Repositories that have moved.
const MOVED: [(&str, &str); 2] =
    [("charliermarsh/ruff-pre-commit", "astral-sh/ruff-pre-commit"), ("timothycrosley/isort", "PyCQA/isort")];

fn file(_place: &Place, text: &str, report: &mut Report<'_>) {
    for (range, line) in lines(text) {
        let entry = line.strip_prefix("- ").unwrap_or(line);
        let Some((key, value)) = entry.split_once(':') else { continue };
        let value = value.split(" #").next().unwrap_or(value).trim();
        let value = value.trim_matches(['"', '\'']);
        let Some(at) = line.rfind(value).filter(|_| !value.is_empty()) else { continue };
        let place = TextRange::at(range.start() + TextSize::new(at as u32), TextSize::of(value));
        match key {
            "rev" if BRANCHES.contains(&value) => {
                report.at(place, &[("rev", value)]);
            }
            "repo" => {
                let moved = MOVED.iter().find(|(old, _)| value.trim_end_matches(".git").ends_with(old));
                if let Some((_, new)) = moved {
                    report.say(place, format!("this repository has moved to `{new}`"));
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;

    #[test]
    fn branches_and_moved_repositories_are_found() {
        let source = "\
repos:
  - repo: https://github.com/psf/black
    rev: stable  # not a tag
    hooks:
      - id: black
  - repo: https://github.com/charliermarsh/ruff-pre-commit
    rev: v0.2.0
  - repo: local
    hooks:
      - id: own
  - rev: \"main\"
    repo: https://github.com/shop/hooks
  - repo: https://github.com/pre-commit/mirrors-mypy
    rev: 'v1.10.0'
";
        let found = found("precommit-mutable-rev", &[(".pre-commit-config.yaml", source)]);
        let texts: Vec<String> = found.into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["stable", "https://github.com/charliermarsh/ruff-pre-commit", "main"]);
    }
}
