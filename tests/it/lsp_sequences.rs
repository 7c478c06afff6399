//! Random editing sessions with the real program: whatever was typed, pasted, undone, closed and opened again, and asked
//! for in between, the server says what a server says that has just been started and sees nothing but the last text.
//!
//! The client keeps its own text, counts its own lines and columns, and looks at every range that it is sent: it must lie
//! in the text that the request was made for, on the boundaries of characters.
//!
//! `MARGINALIA_SEQUENCES` sets the number of sequences, `MARGINALIA_SEED` another row of them; the default is small enough
//! for every run.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::support::asking::Asking;
use crate::support::positions::{Unit, changes, check_ranges, questions};
use crate::support::process::Server;
use crate::support::typing::{Typist, edit, floor};
use crate::support::{Random, number, standard_library};

/// How many sequences one server lives through.
const SEQUENCES_OF_ONE: u64 = 20;

/// Letters that are more than one unit long, and what breaks lines or seems to.
const ODD: [&str; 12] = [
    "😀",
    "'👩‍👩‍👧'",
    "e\u{301}",
    "# 漢字😀\r\n",
    "\u{2028}",
    "\u{85}",
    "\0",
    "\u{feff}",
    "x = '😀'; import os\r",
    "\r\n\r\n",
    "𝒳 = []\n",
    "f'{x:😀}'",
];

/// What the client says of itself.
#[derive(Clone, Copy, Debug)]
struct Kind {
    unit: Unit,
    /// Asks for diagnostics itself.
    pulls: bool,
}

impl Kind {
    fn introduction(self) -> Value {
        let mut of_text = json!({
            "publishDiagnostics": {"relatedInformation": true, "codeDescriptionSupport": true},
            "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}, "isPreferredSupport": true},
        });
        if self.pulls {
            of_text["diagnostic"] = json!({});
        }
        json!({
            "capabilities": {
                "general": {"positionEncodings": [self.unit.name()]},
                "textDocument": of_text,
                "workspace": {"workspaceEdit": {"documentChanges": true, "resourceOperations": ["create"]}},
            },
            "initializationOptions": {
                "diagnostics": {"select": ["all"]},
                "codeLens": {"enabled": true},
                "inlayHints": {"enabled": true},
            },
        })
    }
}

/// A server with a client that keeps one document open.
struct Driver {
    client: Asking<Arc<str>>,
    kind: Kind,
    uri: String,
    version: i32,
    text: Arc<str>,
    /// The texts of all versions of the document.
    texts: HashMap<i64, Arc<str>>,
    /// What was published last, and for which version.
    published: Option<(i64, Value)>,
    /// How often the document was closed for which diagnostics have not been taken back.
    closed: usize,
    /// How many diagnostics and hovers were the same.
    compared: [usize; 2],
}

impl Driver {
    fn start(cache: &Path, kind: Kind) -> Self {
        let client = Asking::new(Server::start_as(cache, &kind.introduction()));
        Self {
            client,
            kind,
            uri: String::new(),
            version: 0,
            text: Arc::from(""),
            texts: HashMap::new(),
            published: None,
            closed: 0,
            compared: [0, 0],
        }
    }

    fn tell(&mut self, method: &str, params: &Value) {
        self.client.tell(method, params);
    }

    fn ask(&mut self, method: &'static str, params: &Value, kept: bool) -> usize {
        self.client.ask(method, params, Arc::clone(&self.text), kept)
    }

    fn cancel(&mut self, random: &mut Random) {
        let open = self.client.open();
        if !open.is_empty() {
            self.client.cancel(open[random.below(open.len())]);
        }
    }

    /// The document has another text from now on.
    fn turn_into(&mut self, text: &str) {
        self.version += 1;
        self.text = Arc::from(text);
        self.texts.insert(i64::from(self.version), Arc::clone(&self.text));
    }

