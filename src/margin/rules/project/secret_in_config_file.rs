//! `secret-in-config-file`

use ruff_text_size::{TextRange, TextSize};

use super::support::{is_for_show, path_within};
use super::{Look, ProjectDetector};
use crate::margin::rules::Report;
use crate::python::Place;

pub(super) const DETECTOR: ProjectDetector =
    ProjectDetector { rule: "secret-in-config-file", hooks: &[], look: Look::File(is_configuration, file) };

/// A kind of token: how it begins, which letters follow besides ASCII letters and digits, how many there are at least and
/// at most.
struct Kind {
    name: &'static str,
    prefix: &'static str,
    others: &'static str,
    length: (usize, usize),
}

const fn kind(name: &'static str, prefix: &'static str, others: &'static str, length: (usize, usize)) -> Kind {
    Kind { name, prefix, others, length }
}

/// Tokens that can be told by their form alone.
const KINDS: [Kind; 14] = [
    kind("an access key of AWS", "AKIA", "", (16, 16)),
    kind("a token of GitHub", "ghp_", "", (36, 36)),
    kind("a token of GitHub", "gho_", "", (36, 36)),
    kind("a token of GitHub", "ghs_", "", (36, 36)),
    kind("a token of GitHub", "ghu_", "", (36, 36)),
    kind("a token of GitHub", "github_pat_", "_", (82, 82)),
    kind("a token of GitLab", "glpat-", "-_", (20, 20)),
    kind("a token of Slack", "xoxb-", "-", (40, 80)),
    kind("a token of Slack", "xoxp-", "-", (40, 80)),
    kind("a key of Stripe", "sk_live_", "", (24, 99)),
    kind("a key of Google", "AIza", "-_", (35, 35)),
    kind("a token of npm", "npm_", "", (36, 36)),
    kind("a token of PyPI", "pypi-AgEIcHlwaS5vcmc", "-_", (50, 999)),
    kind("a key of SendGrid", "SG.", "-_.", (66, 66)),
];

/// A private key begins like this; its kind may stand before the last two words.
const PRIVATE_KEY: (&str, &str) = ("-----BEGIN ", "PRIVATE KEY-----");

fn is_configuration(name: &str) -> bool {
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    let sample = ["example", "sample", "template", "test", "lock"].iter().any(|word| name.contains(word));
    // There is too much JSON that is data.
    let settings = || ["config", "settings", "secrets", "credentials"].iter().any(|word| stem.contains(word));
    !sample && (matches!(extension, "toml" | "ini" | "cfg" | "conf" | "yaml" | "yml") || extension == "json" && settings())
}

fn file(place: &Place, text: &str, report: &mut Report<'_>) {
    if is_for_show(path_within(place)) {
        return;
    }
    for kind in &KINDS {
        for (at, _) in text.match_indices(kind.prefix) {
            if let Some(range) = token(text, at, kind) {
                report.at(range, &[("kind", kind.name)]);
            }
        }
    }
    for (at, begin) in text.match_indices(PRIVATE_KEY.0) {
        let line = text[at..].lines().next().unwrap_or_default();
        if let Some(end) = line.find(PRIVATE_KEY.1)
            && line[begin.len()..end].chars().all(|letter| letter.is_ascii_uppercase() || letter == ' ')
        {
            let range = TextRange::at(TextSize::new(at as u32), TextSize::new((end + PRIVATE_KEY.1.len()) as u32));
            report.at(range, &[("kind", "a private key")]);
        }
    }
}

/// The token that begins at an offset, if it has the form and looks like one that somebody was given.
fn token(text: &str, at: usize, kind: &Kind) -> Option<TextRange> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || kind.others.contains(letter);
    let before = text[..at].chars().next_back();
    if before.is_some_and(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-') {
        return None;
    }
    let rest = &text[at + kind.prefix.len()..];
    let length = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
    let token = &text[at..at + kind.prefix.len() + length];
    let fits = (kind.length.0..=kind.length.1).contains(&length);
    // AWS writes its keys in capitals, and the one in its documentation with EXAMPLE at the end.
    let aws = kind.prefix != "AKIA" || rest[..length].chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit());
    (fits && aws && !is_made_up(&rest[..length]))
        .then(|| TextRange::at(TextSize::new(at as u32), TextSize::of(token)))
}

/// Whether a token stands for one: the same letter again and again, or a word that says so.
fn is_made_up(token: &str) -> bool {
    let lower = token.to_ascii_lowercase();
    let mut letters: Vec<char> = token.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    letters.len() < 8 || ["example", "xxxx", "1234567890", "abcdef", "placeholder", "your"].iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::project::tests::found;

    fn texts(file: &str, text: &str) -> Vec<String> {
        found("secret-in-config-file", &[(file, text)]).into_iter().map(|(_, text)| text).collect()
    }

    /// Put together here, so that nobody takes this file for one with secrets.
    fn github() -> String {
        format!("ghp{}{}", "_", "q7Rk2mZx9Lw4Tn8Vb3Yc6Hd1Jf5Ps0GaEuMi")
    }

    #[test]
    fn tokens_of_known_form() {
        let key = format!("AK{}", "IAQ3ZT7WJ5XK2M4PLN");
        let text = format!("[a]\ntoken = \"{}\"\naws: {key}\nkey = |\n  -----BEGIN RSA PRIVATE KEY-----\n", github());
        assert_eq!(texts("app.toml", &text), [github(), key, "-----BEGIN RSA PRIVATE KEY-----".to_owned()]);
        assert_eq!(texts("settings.json", &format!("{{\"t\": \"{}\"}}", github())).len(), 1);
    }

    #[test]
    fn what_is_none() {
        for text in [
            "token = \"ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"\n".to_owned(),
            "key = AKIAIOSFODNN7EXAMPLE\n".to_owned(),
            "token = ${GITHUB_TOKEN}\n".to_owned(),
            format!("hash = {}Z\n", github()),
            format!("hash = Z{}\n", github()),
            "-----BEGIN PUBLIC KEY-----\n".to_owned(),
        ] {
            assert_eq!(texts("app.ini", &text), Vec::<String>::new(), "{text}");
        }
        for file in ["tests/app.toml", "app.example.toml", "data.json", "notes.txt"] {
            assert_eq!(texts(file, &github()), Vec::<String>::new(), "{file}");
        }
    }
}
