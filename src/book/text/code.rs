//! Where code stands in a text that does not mark it.
//!
//! A paragraph is code from its first line on that looks so. Books set code in two more ways: directly below a heading, and
//! with two blank lines behind it; there, what does not look like prose is code, too. Errors are small: a sample that reads as
//! prose, or the other way round.

use super::super::manuscript::Lines;

/// Lines of one kind.
#[derive(Debug, PartialEq)]
pub(super) struct Piece {
    /// The first line, from 0.
    pub from: usize,
    /// The line behind the last.
    pub to: usize,
    /// `None` for prose; of code what it seems to be, empty where nobody can say.
    pub language: Option<&'static str>,
}

/// Parts lines into prose and code. Blank lines are left out, but for those inside code.
pub(super) fn pieces(lines: &Lines<'_>, from: usize, to: usize, below_heading: bool) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    // What the code that was found last leaves open.
    let mut open = Open::default();
    let mut at = from;
    while at < to {
        if lines.line(at).is_empty() {
            at += 1;
            continue;
        }
        let end = (at..to).find(|index| lines.line(*index).is_empty()).unwrap_or(to);
        let behind = (end..to).take_while(|index| lines.line(*index).is_empty()).count();
        let set_apart = below_heading && at == from || behind == 2 && end + behind < to;
        let goes_on = pieces.last().is_some_and(|piece| piece.language.is_some())
            && (open.is_open() || lines.line(at).starts_with([' ', '\t']));
        let (start, language) = if goes_on { (at, Some("")) } else { code_in(lines, at, end, set_apart) };
        if start > at {
            pieces.push(Piece { from: at, to: start, language: None });
            open = Open::default();
        }
        if start < end {
            if !goes_on {
                open = Open::default();
            }
            match pieces.last_mut() {
                Some(last) if start == at && joins(last, language, goes_on) => last.to = end,
                _ => pieces.push(Piece { from: start, to: end, language }),
            }
            (start..end).for_each(|index| open.read(lines.line(index)));
        }
        at = end;
    }
    pieces
}

/// Whether a paragraph belongs to the code before it.
fn joins(last: &Piece, language: Option<&str>, goes_on: bool) -> bool {
    last.language.is_some() && (goes_on || last.language == language)
}

/// Where code begins in a paragraph, and what it is; `to` where it is all prose.
fn code_in(lines: &Lines<'_>, from: usize, to: usize, set_apart: bool) -> (usize, Option<&'static str>) {
    let mut start = from;
    while start < to {
        if let Some(language) = language(lines.line(start), set_apart) {
            return (start, Some(language));
        }
        start += 1;
    }
    let prose = |index: usize| is_prose(lines.line(index));
    if set_apart && !(from..to).any(prose) { (from, Some("")) } else { (to, None) }
}

/// Brackets and long strings that are not closed yet.
#[derive(Debug, Default)]
struct Open {
    depth: i32,
    quotes: Option<&'static str>,
}

impl Open {
    fn is_open(&self) -> bool {
        self.depth > 0 || self.quotes.is_some()
    }

    fn read(&mut self, line: &str) {
        let mut rest = line;
        loop {
            if let Some(quotes) = self.quotes {
                let Some((_, behind)) = rest.split_once(quotes) else { return };
                self.quotes = None;
                rest = behind;
            }
            let Some(at) = rest.find(['"', '\'', '(', ')', '[', ']', '{', '}', '#']) else { return };
            let (found, behind) = rest[at..].split_at(1);
            rest = behind;
            match found {
                "#" => return,
                "(" | "[" | "{" => self.depth += 1,
                ")" | "]" | "}" => self.depth = (self.depth - 1).max(0),
                quote => {
                    let long = if quote == "\"" { "\"\"\"" } else { "'''" };
                    if rest.starts_with(&long[1..]) {
                        self.quotes = Some(long);
                        rest = &rest[2..];
                    } else if let Some(end) = rest.find(quote) {
                        rest = &rest[end + 1..];
                    } else {
                        return;
                    }
                }
            }
        }
    }
}

