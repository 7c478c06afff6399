//! Comments that silence findings: `# marginalia: ignore[rule]`, `# marginalia: ignore-file`, `# noqa`.

use ruff_source_file::{LineIndex, OneIndexed};
use ruff_text_size::{TextRange, TextSize};
use rustc_hash::FxHashMap;

use super::Edit;
use crate::knowledge::Rule;
use crate::python::Layout;

/// What the comments of a document silence.
#[derive(Debug, Default)]
pub struct Suppressions {
    file: Vec<Silence>,
    /// By line, from 0.
    lines: FxHashMap<usize, Vec<Silence>>,
    ends: LineEnds,
}

/// What one comment silences.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Silence {
    /// Everything.
    All,
    /// These rules, by name.
    Rules(Vec<String>),
    /// The rules that are the same as these codes of other tools.
    Codes(Vec<String>),
}

/// How far a comment reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Line,
    File,
}

impl Suppressions {
    /// Reads the comments of a document.
    ///
    /// Where the lines are is asked for when it matters: few documents silence anything.
    pub fn read<'l>(text: &str, lines: impl Fn() -> &'l LineIndex, layout: &Layout) -> Self {
        let mut suppressions = Self::default();
        for &comment in &layout.comments {
            for (reach, silence) in directives(&text[comment]) {
                match reach {
                    Reach::File => suppressions.file.push(silence),
                    Reach::Line => {
                        suppressions.lines.entry(line_of(lines(), comment.start())).or_default().push(silence);
                    }
                }
            }
        }
        if !suppressions.lines.is_empty() {
            suppressions.ends = LineEnds::new(layout, lines());
        }
        suppressions
    }

    /// Whether a finding of `rule` at `range` is silenced: by the file, on the lines where it begins or ends, or on the
    /// first line below these that can hold a comment.
    pub fn silences<'l>(&self, range: TextRange, rule: &Rule, lines: impl Fn() -> &'l LineIndex) -> bool {
        let covers = |silences: &Vec<Silence>| silences.iter().any(|silence| silence.covers(rule));
        if self.lines.is_empty() || covers(&self.file) {
            return covers(&self.file);
        }
        let lines = lines();
        let (first, last) = (line_of(lines, range.start()), last_line(range, lines));
        [first, self.ends.after(first), last, self.ends.after(last)]
            .into_iter()
            .any(|line| self.lines.get(&line).is_some_and(covers))
    }
}

/// Which lines cannot hold a comment, because a string or a backslash goes on over their end.
#[derive(Clone, Debug, Default)]
struct LineEnds {
    /// First and last line, from 0, of each stretch, in order and apart from each other.
    joined: Vec<(usize, usize)>,
}

impl LineEnds {
    /// Of a document.
    fn new(layout: &Layout, lines: &LineIndex) -> Self {
        let mut joined: Vec<(usize, usize)> = Vec::new();
        for range in &layout.unbroken {
            let (first, last) = (line_of(lines, range.start()), line_of(lines, range.end()));
            match joined.last_mut() {
                Some(before) if before.1 >= first => *before = (before.0.min(first), before.1.max(last)),
                _ => joined.push((first, last)),
            }
        }
        Self { joined }
    }

    /// The first line from this one on (from 0) that can hold a comment.
    fn after(&self, line: usize) -> usize {
        let at = self.joined.partition_point(|&(_, last)| last <= line);
        self.joined.get(at).filter(|(first, _)| *first <= line).map_or(line, |&(_, last)| last)
    }
}

fn line_of(lines: &LineIndex, offset: TextSize) -> usize {
    lines.line_index(offset).to_zero_indexed()
}

/// The line that a range ends on; a range up to and with a line break ends before it.
fn last_line(range: TextRange, lines: &LineIndex) -> usize {
    let last = if range.is_empty() { range.end() } else { range.end() - TextSize::new(1) };
    line_of(lines, last)
}

impl Silence {
    fn covers(&self, rule: &Rule) -> bool {
        match self {
            Self::All => true,
            Self::Rules(names) => names.iter().any(|name| *name == rule.name),
            Self::Codes(codes) => rule.equivalents.iter().any(|equivalent| {
                let code = equivalent.trim_start_matches('~');
                let code = code.split_once(':').map_or(code, |(_, code)| code);
                codes.iter().any(|silenced| silenced.eq_ignore_ascii_case(code))
            }),
        }
    }
}

/// The edit that silences a rule's findings on the line where `range` begins: a comment at its end, or at the end of the
/// first line after it that can hold one.
pub fn silencing_edit(text: &str, lines: &LineIndex, layout: &Layout, range: TextRange, rule: &str) -> Edit {
    let line = LineEnds::new(layout, lines).after(line_of(lines, range.start()));
    let line = lines.line_range(OneIndexed::from_zero_indexed(line), text);
    let comment = layout.comments.iter().find(|comment| line.contains_range(**comment));
    if let Some(comment) = comment
        && let Some(end) = end_of_ignore_list(&text[*comment])
    {
        let separator = if text[*comment][..end].trim_end().ends_with('[') { "" } else { ", " };
        let place = comment.start() + TextSize::new(end as u32);
        return Edit { range: TextRange::empty(place), text: format!("{separator}{rule}") };
    }
    let ended = text[line].trim_end_matches(['\n', '\r']);
    let kept = ended.trim_end();
    let range = TextRange::new(line.start() + TextSize::of(kept), line.start() + TextSize::of(ended));
    Edit { range, text: format!("  # marginalia: ignore[{rule}]") }
}

