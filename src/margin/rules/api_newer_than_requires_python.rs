//! `api-newer-than-requires-python`

use ruff_python_ast::{self as ast, Expr, ExprContext, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::support::first_line;
use super::{Detector, Hook, Report};
use crate::python::{Context, Node, PythonVersion, stdlib};

pub(super) const DETECTOR: Detector = Detector {
    rule: "api-newer-than-requires-python",
    hooks: &[
        Hook::Stmt(&[NodeKind::StmtImport, NodeKind::StmtImportFrom], import),
        Hook::Expr(&[NodeKind::ExprAttribute, NodeKind::ExprName], name),
        Hook::Call(call),
        Hook::Stmt(&[NodeKind::StmtMatch, NodeKind::StmtTry, NodeKind::StmtTypeAlias], statement),
        Hook::Function(function),
        Hook::Class(class),
        Hook::Handler(handler),
        Hook::Expr(&[NodeKind::ExprSubscript, NodeKind::ExprTString], expression),
    ],
};

// Names and modules

fn import<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    if is_everything(context, report) {
        return;
    }
    match stmt {
        Stmt::Import(import) => {
            for alias in &import.names {
                tell_module(context, alias.name.as_str(), alias.name.range, report);
            }
        }
        Stmt::ImportFrom(import) if import.level == 0 => {
            let Some(module) = &import.module else { return };
            if tell_module(context, module.as_str(), module.range, report) {
                return;
            }
            for alias in import.names.iter().filter(|alias| stdlib::may_be_new(alias.name.as_str())) {
                tell(context, &format!("{module}.{}", alias.name), alias.name.range, report);
            }
        }
        _ => {}
    }
}

/// Tells the module or the first of the packages around it that is too new; whether there was one.
fn tell_module(context: &Context<'_>, module: &str, range: TextRange, report: &mut Report<'_>) -> bool {
    let ends = module.match_indices('.').map(|(at, _)| at).chain([module.len()]);
    let new = ends.map(|end| &module[..end]).find(|name| stdlib::since(name).is_some_and(|at| at > report.target()));
    new.is_some_and(|name| tell(context, name, TextRange::at(range.start(), TextSize::of(name)), report))
}

fn name<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    if is_everything(context, report) {
        return;
    }
    match expr {
        Expr::Attribute(attribute) if stdlib::may_be_new(attribute.attr.as_str()) => {
            if let Some(name) = context.resolve_attribute(attribute)
                && attribute.ctx == ExprContext::Load
                && is_always_the_same(context, expr)
                && stdlib::is_module(&name)
            {
                tell(context, &name, attribute.attr.range, report);
            }
        }
        Expr::Name(name)
            if name.ctx == ExprContext::Load
                && stdlib::may_be_new(name.id.as_str())
                && context.is_builtin(expr, name.id.as_str()) =>
        {
            tell(context, &format!("builtins.{}", name.id), name.range, report);
        }
        _ => {}
    }
}

fn call<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if is_everything(context, report) {
        return;
    }
    let method = match call.func.as_ref() {
        Expr::Attribute(attribute) if stdlib::may_be_new(attribute.attr.as_str()) => Some(attribute.attr.range),
        _ => None,
    };
    let keywords = call.arguments.keywords.iter().filter_map(|keyword| keyword.arg.as_ref());
    let keywords: Vec<&ast::Identifier> = keywords.filter(|name| stdlib::may_be_new(name.as_str())).collect();
    if method.is_none() && keywords.is_empty() {
        return;
    }
    if !is_always_the_same(context, &call.func) {
        return;
    }
    // What a backport brings is not the standard library's, though it goes by its name elsewhere.
    let raw = context.resolve(&call.func);
    if raw.as_ref().is_some_and(|raw| !raw.starts_with("builtins.") && !stdlib::is_module(raw)) {
        return;
    }
    let Some(callee) = context.callee(call) else { return };
    if let Some(range) = method.filter(|_| raw.is_none()) {
        tell(context, &callee, range, report);
    }
    for keyword in keywords {
        tell(context, &format!("{callee}({keyword})"), keyword.range, report);
    }
}

/// Whether the name that a dotted name begins with is bound once and for all: one that is imported from here or from there
/// may be a backport on the older Python.
fn is_always_the_same(context: &Context<'_>, expr: &Expr) -> bool {
    let mut root = expr;
    while let Expr::Attribute(attribute) = root {
        root = &attribute.value;
    }
    let Expr::Name(name) = root else { return true };
    context.table.bindings_of(name.id.as_str()).all(|binding| !binding.conditional)
}