/// What a line of code looks like being; `None` when it may as well be prose.
fn language(line: &str, set_apart: bool) -> Option<&'static str> {
    let words = line.trim_start();
    if words.contains('\t') || words.starts_with(|first| MARKS.contains(&first)) {
        return None;
    }
    // `DEBUG=1 python app.py`
    let with_variable =
        words.split_once('=').filter(|(name, _)| is_variable(name)).and_then(|(_, rest)| rest.split_once(' '));
    if is_command(with_variable.map_or(words, |(_, command)| command), set_apart || with_variable.is_some()) {
        return Some("bash");
    }
    if is_python(words) {
        return Some("python");
    }
    let is_table = words.starts_with('[') && words.ends_with(']') && !words.contains(' ');
    let is_drawing = words.contains(['┌', '└', '├', '│', '─', '▼', '↓']);
    let is_flow = ["flowchart ", "graph ", "sequenceDiagram", "classDiagram"].iter().any(|it| words.starts_with(it));
    (is_table || is_drawing || is_flow).then_some("")
}

/// What begins items of lists, and remarks.
const MARKS: [char; 13] = ['✔', '✅', '⚠', '❌', '•', '●', '✗', '➡', '👉', '–', '—', '🟢', '🔴'];

fn is_python(words: &str) -> bool {
    let first = &words[..words.find(|letter: char| !is_name(letter)).unwrap_or(words.len())];
    let rest = words[first.len()..].trim_start();
    // What stands behind the code does not count.
    let code = words.split_once("  #").map_or(words, |(code, _)| code).trim_end();
    let opens = code.ends_with(':');
    match first {
        "import" => {
            rest.split([',', ' ']).next().is_some_and(is_dotted) && !rest.ends_with('.') && rest.split(' ').count() <= 6
        }
        "from" => rest.contains(" import "),
        "def" | "class" => rest.contains(['(', ':']) && rest.starts_with(is_name),
        "async" => ["def ", "with ", "for "].iter().any(|it| rest.starts_with(it)),
        "for" => opens && rest.contains(" in "),
        "with" | "while" | "elif" | "except" | "case" | "match" => opens && !code.ends_with(" as:"),
        "if" => {
            opens && rest.contains([' ', '(', '_']) && code.contains(['=', '(', '.', '_', '<', '>', '['])
                || opens && rest.split(' ').count() <= 2
        }
        "try" | "else" | "finally" => rest == ":",
        "return" | "raise" | "yield" | "await" | "assert" | "del" | "print" => {
            rest.contains(['(', '[', '=', '{', '"', '\'']) && !rest.ends_with('.')
                || rest.is_empty() && first != "print"
        }
        "pass" | "break" | "continue" => rest.is_empty(),
        "" => {
            words.starts_with(">>> ")
                || words.starts_with("# ")
                || words.starts_with("\"\"\"")
                || words
                    .strip_prefix('@')
                    .is_some_and(|name| name.starts_with(is_name) && !name.contains(' ') || name.contains('('))
        }
        _ => is_assignment(words) || is_call(code) || is_dunder_list(words),
    }
}

fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

fn is_variable(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_')
}

fn is_dotted(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|letter| is_name(letter) || letter == '.')
}

/// `a, b.c[0]: int = 1`
fn is_assignment(words: &str) -> bool {
    let Some(at) = words.find('=') else { return false };
    let target = words[..at].trim_end_matches(['+', '-', '*', '/', '|', '&', '%', '@', ' ', ':']);
    let value = &words[at + 1..];
    if value.starts_with('=') || value.is_empty() || target.ends_with(['!', '<', '>']) {
        return false;
    }
    // In brackets and annotations there may be anything; names are names.
    let (name, annotation) = target.split_once(": ").unwrap_or((target, ""));
    let name = name.split('[').next().unwrap_or("");
    !name.is_empty()
        && !annotation.ends_with('.')
        && name.split(", ").all(|name| is_dotted(name.trim_start_matches('*')))
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
}

/// `a.b(...)`, a line to itself.
fn is_call(code: &str) -> bool {
    let Some((name, arguments)) = code.split_once('(') else { return false };
    let ends = arguments.ends_with(')') || arguments.is_empty() || arguments.ends_with(") ->");
    is_dotted(name.split('[').next().unwrap_or("")) && (ends || arguments.contains("): ...")) && arguments != ")"
}

