//! `docker-missing-ignore-and-healthcheck`

use ruff_text_size::TextRange;

use super::support::{lines, siblings};
use super::{Look, ProjectDetector};
use crate::margin::rules::Report;
use crate::python::Place;

pub(super) const DETECTOR: ProjectDetector =
    ProjectDetector { rule: "docker-missing-ignore-and-healthcheck", hooks: &[], look: Look::File(is_dockerfile, file) };

fn is_dockerfile(name: &str) -> bool {
    name == "Dockerfile" || name == "Containerfile"
}

fn file(place: &Place, text: &str, report: &mut Report<'_>) {
    let folder = siblings(place);
    if !folder.has_file(".dockerignore") && !folder.has_file(&format!("{}.dockerignore", place.name())) {
        for (range, _) in lines(text).filter(|(_, line)| copies_everything(line)) {
            report.at(range, &[]);
        }
    }
    if let Some(stage) = last_stage(text).filter(|stage| stage.serves && !stage.is_checked) {
        report.say(stage.from, "The image has no `HEALTHCHECK`: nobody notices when the program hangs".to_owned());
    }
}

/// `COPY . .`, with options or without.
fn copies_everything(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let copies = words.next().is_some_and(|word| word.eq_ignore_ascii_case("COPY") || word.eq_ignore_ascii_case("ADD"));
    let mut words = words.peekable();
    let mut elsewhere = false;
    while let Some(option) = words.next_if(|word| word.starts_with("--")) {
        // From another stage.
        elsewhere |= option.starts_with("--from=");
    }
    copies && !elsewhere && words.next().is_some_and(|source| source == "." || source == "./")
}

struct Stage {
    from: TextRange,
    /// It publishes a port: something is asked of it.
    serves: bool,
    is_checked: bool,
}

fn last_stage(text: &str) -> Option<Stage> {
    let mut stage = None;
    for (range, line) in lines(text) {
        let word = line.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
        match (word.as_str(), &mut stage) {
            ("FROM", _) => stage = Some(Stage { from: range, serves: false, is_checked: false }),
            ("EXPOSE", Some(Stage { serves, .. })) => *serves = true,
            ("HEALTHCHECK", Some(Stage { is_checked, .. })) => *is_checked = true,
            _ => {}
        }
    }
    stage
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::project::tests::found;

    fn texts(dockerfile: &str) -> Vec<String> {
        let found = found("docker-missing-ignore-and-healthcheck", &[("Dockerfile", dockerfile)]);
        found.into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn only_the_last_stage_and_only_the_whole_folder() {
        assert_eq!(texts("FROM a AS b\nEXPOSE 80\nFROM c\nCOPY src ./src\nCOPY --from=b . .\nCMD x\n"), Vec::<String>::new());
        assert_eq!(texts("FROM c\ncopy --chown=me . /app\n"), ["copy --chown=me . /app"]);
        assert_eq!(texts("FROM c\nEXPOSE 80\n"), ["FROM c"]);
        assert_eq!(texts("FROM c\nEXPOSE 80\nHEALTHCHECK NONE\n"), Vec::<String>::new());
    }
}
