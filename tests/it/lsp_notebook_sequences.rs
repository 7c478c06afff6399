//! Random editing sessions of notebooks with the real program: whatever was typed into cells, whatever cells came, went,
//! moved and changed their language, the server says of each cell what a server says that has just been started.
//!
//! `MARGINALIA_SEQUENCES` sets the number of sequences (a fourth of it here), `MARGINALIA_SEED` another row of them.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::support::asking::Asking;
use crate::support::positions::{Unit, changes, check_ranges, questions};
use crate::support::process::Server;
use crate::support::typing::{cut, edit};
use crate::support::{Random, number, standard_library};

const NOTEBOOK: &str = "file:///shop/report.ipynb";

/// What cells begin with besides Python.
const CELLS: [&str; 6] = [
    "",
    "%%bash\nls *.py\n",
    "%matplotlib inline\n!pip install numpy\nimport tempfile\n",
    "import tempfile\nname = tempfile.mktemp()\n",
    "def add(item, items=[]):\r\n    items.append('😀')\r\n    return items",
    "text = '''\nnot closed",
];

#[derive(Clone, Debug)]
struct Cell {
    uri: String,
    python: bool,
    version: i32,
    text: Arc<str>,
}

impl Cell {
    fn entry(&self) -> Value {
        json!({"kind": if self.python { 2 } else { 1 }, "document": self.uri})
    }

    fn document(&self) -> Value {
        let language = if self.python { "python" } else { "markdown" };
        json!({"uri": self.uri, "languageId": language, "version": self.version, "text": *self.text})
    }
}

/// What a request was about: a cell, and the texts of all cells.
type About = (String, HashMap<String, Arc<str>>);

/// A server with a client that has one notebook open.
struct Driver {
    client: Asking<About>,
    unit: Unit,
    pulls: bool,
    cells: Vec<Cell>,
    /// The version that a text is given next, of the notebook or of a cell.
    version: i32,
    /// All texts that cells had.
    texts: HashMap<(String, i64), Arc<str>>,
    /// What was published last of each cell.
    published: BTreeMap<String, Value>,
    /// How many diagnostics and hovers were the same.
    compared: [usize; 2],
}

