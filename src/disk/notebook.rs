//! Jupyter notebooks as files: the Python cells in their JSON, and changes to these that leave all else as it was.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::python::{Cells, is_python_cell};

/// A notebook.
#[derive(Clone, Debug)]
pub(crate) struct Notebook {
    json: Arc<str>,
    cells: Vec<Cell>,
}

/// A Python cell.
#[derive(Clone, Debug)]
struct Cell {
    /// Which of all cells it is, from 1.
    number: usize,
    /// The value of `source`, in bytes of the file.
    raw: Range<usize>,
    /// A string rather than a list of them.
    single: bool,
    pieces: Vec<Piece>,
}

/// Part of a cell's text: an element of the list, or a line of the string.
#[derive(Clone, Debug)]
struct Piece {
    text: String,
    /// What stands for it between the quotes, in bytes of the file.
    raw: Range<usize>,
}

/// Why a notebook is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// What is wrong.
    Broken(String),
    /// It is written in another language.
    Language(String),
}

#[derive(Deserialize)]
struct RawNotebook<'a> {
    nbformat: Option<i64>,
    #[serde(default)]
    metadata: RawMetadata,
    #[serde(borrow)]
    cells: Option<Vec<RawCell<'a>>>,
}

#[derive(Default, Deserialize)]
struct RawMetadata {
    #[serde(default)]
    language_info: Value,
    #[serde(default)]
    kernelspec: Value,
}

#[derive(Deserialize)]
struct RawCell<'a> {
    cell_type: String,
    #[serde(default)]
    metadata: Value,
    #[serde(borrow)]
    source: Option<&'a RawValue>,
}

/// Whether a path is that of a notebook.
pub(crate) fn is_notebook(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "ipynb")
}

/// How large a file may be, in bytes, where the setting says `most`: of a notebook it is the code that counts, which is the
/// least of it.
pub(crate) fn largest(path: &Path, most: u64) -> u64 {
    /// Pictures and tables make notebooks so many times larger than their code.
    const FACTOR: u64 = 64;
    if is_notebook(path) { most.saturating_mul(FACTOR) } else { most }
}

impl Notebook {
    /// Reads the content of a file.
    pub fn read(json: &str) -> Result<Self, Fault> {
        let read: RawNotebook<'_> = serde_json::from_str(json).map_err(|fault| Fault::Broken(fault.to_string()))?;
        let Some(cells) = read.cells.filter(|_| read.nbformat == Some(4)) else {
            let format = read.nbformat.map_or("none".to_owned(), |format| format.to_string());
            return Err(Fault::Broken(format!("its `nbformat` is {format}; only 4 is read")));
        };
        if let Some(language) = read.metadata.language().filter(|language| !is_python(language)) {
            return Err(Fault::Language(language.to_owned()));
        }
        let mut python = Vec::new();
        for (at, cell) in cells.iter().enumerate() {
            // VS Code notes down when a cell is in another language than the notebook.
            let other = cell.metadata["vscode"]["languageId"].as_str().is_some_and(|language| !is_python(language));
            let Some(source) = cell.source.filter(|_| cell.cell_type == "code" && !other) else { continue };
            let start = source.get().as_ptr() as usize - json.as_ptr() as usize;
            let cell = Cell::read(at + 1, source.get(), start);
            let cell = cell.map_err(|fault| Fault::Broken(format!("the source of cell {}: {fault}", at + 1)))?;
            if is_python_cell(&cell.text()) {
                python.push(cell);
            }
        }
        Ok(Self { json: json.into(), cells: python })
    }

    /// The Python of all cells.
    pub fn join(&self) -> (String, Cells) {
        let texts: Vec<_> = self.cells.iter().map(Cell::text).collect();
        Cells::join(texts.iter().map(String::as_str))
    }

    /// Which cell of the notebook the nth Python cell is; both counted as they are: from 1, from 0.
    pub fn number(&self, cell: usize) -> usize {
        self.cells[cell].number
    }

    /// The file.
    pub fn json(&self) -> &Arc<str> {
        &self.json
    }

    /// Where in the file the letter stands that is this many bytes from the start of the nth Python cell.
    pub fn offset(&self, cell: usize, offset: usize) -> usize {
        let mut left = offset;
        for piece in &self.cells[cell].pieces {
            if left < piece.text.len() {
                return piece.raw.start + raw_length(&self.json[piece.raw.clone()], left);
            }
            left -= piece.text.len();
        }
        self.cells[cell].pieces.last().map_or(self.cells[cell].raw.start, |last| last.raw.end)
    }

    /// The file with other texts for its Python cells. What stays the same keeps its spelling.
    pub fn with(&self, texts: &[&str]) -> String {
        let mut json = String::with_capacity(self.json.len());
        let mut end = 0;
        for (cell, text) in self.cells.iter().zip(texts) {
            if cell.text() != **text {
                json.push_str(&self.json[end..cell.raw.start]);
                json.push_str(&self.source(cell, text));
                end = cell.raw.end;
            }
        }
        json.push_str(&self.json[end..]);
        json
    }

