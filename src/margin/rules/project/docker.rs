//! Dockerfiles: their instructions, and the stages that they make.

use ruff_text_size::{TextRange, TextSize};

use super::support::lines;

/// Whether a file of this name is a Dockerfile.
pub(super) fn is_dockerfile(name: &str) -> bool {
    let ends = |ending: &str| name.len() > ending.len() && name.ends_with(ending);
    matches!(name, "Dockerfile" | "Containerfile")
        || name.starts_with("Dockerfile.") && !ends(".dockerignore") && !ends(".md")
        || ends(".Dockerfile")
        || ends(".dockerfile")
}

/// A stage of a build: from one `FROM` to the next.
pub(super) struct Stage<'t> {
    /// The image that it begins with, and its place.
    pub image: &'t str,
    pub range: TextRange,
    /// Its name: `FROM python:3.13.1 AS build`.
    pub name: Option<&'t str>,
    /// Who runs what follows the last `USER`.
    pub user: Option<&'t str>,
}

/// The stages of a Dockerfile.
pub(super) fn stages(text: &str) -> Vec<Stage<'_>> {
    let mut stages: Vec<Stage<'_>> = Vec::new();
    for (range, line) in lines(text) {
        let mut words = line.split_whitespace();
        let instruction = words.next().unwrap_or_default();
        if instruction.eq_ignore_ascii_case("FROM") {
            let mut words = words.skip_while(|word| word.starts_with("--"));
            let Some(image) = words.next() else { continue };
            let name = words.next().filter(|word| word.eq_ignore_ascii_case("AS")).and_then(|_| words.next());
            let at = line.find(image).unwrap_or_default();
            let range = TextRange::at(range.start() + TextSize::new(at as u32), TextSize::of(image));
            stages.push(Stage { image, range, name, user: None });
        } else if instruction.eq_ignore_ascii_case("USER")
            && let (Some(stage), Some(user)) = (stages.last_mut(), words.next())
        {
            stage.user = Some(user);
        }
    }
    stages
}