/// The name in the list of an `ignore[...]` or `ignore-file[...]` at an offset, with its range.
pub fn name_at(text: &str, offset: TextSize) -> Option<(TextRange, &str)> {
    let offset = offset.to_usize();
    let start = text.get(..offset)?.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let line = text[start..].split(['\n', '\r']).next()?;
    let marked = line[..offset - start].rfind("marginalia:")?;
    let open = marked + line[marked..].find('[')?;
    let close = open + line[open..].find(']')?;
    if !(open < offset - start && offset - start <= close) {
        return None;
    }
    let ends = |letter: char| !letter.is_ascii_alphanumeric() && letter != '-';
    let from = line[..offset - start].rfind(ends).map_or(0, |at| at + 1);
    let to = offset - start + line[offset - start..].find(ends)?;
    let name = &line[from..to];
    let range = TextRange::at(TextSize::new((start + from) as u32), TextSize::of(name));
    (!name.is_empty()).then_some((range, name))
}

/// Where in a comment a further rule can be added to an `ignore[...]`: the offset of its `]`.
fn end_of_ignore_list(comment: &str) -> Option<usize> {
    let (before, rest) = comment.split_once("marginalia:")?;
    let list = rest.trim_start().strip_prefix("ignore[")?;
    let start = before.len() + "marginalia:".len() + rest.len() - list.len();
    Some(start + list.find(']')?)
}

/// The directives of one comment. `# type: ignore  # noqa: B006` is one comment with two parts.
fn directives(comment: &str) -> impl Iterator<Item = (Reach, Silence)> {
    comment.split('#').filter_map(|part| {
        let part = part.trim();
        own_directive(part).or_else(|| noqa(part).map(|silence| (Reach::Line, silence)))
    })
}

/// `marginalia: ignore[rule, ...]`, `marginalia: ignore-file`.
fn own_directive(part: &str) -> Option<(Reach, Silence)> {
    let directive = part.strip_prefix("marginalia:")?.trim_start().strip_prefix("ignore")?;
    let (reach, rest) = match directive.strip_prefix("-file") {
        Some(rest) => (Reach::File, rest),
        None => (Reach::Line, directive),
    };
    if let Some(list) = rest.strip_prefix('[') {
        let (list, _) = list.split_once(']')?;
        let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
        return Some((reach, Silence::Rules(names.map(str::to_owned).collect())));
    }
    // Words after a blank explain; `ignored` is another word.
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some((reach, Silence::All))
}

/// `noqa`, `noqa: B006, S306`, `NoQA:B006 because ...`. A list without any code silences nothing.
fn noqa(part: &str) -> Option<Silence> {
    let (word, rest) = part.split_at_checked(4)?;
    if !word.eq_ignore_ascii_case("noqa") {
        return None;
    }
    let Some(list) = rest.trim_start().strip_prefix(':') else {
        let ends = rest.is_empty() || rest.starts_with(|letter: char| !letter.is_alphanumeric() && letter != '_');
        return ends.then_some(Silence::All);
    };
    let words = list.split([',', ' ', '\t']).filter(|word| !word.is_empty());
    Some(Silence::Codes(words.take_while(|word| is_code(word)).map(str::to_owned).collect()))
}

