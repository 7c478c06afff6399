//! A rule: the declaration of one kind of finding. How it is detected is the margin's business.

use std::fmt;
use std::str::FromStr;

use crate::book::{List, SectionNumber, Text};
use crate::python::PythonVersion;

/// How much a finding wants to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// A quiet remark.
    Hint,
    /// Worth knowing.
    Information,
    /// The book says "never" or "unsafe".
    Warning,
    /// Only by the user's own setting.
    Error,
}

impl Severity {
    /// Every severity, the quietest first.
    pub const ALL: [Self; 4] = [Self::Hint, Self::Information, Self::Warning, Self::Error];

    /// As written in front matter and settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Information => "information",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.name() == text)
            .ok_or_else(|| format!("`{text}` is not a severity (hint, information, warning, error)"))
    }
}

/// What kind of fix a rule's findings carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FixKind {
    /// The findings have no fix.
    None,
    /// Keeps the program's meaning; part of `source.fixAll.marginalia`.
    Safe,
    /// Changes behaviour, or may; offered one by one.
    Unsafe,
}

impl FixKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::None, Self::Safe, Self::Unsafe];

    /// As written in front matter and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
        }
    }

    /// Reads a name of front matter.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// The groups that rules belong to, as written in front matter and settings.
pub const GROUPS: [&str; 8] =
    ["correctness", "security", "async", "performance", "modern", "style", "testing", "tooling"];

/// How a rule finds its places.
#[derive(Clone, Debug, PartialEq)]
pub enum Detection {
    /// `match = {...}`: the match language says it all. Any of the matches is enough.
    Match(List<Match>),
    /// `detector = "code"`: a detector of `margin/rules/` registered under the rule's name.
    Code,
    /// `detector = "project"`: needs the files of a project; runs in `check`, and on save where it is cheap.
    Project,
}

/// One alternative of a declared rule: a place in code and conditions on it. All that is given must hold.
///
/// Names are qualified (`tempfile.mktemp`, `builtins.open`); a trailing `.*` stands for the name itself
/// and everything below it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Match {
    /// What the match looks at, and the names that fit.
    pub place: Place,
    /// Qualified names, of which one must fit; never empty.
    pub names: List<Text>,
    /// Conditions on the call's arguments.
    pub arguments: List<ArgumentTest>,
    /// Surroundings that must hold.
    pub inside: List<Surrounding>,
    /// Surroundings that must not hold.
    pub not_inside: List<Surrounding>,
}

/// Where a match looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Place {
    /// `call = "tempfile.mktemp"`: a call of the function or class; also of a method (`sqlite3.Cursor.execute`) whose
    /// receiver's class is known.
    #[default]
    Call,
    /// `attribute = "ssl.PROTOCOL_TLSv1"`: any use of the name.
    Attribute,
    /// `import = "telnetlib"`: an import of the module, or of the name from its module.
    Import,
    /// `decorator = "abc.abstractproperty"`: used as a decorator, called or not.
    Decorator,
    /// `base = "xmlrpc.client.ServerProxy"`: a base class.
    Base,
    /// `with_item = "threading.Lock"`: the context expression of a `with`, as a call.
    WithItem,
    /// `except = "Exception"`: the type of an `except` clause, alone or in a tuple.
    Except,
    /// `raise = "NotImplementedError"`: what a `raise` raises, called or not.
    Raise,
    /// `annotation = "typing.List"`: used inside an annotation.
    Annotation,
}

impl Place {
    /// Every place.
    pub const ALL: [Self; 9] = [
        Self::Call,
        Self::Attribute,
        Self::Import,
        Self::Decorator,
        Self::Base,
        Self::WithItem,
        Self::Except,
        Self::Raise,
        Self::Annotation,
    ];

    /// The key in a rule's `match`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Attribute => "attribute",
            Self::Import => "import",
            Self::Decorator => "decorator",
            Self::Base => "base",
            Self::WithItem => "with_item",
            Self::Except => "except",
            Self::Raise => "raise",
            Self::Annotation => "annotation",
        }
    }

    /// Reads a key of a rule's `match`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.name() == name)
    }

    /// Whether the place has arguments that a match can put conditions on.
    pub const fn is_call(self) -> bool {
        matches!(self, Self::Call | Self::Decorator | Self::WithItem | Self::Raise)
    }
}

/// A condition on one argument of a call (or on its absence).
#[derive(Clone, Debug, PartialEq)]
pub struct ArgumentTest {
    /// Keyword name; empty when only the position counts.
    pub keyword: Text,
    /// Position from 0, when the argument may also be given by position.
    pub position: Option<u8>,
    /// What must hold.
    pub test: ValueTest,
}

