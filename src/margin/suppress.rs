//! Comments that silence findings: `# marginalia: ignore[rule]`, `# marginalia: ignore-file`, and those of other tools.

mod other_tools;

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
    blocks: Vec<Block>,
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
    Codes(other_tools::Codes),
}

/// How far a comment reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Line,
    /// The next line.
    Next,
    /// What follows, to the end of the block that the comment stands in.
    Block,
    /// The block where the comment has a line of its own, else its line.
    LineOrBlock,
    File,
    /// Ends what silenced a block.
    End,
}

/// A stretch of lines that a comment silences.
#[derive(Debug)]
struct Block {
    /// From 0.
    first: usize,
    /// The first line after it.
    end: usize,
    silence: Silence,
}

impl Suppressions {
    /// Reads the comments of a document.
    ///
    /// Where the lines are is asked for when it matters: few documents silence anything.
    pub fn read<'l>(text: &str, lines: impl Fn() -> &'l LineIndex, layout: &Layout) -> Self {
        let mut suppressions = Self::default();
        for &comment in &layout.comments {
            for (reach, silence) in directives(&text[comment]) {
                suppressions.add(reach, silence, text, comment, &lines);
            }
        }
        if !suppressions.lines.is_empty() || !suppressions.blocks.is_empty() {
            suppressions.ends = LineEnds::new(layout, lines());
            suppressions.close_blocks(text, lines());
        }
        suppressions
    }

    /// A block ends with the text until [`Suppressions::close_blocks`] says better.
    fn add<'l>(
        &mut self,
        reach: Reach,
        silence: Silence,
        text: &str,
        comment: TextRange,
        lines: &impl Fn() -> &'l LineIndex,
    ) {
        let line = || line_of(lines(), comment.start());
        match reach {
            Reach::File => self.file.push(silence),
            Reach::Next => self.lines.entry(line() + 1).or_default().push(silence),
            Reach::LineOrBlock if !stands_alone(text, comment) => self.lines.entry(line()).or_default().push(silence),
            Reach::Line => self.lines.entry(line()).or_default().push(silence),
            Reach::Block | Reach::LineOrBlock => self.blocks.push(Block { first: line(), end: usize::MAX, silence }),
            Reach::End => {
                for block in &mut self.blocks {
                    if silence.ends(&block.silence) {
                        block.end = block.end.min(line());
                    }
                }
            }
        }
    }

    /// Ends each block before the first line that is indented less than the comment it begins with.
    fn close_blocks(&mut self, text: &str, lines: &LineIndex) {
        if self.blocks.is_empty() {
            return;
        }
        // From the end, with the lines that are indented less than all between them and here: (indentation, line).
        let mut outer: Vec<(usize, usize)> = Vec::new();
        let mut blocks = self.blocks.iter_mut().rev().peekable();
        for line in (0..lines.line_count()).rev() {
            let content = &text[lines.line_range(OneIndexed::from_zero_indexed(line), text)];
            let indentation = content.len() - content.trim_start_matches([' ', '\t']).len();
            while let Some(block) = blocks.next_if(|block| block.first == line) {
                let end =
                    outer.iter().rev().find(|(less, _)| *less < indentation).map_or(usize::MAX, |&(_, line)| line);
                block.end = block.end.min(end);
            }
            let is_code = !content[indentation..].trim_end().is_empty() && !content[indentation..].starts_with('#');
            if is_code && !self.ends.goes_on_into(line) {
                while outer.pop_if(|(other, _)| *other >= indentation).is_some() {}
                outer.push((indentation, line));
            }
        }
    }

    /// Whether a finding of `rule` at `range` is silenced: by the file, on the lines where it begins or ends, or on the
    /// first line below these that can hold a comment.
    pub fn silences<'l>(&self, range: TextRange, rule: &Rule, lines: impl Fn() -> &'l LineIndex) -> bool {
        let covers = |silences: &Vec<Silence>| silences.iter().any(|silence| silence.covers(rule));
        if covers(&self.file) || (self.lines.is_empty() && self.blocks.is_empty()) {
            return covers(&self.file);
        }
        let lines = lines();
        let (first, last) = (line_of(lines, range.start()), last_line(range, lines));
        let holds = |block: &&Block| (block.first..block.end).contains(&first);
        if self.blocks.iter().filter(holds).any(|block| block.silence.covers(rule)) {
            return true;
        }
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

    /// Whether a line (from 0) begins within what the line before it holds.
    fn goes_on_into(&self, line: usize) -> bool {
        let at = self.joined.partition_point(|&(_, last)| last < line);
        self.joined.get(at).is_some_and(|&(first, _)| first < line)
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
            Self::Codes(codes) => codes.cover(rule),
        }
    }

    /// Whether a comment that turns this on again ends what another turned off.
    fn ends(&self, off: &Self) -> bool {
        matches!((self, off), (Self::Codes(on), Self::Codes(off)) if on.ends(off))
    }
}

