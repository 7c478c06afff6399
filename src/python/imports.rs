//! The imports of a module as they stand, with when they run: what a project's modules are tied together by.

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr, PySourceType, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::context::is_main_guard;

/// An import, as far as it tells which modules are needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Of the whole `import` or `from` statement.
    pub statement: TextRange,
    /// Of the module's dotted name; of the dots in `from . import x`.
    pub range: TextRange,
    /// How many dots stand before the name.
    pub level: u32,
    /// The dotted name; empty in `from . import x`.
    pub module: Name,
    /// The names after `from ... import`, `*` among them; empty for `import m`.
    pub names: Vec<(Name, TextRange)>,
    /// When it runs.
    pub when: When,
}

/// When an import runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// When its module is loaded.
    Loading,
    /// When its module is loaded, but behind its definitions or under a condition: someone has an order in mind.
    Late,
    /// When a function is called.
    Called,
    /// When its module is run as a program.
    Main,
    /// Never: it is for type checkers.
    Checking,
}

impl Import {
    /// The same with its ranges moved to another origin.
    pub(super) fn moved(mut self, to: impl Fn(TextRange) -> TextRange) -> Self {
        self.statement = to(self.statement);
        self.range = to(self.range);
        self.names.iter_mut().for_each(|(_, range)| *range = to(*range));
        self
    }

    /// With the ranges relative to something that starts at an offset, in the document.
    #[must_use]
    pub fn at(&self, start: TextSize) -> Self {
        self.clone().moved(|range| range + start)
    }
}

/// What the other modules of a project need to know of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// In order of place.
    pub imports: Vec<Import>,
    /// Has `if __name__ == "__main__":`.
    pub has_main_guard: bool,
}

impl Outline {
    /// Reads a module; what does not parse is left out. Must run on a thread with a large stack: dropping a deep tree
    /// recurses.
    pub fn read(source: &str) -> Self {
        let parsed = ruff_python_parser::parse_unchecked_source(source, PySourceType::Python);
        let mut imports = of_statements(parsed.suite());
        let defines = |stmt: &&Stmt| matches!(stmt, Stmt::FunctionDef(_) | Stmt::ClassDef(_));
        if let Some(first) = parsed.suite().iter().find(defines) {
            let behind = imports.iter_mut().filter(|import| import.range.start() > first.end());
            behind.filter(|import| import.when == When::Loading).for_each(|import| import.when = When::Late);
        }
        let guard = |stmt: &Stmt| matches!(stmt, Stmt::If(stmt) if is_main_guard(&stmt.test));
        Self { imports, has_main_guard: parsed.suite().iter().any(guard) }
    }
}

/// The imports in a run of top-level statements and in what is nested in them, in order of place.
pub(super) fn of_statements(body: &[Stmt]) -> Vec<Import> {
    let mut found = Vec::new();
    let mut open = vec![(body, When::Loading)];
    while let Some((body, when)) = open.pop() {
        for stmt in body {
            let mut inside = |body, when| open.push((body, when));
            match stmt {
                Stmt::Import(import) => found.extend(import.names.iter().map(|alias| Import {
                    statement: import.range,
                    range: alias.name.range,
                    level: 0,
                    module: alias.name.id.clone(),
                    names: Vec::new(),
                    when,
                })),
                Stmt::ImportFrom(import) => found.push(from(import, when)),
                Stmt::FunctionDef(def) => {
                    inside(&def.body, if matches!(when, When::Loading | When::Late) { When::Called } else { when });
                }
                Stmt::ClassDef(class) => inside(&class.body, when),
                Stmt::For(stmt) => [&stmt.body, &stmt.orelse].into_iter().for_each(|body| inside(body, when)),
                Stmt::While(stmt) => [&stmt.body, &stmt.orelse].into_iter().for_each(|body| inside(body, when)),
                Stmt::With(stmt) => inside(&stmt.body, when),
                Stmt::If(stmt) => {
                    inside(&stmt.body, guarded(&stmt.test, when));
                    for clause in &stmt.elif_else_clauses {
                        inside(&clause.body, clause.test.as_ref().map_or(late(when), |test| guarded(test, when)));
                    }
                }
                Stmt::Try(stmt) => {
                    for body in [&stmt.body, &stmt.orelse, &stmt.finalbody] {
                        inside(body, when);
                    }
                    for ast::ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
                        inside(&handler.body, when);
                    }
                }
                Stmt::Match(stmt) => stmt.cases.iter().for_each(|case| inside(&case.body, when)),
                _ => {}
            }
        }
    }
    found.sort_by_key(|import| import.range.start());
    found
}

fn from(import: &ast::StmtImportFrom, when: When) -> Import {
    let dots = || {
        // Between `from` and `import`; blanks around the dots are rare and do no harm.
        let start = import.start() + TextSize::of("from ");
        TextRange::at(start.min(import.end()), TextSize::new(import.level).min(import.end() - start.min(import.end())))
    };
    Import {
        statement: import.range,
        range: import.module.as_ref().map_or_else(dots, Ranged::range),
        level: import.level,
        module: import.module.as_ref().map_or_else(Name::empty, |module| module.id.clone()),
        names: import.names.iter().map(|alias| (alias.name.id.clone(), alias.name.range)).collect(),
        when,
    }
}

/// When the body under a test runs.
fn guarded(test: &Expr, when: When) -> When {
    let name = match test {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => "",
    };
    if name == "TYPE_CHECKING" {
        When::Checking
    } else if matches!(when, When::Loading | When::Late) && is_main_guard(test) {
        When::Main
    } else {
        late(when)
    }
}

fn late(when: When) -> When {
    if when == When::Loading { When::Late } else { when }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports(source: &str) -> Vec<(String, When)> {
        let imports = Outline::read(source).imports.into_iter();
        imports.map(|import| (source[import.range].to_owned(), import.when)).collect()
    }

    #[test]
    fn when_an_import_runs() {
        let source = "import a.b, c\nfrom ..d import e\nfrom . import f\ntry:\n    import g\nexcept ImportError:\n    import h\n\
            class C:\n    import i\n    def m(self):\n        import j\nif TYPE_CHECKING:\n    import k\nelse:\n    import l\n\
            if __name__ == '__main__':\n    import m\n";
        let text = |name: &str, when| (name.to_owned(), when);
        let expected = [
            text("a.b", When::Loading),
            text("c", When::Loading),
            text("d", When::Loading),
            text(".", When::Loading),
            text("g", When::Loading),
            text("h", When::Loading),
            text("i", When::Loading),
            text("j", When::Called),
            text("k", When::Checking),
            text("l", When::Late),
            text("m", When::Main),
        ];
        assert_eq!(imports(source), expected);
        assert!(Outline::read(source).has_main_guard);
    }

    #[test]
    fn half_a_file_has_imports_too() {
        assert_eq!(imports("import a\ndef f(:\n").len(), 1);
        assert!(imports("from").is_empty() || imports("from .").len() <= 1);
    }
}