/// Letters, then digits: `B006`.
fn is_code(word: &str) -> bool {
    let digits = word.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    !digits.is_empty() && digits.len() < word.len() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::margin::fixes::apply;
    use crate::margin::selector::tests::rule;
    use crate::python::{Environment, Module, NoObserver};

    fn layout(source: &str) -> Layout {
        Module::read(source, &Environment::default(), &mut NoObserver).layout()
    }

    /// Whether a finding of the rule (equivalent to `ruff:B006`) on the text `here` is silenced.
    fn silenced(source: &str) -> bool {
        let lines = LineIndex::from_source_text(source);
        let start = TextSize::new(source.find("here").unwrap() as u32);
        let range = TextRange::at(start, TextSize::new(4));
        Suppressions::read(source, || &lines, &layout(source)).silences(range, &rule(), || &lines)
    }

    #[test]
    fn comments_that_silence_the_line() {
        for comment in [
            "# marginalia: ignore",
            "# marginalia: ignore because it is a demonstration",
            "# marginalia: ignore[mutable-default-argument]",
            "#marginalia:ignore[other, mutable-default-argument] why",
            "# type: ignore  # marginalia: ignore",
            "# noqa",
            "# NOQA",
            "# noqa: B006",
            "# noqa:E501,b006",
            "# noqa: W0102 the same in another tool",
            "# noqa: B008",
        ] {
            assert!(silenced(&format!("here = 1  {comment}\n")), "{comment}");
        }
    }

    #[test]
    fn comments_that_do_not() {
        for comment in [
            "# marginalia: ignore[other]",
            "# marginalia: ignore[]",
            "# marginalia: ignored",
            "# marginalia is great",
            "# noqa: E501",
            "# noqa:",
            "# noqa: because B006",
            "# noqable",
            "# we use noqa here",
            "# see marginalia: ignore",
        ] {
            assert!(!silenced(&format!("here = 1  {comment}\n")), "{comment}");
        }
        assert!(!silenced("here = '# noqa'\n"), "in a string");
        assert!(!silenced("x = 1  # noqa\nhere = 1\n"), "on another line");
    }

    #[test]
    fn a_file_is_silenced_from_any_line() {
        assert!(silenced("here = 1\n# marginalia: ignore-file\n"));
        assert!(silenced("# marginalia: ignore-file[mutable-default-argument]\nhere = 1\n"));
        assert!(!silenced("# marginalia: ignore-file[other]\nhere = 1\n"));
    }

    #[test]
    fn where_no_comment_can_stand_the_next_possible_line_counts() {
        assert!(silenced("here('''\n\n''')  # noqa\n"));
        assert!(silenced("here = 1 + \\\n 2 + \\\n 3  # noqa\n"));
        assert!(silenced("here(f'''\n''', '''\n''')  # noqa\n"));
        assert!(!silenced("here(\n1)  # noqa\n"), "the first line can hold one");
    }

    #[test]
    fn a_long_finding_is_silenced_where_it_begins_or_ends() {
        let source = "def f(\n    a,\n):  # noqa\n";
        let lines = LineIndex::from_source_text(source);
        let whole = TextRange::new(TextSize::new(0), TextSize::of(source));
        assert!(Suppressions::read(source, || &lines, &layout(source)).silences(whole, &rule(), || &lines));
    }

    #[test]
    fn the_silencing_edit_silences_and_changes_nothing_else() {
        for (source, expected) in [
            ("here = 1\n", "here = 1  # marginalia: ignore[mutable-default-argument]\n"),
            ("here = 1   \r\nx\r\n", "here = 1  # marginalia: ignore[mutable-default-argument]\r\nx\r\n"),
            ("here", "here  # marginalia: ignore[mutable-default-argument]"),
            ("here = 1  # why\n", "here = 1  # why  # marginalia: ignore[mutable-default-argument]\n"),
            (
                "here = 1  # marginalia: ignore[other]\n",
                "here = 1  # marginalia: ignore[other, mutable-default-argument]\n",
            ),
            ("here = 1  # marginalia: ignore[]\n", "here = 1  # marginalia: ignore[mutable-default-argument]\n"),
            ("here('''\n''')\nx\n", "here('''\n''')  # marginalia: ignore[mutable-default-argument]\nx\n"),
            ("here = \\\n 1\n", "here = \\\n 1  # marginalia: ignore[mutable-default-argument]\n"),
        ] {
            let lines = LineIndex::from_source_text(source);
            let start = TextSize::new(source.find("here").unwrap() as u32);
            let edit =
                silencing_edit(source, &lines, &layout(source), TextRange::at(start, TextSize::new(4)), &rule().name);
            let edited = apply(source, &[edit]);
            assert_eq!(edited, expected);
            assert!(silenced(&edited), "{edited}");
        }
    }

    #[test]
    fn the_name_under_the_cursor_is_found_in_a_list() {
        let text = "é = 1\nx = 2  # marginalia: ignore[one, two-2] because [three]\n";
        let at = |word: &str, by: usize| name_at(text, TextSize::new((text.find(word).unwrap() + by) as u32));
        for (word, by) in [("one", 0), ("one", 2), ("one", 3), ("two-2", 0), ("two-2", 4)] {
            let (range, name) = at(word, by).unwrap();
            assert_eq!((name, &text[range]), (word, word));
        }
        for (word, by) in [("x", 0), ("marginalia", 3), ("ignore", 2), ("because", 1), ("three", 1)] {
            assert_eq!(at(word, by), None, "{word}");
        }
        assert_eq!(name_at(text, TextSize::new(1)), None, "inside a character");
        assert_eq!(name_at("# marginalia: ignore[", TextSize::new(21)), None);
    }

    #[test]
    fn a_rule_is_added_at_the_end_of_a_list() {
        assert_eq!(end_of_ignore_list("# marginalia: ignore[a]"), Some(22));
        assert_eq!(end_of_ignore_list("# x # marginalia:ignore[]"), Some(24));
        assert_eq!(end_of_ignore_list("# marginalia: ignore"), None);
        assert_eq!(end_of_ignore_list("# marginalia: ignore-file[a]"), None);
    }
}