    fn open(&mut self, uri: &str, text: &str) {
        uri.clone_into(&mut self.uri);
        self.turn_into(text);
        let document = json!({"uri": uri, "languageId": "python", "version": self.version, "text": text});
        self.tell("textDocument/didOpen", &json!({"textDocument": document}));
    }

    fn close(&mut self) {
        self.closed += usize::from(!self.kind.pulls);
        self.tell("textDocument/didClose", &json!({"textDocument": {"uri": self.uri}}));
    }

    fn change(&mut self, changes: &[Value], text: &str) {
        self.turn_into(text);
        let document = json!({"uri": self.uri, "version": self.version});
        self.tell("textDocument/didChange", &json!({"textDocument": document, "contentChanges": changes}));
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
            assert_eq!(params["uri"], *self.uri, "of a document that is not open");
            let diagnostics = params["diagnostics"].take();
            let Some(version) = params["version"].as_i64() else {
                assert_eq!(diagnostics, json!([]), "of no version");
                self.closed -= 1;
                return;
            };
            self.check(&diagnostics, &self.texts[&version]);
            self.published = Some((version, diagnostics));
        } else if let Some(text) = self.client.hear(&message) {
            self.check(&message["result"], &text);
        }
    }

    /// Looks at the ranges in what was said of the document when it had this text.
    fn check(&self, said: &Value, text: &Arc<str>) {
        check_ranges(said, &self.uri, self.kind.unit, &|uri| (uri == self.uri).then(|| Arc::clone(text)));
    }

    /// All that is said of the text as it is now: each request with its answer, and the diagnostics.
    fn all_said(&mut self, places: &[usize]) -> Vec<(&'static str, Value)> {
        let mut asked = Vec::new();
        for (method, params) in questions(&self.uri, &self.text, self.kind.unit, places) {
            if method != "textDocument/diagnostic" || self.kind.pulls {
                asked.push((method, self.ask(method, &params, true)));
            }
        }
        let newest = i64::from(self.version);
        self.listen_until(|it| {
            let is_newest = it.kind.pulls || it.published.as_ref().is_some_and(|(version, _)| *version == newest);
            it.client.all_answered() && is_newest
        });
        let mut said: Vec<_> = asked.into_iter().map(|(method, id)| (method, self.client.answer(id))).collect();
        if !self.kind.pulls {
            said.push(("textDocument/publishDiagnostics", self.published.clone().unwrap().1));
        }
        said
    }

    fn finish(mut self) {
        let id = self.ask("shutdown", &Value::Null, false);
        self.listen_until(|it| it.client.is_answered(id));
        self.client.exit();
    }
}

/// What a text becomes next.
fn next(text: &str, earlier: &[Arc<str>], random: &mut Random) -> String {
    match random.below(12) {
        0..=1 if !earlier.is_empty() => earlier[earlier.len() - 1 - random.below(earlier.len().min(3))].to_string(),
        2..=3 => {
            let at = floor(text, random.below(text.len() + 1));
            format!("{}{}{}", &text[..at], ODD[random.below(ODD.len())], &text[at..])
        }
        4 => {
            // Away with a part that may begin and end anywhere, lines and all.
            let (from, to) = (random.below(text.len() + 1), random.below(text.len() + 1));
            let from = floor(text, from);
            let to = floor(text, to.clamp(from, (from + 600).min(text.len())).max(from));
            format!("{}{}", &text[..from], &text[to.max(from)..])
        }
        5 if random.below(6) == 0 => String::new(),
        _ => edit(text, random),
    }
}

