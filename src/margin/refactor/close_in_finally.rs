//! `close-in-finally`: `x = open(...)`, `try:`, `finally: x.close()` to `with`.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::{Look, Offer, Refactoring, Request, next_statement, previous_statement};
use crate::margin::fix::spelling;
use crate::margin::rules::support::{any_in, has_comment, is_name, last_line_end, owns_its_lines, starts_line};
use crate::margin::{Edit, Import};
use crate::python::{Context, PythonVersion, canonical};

pub(super) const REFACTORING: Refactoring = Refactoring {
    name: "close-in-finally",
    section: "5.6",
    since: PythonVersion::three(6),
    look: Look::Stmt(&[NodeKind::StmtAssign, NodeKind::StmtTry], look),
};

/// What opens something that a `with` closes, and does nothing else. (A database connection ends its transaction there.)
const OPENERS: [&str; 18] = [
    "builtins.open",
    "bz2.open",
    "codecs.open",
    "gzip.open",
    "lzma.open",
    "mmap.mmap",
    "os.fdopen",
    "os.scandir",
    "pathlib.Path.open",
    "shelve.open",
    "socket.create_connection",
    "socket.socket",
    "tempfile.NamedTemporaryFile",
    "tempfile.TemporaryFile",
    "tokenize.open",
    "urllib.request.urlopen",
    "wave.open",
    "zipfile.ZipFile",
];

fn look<'a>(_: &Request<'_>, context: &Context<'a>, stmt: &'a Stmt) -> Option<Offer> {
    let (opens, closes) = match stmt {
        Stmt::Assign(assign) => match next_statement(context, stmt)? {
            Stmt::Try(closes) => (assign, closes),
            _ => return None,
        },
        Stmt::Try(closes) => match previous_statement(context, stmt)? {
            Stmt::Assign(assign) => (assign, closes),
            _ => return None,
        },
        _ => return None,
    };
    let ([Expr::Name(name)], Expr::Call(call)) = (opens.targets.as_slice(), opens.value.as_ref()) else { return None };
    let last = closes.body.last()?;
    let plain = closes.handlers.is_empty() && closes.orelse.is_empty() && owns_its_lines(context.source, opens);
    // What closes in the end must be what was opened.
    if !plain || !is_close(&closes.finalbody, &name.id) || binds(&closes.body, &name.id) {
        return None;
    }
    let colon = context.token_in(TextRange::new(closes.start(), closes.body.first()?.start()), TokenKind::Colon)?;
    let body_end = last_line_end(context.source, last.end());
    let end = last_line_end(context.source, closes.end());
    let keyword = context.token_in(TextRange::new(last.end(), closes.end()), TokenKind::Finally)?;
    let head = TextRange::new(opens.start(), colon.start());
    let tail = TextRange::new(body_end.min(keyword.start()), end);
    if has_comment(context, head) || has_comment(context, tail) || !starts_line(context.source, keyword.start()) {
        return None;
    }
    let (text, import) = manager(context, call)?;
    let edits = vec![Edit::replace(head, format!("with {text} as {}", name.id)), Edit::delete(tail)];
    Some(Offer {
        places: vec![TextRange::new(opens.start(), colon.end()), TextRange::new(keyword.start(), end)],
        title: "Rewrite `try`/`finally` as `with`".to_owned(),
        edits,
        imports: import.into_iter().collect(),
        section: None,
    })
}

/// The call, or the call in `closing(...)` where nothing is known of what it opens.
fn manager(context: &Context<'_>, call: &ast::ExprCall) -> Option<(String, Option<Import>)> {
    let text = context.text(call);
    if context.callee(call).is_some_and(|callee| OPENERS.contains(&&*canonical::public(&callee))) {
        return Some((text.to_owned(), None));
    }
    let (closing, import) = spelling(context, "contextlib.closing", call.start())?;
    Some((format!("{closing}({text})"), import))
}

/// Whether a suite is `name.close()` and nothing else.
fn is_close(suite: &[Stmt], name: &str) -> bool {
    let [Stmt::Expr(stmt)] = suite else { return false };
    let Expr::Call(call) = stmt.value.as_ref() else { return false };
    let Expr::Attribute(method) = call.func.as_ref() else { return false };
    call.arguments.is_empty() && method.attr.as_str() == "close" && is_name(&method.value, name)
}

