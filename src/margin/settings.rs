//! Settings: one table of keys, the same in an editor, in `pyproject.toml` and in `marginalia.toml`.
//!
//! The table [`KEYS`] is all there is: reading, defaults, the documentation page and an editor's settings schema come
//! from it. Values arrive as a TOML tree, whoever read them. A wrong value is a [`Problem`] and changes nothing else.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use toml::{Table, Value};

use super::RuffCodes;
use super::project::Project;
use super::selector::{Selector, Specificity};
use crate::book::SectionNumber;
use crate::knowledge::{Rule, Severity, Volume};
use crate::python::PythonVersion;

/// What the user wants. Made from defaults and [`Layer`]s.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// `hover.*`
    pub hover: Hover,
    /// `diagnostics.*`
    pub diagnostics: Diagnostics,
    /// `targetVersion`, or the lowest Python that the project's own files are for; `None` where neither says anything.
    pub target_version: Option<PythonVersion>,
    /// `readingPath`
    pub reading_path: Option<String>,
    /// `book.path`
    pub book_path: Option<PathBuf>,
    /// `books`
    pub books: Vec<PathBuf>,
    /// `disabledBooks`: short names.
    pub disabled_books: Vec<String>,
    /// Where links lead.
    pub links: Links,
    /// `codeLens.enabled`
    pub code_lens: bool,
    /// `inlayHints.enabled`
    pub inlay_hints: bool,
    /// `maxFileSize`, in bytes.
    pub max_file_size: u64,
    /// `log.level`
    pub log_level: LogLevel,
    /// `log.file`
    pub log_file: Option<PathBuf>,
    /// The codes that the project's own Ruff reports; `None` where the project does not configure Ruff.
    pub ruff: Option<RuffCodes>,
}

/// What a hover says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hover {
    /// `hover.detail`
    pub detail: HoverDetail,
    /// `hover.keywords`: whether keywords and operators are explained.
    pub keywords: bool,
    /// `hover.excerpt`: whether the reader's own copy is quoted.
    pub excerpt: bool,
}

/// Which findings are shown, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostics {
    /// `diagnostics.enabled`
    pub enabled: bool,
    /// `diagnostics.select`
    pub select: Vec<Selector>,
    /// `diagnostics.ignore`
    pub ignore: Vec<Selector>,
    /// `diagnostics.severity`
    pub severity: Vec<(Selector, Severity)>,
    /// `diagnostics.overlap`
    pub overlap: Overlap,
}

/// A value of a setting that has few: its name and what it means.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// As written in settings.
    pub name: &'static str,
    /// One line.
    pub meaning: &'static str,
}

