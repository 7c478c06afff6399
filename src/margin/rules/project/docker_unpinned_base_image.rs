//! `docker-unpinned-base-image`

use super::docker::{is_dockerfile, stages};
use super::{Look, ProjectDetector};
use crate::margin::rules::Report;
use crate::python::Place;

pub(super) const DETECTOR: ProjectDetector =
    ProjectDetector { rule: "docker-unpinned-base-image", hooks: &[], look: Look::File(is_dockerfile, file) };

fn file(_place: &Place, text: &str, report: &mut Report<'_>) {
    for stage in stages(text) {
        if is_unpinned(stage.image) {
            report.at(stage.range, &[("image", stage.image)]);
        }
    }
}

/// Whether an image is Python's own with a tag that moves.
fn is_unpinned(image: &str) -> bool {
    let image = image.strip_prefix("docker.io/").unwrap_or(image);
    let image = image.strip_prefix("library/").unwrap_or(image);
    let Some(rest) = image.strip_prefix("python") else { return false };
    let Some(tag) = rest.strip_prefix(':') else { return rest.is_empty() };
    // A digest says which image it is; a variable may.
    if tag.contains(['@', '$']) {
        return false;
    }
    let version = tag.split('-').next().unwrap_or_default();
    let is_number = |part: &str| part.starts_with(|letter: char| letter.is_ascii_digit());
    !(version.split('.').count() >= 3 && version.split('.').all(is_number))
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;

    #[test]
    fn tags_that_move_are_found() {
        let source = "\
ARG TAG=3.13.1
FROM python:3.13.1-slim AS build
FROM --platform=linux/amd64 python:3.14.0rc2
FROM python@sha256:0123
FROM python:3.13-slim@sha256:0123
FROM python:${TAG}
FROM build
FROM pythonista/app
FROM python
FROM --platform=linux/arm64 docker.io/library/python:latest AS run
from python:3.13-slim
";
        let found = found("docker-unpinned-base-image", &[("Dockerfile", source)]);
        let texts: Vec<String> = found.into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["python", "docker.io/library/python:latest", "python:3.13-slim"]);
    }
}