    /// The value of `source` for a new text: unchanged lines as they were written.
    fn source(&self, cell: &Cell, text: &str) -> String {
        let new: Vec<&str> = text.split_inclusive('\n').collect();
        let old: Vec<&str> = cell.pieces.iter().map(|piece| piece.text.as_str()).collect();
        let mut lines: Vec<String> = Vec::with_capacity(new.len());
        for operation in capture_diff_slices(Algorithm::Myers, &old, &new) {
            match operation {
                DiffOp::Equal { old_index, len, .. } => {
                    let kept = &cell.pieces[old_index..old_index + len];
                    lines.extend(kept.iter().map(|piece| self.json[piece.raw.clone()].to_owned()));
                }
                DiffOp::Delete { .. } => {}
                DiffOp::Insert { new_index, new_len, .. } | DiffOp::Replace { new_index, new_len, .. } => {
                    lines.extend(new[new_index..new_index + new_len].iter().map(|line| self.spelled(line)));
                }
            }
        }
        if cell.single {
            return format!("\"{}\"", lines.concat());
        }
        let [before, between, after] = self.spacing(cell);
        let lines: Vec<_> = lines.iter().map(|line| format!("\"{line}\"")).collect();
        if lines.is_empty() { "[]".to_owned() } else { format!("[{before}{}{after}]", lines.join(&between)) }
    }

    /// What stands before, between and behind the elements of a cell's list.
    fn spacing(&self, cell: &Cell) -> [String; 3] {
        let (Some(first), Some(last)) = (cell.pieces.first(), cell.pieces.last()) else {
            // As Jupyter writes them: one blank more than the line that the list begins on.
            let line = self.json[..cell.raw.start].rfind('\n').map_or(0, |at| at + 1);
            let line = &self.json[line..];
            let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
            return [format!("\n{indent} "), format!(",\n{indent} "), format!("\n{indent}")];
        };
        let before = &self.json[cell.raw.start + 1..first.raw.start - 1];
        let after = &self.json[last.raw.end + 1..cell.raw.end - 1];
        let between = match cell.pieces.get(1) {
            Some(second) => self.json[first.raw.end + 1..second.raw.start - 1].to_owned(),
            None => format!(",{before}"),
        };
        [before.to_owned(), between, after.to_owned()]
    }

    /// A text as it stands between the quotes: in a file of ASCII, as ASCII.
    fn spelled(&self, text: &str) -> String {
        let quoted = Value::from(text).to_string();
        let quoted = &quoted[1..quoted.len() - 1];
        if !self.json.is_ascii() {
            return quoted.to_owned();
        }
        let mut ascii = String::with_capacity(quoted.len());
        for letter in quoted.chars() {
            if letter.is_ascii() {
                ascii.push(letter);
            } else {
                ascii.extend(letter.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
            }
        }
        ascii
    }
}

impl RawMetadata {
    fn language(&self) -> Option<&str> {
        self.language_info["name"].as_str().or_else(|| self.kernelspec["language"].as_str())
    }
}

/// `python`, `ipython`, `python3`.
fn is_python(language: &str) -> bool {
    language.to_ascii_lowercase().contains("python")
}

impl Cell {
    /// Reads the value of `source`, which begins at an offset of the file.
    fn read(number: usize, source: &str, start: usize) -> Result<Self, serde_json::Error> {
        let raw = start..start + source.len();
        let single = source.starts_with('"');
        let mut pieces = Vec::new();
        if single {
            let text: String = serde_json::from_str(source)?;
            let mut from = 1;
            for line in text.split_inclusive('\n') {
                let to = from + raw_length(&source[from..source.len() - 1], line.len());
                pieces.push(Piece { text: line.to_owned(), raw: start + from..start + to });
                from = to;
            }
        } else {
            for element in serde_json::from_str::<Vec<&RawValue>>(source)? {
                let from = start + element.get().as_ptr() as usize - source.as_ptr() as usize;
                let text = serde_json::from_str(element.get())?;
                pieces.push(Piece { text, raw: from + 1..from + element.get().len() - 1 });
            }
        }
        Ok(Self { number, raw, single, pieces })
    }

