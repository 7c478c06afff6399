//! A notebook as one text: its Python cells, one behind the other, each with a line break behind it.
//!
//! The cells share one module table, so that what one imports the next one knows. Each is parsed on its own: a cell
//! ends where it ends, whatever is unclosed in it.

use ruff_text_size::{TextLen, TextRange, TextSize};

/// Cell magics that leave the rest of the cell Python. All others make it something else.
const PYTHON_MAGICS: [&str; 9] = ["capture", "debug", "ipytest", "prun", "pypy", "python", "python3", "time", "timeit"];

/// Line magics that are often written without their `%`; the parser knows them only with it.
const AUTOMAGICS: [&str; 26] = [
    "autoawait",
    "cat",
    "cd",
    "colors",
    "conda",
    "config",
    "cp",
    "env",
    "history",
    "load_ext",
    "ls",
    "mamba",
    "man",
    "matplotlib",
    "mkdir",
    "mv",
    "pip",
    "pwd",
    "pylab",
    "reload_ext",
    "rm",
    "run",
    "time",
    "timeit",
    "who",
    "whos",
];

/// Where the cells of a notebook lie in the text that they make together. Of a file there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cells {
    /// Each with the line break behind it; in order, without gaps.
    ranges: Vec<TextRange>,
}

impl Cells {
    /// Puts cells behind each other.
    pub fn join<'t>(texts: impl IntoIterator<Item = &'t str>) -> (String, Self) {
        let (mut text, mut ranges) = (String::new(), Vec::new());
        for cell in texts {
            let start = text.text_len();
            text.push_str(cell);
            text.push('\n');
            ranges.push(TextRange::new(start, text.text_len()));
        }
        (text, Self { ranges })
    }

    /// Whether this is a file rather than a notebook, or a notebook without any code.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.ranges.len()
    }

    /// The cell that holds an offset; the end of the text belongs to the last one.
    pub fn at(&self, offset: TextSize) -> Option<usize> {
        let at = self.ranges.partition_point(|range| range.end() <= offset);
        (!self.ranges.is_empty()).then(|| at.min(self.ranges.len() - 1))
    }

    /// A cell's own text, without the line break behind it.
    pub fn content(&self, cell: usize) -> TextRange {
        let range = self.ranges[cell];
        TextRange::new(range.start(), range.end() - TextSize::new(1))
    }

    /// The part of a range before the line break behind its cell; `None` where the range does not reach that far.
    pub fn contained(&self, range: TextRange) -> Option<TextRange> {
        let end = self.content(self.at(range.start())?).end();
        (range.end() > end).then(|| TextRange::new(range.start().min(end), end))
    }

    /// What is parsed in one piece: each cell with its line break, or the whole of a file of this length.
    pub(super) fn pieces(&self, len: TextSize) -> Vec<TextRange> {
        if self.ranges.is_empty() { vec![TextRange::up_to(len)] } else { self.ranges.clone() }
    }

    /// Where the piece begins that holds an offset.
    pub fn start_of(&self, offset: TextSize) -> TextSize {
        self.at(offset).map_or(TextSize::new(0), |cell| self.ranges[cell].start())
    }
}

/// Whether a code cell is Python: no cell magic (`%%bash`) makes it something else, and it is no command (`pip install x`).
pub fn is_python_cell(text: &str) -> bool {
    let Some(first) = text.lines().find(|line| !line.trim().is_empty()) else { return true };
    if let Some(magic) = first.strip_prefix("%%") {
        let name = magic.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).next();
        return name.is_some_and(|name| PYTHON_MAGICS.contains(&name));
    }
    let mut words = first.split_whitespace();
    let command = words.next().is_some_and(|word| AUTOMAGICS.contains(&word));
    // `time = 3` is Python, and so is `run.start()`, which is another word.
    let names_it =
        |word: &str| word.ends_with('=') || [":", ":=", "in", "is", "if", "and", "or", "not"].contains(&word);
    let alone = || text.trim() == first.trim();
    !(command && words.next().map_or_else(alone, |next| !names_it(next)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offset_is_in_a_cell() {
        let (text, cells) = Cells::join(["a", "", "bc\n"]);
        assert_eq!(text, "a\n\nbc\n\n");
        let at: Vec<_> = (0..=7).map(|offset| cells.at(TextSize::new(offset)).unwrap()).collect();
        assert_eq!(at, [0, 0, 1, 2, 2, 2, 2, 2]);
        assert_eq!(&text[cells.content(2)], "bc\n");
        assert_eq!(&text[cells.content(1)], "");
        assert_eq!(Cells::default().at(TextSize::new(0)), None);
    }

    #[test]
    fn magics_that_leave_a_cell_python_and_others() {
        for python in [
            "",
            "\n\n",
            "x = 1",
            "%%time\nx = 1",
            "\n%%timeit -n 3\nx",
            "%matplotlib inline\nx",
            "time = 3",
            "run.x()",
            "!ls",
            "pip: int = 3",
        ] {
            assert!(is_python_cell(python), "{python}");
        }
        for other in
            ["%%bash\nls", "%%html\n<p>", "%%writefile a.py\nx = 1", "%%!\nls", "%%\n", "pip install x", "ls", "cd -"]
        {
            assert!(!is_python_cell(other), "{other}");
        }
    }
}