/// Tells a name that is too new, unless the code asks for the version; whether it did.
fn tell(context: &Context<'_>, name: &str, range: TextRange, report: &mut Report<'_>) -> bool {
    let Some(since) = stdlib::since(name).filter(|since| *since > report.target()) else { return false };
    if is_guarded(context) {
        return false;
    }
    let shown = match name.split_once('(') {
        Some((callee, keyword)) => {
            format!("{}({}=)", callee.strip_prefix("builtins.").unwrap_or(callee), keyword.trim_end_matches(')'))
        }
        None => name.strip_prefix("builtins.").unwrap_or(name).to_owned(),
    };
    say(&shown, since, range, report);
    true
}

fn say(what: &str, since: PythonVersion, range: TextRange, report: &mut Report<'_>) {
    let (since, target) = (since.to_string(), report.target().to_string());
    report.at(range, &[("name", what), ("since", &since), ("target", &target)]);
}

/// Nothing is too new for the newest version, and stubs may name anything.
fn is_everything(context: &Context<'_>, report: &Report<'_>) -> bool {
    report.target() >= PythonVersion::NEWEST || context.environment.stub
}

/// Whether the code at the place may know that it runs on a new Python, or gets along when it does not.
fn is_guarded(context: &Context<'_>) -> bool {
    if context.in_annotation() && context.table.future_annotations() || context.in_type_checking() {
        return true;
    }
    context.nodes().iter().any(|node| match node {
        Node::Stmt(Stmt::If(stmt)) => {
            asks(context, &stmt.test) || stmt.elif_else_clauses.iter().filter_map(|it| it.test.as_ref()).any(|it| asks(context, it))
        }
        Node::Stmt(Stmt::While(stmt)) => asks(context, &stmt.test),
        Node::Stmt(Stmt::Try(stmt)) => !stmt.handlers.is_empty(),
        Node::Stmt(Stmt::With(stmt)) => stmt.items.iter().any(|item| context.text(&item.context_expr).contains("suppress")),
        // It may return early, or be called where it is known.
        Node::Stmt(Stmt::FunctionDef(def)) => {
            let text = context.text(def.range);
            text.contains("version_info") || text.contains("hasattr") || def.decorator_list.iter().any(|it| asks(context, &it.expression))
        }
        Node::Stmt(Stmt::ClassDef(class)) => class.decorator_list.iter().any(|it| asks(context, &it.expression)),
        Node::Expr(Expr::If(expr)) => asks(context, &expr.test),
        Node::Expr(expr @ Expr::BoolOp(_)) => asks(context, expr),
        _ => false,
    })
}

/// Whether a test may be about the version.
fn asks(context: &Context<'_>, test: &Expr) -> bool {
    const WORDS: [&str; 8] = ["version", "VERSION", "hasattr", "TYPE_CHECKING", "PY", "HAS", "SUPPORTS", "AVAILABLE"];
    let written = context.text(test);
    WORDS.iter().any(|word| written.contains(word))
}

// Syntax

fn statement<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let start = stmt.start();
    match stmt {
        Stmt::Match(_) => too_new(context, "match", 10, TextRange::at(start, TextSize::of("match")), report),
        Stmt::TypeAlias(_) => too_new(context, "type", 12, TextRange::at(start, TextSize::of("type")), report),
        Stmt::Try(stmt) if stmt.is_star => {
            if let Some(first) = stmt.handlers.first() {
                let range = TextRange::at(first.start(), TextSize::of("except"));
                too_new(context, "except*", 11, range, report);
            }
        }
        _ => {}
    }
}

fn function<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    type_params(context, def.type_params.as_deref(), report);
}

fn class<'a>(context: &Context<'a>, class: &'a ast::StmtClassDef, report: &mut Report<'_>) {
    type_params(context, class.type_params.as_deref(), report);
}

fn type_params(context: &Context<'_>, params: Option<&ast::TypeParams>, report: &mut Report<'_>) {
    let Some(params) = params else { return };
    too_new(context, "[T]", 12, first_line(context.source, params.range), report);
}

fn handler<'a>(context: &Context<'a>, handler: &'a ast::ExceptHandlerExceptHandler, report: &mut Report<'_>) {
    if let Some(Expr::Tuple(tuple)) = handler.type_.as_deref()
        && !tuple.parenthesized
    {
        too_new(context, "except A, B", 14, tuple.range, report);
    }
}