/// Declares a setting's few values, each with its name and meaning.
macro_rules! choices {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $text:literal $meaning:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = $meaning] $variant,)*
        }

        impl $name {
            /// In the order of [`Self::CHOICES`].
            const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// The names and meanings of the values.
            pub const CHOICES: &'static [Choice] = &[$(Choice { name: $text, meaning: $meaning },)*];

            /// As written in settings.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

choices! {
    /// `hover.detail`
    HoverDetail {
        Summary "summary" "The section's summary, and a link to the rest.",
        Full "full" "Key points, pitfalls and example as well.",
        Off "off" "No hovers.",
    }
}

choices! {
    /// `diagnostics.overlap`
    Overlap {
        Auto "auto" "Leave out a rule whose equivalents the project's own Ruff configuration already selects.",
        Keep "keep" "Report it all the same.",
    }
}

choices! {
    /// `log.level`
    LogLevel {
        Off "off" "Nothing.",
        Error "error" "What failed.",
        Warn "warn" "What is not as it should be.",
        Info "info" "What the server does.",
        Debug "debug" "Each step.",
        Trace "trace" "Everything, messages included.",
    }
}

/// What kind of value a key takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// One of a few names.
    Choice(&'static [Choice]),
    /// A list of rules, groups, sections.
    Selectors,
    /// A table from rules, groups, sections to severities.
    Severities,
    /// `"3.11"`, or empty.
    Version,
    /// Any text, or empty.
    Text,
    /// A path, or empty.
    Path,
    /// A list of paths.
    Paths,
    /// A list of names.
    Names,
    /// A number of bytes.
    Bytes,
}

/// One setting.
#[derive(Debug)]
pub struct Key {
    /// Dotted, without the prefix `marginalia.` that editors put before it.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// As TOML.
    pub default: &'static str,
    /// What it does, in Markdown.
    pub documentation: &'static str,
    set: Set,
}

/// Reads a value into the settings; paths are relative to the folder given. The error completes "`key` ...".
type Set = fn(&mut Settings, &Value, &Path) -> Result<(), String>;

/// Every setting.
pub const KEYS: &[Key] = &[
    Key {
        name: "hover.detail",
        kind: Kind::Choice(HoverDetail::CHOICES),
        default: r#""summary""#,
        documentation: "How much a hover says.",
        set: |settings, value, _| {
            set(&mut settings.hover.detail, choice(value, HoverDetail::CHOICES, HoverDetail::ALL))
        },
    },
    Key {
        name: "hover.keywords",
        kind: Kind::Bool,
        default: "true",
        documentation: "Whether keywords and operators (`with`, `yield`, `:=`) are explained. Library names, decorators and \
                        patterns are, in any case.",
        set: |settings, value, _| set(&mut settings.hover.keywords, boolean(value)),
    },
    Key {
        name: "hover.excerpt",
        kind: Kind::Bool,
        default: "false",
        documentation: "Whether a hover quotes how the section begins in the reader's own copy, see `book.path`.",
        set: |settings, value, _| set(&mut settings.hover.excerpt, boolean(value)),
    },
    Key {
        name: "diagnostics.enabled",
        kind: Kind::Bool,
        default: "true",
        documentation: "Whether findings are shown at all.",
        set: |settings, value, _| set(&mut settings.diagnostics.enabled, boolean(value)),
    },
    Key {
        name: "diagnostics.select",
        kind: Kind::Selectors,
        default: "[]",
        documentation: "Rules to switch on besides those that are on by default.",
        set: |settings, value, _| set(&mut settings.diagnostics.select, selectors(value)),
    },
    Key {
        name: "diagnostics.ignore",
        kind: Kind::Selectors,
        default: "[]",
        documentation: "Rules to switch off. Where `select` and `ignore` name the same rule, the more specific name wins; \
                        of equally specific ones, `ignore`.",
        set: |settings, value, _| set(&mut settings.diagnostics.ignore, selectors(value)),
    },
    Key {
        name: "diagnostics.severity",
        kind: Kind::Severities,
        default: "{}",
        documentation: "How findings are shown: `hint`, `information`, `warning` or `error`, by rule, group or section. The \
                        most specific name wins.",
        set: |settings, value, _| set(&mut settings.diagnostics.severity, severities(value)),
    },
    Key {
        name: "diagnostics.overlap",
        kind: Kind::Choice(Overlap::CHOICES),
        default: r#""auto""#,
        documentation: "What to do about a rule that the project's own Ruff has too. A rule selected by its own name is \
                        always reported.",
        set: |settings, value, _| set(&mut settings.diagnostics.overlap, choice(value, Overlap::CHOICES, Overlap::ALL)),
    },
    Key {
        name: "targetVersion",
        kind: Kind::Version,
        default: r#""""#,
        documentation: "The oldest Python the project supports, such as `\"3.11\"`: no advice asks for a newer one. When \
                        empty, the lower bound of `requires-python` in `pyproject.toml`, or of `python_requires` in \
                        `setup.cfg` or `setup.py`, or the lowest version that the classifiers there name.",
        set: |settings, value, _| set(&mut settings.target_version, version(value)),
    },
    Key {
        name: "readingPath",
        kind: Kind::Choice(READING_PATHS),
        default: r#""""#,
        documentation: "The reader's path through the book. Sections on it come first among those that fit, sections \
                        beyond it carry the name of theirs; nothing is hidden.",
        set: |settings, value, _| set(&mut settings.reading_path, reading_path(value)),
    },
    Key {
        name: "book.path",
        kind: Kind::Path,
        default: r#""""#,
        documentation: "The reader's own copy of the book: a text, Markdown or EPUB file. Links then open the very line (of an \
                        EPUB, in its text, which is written down in the cache folder), `marginalia explain --book` prints \
                        sections of it, and `hover.excerpt` quotes it.",
        set: |settings, value, base| {
            set(&mut settings.book_path, text(value).map(|path| path.map(|path| join(base, &path))))
        },
    },
    Key {
        name: "books",
        kind: Kind::Paths,
        default: "[]",
        documentation: "Folders with notes on further books, such as a team's handbook.",
        set: |settings, value, base| set(&mut settings.books, paths(value, base)),
    },
    Key {
        name: "disabledBooks",
        kind: Kind::Names,
        default: "[]",
        documentation: "Books that are to say nothing, by the short name that `book.toml` gives them: a further one, or \
                        `\"python-bible\"`.",
        set: |settings, value, _| set(&mut settings.disabled_books, names(value)),
    },
    Key {
        name: "links.base",
        kind: Kind::Text,
        default: r#""auto""#,
        documentation: "Where links to sections lead: this text and the section's number. `\"auto\"` opens pages in the \
                        editor, without network. Where it ends in `/sections/`, as on a site of `marginalia site`, findings \
                        lead to the pages of their rules beside it.",
        set: |settings, value, _| set(&mut settings.links.base, address(value)),
    },
    Key {
        name: "codeLens.enabled",
        kind: Kind::Bool,
        default: "false",
        documentation: "Whether the sections that a function or class of the module leads to are shown above it.",
        set: |settings, value, _| set(&mut settings.code_lens, boolean(value)),
    },
    Key {
        name: "inlayHints.enabled",
        kind: Kind::Bool,
        default: "false",
        documentation: "Whether the sections that a line leads to are shown at its end. Everyday Python has none.",
        set: |settings, value, _| set(&mut settings.inlay_hints, boolean(value)),
    },
    Key {
        name: "maxFileSize",
        kind: Kind::Bytes,
        default: "10_000_000",
        documentation: "Files with more bytes than this are left alone.",
        set: |settings, value, _| set(&mut settings.max_file_size, bytes(value)),
    },
    Key {
        name: "log.level",
        kind: Kind::Choice(LogLevel::CHOICES),
        default: r#""warn""#,
        documentation: "How much the server logs.",
        set: |settings, value, _| set(&mut settings.log_level, choice(value, LogLevel::CHOICES, LogLevel::ALL)),
    },
    Key {
        name: "log.file",
        kind: Kind::Path,
        default: r#""""#,
        documentation: "Log to this file instead of standard error.",
        set: |settings, value, base| {
            set(&mut settings.log_file, text(value).map(|path| path.map(|path| join(base, &path))))
        },
    },
];

/// Keys that an editor's extension keeps for itself under the same prefix. They reach the server and mean nothing here.
const OF_THE_EXTENSION: [&str; 2] = ["path", "trace.server"];

/// What a project's files cannot set: they come with other people's code, and must not choose which files are written.
const OF_THE_USER: [&str; 1] = ["log.file"];

/// Something wrong in a settings file or in an editor's settings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Problem {
    /// Where: a file's path, or "editor settings".
    pub source: String,
    /// What, as a sentence without final stop.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.source, self.message)
    }
}