impl Default for ArgumentTest {
    fn default() -> Self {
        Self { keyword: Text::Borrowed(""), position: None, test: ValueTest::Present }
    }
}

/// What must hold of an argument.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueTest {
    /// It is given (an unpacked `*args`/`**kwargs` that might give it counts as unknown: no match).
    Present,
    /// It is not given, and nothing is unpacked that could give it.
    Absent,
    /// It is this literal or qualified name.
    Is(Value),
    /// It is given and is a literal or name other than this one; an expression whose value is unknown does not match.
    IsNot(Value),
    /// It is a literal string, number, bytes, True, False or None.
    Literal,
    /// It is given and not a literal.
    NotLiteral,
}

/// A value that a declared rule compares with.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `true` / `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A literal string.
    String(Text),
    /// `None`, written `{ none = true }`.
    None,
    /// A qualified name: `{ symbol = "ssl.CERT_NONE" }`.
    Symbol(Text),
}

/// Surroundings of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Surrounding {
    /// Directly in an `async def`.
    AsyncFunction,
    /// In any function.
    Function,
    /// In a `for` or `while` body of the same function.
    Loop,
    /// In a test function, or anywhere in a test file.
    Test,
    /// Directly in a class body.
    ClassBody,
    /// In an `except` clause.
    Except,
    /// In the body of a `try`.
    Try,
    /// At module level, outside functions and classes.
    ModuleLevel,
    /// Under `if __name__ == "__main__"`.
    MainGuard,
    /// As a with-item.
    WithItem,
    /// Directly under `await`.
    Await,
    /// Under `if TYPE_CHECKING`.
    TypeChecking,
    /// The value is thrown away: an expression statement.
    Statement,
}

impl Surrounding {
    /// Every surrounding.
    pub const ALL: [Self; 13] = [
        Self::AsyncFunction,
        Self::Function,
        Self::Loop,
        Self::Test,
        Self::ClassBody,
        Self::Except,
        Self::Try,
        Self::ModuleLevel,
        Self::MainGuard,
        Self::WithItem,
        Self::Await,
        Self::TypeChecking,
        Self::Statement,
    ];

    /// As written in `inside` and `not_inside`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AsyncFunction => "async-function",
            Self::Function => "function",
            Self::Loop => "loop",
            Self::Test => "test",
            Self::ClassBody => "class-body",
            Self::Except => "except",
            Self::Try => "try",
            Self::ModuleLevel => "module-level",
            Self::MainGuard => "main-guard",
            Self::WithItem => "with-item",
            Self::Await => "await",
            Self::TypeChecking => "type-checking",
            Self::Statement => "statement",
        }
    }

    /// Reads a name of `inside` and `not_inside`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|surrounding| surrounding.name() == name)
    }
}

/// A rule's documentation, in its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleDocs {
    /// What it does (Markdown).
    pub what: Text,
    /// Why the book warns (Markdown).
    pub why: Text,
    /// What the two blocks of code are written in: `python`, but for rules about a project's files.
    pub language: Text,
    /// Code in which the rule finds something.
    pub example: Text,
    /// Code in which it does not.
    pub instead: Text,
}

/// The declaration of one kind of finding.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the front matter")]
pub struct Rule {
    /// The key: file, setting, suppression, diagnostic code, anchor, test.
    pub name: Text,
    /// Sections of the book, the best link target first; never empty.
    pub sections: List<SectionNumber>,
    /// One of [`GROUPS`].
    pub group: Text,
    /// Before settings.
    pub severity: Severity,
    /// On unless settings say otherwise.
    pub default: bool,
    /// First Python version in which the advice can be followed.
    pub since: Option<PythonVersion>,
    /// What kind of fix the findings carry.
    pub fix: FixKind,
    /// Other tools' codes for the same: `ruff:B006`; a leading `~` marks partial overlap (`~ruff:ANN401`).
    pub equivalents: List<Text>,
    /// One sentence without final stop and section; a declared rule fills in `{symbol}` (as
    /// the code writes it) and `{name}` (qualified), a detector its own names.
    pub message: Text,
    /// How it is found.
    pub detection: Detection,
    /// For declared rules with a fix: replace the matched name by this qualified name.
    pub replace_with: Text,
    /// For declared rules with a fix: add this keyword argument (`shallow=False`) to the matched call.
    pub add_argument: Text,
    /// The finding greys the code out in editors.
    pub unnecessary: bool,
    /// The finding strikes the code through in editors.
    pub deprecated: bool,
    /// Whether the rule looks at test code, too.
    pub tests: bool,
    /// The documentation.
    pub docs: RuleDocs,
}