impl Driver {
    fn start(cache: &Path, unit: Unit, pulls: bool) -> Self {
        let mut capabilities = json!({
            "general": {"positionEncodings": [unit.name()]},
            "notebookDocument": {"synchronization": {"dynamicRegistration": true}},
            "textDocument": {"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}}},
            "workspace": {"workspaceEdit": {"documentChanges": true, "resourceOperations": ["create"]}},
        });
        if pulls {
            capabilities["textDocument"]["diagnostic"] = json!({});
        }
        let options = json!({
            "diagnostics": {"select": ["all"]},
            "codeLens": {"enabled": true},
            "inlayHints": {"enabled": true},
        });
        let introduction = json!({"capabilities": capabilities, "initializationOptions": options});
        let client = Asking::new(Server::start_as(cache, &introduction));
        Self {
            client,
            unit,
            pulls,
            cells: Vec::new(),
            version: 1,
            texts: HashMap::new(),
            published: BTreeMap::new(),
            compared: [0, 0],
        }
    }

    fn tell(&mut self, method: &str, params: &Value) {
        self.client.tell(method, params);
    }

    fn ask(&mut self, method: &'static str, params: &Value, uri: &str, kept: bool) -> usize {
        let texts = self.cells.iter().map(|cell| (cell.uri.clone(), Arc::clone(&cell.text))).collect();
        self.client.ask(method, params, (uri.to_owned(), texts), kept)
    }

    fn next_version(&mut self) -> i32 {
        self.version += 1;
        self.version
    }

    /// A cell with a new version.
    fn cell(&mut self, uri: String, python: bool, text: &str) -> Cell {
        let version = self.next_version();
        let text: Arc<str> = Arc::from(text);
        self.texts.insert((uri.clone(), i64::from(version)), Arc::clone(&text));
        Cell { uri, python, version, text }
    }

    fn open(&mut self, cells: Vec<Cell>) {
        for cell in &cells {
            self.texts.insert((cell.uri.clone(), i64::from(cell.version)), Arc::clone(&cell.text));
        }
        let entries: Vec<_> = cells.iter().map(Cell::entry).collect();
        let documents: Vec<_> = cells.iter().map(Cell::document).collect();
        let version = self.next_version();
        let notebook =
            json!({"uri": NOTEBOOK, "notebookType": "jupyter-notebook", "version": version, "cells": entries});
        self.cells = cells;
        let params = json!({"notebookDocument": notebook, "cellTextDocuments": documents});
        self.tell("notebookDocument/didOpen", &params);
    }

    fn close(&mut self) {
        let cells: Vec<_> = self.cells.drain(..).map(|cell| json!({"uri": cell.uri})).collect();
        let params = json!({"notebookDocument": {"uri": NOTEBOOK}, "cellTextDocuments": cells});
        self.tell("notebookDocument/didClose", &params);
    }

    fn change(&mut self, cells: &Value) {
        let version = self.next_version();
        let document = json!({"uri": NOTEBOOK, "version": version});
        self.tell("notebookDocument/didChange", &json!({"notebookDocument": document, "change": {"cells": cells}}));
    }

    /// Puts cells in the place of others. Those that the notebook had go with their text, new ones come with it.
    fn put(&mut self, start: usize, count: usize, new: Vec<Cell>) {
        let had = |cells: &[Cell], cell: &Cell| cells.iter().any(|it| it.uri == cell.uri && it.version == cell.version);
        let opened: Vec<_> = new.iter().filter(|cell| !had(&self.cells, cell)).map(Cell::document).collect();
        let out = &self.cells[start..start + count];
        let closed: Vec<_> = out.iter().filter(|cell| !had(&new, cell)).map(|cell| json!({"uri": cell.uri})).collect();
        let entries: Vec<_> = new.iter().map(Cell::entry).collect();
        let structure = json!({
            "array": {"start": start, "deleteCount": count, "cells": entries},
            "didOpen": opened,
            "didClose": closed,
        });
        self.cells.splice(start..start + count, new);
        self.change(&json!({"structure": structure}));
    }

    /// Types into some cells; all is told at once.
    fn type_into(&mut self, places: &[usize], random: &mut Random) {
        let mut contents = Vec::new();
        for &at in places {
            let Cell { uri, python, text: before, .. } = self.cells[at].clone();
            let after =
                if before.is_empty() { CELLS[random.below(CELLS.len())].to_owned() } else { edit(&before, random) };
            let told = changes(&before, &after, self.unit, random);
            self.cells[at] = self.cell(uri, python, &after);
            let document = json!({"uri": self.cells[at].uri, "version": self.cells[at].version});
            contents.push(json!({"document": document, "changes": told}));
        }
        self.change(&json!({"textContent": contents}));
    }

    /// One thing that happens to a notebook.
    fn step(&mut self, number: u64, random: &mut Random) {
        let at = random.below(self.cells.len());
        match random.below(16) {
            0..=1 => {
                let uri = format!("vscode-notebook-cell:/shop/report.ipynb#{number}-{}", self.version);
                let new = self.cell(uri, true, CELLS[random.below(CELLS.len())]);
                self.put(at, 0, vec![new]);
            }
            2 if self.cells.len() > 1 => self.put(at, 1, Vec::new()),
            3 if at + 1 < self.cells.len() => {
                let (one, two) = (self.cells[at].clone(), self.cells[at + 1].clone());
                self.put(at, 2, vec![two, one]);
            }
            // Another language: closed and opened under its name.
            4 => {
                let Cell { uri, python, text, .. } = self.cells[at].clone();
                let other = self.cell(uri, !python, &text);
                self.put(at, 1, vec![other]);
            }
            // Closed and opened again.
            5 if random.below(4) == 0 => {
                let cells = self.cells.clone();
                self.close();
                self.open(cells);
            }
            6 => {
                let two: Vec<_> = if at == 0 { vec![0] } else { vec![at, 0] };
                self.type_into(&two, random);
            }
            _ => self.type_into(&[at], random),
        }
    }

    /// Asks for anything, and sometimes no longer wants to know.
    fn wonder(&mut self, random: &mut Random) {
        let cell = self.cells[random.below(self.cells.len())].clone();
        let place = random.below(cell.text.len() + 1);
        let all = questions(&cell.uri, &cell.text, self.unit, &[place]);
        let (method, params) = &all[random.below(all.len())];
        if *method == "textDocument/diagnostic" && !self.pulls {
            return;
        }
        let id = self.ask(method, params, &cell.uri, false);
        if random.below(4) == 0 {
            self.client.cancel(id);
        }
    }

    /// Takes in what the server says until something is so.
    fn listen_until(&mut self, done: impl Fn(&Self) -> bool) {
        while !done(self) {
            match self.client.next() {
                Ok(message) => self.hear(message),
                Err(waiting) => {
                    panic!("the server has ended or hangs; not answered: {waiting:?}, published: {:?}", self.published)
                }
            }
        }
    }

    fn hear(&mut self, mut message: Value) {
        if message["method"] == "textDocument/publishDiagnostics" {
            let params = &mut message["params"];
            let (uri, said) = (params["uri"].as_str().unwrap().to_owned(), params["diagnostics"].take());
            let Some(version) = params["version"].as_i64() else {
                assert_eq!(said, json!([]), "of no version");
                self.published.remove(&uri);
                return;
            };
            let text = self.texts.get(&(uri.clone(), version)).unwrap_or_else(|| panic!("{uri} has no {version}"));
            check_ranges(&said, &uri, self.unit, &|it| (it == uri).then(|| Arc::clone(text)));
            self.published.insert(uri, said);
        } else if let Some((uri, texts)) = self.client.hear(&message) {
            check_ranges(&message["result"], &uri, self.unit, &|uri| texts.get(uri).cloned());
        }
    }

    /// Each question of each cell with its answer.
    fn all_said(&mut self, places: &[usize]) -> Vec<(&'static str, String, Value)> {
        let mut asked = Vec::new();
        for cell in self.cells.clone() {
            let places: Vec<_> = places.iter().map(|place| place % (cell.text.len() + 1)).collect();
            for (method, params) in questions(&cell.uri, &cell.text, self.unit, &places) {
                if method != "textDocument/diagnostic" || self.pulls {
                    asked.push((method, cell.uri.clone(), self.ask(method, &params, &cell.uri, true)));
                }
            }
        }
        self.listen_until(|it| it.client.all_answered());
        asked.into_iter().map(|(method, uri, id)| (method, uri, self.client.answer(id))).collect()
    }

    /// What is published, without the cells of which nothing is said.
    fn shown(&self) -> BTreeMap<&str, &Value> {
        let some = self.published.iter().filter(|(_, said)| **said != json!([]));
        some.map(|(uri, said)| (uri.as_str(), said)).collect()
    }

    fn finish(mut self) -> [usize; 2] {
        let id = self.ask("shutdown", &Value::Null, "", false);
        self.listen_until(|it| it.client.is_answered(id));
        self.client.exit();
        self.compared
    }
}

/// One sequence: a notebook is opened, changed many times, and asked about; in the end all is as if it had just been opened.
fn sequence(driver: &mut Driver, number: u64, original: &str, random: &mut Random, fresh: &dyn Fn() -> Driver) {
    let texts = cut(original, random);
    let name = |at: usize| format!("vscode-notebook-cell:/shop/report.ipynb#{number}-{at}x");
    let cells = texts.iter().enumerate().map(|(at, text)| driver.cell(name(at), true, text)).collect();
    driver.open(cells);
    for _ in 0..10 + random.below(15) {
        for _ in 0..random.below(4) {
            driver.wonder(random);
        }
        driver.step(number, random);
        if random.below(6) == 0 {
            driver.listen_until(|it| it.client.all_answered());
        }
    }
    let places: Vec<_> = (0..3).map(|_| random.below(1000)).collect();
    let said = driver.all_said(&places);
    let mut other = fresh();
    other.open(driver.cells.clone());
    let expected = other.all_said(&places);
    let text = || driver.cells.iter().map(|cell| (cell.python, &*cell.text)).collect::<Vec<_>>();
    for ((method, uri, said), (_, _, expected)) in said.iter().zip(&expected) {
        assert_eq!(said, expected, "{method} of {uri}, {:#?}", text());
        driver.compared[1] += usize::from(*method == "textDocument/hover" && !said.is_null());
        if *method == "textDocument/diagnostic" {
            driver.compared[0] += said["items"].as_array().map_or(0, Vec::len);
        }
    }
    if !driver.pulls {
        let python: Vec<_> = driver.cells.iter().filter(|cell| cell.python).map(|cell| cell.uri.clone()).collect();
        other.listen_until(|it| python.iter().all(|uri| it.published.contains_key(uri)));
        driver.listen_until(|it| it.shown() == other.shown());
        driver.compared[0] += driver.shown().values().map(|said| said.as_array().map_or(0, Vec::len)).sum::<usize>();
    }
    other.finish();
    driver.close();
}

#[test]
fn a_server_that_followed_a_notebook_says_what_a_fresh_one_says() {
    let seed = number("MARGINALIA_SEED").unwrap_or(20_261_122);
    let sequences = number("MARGINALIA_SEQUENCES").unwrap_or(40) / 4;
    let files: Vec<_> = standard_library()
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .filter(|text| (300..3_000).contains(&text.len()))
        .collect();
    let cache = tempfile::tempdir().unwrap();
    let mut compared = [0, 0];
    for (round, numbers) in (0..sequences).collect::<Vec<_>>().chunks(5).enumerate() {
        let (unit, pulls) = ([Unit::Utf16, Unit::Byte, Unit::Letter][round % 3], round % 2 == 1);
        let fresh = || Driver::start(cache.path(), unit, pulls);
        let mut driver = fresh();
        for &number in numbers {
            println!("sequence {number}, {unit:?}, pulls: {pulls}");
            let mut random = Random::row(seed, number);
            let original = &files[random.below(files.len())];
            sequence(&mut driver, number, original, &mut random, &fresh);
        }
        let of_this = driver.finish();
        compared = [0, 1].map(|at| compared[at] + of_this[at]);
    }
    let [diagnostics, hovers] = compared;
    println!("{sequences} sequences; {diagnostics} diagnostics, {hovers} hovers");
    assert!(diagnostics > 0 && hovers > 0, "nothing was said of any cell");
}