/// The settings that one place makes: a file, an editor, a command line. Every value in it is valid.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layer {
    base: PathBuf,
    /// By place in [`KEYS`].
    values: BTreeMap<usize, Value>,
}

impl Layer {
    /// Reads a tree in which keys are nested tables, dotted names or both. `source` names the place in problems;
    /// relative paths begin at `base`.
    pub fn read(tree: &Table, source: &str, base: &Path) -> (Self, Vec<Problem>) {
        let mut layer = Self { base: base.to_owned(), values: BTreeMap::new() };
        let mut messages = Vec::new();
        layer.read_table(tree, "", &mut messages);
        let problem = |message| Problem { source: source.to_owned(), message };
        (layer, messages.into_iter().map(problem).collect())
    }

    /// Reads a project's own file: as [`Layer::read`], without what only the user can set.
    pub fn of_project(tree: &Table, source: &str, base: &Path) -> (Self, Vec<Problem>) {
        let (mut layer, mut problems) = Self::read(tree, source, base);
        for name in OF_THE_USER {
            let at = KEYS.iter().position(|key| key.name == name);
            if at.and_then(|at| layer.values.remove(&at)).is_some() {
                let message = format!("`{name}` can be set in the editor only");
                problems.push(Problem { source: source.to_owned(), message });
            }
        }
        (layer, problems)
    }

    fn read_table(&mut self, table: &Table, prefix: &str, messages: &mut Vec<String>) {
        for (name, value) in table {
            let name = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            if let Some(at) = KEYS.iter().position(|key| key.name == name) {
                self.read_value(at, value, messages);
            } else if let Value::Table(table) = value
                && is_prefix(&name)
            {
                self.read_table(table, &name, messages);
            } else if !OF_THE_EXTENSION.contains(&name.as_str()) {
                messages.push(unknown("setting", &name, KEYS.iter().map(|key| key.name)));
            }
        }
    }

    fn read_value(&mut self, at: usize, value: &Value, messages: &mut Vec<String>) {
        let key = &KEYS[at];
        let mut scratch = DEFAULTS.clone();
        match (key.set)(&mut scratch, value, &self.base) {
            Ok(()) => drop(self.values.insert(at, value.clone())),
            Err(fault) => messages.push(format!("`{}` {fault}", key.name)),
        }
    }
}