/// Whether a name may stand for something else after a suite: in doubt it does.
fn binds(suite: &[Stmt], name: &str) -> bool {
    any_in(suite, |node| match node {
        AnyNodeRef::ExprName(used) => used.id == name && !used.ctx.is_load(),
        AnyNodeRef::StmtFunctionDef(def) => def.name.as_str() == name,
        AnyNodeRef::StmtClassDef(class) => class.name.as_str() == name,
        AnyNodeRef::Alias(alias) => alias.asname.as_ref().unwrap_or(&alias.name).split('.').next() == Some(name),
        AnyNodeRef::ExceptHandlerExceptHandler(handler) => handler.name.as_deref() == Some(name),
        AnyNodeRef::PatternMatchAs(pattern) => pattern.name.as_deref() == Some(name),
        AnyNodeRef::PatternMatchStar(pattern) => pattern.name.as_deref() == Some(name),
        AnyNodeRef::PatternMatchMapping(pattern) => pattern.rest.as_deref() == Some(name),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::refactor::tests::{check, check_silent};

    const NAME: &str = "close-in-finally";

    #[test]
    fn what_is_closed_is_a_with() {
        check(
            NAME,
            &[
                (
                    "file = op^en(path)\ntry:\n    text = file.read()\nfinally:\n    file.close()\nprint(text)\n",
                    "with open(path) as file:\n    text = file.read()\nprint(text)\n",
                ),
                (
                    "def f(path):\n    file = open(\n        path\n    )\n    ^try:  # all of it\n        # first\n        return file.read()  # end\n\n    finally:\n        file.close()\n",
                    "def f(path):\n    with open(\n        path\n    ) as file:  # all of it\n        # first\n        return file.read()  # end\n",
                ),
                (
                    "import sqlite3\nif x:\n\tdb = sqlite3.connect('a')\n\ttry:\n\t\tdb.execute('x')\n\tfinally:\n\t\tdb.cl^ose()\n",
                    "import sqlite3\nimport contextlib\nif x:\n\twith contextlib.closing(sqlite3.connect('a')) as db:\n\t\tdb.execute('x')\n",
                ),
                (
                    "from contextlib import closing\nit = make()\ntr^y: it.go()\nfinally: it.close()",
                    "from contextlib import closing\nwith closing(make()) as it: it.go()",
                ),
                (
                    "file = op^en(path)\r\ntry:\r\n    file.read()\r\nfinally:\r\n    file.close()\r\n",
                    "with open(path) as file:\r\n    file.read()\r\n",
                ),
            ],
        );
    }

    #[test]
    fn what_does_more_is_not_offered() {
        let of = |opens: &str, body: &str, tail: &str, end: &str| {
            format!("{opens}\n^try:\n    {body}\n{tail}finally:\n    {end}\n")
        };
        for text in [
            of("f = open(p)", "f.read()", "except OSError:\n    pass\n", "f.close()"),
            of("f = open(p)", "f.read()", "", "f.close(); g()"),
            of("f = open(p)", "f.read()", "", "f.flush()"),
            of("f = open(p)", "f.read()", "", "f.close(True)"),
            of("f = open(p)", "f.read()", "", "g.close()"),
            of("f = open(p)", "f.read()", "", "f.close()  # why"),
            of("f = open(p)", "f.read()", "# then\n", "f.close()"),
            of("f = open(p)  # why", "f.read()", "", "f.close()"),
            of("f = open(p)", "f = g(f)", "", "f.close()"),
            of("f = open(p)", "del f", "", "f.close()"),
            of("f = open(p)", "import f", "", "f.close()"),
            of("f = g = open(p)", "f.read()", "", "f.close()"),
            of("f, g = open(p)", "f.read()", "", "f.close()"),
            of("self.f = open(p)", "self.f.read()", "", "self.f.close()"),
            of("f = path", "f.read()", "", "f.close()"),
            of("f = open(p)\ng()", "f.read()", "", "f.close()"),
            of("g(); f = open(p)", "f.read()", "", "f.close()"),
        ] {
            check_silent(NAME, &[&text]);
        }
        // The cursor is in the body.
        check_silent(NAME, &["f = open(p)\ntry:\n    f.re^ad()\nfinally:\n    f.close()\n"]);
    }
}