/// Whether a comment has a line of its own.
fn stands_alone(text: &str, comment: TextRange) -> bool {
    let before = text[..comment.start().to_usize()].trim_end_matches([' ', '\t']);
    before.is_empty() || before.ends_with(['\n', '\r'])
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
    comment.split('#').flat_map(|part| {
        let part = part.trim();
        own_directive(part).map_or_else(|| other_tools::directives(part), |own| vec![own])
    })
}

/// Whether a comment of a text may silence something, as far as its first word says. A no is certain, and found fast.
pub fn may_silence(text: &str) -> bool {
    const ALONE: [&str; 2] = ["noqa", "nosec"];
    const BEFORE_COLON: [&str; 6] = ["marginalia", "type", "pylint", "ruff", "pyright", "flake8"];
    let is_first =
        |part: &str, word: &str| part.get(..word.len()).is_some_and(|first| first.eq_ignore_ascii_case(word));
    memchr::memchr_iter(b'#', text.as_bytes()).any(|at| {
        let part = text[at + 1..].trim_start();
        ALONE.iter().any(|word| is_first(part, word))
            || BEFORE_COLON.iter().any(|word| is_first(part, word) && part[word.len()..].trim_start().starts_with(':'))
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
        let silenced = Suppressions::read(source, || &lines, &layout(source)).silences(range, &rule(), || &lines);
        assert!(!silenced || may_silence(source), "{source}");
        silenced
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
            "# pylint: disable=dangerous-default-value",
            "# pylint: disable=unused-argument, W0102  # it is only read",
            "# pylint: disable=dangerous-default-value it is only read",
            "# pylint:disable=all",
            "# ruff: ignore[B006]",
            "# ruff: ignore[mutable-argument-default]",
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
            "# pylint: disable=unused-argument",
            "# pylint: enable=dangerous-default-value",
            "# pylint: disable=B006",
            "# ruff: ignore",
            "# ruff: ignore[W0102]",
            "# type: ignore",
            "# nosec",
            "# fmt: skip",
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
    fn a_file_that_another_tool_leaves_alone_is_left_alone() {
        assert!(silenced("# ruff: noqa\nhere = 1\n"));
        assert!(silenced("# flake8: noqa: B006\nhere = 1\n"));
        assert!(silenced("# ruff: file-ignore[B006]\nhere = 1\n"));
        assert!(silenced("# pylint: skip-file\nhere = 1\n"));
        assert!(!silenced("# flake8: noqa: E501\nhere = 1\n"));
    }

    #[test]
    fn a_comment_of_its_own_silences_the_rest_of_its_block() {
        assert!(silenced("# pylint: disable=W0102\nx = 1\nhere = 1\n"));
        assert!(silenced("def f():\n    # pylint: disable=W0102\n    x = 1\n\n# of f\n    if x:\n        here = 1\n"));
        assert!(silenced("def f():\n    # pylint: disable=W0102\n    x = \"\"\"\nunindented\n\"\"\"\n    here = 1\n"));
        assert!(!silenced("def f():\n    # pylint: disable=W0102\n    x = 1\nhere = 1\n"));
        assert!(!silenced("here = 1\n# pylint: disable=W0102\nx = 1\n"), "before it");
        assert!(!silenced("x = 1  # pylint: disable=W0102\nhere = 1\n"), "at the end of another line");
        assert!(silenced("# pylint: disable-next=W0102\nhere = 1\n"));
        assert!(!silenced("# pylint: disable-next=W0102\nx = 1\nhere = 1\n"));
    }

    #[test]
    fn what_was_turned_off_is_turned_on_again() {
        assert!(!silenced("# pylint: disable=W0102,W0611\nimport x\n# pylint: enable=W0102\nhere = 1\n"));
        assert!(silenced("# pylint: disable=W0102,W0611\nimport x\n# pylint: enable=W0611\nhere = 1\n"));
        assert!(silenced("# pylint: disable=W0102\nhere = 1\n# pylint: enable=W0102\n"));
        assert!(!silenced("# ruff: disable[B006]\nx = 1\n# ruff: enable[B006]\nhere = 1\n"));
        assert!(silenced("# ruff: disable[B006]\nhere = 1\n# ruff: enable[B006]\n"));
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