/// Whether keys begin with this name and a dot.
fn is_prefix(name: &str) -> bool {
    let begins = |key: &str| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    KEYS.iter().any(|key| begins(key.name)) || OF_THE_EXTENSION.iter().any(|key| begins(key))
}

static DEFAULTS: LazyLock<Settings> = LazyLock::new(|| {
    let mut settings = Settings::blank();
    for key in KEYS {
        let tree: Table = format!("value = {}", key.default).parse().expect("defaults are TOML: see the tests");
        (key.set)(&mut settings, &tree["value"], Path::new("")).expect("defaults are valid: see the tests");
    }
    settings
});

impl Default for Settings {
    fn default() -> Self {
        DEFAULTS.clone()
    }
}

/// Where sections and rules are published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// `links.base`; `None` for `auto`.
    pub base: Option<String>,
}

impl Links {
    /// The page of a section; `None` where it is not published: what is, is the first book.
    pub fn section(&self, volume: &Volume, number: SectionNumber) -> Option<String> {
        let base = self.base.as_ref().filter(|_| volume.is_first())?;
        Some(format!("{base}{number}"))
    }

    /// The page of a rule where there is one, or of its section.
    pub fn rule(&self, volume: &Volume, rule: &Rule) -> Option<String> {
        let base = self.base.as_ref().filter(|_| volume.is_first())?;
        match base.strip_suffix("/sections/") {
            Some(site) => Some(format!("{site}/rules/{}/", rule.name)),
            None => self.section(volume, *rule.sections.first()?),
        }
    }
}

impl Settings {
    /// The defaults, changed by what the project's files say, then by further layers in order.
    pub fn new<'a>(project: &'a Project, layers: impl IntoIterator<Item = &'a Layer>) -> Self {
        let mut settings = Self { ruff: project.ruff.clone(), ..Self::default() };
        for layer in project.layers.iter().chain(layers) {
            settings.apply(layer);
        }
        settings.target_version = settings.target_version.or(project.requires_python);
        settings
    }

    /// Overlays a layer, key by key.
    fn apply(&mut self, layer: &Layer) {
        for (&at, value) in &layer.values {
            (KEYS[at].set)(self, value, &layer.base).expect("`Layer::read` keeps valid values only");
        }
    }

    /// What [`DEFAULTS`] starts from; no value of it survives, because every field has a key.
    fn blank() -> Self {
        Self {
            hover: Hover { detail: HoverDetail::Summary, keywords: true, excerpt: false },
            diagnostics: Diagnostics {
                enabled: true,
                select: Vec::new(),
                ignore: Vec::new(),
                severity: Vec::new(),
                overlap: Overlap::Auto,
            },
            target_version: None,
            reading_path: None,
            book_path: None,
            books: Vec::new(),
            disabled_books: Vec::new(),
            links: Links::default(),
            code_lens: false,
            inlay_hints: false,
            max_file_size: 0,
            log_level: LogLevel::Warn,
            log_file: None,
            ruff: None,
        }
    }

    /// The Python version that advice must suit.
    pub fn target(&self) -> PythonVersion {
        self.target_version.unwrap_or(PythonVersion::NEWEST)
    }

    /// How a rule's findings are to be shown; `None` when they are not.
    pub fn rule_severity(&self, rule: &Rule) -> Option<Severity> {
        let Diagnostics { enabled, select, ignore, severity, overlap } = &self.diagnostics;
        if !enabled || rule.since.is_some_and(|since| since > self.target()) {
            return None;
        }
        let selected = most_specific(select, rule);
        let ignored = most_specific(ignore, rule);
        let on = match (selected, ignored) {
            (None, None) => rule.default,
            (selected, ignored) => selected > ignored,
        };
        let by_name = selected == Some(Specificity::Rule);
        let duplicate = || *overlap == Overlap::Auto && self.ruff.as_ref().is_some_and(|ruff| ruff.has(rule));
        if !on || (!by_name && duplicate()) {
            return None;
        }
        let wanted = severity
            .iter()
            .filter_map(|(selector, severity)| Some((selector.matches(rule)?, *severity)))
            .max()
            .map(|(_, severity)| severity);
        Some(wanted.unwrap_or(rule.severity))
    }

    /// Rules that the settings name and that do not exist, among these.
    pub fn unknown_rules(&self, rules: &[&str]) -> Vec<String> {
        let Diagnostics { select, ignore, severity, .. } = &self.diagnostics;
        let named = select.iter().chain(ignore).chain(severity.iter().map(|(selector, _)| selector));
        let strange = named.filter_map(|selector| match selector {
            Selector::Rule(name) => Some(name.as_str()).filter(|name| !rules.contains(name)),
            _ => None,
        });
        strange.map(|name| unknown("rule", name, rules.iter().copied())).collect()
    }
}