fn expression<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    match expr {
        Expr::TString(string) => too_new(context, "t\"\"", 14, first_line(context.source, string.range), report),
        Expr::Subscript(subscript) => {
            if let Expr::Tuple(tuple) = subscript.slice.as_ref()
                && !tuple.parenthesized
                && let Some(starred) = tuple.elts.iter().find(|element| element.is_starred_expr())
            {
                too_new(context, "[*args]", 11, starred.range(), report);
            }
        }
        _ => {}
    }
}

/// Syntax is read before any test runs: nothing guards it.
fn too_new(context: &Context<'_>, what: &str, minor: u8, range: TextRange, report: &mut Report<'_>) {
    let since = PythonVersion::three(minor);
    if since > report.target() && !context.environment.stub {
        say(what, since, range, report);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::Options;
    use crate::margin::rules::tests::found_with;
    use crate::python::PythonVersion;

    fn found(minor: u8, source: &str) -> Vec<String> {
        let options = Options { target: PythonVersion::three(minor), ..Options::default() };
        found_with("api-newer-than-requires-python", source, &options)
    }

    #[test]
    fn modules_names_methods_and_keywords() {
        let source = "import tomllib, json\nimport importlib.resources.abc as ra\nfrom asyncio import TaskGroup, run\nimport asyncio\n\
            async def f(path: 'Path'):\n    await asyncio.timeout(1)\nfrom pathlib import Path\nPath('x').walk()\n'x'.removeprefix('y')\n\
            zip([], [], strict=True)\nanext(it)\nPath('x').write_text('', newline='')\n";
        let expected = ["tomllib", "importlib.resources.abc", "TaskGroup", "timeout", "walk", "removeprefix", "strict", "anext", "newline"];
        assert_eq!(found(8, source), expected);
        assert_eq!(found(11, source), ["walk"]);
        assert_eq!(found(14, source), Vec::<String>::new());
    }

    #[test]
    fn syntax() {
        let source = "match x:\n    case 1: pass\ntype A = int\ndef f[T](a: T): ...\nclass C[T]: ...\n\
            try: ...\nexcept* OSError: ...\na[*b]\na[(*b,)]\nt'{a}'\n";
        assert_eq!(found(9, source), ["match", "type", "[T]", "[T]", "except", "*b", "t'{a}'"]);
        assert_eq!(found(12, source), ["t'{a}'"]);
    }

    #[test]
    fn code_that_knows_where_it_runs() {
        for source in [
            "import sys\nif sys.version_info >= (3, 11):\n    import tomllib\nelse:\n    import tomli as tomllib\ntomllib.loads('')\n",
            "try:\n    import tomllib\nexcept ImportError:\n    tomllib = None\n",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from typing import Self\n",
            "from __future__ import annotations\nimport typing\ndef f(x: typing.Self): ...\n",
            "import sys\ndef f():\n    if sys.version_info < (3, 11):\n        return\n    import tomllib\n",
            "import asyncio\nif hasattr(asyncio, 'timeout'):\n    asyncio.timeout(1)\n",
            "import sys, asyncio\nx = asyncio.timeout if sys.version_info >= (3, 11) else None\n",
            "import sys\nif sys.version_info >= (3, 11):\n    import asyncio as timeouts\nelse:\n    import async_timeout as timeouts\n\
             def f():\n    timeouts.timeout(1)\n",
            "from contextlib import suppress\nwith suppress(ImportError):\n    import tomllib\n",
        ] {
            assert_eq!(found(8, source), Vec::<String>::new(), "{source}");
        }
    }

    #[test]
    fn what_only_has_the_name() {
        for source in [
            "from typing_extensions import Self, TypeAlias\nx: Self\n",
            "import typing_extensions as typing\nx: typing.Self\n",
            "from importlib_metadata import packages_distributions\nfrom mypackage import tomllib\nfrom .tomllib import loads\n",
            "class Path:\n    def walk(self): ...\nPath().walk()\n",
            "def zip(*a, strict=False): ...\nzip(strict=True)\n",
            "def f(x):\n    x.removeprefix('a')\n    x.walk()\n",
            "anext = 1\nprint(anext)\n",
            "from asyncio import run, gather\nimport asyncio\nasyncio.sleep(1)\n",
        ] {
            assert_eq!(found(8, source), Vec::<String>::new(), "{source}");
        }
    }
}
