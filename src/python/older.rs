//! Which Pythons a test tells apart, and on which side of it the older ones are.

use memchr::memmem;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, BoolOp, CmpOp, Expr, Number, Stmt, UnaryOp};

use super::PythonVersion;

/// The branch of a test that only Pythons older than a version run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Older {
    /// That of the test: `if sys.version_info < (3, 11):`.
    Body(PythonVersion),
    /// The other: `if sys.version_info >= (3, 11):`.
    Else(PythonVersion),
}

impl Older {
    fn flipped(self) -> Self {
        match self {
            Self::Body(than) => Self::Else(than),
            Self::Else(than) => Self::Body(than),
        }
    }

    /// That of a test; `None` when there is none. `of_name` says it of a variable.
    pub(super) fn of_test(test: &Expr, of_name: &dyn Fn(&ast::ExprName) -> Option<Self>) -> Option<Self> {
        let of_part = |part| stacker::maybe_grow(64 * 1024, 1024 * 1024, || Self::of_test(part, of_name));
        match test {
            Expr::UnaryOp(ast::ExprUnaryOp { op: UnaryOp::Not, operand, .. }) => of_part(operand).map(Self::flipped),
            // What else is asked lets more in by one of the branches.
            Expr::BoolOp(parts) => parts.values.iter().filter_map(of_part).find(|part| match part {
                Self::Body(_) => parts.op == BoolOp::And,
                Self::Else(_) => parts.op == BoolOp::Or,
            }),
            Expr::Compare(compare) => of_comparison(compare),
            Expr::Name(name) => of_name(name),
            Expr::Attribute(attribute) => Self::of_flag(attribute.attr.as_str()),
            _ => None,
        }
    }

    /// What a name for such a test says: `PY2`, `PYTHON_311`, `IS_PY38_OR_ABOVE`, `BEFORE_PY_3_9`.
    pub(super) fn of_flag(name: &str) -> Option<Self> {
        const BELOW: [&str; 4] = ["LT", "BEFORE", "BELOW", "PRE"];
        let mut words = name.split('_');
        let digits = loop {
            let word = words.next()?;
            let Some(rest) = word.strip_prefix("PYTHON").or_else(|| word.strip_prefix("PY")) else { continue };
            break if rest.is_empty() { words.next()? } else { rest };
        };
        let (major, minor) = digits.split_at_checked(1)?;
        let minor = if minor.is_empty() {
            words.next().filter(|word| word.parse::<u8>().is_ok()).unwrap_or("0")
        } else {
            minor
        };
        match (major, minor.parse().ok()?) {
            ("2", _) => Some(Self::Body(PythonVersion::three(0))),
            ("3", minor) => {
                let than = PythonVersion::three(minor);
                let below = name.split('_').any(|word| BELOW.contains(&word));
                Some(if below { Self::Body(than) } else { Self::Else(than) })
            }
            _ => None,
        }
    }
}

fn of_comparison(compare: &ast::ExprCompare) -> Option<Older> {
    let ([op], [asked]) = (compare.ops.as_ref(), compare.comparators.as_ref()) else { return None };
    if !is_version(&compare.left) {
        return None;
    }
    let (major, minor) = match asked {
        Expr::Tuple(parts) => (number(parts.elts.first()?)?, parts.elts.get(1).map_or(Some(0), number)?),
        major => (number(major)?, 0),
    };
    let version = PythonVersion { major, minor };
    let next = PythonVersion { major, minor: minor.saturating_add(1) };
    let is_major = !asked.is_tuple_expr();
    match op {
        CmpOp::Lt => Some(Older::Body(version)),
        CmpOp::GtE => Some(Older::Else(version)),
        CmpOp::LtE if !is_major => Some(Older::Body(next)),
        CmpOp::Gt if !is_major => Some(Older::Else(next)),
        CmpOp::LtE | CmpOp::Eq if is_major && major == 2 => Some(Older::Body(PythonVersion::three(0))),
        CmpOp::Gt | CmpOp::NotEq if is_major && major == 2 => Some(Older::Else(PythonVersion::three(0))),
        CmpOp::Eq if is_major => Some(Older::Else(version)),
        CmpOp::NotEq if is_major => Some(Older::Body(version)),
        _ => None,
    }
}

/// `sys.version_info`, `version_info[0]`, `sys.version_info[:2]`, `sys.version_info.major`.
fn is_version(expr: &Expr) -> bool {
    let whole = match expr {
        // The second number says nothing without the first.
        Expr::Subscript(part) if number(&part.slice).is_none_or(|at| at == 0) => &part.value,
        Expr::Attribute(part) if part.attr.as_str() == "major" => &part.value,
        other => other,
    };
    is_version_info(whole)
}