fn most_specific(selectors: &[Selector], rule: &Rule) -> Option<Specificity> {
    selectors.iter().filter_map(|selector| selector.matches(rule)).max()
}

fn set<T>(place: &mut T, value: Result<T, String>) -> Result<(), String> {
    *place = value?;
    Ok(())
}

fn boolean(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| wrong("true or false", value))
}

/// The paths that the built-in book proposes: `book.toml` says which chapters are on them.
const READING_PATHS: &[Choice] = &[
    Choice { name: "", meaning: "No path." },
    Choice { name: "beginner", meaning: "The language: syntax, types, control flow, functions, classes." },
    Choice { name: "intermediate", meaning: "Modules, the standard library, errors, the shape of programs, tests." },
    Choice { name: "advanced", meaning: "Performance, security, concurrency, design patterns, the web." },
    Choice { name: "specialist", meaning: "The web, data, and what large programs need." },
];

/// The name of a path; `None` for no path.
fn reading_path(value: &Value) -> Result<Option<String>, String> {
    let names = || READING_PATHS.iter().map(|path| path.name).filter(|name| !name.is_empty());
    match text(value)? {
        Some(name) if !names().any(|known| known == name) => Err(wrong(&one_of(names()), value)),
        name => Ok(name),
    }
}

fn choice<T: Copy>(value: &Value, choices: &[Choice], all: &[T]) -> Result<T, String> {
    let at = choices.iter().position(|choice| Some(choice.name) == value.as_str());
    at.map(|at| all[at]).ok_or_else(|| wrong(&one_of(choices.iter().map(|choice| choice.name)), value))
}

fn text(value: &Value) -> Result<Option<String>, String> {
    let text = value.as_str().ok_or_else(|| wrong("a string", value))?;
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// Where pages are that an editor opens: `None` for `auto`. A link must not make the editor do anything else.
fn address(value: &Value) -> Result<Option<String>, String> {
    let opens = |base: &str| ["https://", "http://", "file://"].iter().any(|scheme| base.starts_with(scheme));
    match text(value)?.filter(|base| base != "auto") {
        Some(base) if !opens(&base) || base.contains(char::is_whitespace) => {
            Err(wrong("\"auto\" or begin with https://, http:// or file://", value))
        }
        base => Ok(base),
    }
}

fn version(value: &Value) -> Result<Option<PythonVersion>, String> {
    let fault = || wrong("a Python version in quotes, such as \"3.11\"", value);
    match value.as_str() {
        Some("") => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| fault()),
        None => Err(fault()),
    }
}

fn bytes(value: &Value) -> Result<u64, String> {
    let number = value.as_integer().and_then(|number| u64::try_from(number).ok());
    number.ok_or_else(|| wrong("a number of bytes", value))
}

fn strings<'a>(value: &'a Value, what: &str) -> Result<Vec<&'a str>, String> {
    let strings: Option<Vec<_>> = value.as_array().and_then(|values| values.iter().map(Value::as_str).collect());
    strings.ok_or_else(|| wrong(what, value))
}

fn selectors(value: &Value) -> Result<Vec<Selector>, String> {
    let names = strings(value, "a list of rules, groups or sections in quotes")?;
    names.into_iter().map(|name| name.parse().map_err(|fault| format!("{fault}"))).collect()
}

fn severities(value: &Value) -> Result<Vec<(Selector, Severity)>, String> {
    let table = value.as_table().ok_or_else(|| wrong("a table such as { security = \"error\" }", value))?;
    let entry = |(name, value): (&String, &Value)| {
        let selector = name.parse().map_err(|fault| format!("{fault}"))?;
        let names = ["hint", "information", "warning", "error"];
        let severity = value.as_str().and_then(|text| text.parse().ok());
        Ok((selector, severity.ok_or_else(|| format!("of {name} {}", wrong(&one_of(names.into_iter()), value)))?))
    };
    table.iter().map(entry).collect()
}

fn names(value: &Value) -> Result<Vec<String>, String> {
    let names = strings(value, "a list of names in quotes")?;
    Ok(names.into_iter().map(str::to_owned).collect())
}

fn paths(value: &Value, base: &Path) -> Result<Vec<PathBuf>, String> {
    let paths = strings(value, "a list of paths in quotes")?;
    Ok(paths.into_iter().map(|path| join(base, path)).collect())
}

/// `~` is the home folder; whoever does I/O knows which.
fn join(base: &Path, path: &str) -> PathBuf {
    if path == "~" || path.starts_with("~/") { PathBuf::from(path) } else { base.join(path) }
}

