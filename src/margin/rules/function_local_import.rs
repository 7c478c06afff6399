//! `function-local-import`: an import that has no reason to stand in a function.

use ruff_python_ast::{self as ast, NodeKind, Stmt};

use super::lines::whole_lines;
use super::support::{has_comment, owns_its_lines};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix, Import};
use crate::python::{Context, Node, stdlib};

pub(super) const DETECTOR: Detector = Detector {
    rule: "function-local-import",
    hooks: &[Hook::Stmt(&[NodeKind::StmtImport, NodeKind::StmtImportFrom], check)],
};

/// Modules that not every platform or build has.
const OPTIONAL: [&str; 22] = [
    "bz2", "crypt", "ctypes", "curses", "dbm", "fcntl", "grp", "idlelib", "lzma", "msvcrt", "nt", "posix", "pty", "pwd",
    "readline", "resource", "sqlite3", "ssl", "termios", "tkinter", "winreg", "zlib",
];

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    if context.enclosing_function().is_none() || context.in_type_checking() {
        return;
    }
    // Who is prepared for its absence, or asks first, has a reason.
    if context.enclosing_try().is_some() || context.enclosing_handler().is_some() || is_conditional(context) {
        return;
    }
    let modules: Vec<&str> = match stmt {
        Stmt::Import(import) => import.names.iter().map(|alias| alias.name.as_str()).collect(),
        Stmt::ImportFrom(ast::StmtImportFrom { module: Some(module), level: 0, .. }) => vec![module.as_str()],
        _ => return,
    };
    // The standard library imports nothing of the program: there is no circle to break.
    let plain = |module: &&str| {
        let root = module.split('.').next().unwrap_or(module);
        stdlib::is_module(module) && !OPTIONAL.contains(&root)
    };
    if modules.iter().all(plain) {
        let fix = at_the_top(context, stmt);
        report.at(stmt, &[("module", &modules.join(", "))]).fix = fix;
    }
}

/// In an `if`: of a platform, a version, a setting.
fn is_conditional(context: &Context<'_>) -> bool {
    for node in context.ancestors() {
        match node {
            Node::Stmt(Stmt::FunctionDef(_)) => return false,
            Node::Stmt(Stmt::If(_) | Stmt::Match(_)) | Node::ElifElse(_) => return true,
            _ => {}
        }
    }
    false
}

/// The import of one thing under its own name moves by itself; the others are left to the reader.
fn at_the_top(context: &Context<'_>, stmt: &Stmt) -> Option<Fix> {
    let import = match stmt {
        Stmt::Import(ast::StmtImport { names, .. }) => match names.as_slice() {
            [ast::Alias { name, asname: None, .. }] => Import { module: name.id.clone(), name: None },
            _ => return None,
        },
        Stmt::ImportFrom(ast::StmtImportFrom { module: Some(module), names, .. }) => match names.as_slice() {
            [ast::Alias { name, asname: None, .. }] if name.as_str() != "*" => {
                Import { module: module.id.clone(), name: Some(name.id.clone()) }
            }
            _ => return None,
        },
        _ => return None,
    };
    let lines = whole_lines(context.source, stmt);
    let alone = match context.parent() {
        Some(Node::Stmt(Stmt::FunctionDef(def))) => def.body.len() == 1,
        _ => true,
    };
    if alone || !owns_its_lines(context.source, stmt) || has_comment(context, lines) {
        return None;
    }
    Some(Fix {
        title: "Import it at the top of the module".to_owned(),
        safe: false,
        edits: vec![Edit::delete(lines)],
        imports: vec![import],
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn imports_with_a_reason_are_fine() {
        let quiet = "\
import json
def f():
    from .models import User
    import numpy
    try:
        import tomllib
    except ImportError:
        import re
    if windows:
        import shutil
    import sqlite3
def test_it():
    import json
";
        assert!(found("function-local-import", quiet).is_empty());
    }

    #[test]
    fn only_its_line_goes_whatever_ends_the_lines() {
        let source = "def f(text):\r    import json\r    return json.loads(text)\r";
        assert!(fixed("function-local-import", source).contains("return json.loads(text)"));
    }

    #[test]
    fn the_import_moves_up() {
        let source = "def f(text):\n    import json\n    return json.loads(text)\n";
        assert_eq!(found("function-local-import", source), ["import json"]);
        assert_eq!(fixed("function-local-import", source), "import json\ndef f(text):\n    return json.loads(text)\n");
        let source = "def f(text):\n    from json import loads\n    return loads(text)\n";
        assert_eq!(fixed("function-local-import", source), "from json import loads\ndef f(text):\n    return loads(text)\n");
    }
}