/// One sequence: a document is opened, changed many times, and asked about; in the end all is as if it had just been opened.
fn sequence(driver: &mut Driver, number: u64, original: &str, random: &mut Random, fresh: &dyn Fn() -> Driver) {
    const URIS: [&str; 4] =
        ["file:///shop/N.py", "untitled:N", "file:///tests/test_N.py", "file:///typed/with%20blank/N.pyi"];
    let uri = URIS[random.below(URIS.len())].replace('N', &number.to_string());
    let unit = driver.kind.unit;
    driver.open(&uri, original);
    let mut typist = (random.below(3) == 0).then(|| Typist::new(original, random));
    let mut earlier = Vec::new();
    for _ in 0..10 + random.below(15) {
        for _ in 0..random.below(4) {
            let place = random.below(driver.text.len() + 1);
            let all = questions(&uri, &driver.text, unit, &[place]);
            let (method, params) = &all[random.below(all.len())];
            if *method != "textDocument/diagnostic" || driver.kind.pulls {
                driver.ask(method, params, false);
            }
            if random.below(3) == 0 {
                driver.cancel(random);
            }
        }
        let before = Arc::clone(&driver.text);
        if random.below(25) == 0 {
            driver.close();
            driver.open(&uri, &before);
            continue;
        }
        let typed = typist.as_mut().and_then(|typist| typist.next(&before));
        let text = typed.unwrap_or_else(|| {
            typist = None;
            next(&before, &earlier, random)
        });
        earlier.push(Arc::clone(&before));
        driver.change(&changes(&before, &text, unit, random), &text);
        if random.below(6) == 0 {
            driver.listen_until(|it| it.client.all_answered());
        }
    }
    let places: Vec<_> = (0..8).map(|_| random.below(driver.text.len() + 1)).collect();
    let said = driver.all_said(&places);
    let mut other = fresh();
    other.version = driver.version - 1;
    other.open(&uri, &Arc::clone(&driver.text));
    for ((method, said), (_, expected)) in said.into_iter().zip(other.all_said(&places)) {
        assert_eq!(said, expected, "{method} of {:?}", driver.text);
        let diagnostics = if method == "textDocument/diagnostic" { &said["items"] } else { &said };
        if let Some(diagnostics) = diagnostics.as_array().filter(|_| method.to_lowercase().contains("diagnostic")) {
            driver.compared[0] += diagnostics.len();
        }
        driver.compared[1] += usize::from(method == "textDocument/hover" && !said.is_null());
    }
    other.finish();
    driver.close();
    driver.listen_until(|it| it.closed == 0);
}

#[test]
fn a_server_that_followed_any_edits_says_what_a_fresh_one_says() {
    let seed = number("MARGINALIA_SEED").unwrap_or(20_261_122);
    let sequences = number("MARGINALIA_SEQUENCES").unwrap_or(40);
    let files: Vec<_> = standard_library()
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .filter(|text| (300..6_000).contains(&text.len()))
        .collect();
    let cache = tempfile::tempdir().unwrap();
    let (mut versions, mut answers, mut compared, mut done) = (0, 0, [0, 0], 0);
    while done < sequences {
        let round = done / SEQUENCES_OF_ONE;
        let unit = [Unit::Utf16, Unit::Byte, Unit::Utf16, Unit::Letter][(round % 4) as usize];
        let kind = Kind { unit, pulls: round % 2 == 1 };
        let mut driver = Driver::start(cache.path(), kind);
        for number in done..sequences.min(done + SEQUENCES_OF_ONE) {
            let mut random = Random::row(seed, number);
            let mut original = files[random.below(files.len())].clone();
            match random.below(6) {
                0 => original = original.replace('\n', "\r\n"),
                1 => original = original.replace('\n', "\r"),
                _ => {}
            }
            println!("sequence {number}, {kind:?}");
            sequence(&mut driver, number, &original, &mut random, &|| Driver::start(cache.path(), kind));
            versions += driver.texts.len();
            driver.texts.clear();
            driver.published = None;
        }
        done += SEQUENCES_OF_ONE;
        answers += driver.client.answered;
        compared = [0, 1].map(|at| compared[at] + driver.compared[at]);
        driver.finish();
    }
    let [diagnostics, hovers] = compared;
    println!(
        "{sequences} sequences, {versions} versions, {answers} answers; {diagnostics} diagnostics, {hovers} hovers"
    );
    assert!(diagnostics > 0 && hovers > 0, "nothing was said of any text");
}