/// Completes "`key` ...".
fn wrong(wanted: &str, value: &Value) -> String {
    let mut value = value.to_string();
    if let Some((end, _)) = value.char_indices().nth(60) {
        value.replace_range(end.., "...");
    }
    format!("must be {wanted}, not {value}")
}

fn one_of<'a>(names: impl DoubleEndedIterator<Item = &'a str>) -> String {
    let mut names: Vec<_> = names.map(|name| format!("\"{name}\"")).collect();
    let last = names.pop().unwrap_or_default();
    format!("{} or {last}", names.join(", "))
}

/// Says that a name is unknown, and which known one may be meant.
fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let plain = |name: &str| name.to_lowercase().replace(['-', '_', '.'], "");
    let (wanted, limit) = (plain(name), 1 + name.len() / 4);
    let distance = |known: &str| {
        let known = plain(known);
        if known.ends_with(&wanted) { 0 } else { strsim::levenshtein(&wanted, &known) }
    };
    let nearest = known.map(|known| (distance(known), known)).min().filter(|(distance, _)| *distance <= limit);
    let hint = nearest.map_or_else(String::new, |(_, known)| format!("; did you mean `{known}`?"));
    format!("there is no {what} `{name}`{hint}")
}

/// The page that documents every setting.
pub fn documentation() -> String {
    let mut page = String::from(INTRODUCTION);
    for key in KEYS {
        let _ = write!(page, "\n## `{}`\n\n{}\n\n", key.name, key.documentation);
        if OF_THE_USER.contains(&key.name) {
            page += "In the editor's settings only: a project must not choose which files are written.\n\n";
        }
        if let Kind::Choice(choices) = key.kind {
            for choice in choices {
                let _ = writeln!(page, "- `\"{}\"`: {}", choice.name, choice.meaning);
            }
            page += "\n";
        }
        let _ = writeln!(page, "{}, default `{}`", kind_name(key.kind), key.default);
    }
    page
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Bool => "`true` or `false`",
        Kind::Choice(_) => "One of these",
        Kind::Selectors => "List of rules, groups, sections",
        Kind::Severities => "Table from rules, groups, sections to severities",
        Kind::Version => "Python version",
        Kind::Text => "Text",
        Kind::Path => "Path",
        Kind::Paths => "List of paths",
        Kind::Names => "List of names",
        Kind::Bytes => "Number of bytes",
    }
}

const INTRODUCTION: &str = r#"# Settings

<!-- Generated from src/margin/settings.rs by `MARGINALIA_BLESS=1 cargo test settings_page`. -->

The same keys are read from three places. What comes later in this list wins, key by key:

1. `[tool.marginalia]` in `pyproject.toml`,
2. `marginalia.toml` in the same folder,
3. the editor's settings, where every key begins with `marginalia.`.

The folder is the nearest one, from the Python file upwards, that has either. A key may be written dotted or as a table:

```toml
# pyproject.toml
[tool.marginalia]
hover.detail = "full"

[tool.marginalia.diagnostics]
select = ["performance"]
ignore = ["mutable-default-argument", "§13.2"]
severity = { security = "error" }
```