    fn text(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }
}

/// How many bytes of a JSON string, without its quotes, stand for so many bytes of its text.
fn raw_length(raw: &str, bytes: usize) -> usize {
    let code = |at: usize| raw.get(at + 2..at + 6).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let (mut at, mut done) = (0, 0);
    while done < bytes && at < raw.len() {
        let rest = &raw[at..];
        let (length, means) = match rest.as_bytes() {
            [b'\\', b'u', ..] => match code(at).unwrap_or_default() {
                // Two escapes for one letter.
                0xd800..0xe000 => (12, 4),
                code => (6, char::from_u32(code).map_or(1, char::len_utf8)),
            },
            [b'\\', ..] => (2, 1),
            _ => rest.chars().next().map_or((1, 1), |letter| (letter.len_utf8(), letter.len_utf8())),
        };
        at += length;
        done += means;
    }
    at.min(raw.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notebook(cells: &str) -> String {
        format!("{{\"cells\": [{cells}], \"nbformat\": 4, \"nbformat_minor\": 5, \"metadata\": {{}}}}\n")
    }

    fn code(source: &str) -> String {
        format!("{{\"outputs\": [], \"cell_type\": \"code\", \"metadata\": {{}}, \"source\": {source} }}")
    }

    fn read(cells: &str) -> Notebook {
        Notebook::read(&notebook(cells)).unwrap()
    }

    #[test]
    fn the_python_cells_are_joined() {
        let markdown = "{\"cell_type\": \"markdown\", \"metadata\": {}, \"source\": [\"# x\"]}";
        let r =
            "{\"cell_type\": \"code\", \"metadata\": {\"vscode\": {\"languageId\": \"r\"}}, \"source\": \"x <- 1\"}";
        let all = [markdown, &code("[\"a = 1\\n\", \"b = 2\"]"), r, &code("\"%%bash\\nls\""), &code("\"c = 3\"")];
        let notebook = read(&all.join(","));
        assert_eq!(notebook.join().0, "a = 1\nb = 2\nc = 3\n");
        assert_eq!([notebook.number(0), notebook.number(1)], [2, 5]);
    }

    #[test]
    fn unchanged_lines_keep_their_spelling() {
        let before = code("[ \"\\u0061 = 'é'\\n\",  \"b = '\\/'\\n\", \"c\"]");
        let notebook = read(&before);
        let after = notebook.with(&["a = 'é'\nB = 'ü'\nc"]);
        assert_eq!(after, super::tests::notebook(&code("[ \"\\u0061 = 'é'\\n\",  \"B = 'ü'\\n\",  \"c\"]")));
        assert_eq!(notebook.with(&["a = 'é'\nb = '/'\nc"]), super::tests::notebook(&before));
    }

    #[test]
    fn strings_lists_and_nothing_are_written_as_they_were() {
        for (before, text, after) in [
            ("\"a\\nb\\tc\\n\"", "a\nx\tc\n", "\"a\\nx\\tc\\n\""),
            ("\"\\ud83d\\ude00\\nb\"", "😀\nc 😀", "\"\\ud83d\\ude00\\nc \\ud83d\\ude00\""),
            ("[\"a\"]", "a\nb", "[\"a\\n\",\"b\"]"),
            ("[\n  \"a\"\n ]", "a\nb", "[\n  \"a\\n\",\n  \"b\"\n ]"),
            ("[\"a\\n\",\n \"b\"]", "", "[]"),
            ("[\"p\", \"ass\"]", "x", "[\"x\"]"),
        ] {
            assert_eq!(read(&code(before)).with(&[text]), notebook(&code(after)), "{before}");
        }
        let empty = "{\"cells\": [\n  {\n   \"cell_type\": \"code\",\n   \"source\": []\n  }\n ],\n \"nbformat\": 4}";
        let filled = Notebook::read(empty).unwrap().with(&["a\nb"]);
        assert!(filled.contains("   \"source\": [\n    \"a\\n\",\n    \"b\"\n   ]\n"), "{filled}");
    }

    #[test]
    fn places_in_the_file_are_found() {
        for source in ["[\"\\u00e9 = 1\\n\",\n \"\\ud83d\\ude00x\\ty!\"]", "\"\\u00e9 = 1\\n\\ud83d\\ude00x\\ty!\""] {
            let notebook = read(&code(source));
            let (text, _) = notebook.join();
            for letter in ["=", "1", "x", "y", "!"] {
                let at = notebook.offset(0, text.find(letter).unwrap());
                assert!(notebook.json()[at..].starts_with(letter), "{letter} in {source}");
            }
            assert!(notebook.json()[notebook.offset(0, text.len() - 1)..].starts_with('"'));
        }
    }

    #[test]
    fn what_is_no_python_notebook_is_refused() {
        let fault = |json: &str| Notebook::read(json).unwrap_err();
        assert!(matches!(fault(""), Fault::Broken(_)));
        assert!(matches!(fault("x = 1"), Fault::Broken(_)));
        assert!(matches!(fault("{\"cells\": [], \"nbformat\": 3}"), Fault::Broken(why) if why.contains('3')));
        assert!(matches!(fault("{\"worksheets\": []}"), Fault::Broken(why) if why.contains("none")));
        assert!(matches!(fault(&notebook(&code("[1]"))), Fault::Broken(why) if why.contains("cell 1")));
        assert!(matches!(fault(&notebook(&code("\"\\ud800\""))), Fault::Broken(_)));
        assert!(matches!(fault(&format!("{{\"cells\": {}", "[".repeat(100_000))), Fault::Broken(_)));
        let r = "{\"cells\": [], \"nbformat\": 4, \"metadata\": {\"kernelspec\": {\"language\": \"R\"}}}";
        assert_eq!(fault(r), Fault::Language("R".to_owned()));
    }
}