/// `__eq__, __ne__`
fn is_dunder_list(words: &str) -> bool {
    words.split(", ").all(|name| name.len() > 4 && name.starts_with("__") && name.ends_with("__") && is_dotted(name))
}

/// A line for a shell. Many of them are words of prose, too: outside what is set apart, only what nobody would write there.
fn is_command(words: &str, set_apart: bool) -> bool {
    const COMMANDS: [&str; 18] = [
        "pip ", "python ", "python3 ", "uv ", "poetry ", "hatch ", "pdm ", "git ", "docker ", "pytest ", "mypy ",
        "ruff ", "black ", "pyenv ", "source ", "cd ", "curl ", "uvicorn ",
    ];
    let known = COMMANDS.iter().any(|command| words.starts_with(command));
    words.starts_with("$ ")
        || known
            && (words.ends_with(" .") || !words.ends_with(['.', ':']))
            && (set_apart || words.contains([' ', '-']) && words.split(' ').count() <= 5)
}

/// Whether a line that does not look like code looks like prose: a sentence, an item of a list, a row of a table.
fn is_prose(line: &str) -> bool {
    let words = line.trim_start();
    let count = words.split(' ').count();
    let item = words.starts_with(|first| MARKS.contains(&first))
        || words.starts_with("- ")
        || words.starts_with("* ")
        || words.starts_with("**");
    let numbered = words.split_once(". ").is_some_and(|(number, _)| number.bytes().all(|byte| byte.is_ascii_digit()));
    let sentence = count >= 2 && words.ends_with(':')
        || count >= 3 && words.ends_with(['.', '?', '!', '”', ';', ','])
        || words.starts_with(char::is_uppercase) && count >= 4
        || count >= 8;
    item || numbered || sentence || words.contains('\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each piece: `p` or the language in brackets, and its lines.
    fn told(text: &str, apart: bool) -> Vec<String> {
        let lines = Lines::new(text);
        let tell = |piece: Piece| {
            let kind = piece.language.map_or("p".to_owned(), |language| format!("[{language}]"));
            let text: Vec<_> = (piece.from..piece.to).map(|index| lines.line(index)).collect();
            format!("{kind} {}", text.join("/"))
        };
        pieces(&lines, 0, lines.len(), apart).into_iter().map(tell).collect()
    }

    #[test]
    fn code_is_found_without_fences() {
        assert_eq!(
            told(
                "x: int = 1\n\n\ndef f(a,\n\n      b):\n    \"\"\"Says\n\n    a word.\n    \"\"\"\n\n    return a\n\n\nWords follow the code.\n",
                true
            ),
            [
                "[python] x: int = 1///def f(a,//      b):/    \"\"\"Says//    a word./    \"\"\"//    return a",
                "p Words follow the code."
            ],
        );
        assert_eq!(
            told("This says how:\n\nfrom a import b\n\nwith b.open() as file:\n    ...\n\nThat was it.\n", true),
            ["p This says how:", "[python] from a import b//with b.open() as file:/    ...", "p That was it."],
        );
        assert_eq!(told("Best practice:\n@b\nclass A: ...\n", true), ["p Best practice:", "[python] @b/class A: ..."]);
        assert_eq!(
            told("pip install -e .\nblack .\n\n\nThen it runs.\n", true),
            ["[bash] pip install -e ./black .", "p Then it runs."]
        );
        assert_eq!(told("__len__\n__iter__\n", true), ["[python] __len__/__iter__"]);
        assert_eq!(told("app/\n  main.py\n", true), ["[] app/\n  main.py".replace('\n', "/")]);
    }

    #[test]
    fn prose_stays_prose() {
        for text in [
            "A page says less than it could.",
            "for example:",
            "✔ import what you need",
            "- pip is enough",
            "Keyword\tMeaning\nbreak\texit loop",
            "1. str.format() is older",
            "with care, and slowly.",
            "from here on it is easy",
            "__repr__ must be unambiguous.",
            "import only what you need.",
            "class hierarchies of this kind",
        ] {
            assert_eq!(told(&format!("{text}\n"), false), [format!("p {}", text.replace('\n', "/"))]);
        }
    }
}