A rule is named by its own name, by its group (`correctness`, `security`, `async`, `performance`, `modern`, `style`,
`testing`, `tooling`), by a section or chapter of the book (`§13.2`, `13`), or with all others by `all`: from the most
specific to the least. A wrong value or an unknown name is reported once, and everything else applies. Relative paths
begin at the folder of the file, or at the workspace's root; `~` is the home folder.
"#;

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(toml: &str) -> (Layer, Vec<String>) {
        let (layer, problems) = Layer::read(&toml.parse().unwrap(), "test", Path::new("/base"));
        (layer, problems.iter().map(ToString::to_string).collect())
    }

    fn settings(toml: &str) -> Settings {
        let (layer, problems) = layer(toml);
        assert_eq!(problems, [""; 0]);
        Settings::new(&Project::default(), [&layer])
    }

    fn problem(toml: &str) -> String {
        let (_, problems) = layer(toml);
        assert_eq!(problems.len(), 1, "{problems:?}");
        problems.into_iter().next().unwrap()
    }

    #[test]
    fn defaults_are_quiet() {
        let settings = Settings::default();
        assert_eq!(settings.hover, Hover { detail: HoverDetail::Summary, keywords: true, excerpt: false });
        assert_eq!(settings.diagnostics.overlap, Overlap::Auto);
        assert_eq!((settings.code_lens, settings.inlay_hints), (false, false));
        assert_eq!(settings.max_file_size, 10_000_000);
        assert_eq!(settings.target(), PythonVersion::NEWEST);
        assert_eq!(settings.links.base, None);
    }

    #[test]
    fn every_key_can_be_set_away_from_its_default() {
        let toml = r#"
            targetVersion = "3.9"
            readingPath = "beginner"
            books = ["handbook"]
            disabledBooks = ["python-bible"]
            maxFileSize = 5
            hover = { detail = "off", keywords = false, excerpt = true }
            diagnostics = { enabled = false, select = ["style"], ignore = ["§1.2"], severity = { all = "error" }, overlap = "keep" }
            book.path = "book.txt"
            links.base = "https://example.org/"
            codeLens.enabled = true
            inlayHints.enabled = true
            log = { level = "debug", file = "/var/log/marginalia" }
        "#;
        let (layer, problems) = layer(toml);
        assert_eq!(problems, [""; 0]);
        for (at, key) in KEYS.iter().enumerate() {
            let mut changed = Settings::default();
            let value = layer.values.get(&at).unwrap_or_else(|| panic!("{} is not in this test", key.name));
            (key.set)(&mut changed, value, Path::new("/base")).unwrap();
            assert_ne!(changed, Settings::default(), "{}", key.name);
        }
    }

    #[test]
    fn keys_may_be_nested_dotted_or_both() {
        for toml in ["hover.detail = 'full'", "'hover.detail' = 'full'", "[hover]\ndetail = 'full'"] {
            assert_eq!(settings(toml).hover.detail, HoverDetail::Full, "{toml}");
        }
    }

    #[test]
    fn a_later_layer_wins_key_by_key() {
        let (file, _) = layer("hover.detail = 'full'\nhover.keywords = false");
        let (editor, _) = layer("hover.detail = 'off'");
        let settings = Settings::new(&Project::default(), [&file, &editor]);
        assert_eq!(settings.hover, Hover { detail: HoverDetail::Off, keywords: false, excerpt: false });
    }

    #[test]
    fn a_wrong_value_is_named_and_the_rest_applies() {
        let (layer, problems) = layer("hover.detail = 'long'\nhover.keywords = false\nmaxFileSize = -1");
        assert_eq!(
            problems,
            [
                r#"test: `hover.detail` must be "summary", "full" or "off", not "long""#,
                "test: `maxFileSize` must be a number of bytes, not -1",
            ]
        );
        assert!(!Settings::new(&Project::default(), [&layer]).hover.keywords);
    }

    #[test]
    fn problems_say_what_is_wanted() {
        for (toml, message) in [
            ("hover.keywords = 1", "`hover.keywords` must be true or false, not 1"),
            ("hover = 1", "there is no setting `hover`"),
            ("targetVersion = 3.11", "`targetVersion` must be a Python version in quotes, such as \"3.11\", not 3.11"),
            ("books = 'a'", "`books` must be a list of paths in quotes, not \"a\""),
            (
                "diagnostics.select = ['No Rule']",
                "`diagnostics.select` must name a rule, a group, a section or all, not \"No Rule\"",
            ),
            (
                "diagnostics.severity = { style = 'loud' }",
                "`diagnostics.severity` of style must be \"hint\", \"information\", \"warning\" or \"error\", not \"loud\"",
            ),
        ] {
            assert_eq!(problem(toml), format!("test: {message}"));
        }
    }

    #[test]
    fn an_unknown_key_comes_with_the_nearest_one() {
        for (toml, suggestion) in [
            ("hover.detial = 'full'", "hover.detail"),
            ("target-version = '3.9'", "targetVersion"),
            ("keywords = false", "hover.keywords"),
            ("diagnostics.Select = []", "diagnostics.select"),
        ] {
            assert!(problem(toml).ends_with(&format!("; did you mean `{suggestion}`?")), "{}", problem(toml));
        }
        assert_eq!(problem("colour = 'blue'"), "test: there is no setting `colour`");
    }

    #[test]
    fn the_extensions_own_keys_are_passed_over() {
        settings("path = '/usr/bin/marginalia'\ntrace.server = 'off'");
    }

    #[test]
    fn links_lead_to_pages_and_nowhere_else() {
        for base in ["https://example.org/", "http://localhost/", "file:///book/"] {
            assert_eq!(settings(&format!("links.base = '{base}'")).links.base.as_deref(), Some(base));
        }
        for base in ["command:workbench.action.terminal.new?", "javascript:", "vscode://x.y/", "/etc/", "https://a b/"]
        {
            let tree = format!("links.base = '{base}'").parse().unwrap();
            let (_, problems) = Layer::read(&tree, "test", Path::new("/base"));
            assert!(problems[0].message.starts_with("`links.base` must be \"auto\" or begin with"), "{problems:?}");
        }
    }

    #[test]
    fn a_project_does_not_choose_where_the_log_goes() {
        let tree = "log.file = '/home/me/.profile'\nlog.level = 'debug'".parse().unwrap();
        let (layer, problems) = Layer::of_project(&tree, "pyproject.toml", Path::new("/base"));
        let settings = Settings::new(&Project::default(), [&layer]);
        assert_eq!((settings.log_file, settings.log_level), (None, LogLevel::Debug));
        let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(problems, ["pyproject.toml: `log.file` can be set in the editor only"]);
        assert!(OF_THE_USER.iter().all(|name| KEYS.iter().any(|key| key.name == *name)));
    }

    #[test]
    fn paths_begin_at_the_folder_of_the_file() {
        assert_eq!(settings("book.path = 'book.txt'").book_path, Some("/base/book.txt".into()));
        assert_eq!(settings("book.path = '/book.txt'").book_path, Some("/book.txt".into()));
        assert_eq!(settings("book.path = '~/book.txt'").book_path, Some("~/book.txt".into()));
        assert_eq!(settings("book.path = ''").book_path, None);
    }

    #[test]
    fn the_target_is_what_the_project_requires_unless_set() {
        let project = Project { requires_python: Some(PythonVersion::three(10)), ..Project::default() };
        let (set, _) = layer("targetVersion = '3.12'");
        assert_eq!(Settings::new(&project, []).target(), PythonVersion::three(10));
        assert_eq!(Settings::new(&project, [&set]).target(), PythonVersion::three(12));
    }

    mod rules {
        use super::*;
        use crate::margin::overlap::tests::codes;
        use crate::margin::selector::tests::rule;

        fn severity(toml: &str) -> Option<Severity> {
            settings(toml).rule_severity(&rule())
        }

        #[test]
        fn a_rule_is_as_it_says_without_settings() {
            assert_eq!(severity(""), Some(Severity::Hint));
            let off = Rule { default: false, ..rule() };
            assert_eq!(Settings::default().rule_severity(&off), None);
        }

        #[test]
        fn the_more_specific_name_wins_and_ignore_wins_a_tie() {
            for (select, ignore, on) in [
                ("'all'", "'correctness'", false),
                ("'correctness'", "'all'", true),
                ("'§4.3.3'", "'correctness'", true),
                ("'mutable-default-argument'", "'§4.3.3'", true),
                ("'4.3'", "'4.3.3'", false),
                ("'correctness'", "'correctness'", false),
                ("'style'", "'all'", false),
                ("", "'§4'", false),
            ] {
                let toml = format!("diagnostics.select = [{select}]\ndiagnostics.ignore = [{ignore}]");
                assert_eq!(severity(&toml).is_some(), on, "select {select}, ignore {ignore}");
            }
        }

        #[test]
        fn severities_are_found_the_same_way() {
            let toml = "diagnostics.severity = { all = 'error', correctness = 'information', security = 'warning' }";
            assert_eq!(severity(toml), Some(Severity::Information));
        }

        #[test]
        fn disabled_is_disabled() {
            assert_eq!(severity("diagnostics.enabled = false\ndiagnostics.select = ['all']"), None);
        }

        #[test]
        fn no_advice_for_a_python_that_the_project_cannot_use() {
            let newer = Rule { since: Some(PythonVersion::three(12)), ..rule() };
            assert_eq!(settings("targetVersion = '3.11'").rule_severity(&newer), None);
            assert!(settings("targetVersion = '3.12'").rule_severity(&newer).is_some());
        }

        #[test]
        fn what_ruff_reports_is_not_reported_again() {
            let project = Project { ruff: Some(codes(["B"], [])), ..Project::default() };
            let with = |toml| Settings::new(&project, [&layer(toml).0]).rule_severity(&rule()).is_some();
            assert!(!with(""));
            assert!(!with("diagnostics.select = ['all']"));
            assert!(with("diagnostics.overlap = 'keep'"));
            assert!(with("diagnostics.select = ['mutable-default-argument']"), "asked for by name");
        }

        #[test]
        fn a_rule_that_does_not_exist_is_a_problem() {
            let settings = settings("diagnostics.ignore = ['mutable-defualt-argument', 'style']");
            let rule = rule();
            assert_eq!(
                settings.unknown_rules(&[&rule.name]),
                ["there is no rule `mutable-defualt-argument`; did you mean `mutable-default-argument`?"]
            );
        }
    }
}
