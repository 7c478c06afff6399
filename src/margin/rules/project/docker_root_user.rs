//! `docker-root-user`

use super::docker::{Stage, is_dockerfile, stages};
use super::{Look, ProjectDetector};
use crate::margin::rules::Report;
use crate::python::Place;

pub(super) const DETECTOR: ProjectDetector =
    ProjectDetector { rule: "docker-root-user", hooks: &[], look: Look::File(is_dockerfile, file) };

/// Public images that run as root when nothing else is said.
const OF_ROOT: [&str; 8] = ["python", "debian", "ubuntu", "alpine", "fedora", "pypy", "node", "ghcr.io/astral-sh/uv"];

fn file(_place: &Place, text: &str, report: &mut Report<'_>) {
    let stages = stages(text);
    let Some(last) = stages.last() else { return };
    let user = user(&stages, last, 16);
    if user.is_some_and(|user| matches!(user.split(':').next(), Some("root" | "0"))) {
        report.at(last.range, &[("image", last.image)]);
    }
}

/// Who runs the programs of a stage, as far as can be told: an earlier stage or the image may have said it.
fn user<'t>(stages: &[Stage<'t>], stage: &Stage<'t>, steps: u8) -> Option<&'t str> {
    let steps = steps.checked_sub(1)?;
    if let Some(user) = stage.user {
        return Some(user);
    }
    if let Some(earlier) = stages.iter().find(|earlier| earlier.name.is_some_and(|name| name.eq_ignore_ascii_case(stage.image))) {
        return user(stages, earlier, steps);
    }
    let image = stage.image.strip_prefix("docker.io/").unwrap_or(stage.image);
    let image = image.strip_prefix("library/").unwrap_or(image);
    let name = image.split([':', '@']).next().unwrap_or(image);
    OF_ROOT.contains(&name).then_some("root")
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;

    fn flagged(source: &str) -> Vec<String> {
        found("docker-root-user", &[("Dockerfile", source)]).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn the_user_of_the_last_stage_counts() {
        assert!(flagged("FROM python:3.13.1\nUSER app\n").is_empty());
        assert!(flagged("FROM python:3.13.1 AS base\nUSER 1000:1000\nFROM base\nCMD x\n").is_empty());
        assert!(flagged("FROM registry.example/python-app\nCMD x\n").is_empty());
        assert!(flagged("FROM base\nFROM a AS b\nFROM b AS a\n").is_empty());
        assert_eq!(flagged("FROM python:3.13.1\nCMD x\n"), ["python:3.13.1"]);
        assert_eq!(flagged("FROM python:3.13.1 AS base\nUSER app\nFROM debian\n"), ["debian"]);
        assert_eq!(flagged("FROM python AS base\nFROM base\n"), ["base"]);
        assert_eq!(flagged("FROM own\nUSER app\nUSER root\n"), ["own"]);
    }
}