/// `sys.version_info`, `version_info`.
fn is_version_info(expr: &Expr) -> bool {
    match expr {
        Expr::Attribute(attribute) => attribute.attr.as_str() == "version_info",
        Expr::Name(name) => name.id == "version_info",
        _ => false,
    }
}

/// `sys.version_info >= (3, 10)`, `sys.version_info[:2] < (3, 8)`: on one side there is no `|` between types.
pub(super) fn asks_for_old_python(test: &Expr) -> bool {
    const FIRST_WITH_UNIONS: u8 = 10;
    let Expr::Compare(compare) = test else { return false };
    let asked = if let Expr::Subscript(part) = compare.left.as_ref() { &part.value } else { &compare.left };
    let [Expr::Tuple(version)] = compare.comparators.as_ref() else { return false };
    let mut parts = version.elts.iter().map(number);
    is_version_info(asked)
        && parts.next() == Some(Some(3))
        && parts.next().flatten().is_some_and(|minor| minor <= FIRST_WITH_UNIONS)
}

/// Whether a module, or what is in it, is only in Python 2.
pub(super) fn is_of_python_2(name: &str) -> bool {
    const MODULES: [&str; 11] = [
        "ConfigParser",
        "HTMLParser",
        "StringIO",
        "Tkinter",
        "__builtin__",
        "cPickle",
        "cStringIO",
        "cookielib",
        "httplib",
        "urllib2",
        "urlparse",
    ];
    MODULES.contains(&name.split('.').next().unwrap_or_default())
}

/// Whether a statement asks somewhere in it whether it runs in Python 2, and goes on when it does: `sys.version_info[0] < 3`,
/// `six.PY2`. `text` is its source.
pub(super) fn asks_for_python_2(stmt: &Stmt, text: &str) -> bool {
    const WORDS: [&str; 3] = ["version_info", "PY2", "PY3"];
    if !WORDS.iter().any(|word| memmem::find(text.as_bytes(), word.as_bytes()).is_some()) {
        return false;
    }
    let mut finder = Finder(false);
    finder.visit_stmt(stmt);
    finder.0
}

struct Finder(bool);

impl<'a> Visitor<'a> for Finder {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            // Without Python 3 it stops here.
            Stmt::Assert(_) => {}
            Stmt::If(branch) if branch.body.last().is_some_and(stops) => {
                branch.body.iter().for_each(|stmt| self.visit_stmt(stmt));
                for clause in &branch.elif_else_clauses {
                    self.visit_elif_else_clause(clause);
                }
            }
            _ if self.0 => {}
            _ => stacker::maybe_grow(64 * 1024, 1024 * 1024, || visitor::walk_stmt(self, stmt)),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.0 |= match expr {
            Expr::Compare(compare) => {
                is_version(&compare.left) && matches!(compare.comparators.as_ref(), [version] if is_before_3_1(version))
            }
            Expr::Name(name) => is_flag(name.id.as_str()),
            Expr::Attribute(attribute) => is_flag(attribute.attr.as_str()),
            _ => false,
        };
        if !self.0 {
            stacker::maybe_grow(64 * 1024, 1024 * 1024, || visitor::walk_expr(self, expr));
        }
    }
}

/// `PY2`, `IS_PY3`.
fn is_flag(name: &str) -> bool {
    name.split('_').any(|word| matches!(word, "PY2" | "PY3"))
}

/// `raise`, `sys.exit()`.
fn stops(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Raise(_) => true,
        Stmt::Expr(stmt) => match stmt.value.as_ref() {
            Expr::Call(call) => match call.func.as_ref() {
                Expr::Name(name) => matches!(name.id.as_str(), "exit" | "quit"),
                Expr::Attribute(attribute) => matches!(attribute.attr.as_str(), "exit" | "_exit"),
                _ => false,
            },
            _ => false,
        },
        _ => false,
    }
}

/// `3`, `(3,)`, `(3, 0)`, `(2, 7)`.
fn is_before_3_1(version: &Expr) -> bool {
    match version {
        Expr::Tuple(parts) => match parts.elts.as_slice() {
            [first, ..] if is_number(first, 2) => true,
            [first] => is_number(first, 3),
            [first, second, ..] => is_number(first, 3) && is_number(second, 0),
            [] => false,
        },
        other => is_number(other, 2) || is_number(other, 3),
    }
}

fn is_number(expr: &Expr, wanted: u8) -> bool {
    number(expr) == Some(wanted)
}

fn number(expr: &Expr) -> Option<u8> {
    match expr {
        Expr::NumberLiteral(ast::ExprNumberLiteral { value: Number::Int(number), .. }) => number.as_u8(),
        _ => None,
    }
}
